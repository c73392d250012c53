"""A workbook of fifty thousand rows, from its bytes to mapped orders."""

import datetime
import io
import resource
import time

import openpyxl

from harness.registry import BenchError, benchmark, task

ROWS = 50_000
#: Seconds for parsing and mapping.
LIMIT = 60.0
#: What reading may add to a process, in MB.
MEMORY_LIMIT = 512
NAMES = (
    "订单号 下单日期 客户名称 客户编码 物料编码 产品名称 规格 数量(件) 单位 单价 金额 "
    "交货日期 收货地址 备注"
).split()


def made(rows: int) -> bytes:
    """Return a register with a title, orders of three lines and a sum."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("订单登记表")
    sheet.append(["订单登记表"])
    sheet.append([])
    sheet.append(NAMES)
    for number in range(rows):
        sheet.append(_line(number))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _line(number: int) -> list:
    count = number % 90 + 1
    day = datetime.datetime(2024, 1, 1) + datetime.timedelta(days=number % 700)
    due = day + datetime.timedelta(days=20)
    return [
        f"SO{number // 3:07d}",
        day,
        f"客户{number % 300}有限公司",
        f"C{number % 300:05d}",
        f"ZXJ-{number % 2000:04d}",
        f"转向节 {number % 2000}",
        "M8*20",
        count,
        "件",
        12.5,
        count * 12.5,
        due.strftime("%Y-%m-%d"),
        f"江苏省无锡市测试路{number % 500}号",
        "尽快" if number % 5 == 0 else None,
    ]


@task
def measure(env, rows):
    """Read and map a workbook of so many rows."""
    from odoo.addons.order_hub_connectors.engine.workbook import (
        find_tables,
        group,
        map_rows,
        propose,
        read_book,
    )

    raw = made(rows)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start, cpu = time.perf_counter(), time.process_time()
    (table,) = find_tables(read_book(raw, "register.xlsx").sheets[0])
    found = time.process_time() - cpu
    proposal = propose(table)
    orders = sum(1 for _order in group(map_rows(table, proposal)))
    return {
        "seconds": time.perf_counter() - start,
        "cpu": time.process_time() - cpu,
        "reading": found,
        "memory": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024,
        "rows": len(table.rows),
        "orders": orders,
        "size": len(raw),
    }


@benchmark("workbook")
def workbook(bench):
    """Fifty thousand rows of a workbook parsed and mapped: time and memory."""
    result = bench.side("hub", "workbook").run(measure, rows=ROWS)
    if result["rows"] != ROWS or result["orders"] != -(-ROWS // 3):
        raise BenchError(f"{result['rows']} rows came out of {ROWS}.")
    bench.note(
        f"{result['rows']} rows of {len(NAMES)} columns, "
        f"{result['size'] / 1024 / 1024:.1f} MB: {result['orders']} orders in "
        f"{result['cpu']:.1f} s of processor time, {result['reading']:.1f} s of it "
        "finding the table"
    )
    bench.figure("workbook.map", result["seconds"], "s", LIMIT, cpu=result["cpu"])
    bench.figure("workbook.memory", result["memory"], "MB", MEMORY_LIMIT)
