"""One order from the integration's call to the customer's signature, on screens.

The people of the demo data do their part in a real browser: the salesperson at
a desk, the warehouse and the customer on a phone.
"""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from api_world import set_policies_aside


@pytest.fixture
def order(xmlrpc_client):
    """A paid web-shop order, sent through the API."""
    admin = xmlrpc_client("admin")
    set_policies_aside(admin.execute)
    payload = {
        "channel": "shopify-hk",
        "external_ref": "STORY-1",
        "currency": "CNY",
        "customer": {"name": "Ada Wong", "email": "ada@example.com"},
        "lines": [{"sku": "JZQ-330", "quantity": 1, "unit_price": 100}],
        "prepaid_amount": 100000,
    }
    answer = admin.execute("order.hub.api", "submit_order", payload)
    assert answer["ok"] and not answer["holds"], answer
    return answer


def stage_of(client, order):
    answer = client.execute("order.hub.api", "order_status", hub_ref=order["hub_ref"])
    return answer["stage"]


def test_a_paid_order_lives_from_the_api_to_the_signature(
    order, xmlrpc_client, browser, phone, log_in, screenshots
):
    admin = xmlrpc_client("admin")
    assert stage_of(admin, order) == "Allocated"
    _salesperson_sees_it(browser, log_in, order, screenshots)
    _warehouse_picks_it(phone, log_in, order, screenshots)
    assert stage_of(admin, order) == "Picked"
    _warehouse_ships_it(xmlrpc_client("warehouse"), order)
    assert stage_of(admin, order) == "Shipped"
    _customer_signs(phone, admin, order, screenshots)
    assert stage_of(admin, order) == "Signed"
    _history_tells_it(admin, order)


def _salesperson_sees_it(browser, log_in, order, screenshots):
    log_in(browser, "lina")
    page = browser.new_page()
    page.goto(f"/odoo/action-order_hub.sale_order_action_all/{order['id']}")
    page.get_by_text(order["hub_ref"]).first.wait_for()
    page.screenshot(path=screenshots / "story_salesperson.png")


def _warehouse_picks_it(phone, log_in, order, screenshots):
    log_in(phone, "warehouse")
    page = phone.new_page()
    page.goto(f"/odoo/order-scan?code={order['hub_ref']}")
    page.locator(".o_hub_scan_do").wait_for()
    page.screenshot(path=screenshots / "story_warehouse.png")
    page.locator(".o_hub_scan_do").tap()
    page.locator(".o_hub_scan_done").wait_for()
    assert "Picked" in page.locator(".o_hub_scan_done").inner_text()


def _warehouse_ships_it(warehouse, order):
    domain = [("hub_ref", "=", order["hub_ref"]), ("state", "=", "assigned")]
    [picking] = warehouse.execute("stock.picking", "search", domain)
    warehouse.execute("stock.picking", "button_validate", [picking])


def _customer_signs(phone, admin, order, screenshots):
    phone.clear_cookies()
    link = admin.execute("sale.order", "get_portal_url", [order["id"]])
    token = parse_qs(urlsplit(link).query)["access_token"][0]
    page = phone.new_page()
    page.goto(f"/my/hub/{order['hub_ref']}?access_token={token}")
    page.screenshot(path=screenshots / "story_customer_page.png", full_page=True)
    page.locator(".o_order_hub_sign").tap()
    page.locator(".o_web_sign_name_and_signature input").first.fill("Ada Wong")
    page.get_by_text("Draw", exact=True).first.tap()
    box = page.locator("canvas.o_web_sign_signature").bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 60, steps=8)
    page.mouse.move(box["x"] + 60, box["y"] + 70, steps=8)
    page.mouse.up()
    page.screenshot(path=screenshots / "story_customer.png")
    page.locator(".o_portal_sign_submit").tap()
    page.get_by_text(re.compile("thank|signed", re.I)).first.wait_for()


def _history_tells_it(admin, order):
    domain = [("hub_ref", "=", order["hub_ref"])]
    events = admin.execute(
        "order.hub.stage.event",
        "search_read",
        domain,
        ["stage_id", "source", "user_id"],
        order="id",
    )
    assert [event["stage_id"][1] for event in events] == [
        "Placed",
        "Paid",
        "Allocated",
        "Picked",
        "Shipped",
        "Signed",
    ]
    assert events[3]["source"] == "scan"
