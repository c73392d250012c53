"""Orders of a channel for tests about what goes back to it and what comes after."""

import json
from unittest.mock import patch

from odoo.tests import tagged

from ..adapters.base import Message
from .common import ConnectorsCommon, PaperShop


@tagged("post_install", "-at_install")
class OutwardCommon(ConnectorsCommon):
    """Customers are named by e-mail and products by code, without further search."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for product in cls.products:
            cls._stock(product, 100)
        Inbound = cls.env.registry["order.hub.inbound"]
        for name, step in (
            ("map", _map),
            ("customer", _customer),
            ("products", _products),
            ("bundles", _nothing),
            ("duplicates", _nothing),
            ("duty", _nothing),
        ):
            patcher = patch.object(Inbound, f"_step_{name}", step)
            patcher.start()
            cls.addClassCleanup(patcher.stop)
        cls.words = cls.channel.status_out_ids
        cls.knuckle, cls.shaft, cls.pads = cls.products

    def _sold(self, number, *lines, channel=None, **values):
        """Return the order that a message became; lines: (sku, quantity[, price])."""
        lines = lines or (("ZXJ-0123", 2),)
        rows = [self._line(i, *line) for i, line in enumerate(lines, 1)]
        inbound = self._take(
            self._message(number, lines=rows, **values), channel=channel
        )
        self.assertEqual(inbound.state, "done", inbound.trace)
        return inbound.order_id

    def _line(self, number, sku, quantity, price=160.0):
        return {
            "sku": sku,
            "quantity": quantity,
            "unit_price": price,
            "external_ref": f"L{number}",
        }

    def _changed(self, number, *lines, version="", channel=None, **values):
        """Receive an order anew, as its channel says it now."""
        rows = [self._line(i, *line) for i, line in enumerate(lines, 1)]
        raw = json.dumps(self._payload(number, lines=rows, **values)).encode()
        return self._take(
            Message("change", number, raw, version=version), channel=channel
        )

    def _event(self, kind, number, channel=None, version="", **values):
        """Receive a message about a known order."""
        raw = json.dumps({"external_ref": number, **values}).encode()
        return self._take(Message(kind, number, raw, version=version), channel=channel)

    def _outbox(self, order):
        return self.env["order.hub.outbox"].search(
            [("external_ref", "=", order.hub_external_ref)], order="id"
        )

    def _tell(self, channel=None, limit=50):
        """Tell a channel what is due; return what it was told, in order."""
        channel = channel or self.channel
        PaperShop.sent = []
        self.env["order.hub.outbox"]._send_due(channel, limit)
        return [(update.external_ref, update.status) for update in PaperShop.sent]

    def _problem(self, order, kind):
        """Return the open problem of a kind on an order."""
        return order.hub_exception_ids.filtered(
            lambda row: row.kind_id.code == kind and row.state == "open"
        )


def _map(self, channel, works):
    for work in works:
        work.values = work.document
    self._clean(works)


def _customer(self, channel, works):
    Partner = self.env["res.partner"].sudo()
    for work in works:
        customer = work.values.get("customer") or {}
        partner = Partner.search([("email", "=", customer.get("email"))], limit=1)
        work.found["partner_id"] = partner.id
        address = work.values.get("ship_to")
        if address:
            intake = self.env["order.hub.intake"].sudo()
            work.found["shipping_id"] = intake._ship_to(partner, address).id


def _products(self, channel, works):
    Product = self.env["product.product"].sudo()
    codes = {line.get("sku") for work in works for line in work.lines}
    found = Product.search([("default_code", "in", list(codes))])
    by_code = found.grouped("default_code")
    for work in works:
        for line in work.lines:
            product = by_code.get(line.get("sku"), Product).sorted("id")[-1:]
            if not product:
                path = f"lines[{line['n']}].sku"
                work.problem("products", "unknown", path, line.get("sku"))
            line["product_id"] = product.id
            line["uom_id"] = product.uom_id.id


def _nothing(self, channel, works):
    """Leave works as they are."""
