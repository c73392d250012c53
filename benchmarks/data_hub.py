"""The hub's part of the generated data: configuration in full, and a history."""

import psycopg2.extras

from odoo import Command

#: Order types; the conditions are asked in this order for every new order.
TYPES = [
    (
        "rush",
        "Rush",
        '[("commitment_date", "<=", "now +4H"), ("hub_is_prepaid", "=", True)]',
    ),
    ("oem", "OEM", '[("partner_id.ref", "=like", "OEM%")]'),
    ("large", "Large order", '[("amount_untaxed", ">=", 50000)]'),
    ("small_batch", "Small batch", '[("order_line.product_uom_qty", ">=", 500)]'),
    ("sample", "Sample trial", '[("amount_untaxed", "<", 8)]'),
    ("stock", "Stock", "[]"),
]
#: Stages of every flow: name, milestone, values, gates, actions.
STAGES = [
    ("Received", "received", {"time_limit": 4}, [], []),
    (
        "Approved",
        "approved",
        {"trigger": "sale_confirmed", "owner_type": "salesperson", "time_limit": 4},
        [("credit_headroom", 1.2, "block"), ("required_fields", 1, "block")],
        ["confirm_sale"],
    ),
    (
        "Scheduled",
        "scheduled",
        {"time_limit": 24},
        [("stock_coverage", 1.05, "block"), ("credit_headroom", 1.0, "block")],
        [],
    ),
    (
        "Preparing",
        "preparing",
        {"time_limit": 24},
        [("stock_coverage", 1.0, "block"), ("domain", 1, "warn")],
        ["reserve"],
    ),
    ("Shipped", "shipped", {"trigger": "delivered", "time_limit": 72}, [], []),
    (
        "Signed",
        "closed",
        {"trigger": "signed", "needs_signature": True, "fold": True},
        [],
        [],
    ),
    ("Cancelled", "cancelled", {"fold": True, "is_public": False}, [], []),
]
#: Share of the orders in flight that are no further than the stage.
REACHED = {"Approved": 0.3, "Scheduled": 0.6, "Preparing": 1.0}
HELD_SHARE = 0.03


def configure(env) -> None:
    """Make types, flows, stages, gates, actions and a channel."""
    types = {
        code: env["order.hub.order.type"].create(
            {
                "code": f"bench_{code}",
                "name": name,
                "condition": condition,
                "sequence": number,
                "is_default": code == "stock",
            }
        )
        for number, (code, name, condition) in enumerate(TYPES, 1)
    }
    for number, (name, codes, pilot) in enumerate(
        [
            ("Pilot", [], True),
            ("Rush", ["rush"], False),
            ("Samples", ["sample"], False),
            ("Parts", [], False),
        ],
        1,
    ):
        env["order.hub.flow"].create(
            {
                "name": name,
                "sequence": number,
                "is_pilot": pilot,
                "order_type_ids": [Command.link(types[code].id) for code in codes],
                "stage_ids": _stages(env),
            }
        )


def _stages(env) -> list:
    return [
        Command.create(
            {
                "name": name,
                "milestone": milestone,
                "sequence": number,
                **values,
                "gate_ids": [Command.create(_gate(env, *gate)) for gate in gates],
                "action_ids": [Command.create({"kind": kind}) for kind in actions],
            }
        )
        for number, (name, milestone, values, gates, actions) in enumerate(STAGES, 1)
    ]


def _gate(env, kind, ratio, severity) -> dict:
    fields = env["ir.model.fields"]
    values = {"kind": kind, "ratio": ratio, "severity": severity}
    if kind == "required_fields":
        names = ("partner_shipping_id", "warehouse_id")
        wanted = [fields._get("sale.order", name).id for name in names]
        values["field_ids"] = [Command.set(wanted)]
    elif kind == "domain":
        values["domain"] = '[("amount_total", ">", 0)]'
    return values


def flow(env):
    """Return the flow that ordinary orders take."""
    return env["order.hub.flow"].search([("name", "=", "Parts")])


def stage(env, name: str):
    """Return a stage of that flow by name."""
    return flow(env).stage_ids.filtered(lambda each: each.name == name)


# -- orders and their history -----------------------------------------------------


def order_columns(env) -> dict:
    """Return the hub's columns of generated orders, as SQL on the plan."""
    _plan_references(env)
    _plan_stages(env)
    stock = env["order.hub.order.type"].search([("code", "=", "bench_stock")])
    of_plan = "(SELECT {} FROM plan_hub h WHERE h.n = p.n)"
    columns = {
        "hub_ref": of_plan.format("h.ref"),
        "hub_stage_id": of_plan.format("h.stage"),
        "hub_milestone": of_plan.format("h.milestone"),
        "hub_stage_since": of_plan.format("h.since"),
        "hub_stage_deadline": of_plan.format("h.deadline"),
        "hub_hold_count": of_plan.format("h.held::int"),
        "hub_is_held": of_plan.format("h.held"),
        "hub_is_open": "p.is_open",
        "hub_flow_id": str(flow(env).id),
        "hub_order_type_id": str(stock.id),
        "hub_owner_id": "model.user_id",
        "hub_amount_prepaid": "0",
        "hub_is_prepaid": "false",
        "hub_promised_date": "p.date + interval '1 day' * (2 + 25 * p.second_dice)",
    }
    return columns


def _plan_references(env) -> None:
    """References with sound check characters: the only thing made row by row."""
    from odoo.addons.order_hub.engine.reference import new_reference

    env.cr.execute("SELECT n FROM plan_order")
    rows = [(n, new_reference()) for (n,) in env.cr.fetchall()]
    env.cr.execute("CREATE TEMP TABLE plan_ref (n int, ref text) ON COMMIT DROP")
    psycopg2.extras.execute_values(
        env.cr._obj, "INSERT INTO plan_ref VALUES %s", rows, page_size=5000
    )


def _plan_stages(env) -> None:
    """Say in which stage every order is, how long, and whether it is held."""
    ids = {each.name: each.id for each in flow(env).stage_ids}
    reached = " ".join(
        f"WHEN dice < {share} THEN {ids[name]}" for name, share in REACHED.items()
    )
    env.cr.execute(
        f"""
        CREATE TEMP TABLE plan_hub ON COMMIT DROP AS
        SELECT chosen.*, stage.milestone, stage.sequence,
               since + interval '1 hour' * NULLIF(stage.time_limit, 0) AS deadline,
               is_open AND second_dice < {HELD_SHARE} AS held
          FROM (SELECT o.n, ref.ref, is_open, second_dice,
                       date + (now() - date) * least(second_dice, 0.99) AS since,
                       CASE WHEN NOT is_open THEN {ids["Signed"]}
                            WHEN is_done THEN {ids["Shipped"]}
                            {reached} ELSE {ids["Preparing"]} END AS stage
                  FROM plan_order o JOIN plan_ref ref ON ref.n = o.n) chosen
          JOIN order_hub_stage stage ON stage.id = chosen.stage;
        CREATE UNIQUE INDEX ON plan_hub (n);
        ANALYZE plan_hub
        """
    )


def make_history(env) -> None:
    """Insert the stage events of all orders and the holds of some."""
    results = gate_results(env)
    whens = " ".join(
        f"WHEN {stage_id} THEN '{text}'::jsonb" for stage_id, text in results.items()
    )
    user = env["res.users"].search([("login", "=", "bench_seller")])
    env.cr.execute(
        f"""
        INSERT INTO order_hub_stage_event
               (order_id, hub_ref, company_id, stage_id, from_stage_id, milestone,
                date, user_id, source, duration, is_out_of_order, is_overruled,
                gate_results)
        SELECT o.id, h.ref, %(company)s, stage.id,
               lag(stage.id) OVER route, stage.milestone,
               o.date + (h.since - o.date) * stage.sequence / h.sequence,
               %(user)s,
               CASE WHEN stage.trigger IS NULL THEN 'user' ELSE 'document' END,
               CASE WHEN stage.sequence > 1 THEN
                   round((extract(epoch FROM h.since - o.date)
                          / 3600 / h.sequence)::numeric, 2) END,
               false, false, CASE stage.id {whens} END
          FROM plan_order o
          JOIN plan_hub h ON h.n = o.n
          JOIN order_hub_stage stage
               ON stage.flow_id = %(flow)s AND stage.sequence <= h.sequence
        WINDOW route AS (PARTITION BY o.id ORDER BY stage.sequence)
      ORDER BY 7, o.id, stage.sequence
        """,
        {"company": env.company.id, "user": user.id, "flow": flow(env).id},
    )
    _make_holds(env)


def gate_results(env) -> dict:
    """Return ``{stage id: JSON}`` as the hub writes it after passing the gates."""
    import json

    return {
        each.id: json.dumps(
            [
                {
                    "g": gate.id,
                    "k": gate.kind,
                    "s": gate.severity,
                    "ok": True,
                    "h": 1234.5678,
                    "n": 987.6543,
                    "r": gate.ratio,
                }
                for gate in each.gate_ids
            ]
        )
        for each in flow(env).stage_ids
        if each.gate_ids
    }


def _make_holds(env) -> None:
    """Insert an open problem for every order that the plan says is held."""
    from data import clone

    order = env["sale.order"].search([("hub_is_open", "=", True)], limit=1, order="id")
    kind = env["order.hub.exception.kind"].search([], limit=1)
    example = env["order.hub.exception"].create(
        {
            "name": "Label missing",
            "order_id": order.id,
            "kind_id": kind.id,
            "is_blocking": True,
            "owner_id": env.uid,
        }
    )
    env.flush_all()
    clone(
        env,
        "order_hub_exception",
        example.id,
        "plan_order p JOIN plan_hub h ON h.n = p.n AND h.held",
        {"id": "nextval('order_hub_exception_id_seq')", "order_id": "p.id"},
    )
    example.action_drop()


def add_up_credit(env) -> None:
    """Work out the credit of all customers, and again, as every night does."""
    env.invalidate_all()
    Credit = env["order.hub.credit"]
    Credit._rebuild()
    Credit._mend(Credit._all_pairs())
    env.invalidate_all()
