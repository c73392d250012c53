from datetime import datetime, timedelta

from odoo.fields import Command

from odoo.addons.order_hub.tests.common import OrderHubCommon

#: 02:00 in Shanghai, a Tuesday.
NOW = datetime(2026, 3, 9, 18, 0)


class RiskCommon(OrderHubCommon):
    """A company with a radar, a supplier who is late and one who is not.

    The flow has no time limits: what is left to do is not known, so that each test
    adds the factor it is about.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = "Asia/Shanghai"
        cls.company.resource_calendar_id.tz = "Asia/Shanghai"
        Scheme = cls.env["order.hub.risk.scheme"]
        cls.scheme = Scheme._of(cls.company) or Scheme.create({})
        cls.Risk = cls.env["order.hub.risk"]
        cls.Run = cls.env["order.hub.risk.run"]
        cls.buyer = cls._user(
            "hub_buyer",
            "order_hub.order_hub_group_operator,purchase.group_purchase_user,"
            "stock.group_stock_user",
        )
        cls.manager = cls._user("hub_boss", "order_hub.order_hub_group_manager")
        cls.film_maker = cls.env["res.partner"].create({"name": "Jiangnan Film"})
        cls.other = cls.env["res.partner"].create({"name": "Taihu Membrane"})
        cls.film = cls._product("Separator film 9 µm", "FILM-9")
        cls.wide = cls._product("Separator film 12 µm", "FILM-12")

    # === SUPPLIERS === #

    @classmethod
    def _history(cls, supplier, on_time, late):
        """Let a supplier have delivered so many lines on time and late."""
        count = on_time + late
        planned = NOW - timedelta(days=60)
        purchase = cls._purchase(supplier, cls.product, count * [1], planned)
        purchase.button_confirm()
        for move in purchase.picking_ids.move_ids:
            move.write({"quantity": 1, "picked": True})
        purchase.picking_ids.button_validate()
        cls.env.flush_all()
        ids = purchase.order_line.ids
        cls.env.cr.execute(
            "UPDATE purchase_order_line SET date_planned = %s WHERE id = ANY(%s)",
            [planned, ids],
        )
        for lines, days in ((ids[:late], 3), (ids[late:], 0)):
            cls.env.cr.execute(
                "UPDATE stock_move SET date = %s WHERE purchase_line_id = ANY(%s)",
                [planned + timedelta(days=days), lines],
            )
        cls.env.invalidate_all()
        return purchase

    @classmethod
    def _purchase(cls, supplier, product, quantities, planned):
        """Ask a supplier for a product: one line a quantity."""
        return cls.env["purchase.order"].create(
            {
                "partner_id": supplier.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_qty": quantity,
                            "price_unit": 10,
                            "date_planned": planned,
                        }
                    )
                    for quantity in quantities
                ],
            }
        )

    @classmethod
    def _approve(cls, supplier, product, days, price, sequence=1):
        """Put a supplier on the product's price list."""
        return cls.env["product.supplierinfo"].create(
            {
                "partner_id": supplier.id,
                "product_tmpl_id": product.product_tmpl_id.id,
                "delay": days,
                "price": price,
                "sequence": sequence,
            }
        )

    # === ORDERS === #

    @classmethod
    def _promised(cls, count, days, product=None, **vals):
        """Confirm orders that are promised so many days after NOW."""
        orders = cls._orders(
            count,
            commitment_date=NOW + timedelta(days=days),
            order_line=[
                Command.create(
                    {"product_id": (product or cls.product).id, "product_uom_qty": 1}
                )
            ],
            **vals,
        )
        orders.action_confirm()
        cls.env.flush_all()
        return orders

    def _judged(self, orders, now=NOW):
        """Judge orders and return their risks."""
        self.Risk._recompute(orders, now)
        return self.Risk.search([("order_id", "in", orders.ids)], order="id")

    def _factor(self, order, name, now=NOW):
        """Return one factor of an order: dict with share, points, figures."""
        [risk] = self._judged(order, now)
        return next(each for each in risk.factors if each["name"] == name)

    def _night(self, now=NOW):
        """Let the job run at a moment, through its own cron."""
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.env.registry.cursor() as cr:
            self.Run.with_env(self.env(cr=cr))._run_due(now)
        self.env.invalidate_all()

    # === HISTORY === #

    @classmethod
    def _called(cls, orders, promised, **vals):
        """Write down what a night said of orders; outcome and colour in vals."""
        at = vals.pop("at", promised - timedelta(days=4))
        rows = [
            {
                "order_id": order.id,
                "company_id": cls.company.id,
                "day": at.date(),
                "at": at,
                "promised": promised,
                "agreed": promised,
                "hours_left": (promised - at).total_seconds() / 3600,
                "score": 10.0,
                "colour": "green",
                "rule_call": "no",
                "outcome": "on_time",
                "delivered": promised - timedelta(hours=1),
                "share_supplier": 0.4,
                **vals,
            }
            for order in orders
        ]
        Call = cls.env["order.hub.risk.call"]
        cls.env["order.hub.writer"]._insert(Call, rows)
        Call.invalidate_model()
