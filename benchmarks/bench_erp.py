"""Databases of ERPs: how fast whole orders are read, and values written back."""

import importlib.util
import time
import tracemalloc
from dataclasses import replace
from datetime import date
from pathlib import Path

from harness.registry import BenchError, benchmark, task

HELPER = "addons/order_hub_connectors/tests/erp_server.py"
#: Orders read, their lines each, rows written back, and new orders put in.
ORDERS, LINES, WRITES, NEW = 20_000, 5, 300, 100
#: Seconds for 10,000 lines, memory at its peak (MB), milliseconds a row written, and a
#: new order with its lines.
READ_LIMIT, MEMORY_LIMIT, WRITE_LIMIT, NEW_LIMIT = 2, 64, 20, 100


def _helper():
    path = Path(__file__).resolve().parent.parent / HELPER
    spec = importlib.util.spec_from_file_location("erp_server", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def fill(helper, server, orders: int) -> None:
    """Make orders as K3 has them."""
    server.make("k3", helper.K3)
    today = date.today().isoformat()
    for first in range(1, orders + 1, 1000):
        last = min(first + 999, orders)
        heads = ", ".join(
            f"({n}, 'SEORD{n:06d}', '{today}', 1)" for n in range(first, last + 1)
        )
        rows = ", ".join(
            f"({n}, {p}, {p % 2 + 1}, 1, {p}, {p}, 160.5, {160.5 * p}, '{today}')"
            for n in range(first, last + 1)
            for p in range(1, LINES + 1)
        )
        server.run(
            "k3",
            f"INSERT INTO SEOrder (FInterID, FBillNo, FDate, FCustID) VALUES {heads}",
            "INSERT INTO SEOrderEntry (FInterID, FEntryID, FItemID, FUnitID, FQty, "
            f"FAuxQty, FAuxPrice, FAmount, FDate) VALUES {rows}",
        )


def _link(erp, server, writes=False):
    target = erp.target.Target(
        "mysql", "127.0.0.1", server.port, "k3", "hub", server.password,
        allow_internal=True,
    )  # fmt: skip
    return erp.link.open_link(target, erp.target.OwnDatabase("hub"), writes)


def read(erp, server, trace: bool = False) -> dict:
    """Read all orders in batches of 200; return figures."""
    plan, link = erp.presets.plan_of("k3"), _link(erp, server)
    position, orders, lines = erp.query.Position(), 0, 0
    if trace:
        tracemalloc.start()
    began, cpu = time.perf_counter(), time.process_time()
    while True:
        with erp.link.snapshot(link) as connection:
            schema = erp.schema.read_schema(connection, plan)
            batch = erp.reading.read_batch(
                connection, schema, plan.order, position, erp.reading.Limits()
            )
        orders += len(batch.records)
        lines += sum(len(record.values["lines"]) for record in batch.records)
        position = batch.position
        if batch.is_last:
            break
    seconds = time.perf_counter() - began
    cpu = time.process_time() - cpu
    figures = {
        "orders": orders,
        "lines": lines,
        "seconds": round(seconds, 2),
        "cpu": round(cpu, 2),
        "lines a second": round(lines / seconds),
    }
    if trace:
        figures["memory MB"] = round(tracemalloc.get_traced_memory()[1] / 1e6, 1)
        tracemalloc.stop()
    link.dispose()
    return figures


def write(erp, server, count: int = WRITES) -> dict:
    """Write a reference into rows, each in its own transaction, read again twice."""
    link, schema = _writing(erp, server)
    began = time.perf_counter()
    for number in range(1, count + 1):
        erp.writing.write_row(
            link, schema, schema.plan.order, (number,), {"FNote": f"HUB-{number}"},
            {"FNote": None},
        )  # fmt: skip
    seconds = time.perf_counter() - began
    link.dispose()
    return {"rows": count, "seconds": round(seconds, 2),
            "rows a second": round(count / seconds)}  # fmt: skip


def insert(erp, server, count: int = NEW) -> dict:
    """Put new orders in, each in its own transaction, read again twice."""
    link, schema = _writing(erp, server)
    server.run("k3", "UPDATE ICMaxNum SET FMaxNum = 1000000")
    line = {"sku": "ZXJ-0123", "quantity": "2", "unit": "件", "unit_price": "1.5",
            "amount": "3"}  # fmt: skip
    lines = tuple({**line, "external_ref": str(at)} for at in range(1, LINES + 1))
    began = time.perf_counter()
    for number in range(count):
        values = {"external_ref": f"S{number}", "customer.external_ref": "C001",
                  "currency": "CNY"}  # fmt: skip
        order = erp.inserting.NewOrder(values, lines, {"FNote": f"NEW-{number}"})
        erp.inserting.insert_order(link, schema, order)
    seconds = time.perf_counter() - began
    link.dispose()
    return {"orders": count, "seconds": round(seconds, 2)}


def _writing(erp, server):
    """Return a link that writes, and the schema of K3 with the hub's reference."""
    plan = erp.presets.plan_of("k3")
    note = erp.plan.Column("FNote", writes="hub_ref")
    order = replace(plan.order, columns=(*plan.order.columns, note))
    plan = replace(plan, tables=(order, *plan.tables[1:]))
    link = _link(erp, server, writes=True)
    with erp.link.snapshot(link) as connection:
        return link, erp.schema.read_schema(connection, plan)


def measured(orders: int = ORDERS) -> dict:
    """Return ``{"read", "memory", "write", "new"}`` of a server made for it."""
    from odoo.addons.order_hub_connectors.engine import erp
    from odoo.addons.order_hub_connectors.engine.erp import (  # noqa: F401
        inserting,
        link,
        plan,
        presets,
        query,
        reading,
        schema,
        target,
        writing,
    )

    helper = _helper()
    server = helper.MariaDB()
    try:
        fill(helper, server, orders)
        return {
            "read": read(erp, server),
            "memory": read(erp, server, trace=True),
            "write": write(erp, server),
            "new": insert(erp, server),
        }
    finally:
        server.stop()


@task
def measure(_env, orders):
    """Read and write a K3 database, inside of Odoo."""
    return measured(orders)


@benchmark("erp")
def erp_databases(bench):
    """Orders of a K3 database in MariaDB: read whole, written back with a look."""
    found = bench.side("hub", "erp").run(measure, orders=ORDERS)
    read_, memory, written = found["read"], found["memory"], found["write"]
    if read_["orders"] != ORDERS or read_["lines"] != ORDERS * LINES:
        raise BenchError(f"{read_} came out of {ORDERS} orders.")
    new = found["new"]
    bench.note(f"read: {read_}; written back: {written}; put in: {new}")
    share = 1e4 / read_["lines"]
    bench.figure(
        "erp.read", share * read_["seconds"], "s", READ_LIMIT, cpu=share * read_["cpu"]
    )
    bench.figure("erp.memory", memory["memory MB"], "MB", MEMORY_LIMIT)
    one = 1000 * written["seconds"] / written["rows"]
    bench.figure("erp.write", one, "ms", WRITE_LIMIT)
    bench.figure("erp.new", 1000 * new["seconds"] / new["orders"], "ms", NEW_LIMIT)
