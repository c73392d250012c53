"""Generated data of realistic shape, made set-based, the same on both sides.

A few records are made through the ORM as examples: a product, a customer, one
order that waits for delivery and one that is delivered, with their documents.
Everything else is their copies, made by ``INSERT … SELECT``. What differs from
copy to copy comes from hashes of the row's number: no seed, no order of rows,
no second side can change it.

Shape: sales fall on products and customers as in Zipf's law (the best product
is sold 20,000 times as often as the last one), orders have 1 to 6 lines with
few or many pieces, their dates lie over a year, and those in flight over three
weeks. Every past order has its delivery, done; every one in flight its reserved
or done delivery; stock is there for all.
"""

from odoo import Command

from harness.registry import task

#: Rows of the full data set.
SIZES = {"products": 20_000, "customers": 1_000, "past": 50_000, "open": 10_000}
SELLER, PLANNER = "bench_seller", "bench_planner"
PASSWORD = "bench-bench-bench"
#: Free pieces of every product: enough for all orders of a run.
STOCK = 1_000_000
#: Of five orders in flight one is delivered and waits for the signature.
DELIVERED_SHARE = 0.2
#: Whether an order and its lines are invoiced, as SQL.
INVOICED = "CASE WHEN is_open THEN model.invoice_status ELSE 'invoiced' END"


@task(keep=True)
def generate(env, sizes):
    """Fill an empty database with sizes (see ``SIZES``)."""
    env = env(context={**env.context, "tracking_disable": True})
    has_hub = "order.hub.flow" in env
    make_users(env, has_hub)
    if has_hub:
        import data_hub

        data_hub.configure(env)
    examples = make_examples(env)
    env.flush_all()
    plan(env, sizes)
    columns = data_hub.order_columns(env) if has_hub else {}
    make_products(env, examples)
    make_orders(env, examples, columns)
    make_deliveries(env, examples)
    make_stock(env, examples)
    if has_hub:
        data_hub.make_history(env)
        data_hub.add_up_credit(env)
    settle_sequences(env)
    return True


# -- made through the ORM --------------------------------------------------------


def make_users(env, has_hub: bool) -> None:
    """A seller who sees own orders only, and a planner who sees all."""
    hub = "order_hub.order_hub_group_"
    groups = {
        SELLER: ["sales_team.group_sale_salesman", hub + "user"],
        PLANNER: [
            "sales_team.group_sale_salesman_all_leads",
            "stock.group_stock_user",
            hub + "supervisor",
        ],
    }
    for login, names in groups.items():
        wanted = [name for name in names if has_hub or not name.startswith(hub)]
        env["res.users"].with_context(no_reset_password=True).create(
            {
                "name": login,
                "login": login,
                "password": PASSWORD,
                "group_ids": [Command.link(env.ref(name).id) for name in wanted],
            }
        )


def make_examples(env) -> dict:
    """Return the ids of the rows that all others are copies of."""
    product = env["product.product"].create(
        {"name": "Example", "default_code": "EXAMPLE", "is_storable": True}
    )
    warehouse = env["stock.warehouse"].search([], limit=1)
    env["stock.quant"]._update_available_quantity(
        product, warehouse.lot_stock_id, STOCK
    )
    partner = env["res.partner"].create({"name": "Example", "is_company": True})
    waiting, done = (_example_order(env, partner, product) for _ in range(2))
    delivery = done.picking_ids
    delivery.move_ids.picked = True
    delivery.button_validate()
    quants = env["stock.quant"].search([("product_id", "=", product.id)])
    return {
        "product": product.id,
        "template": product.product_tmpl_id.id,
        "partner": partner.id,
        "quant": quants.filtered(lambda q: q.location_id.usage == "internal").id,
        "sold": quants.filtered(lambda q: q.location_id.usage == "customer").id,
        "waiting": _documents(waiting),
        "done": _documents(done),
    }


def _example_order(env, partner, product):
    seller = env["res.users"].search([("login", "=", SELLER)])
    order = env["sale.order"].create(
        {
            "partner_id": partner.id,
            "user_id": seller.id,
            "order_line": [
                Command.create({"product_id": product.id, "product_uom_qty": 1})
            ],
        }
    )
    order.action_confirm()
    return order


def _documents(order) -> dict:
    move = order.order_line.move_ids
    return {
        "order": order.id,
        "line": order.order_line.id,
        "picking": order.picking_ids.id,
        "move": move.id,
        "move_line": move.move_line_ids.id,
        "reference": order.stock_reference_ids.id,
    }


# -- the plan ---------------------------------------------------------------------


def chance(number: str, salt: int) -> str:
    """Return SQL for a number from 0 to 1 that follows from a row's number."""
    hashed = f"hashint8extended(({number})::bigint, {salt})"
    return f"(({hashed} & 2147483647) / 2147483648.0)::float"


def zipf(count: int, number: str, salt: int) -> str:
    """Return SQL for a rank from 1 to count, the first ones drawn most often."""
    return f"floor({count} ^ {chance(number, salt)})::int"


def plan(env, sizes: dict) -> None:
    """Make the temporary tables that say what there will be."""
    past, total = sizes["past"], sizes["past"] + sizes["open"]
    start = {
        name: f"(SELECT max(id) FROM {name})"
        for name in ("sale_order", "sale_order_line", "product_product")
    }
    env.cr.execute(
        f"""
        CREATE TEMP TABLE plan_product ON COMMIT DROP AS
        SELECT n, {start["product_product"]} + n AS id,
               (SELECT max(id) FROM product_template) + n AS template,
               round((5 + 500 * {chance("n", 9)} ^ 2)::numeric, 2) AS price
          FROM generate_series(1, {sizes["products"]}) n;
        CREATE TEMP TABLE plan_partner ON COMMIT DROP AS
        SELECT n, (SELECT max(id) FROM res_partner) + n AS id
          FROM generate_series(1, {sizes["customers"]}) n;
        CREATE TEMP TABLE plan_order ON COMMIT DROP AS
        SELECT n, {start["sale_order"]} + n AS id,
               (SELECT max(id) FROM stock_picking) + n AS picking,
               (SELECT max(id) FROM stock_reference) + n AS reference,
               'B' || lpad(n::text, 7, '0') AS name,
               n > {past} AS is_open,
               n <= {past} OR {chance("n", 5)} < {DELIVERED_SHARE} AS is_done,
               {chance("n", 6)} AS dice, {chance("n", 8)} AS second_dice,
               {zipf(sizes["customers"], "n", 1)} AS partner,
               now()::timestamp(0) - CASE WHEN n <= {past}
                   THEN interval '1 day' * (21 + 344 * {chance("n", 2)})
                   ELSE interval '1 day' * (21 * {chance("n", 2)}) END AS date,
               1 + floor(6 * {chance("n", 3)} ^ 1.5)::int AS lines
          FROM generate_series(1, {total}) n;
        CREATE TEMP TABLE plan_line ON COMMIT DROP AS
        SELECT {start["sale_order_line"]} + line.n AS id,
               (SELECT max(id) FROM stock_move) + line.n AS move,
               (SELECT max(id) FROM stock_move_line) + line.n AS move_line,
               line.n, o.n AS order_n, o.id AS order_id, o.is_done,
               product.id AS product, product.price, line.quantity
          FROM (SELECT row_number() OVER (ORDER BY o.n, k) AS n, o.n AS order_n,
                       {zipf(sizes["products"], "o.n * 8 + k", 4)} AS product,
                       1 + floor(24 * {chance("o.n * 8 + k", 7)} ^ 3)::int AS quantity
                  FROM plan_order o, generate_series(1, o.lines) k) line
          JOIN plan_order o ON o.n = line.order_n
          JOIN plan_product product ON product.n = line.product;
        ANALYZE plan_product, plan_partner, plan_order, plan_line
        """
    )


# -- copies ------------------------------------------------------------------------


def clone(env, table, example, source, columns, key="id") -> None:
    """Insert a copy of one row for every row of a source.

    :param example: value of the column ``key`` of the row that is copied
    :param source: FROM clause, whose columns the expressions may use
    :param columns: ``{column: SQL expression}`` for what differs from the
        example; columns of the hub that are not named stay empty
    """
    env.cr.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s "
        "AND table_schema = current_schema ORDER BY ordinal_position",
        [table],
    )
    names = [row[0] for row in env.cr.fetchall()]
    values = [
        columns.get(name) or ("NULL" if name.startswith("hub_") else f'model."{name}"')
        for name in names
    ]
    quoted = ", ".join(f'"{name}"' for name in names)
    env.cr.execute(
        f"INSERT INTO {table} ({quoted}) SELECT {', '.join(values)} "
        f'FROM {table} model, {source} WHERE model."{key}" = %s',
        [example],
    )


def make_products(env, examples) -> None:
    name = "jsonb_build_object('en_US', 'Part ' || n)"
    code = "'P' || lpad(n::text, 6, '0')"
    clone(
        env,
        "product_template",
        examples["template"],
        "plan_product",
        {"id": "template", "name": name, "default_code": code, "list_price": "price"},
    )
    clone(
        env,
        "product_product",
        examples["product"],
        "plan_product",
        {"id": "plan_product.id", "product_tmpl_id": "template", "default_code": code},
    )
    for table in ("product_taxes_rel", "product_supplier_taxes_rel"):
        clone(
            env,
            table,
            examples["template"],
            "plan_product",
            {"prod_id": "template"},
            key="prod_id",
        )
    clone(
        env,
        "res_partner",
        examples["partner"],
        "plan_partner",
        {
            "id": "plan_partner.id",
            "name": "'Customer ' || n",
            "complete_name": "'Customer ' || n",
            "commercial_partner_id": "plan_partner.id",
            "ref": "CASE WHEN mod(n, 50) = 0 THEN 'OEM' ELSE 'C' END || n",
            "credit_limit": "CASE WHEN mod(n, 3) = 0 THEN '{\"1\": 1e9}'::jsonb END",
        },
    )


def make_orders(env, examples, more_columns) -> None:
    """Insert orders and lines; what both sides have in common."""
    env.cr.execute(
        """CREATE TEMP TABLE plan_total ON COMMIT DROP AS
           SELECT order_n, sum(quantity * price) AS untaxed
             FROM plan_line GROUP BY order_n"""
    )
    source = (
        "plan_order p JOIN plan_total total ON total.order_n = p.n "
        "JOIN plan_partner partner ON partner.n = p.partner"
    )
    of_line = (
        "plan_line l JOIN plan_order p ON p.n = l.order_n "
        "JOIN plan_partner partner ON partner.n = p.partner"
    )
    orders, lines = {**_order_columns(), **more_columns}, _line_columns()
    for done, kind in _kinds():
        rows = examples[kind]
        clone(env, "sale_order", rows["order"], f"{source} AND {done}", orders)
        clone(env, "sale_order_line", rows["line"], f"{of_line} AND p.{done}", lines)
    clone(
        env,
        "account_tax_sale_order_line_rel",
        examples["done"]["line"],
        "plan_line l",
        {"sale_order_line_id": "l.id"},
        key="sale_order_line_id",
    )


def _order_columns() -> dict:
    """Return the columns of an order that differ from its model, as SQL."""
    tax = "(model.amount_tax / model.amount_untaxed)"
    return {
        "id": "p.id",
        "name": "p.name",
        **dict.fromkeys(
            ("partner_id", "partner_invoice_id", "partner_shipping_id"), "partner.id"
        ),
        **dict.fromkeys(("date_order", "create_date", "write_date"), "p.date"),
        "commitment_date": "CASE WHEN p.second_dice > 0.4 THEN "
        "p.date + interval '1 day' * (2 + 25 * p.second_dice) END",
        "effective_date": "CASE WHEN is_done THEN p.date + interval '3 day' END",
        "amount_untaxed": "total.untaxed",
        "amount_tax": f"round(total.untaxed * {tax}, 2)",
        "amount_total": f"total.untaxed + round(total.untaxed * {tax}, 2)",
        "invoice_status": INVOICED,
    }


def _line_columns() -> dict:
    """Return the columns of a line that differ from its model, as SQL."""
    with_tax = "(1 + model.price_tax / model.price_subtotal)"
    amount = "l.price * l.quantity"
    return {
        "id": "l.id",
        "order_id": "l.order_id",
        "order_partner_id": "partner.id",
        "product_id": "l.product",
        "name": "'Part of the catalogue, ' || l.product",
        "product_uom_qty": "l.quantity",
        **dict.fromkeys(
            ("price_unit", "technical_price_unit", "price_reduce_taxexcl"), "l.price"
        ),
        "price_reduce_taxinc": f"l.price * {with_tax}",
        "price_subtotal": amount,
        "price_tax": f"{amount} * model.price_tax / model.price_subtotal",
        "price_total": f"{amount} * {with_tax}",
        "qty_delivered": "CASE WHEN l.is_done THEN l.quantity ELSE 0 END",
        "qty_invoiced": "CASE WHEN p.is_open THEN 0 ELSE l.quantity END",
        "qty_to_invoice": "CASE WHEN p.is_open THEN l.quantity ELSE 0 END",
        "untaxed_amount_invoiced": f"CASE WHEN p.is_open THEN 0 ELSE {amount} END",
        "untaxed_amount_to_invoice": f"CASE WHEN p.is_open THEN {amount} ELSE 0 END",
        "invoice_status": INVOICED,
    }


def _kinds():
    return (("is_done", "done"), ("is_done IS FALSE", "waiting"))


def make_deliveries(env, examples) -> None:
    """Insert a delivery for every order, done or reserved as the plan says."""
    partner = "JOIN plan_partner partner ON partner.n = p.partner"
    line = "plan_line l JOIN plan_order p ON p.n = l.order_n"
    for done, kind in _kinds():
        rows = examples[kind]
        order = f"plan_order p {partner} AND p.{done}"
        dates = dict.fromkeys(("scheduled_date", "date_deadline"), "p.date")
        clone(
            env,
            "stock_picking",
            rows["picking"],
            order,
            {
                **dates,
                "id": "p.picking",
                "name": "'B/OUT/' || p.n",
                "origin": "p.name",
                "partner_id": "partner.id",
                "sale_id": "p.id",
                "date_done": "CASE WHEN p.is_done THEN p.date END",
            },
        )
        clone(
            env,
            "stock_reference",
            rows["reference"],
            order,
            {"id": "p.reference", "name": "p.name"},
        )
        clone(
            env,
            "stock_reference_sale_rel",
            rows["order"],
            order,
            {"sale_id": "p.id", "reference_id": "p.reference"},
            key="sale_id",
        )
        _make_moves(env, rows, f"{line} {partner} AND p.{done}")


def _make_moves(env, rows, source) -> None:
    clone(
        env,
        "stock_move",
        rows["move"],
        source,
        {
            "id": "l.move",
            "product_id": "l.product",
            "picking_id": "p.picking",
            "partner_id": "partner.id",
            "sale_line_id": "l.id",
            "origin": "p.name",
            "reference": "'B/OUT/' || p.n",
            **dict.fromkeys(
                ("product_qty", "product_uom_qty", "quantity", "packaging_uom_qty"),
                "l.quantity",
            ),
            **dict.fromkeys(("date", "date_deadline", "create_date"), "p.date"),
        },
    )
    clone(
        env,
        "stock_move_line",
        rows["move_line"],
        source,
        {
            "id": "l.move_line",
            "move_id": "l.move",
            "picking_id": "p.picking",
            "product_id": "l.product",
            **dict.fromkeys(("quantity", "quantity_product_uom"), "l.quantity"),
            "date": "p.date",
        },
    )
    clone(
        env,
        "stock_reference_move_rel",
        rows["move"],
        source,
        {"move_id": "l.move", "reference_id": "p.reference"},
        key="move_id",
    )


def make_stock(env, examples) -> None:
    """Insert stock: free, reserved for orders in flight, and gone to customers."""
    amounts = (
        "(SELECT product.id AS product, "
        "coalesce(sum(quantity) FILTER (WHERE NOT is_done), 0) AS waiting, "
        "coalesce(sum(quantity) FILTER (WHERE is_done), 0) AS gone "
        "FROM plan_product product LEFT JOIN plan_line l ON l.product = product.id "
        "GROUP BY product.id) amount"
    )
    own = {"id": "nextval('stock_quant_id_seq')", "product_id": "amount.product"}
    clone(
        env,
        "stock_quant",
        examples["quant"],
        amounts,
        {
            **own,
            "quantity": f"amount.waiting + {STOCK}",
            "reserved_quantity": "amount.waiting",
        },
    )
    clone(
        env,
        "stock_quant",
        examples["sold"],
        amounts,
        {**own, "quantity": "amount.gone", "reserved_quantity": "0"},
    )


def settle_sequences(env) -> None:
    """Let the next records come after the copies."""
    for table in (
        "product_template",
        "product_product",
        "res_partner",
        "sale_order",
        "sale_order_line",
        "stock_picking",
        "stock_reference",
        "stock_move",
        "stock_move_line",
    ):
        env.cr.execute(
            f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))"
        )
