"""What the benchmark of routing needs on top: rules, warehouses, waiting orders."""

from odoo import Command

RULES = 50
WAREHOUSES = 12
#: Cities of the warehouses: name, latitude, longitude.
CITIES = [
    ("Shanghai", 31.22, 121.46),
    ("Beijing", 39.91, 116.40),
    ("Guangzhou", 23.12, 113.25),
    ("Shenzhen", 22.55, 114.07),
    ("Chengdu", 30.67, 104.07),
    ("Wuhan", 30.58, 114.27),
    ("Xi'an", 34.26, 108.93),
    ("Shenyang", 41.79, 123.43),
    ("Nanjing", 32.06, 118.78),
    ("Hangzhou", 30.29, 120.16),
    ("Qingdao", 36.07, 120.38),
    ("Changsha", 28.20, 112.97),
]


def configure(env) -> None:
    """Make and publish 50 rules of every kind of condition, and a sourcing policy."""
    company = env.company
    warehouses = _warehouses(env, company)
    env["order.hub.sourcing.policy"].create(
        {
            "name": "Nearest",
            "company_id": company.id,
            "is_default": True,
            "warehouse_ids": [Command.set(warehouses.ids)],
        }
    )
    ruleset = env["order.hub.routing.ruleset"].create(
        {"name": "Bench", "company_id": company.id}
    )
    env["order.hub.routing.rule"].create(
        [
            {"name": f"Rule {i}", "sequence": i, "ruleset_id": ruleset.id, **rule}
            for i, rule in enumerate(_rules(env), 1)
        ]
    )
    ruleset.action_publish()


def _rules(env):
    """Yield 50 rules: five have a domain, ten ask for words, all ask for an amount."""
    users = env["res.users"].search([("share", "=", False)], limit=5)
    tags = env["crm.tag"].create([{"name": f"Bench {i}"} for i in range(5)])
    types = env["order.hub.order.type"].search([], limit=3)
    for number in range(RULES):
        rule = {
            "amount_from": 20.0 * number + 1,
            "amount_below": 20.0 * number + 4000,
            "set_priority": str(number % 3),
        }
        if number % 10 == 1:
            rule["condition"] = f"[('partner_id.ref', '=like', 'OEM{number}%')]"
        if number % 5 == 2:
            rule["remark_words"] = f"urgent {number}, 加急"
        if number % 5 == 3:
            rule.update(hours_up_to=24 + number, quality_level="tightened")
        if number % 10 == 4:
            rule.update(owner_ids=[Command.set(users.ids)], owner_mode="turns")
        if number % 10 == 5:
            rule["tag_ids"] = [Command.link(tags[number // 10].id)]
        if number % 10 == 6:
            rule.update(order_type_ids=[Command.set(types.ids)], approval_path="none")
        yield rule


def _warehouses(env, company):
    """Return 12 warehouses, each with an address; the first is the company's own."""
    china = env.ref("base.cn").id
    places = env["res.partner"].create(
        [
            {
                "name": f"Warehouse {city}",
                "city": city,
                "country_id": china,
                "partner_latitude": latitude,
                "partner_longitude": longitude,
            }
            for city, latitude, longitude in CITIES
        ]
    )
    first = env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)
    others = env["stock.warehouse"].create(
        [
            {"name": f"Bench {i}", "code": f"B{i:02d}", "company_id": company.id}
            for i in range(1, WAREHOUSES)
        ]
    )
    warehouses = first | others
    for warehouse, place in zip(warehouses, places, strict=True):
        warehouse.partner_id = place
    return warehouses


def place_customers(env) -> None:
    """Spread the customers over the warehouses' cities, with coordinates."""
    env.flush_all()
    for number, (city, latitude, longitude) in enumerate(CITIES):
        env.cr.execute(
            """UPDATE res_partner SET city = %s, country_id = %s,
                      partner_latitude = %s, partner_longitude = %s
                WHERE id %% %s = %s""",
            (city, env.ref("base.cn").id, latitude, longitude, len(CITIES), number),
        )
    env.invalidate_all()


def spread_stock(env) -> None:
    """Give every warehouse some of what the first one has."""
    env.cr.execute(
        """INSERT INTO stock_quant (product_id, location_id, company_id, quantity,
                                    reserved_quantity, in_date)
           SELECT quant.product_id, warehouse.lot_stock_id, quant.company_id,
                  (quant.product_id * 7 + warehouse.id) % 40, 0, quant.in_date
             FROM stock_quant quant
             JOIN stock_warehouse first ON first.lot_stock_id = quant.location_id
             JOIN stock_warehouse warehouse
                  ON warehouse.company_id = first.company_id
                     AND warehouse.id != first.id"""
    )
    env.invalidate_all()


def waiting_orders(env, count: int) -> list:
    """Turn past orders into quotations that nothing was decided about; their ids."""
    env.flush_all()
    env.cr.execute(
        """WITH chosen AS (
               SELECT id FROM sale_order
                WHERE hub_flow_id IS NOT NULL AND NOT hub_is_open
             ORDER BY id LIMIT %s)
           UPDATE sale_order SET state = 'draft', hub_is_open = TRUE,
                  hub_milestone = 'received', hub_stage_id = (
                      SELECT stage.id FROM order_hub_stage stage
                       WHERE stage.flow_id = sale_order.hub_flow_id AND stage.active
                    ORDER BY stage.sequence, stage.id LIMIT 1)
             FROM chosen WHERE chosen.id = sale_order.id
        RETURNING sale_order.id""",
        (count,),
    )
    ids = sorted(id_ for [id_] in env.cr.fetchall())
    env.cr.execute(
        "UPDATE sale_order_line SET state = 'draft' WHERE order_id = ANY(%s)", (ids,)
    )
    env.cr.execute("ANALYZE sale_order; ANALYZE stock_quant; ANALYZE res_partner")
    env.invalidate_all()
    return ids
