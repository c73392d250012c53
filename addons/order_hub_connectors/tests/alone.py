"""One part of intake at a time: what stands before it is put in its place.

Customers and products are named in the payload by their numbers in the database,
so that a test about repeats or reconciliation says nothing about how they are found.
"""

import json
from datetime import datetime, timezone
from unittest.mock import patch

from odoo.addons.order_hub.tests.common import OrderHubCommon

from ..adapters.base import Access, Adapter, Message


class PlainShop(Adapter):
    """A platform without a network: what it has is put in ``orders``."""

    code = "plain_shop"
    label = "Plain Shop"
    base_url = "https://shop.example.com"
    can_list = True
    can_pull = True

    def __init__(self, access=None):
        super().__init__(
            access or Access("", {}, lambda: datetime.now(timezone.utc), None)
        )
        self.listed, self.orders, self.failure, self.answer = [], {}, None, "Shop"

    def _maybe_fail(self):
        if self.failure:
            raise self.failure

    def test(self):
        self._maybe_fail()
        return self.answer

    def read(self, raw, content_type, kind):
        # pylint: disable=method-required-super
        return json.loads(raw)

    def fetch(self, external_ref):
        self._maybe_fail()
        order = self.orders.get(external_ref)
        return order and Message("order", external_ref, json.dumps(order).encode())

    def list_orders(self, since, until):
        self._maybe_fail()
        for row in self.listed:
            if since <= row.at < until:
                yield row


class AloneCommon(OrderHubCommon):
    """Channels "Shop" and "Chat" that are on, with the steps around left out."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop = cls._channel("Shop", "test-shop")
        cls.chat = cls._channel("Chat", "test-chat", duplicate_scope="all")
        cls.nut = cls._product("Wheel nut", "NUT-17")
        cls.buyer = cls.env["res.partner"].create(
            {"name": "Wang Wei", "phone": "+86 138 0013 8000"}
        )
        cls._leave_out_other_steps()

    def setUp(self):
        super().setUp()
        type(self).platform = PlainShop()

    @classmethod
    def _channel(cls, name, code, **vals):
        channel = cls.env["order.hub.channel"].create(
            {"name": name, "code": code, **vals}
        )
        channel.intake_state = "on"
        return channel

    @classmethod
    def _leave_out_other_steps(cls):
        def read(self, channel, works):
            # pylint: disable=method-required-super
            for work in works:
                work.values = json.loads(work.raw)
                partner_id = (work.values.pop("partner_id", 0)) or False
                product_ids = [r.pop("product_id", 0) for r in work.values["lines"]]
                self._clean([work])
                work.found["partner_id"] = partner_id
                for line, product_id in zip(work.lines, product_ids, strict=True):
                    line["product_id"] = product_id or False

        def nothing(self, channel, works):
            pass

        Inbound = cls.env.registry["order.hub.inbound"]
        Channel = cls.env.registry["order.hub.channel"]
        for step in ("parse", "customer", "products", "bundles", "duty"):
            cls._patch(Inbound, f"_step_{step}", nothing)
        cls._patch(Inbound, "_step_map", read)
        cls._patch(Channel, "_adapter", lambda self: cls.platform)
        cls._patch(Channel, "_reader", lambda self: cls.platform)
        cls._patch(Channel, "_issue_tickets", lambda self, *_most, **_how: None)

    @classmethod
    def _patch(cls, model, name, function):
        patcher = patch.object(model, name, function)
        patcher.start()
        cls.addClassCleanup(patcher.stop)

    # === BUILDERS === #

    def _payload(self, ref, goods=None, partner=None, **values):
        """Return an order as the channel would say it; goods: ``{product: pieces}``."""
        goods = {self.product: 12} if goods is None else goods
        return {
            "external_ref": ref,
            "partner_id": (self.partner if partner is None else partner).id,
            "lines": [
                {
                    "sku": product.default_code,
                    "product_id": product.id,
                    "quantity": quantity,
                    "unit_price": 160.0,
                }
                for product, quantity in goods.items()
            ],
            **values,
        }

    def _receive(self, channel, *payloads):
        """Store and process payloads in one batch; return the inbound orders."""
        Inbound = self.env["order.hub.inbound"].sudo()
        messages = [
            Message("order", row["external_ref"], json.dumps(row).encode())
            for row in payloads
        ]
        new = Inbound._receive(channel, messages)["new"]
        rows = Inbound.browse(new)
        rows._process(channel)
        return rows

    def _take(self, channel, ref, **kwargs):
        """Receive one order and return its inbound order."""
        return self._receive(channel, self._payload(ref, **kwargs))
