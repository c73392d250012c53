"""Old orders out of workbooks: 143,000 orders in 40 files, read, taken in, undone."""

import csv
import io
import random
import resource
import time
from datetime import date, timedelta

import openpyxl

from harness.registry import benchmark, task

ORDERS, FILES = 143_000, 40
#: Rows of the one large file, and the seconds in which it is read and mapped.
LARGE, LARGE_LIMIT = 50_000, 60
CUSTOMERS, ARTICLES = 3_000, 5_000
#: Every fourth file is a CSV in a Chinese encoding, the others are workbooks.
EVERY_CSV = 4
#: Seconds for everything, megabytes of one worker.
TOTAL_LIMIT, MEMORY_LIMIT = 900, 1_500
LOOK_UP_LIMIT = 0.5
UNDO_LIMIT = 60
HEADER = [
    "序号",
    "订单号",
    "下单日期",
    "客户名称",
    "物料编码",
    "品名",
    "数量",
    "单价",
    "金额",
    "备注",
]


# -- files -------------------------------------------------------------------------


def rows_of(first: int, count: int):
    """Yield the rows of a list, one an order."""
    dice, made, order = random.Random(first), 0, first
    while made < count:
        day = date(2015, 1, 1) + timedelta(days=order % 3650)
        customer = f"老客户{dice.randrange(CUSTOMERS):05d}有限公司"
        made += 1
        quantity = dice.randrange(1, 500)
        price = dice.randrange(100, 90_000) / 100
        article = dice.randrange(ARTICLES)
        yield [
            made,
            f"XS{day:%Y%m%d}{order:07d}",
            day,
            customer,
            f"ZXJ-{article:05d}",
            f"转向节 {article}",
            quantity,
            price,
            round(quantity * price, 2),
            "加急" if dice.random() < 0.02 else None,
        ]
        order += 1


def workbook(first: int, count: int) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("订单")
    sheet.append(["历年订单登记表"])
    sheet.append(HEADER)
    for row in rows_of(first, count):
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def text_file(first: int, count: int) -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(HEADER)
    writer.writerows(rows_of(first, count))
    return stream.getvalue().encode("gb18030")


# -- work in Odoo --------------------------------------------------------------------


@task(keep=True)
def prepare(env):
    """Have a source, the customers and some of the articles."""
    source = env["order.hub.history.source"].create({"name": "Bench"})
    env["res.partner"].create(
        [
            {"name": f"老客户{number:05d}有限公司", "is_company": True}
            for number in range(CUSTOMERS)
        ]
    )
    env["product.product"].create(
        [
            {"name": f"转向节 {number}", "default_code": f"ZXJ-{number:05d}"}
            for number in range(0, ARTICLES, 2)
        ]
    )
    return source.id


@task(keep=True)
def read_file(env, source_id, number, first, count):
    """Receive a file and read it into rows that wait for a person.

    :return: seconds of reading, mapping and storing; rows; peak memory in MB
    """
    is_text = number % EVERY_CSV == 0
    raw = text_file(first, count) if is_text else workbook(first, count)
    name = f"{number:02d}.{'csv' if is_text else 'xlsx'}"
    source = env["order.hub.history.source"].browse(source_id)
    file, _new = env["order.hub.history.file"]._receive(source, name, raw, "upload")
    env.cr.commit()
    begun = time.perf_counter()
    file._job_work()
    if file.state == "mapping":
        file.action_confirm_columns()
        begun = time.perf_counter()
        file._job_work()
    return {
        "file": file.id,
        "state": file.state,
        "rows": file.row_total,
        "seconds": time.perf_counter() - begun,
        "memory": _peak(),
    }


@task(keep=True)
def take_in(env, file_id):
    """Approve what is certain and make the orders."""
    file = env["order.hub.history.file"].browse(file_id)
    file.action_approve_certain()
    file.action_take_in()
    env.cr.commit()
    begun = time.perf_counter()
    file._job_work()
    file.invalidate_recordset()
    return {
        "seconds": time.perf_counter() - begun,
        "orders": file.order_count,
        "left": file.new_count + file.failed_count,
        "memory": _peak(),
    }


@task(keep=True)
def undo(env, file_id):
    """Take the orders of a file back."""
    file = env["order.hub.history.file"].browse(file_id)
    file.action_undo()
    env.cr.commit()
    begun = time.perf_counter()
    file._job_work()
    env.cr.execute(
        "SELECT count(*) FROM sale_order WHERE hub_history_file_id = %s", [file_id]
    )
    return {"seconds": time.perf_counter() - begun, "left": env.cr.fetchone()[0]}


@task
def look_up(env, texts):
    """Find orders by roughly a number or a customer; the slowest of all."""
    env.cr.execute("ANALYZE order_hub_history_row")
    Row, slowest, found = env["order.hub.history.row"], 0.0, 0
    for text in texts:
        begun = time.perf_counter()
        found += bool(Row.look_up_rows(text))
        slowest = max(slowest, time.perf_counter() - begun)
    return {"seconds": slowest, "found": found}


@task
def by_the_orm(env, file_id, count):
    """Make the same orders through ``create``, what the set-based writer is for."""
    orders = env["sale.order"].search(
        [("hub_history_file_id", "=", file_id)], limit=count
    )
    values = [
        {
            "partner_id": order.partner_id.id,
            "date_order": order.date_order,
            "order_line": [
                (
                    0,
                    0,
                    {
                        "product_id": line.product_id.id,
                        "product_uom_qty": line.product_uom_qty,
                        "price_unit": line.price_unit,
                    },
                )
                for line in order.order_line
            ],
        }
        for order in orders
    ]
    begun = time.perf_counter()
    env["sale.order"].create(values)
    env.flush_all()
    return {"seconds": time.perf_counter() - begun, "orders": len(values)}


@task
def touched(env):
    """Count what history must not have made."""
    counts = {}
    for name, statement in {
        "moves": "SELECT count(*) FROM stock_move m JOIN sale_order_line l "
        "ON l.id = m.sale_line_id JOIN sale_order o ON o.id = l.order_id "
        "WHERE o.hub_is_history",
        "to_invoice": "SELECT count(*) FROM sale_order WHERE hub_is_history "
        "AND invoice_status <> 'no'",
        "open": "SELECT count(*) FROM sale_order WHERE hub_is_history "
        "AND (hub_is_open OR state <> 'sale' OR NOT locked)",
        "messages": "SELECT count(*) FROM mail_message m JOIN sale_order o "
        "ON o.id = m.res_id WHERE m.model = 'sale.order' AND o.hub_is_history",
    }.items():
        env.cr.execute(statement)
        counts[name] = env.cr.fetchone()[0]
    return counts


def _peak() -> int:
    """Return the most memory this process ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


# -- benchmark -----------------------------------------------------------------------


@benchmark("history_import")
def history_import(bench):
    """143,000 old orders in 40 files become closed orders; one file of 50,000 rows."""
    side = bench.side("hub", "history_import")
    share = bench.pick(1, 1, 0.02)
    source = side.run(prepare)
    large = _large(bench, side, source, int(LARGE * share))
    each = int(ORDERS * share) // FILES
    read, taken = [], []
    for number in range(1, FILES + 1):
        row = side.run(
            read_file, source_id=source, number=number, first=number * each, count=each
        )
        read.append(row)
        taken.append(side.run(take_in, file_id=row["file"]))
    _judge(bench, read, taken, large)
    _after(bench, side, read)


def _large(bench, side, source, count) -> dict:
    row = side.run(
        read_file, source_id=source, number=101, first=9_000_000, count=count
    )
    bench.figure("history.large", row["seconds"], "s", LARGE_LIMIT, rows=row["rows"])
    return row


def _judge(bench, read, taken, large) -> None:
    orders = sum(row["orders"] for row in taken)
    left = sum(row["left"] for row in taken)
    reading = sum(row["seconds"] for row in read)
    taking = sum(row["seconds"] for row in taken)
    bench.note(
        f"{orders} orders in {len(read)} files, {left} rows left for a person: "
        f"reading {reading:.0f} s, taking in {taking:.0f} s "
        f"({orders / taking:.0f} orders/s)"
    )
    peak = max(row["memory"] for row in [*read, *taken, large])
    bench.figure("history.total", reading + taking, "s", TOTAL_LIMIT, orders=orders)
    bench.figure("history.memory", peak, "MB", MEMORY_LIMIT)


def _after(bench, side, read) -> None:
    texts = ["XS20200101", "老客户00042", "xs 20190506 001", "老客户42有限", "no such"]
    found = side.run(look_up, texts=texts)
    bench.figure("history.look_up", found["seconds"], "s", LOOK_UP_LIMIT, **found)
    wrong = side.run(touched)
    bench.figure("history.touched", sum(wrong.values()), "", 0, **wrong)
    orm = side.run(by_the_orm, file_id=read[0]["file"], count=200)
    bench.note(
        f"through create: {orm['orders']} orders in {orm['seconds']:.1f} s "
        f"({orm['orders'] / orm['seconds']:.0f} orders/s)"
    )
    row = side.run(undo, file_id=read[-1]["file"])
    bench.figure("history.undo", row["seconds"], "s", UNDO_LIMIT, left=row["left"])
