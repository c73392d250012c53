"""Builders of the tests about reminders, scores and agreed stock."""

from datetime import timedelta

from odoo import fields
from odoo.fields import Command

from .common import OrderHubCommon

#: Noon in every zone the tests use, on a Tuesday.
NOW = fields.Datetime.to_datetime("2025-06-17 04:00:00")


class PurchasingCommon(OrderHubCommon):
    """A steel mill and a rival; both sell ``self.sheet``, the mill comes first."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = "Asia/Shanghai"
        cls.buyer = cls._user(
            "hub_purchaser",
            "order_hub.order_hub_group_user,purchase.group_purchase_user,"
            "stock.group_stock_user",
        )
        cls.buyer.email = "buyer@example.com"
        cls.mill = cls._supplier("Taihu Steel", "mill@example.com")
        cls.rival = cls._supplier("Jiangnan Steel", "rival@example.com")
        cls.sheet = cls._product(
            "Steel sheet",
            "SHEET-8",
            seller_ids=[
                Command.create(
                    {"partner_id": cls.mill.id, "price": 10, "delay": 7, "sequence": 1}
                ),
                Command.create(
                    {"partner_id": cls.rival.id, "price": 12, "delay": 3, "sequence": 2}
                ),
            ],
        )

    @classmethod
    def _supplier(cls, name, email):
        return cls.env["res.partner"].create(
            {"name": name, "email": email, "is_company": True}
        )

    @classmethod
    def _purchase(cls, quantity=10, due=5, ordered=0, partner=None, **vals):
        """Create and confirm an order.

        :param due: days from ``NOW`` to the day it is expected
        :param ordered: days from ``NOW`` to the day it was placed (mostly negative)
        """
        order = cls.env["purchase.order"].create(
            {
                "partner_id": (partner or cls.mill).id,
                "user_id": cls.buyer.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": cls.sheet.id,
                            "product_qty": quantity,
                            "date_planned": NOW + timedelta(days=due),
                        }
                    )
                ],
                **vals,
            }
        )
        order.button_confirm()
        order.date_approve = NOW + timedelta(days=ordered)
        return order

    @classmethod
    def _receive(cls, order, quantity=None, day=0):
        """Receive some or all of an order, days from ``NOW``."""
        picking = order.picking_ids.filtered(
            lambda p: p.state not in ("done", "cancel")
        )[:1]
        for move in picking.move_ids:
            move.quantity = move.product_uom_qty if quantity is None else quantity
            move.picked = True
        picking.with_context(skip_backorder=True).button_validate()
        picking.move_ids.write({"date": NOW + timedelta(days=day)})
        return picking

    @classmethod
    def _give_back(cls, picking, quantity):
        wizard = (
            cls.env["stock.return.picking"]
            .with_context(active_id=picking.id, active_model="stock.picking")
            .create({"picking_id": picking.id})
        )
        wizard.product_return_moves.quantity = quantity
        back = cls.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        back.move_ids.write({"quantity": quantity, "picked": True})
        back.button_validate()
        return back
