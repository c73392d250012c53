"""Builders for suppliers' answers, with and without a portal."""

from datetime import timedelta

from odoo import fields
from odoo.fields import Command

from .common import OrderHubCommon


class AnswerBuilders:
    """A supplier of steel, a buyer, and orders of 15 units for a week from now.

    For classes that build on :class:`OrderHubCommon`; ``cls.steel`` is the supplier.
    """

    @classmethod
    def _set_up_answers(cls):
        cls.buyer = cls._user("hub_buyer", "purchase.group_purchase_user")
        cls.buyer.tz = "Asia/Shanghai"
        cls.company.partner_id.tz = "Asia/Shanghai"
        cls.today = fields.Date.context_today(
            cls.company.with_context(tz="Asia/Shanghai")
        )
        cls.reason = cls.env.ref("order_hub.order_hub_answer_reason_capacity")

    @classmethod
    def _in(cls, days):
        return cls.today + timedelta(days=days)

    @classmethod
    def _noon(cls, days):
        """Return noon in Shanghai that many days from today, naive UTC."""
        day = fields.Datetime.to_datetime(cls._in(days))
        return day + timedelta(hours=4)

    @classmethod
    def _bought_order(cls, product=None, quantity=15, days=7, lines=1, **vals):
        """Create and confirm an order of so many equal lines."""
        order = cls.env["purchase.order"].create(
            {
                "partner_id": cls.steel.id,
                "user_id": cls.buyer.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": (product or cls.sheet).id,
                            "product_qty": quantity,
                            "price_unit": 99.5,
                            "date_planned": cls._noon(days),
                        }
                    )
                    for _number in range(lines)
                ],
                **vals,
            }
        )
        order.button_confirm()
        return order

    def _word(self, line, kind="confirm", parts=(), **more):
        """Return an answer to a line; parts are pairs of quantity and days ahead."""
        return {
            "line_id": line.id,
            "kind": kind,
            "parts": [
                {"quantity": quantity, "date": self._in(days)}
                for quantity, days in parts
            ],
            **more,
        }

    def _say(self, order, kind="confirm", parts=(), source="buyer", **more):
        """Answer every line of an order alike."""
        words = [
            self._word(line, kind, parts, **more)
            for line in order.order_line
            if line._hub_is_answerable()
        ]
        return order._hub_answer(words, source)

    def _answers(self, order=None):
        """Return all answers to an order, the newest first."""
        found = [("order_id", "=", (order or self.bought).id)]
        return self.env["order.hub.supplier.answer"].search(found)

    def _plan(self, order):
        """Return what the order's lines say: quantity and days ahead."""
        return sorted(
            (
                line.product_qty,
                (line._hub_local_day(line.date_planned) - self.today).days,
            )
            for line in order.order_line
        )

    def _coming(self, order):
        """Return what its open receipts say: quantity and days ahead."""
        moves = order.picking_ids.move_ids.filtered(
            lambda move: move.state not in ("done", "cancel")
        )
        line = order.order_line[:1]
        return sorted(
            (move.product_uom_qty, (line._hub_local_day(move.date) - self.today).days)
            for move in moves
        )

    def _receive(self, order, quantity):
        """Receive so many pieces of the first open receipt, the rest stays open."""
        picking = order.picking_ids.filtered(
            lambda p: p.state not in ("done", "cancel")
        )[:1]
        move = picking.move_ids[:1]
        move.write({"quantity": quantity, "picked": True})
        picking.with_context(skip_backorder=True).button_validate()
        return picking


class AnswerCommon(AnswerBuilders, OrderHubCommon):
    """Purchase orders and what their supplier says, without any page."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.steel = cls.env["res.partner"].create(
            {"name": "Wuxi Steel Trading", "is_company": True}
        )
        cls.sheet = cls._product(
            "Steel sheet 8 mm",
            "SHEET-8",
            purchase_ok=True,
            seller_ids=[Command.create({"partner_id": cls.steel.id, "price": 123.45})],
        )
        cls._set_up_answers()
        cls.bought = cls._bought_order()
        cls.line = cls.bought.order_line
