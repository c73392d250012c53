"""Routing: 50 rules and 12 warehouses, batch after batch, and the trial of rules."""

import data
import data_routing
from harness.measure import Meter, median, recorded, shapes
from harness.registry import BenchError, benchmark, task

BATCH = 100
MS_LIMIT = 5.0
#: How much dearer an order may become after 48 times as many.
GROWTH_LIMIT = 1.25
TRIAL_SECONDS = 30.0


def _world(env, count: int) -> list:
    data_routing.configure(env)
    data_routing.place_customers(env)
    data_routing.spread_stock(env)
    return data_routing.waiting_orders(env, count)


def _route(env, orders) -> None:
    """Decide and carry out, as the creation of orders does."""
    types = {order.id: order.hub_order_type_id for order in orders}
    orders._hub_carry_out(orders._hub_route(types), fresh=True)
    env.cr.flush()


@task
def route(env, count):
    """Route ``count`` waiting orders in batches; every batch is measured by itself."""
    ids = _world(env, count)
    orders = env["sale.order"].sudo()
    _route(env, orders.browse(ids[:BATCH]))  # warm up: what is kept in memory
    rows = []
    for start in range(BATCH, len(ids), BATCH):
        env.invalidate_all()
        with Meter(env) as meter:
            _route(env, orders.browse(ids[start : start + BATCH]))
        rows.append(meter.answer())
    env.cr.execute(
        """SELECT count(DISTINCT order_id), count(*), count(DISTINCT kind)
             FROM order_hub_decision WHERE order_id = ANY(%s)""",
        (ids,),
    )
    decided, decisions, kinds = env.cr.fetchone()
    return {"rows": rows, "orders": decided, "decisions": decisions, "kinds": kinds}


@task
def statements(env, count):
    """Return the statements of one batch, by shape: what a profile begins with."""
    ids = _world(env, count)
    orders = env["sale.order"].sudo()
    _route(env, orders.browse(ids[:BATCH]))
    env.invalidate_all()
    with recorded(env) as found:
        _route(env, orders.browse(ids[BATCH : 2 * BATCH]))
    return shapes(found)


@task
def trial(env, count):
    """Try the rules on the last ``count`` orders, writing nothing to them."""
    data_routing.configure(env)
    wizard = env["order.hub.routing.trial"].create(
        {
            "ruleset_id": env["order.hub.routing.ruleset"]._live(env.company).id,
            "limit": count,
        }
    )
    env.flush_all()
    env.invalidate_all()
    with Meter(env) as meter:
        wizard.action_run()
        env.cr.flush()
    return meter.answer(orders=wizard.order_count, changed=wizard.changed_count)


@benchmark("routing")
def benchmark_routing(bench):
    """Orders of three lines routed by 50 rules and sourced from 12 warehouses."""
    count = bench.pick(48_000, 6_000, 400)
    found = bench.hub.run(route, count=count)
    if found["orders"] < count and bench.sizes == data.SIZES:
        raise BenchError(f"{found['orders']} of {count} orders were routed.")
    rows = found["rows"]
    few, last = rows[: 1000 // BATCH - 1] or rows, rows[-(1000 // BATCH) :]
    ms = 1000 * median(rows, "seconds") / BATCH
    # by processor time: a run of minutes sees other programs come and go
    grown = median(last, "cpu") / median(few, "cpu")
    more = max(row["queries"] for row in last) - max(row["queries"] for row in few)
    bench.note(
        f"{count} orders, {found['decisions']} decisions of {found['kinds']} kinds, "
        f"{median(rows, 'queries'):.0f} queries a batch of {BATCH}"
    )
    bench.figure("routing.time", ms, "ms/order", MS_LIMIT, orders=count)
    bench.figure("routing.queries", median(rows, "queries"), "queries", 60)
    bench.figure("routing.more_queries", max(0, more), "queries", 2)
    bench.figure("routing.growth", grown, "×", GROWTH_LIMIT)
    if ms > MS_LIMIT or more > 2 or median(rows, "queries") > 60:
        for shape, times in bench.hub.run(statements, count=2 * BATCH).items():
            bench.note(f"{times} {shape}")


@benchmark("routing_trial")
def benchmark_trial(bench):
    """A version of the rules tried on 10,000 past orders."""
    count = bench.pick(10_000, 10_000, 500)
    row = bench.hub.run(trial, user="admin", count=count)
    bench.note(f"{row['orders']} orders, {row['changed']} decided differently")
    bench.figure("routing_trial.time", row["seconds"], "s", TRIAL_SECONDS)
