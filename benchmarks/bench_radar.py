"""The delivery risk radar over many orders in flight, alone and with the warnings."""

import resource
from datetime import timedelta

from odoo import Command, fields

import bench_warnings
import data
from bench_warnings import SIZES
from harness.measure import Meter
from harness.registry import BenchError, benchmark, task
from platform_kit import postgres

#: Seconds of a night over the large size.
NIGHT_LIMIT = 45.0
#: Seconds of all warning rules, when everything opens, and of a night after it.
WATCH_LIMIT = 60.0
#: What a process may hold, in MB.
MEMORY_LIMIT = 1024
#: Ten times the orders may make an order dearer by so much.
GROWTH_LIMIT = 1.5
#: Statements of a night of ten batches.
QUERIES_LIMIT = 400
#: Seconds until a person who asks for one order has the answer.
ONE_LIMIT = 1.0
#: Of so many orders one is bought for, one is made.
BOUGHT, MADE = 10, 5
SUPPLIERS = 200
CODE = "RADARBENCH"


# -- filling -----------------------------------------------------------------------


@task(keep=True)
def fill(env, orders):
    """Give orders in flight what the radar looks at: purchases, work, complaints."""
    env = env(context={**env.context, "tracking_disable": True})
    company = env.company
    if not env["order.hub.risk.scheme"]._of(company):
        env["order.hub.risk.scheme"].create({"company_id": company.id})
    examples = _examples(env)
    env.flush_all()
    _fresh(env)
    _buy(env, examples, orders // BOUGHT)
    _make(env, examples, orders // MADE)
    _complain(env)
    data.settle_sequences(env)
    for table in TABLES:
        env.cr.execute(f"SELECT setval('{table}_id_seq', max(id)) FROM {table}")
    return True


TABLES = (
    "purchase_order",
    "purchase_order_line",
    "mrp_production",
    "mrp_workorder",
    "stock_reference",
    "stock_move",
    "order_hub_complaint",
)


def _fresh(env):
    """Forget what a smaller size has left, and what was judged."""
    env.cr.execute(
        f"""DELETE FROM order_hub_risk; DELETE FROM order_hub_risk_call;
            DELETE FROM order_hub_risk_run;
            DELETE FROM order_hub_complaint WHERE external_ref LIKE '{CODE}%';
            DELETE FROM mrp_workorder WHERE name LIKE '{CODE} %';
            DELETE FROM mrp_production WHERE name LIKE '{CODE} %';
            DELETE FROM stock_move WHERE origin = '{CODE}';
            DELETE FROM purchase_order_line WHERE name = '{CODE} copy';
            DELETE FROM purchase_order WHERE origin = '{CODE} copy'"""
    )


def _examples(env):
    """Return the ids of the rows that all others are copies of."""
    product = env["product.product"].search([("default_code", "=", CODE)], limit=1)
    if product:
        purchase = env["purchase.order"].search([("origin", "=", CODE)], limit=1)
        production = env["mrp.production"].search([("origin", "=", CODE)], limit=1)
        return _ids(env, purchase, production)
    product = env["product.product"].create(
        {"name": CODE, "default_code": CODE, "is_storable": True}
    )
    suppliers = env["res.partner"].create(
        [{"name": f"{CODE} {n}", "ref": CODE} for n in range(SUPPLIERS)]
    )
    env["product.supplierinfo"].create(
        {
            "partner_id": suppliers[0].id,
            "product_tmpl_id": product.product_tmpl_id.id,
            "price": 9,
        }
    )
    purchase = env["purchase.order"].create(
        {
            "partner_id": suppliers[0].id,
            "origin": CODE,
            "order_line": [Command.create({"product_id": product.id})],
        }
    )
    purchase.button_confirm()
    purchase.picking_ids.move_ids.write({"quantity": 1, "picked": True})
    purchase.picking_ids.button_validate()
    centers = env["mrp.workcenter"].create([{"name": f"{CODE} {n}"} for n in range(20)])
    bom = env["mrp.bom"].create(
        {
            "product_tmpl_id": product.product_tmpl_id.id,
            "operation_ids": [
                Command.create(
                    {
                        "name": "Press",
                        "workcenter_id": centers[0].id,
                        "time_cycle_manual": 30,
                    }
                )
            ],
        }
    )
    bom._hub_release()
    production = env["mrp.production"].create(
        {"product_id": product.id, "bom_id": bom.id, "origin": CODE}
    )
    production.action_confirm()
    return _ids(env, purchase, production)


def _ids(env, purchase, production):
    return {
        "purchase": purchase.id,
        "line": purchase.order_line.id,
        "move": purchase.order_line.move_ids.id,
        "production": production.id,
        "work": production.workorder_ids.id,
        "reference": env["stock.reference"].search([], limit=1).id,
    }


def _start(env, table):
    env.cr.execute(f"SELECT max(id) FROM {table}")
    return env.cr.fetchone()[0]


def _buy(env, examples, count):
    """Purchases of a year: four in five have come, the others are waited for."""
    starts = {table: _start(env, table) for table in TABLES[:2]}
    move = _start(env, "stock_move")
    source = f"generate_series(1, {count}) n"
    supplier = (
        f"(ARRAY(SELECT id FROM res_partner WHERE ref = '{CODE}' ORDER BY id))"
        f"[1 + mod(n, {SUPPLIERS})]"
    )
    product = (
        "(ARRAY(SELECT DISTINCT product_id FROM stock_move WHERE state = 'confirmed' "
        "AND sale_line_id IS NOT NULL))[1 + mod(n, GREATEST((SELECT count(DISTINCT "
        "product_id) FROM stock_move WHERE state = 'confirmed' "
        "AND sale_line_id IS NOT NULL), 1))]"
    )
    planned = "now() AT TIME ZONE 'UTC' + interval '1 hour' * mod(n * 17, 900)"
    past = "now() AT TIME ZONE 'UTC' - interval '1 hour' * (24 + mod(n * 17, 8000))"
    is_open = "mod(n, 5) = 0"
    when = f"CASE WHEN {is_open} THEN {planned} ELSE {past} END"
    data.clone(
        env,
        "purchase_order",
        examples["purchase"],
        source,
        {
            "id": f"{starts['purchase_order']} + n",
            "name": f"'{CODE}' || n",
            "origin": f"'{CODE} copy'",
            "partner_id": supplier,
            "date_planned": when,
        },
    )
    data.clone(
        env,
        "purchase_order_line",
        examples["line"],
        source,
        {
            "id": f"{starts['purchase_order_line']} + n",
            "order_id": f"{starts['purchase_order']} + n",
            "name": f"'{CODE} copy'",
            "product_id": product,
            "product_qty": "100",
            "qty_received": f"CASE WHEN {is_open} THEN 0 ELSE 100 END",
            "date_planned": when,
        },
    )
    data.clone(
        env,
        "stock_move",
        examples["move"],
        f"(SELECT n FROM generate_series(1, {count}) n WHERE NOT {is_open}) s",
        {
            "id": f"{move} + n",
            "origin": f"'{CODE}'",
            "purchase_line_id": f"{starts['purchase_order_line']} + n",
            "date": f"{past} + interval '1 day' * CASE WHEN mod(n, 7) = 0 "
            "THEN 3 ELSE -1 END",
        },
    )


def _make(env, examples, count):
    """Manufacturing orders of two operations each, for every so many-th order."""
    production, work = _start(env, "mrp_production"), _start(env, "mrp_workorder")
    reference = _start(env, "stock_reference")
    source = f"generate_series(1, {count}) n"
    data.clone(
        env,
        "mrp_production",
        examples["production"],
        source,
        {"id": f"{production} + n", "name": f"'{CODE} ' || n"},
    )
    data.clone(
        env,
        "mrp_workorder",
        examples["work"],
        f"generate_series(1, {count * 2}) n",
        {
            "id": f"{work} + n",
            "name": f"'{CODE} ' || n",
            "production_id": f"{production} + 1 + (n - 1) / 2",
            "workcenter_id": "(ARRAY(SELECT id FROM mrp_workcenter "
            "WHERE code IS NULL OR true ORDER BY id DESC LIMIT 20))[1 + mod(n, 20)]",
            "state": "CASE WHEN mod(n, 2) = 0 THEN 'ready' ELSE 'done' END",
            "duration_expected": "30 + mod(n * 7, 300)",
        },
    )
    data.clone(
        env,
        "stock_reference",
        examples["reference"],
        source,
        {"id": f"{reference} + n", "name": f"'{CODE} ' || n"},
    )
    env.cr.execute(
        """INSERT INTO stock_reference_production_rel (reference_id, production_id)
           SELECT %(reference)s + n, %(production)s + n
             FROM generate_series(1, %(count)s) n;
           INSERT INTO stock_reference_sale_rel (reference_id, sale_id)
           SELECT %(reference)s + o.n, o.id FROM (
                  SELECT id, row_number() OVER (ORDER BY md5(id::text)) AS n
                    FROM sale_order WHERE hub_is_open) o
            WHERE o.n <= %(count)s""",
        {"reference": reference, "production": production, "count": count},
    )


def _complain(env):
    """One order in a hundred of the past was complained about."""
    cause = env["order.hub.complaint.cause"].search([], limit=1)
    cause = cause or cause.create({"name": CODE, "code": CODE.lower()})
    env.flush_all()
    env.cr.execute(
        f"""INSERT INTO order_hub_complaint
                   (name, order_id, partner_id, company_id, date, cause_id, state,
                    active, external_ref)
            SELECT 'Bench', o.id, o.partner_id, o.company_id,
                   CURRENT_DATE - mod(o.id, 300), %s, 'open', true,
                   '{CODE}' || o.id
              FROM sale_order o WHERE NOT o.hub_is_open AND mod(o.id, 100) = 0""",
        [cause.id],
    )


# -- measuring ---------------------------------------------------------------------


@task(keep=True)
def night(env, shift):
    """Run a night as the job does; return what it cost and said.

    :param int shift: days after today
    """
    now = fields.Datetime.now() + timedelta(days=shift)
    Run = env["order.hub.risk.run"]
    with Meter(env) as meter:
        Run._run_due(now)
    run = Run.search([("kind", "=", "night")], order="id desc", limit=1)
    if run.state != "done":
        raise BenchError(f"the night is not done, but {run.state}.")
    return meter.answer(
        orders=run.order_count,
        red=run.red_count,
        yellow=run.yellow_count,
        memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )


@task
def one(env):
    """Judge one order, as the button does."""
    order = env["sale.order"].search(
        [("hub_is_open", "=", True), ("hub_risk", "=", "red")], limit=1
    )
    with Meter(env) as meter:
        order.action_hub_judge_risk()
        env.flush_all()
    return meter.answer()


@benchmark("radar")
def radar(bench):
    """All rules and nights of the radar over many orders, and one order by hand."""
    side = bench.side("hub", "radar")
    sizes = SIZES if bench.full else bench_warnings._scaled(bench)
    rows = {}
    for orders, events in sizes:
        side.run(bench_warnings.fill, orders=orders, events=events)
        side.run(fill, orders=orders)
        postgres.sql("VACUUM (ANALYZE)", side.database)
        rules = side.run(bench_warnings.cycle)
        first = side.run(night, shift=0)
        alone = side.run(one)
        later = side.run(night, shift=1)
        rows[orders] = first, later
        bench.note(
            f"{first['orders']} orders, {events} events: {first['red']} red, "
            f"{first['yellow']} yellow in {_times(first)}, {first['queries']} queries; "
            f"the next night {_times(later)}; all rules before it {_times(rules)}, "
            f"{rules['opened']} warnings"
        )
    (small, (_first, small_later)), (large, (first, later)) = rows.items()
    both = rules["seconds"] + first["seconds"]
    bench.figure("radar.watch", both, "s", WATCH_LIMIT, cpu=rules["cpu"] + first["cpu"])
    bench.figure("radar.night", first["seconds"], "s", NIGHT_LIMIT, cpu=first["cpu"])
    bench.figure("radar.memory", later["memory"], "MB", MEMORY_LIMIT)
    bench.figure("radar.queries", first["queries"], "queries", QUERIES_LIMIT)
    growth = (later["cpu"] / large) / (small_later["cpu"] / small)
    bench.figure("radar.growth", growth, "×", GROWTH_LIMIT)
    bench.figure("radar.one", alone["seconds"], "s", ONE_LIMIT)


def _times(row) -> str:
    return f"{row['seconds']:.1f} s ({row['cpu']:.1f} s of processor time)"
