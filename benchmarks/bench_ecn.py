"""The impact report of an engineering change: one look at all open orders."""

from odoo import Command, fields

import data
import data_hub
from data import chance, clone
from harness.measure import Meter, median, recorded, shapes
from harness.registry import benchmark, task

#: Open orders that are made from the product that changes.
SIZES = (1_250, 5_000)
FULL_SIZES = (5_000, 20_000)
#: Seconds for the largest usual size, and queries for any.
TIME_LIMIT = 10
QUERIES_LIMIT = 60
#: How much dearer an order may become among four times as many.
GROWTH_LIMIT = 1.25
#: Assemblies a level and bought parts in each: 20 + 4×10 + 16×5 + 16×10 = 300.
LEVELS = ((1, 20), (4, 10), (16, 5), (16, 10))
FROZEN_SHARE = 0.6
MADE_SHARE = 0.4
CODE = "ECNBENCH"


# -- filling -----------------------------------------------------------------------


@task(keep=True)
def fill(env, orders):
    """Have that many open orders of a four-level product, and two changes of it."""
    env = env(context={**env.context, "tracking_disable": True})
    root = env["product.product"].search([("default_code", "=", f"{CODE}-0-0")])
    if not root:
        root = _structure(env)
        _material(env)
        _example(env, root)
        _changes(env)
    _copies(env, root, orders)
    return env["sale.order.line"].search_count([("product_id", "=", root.id)])


def _structure(env):
    """Make the product: four levels of bills of materials, 300 bought parts."""
    made, parts = [], iter(_products(env, "P", sum(n * k for n, k in LEVELS)))
    for level, (count, _parts) in enumerate(LEVELS):
        made.append(_products(env, str(level), count))
    center = env["mrp.workcenter"].create({"name": CODE, "costs_hour": 60})
    bills = []
    for level, assemblies in enumerate(made):
        below = made[level + 1] if level + 1 < len(made) else []
        share = len(below) // len(assemblies)
        for number, product in enumerate(assemblies):
            inside = [*below[number * share : (number + 1) * share]]
            inside += [next(parts) for _part in range(LEVELS[level][1])]
            bills.append(_bill(product, inside, center))
    env["mrp.bom"].create(bills)._hub_release()
    return made[0][0]


def _products(env, kind, count):
    return env["product.product"].create(
        [
            {
                "name": f"{CODE} {kind} {number}",
                "default_code": f"{CODE}-{kind}-{number}",
                "is_storable": True,
                "standard_price": 1 + number % 7,
            }
            for number in range(count)
        ]
    )


def _bill(product, inside, center):
    return {
        "product_tmpl_id": product.product_tmpl_id.id,
        "produce_delay": 2,
        "bom_line_ids": [
            Command.create({"product_id": part.id, "product_qty": 1 + part.id % 3})
            for part in inside
        ],
        "operation_ids": [
            Command.create(
                {"name": "Assembly", "workcenter_id": center.id, "time_cycle_manual": 3}
            )
        ],
    }


def _material(env):
    """Sell, stock and order the parts; make another product of some of them."""
    parts = env["product.product"].search([("default_code", "=like", f"{CODE}-P-%")])
    suppliers = env["res.partner"].create(
        [{"name": f"{CODE} supplier {number}"} for number in range(20)]
    )
    env["product.supplierinfo"].create(
        [
            {
                "partner_id": suppliers[part.id % 20].id,
                "product_tmpl_id": part.product_tmpl_id.id,
                "delay": 5 + part.id % 30,
                "price": 1,
            }
            for part in parts
        ]
    )
    warehouse = env["stock.warehouse"].search([], limit=1)
    for part in parts[::2]:
        env["stock.quant"]._update_available_quantity(
            part, warehouse.lot_stock_id, 20_000
        )
    lines = [
        Command.create(
            {
                "product_id": part.id,
                "product_qty": 3_000,
                "price_unit": 1,
                "date_planned": fields.Datetime.add(
                    fields.Datetime.now(), days=part.id % 60
                ),
            }
        )
        for part in parts[::3]
    ]
    for number, supplier in enumerate(suppliers):
        env["purchase.order"].create(
            {"partner_id": supplier.id, "order_line": lines[number::20]}
        ).button_confirm()


def _example(env, root):
    """Make the order that all others are copies of: frozen, half of it made."""
    stage = data_hub.stage(env, "Scheduled")
    stage.write({"freezes_bom": True})
    order = env["sale.order"].create(
        {
            "partner_id": env["res.partner"].create({"name": CODE}).id,
            "client_order_ref": CODE,
            "order_line": [
                Command.create({"product_id": root.id, "product_uom_qty": 10})
            ],
        }
    )
    order.action_confirm()
    order._hub_freeze_boms()
    bills = env["mrp.bom"].search([("product_tmpl_id", "=", root.product_tmpl_id.id)])
    production = env["mrp.production"].create(
        {
            "product_id": root.id,
            "bom_id": bills[:1].id,
            "product_qty": 10,
            "origin": CODE,
            "reference_ids": [Command.set(order.stock_reference_ids.ids)],
        }
    )
    production.action_confirm()
    for move in production.move_raw_ids[-10:]:
        move.write({"quantity": move.product_uom_qty / 2, "picked": True})
    env.flush_all()


def _changes(env):
    """Ask for two changes: of one assembly deep inside, and of every other bill."""
    bills = env["mrp.bom"].search(
        [("product_tmpl_id.default_code", "=like", f"{CODE}-%")]
    )
    deep = bills.filtered(
        lambda bill: bill.product_tmpl_id.default_code == f"{CODE}-3-0"
    )
    new = _products(env, "N", 1)
    for title, chosen in (("deep", deep), ("all", bills - deep)):
        ecn = env["order.hub.ecn"].create(
            {
                "title": f"{CODE} {title}",
                "bom_ids": [Command.create({"bom_id": bill.id}) for bill in chosen],
            }
        )
        for draft in ecn.bom_ids.draft_bom_id:
            for line in draft.bom_line_ids:
                line.product_qty += 1
        if title == "deep":
            draft.bom_line_ids[0].product_id = new


def _copies(env, root, orders):
    """Copy the example order, its freeze and its manufacturing order by SQL."""
    env.flush_all()
    order = env["sale.order"].search([("client_order_ref", "=", CODE)], order="id")[:1]
    production = order.stock_reference_ids.production_ids[:1]
    env.cr.execute(
        "SELECT count(*) FROM sale_order_line WHERE product_id = %s", [root.id]
    )
    [known] = env.cr.fetchone()
    _plan(env, known, orders)
    moment = "now()::timestamp(0) + interval '1 day' * (5 + 90 * p.dice)"
    stage = data_hub.stage(env, "Scheduled").id
    clone(
        env,
        "sale_order",
        order.id,
        "ecn_plan p",
        {
            "id": "p.order_id",
            "name": "'E' || p.order_id",
            "client_order_ref": "NULL",
            "hub_stage_id": str(stage),
            "hub_flow_id": str(data_hub.flow(env).id),
            "hub_milestone": "'scheduled'",
            "hub_is_open": "true",
            "hub_promised_date": moment,
        },
    )
    line = order.order_line
    clone(
        env,
        "sale_order_line",
        line.id,
        "ecn_plan p",
        {
            "id": "p.line_id",
            "order_id": "p.order_id",
            "product_uom_qty": "1 + mod(p.n, 50)",
        },
    )
    _copy_freezes(env, order)
    _copy_productions(env, order, production)
    for table in ("sale_order", "sale_order_line", "order_hub_bom_freeze"):
        env.cr.execute(f"SELECT setval('{table}_id_seq', max(id)) FROM {table}")
    for table in ("stock_reference", "mrp_production", "stock_move"):
        env.cr.execute(f"SELECT setval('{table}_id_seq', max(id)) FROM {table}")
    env.invalidate_all()


def _plan(env, known, orders):
    last = {
        table: f"(SELECT max(id) FROM {table})"
        for table in (
            "sale_order",
            "sale_order_line",
            "stock_reference",
            "mrp_production",
        )
    }
    env.cr.execute(
        f"""CREATE TEMP TABLE ecn_plan ON COMMIT DROP AS
            SELECT n, {last["sale_order"]} + n AS order_id,
                   {last["sale_order_line"]} + n AS line_id,
                   {last["stock_reference"]} + n AS reference,
                   {last["mrp_production"]} + n AS production,
                   {chance("n", 41)} AS dice, {chance("n", 42)} AS frozen,
                   {chance("n", 43)} AS made
              FROM generate_series({known} + 1, {orders}) n"""
    )


def _copy_freezes(env, order):
    freeze = order.hub_freeze_ids.filtered(lambda row: row.state == "frozen")[:1]
    env.cr.execute("SELECT max(id) FROM order_hub_bom_freeze")
    [last] = env.cr.fetchone()
    clone(
        env,
        "order_hub_bom_freeze",
        freeze.id,
        f"(SELECT * FROM ecn_plan WHERE frozen < {FROZEN_SHARE}) p",
        {
            "id": f"{last} + p.n",
            "order_id": "p.order_id",
            "line_id": "p.line_id",
        },
    )


def _copy_productions(env, order, production):
    """Give four of ten orders a manufacturing order with all its components."""
    made = f"(SELECT * FROM ecn_plan WHERE made < {MADE_SHARE}) p"
    clone(
        env,
        "stock_reference",
        order.stock_reference_ids[:1].id,
        made,
        {"id": "p.reference"},
    )
    clone(
        env,
        "mrp_production",
        production.id,
        made,
        {"id": "p.production", "name": "'E/' || p.production"},
    )
    env.cr.execute(
        f"""INSERT INTO stock_reference_sale_rel (reference_id, sale_id)
            SELECT reference, order_id FROM {made};
            INSERT INTO stock_reference_production_rel (reference_id, production_id)
            SELECT reference, production FROM {made}"""
    )
    for move in production.move_raw_ids:
        env.cr.execute("SELECT max(id) FROM stock_move")
        [last] = env.cr.fetchone()
        clone(
            env,
            "stock_move",
            move.id,
            made,
            {
                "id": f"{last} + p.n",
                "raw_material_production_id": "p.production",
            },
        )


@task(keep=True)
def analyze(env):
    """Let the planner know the new rows, as autovacuum does sooner or later."""
    env.cr.execute(
        "ANALYZE sale_order, sale_order_line, stock_move, mrp_production, "
        "order_hub_bom_freeze, stock_reference_sale_rel, stock_reference_production_rel"
    )


# -- the report --------------------------------------------------------------------


def _ecn(env, title):
    return env["order.hub.ecn"].search([("title", "=", f"{CODE} {title}")], limit=1)


@task
def report(env, title):
    """Make the impact report of a change."""
    ecn = _ecn(env, title)
    env.invalidate_all()
    with Meter(env) as meter:
        ecn._make_impact()
        env.flush_all()
    return meter.answer(
        orders=ecn.impact["orders"],
        components=len(ecn.item_ids),
        mos=ecn.impact["mos"],
    )


@task
def statements(env, title):
    """Return the statements of a report, by shape: what a profile begins with."""
    ecn = _ecn(env, title)
    env.invalidate_all()
    with recorded(env) as found:
        ecn._make_impact()
        env.flush_all()
    return shapes(found)


@task
def workbook(env, title):
    """Make the report and write it as a workbook."""
    ecn = _ecn(env, title)
    ecn._make_impact()
    env.invalidate_all()
    with Meter(env) as meter:
        content = env["order.hub.ecn.workbook"]._workbook(ecn)
    return meter.answer(bytes=len(content))


@benchmark("ecn")
def benchmark_ecn(bench):
    """The impact of a change on 5,000 open orders of a four-level product."""
    side = bench.side("hub", "ecn")
    share = min(1.0, bench.sizes["open"] / data.SIZES["open"])
    sizes = FULL_SIZES if bench.full else tuple(int(size * share) for size in SIZES)
    for title, words in (
        ("deep", "one assembly changes"),
        ("all", "all other bills do"),
    ):
        rows = {}
        for size in sizes:
            side.run(fill, orders=size)
            side.run(analyze)
            runs = [side.run(report, title=title) for _n in range(bench.pick(5, 4, 2))]
            rows[size] = {**runs[1], "seconds": median(runs[1:], "seconds")}
            bench.note(
                f"{words}: {runs[0]['orders']} orders, {runs[0]['components']} "
                f"components, {runs[0]['mos']} manufacturing orders: "
                f"{rows[size]['seconds']:.2f} s, {runs[1]['queries']} queries"
            )
        _judge(bench, side, title, rows)


def _judge(bench, side, title, rows):
    small, large = (rows[size] for size in sorted(rows))
    bench.figure(f"ecn_{title}.time", large["seconds"], "s", TIME_LIMIT, sizes=rows)
    bench.figure(f"ecn_{title}.queries", large["queries"], "queries", QUERIES_LIMIT)
    if large["queries"] > QUERIES_LIMIT:
        for shape, count in side.run(statements, title=title).items():
            bench.note(f"{count} {shape}")
    cost = [row["seconds"] / row["orders"] for row in (small, large)]
    growth = cost[1] / cost[0]
    bench.figure(f"ecn_{title}.growth", growth, "×", GROWTH_LIMIT, sizes=rows)
