"""Grading the customers: one statement over a year of orders, invoices, returns."""

from odoo import Command, fields

import data
from data import chance, clone, zipf
from harness.measure import Meter, median
from harness.registry import benchmark, task

#: Orders, with what belongs to them, that are graded.
SIZES = (70_000, 105_000, 140_000)
FULL_SIZES = (70_000, 140_000, 280_000)
CUSTOMERS = 5_000
#: Seconds for the largest size.
TIME_LIMIT = 60
#: How much dearer the last orders may be than those that came before them.
GROWTH_LIMIT = 1.5
RETURNED_SHARE = 0.04
LATE_SHARE = 0.2


# -- filling -----------------------------------------------------------------------


@task(keep=True)
def fill(env, orders, customers):
    """Have that many orders of a year: with lines, a paid invoice, some returns."""
    env = env(context={**env.context, "tracking_disable": True})
    if not env["order.hub.grade.scheme"].search([]):
        env["order.hub.grade.scheme"].create({})
    examples = _examples(env)
    env.flush_all()
    env.cr.execute("SELECT count(*) FROM sale_order WHERE state = 'sale'")
    _plan(env, orders - env.cr.fetchone()[0], customers)
    _make_customers(env, examples)
    _make_orders(env, examples)
    _make_invoices(env, examples)
    _make_returns(env, examples)
    for table in ("res_partner", "sale_order", "sale_order_line", "stock_move"):
        env.cr.execute(f"SELECT setval('{table}_id_seq', max(id)) FROM {table}")
    for table in ("account_move", "account_move_line", "account_partial_reconcile"):
        env.cr.execute(f"SELECT setval('{table}_id_seq', max(id)) FROM {table}")
    env.cr.execute("SELECT count(*) FROM sale_order WHERE state = 'sale'")
    return env.cr.fetchone()[0]


def _examples(env) -> dict:
    """Return the ids of the rows that all others are copies of."""
    product = env["product.product"].create(
        {"name": "Graded", "is_storable": True, "standard_price": 60, "list_price": 100}
    )
    partner = env["res.partner"].create({"name": "Graded", "is_company": True})
    order = env["sale.order"].create(
        {
            "partner_id": partner.id,
            "order_line": [Command.create({"product_id": product.id})],
        }
    )
    order.action_confirm()
    move = order.order_line.move_ids
    move.write({"quantity": 1, "picked": True})
    move._action_done()
    invoice = _example_invoice(env, partner)
    receivable = invoice.line_ids.filtered(
        lambda line: line.account_id.account_type == "asset_receivable"
    )
    return {
        "partner": partner.id,
        "order": order.id,
        "line": order.order_line.id,
        "move": move.id,
        "invoice": invoice.id,
        "receivable": receivable.id,
        "part": receivable.matched_credit_ids.id,
    }


def _example_invoice(env, partner):
    today = fields.Date.context_today(env.user)
    invoice = env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": partner.id,
            "invoice_date": today,
            "invoice_line_ids": [
                Command.create({"name": "Part", "price_unit": 100, "tax_ids": [(5,)]})
            ],
        }
    )
    invoice.action_post()
    paid = env["account.move"].create(
        {
            "move_type": "out_refund",
            "partner_id": partner.id,
            "invoice_date": today,
            "invoice_line_ids": [
                Command.create({"name": "Paid", "price_unit": 100, "tax_ids": [(5,)]})
            ],
        }
    )
    paid.action_post()
    open_lines = (invoice | paid).line_ids.filtered(
        lambda line: line.account_id.account_type == "asset_receivable"
    )
    open_lines.reconcile()
    env.flush_all()
    # a payment stands for it: to the statement only its date matters
    env.cr.execute(
        "UPDATE account_move SET payment_state = 'paid' WHERE id = %s", [invoice.id]
    )
    return invoice


def _plan(env, count: int, customers: int) -> None:
    last = {
        table: f"(SELECT max(id) FROM {table})"
        for table in (
            "res_partner",
            "sale_order",
            "sale_order_line",
            "stock_move",
            "account_move",
            "account_move_line",
            "account_partial_reconcile",
        )
    }
    env.cr.execute("SELECT count(*) FROM res_partner WHERE ref LIKE 'GRADED%'")
    [existing] = env.cr.fetchone()
    env.cr.execute(
        f"""
        CREATE TEMP TABLE graded_partner ON COMMIT DROP AS
        SELECT id, row_number() OVER (ORDER BY id) AS n, false AS is_new
          FROM res_partner WHERE ref LIKE 'GRADED%'
     UNION ALL
        SELECT {last["res_partner"]} + n - {existing}, n, true
          FROM generate_series({existing} + 1, {customers}) n;
        CREATE TEMP TABLE graded_order ON COMMIT DROP AS
        SELECT o.n, {last["sale_order"]} + o.n AS id, partner.id AS partner,
               {last["account_move"]} + o.n AS invoice,
               {last["account_move_line"]} + o.n AS receivable,
               {last["account_partial_reconcile"]} + o.n AS part,
               now()::timestamp(0) - interval '1 day' * 360 * {chance("o.n", 22)}
                   AS date,
               1 + floor(3 * {chance("o.n", 23)})::int AS lines,
               {chance("o.n", 24)} AS dice
          FROM (SELECT n, {zipf(customers, "n", 21)} AS rank
                  FROM generate_series(1, {max(0, count)}) n) o
          JOIN graded_partner partner ON partner.n = o.rank;
        CREATE TEMP TABLE graded_line ON COMMIT DROP AS
        SELECT row_number() OVER (ORDER BY o.n, k) + {last["sale_order_line"]} AS id,
               row_number() OVER (ORDER BY o.n, k) + {last["stock_move"]} AS move,
               o.id AS order_id, o.partner, o.dice, k,
               1 + floor(9 * {chance("o.n * 8 + k", 25)})::int AS quantity
          FROM graded_order o, generate_series(1, o.lines) k;
        ANALYZE graded_partner, graded_order, graded_line
        """
    )


def _make_customers(env, examples) -> None:
    clone(
        env,
        "res_partner",
        examples["partner"],
        "(SELECT * FROM graded_partner WHERE is_new) g",
        {
            "id": "g.id",
            "ref": "'GRADED' || g.n",
            "commercial_partner_id": "g.id",
            "name": "'Graded ' || g.n",
            # one in five was brought by another
            "hub_referrer_id": "CASE WHEN mod(g.n, 5) = 0 THEN model.id END",
        },
    )


def _make_orders(env, examples) -> None:
    clone(
        env,
        "sale_order",
        examples["order"],
        "graded_order g",
        {
            "id": "g.id",
            "name": "'G' || g.id",
            **dict.fromkeys(
                ("partner_id", "partner_invoice_id", "partner_shipping_id"), "g.partner"
            ),
            "date_order": "g.date",
            "hub_is_open": "false",
        },
    )
    clone(
        env,
        "sale_order_line",
        examples["line"],
        "graded_line g",
        {
            "id": "g.id",
            "order_id": "g.order_id",
            "product_uom_qty": "g.quantity",
            "price_subtotal": "g.quantity * model.price_unit",
        },
    )


def _make_invoices(env, examples) -> None:
    clone(
        env,
        "account_move",
        examples["invoice"],
        "graded_order g",
        {
            "id": "g.invoice",
            "name": "'GRADED/' || g.invoice",
            "sequence_number": "g.invoice",
            **dict.fromkeys(("partner_id", "commercial_partner_id"), "g.partner"),
            "invoice_date_due": "g.date::date + 10",
        },
    )
    clone(
        env,
        "account_move_line",
        examples["receivable"],
        "graded_order g",
        {"id": "g.receivable", "move_id": "g.invoice", "partner_id": "g.partner"},
    )
    clone(
        env,
        "account_partial_reconcile",
        examples["part"],
        "graded_order g",
        {
            "id": "g.part",
            "debit_move_id": "g.receivable",
            "max_date": "g.date::date + CASE WHEN g.dice > "
            f"{1 - LATE_SHARE} THEN 20 ELSE 8 END",
        },
    )


def _make_returns(env, examples) -> None:
    env.cr.execute(
        "SELECT location_id, location_dest_id FROM stock_move WHERE id = %s",
        [examples["move"]],
    )
    source, customer = env.cr.fetchone()
    clone(
        env,
        "stock_move",
        examples["move"],
        f"(SELECT * FROM graded_line WHERE k = 1 AND dice < {RETURNED_SHARE}) g",
        {
            "id": "g.move",
            "sale_line_id": "g.id",
            "origin_returned_move_id": "model.id",
            "location_id": str(customer),
            "location_dest_id": str(source),
        },
    )


# -- grading -----------------------------------------------------------------------


@task
def grade(env):
    """Grade all customers of the company, as the weekly job does."""
    scheme = env["order.hub.grade.scheme"].search([], limit=1)
    Grade = env["order.hub.grade"]
    with Meter(env) as meter:
        customers = Grade._grade(scheme)
    env.cr.execute(
        "SELECT sum(order_count), sum(due_count), sum(trouble_count), "
        "count(DISTINCT grade) FROM order_hub_grade"
    )
    orders, due, troubled, letters = env.cr.fetchone()
    return meter.answer(
        customers=customers, orders=orders, due=due, troubled=troubled, letters=letters
    )


@task(keep=True)
def analyze(env):
    """Let the planner know the new rows, as autovacuum does sooner or later."""
    env.cr.execute(
        "ANALYZE sale_order, sale_order_line, account_move, account_move_line, "
        "account_partial_reconcile, stock_move, res_partner"
    )


@benchmark("grade")
def benchmark_grade(bench):
    """A year of orders graded at three sizes: 280,000 orders of 5,000 customers."""
    side = bench.side("hub", "grade")
    share = min(1.0, bench.sizes["past"] / data.SIZES["past"])
    sizes = FULL_SIZES if bench.full else tuple(int(size * share) for size in SIZES)
    rows: dict = {}
    for size in sizes:
        orders = side.run(fill, orders=size, customers=max(50, int(CUSTOMERS * share)))
        side.run(analyze)
        runs = [side.run(grade) for _number in range(bench.pick(4, 4, 2))][1:]
        rows[orders] = {
            **runs[0],
            "seconds": median(runs, "seconds"),
            "cpu": median(runs, "cpu"),
        }
        bench.note(
            f"{orders} orders, {runs[0]['customers']} customers, {runs[0]['due']} "
            f"invoices due, {runs[0]['troubled']} with trouble: "
            f"{rows[orders]['seconds']:.2f} s, {runs[0]['queries']} queries"
        )
    seconds = rows[max(rows)]["seconds"]
    bench.figure("grade.time", seconds, "s", TIME_LIMIT, sizes=rows)
    bench.figure("grade.growth", _growth(rows), "×", GROWTH_LIMIT, sizes=rows)


def _growth(rows: dict) -> float:
    """Return what an order of the second step costs, in those of the first one.

    Of the smallest size most orders are those that every database has, which were
    never invoiced and cost little: only what a step adds can be compared. By
    processor time: whether the disk has the pages is not what is asked.
    """
    small, middle, large = sorted(rows)
    first = (rows[middle]["cpu"] - rows[small]["cpu"]) / (middle - small)
    second = (rows[large]["cpu"] - rows[middle]["cpu"]) / (large - middle)
    return second / first
