from datetime import timedelta

from odoo import fields
from odoo.fields import Command

from ..engine.usage import monday
from .common import OrderHubCommon


class UsageCommon(OrderHubCommon):
    """A frame of 20 kg of sheet (and a bolt), bought in tons of a steel trader.

    Everything is counted from Monday of the current week in Shanghai.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = "Asia/Shanghai"
        cls.company.resource_calendar_id.tz = "Asia/Shanghai"
        cls.usage = cls.env["order.hub.usage"]
        cls.kilo = cls.env.ref("uom.product_uom_kgm")
        cls.ton = cls.env.ref("uom.product_uom_ton")
        cls.steel = cls._supplier("Wuxi Steel Trading")
        cls.rival = cls._supplier("Rival Steel")
        cls.sheet = cls._product("Steel sheet", "SHEET", uom_id=cls.kilo.id)
        cls.seller = cls._seller(cls.steel, cls.sheet, product_uom_id=cls.ton.id)
        cls.bolt = cls._product("Bolt", "BOLT")
        cls.frame = cls._product("Frame", "FRAME")
        cls.bom = cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": cls.frame.product_tmpl_id.id,
                "bom_line_ids": [
                    Command.create({"product_id": cls.sheet.id, "product_qty": 20}),
                    Command.create({"product_id": cls.bolt.id, "product_qty": 4}),
                ],
            }
        )
        # in the middle of a day: half an hour later is the same day and week
        cls.now = fields.Datetime.now().replace(hour=4, minute=0)
        cls.today = cls.usage._today(cls.company, cls.now)
        cls.monday = monday(cls.today)

    @classmethod
    def _supplier(cls, name):
        return cls.env["res.partner"].create({"name": name, "is_company": True})

    @classmethod
    def _seller(cls, partner, product, **vals):
        return cls.env["product.supplierinfo"].create(
            {
                "partner_id": partner.id,
                "product_tmpl_id": product.product_tmpl_id.id,
                "price": 4321.0,
                **vals,
            }
        )

    @classmethod
    def _at(cls, week, day=2):
        """Return noon in Shanghai of a day of a week (0 is this one), naive UTC."""
        moment = fields.Datetime.to_datetime(cls.monday)
        return moment + timedelta(weeks=week, days=day, hours=4)

    @classmethod
    def _sell(cls, product, quantity, week):
        """Confirm an order that leaves in a week."""
        order = cls._order(quantity, product=product)
        order.action_confirm()
        order.picking_ids.move_ids.date = cls._at(week)
        return order

    @classmethod
    def _make(cls, quantity, week, confirm=True, product=None, **vals):
        """Plan the making of frames in a week."""
        production = cls.env["mrp.production"].create(
            {
                "product_id": (product or cls.frame).id,
                "product_qty": quantity,
                "bom_id": cls.bom.id,
                "date_start": cls._at(week),
                **vals,
            }
        )
        if confirm:
            production.action_confirm()
        return production

    @classmethod
    def _buy(cls, partner, quantity, week, product=None):
        """Order kilos of sheet for a week."""
        order = cls.env["purchase.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": (product or cls.sheet).id,
                            "product_qty": quantity,
                            "product_uom_id": (product or cls.sheet).uom_id.id,
                            "date_planned": cls._at(week),
                        }
                    )
                ],
            }
        )
        order.button_confirm()
        order.picking_ids.move_ids.date = cls._at(week)
        return order

    def _weeks_of(self, partner=None, product=None, weeks=8):
        """Return the weeks of an item, in the supplier's unit."""
        rows = self.usage._weeks(partner or self.steel, self.company, self.today, weeks)
        product = product or self.sheet
        [row] = [row for row in rows if row["item"].product == product]
        return row["weeks"]

    def _tons(self, part, partner=None, product=None):
        weeks = self._weeks_of(partner, product)
        return [round(week[part], 6) for week in weeks]
