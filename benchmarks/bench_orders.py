"""Creating and confirming orders: the hub's full machinery against plain Odoo."""

import itertools
import statistics

from odoo import Command

import data
import rpc
from harness.measure import Meter, recorded, shapes
from harness.registry import benchmark, task

#: Lines of the orders that are entered: 1 to 6, three on average.
LINES = (3, 1, 4, 2, 6, 3, 2, 3)
BATCH_LIMIT = 1.15
RPC_LIMIT = 1.25
#: Queries that the hub may add to one order entered and confirmed alone.
QUERIES_ALONE = 50
#: Queries that the hub may add with every further order of a batch.
QUERIES_MORE = 0.5


#: Batches whose queries are counted.
QUERY_SIZES = (1, 10, 20, 40)


def order_values(env, first: int, count: int) -> list:
    """Return values of orders for products and customers spread over the catalogue."""
    partners = _ids(env, "res_partner", "ref IS NOT NULL")
    products = _ids(env, "product_product", "default_code LIKE 'P%'")
    values = []
    for number in range(first, first + count):
        lines = LINES[number % len(LINES)]
        values.append(
            {
                "partner_id": partners[number * 7 % len(partners)],
                "client_order_ref": f"PO-{number}",
                "order_line": [
                    Command.create(
                        {
                            "product_id": products[
                                (number * 6 + line) * 37 % len(products)
                            ],
                            "product_uom_qty": 1 + (number + line) % 9,
                        }
                    )
                    for line in range(lines)
                ],
            }
        )
    return values


def _ids(env, table: str, condition: str) -> list:
    env.cr.execute(f"SELECT id FROM {table} WHERE {condition} ORDER BY id")
    return [row[0] for row in env.cr.fetchall()]


@task(keep=True)
def enter(env, first, count):
    """Create a batch of orders and confirm it; return what that cost."""
    values = order_values(env, first, count)
    with Meter(env) as meter:
        orders = env["sale.order"].create(values)
        orders.action_confirm()
        env.cr.flush()
    return meter.answer(orders=count, moves=len(orders.order_line.move_ids))


@task
def state_of(env, order_refs):
    """Return what became of entered orders: proof that both sides did the work."""
    orders = env["sale.order"].sudo().search([("client_order_ref", "in", order_refs)])
    found = {
        "states": sorted(set(orders.mapped("state"))),
        "orders": len(orders),
        "assigned": len(
            orders.order_line.move_ids.filtered(lambda m: m.state == "assigned")
        ),
    }
    if "hub_stage_id" in orders:
        found["stages"] = sorted(set(orders.mapped("hub_stage_id.name")))
        found["events"] = len(orders.hub_event_ids)
    return found


@task
def statements_of(env, count):
    """Return the statements that entering orders sends, by shape."""
    values = order_values(env, 900_000, count)
    with recorded(env) as statements:
        env["sale.order"].create(values).action_confirm()
        env.cr.flush()
    return shapes(statements)


@benchmark("confirm_batch")
def confirm_batch(bench):
    """Orders created and confirmed in one batch, hub against plain Odoo."""
    size, rounds = bench.pick((200, 9), (50, 9), (20, 2))

    def measure(side, number):
        first = (number + 1) * size
        return side.run(enter, user=data.SELLER, first=first, count=size)

    measured = bench.rounds(measure, rounds)
    bench.compare("confirm_batch", BATCH_LIMIT, measured, batch=size, rounds=rounds)
    _check_work(bench, [f"PO-{number}" for number in range(size)])


def _check_work(bench, refs) -> None:
    """Say what became of the first batch on both sides."""
    plain = bench.plain.run(state_of, order_refs=refs)
    hub = bench.hub.run(state_of, order_refs=refs)
    bench.note(f"plain: {plain}")
    bench.note(f"hub:   {hub}")
    bench.figure(
        "confirm_batch.same_work",
        abs(plain["assigned"] - hub["assigned"]) + abs(plain["orders"] - hub["orders"]),
        "differences",
        0,
    )


@benchmark("confirm_queries")
def confirm_queries(bench):
    """Queries that the hub adds to orders: alone, and with every further one."""
    extra = {}
    for position, size in enumerate(QUERY_SIZES):
        rows = {}
        for kind in ("plain", "hub"):
            for attempt in range(2):  # the first one fills the caches
                first = 100_000 + 1000 * position + 500 * attempt
                rows[kind] = bench.side(kind).run(
                    enter, user=data.SELLER, first=first, count=size
                )
        extra[size] = rows["hub"]["queries"] - rows["plain"]["queries"]
        bench.note(
            f"{size} orders: plain {rows['plain']['queries']} queries, "
            f"hub {extra[size]} more"
        )
    bench.figure(
        "confirm_queries.alone", extra[1], "queries", QUERIES_ALONE, extra=extra
    )
    if extra[1] > QUERIES_ALONE:
        _tell_statements(bench)
    slopes = [
        (extra[large] - extra[small]) / (large - small)
        for small, large in itertools.pairwise(QUERY_SIZES[1:])
    ]
    bench.figure(
        "confirm_queries.further",
        max(slopes),
        "queries/order",
        QUERIES_MORE,
        extra=extra,
    )


def _tell_statements(bench) -> None:
    """Say what the hub sends for one order that plain Odoo does not."""
    for _attempt in range(2):  # the first one fills the caches
        plain = bench.plain.run(statements_of, user=data.SELLER, count=1)
        hub = bench.hub.run(statements_of, user=data.SELLER, count=1)
    for shape, count in hub.items():
        if count > plain.get(shape, 0):
            bench.note(f"{count - plain.get(shape, 0)} {shape}")


@benchmark("confirm_rpc")
def confirm_rpc(bench):
    """Orders created and confirmed one by one over XML-RPC, hub against plain."""
    size, rounds = bench.pick((60, 7), (20, 7), (5, 2))
    values = bench.plain.run(rpc_values, count=size)
    with rpc.Servers(bench) as servers:
        rows = [servers.enter(values, number) for number in range(-1, rounds)][1:]
    measured = [row["plain"] for row in rows], [row["hub"] for row in rows]
    bench.compare("confirm_rpc", RPC_LIMIT, measured, orders=size, rounds=rounds)
    per_order = statistics.median(row["slowest"] for row in measured[1])
    bench.note(f"confirm_rpc: the slowest order of a round took {per_order:.2f} s")


@task
def rpc_values(env, count):
    return order_values(env, 500_000, count)
