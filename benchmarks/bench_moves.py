"""Moving orders on: the hub's own cost, apart from what Odoo does."""

import data
import data_hub
from harness.measure import Meter, Native, median, patched, recorded, shapes, spread
from harness.registry import BenchError, benchmark, task

SIZES = (250, 500, 1000)
QUERIES_LIMIT = 25
MS_LIMIT = 5.0
#: How much dearer an order may become in a batch four times as large.
GROWTH_LIMIT = 1.25


def _orders(env, stage_name: str, count: int):
    """Return orders in flight in a stage, with nothing of them in the cache."""
    orders = env["sale.order"].search(
        [
            ("hub_stage_id", "=", data_hub.stage(env, stage_name).id),
            ("hub_is_open", "=", True),
            ("hub_is_held", "=", False),
        ],
        limit=count,
        order="id",
    )
    env.invalidate_all()
    return orders


@task
def move(env, start, target, count):
    """Move orders one stage on; native work is what the stage's actions call."""
    stage = data_hub.stage(env, target)
    orders = _orders(env, start, count)
    actions = type(env["order.hub.stage.action"])
    native = Native(env)
    with patched(actions, "_run", native.wrap(actions._run)), Meter(env) as meter:
        orders.write({"hub_stage_id": stage.id})
        env.cr.flush()
    moved = orders.filtered(lambda order: order.hub_stage_id == stage)
    return meter.answer(
        orders=len(moved),
        native_seconds=native.seconds,
        native_queries=native.queries,
        gates=len(stage.gate_ids),
    )


@task
def statements(env, start, target, count):
    """Return the statements of such a move, by shape: what a profile begins with."""
    stage = data_hub.stage(env, target)
    orders = _orders(env, start, count)
    with recorded(env) as found:
        orders.write({"hub_stage_id": stage.id})
        env.cr.flush()
    return shapes(found)


def _measure(bench, name: str, start: str, target: str) -> None:
    """Move batches of three sizes; judge queries, time an order and growth."""
    rounds = bench.pick(9, 7, 2)
    rows: dict = {size: [] for size in SIZES}
    for number in range(-1, rounds):
        for size in SIZES:
            row = bench.hub.run(
                move, user=data.PLANNER, start=start, target=target, count=size
            )
            if row["orders"] < size and bench.sizes == data.SIZES:
                raise BenchError(f"{row['orders']} of {size} orders moved to {target}.")
            if number >= 0:
                rows[size].append(row)
    own = {size: _own(rows[size]) for size in SIZES}
    for size, figures in own.items():
        bench.note(
            f"{figures['orders']} orders, {rows[size][0]['gates']} gates: "
            f"{figures['ms']:.2f} ms an order ±{figures['spread']:.0%}, "
            f"{figures['queries']:.0f} queries and "
            f"{figures['native_queries']:.0f} native ones"
        )
    largest, smallest = own[SIZES[-1]], own[SIZES[0]]
    bench.figure(f"{name}.queries", largest["queries"], "queries", QUERIES_LIMIT)
    if largest["queries"] > QUERIES_LIMIT:
        found = bench.hub.run(
            statements, user=data.PLANNER, start=start, target=target, count=SIZES[-1]
        )
        for shape, count in found.items():
            bench.note(f"{count} {shape}")
    bench.figure(f"{name}.time", largest["ms"], "ms/order", MS_LIMIT, sizes=own)
    bench.figure(
        f"{name}.growth", largest["ms"] / smallest["ms"], "×", GROWTH_LIMIT, sizes=own
    )


def _own(rows: list) -> dict:
    """Return the hub's part of the medians over rounds."""
    seconds = [row["seconds"] - row["native_seconds"] for row in rows]
    orders = rows[0]["orders"]
    return {
        "orders": orders,
        "ms": 1000 * sorted(seconds)[len(seconds) // 2] / max(1, orders),
        "spread": spread(seconds),
        "queries": median(rows, "queries") - median(rows, "native_queries"),
        "native_queries": median(rows, "native_queries"),
    }


@benchmark("move_stage")
def move_stage(bench):
    """Orders moved one stage on, past stock coverage and credit headroom."""
    _measure(bench, "move_stage", "Approved", "Scheduled")


@benchmark("move_reserve")
def move_reserve(bench):
    """The same into a stage that reserves stock, Odoo's reservation not counted."""
    _measure(bench, "move_reserve", "Scheduled", "Preparing")
