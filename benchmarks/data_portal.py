"""What the portals' pages are measured with: long histories, many needs, logins.

A customer's order with few and one with many events, photos and promises; a
supplier whose items few and one whose items many open lines need.
"""

import base64
import io

from odoo import Command

import data
from harness.registry import task

#: Of the order with little and of the one with much history.
FEW = {"events": 20, "photos": 2, "promises": 2}
MANY = {"events": 200, "photos": 20, "promises": 20}
#: Lines that need a supplier's items, and how many items those are.
FEW_LINES = {"lines": 500, "items": 20}
MANY_LINES = {"lines": 10_000, "items": 200}
#: Of so many needed lines one is a customer's delivery; the rest feed production.
DELIVERED = 4
#: Weeks over which the needs lie.
WEEKS = 12
CUSTOMER, SUPPLIER = "bench_customer_{}", "bench_supplier_{}"
CODE = "PORTALBENCH"


# === CUSTOMERS === #


@task(keep=True)
def customers(env, links):
    """Give two orders a history and a login; return the addresses of all pages.

    :param int links: orders that are opened by a link, one each
    """
    env = env(context={**env.context, "tracking_disable": True})
    orders = env["sale.order"].search(
        [("hub_is_open", "=", True), ("name", "=like", "B%")],
        limit=links + 200,
        order="id",
    )
    photo = _photo()
    pages, seen = {}, set()
    for kind, amounts in (("few", FEW), ("many", MANY)):
        order = next(each for each in orders if each.partner_id.id not in seen)
        seen.add(order.partner_id.id)
        _history(env, order, amounts, photo)
        login = CUSTOMER.format(kind)
        _portal_user(env, login, order.partner_id)
        pages[kind] = {
            "login": login,
            "page": f"/my/hub/{order.hub_ref}",
            "link": order._hub_page_url(order._hub_page_token()),
            "pictures": _pictures(order),
        }
    others = orders.filtered(lambda order: order.partner_id.id not in seen)[:links]
    pages["links"] = [each._hub_page_url(each._hub_page_token()) for each in others]
    return pages


def _photo() -> str:
    """Return a picture as a phone takes it, 12 megapixels, in base64."""
    from PIL import Image

    noise = Image.effect_noise((500, 375), 80).resize((4000, 3000))
    output = io.BytesIO()
    noise.convert("RGB").save(output, "JPEG", quality=80)
    return base64.b64encode(output.getvalue()).decode()


def _pictures(order) -> list:
    """Return the addresses of the first photos of a page, as its list shows them."""
    token = order._hub_page_token()
    return [
        f"/my/hub/{order.hub_ref}/evidence/{item.id}?size=thumb&access_token={token}"
        for item in order._hub_public_evidence()[:3]
    ]


def _history(env, order, amounts, photo) -> None:
    """Insert events and promises of an order; its photos are kept as they come."""
    item = {"kind": "photo", "content": photo, "filename": "p.jpg", "is_public": True}
    stage = order.hub_stage_id
    env["order.hub.evidence"]._add(order, stage, [item] * amounts["photos"])
    env.flush_all()
    env.cr.execute(
        """
        INSERT INTO order_hub_stage_event
               (order_id, hub_ref, company_id, stage_id, milestone, date, user_id,
                source, duration, is_out_of_order, is_overruled)
        SELECT o.id, o.hub_ref, o.company_id, stage.id, stage.milestone,
               now() - interval '1 hour' * (%(count)s - n), o.user_id,
               CASE WHEN mod(n, 3) = 0 THEN 'scan' ELSE 'user' END, 1, false, false
          FROM sale_order o, generate_series(1, %(count)s) n
          JOIN LATERAL (SELECT id, milestone FROM order_hub_stage
                         WHERE flow_id = %(flow)s AND milestone != 'cancelled'
                      ORDER BY sequence OFFSET mod(n, 4) LIMIT 1) stage ON true
         WHERE o.id = %(order)s
        """,
        {
            "order": order.id,
            "flow": order.hub_flow_id.id,
            "count": amounts["events"],
        },
    )
    env.cr.execute(
        """
        INSERT INTO order_hub_change
               (order_id, company_id, field_name, old_value, new_value, date, user_id)
        SELECT o.id, o.company_id, 'commitment_date',
               to_char(now() + interval '1 day' * n, 'YYYY-MM-DD HH24:MI:SS'),
               to_char(now() + interval '1 day' * (n + 1), 'YYYY-MM-DD HH24:MI:SS'),
               now() - interval '1 hour' * (%(count)s - n), o.user_id
          FROM sale_order o, generate_series(1, %(count)s) n WHERE o.id = %(order)s
        """,
        {"order": order.id, "count": amounts["promises"]},
    )
    env.invalidate_all()


def _portal_user(env, login, partner) -> None:
    """Give a partner a login of the portal."""
    env["res.users"].with_context(no_reset_password=True).create(
        {
            "login": login,
            "password": data.PASSWORD,
            "partner_id": partner.id,
            "group_ids": [Command.set([env.ref("base.group_portal").id])],
        }
    )


# === SUPPLIERS === #


@task(keep=True)
def suppliers(env):
    """Make a supplier whose items few, and one whose items many open lines need."""
    env = env(context={**env.context, "tracking_disable": True})
    pages = {}
    for kind, amounts in (("few", FEW_LINES), ("many", MANY_LINES)):
        login = SUPPLIER.format(kind)
        partner = env["res.partner"].create({"name": f"{CODE} {kind}"})
        _portal_user(env, login, partner)
        _needs(env, partner, amounts)
        pages[kind] = {
            "login": login,
            "page": "/my/supply",
            "pages": ["/my/supply", "/my/supply?weeks=26", "/my/supply/orders"],
        }
    return pages


def _needs(env, partner, amounts) -> None:
    """Have open production and deliveries that need a supplier's items."""
    examples = _examples(env, partner)
    env.flush_all()
    start = {
        table: _last(env, table)
        for table in ("product_template", "product_product", "mrp_production")
    }
    _make_items(env, examples, start, amounts["items"])
    _make_moves(env, examples, start, amounts)
    _make_past(env, examples, start, amounts["items"])
    for table in COPIED:
        env.cr.execute(f"SELECT setval('{table}_id_seq', max(id)) FROM {table}")
    env.invalidate_all()


COPIED = (
    "product_template",
    "product_product",
    "product_supplierinfo",
    "mrp_production",
    "stock_move",
)


def _last(env, table: str) -> int:
    env.cr.execute(f"SELECT max(id) FROM {table}")
    return env.cr.fetchone()[0]


def _examples(env, partner) -> dict:
    """Return the ids of the rows that all others are copies of."""
    code = f"{CODE} {partner.id}"
    item, product = env["product.product"].create(
        [
            {"name": code, "default_code": f"{code} item", "is_storable": True},
            {"name": code, "default_code": f"{code} product", "is_storable": True},
        ]
    )
    info = env["product.supplierinfo"].create(
        {
            "partner_id": partner.id,
            "product_tmpl_id": item.product_tmpl_id.id,
            "price": 9,
        }
    )
    bom = env["mrp.bom"].create(
        {
            "product_tmpl_id": product.product_tmpl_id.id,
            "bom_line_ids": [Command.create({"product_id": item.id, "product_qty": 2})],
        }
    )
    bom._hub_release()
    open_work, done_work = env["mrp.production"].create(
        [
            {"product_id": product.id, "bom_id": bom.id, "origin": code}
            for _state in ("open", "done")
        ]
    )
    (open_work | done_work).action_confirm()
    done_work.qty_producing = 1
    done_work.move_raw_ids.write({"quantity": 2, "picked": True})
    done_work.with_context(skip_consumption=True).button_mark_done()
    order = env["sale.order"].create(
        {
            "partner_id": env["res.partner"].search([("ref", "=", "C1")]).id,
            "order_line": [Command.create({"product_id": item.id})],
        }
    )
    order.action_confirm()
    return {
        "template": item.product_tmpl_id.id,
        "product": item.id,
        "info": info.id,
        "work": open_work.id,
        "raw": open_work.move_raw_ids.id,
        "used": done_work.move_raw_ids.id,
        "delivery": order.order_line.move_ids.id,
    }


def _make_items(env, examples, start, count) -> None:
    """Insert products that this supplier sells, and no other."""
    rows = f"generate_series(1, {count}) n"
    template = f"{start['product_template']} + n"
    product = f"{start['product_product']} + n"
    code = f"'{CODE} item ' || {template}"
    for table, example, columns in (
        ("product_template", "template", {"id": template, "default_code": code}),
        (
            "product_product",
            "product",
            {
                "id": product,
                "product_tmpl_id": template,
                "default_code": code,
            },
        ),
        (
            "product_supplierinfo",
            "info",
            {
                "id": "nextval('product_supplierinfo_id_seq')",
                "product_id": product,
                "product_tmpl_id": template,
            },
        ),
    ):
        data.clone(env, table, examples[example], rows, columns)


def _make_moves(env, examples, start, amounts) -> None:
    """Insert the lines that need the items: parts of production, and deliveries."""
    lines = amounts["lines"]
    work = f"{start['mrp_production']} + n"
    date = f"now() + interval '1 hour' * mod(n * 7, {WEEKS * 7 * 24})"
    data.clone(
        env,
        "mrp_production",
        examples["work"],
        _numbers(lines, "> 0"),
        {
            "id": work,
            "name": f"'{CODE} ' || {work}",
            **dict.fromkeys(("date_start", "date_finished", "date_deadline"), date),
        },
    )
    columns = {
        "id": "nextval('stock_move_id_seq')",
        "product_id": f"{start['product_product']} + 1 + mod(n, {amounts['items']})",
        **dict.fromkeys(("product_qty", "product_uom_qty"), "1 + mod(n, 9)"),
        "quantity": "0",
        **dict.fromkeys(("date", "date_deadline"), date),
    }
    for example, which, more in (
        ("raw", "> 0", {"raw_material_production_id": work}),
        ("delivery", "= 0", {}),
    ):
        data.clone(
            env,
            "stock_move",
            examples[example],
            _numbers(lines, which),
            {**columns, **more},
        )


def _numbers(count: int, which: str) -> str:
    """Return a source of those numbers whose rest by ``DELIVERED`` is so."""
    return (
        f"(SELECT n FROM generate_series(1, {count}) n "
        f"WHERE mod(n, {DELIVERED}) {which}) numbers"
    )


def _make_past(env, examples, start, items) -> None:
    """Insert what was used of every item in each week of the last quarter."""
    data.clone(
        env,
        "stock_move",
        examples["used"],
        f"generate_series(1, {items}) n, generate_series(1, 13) week",
        {
            "id": "nextval('stock_move_id_seq')",
            "product_id": f"{start['product_product']} + n",
            **dict.fromkeys(
                ("product_qty", "product_uom_qty", "quantity"), "mod(n, 40) + week"
            ),
            "date": "now() - interval '7 day' * week",
        },
    )
