"""Freezing orders on their bills of materials while the sale is confirmed."""

from odoo import Command

import data
import data_hub
from harness.measure import Meter, recorded, shapes
from harness.registry import BenchError, benchmark, task

#: How much a freezing stage may add to confirming a make-to-order sale.
LIMIT = 1.10
#: Queries that freezing a batch may add, whatever its size.
QUERIES_LIMIT = 80
#: Orders that are frozen in one go.
SIZES = (50, 500)
#: How much dearer an order may become in a batch ten times as large.
GROWTH_LIMIT = 1.25
CODE = "FREEZEBENCH"


# -- filling -----------------------------------------------------------------------


@task(keep=True)
def fill(env):
    """Have a board made to order: a module made to order, a kit, 15 parts."""
    if _product(env, "BOARD"):
        return
    warehouse = env["stock.warehouse"].search([], limit=1)
    routes = warehouse.mto_pull_id.route_id
    routes.active = True
    routes |= warehouse.manufacture_pull_id.route_id
    parts = [_make(env, f"P{number}") for number in range(27)]
    kit = _make(env, "KIT", is_storable=False)
    module = _make(env, "MODULE", route_ids=[Command.set(routes.ids)])
    board = _make(env, "BOARD", route_ids=[Command.set(routes.ids)])
    center = env["mrp.workcenter"].create({"name": CODE, "costs_hour": 60})
    bills = [
        _bill(kit, {parts[25]: 4, parts[26]: 2}, type="phantom"),
        _bill(module, dict.fromkeys(parts[15:25], 1)),
        _bill(board, {module: 2, kit: 1, **dict.fromkeys(parts[:15], 3)}),
    ]
    bills[-1]["operation_ids"] = [
        Command.create(
            {"name": "Soldering", "workcenter_id": center.id, "time_cycle_manual": 6}
        )
    ]
    env["mrp.bom"].create(bills)._hub_release()


def _make(env, name, **values):
    return env["product.product"].create(
        {
            "name": f"{CODE} {name}",
            "default_code": f"{CODE}-{name}",
            "is_storable": True,
            "list_price": 100,
            **values,
        }
    )


def _bill(product, lines, **values):
    return {
        "product_tmpl_id": product.product_tmpl_id.id,
        "product_qty": 1,
        "bom_line_ids": [
            Command.create({"product_id": part.id, "product_qty": quantity})
            for part, quantity in lines.items()
        ],
        **values,
    }


def _product(env, name):
    return env["product.product"].search([("default_code", "=", f"{CODE}-{name}")])


def _orders(env, count):
    """Create quotations of two boards each, customers in turn."""
    partners = env["res.partner"].search([("ref", "!=", False)], limit=50, order="id")
    board = _product(env, "BOARD")
    orders = env["sale.order"].create(
        [
            {
                "partner_id": partners[number % len(partners)].id,
                "order_line": [
                    Command.create({"product_id": board.id, "product_uom_qty": 2})
                ],
            }
            for number in range(count)
        ]
    )
    env.flush_all()
    env.invalidate_all()
    return orders


# -- measuring ---------------------------------------------------------------------


@task
def confirm(env, freezes, count):
    """Confirm make-to-order sales in a flow whose stage freezes, or does not."""
    data_hub.stage(env, "Approved").sudo().freezes_bom = freezes
    orders = _orders(env, count)
    with Meter(env) as meter:
        orders.action_confirm()
        env.cr.flush()
    frozen = orders.sudo().filtered("hub_is_frozen")
    if len(frozen) != (count if freezes else 0):
        raise BenchError(f"{len(frozen)} of {count} orders are frozen.")
    return meter.answer(orders=count, productions=len(orders._hub_productions()))


@task
def freeze(env, count):
    """Freeze orders that are confirmed; nothing else."""
    orders = _orders(env, count)
    with Meter(env) as meter:
        orders._hub_freeze_boms()
        env.cr.flush()
    return meter.answer(orders=len(orders.sudo().filtered("hub_is_frozen")))


@task
def statements_of(env, count):
    """Return the statements that freezing sends, by shape."""
    orders = _orders(env, count)
    with recorded(env) as found:
        orders._hub_freeze_boms()
        env.cr.flush()
    return shapes(found)


@benchmark("freeze_confirm")
def freeze_confirm(bench):
    """Make-to-order sales confirmed in a flow that freezes, against one that does
    not."""
    bench.hub.run(fill)
    size, rounds = bench.pick((10, 11), (5, 9), (2, 2))
    without, frozen = [], []
    for number in range(-1, rounds):
        turns = (False, True) if number % 2 else (True, False)
        for freezes in turns:
            row = bench.hub.run(confirm, user=data.SELLER, freezes=freezes, count=size)
            if number >= 0:
                (frozen if freezes else without).append(row)
    bench.note(
        f"{size} orders, {frozen[0]['productions']} manufacturing orders: "
        f"{without[0]['queries']} queries, {frozen[0]['queries']} with the freeze"
    )
    bench.compare("freeze_confirm", LIMIT, (without, frozen), batch=size, rounds=rounds)


@benchmark("freeze_bulk")
def freeze_bulk(bench):
    """Orders frozen at once: queries do not grow with their number."""
    bench.hub.run(fill)
    rounds = bench.pick(5, 3, 1)
    rows = {size: [] for size in SIZES}
    for number in range(-1, rounds):
        for size in SIZES:
            row = bench.hub.run(freeze, user=data.PLANNER, count=size)
            if number >= 0:
                rows[size].append(row)
    for size, of_size in rows.items():
        bench.note(
            f"{size} orders: {1000 * of_size[0]['seconds']:.0f} ms, "
            f"{of_size[0]['queries']} queries"
        )
    small, large = (rows[size][-1] for size in SIZES)
    bench.figure("freeze_bulk.queries", large["queries"], "queries", QUERIES_LIMIT)
    if large["queries"] > QUERIES_LIMIT:
        found = bench.hub.run(statements_of, user=data.PLANNER, count=SIZES[-1])
        for shape, count in found.items():
            bench.note(f"{count} {shape}")
    growth = (large["seconds"] / SIZES[-1]) / (small["seconds"] / SIZES[0])
    bench.figure("freeze_bulk.growth", growth, "×", GROWTH_LIMIT)
