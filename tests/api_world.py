"""A small company for the end-to-end tests of the API, built over XML-RPC.

It stands beside whatever the database holds: its own channel, flow, products,
people and warehouse, so that no other test is disturbed and none disturbs it.
"""

import json
import sys
import time
import urllib.error
import urllib.request
import xmlrpc.client
from datetime import date, timedelta
from http.cookiejar import CookieJar
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "docs" / "examples"
if str(EXAMPLES) not in sys.path:
    sys.path.insert(0, str(EXAMPLES))

from client_stdlib import HubError, Json2, XmlRpc  # noqa: E402, F401

CHANNEL = "api-shop"
PASSWORD = "api-test-2026"
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
#: Name, milestone, other columns of the stages; words for them in the channel.
STAGES = [
    ("Ordered", "received", {}),
    ("Paid", "approved", {"trigger": "prepaid"}),
    ("Allocated", "preparing", {"trigger": "reserved"}),
    ("Picked", "picked", {"trigger": "picked"}),
    ("Shipped", "shipped", {"trigger": "delivered"}),
    ("Signed", "closed", {"trigger": "signed"}),
    ("Cancelled", "cancelled", {}),
]
WORDS = {
    "paid": "Paid",
    "allocated": "Allocated",
    "Packed": "Picked",
    "void": "Cancelled",
}
SKUS = [
    "IPOD2008GREEN",
    "IPOD2008RED",
    "IPOD2008BLACK",
    "IPOD2009BLACK",
    "IPOD-342-N",
    "API-KNUCKLE",
]


class Caller:
    """Shorthands over ``self(model, method, *args, **kwargs)``."""

    def __call__(self, model: str, method: str, *args, **kwargs):
        raise NotImplementedError

    def one(self, model: str, domain: list) -> int:
        """Return the id of the first record of a domain, or 0."""
        return (self(model, "search", domain, limit=1) or [0])[0]

    def read(self, model: str, domain: list, names: list, **more) -> list:
        return self(model, "search_read", domain, names, **more)

    def ref(self, xml_id: str) -> int:
        module, name = xml_id.split(".")
        domain = [("module", "=", module), ("name", "=", name)]
        [row] = self.read("ir.model.data", domain, ["res_id"])
        return row["res_id"]


class Rpc(Caller):
    """One user over XML-RPC, for the native models."""

    def __init__(self, server, login: str, password: str):
        self.server, self.password = server, password
        common = xmlrpc.client.ServerProxy(f"{server.url}/xmlrpc/2/common")
        self.uid = common.authenticate(server.db, login, password, {})
        assert self.uid, f"{login} cannot log in"
        self.objects = xmlrpc.client.ServerProxy(
            f"{server.url}/xmlrpc/2/object", allow_none=True
        )

    def __call__(self, model: str, method: str, *args, **kwargs):
        return self.objects.execute_kw(
            self.server.db, self.uid, self.password, model, method, args, kwargs
        )


class Session(Caller):
    """One user in a browser's session: the calls of the web client.

    Needed where XML-RPC does not reach: methods that answer nothing, API keys.
    """

    def __init__(self, server, login: str, password: str):
        self.server = server
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(CookieJar())
        )
        who = {"db": server.db, "login": login, "password": password}
        self.post("/web/session/authenticate", who)

    def post(self, path: str, params: dict):
        body = {"jsonrpc": "2.0", "method": "call", "id": 1, "params": params}
        request = urllib.request.Request(
            self.server.url + path,
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with self.opener.open(request, timeout=60) as answer:
            found = json.load(answer)
        assert "error" not in found, found.get("error")
        return found.get("result")

    def __call__(self, model: str, method: str, *args, **kwargs):
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        return self.post(f"/web/dataset/call_kw/{model}/{method}", params)

    def api_key(self, name: str, password: str) -> str:
        """Make an API key the way the preferences dialog does."""
        wish = {"name": name, "duration": "1"}
        [made] = self("res.users.apikeys.description", "create", [wish])
        check = self("res.users.apikeys.description", "make_key", [made])
        shown = self(
            check["res_model"],
            "run_check",
            [check["res_id"]],
            context={"password": password},
        )
        return shown["context"]["default_key"]


def raw_json2(server, key: str, method: str, body: bytes, model="order.hub.api"):
    """Post bytes to JSON-2 as any program might; return status and answer."""
    headers = {"Content-Type": "application/json", "X-Odoo-Database": server.db}
    if key:
        headers["Authorization"] = f"bearer {key}"
    request = urllib.request.Request(
        f"{server.url}/json/2/{model}/{method}", data=body, headers=headers
    )
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def set_policies_aside(admin) -> None:
    """Take the policies of the demo company out of use: tests make their own."""
    for model in ("order.hub.sourcing.policy", "order.hub.approval.policy"):
        found = admin(model, "search", [])
        if found:
            admin(model, "write", found, {"active": False})


class World:
    """The company of the tests; ``xmlrpc`` and ``json2`` call as the integrator."""

    def __init__(self, server):
        self.server = server
        self.connections = {}
        self.admin = Session(server, "admin", "admin")
        set_policies_aside(self.admin)
        self._trade()
        self._people()
        self._flow()
        self.xmlrpc = self.client("api_integrator")
        self.key = Session(server, "api_integrator", PASSWORD).api_key("e2e", PASSWORD)
        self.json2 = Json2(server.url, server.db, self.key)

    def client(self, login: str) -> XmlRpc:
        return XmlRpc(self.server.url, self.server.db, login, PASSWORD)

    def rpc(self, login: str) -> Rpc:
        """Return a user's connection for the native models; a login takes time."""
        if login not in self.connections:
            self.connections[login] = Rpc(self.server, login, PASSWORD)
        return self.connections[login]

    # -- building ----------------------------------------------------------------

    def _trade(self):
        make = self._make
        self.warehouse = make(
            "stock.warehouse",
            {"name": "API test", "code": "APIT", "delivery_steps": "pick_ship"},
        )
        [row] = self.admin.read(
            "stock.warehouse", [("id", "=", self.warehouse)], ["lot_stock_id"]
        )
        for name in ("USD", "HKD"):
            self._price_list(name)
        self.products = {sku: self._product(sku, row) for sku in SKUS}
        self.unknown = self._product("API-UNKNOWN", row, name="Unknown product")
        self.shipping = make(
            "product.product",
            {"name": "Freight", "type": "service", "taxes_id": [(6, 0, [])]},
        )

    def _price_list(self, currency: str):
        domain = [("name", "=", currency), ("active", "in", (True, False))]
        found = self.admin.one("res.currency", domain)
        self.admin("res.currency", "write", [found], {"active": True})
        self._make(
            "product.pricelist", {"name": f"API {currency}", "currency_id": found}
        )

    def _product(self, sku: str, warehouse: dict, name: str = "") -> int:
        product = self._make(
            "product.product",
            {
                "name": name or f"Player {sku}",
                "default_code": sku,
                "is_storable": True,
                "list_price": 199.0,
                "taxes_id": [(6, 0, [])],
            },
        )
        quant = self._make(
            "stock.quant",
            {
                "product_id": product,
                "location_id": warehouse["lot_stock_id"][0],
                "inventory_quantity": 5000,
            },
        )
        self.admin("stock.quant", "action_apply_inventory", [quant])
        return product

    def _people(self):
        sales, stock = "sales_team.group_sale_salesman", "stock.group_stock_user"
        self.user_ids = {
            "api_integrator": self._user(
                "api_integrator",
                "order_hub.order_hub_group_operator",
                sales,
                "base.group_partner_manager",
            ),
            "api_warehouse": self._user(
                "api_warehouse", "order_hub.order_hub_group_operator", stock
            ),
            "api_seller": self._user("api_seller", sales),
            "api_stranger": self._user(
                "api_stranger", "order_hub.order_hub_group_user", sales
            ),
            "api_portal": self._user("api_portal", kind="base.group_portal"),
        }

    def _user(self, login: str, *groups: str, kind: str = "base.group_user") -> int:
        return self._make(
            "res.users",
            {
                "name": login.replace("_", " ").title(),
                "login": login,
                "email": f"{login}@example.com",
                "password": PASSWORD,
                "group_ids": [(6, 0, [self.admin.ref(xml) for xml in (kind, *groups)])],
                "property_warehouse_id": self.warehouse,
            },
        )

    def _flow(self):
        # The team's leader is the salesperson of its orders; the own warehouse of
        # that person is where they are delivered from.
        leader = self.user_ids["api_integrator"]
        self.team = self._make("crm.team", {"name": "API shop", "user_id": leader})
        order_type = self._make(
            "order.hub.order.type", {"name": "Web shop", "code": "api_shop"}
        )
        self.flow = self._make(
            "order.hub.flow",
            {
                "name": "API shop",
                "sequence": 1,
                "order_type_ids": [(6, 0, [order_type])],
                "stage_ids": [
                    (0, 0, {"name": n, "milestone": m, "sequence": i, **more})
                    for i, (n, m, more) in enumerate(STAGES, 1)
                ],
            },
        )
        rows = self.admin.read(
            "order.hub.stage", [("flow_id", "=", self.flow)], ["name"]
        )
        self.stages = {row["name"]: row["id"] for row in rows}
        for stage, kind in (("Paid", "confirm_sale"), ("Allocated", "reserve")):
            self._make(
                "order.hub.stage.action",
                {"stage_id": self.stages[stage], "kind": kind},
            )
        self.channel = self.make_channel(CHANNEL, order_type)
        self.order_type = order_type

    def make_channel(self, code: str, order_type: int, **vals) -> int:
        return self._make(
            "order.hub.channel",
            {
                "name": f"Channel {code}",
                "code": code,
                "team_id": self.team,
                "order_type_id": order_type,
                "fallback_product_id": self.unknown,
                "fallback_partner_id": self._make(
                    "res.partner", {"name": f"Customers of {code}"}
                ),
                "shipping_product_id": self.shipping,
                "status_map_ids": [
                    (0, 0, {"external_status": word, "stage_id": self.stages[stage]})
                    for word, stage in WORDS.items()
                ],
                **vals,
            },
        )

    def _make(self, model: str, vals: dict) -> int:
        return self.admin(model, "create", [vals])[0]

    # -- looking -----------------------------------------------------------------

    def order(self, number: str, **more) -> dict:
        """Return a small good order."""
        return {
            "channel": CHANNEL,
            "external_ref": number,
            "currency": "USD",
            "customer": {"name": "Taihu Auto Repair", "email": "taihu@example.com"},
            "lines": [{"sku": "API-KNUCKLE", "quantity": 2, "unit_price": 160}],
            **more,
        }

    def submitted(self, number: str, **more) -> dict:
        answer = self.json2.call("submit_order", order=self.order(number, **more))
        assert answer["ok"] and answer["created"], answer
        return answer

    def count(self, model: str, *domain) -> int:
        return self.admin(model, "search_count", list(domain))

    def totals(self) -> dict:
        """Count everything that a call of the API could have made."""
        models = (
            "sale.order",
            "sale.order.line",
            "res.partner",
            "order.hub.stage.event",
            "order.hub.exception",
            "order.hub.evidence",
            "order.hub.change",
            "ir.attachment",
            "mail.message",
        )
        return {model: self.count(model) for model in models}

    def events_of(self, order_id: int) -> list:
        rows = self.admin.read(
            "order.hub.stage.event",
            [("order_id", "=", order_id)],
            ["stage_id", "source"],
            order="id",
        )
        return [row["stage_id"][1] for row in rows]

    def told(self, cursor: int = 0) -> list:
        """Return the events that pollers are told after a cursor."""
        found, more = [], True
        while more:
            page = self.json2.call("list_events", cursor=cursor, limit=1000)
            found, cursor = found + page["events"], page["cursor"]
            more = page["more"]
        return found

    def wait(self, condition, seconds: float = 60.0):
        """Return the first true answer of a condition."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = condition()
            if found:
                return found
            time.sleep(0.1)
        raise AssertionError("waited in vain")


def world_of(server) -> World:
    """Return the world of a server, built at the first call."""
    if not hasattr(server, "api_world"):
        server.api_world = World(server)
    return server.api_world


def tomorrow() -> str:
    return f"{date.today() + timedelta(days=1)}T16:00:00Z"
