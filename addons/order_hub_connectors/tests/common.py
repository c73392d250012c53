"""Builders that every test of intake uses."""

import hashlib
import hmac
import json
from contextlib import contextmanager
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.order_hub.tests.common import OrderHubCommon

from ..adapters.base import (
    Adapter,
    AdapterError,
    AuthenticationFailed,
    Message,
    Page,
    Parameter,
    ReadError,
    SignatureError,
)
from ..adapters.registry import ADAPTERS


class PaperShop(Adapter):
    """A platform made for tests: its payload is the canonical order as JSON.

    Deliveries are signed with HMAC-SHA256 (hex) in ``X-Paper-Signature``. What a
    pull answers, and what goes wrong, is put into the class by the test.
    """

    code = "paper_shop"
    label = "Paper Shop"
    base_url = "https://paper-shop.example.com"
    parameters = (
        Parameter("token", "Token", secret=True),
        Parameter("shop", "Shop", required=False, default="main"),
    )
    can_pull = can_receive = can_send_status = can_send_stock = can_list = True
    max_body = 100_000
    statuses = (("paid", "received"), ("sent", "shipped"))

    pages: list = []
    listed: list = []
    error: AdapterError | None = None
    sent: list = []

    def test(self):
        self._fail()
        return f"Paper Shop {self.value('shop')}"

    def _fail(self):
        if type(self).error:
            raise type(self).error
        if self.value("token") == "wrong":
            raise AuthenticationFailed("The token is not accepted.")

    def receive(self, headers, raw, query):
        wanted = sign(raw, self.value("token"))
        if not hmac.compare_digest(headers.get("x-paper-signature", ""), wanted):
            raise SignatureError("The signature does not fit.")
        document = self.read(raw, "application/json", "order")
        if not isinstance(document, dict) or "external_ref" not in document:
            raise ReadError("no_number", "The delivery names no order.", "external_ref")
        kind = headers.get("x-paper-topic", "order")
        event = headers.get("x-paper-event", "")
        return [Message(kind, str(document["external_ref"]), raw, event_id=event)]

    def pull(self, cursor, since, until):
        self._fail()
        for number, messages in enumerate(type(self).pages, start=1):
            yield Page(messages, str(number))

    def fetch(self, external_ref):
        self._fail()
        found = [
            message
            for page in type(self).pages
            for message in page
            if message.external_ref == external_ref
        ]
        return found[0] if found else None

    def read(self, raw, content_type, kind):
        # pylint: disable=method-required-super
        try:
            return json.loads(raw)
        except ValueError as error:
            raise ReadError("not_json", "The delivery is not JSON.") from error

    def read_event(self, kind, document):
        return document

    def send_status(self, update):
        self._fail()
        type(self).sent.append(update)
        return "taken"

    def send_stock(self, levels):
        self._fail()
        type(self).sent.extend(levels)
        return {level.sku: "" for level in levels}

    def list_orders(self, since, until):
        self._fail()
        yield from type(self).listed


def sign(raw, token):
    return hmac.new(token.encode(), raw, hashlib.sha256).hexdigest()


@tagged("post_install", "-at_install")
class ConnectorsCommon(OrderHubCommon):
    """A channel of the paper shop, a customer, three products."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._paper = patch.dict(ADAPTERS, {PaperShop.code: PaperShop})
        cls._paper.start()
        cls.addClassCleanup(cls._paper.stop)
        cls._reset_paper()
        cls.customer = cls.env["res.partner"].create(
            {
                "name": "Taihu Auto Repair",
                "email": "buyer@taihu.example.com",
                "phone": "+86 510 8123 4567",
                "street": "12 Lihu Road",
                "city": "Wuxi",
                "country_id": cls.env.ref("base.cn").id,
            }
        )
        cls.product.default_code = "ZXJ-OTHER"
        cls.products = cls.env["product.product"].create(
            [
                {
                    "name": name,
                    "default_code": code,
                    "list_price": price,
                    "is_storable": True,
                    "taxes_id": False,
                }
                for name, code, price in (
                    ("Steering knuckle", "ZXJ-0123", 160.0),
                    ("Half shaft", "BZ-0456", 95.0),
                    ("Brake pad set", "SCP-0789", 48.0),
                )
            ]
        )
        cls.configurator = cls._user(
            "hub_configurator",
            "order_hub.order_hub_group_configurator,base.group_allow_export",
        )
        cls.channel = cls._paper_channel("paper")

    @classmethod
    def _reset_paper(cls):
        PaperShop.pages, PaperShop.listed, PaperShop.sent = [], [], []
        PaperShop.error = None

    def setUp(self):
        super().setUp()
        self._reset_paper()

    @classmethod
    def _paper_channel(cls, code, **vals):
        channel = cls.env["order.hub.channel"].create(
            {
                "name": f"Paper Shop {code}",
                "code": code,
                "adapter": PaperShop.code,
                "auto_confirm": True,
                **vals,
            }
        )
        token = channel.parameter_ids.filtered(lambda row: row.name == "token")
        token.value = f"secret of {code}"
        channel.action_switch_on()
        return channel

    def _payload(self, number, **values):
        """Return a canonical order of the known customer, one line."""
        return {
            "external_ref": number,
            "customer": {"name": self.customer.name, "email": self.customer.email},
            "lines": [{"sku": "ZXJ-0123", "quantity": 2, "unit_price": 160.0}],
            **values,
        }

    def _message(self, number, kind="order", **values):
        raw = json.dumps(self._payload(number, **values)).encode()
        return Message(kind, number, raw)

    def _take(self, *messages, channel=None):
        """Receive messages and run their steps; return the inbound orders."""
        channel = channel or self.channel
        Inbound = self.env["order.hub.inbound"].sudo()
        new = Inbound._receive(channel, list(messages))["new"]
        rows = Inbound.browse(new)
        rows._process(channel)
        rows.invalidate_recordset()
        return rows

    def _codes(self, inbound):
        """Return ``{(step, code)}`` of what the steps said."""
        return {
            (row["step"], finding["code"])
            for row in inbound.trace or []
            for finding in row["findings"]
        }

    @contextmanager
    def _switched(self, **values):
        """Have other values on the channel for a moment."""
        before = {name: self.channel[name] for name in values}
        self.channel.write(values)
        yield self.channel
        self.channel.write(before)
