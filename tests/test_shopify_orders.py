"""From a Shopify payload to a signed delivery.

The translator (``docs/examples/shopify_to_hub.py``) is tested by itself; then every
payload at hand goes through it into a running server and is delivered there with
Odoo's own documents, as the warehouse would.
"""

import base64
import hashlib
import hmac
import json
import urllib.request
from decimal import Decimal
from pathlib import Path

import pytest

from api_world import EXAMPLES, PIXEL, world_of  # puts the examples on the path

assert EXAMPLES.is_dir()
from shopify_to_hub import NotForTheHub, is_genuine, orders_in, to_hub  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
OWN = ROOT / "tests" / "data"
SAMPLES = ROOT.parent / "shared" / "samples" / "a_shopify"
PATTERNS = (
    "rest/order*.json",
    "rest/orders_list*.json",
    "rest/pyapi_order.json",
    "webhook/*.json",
)
ALL_STAGES = ["Ordered", "Paid", "Allocated", "Picked", "Shipped", "Signed"]
TAKE_ALL = {"fulfilled", "test"}


def own(name, number=0):
    """Return one order of the project's own payloads."""
    return payloads_of(OWN / f"shopify_{name}.json")[number]


def payloads_of(path):
    return list(orders_in(json.loads(path.read_text("utf-8"))))


def own_cases():
    return [
        pytest.param(order, id=f"{path.stem}-{order['id']}")
        for path in sorted(OWN.glob("shopify_*.json"))
        for order in payloads_of(path)
    ]


def sample_cases():
    paths = sorted({path for pattern in PATTERNS for path in SAMPLES.glob(pattern)})
    found = [
        pytest.param(order, id=f"{path.stem}-{order['id']}")
        for path in paths
        for order in payloads_of(path)
    ]
    missing = f"no Shopify samples in {SAMPLES.relative_to(ROOT.parent)}"
    skipped = pytest.mark.skip(reason=missing)
    return found or [pytest.param(None, id="none", marks=skipped)]


# -- the translator ----------------------------------------------------------------


def net(lines):
    """Return what lines cost, to the cent, as the hub computes it."""
    cents = Decimal("0.01")
    return sum(
        (
            Decimal(str(line["unit_price"]))
            * line["quantity"]
            * (100 - Decimal(str(line.get("discount", 0))))
            / 100
        ).quantize(cents)
        for line in lines
    )


def test_discounts_come_out_to_the_cent():
    order = to_hub(own("discounts"), "shop")
    green, *red = order["lines"]
    assert (green["unit_price"], green["discount"]) == (33.33, 10.0)
    assert net([green]) == Decimal("89.99")
    assert net(red) == Decimal("13892.99")
    assert sum(line["quantity"] for line in red) == 7
    assert order["shipping_price"] == 10.0
    assert Decimal(str(order["total"])) == net(order["lines"]) + 10


def test_choices_of_the_buyer_are_not_lost():
    order = to_hub(own("discounts"), "shop")
    assert order["lines"][0]["name"] == "Player, green\nEngraving: 福 😀 <b>"
    assert order["note"] == "Leave it with the porter\ngate code: 4711"


def test_customer_and_delivery_address():
    order = to_hub(own("discounts"), "shop")
    assert order["customer"]["external_ref"] == "70001"
    assert order["customer"]["company"] == "Taihu Auto Repair"
    assert order["customer"]["email"] == "buyer@taihu.example.com"
    assert order["ship_to"]["name"] == "Li Na"
    assert (order["ship_to"]["state"], order["ship_to"]["country"]) == ("JS", "CN")


def test_an_order_without_a_customer_names_none():
    order = to_hub(own("webhook_no_customer"), "shop")
    assert "customer" not in order and "ship_to" not in order
    assert order["lines"] == [
        {
            "name": "測試商品",
            "external_ref": "1201",
            "quantity": 2,
            "unit_price": 20.0,
        }
    ]


def test_a_tip_is_no_part_of_the_order():
    order = to_hub(own("webhook_no_customer"), "shop")
    assert (order["total"], order["prepaid_amount"]) == (40.0, 40.0)


def test_removed_and_refunded_pieces_are_left_out():
    order = to_hub(own("orders_list", 0), "shop")
    [line] = order["lines"]
    assert (line["quantity"], line["sku"]) == (3, "IPOD2008GREEN")
    assert net([line]) == 135
    assert order["total"] == order["prepaid_amount"] == 135.0


def test_older_payloads_tell_of_refunds_only_in_refunds():
    old = own("orders_list", 0)
    for item in old["line_items"]:
        del item["current_quantity"]
    assert [line["quantity"] for line in to_hub(old, "shop")["lines"]] == [3]


@pytest.mark.parametrize(
    ("number", "reason"), [(1, "cancelled"), (2, "fulfilled"), (3, None), (4, None)]
)
def test_what_is_not_for_the_hub_is_refused_with_a_reason(number, reason):
    order = own("orders_list", number)
    if reason:
        with pytest.raises(NotForTheHub) as refused:
            to_hub(order, "shop")
        assert refused.value.reason == reason
    else:
        assert to_hub(order, "shop")["lines"]


def test_other_reasons_to_refuse():
    for change, reason in (
        ({"test": True}, "test"),
        ({"financial_status": "voided"}, "voided"),
        ({"line_items": []}, "nothing_left"),
        ({"line_items": None}, "unreadable"),
        ({"id": None}, "unreadable"),
        ({"current_total_price": "many"}, "unreadable"),
        ({"current_total_price": "NaN"}, "unreadable"),
    ):
        with pytest.raises(NotForTheHub) as refused:
            to_hub({**own("discounts"), **change}, "shop")
        assert refused.value.reason == reason, change


def test_only_received_money_is_prepaid():
    paid = {
        "authorized": None,
        "pending": None,
        "paid": 398.0,
        "partially_paid": 150.0,
    }
    for status, expected in paid.items():
        order = {**own("orders_list", 4), "financial_status": status}
        assert to_hub(order, "shop").get("prepaid_amount") == expected, status


def test_either_currency_but_never_mixed():
    shop = to_hub(own("two_currencies"), "shop")
    assert (shop["currency"], shop["total"]) == ("USD", 194.0)
    assert net(shop["lines"]) + 4 == 194
    presentment = to_hub(own("two_currencies"), "shop", money="presentment")
    assert (presentment["currency"], presentment["total"]) == ("EUR", 178.48)
    assert net(presentment["lines"]) == Decimal("174.80")
    assert presentment["shipping_price"] == 3.68


def test_an_amount_without_the_wanted_currency_is_not_guessed():
    order = own("two_currencies")
    del order["line_items"][0]["price_set"]
    with pytest.raises(NotForTheHub, match="not in EUR"):
        to_hub(order, "shop", money="presentment")


def test_webhooks_are_checked_by_their_signature():
    body, secret = b'{"id": 1}', "hush"
    made = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    signature = base64.b64encode(made).decode()
    assert is_genuine(body, signature, secret)
    assert not is_genuine(body + b" ", signature, secret)
    assert not is_genuine(body, "", secret)


def test_the_hub_never_sees_a_name_of_the_shop():
    known = {
        *("channel external_ref customer_ref date currency customer ship_to").split(),
        *("lines shipping_price total prepaid_amount note confirm").split(),
        *("sku name quantity unit_price discount company email phone street").split(),
        *("street2 city zip state country").split(),
    }
    for case in own_cases():
        [order] = case.values
        try:
            translated = to_hub(order, "shop", accept=TAKE_ALL)
        except NotForTheHub:
            continue
        parts = [translated, *translated["lines"], translated.get("customer", {})]
        assert {name for part in parts for name in part} <= known


# -- through the server ------------------------------------------------------------


@pytest.fixture(scope="module")
def world(calm_server):
    return world_of(calm_server)


@pytest.mark.parametrize("order", own_cases())
def test_own_payloads_live_to_the_signature(world, order, request):
    live(world, order, request.node.callspec.id)


@pytest.mark.parametrize("order", sample_cases())
def test_sample_payloads_live_to_the_signature(world, order, request):
    live(world, order, request.node.callspec.id)


def live(world, payload, case):
    """Take one payload from the shop to the signed delivery, or see it refused."""
    channel = f"shop-{case}"
    world.make_channel(channel, world.order_type)
    if payload.get("cancelled_at"):
        with pytest.raises(NotForTheHub) as refused:
            to_hub(payload, channel, accept=TAKE_ALL)
        assert refused.value.reason == "cancelled"
        return
    order = to_hub(payload, channel, accept=TAKE_ALL)
    taken = submitted_twice(world, order)
    solve_holds(world, taken, order)
    pay(world, channel, order)
    deliver(world, taken)
    check_history(world, taken, order)
    check_page(world, taken)


def submitted_twice(world, order):
    first = world.json2.call("submit_order", order=order)
    assert first["ok"], first
    before = world.totals()
    second = world.xmlrpc.call("submit_order", order=order)
    assert second == {**first, "created": False}
    assert world.totals() == before
    assert world.json2.call("order_status", hub_ref=first["hub_ref"])["ok"]
    return first


def expected_doubts(order, answer):
    """Return what a person has to look at before this order may go on."""
    expected = set()
    if "customer" not in order:
        expected.add("customer")
    if any("sku" not in line for line in order["lines"]):
        expected.add("product")
    if "total" in order and abs(order["total"] - answer["amount_total"]) > 0.004:
        expected.add("amount")
    return expected


def solve_holds(world, taken, order):
    """See that exactly the doubtful orders are held; a supervisor looks at them."""
    holds = world.admin.read(
        "order.hub.exception",
        [("order_id", "=", taken["id"]), ("state", "=", "open")],
        ["kind_id", "is_automatic"],
    )
    kinds = world.admin.read(
        "order.hub.exception.kind",
        [("id", "in", [hold["kind_id"][0] for hold in holds])],
        ["code"],
    )
    doubts = {kind["code"] for kind in kinds} - {"confirm", "handover"}
    assert doubts == expected_doubts(order, taken)
    if doubts & {"customer", "product"}:
        assert taken["stage"] == "Ordered", "nothing moves before somebody has looked"
    if holds:
        ids = [hold["id"] for hold in holds]
        world.admin("order.hub.exception", "action_solve", ids)


def pay(world, channel, order):
    """The shop says *paid*; an order that was prepaid is there already."""
    named = {"channel": channel, "external_ref": order["external_ref"]}
    stage = world.json2.call("order_status", **named)["stage"]
    if stage == "Ordered":
        answer = world.json2.call("push_status", status="PAID", **named)
        assert answer["ok"], answer
        stage = answer["stage"]
    assert stage == "Allocated"


def deliver(world, taken):
    """Pick, ship and sign with Odoo's own documents, as the warehouse does."""
    warehouse = world.rpc("api_warehouse")
    for stage in ("Picked", "Shipped"):
        [open_one] = warehouse.read(
            "stock.picking",
            [("sale_id", "=", taken["id"]), ("state", "=", "assigned")],
            ["name"],
        )
        assert warehouse("stock.picking", "button_validate", [open_one["id"]]) is True
        assert status(world, taken)["stage"] == stage
    warehouse("stock.picking", "write", [open_one["id"]], {"signature": PIXEL})
    assert status(world, taken)["stage"] == "Signed"


def status(world, taken):
    return world.json2.call("order_status", hub_ref=taken["hub_ref"])


def check_history(world, taken, order):
    assert world.events_of(taken["id"]) == ALL_STAGES
    told = world.wait(lambda: told_events(world, taken))
    assert [event["stage"] for event in told] == ALL_STAGES
    assert {event["external_ref"] for event in told} == {order["external_ref"]}


def told_events(world, taken):
    """Return the order's events as pollers are told, once all of them are."""
    found = [e for e in world.told() if e["hub_ref"] == taken["hub_ref"]]
    return found if len(found) >= len(ALL_STAGES) else None


def check_page(world, taken):
    """The customer's page says the same, to whoever has the link and nobody else."""
    world.admin("sale.order", "action_preview_sale_order", [taken["id"]])
    [row] = world.admin.read("sale.order", [("id", "=", taken["id"])], ["access_token"])
    url = f"{world.server.url}/my/hub/{taken['hub_ref']}"
    with urllib.request.urlopen(f"{url}?access_token={row['access_token']}") as page:
        text = page.read().decode()
    assert taken["hub_ref"] in text
    assert all(stage in text for stage in ALL_STAGES)
