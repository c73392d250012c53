"""What docs/api.md promises, over both transports, tried from the wrong side too."""

import json
import os
import urllib.error
import urllib.request
from contextlib import closing, contextmanager

import psycopg2
import pytest

from api_world import (
    CHANNEL,
    PASSWORD,
    PIXEL,
    HubError,
    Session,
    raw_json2,
    world_of,
)
from platform_kit import postgres

METHODS = {
    "submit_order": {"order": {}},
    "order_status": {"hub_ref": "OH-0000-0000-0000"},
    "push_status": {"status": "paid", "hub_ref": "OH-0000-0000-0000"},
    "attach_evidence": {"kind": "note", "hub_ref": "OH-0000-0000-0000"},
    "list_events": {},
}
NAMED = {"channel": CHANNEL, "external_ref": "contract-1"}


@pytest.fixture
def world(calm_server):
    return world_of(calm_server)


@pytest.fixture
def taken(world):
    """One order that is there, paid, with what its submission answered."""
    if not hasattr(world, "contract_order"):
        world.contract_order = world.submitted(
            "contract-1", prepaid_amount=320, confirm=True
        )
    return world.contract_order


@pytest.fixture(params=["json2", "xmlrpc"])
def call(request, world):
    return getattr(world, request.param).call


def line(**more):
    return {"lines": [{"sku": "API-KNUCKLE", "quantity": 1, **more}]}


# -- orders ------------------------------------------------------------------------


def test_a_second_delivery_changes_nothing(world, call, request):
    number = request.node.name
    first = call("submit_order", order=world.order(number))
    before = world.totals()
    changed = world.order(number, note="other", lines=[{"sku": "?", "quantity": 9}])
    second = call("submit_order", order=changed)
    assert (first["created"], second["created"]) == (True, False)
    assert {**first, "created": False} == second
    assert world.totals() == before


def test_both_transports_answer_the_same(world, taken):
    for method, arguments in (
        ("order_status", NAMED),
        ("order_status", {"hub_ref": taken["hub_ref"].lower().replace("-", " ")}),
        ("order_status", {"hub_ref": "OH-0000-0000-0001"}),
        ("submit_order", {"order": world.order("contract-1")}),
        ("submit_order", {"order": {"strange": 1}}),
        ("list_events", {"cursor": 0, "limit": 3}),
        ("push_status", {"status": "nonsense", **NAMED}),
    ):
        json2 = world.json2.call(method, **arguments)
        assert json2 == world.xmlrpc.call(method, **arguments), method


def test_the_status_says_where_the_order_stands(taken, call):
    answer = call("order_status", **NAMED)
    assert answer["ok"]
    assert answer["hub_ref"] == taken["hub_ref"]
    assert (answer["stage"], answer["milestone"]) == ("Allocated", "preparing")
    assert (answer["state"], answer["order_type"]) == ("sale", "api_shop")
    assert (answer["amount_total"], answer["currency"]) == (320.0, "USD")
    assert answer["holds"] == []
    assert [part["milestone"] for part in answer["parts"]] == ["preparing"]
    assert answer["since"].endswith("Z")


def test_moments_of_any_zone_become_utc(world, call, request):
    order = world.order(request.node.name, promised_date="2031-03-15T23:30:00-05:00")
    assert call("submit_order", order=order)["promised_date"] == "2031-03-16T04:30:00Z"


def test_every_character_survives(world, call, request):
    name = "𠮷野家 😀 <script>alert(1)</script> & “x” \N{RIGHT-TO-LEFT MARK}"
    order = world.order(
        request.node.name,
        customer={"name": name},
        note="5 < 6 & <b>bold</b>\n<script>alert(2)</script>",
        **line(name="<img src=x onerror=alert(3)> 😀"),
    )
    answer = call("submit_order", order=order)
    [row] = world.admin.read(
        "sale.order", [("id", "=", answer["id"])], ["partner_id", "note", "order_line"]
    )
    [partner] = world.admin.read(
        "res.partner", [("id", "=", row["partner_id"][0])], ["name"]
    )
    assert partner["name"] == name
    assert "5 &lt; 6 &amp; &lt;b&gt;bold&lt;/b&gt;" in row["note"]
    assert "<script>" not in row["note"]
    [first] = world.admin.read(
        "sale.order.line", [("id", "=", row["order_line"][0])], ["name"]
    )
    assert first["name"] == "<img src=x onerror=alert(3)> 😀"
    assert_harmless(customer_page(world, answer))


def customer_page(world, answer):
    """Return the page that the customer of an order opens by its link."""
    world.admin("sale.order", "action_preview_sale_order", [answer["id"]])
    [row] = world.admin.read(
        "sale.order", [("id", "=", answer["id"])], ["access_token"]
    )
    url = f"{world.server.url}/my/hub/{answer['hub_ref']}"
    with urllib.request.urlopen(f"{url}?access_token={row['access_token']}") as page:
        return page.read().decode()


def assert_harmless(page):
    assert "alert(3)" in page, "the line is on the page"
    assert "<img src=x" not in page
    assert "<script>alert" not in page


def test_no_nul_bytes_reach_the_database(world):
    order = world.order("nul\x00number", customer={"name": "N\x00UL"})
    answer = world.json2.call("submit_order", order=order)
    assert answer["ok"]
    assert answer["external_ref"] == "nulnumber"


def test_no_half_characters_reach_the_database(world):
    body = json.dumps({"order": world.order("half-\ud800", note="\udfff")}).encode()
    status, answer = raw_json2(world.server, world.key, "submit_order", body)
    assert (status, answer["ok"]) == (200, True)
    assert answer["external_ref"] == "half-?"


# -- errors: code, field, and nothing changed ----------------------------------------

WRONG_ORDERS = {
    "nothing": ({}, "required", "channel"),
    "list": ([], "type", ""),
    "text": ("order", "type", ""),
    "blank number": ({"external_ref": " \t "}, "required", "external_ref"),
    "misspelt": ({"promissed_date": "x"}, "unknown_field", "promissed_date"),
    "no lines": ({"lines": []}, "required", "lines"),
    "no line": ({"lines": [3]}, "type", "lines[0]"),
    "negative": (line(quantity=-2), "invalid", "lines[0].quantity"),
    "none": (line(quantity=0), "invalid", "lines[0].quantity"),
    "too little": (line(quantity=1e-9), "invalid", "lines[0].quantity"),
    "huge": (line(quantity=1e10), "invalid", "lines[0].quantity"),
    "dear": (line(unit_price=1e13), "invalid", "lines[0].unit_price"),
    "word": (line(quantity="two"), "invalid", "lines[0].quantity"),
    "discount": (line(discount=101), "invalid", "lines[0].discount"),
    "date": ({"date": "yesterday"}, "invalid", "date"),
    "flag": ({"confirm": "yes"}, "invalid", "confirm"),
    "long": ({"note": "x" * 10_001}, "invalid", "note"),
    "long number": ({"external_ref": "福" * 257}, "invalid", "external_ref"),
    "many lines": (
        {"lines": [{"sku": "A", "quantity": 1}] * 10_000},
        "too_many",
        "lines",
    ),
    "channel": ({"channel": "nowhere"}, "unknown_channel", "channel"),
    "type": ({"order_type": "nonsense"}, "unknown_order_type", "order_type"),
    "currency": ({"currency": "XXX"}, "unknown_currency", "currency"),
    "country": (
        {"ship_to": {"street": "1", "country": "Atlantis"}},
        "unknown_country",
        "ship_to.country",
    ),
    "home": (
        {"customer": {"name": "A", "country": "Atlantis"}},
        "unknown_country",
        "customer.country",
    ),
}


@pytest.mark.parametrize("name", WRONG_ORDERS)
def test_a_wrong_order_is_refused_and_changes_nothing(world, call, name):
    wrong, code, field = WRONG_ORDERS[name]
    order = world.order(name, **wrong) if wrong and isinstance(wrong, dict) else wrong
    assert_refused(world, call, "submit_order", {"order": order}, code, field)


def assert_refused(world, call, method, arguments, code, field):
    before = world.totals()
    answer = call(method, **arguments)
    assert answer["ok"] is False
    [first, *_more] = answer["errors"]
    assert (first["code"], first["field"]) == (code, field)
    assert first["message"]
    assert set(answer) == {"ok", "errors"}
    assert world.totals() == before


@pytest.fixture
def strict(world):
    """A channel without stand-ins: what is unknown there is refused."""
    if not hasattr(world, "strict_channel"):
        world.strict_channel = world.make_channel(
            "api-strict",
            world.order_type,
            fallback_product_id=False,
            fallback_partner_id=False,
            shipping_product_id=False,
        )
    return {"channel": "api-strict"}


@pytest.mark.parametrize(
    ("wrong", "code", "field"),
    [
        (line(sku="NO-SUCH"), "unknown_product", "lines[0].sku"),
        ({"customer": None}, "required", "customer"),
        ({"customer": {"phone": "1"}}, "required", "customer"),
        ({"shipping_price": 5}, "no_shipping_product", "shipping_price"),
    ],
)
def test_what_a_strict_channel_cannot_know_is_refused(
    world, call, strict, wrong, code, field
):
    order = world.order("strict", **{**wrong, **strict})
    assert_refused(world, call, "submit_order", {"order": order}, code, field)


def test_all_problems_are_told_at_once(world, call, strict):
    order = world.order(
        "all", currency="XXX", order_type="?", shipping_price=1, **strict
    )
    errors = call("submit_order", order={**order, **line(sku="NO-SUCH")})["errors"]
    assert {error["code"] for error in errors} == {
        "unknown_product",
        "no_shipping_product",
        "unknown_order_type",
        "unknown_currency",
    }


WRONG_CALLS = [
    ("order_status", {}, "required", "hub_ref"),
    ("order_status", {"channel": CHANNEL}, "required", "hub_ref"),
    ("order_status", {"hub_ref": "OH-1111-1111-1111"}, "not_found", "hub_ref"),
    ("order_status", {"hub_ref": "' OR 1=1 --"}, "not_found", "hub_ref"),
    ("order_status", {"hub_ref": ["OH"]}, "invalid", "hub_ref"),
    (
        "order_status",
        {"channel": CHANNEL, "external_ref": "none"},
        "not_found",
        "hub_ref",
    ),
    (
        "order_status",
        {"channel": "nowhere", "external_ref": "1"},
        "unknown_channel",
        "channel",
    ),
    ("push_status", {"status": "nonsense", **NAMED}, "unknown_status", "status"),
    ("push_status", {"status": "", **NAMED}, "required", "status"),
    ("push_status", {"status": "paid", **NAMED}, "behind", "status"),
    (
        "push_status",
        {"status": "packed", "note": "x" * 10_001, **NAMED},
        "invalid",
        "note",
    ),
    ("attach_evidence", {"kind": "song", **NAMED}, "invalid", "kind"),
    ("attach_evidence", {"kind": "note", "note": " ", **NAMED}, "invalid", "note"),
    ("attach_evidence", {"kind": "photo", **NAMED}, "invalid", "content"),
    (
        "attach_evidence",
        {"kind": "photo", "content": "aGVsbG8=", **NAMED},
        "invalid",
        "content",
    ),
    (
        "attach_evidence",
        {"kind": "file", "content": "not base64!", **NAMED},
        "invalid",
        "content",
    ),
    (
        "attach_evidence",
        {"kind": "file", "content": "A" * 22_000_000, **NAMED},
        "invalid",
        "content",
    ),
    (
        "attach_evidence",
        {"kind": "photo", "content": PIXEL, "is_public": "false", **NAMED},
        "invalid",
        "is_public",
    ),
    (
        "attach_evidence",
        {"kind": "photo", "content": PIXEL, "stage": "Moon", **NAMED},
        "unknown_stage",
        "stage",
    ),
    ("list_events", {"cursor": -1}, "invalid", "cursor"),
    ("list_events", {"cursor": "1"}, "invalid", "cursor"),
    ("list_events", {"cursor": True}, "invalid", "cursor"),
    ("list_events", {"limit": 0}, "invalid", "limit"),
    ("list_events", {"limit": 1001}, "invalid", "limit"),
]


@pytest.mark.parametrize(
    "case", WRONG_CALLS, ids=lambda case: f"{case[0]}-{case[2]}-{case[3]}"
)
def test_a_wrong_call_is_refused_and_changes_nothing(world, taken, call, case):
    method, arguments, code, field = case
    assert_refused(world, call, method, arguments, code, field)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_numbers_that_are_none_are_refused(world, number):
    text = json.dumps({"order": world.order("number", **line(quantity="@"))})
    body = text.replace('"@"', number).encode()
    status, answer = raw_json2(world.server, world.key, "submit_order", body)
    assert status == 200
    assert answer["errors"][0]["field"] == "lines[0].quantity"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"order": ', 400),
        (b"\xff\xfe", 400),
        (b"[1]", 422),
        (b"{}", 422),
        (b'{"order": {}, "bogus": 1}', 422),
    ],
)
def test_a_broken_request_gets_a_client_error(world, body, expected):
    world.server.allow_log(r"odoo\.http: .*json")
    before = world.totals()
    status, _answer = raw_json2(world.server, world.key, "submit_order", body)
    assert status == expected
    assert world.totals() == before


def test_a_blocked_hand_over_says_what_is_missing(world, call, request):
    answer = world.submitted(request.node.name)
    named = {"hub_ref": answer["hub_ref"]}
    stage = world.stages["Picked"]
    world.admin("order.hub.stage", "write", [stage], {"needs_note": True})
    try:
        refused = call("push_status", status="packed", **named)
        noted = call("attach_evidence", kind="note", note="2 boxes", stage="Picked")
        given = {"kind": "note", "note": "2 boxes", "stage": "Picked", **named}
        first, again = (
            call("attach_evidence", **given),
            call("attach_evidence", **given),
        )
        moved = call("push_status", status=" PACKED ", note="by hand", **named)
    finally:
        world.admin("order.hub.stage", "write", [stage], {"needs_note": False})
    assert [error["code"] for error in refused["errors"]] == ["blocked"]
    assert "Picked" in refused["errors"][0]["message"]
    assert noted["errors"][0]["code"] == "required"
    assert first["evidence_id"] == again["evidence_id"]
    assert (moved["ok"], moved["stage"]) == (True, "Picked")


def test_a_repeated_status_is_no_second_event(world, call, request):
    answer = world.submitted(request.node.name)
    named = {"hub_ref": answer["hub_ref"]}
    call("push_status", status="packed", **named)
    before = world.totals()
    assert call("push_status", status="packed", **named)["stage"] == "Picked"
    assert world.totals() == before


def test_the_word_for_cancelled_cancels_the_sale_and_its_transfers(
    world, call, request
):
    answer = world.submitted(request.node.name, prepaid_amount=320, confirm=True)
    named = {"hub_ref": answer["hub_ref"]}
    cancelled = call("push_status", status="void", **named)
    assert (cancelled["state"], cancelled["milestone"]) == ("cancel", "cancelled")
    assert {part["milestone"] for part in cancelled["parts"]} == {"cancelled"}
    before = world.totals()
    assert call("push_status", status="void", **named) == cancelled
    assert world.totals() == before


# -- events ------------------------------------------------------------------------


def test_polling_meets_every_event_once_and_in_order(world, call, request):
    start = max((event["id"] for event in world.told()), default=0)
    wanted = [
        world.submitted(f"{request.node.name} {number}")["hub_ref"]
        for number in range(5)
    ]
    seen = world.wait(lambda: all_after(call, start, wanted))
    assert [event["id"] for event in seen] == sorted({event["id"] for event in seen})
    assert [e["hub_ref"] for e in seen if e["hub_ref"] in wanted] == wanted
    assert {event["channel"] for event in seen} == {CHANNEL}
    assert call("list_events", cursor=2**31 - 1) == {
        "ok": True,
        "events": [],
        "cursor": 2**31 - 1,
        "more": False,
    }


def all_after(call, cursor, wanted):
    """Page through what is told after a cursor, two by two, once all is told."""
    seen, more = [], True
    while more:
        page = call("list_events", cursor=cursor, limit=2)
        assert len(page["events"]) <= 2
        assert all(event["id"] > cursor for event in page["events"])
        assert page["cursor"] == max([cursor, *(e["id"] for e in page["events"])])
        seen += page["events"]
        cursor, more = page["cursor"], page["more"]
    return seen if {e["hub_ref"] for e in seen} >= set(wanted) else None


@contextmanager
def transaction_open_in(database):
    """Keep a transaction open that has written something, in a database."""
    env = {**os.environ, **postgres.client_env()}
    connection = psycopg2.connect(
        dbname=database,
        host=env.get("PGHOST"),
        port=env.get("PGPORT"),
        user=env.get("PGUSER"),
    )
    with closing(connection), connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()")
        yield


def is_told(world, answer):
    return answer["hub_ref"] in {event["hub_ref"] for event in world.told()}


def test_events_wait_for_slower_transactions(world, request):
    """One that began earlier may still bring an event with a smaller number."""
    with transaction_open_in(world.server.db):
        answer = world.submitted(request.node.name)
        assert not is_told(world, answer)
    assert world.wait(lambda: is_told(world, answer))


def test_events_do_not_wait_for_another_database(world, request):
    with transaction_open_in("postgres"):
        answer = world.submitted(request.node.name)
        assert world.wait(lambda: is_told(world, answer), seconds=10)


# -- rights ------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("login", ["api_portal", "api_seller"])
def test_who_is_not_in_the_hub_may_not_call_it(world, taken, login, method):
    world.server.allow_log(r"odoo\.http: .*API is for integrations")
    client = client_of(world, login)
    with pytest.raises(HubError, match="fault 4"):
        client.call(method, **METHODS[method])
    named = {"hub_ref": taken["hub_ref"]} if method != "submit_order" else {}
    if named and method != "list_events":
        with pytest.raises(HubError, match="fault 4"):
            client.call(method, **{**METHODS[method], **named})


def client_of(world, login):
    if not hasattr(world, "clients"):
        world.clients = {}
    if login not in world.clients:
        world.clients[login] = world.client(login)
    return world.clients[login]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("key", ["", "0" * 40])
def test_without_a_key_nobody_gets_in(world, method, key):
    body = json.dumps(METHODS[method]).encode()
    status, _answer = raw_json2(world.server, key, method, body)
    assert status == 401


def test_a_public_visitor_gets_in_by_no_other_door(world):
    world.server.allow_log(r"odoo\.http: (Session expired|Access Denied)")
    model, method = "order.hub.api", "list_events"
    nobody = [world.server.db, 2, "", model, method, [], {}]
    doors = {
        "/web/dataset/call_kw": {"model": model, "method": method, "args": []},
        "/jsonrpc": {"service": "object", "method": "execute_kw", "args": nobody},
    }
    for path, params in doors.items():
        body = {"jsonrpc": "2.0", "method": "call", "params": {"kwargs": {}, **params}}
        if path == "/jsonrpc":
            body["params"].pop("kwargs")
        request = urllib.request.Request(
            world.server.url + path,
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request) as answer:
            found = json.load(answer)
        assert "result" not in found, path
        assert found["error"]["data"]["name"].startswith("odoo."), path


def test_private_methods_stay_private(world):
    for method in ("_submit", "_answer", "_status", "_find_order"):
        world.server.allow_log(r"Private methods")
        status, _answer = raw_json2(world.server, world.key, method, b"{}")
        assert status in (403, 404)


def test_foreign_orders_stay_unknown(world, taken, request):
    """An order of another salesperson: its number is taken, but nothing is told."""
    own = {"user_id": world.user_ids["api_seller"], "team_id": False}
    number = request.node.name
    answer = world.submitted(number)
    world.admin("sale.order", "write", [answer["id"]], own)
    client = client_of(world, "api_stranger")
    named = {"channel": CHANNEL, "external_ref": number}
    for name in (named, {"hub_ref": answer["hub_ref"]}):
        errors = client.call("order_status", **name)["errors"]
        assert [error["code"] for error in errors] == ["not_found"]
    errors = client.call("submit_order", order=world.order(number))["errors"]
    assert [error["code"] for error in errors] == ["taken"]
    events = client.call("list_events", limit=1000)["events"]
    assert answer["hub_ref"] not in {event["hub_ref"] for event in events}


def test_a_role_may_not_enter_every_stage(world, call, request):
    """A stage that only managers enter: refused as missing rights, not as an input."""
    world.server.allow_log(r"odoo\.http: .*does not allow to move an order")
    answer = world.submitted(request.node.name)
    group = world.admin.ref("order_hub.order_hub_group_manager")
    stage = [world.stages["Picked"]]
    world.admin("order.hub.stage", "write", stage, {"group_ids": [(6, 0, [group])]})
    try:
        with pytest.raises(HubError, match="fault 4|HTTP 403"):
            call("push_status", status="packed", hub_ref=answer["hub_ref"])
    finally:
        world.admin("order.hub.stage", "write", stage, {"group_ids": [(6, 0, [])]})
    assert world.events_of(answer["id"]) == ["Ordered"]


def test_a_key_that_was_withdrawn_opens_nothing(world):
    session = Session(world.server, "api_integrator", PASSWORD)
    key = session.api_key("short-lived", PASSWORD)
    assert raw_json2(world.server, key, "list_events", b"{}")[0] == 200
    [made] = session("res.users.apikeys", "search", [("name", "=", "short-lived")])
    session("res.users.apikeys", "remove", [made])
    assert raw_json2(world.server, key, "list_events", b"{}")[0] == 401
