from datetime import datetime, time, timedelta

from odoo.fields import Command

from .common import OrderHubCommon


class EcnImpactCommon(OrderHubCommon):
    """A controller with a board; a change puts another resistor on the board.

    Old: 20 × R1 at 0.10 and 1 × C1 at 1.00 a board. New: 20 × R2 at 0.12. R1 is
    bought in 7 days, R2 in 10, making a board takes 2 days and a controller 3.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.engineer = cls._user(
            "hub_engineer",
            "order_hub.order_hub_group_engineer,mrp.group_mrp_manager,"
            "stock.group_stock_user,sales_team.group_sale_salesman_all_leads",
        )
        cls.supplier = cls.env["res.partner"].create({"name": "Yageo Agents"})
        cls.other_supplier = cls.env["res.partner"].create({"name": "Fenghua Parts"})
        cls.old_part = cls._part("R1", 0.10, cls.supplier, 7)
        cls.new_part = cls._part("R2", 0.12, cls.other_supplier, 10)
        cls.capacitor = cls._part("C1", 1.0, cls.supplier, 7)
        cls.board = cls._product("Control board", "PCB-1")
        cls.controller = cls._product("Controller", "CTL-1", standard_price=50.0)
        cls.board_bom = cls._bom(
            cls.board, {cls.old_part: 20, cls.capacitor: 1}, produce_delay=2
        )
        cls.controller_bom = cls._bom(cls.controller, {cls.board: 1}, produce_delay=3)
        cls.board_bom._hub_release()
        cls.controller_bom._hub_release()
        cls.ecn = cls._ecn(cls.board_bom)
        cls.draft = cls.ecn.bom_ids.draft_bom_id
        cls._line(cls.draft, cls.old_part).product_id = cls.new_part

    @classmethod
    def _part(cls, code, cost, supplier, delay, **vals):
        return cls._product(
            code,
            code,
            standard_price=cost,
            seller_ids=[
                Command.create(
                    {"partner_id": supplier.id, "delay": delay, "price": cost}
                )
            ],
            **vals,
        )

    @classmethod
    def _bom(cls, product, components, **vals):
        return cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "bom_line_ids": [
                    Command.create({"product_id": part.id, "product_qty": quantity})
                    for part, quantity in components.items()
                ],
                **vals,
            }
        )

    @classmethod
    def _ecn(cls, *boms, **vals):
        return cls.env["order.hub.ecn"].create(
            {
                "title": "Another resistor",
                "bom_ids": [Command.create({"bom_id": bom.id}) for bom in boms],
                **vals,
            }
        )

    @classmethod
    def _line(cls, bom, product):
        return bom.bom_line_ids.filtered(lambda line: line.product_id == product)

    @classmethod
    def _sold(cls, quantity=10, days=60, product=None, **vals):
        """Return a confirmed order, promised so many days from today."""
        moment = datetime.combine(cls._day(days), time(8))
        order = cls._order(
            quantity,
            product=product or cls.controller,
            commitment_date=moment,
            **vals,
        )
        order.action_confirm()
        return order

    @classmethod
    def _day(cls, days=0):
        today = cls.company._hub_today()[cls.company.id]
        return today + timedelta(days=days)

    @classmethod
    def _bought(cls, product, quantity, days, price=0.1, **vals):
        """Return a confirmed purchase that comes in so many days from today."""
        purchase = cls.env["purchase.order"].create(
            {
                "partner_id": product.seller_ids[:1].partner_id.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_qty": quantity,
                            "price_unit": price,
                            "date_planned": datetime.combine(cls._day(days), time(8)),
                        }
                    )
                ],
                **vals,
            }
        )
        purchase.button_confirm()
        return purchase

    @classmethod
    def _production(cls, order, product, bom, quantity):
        """Return a confirmed manufacturing order that belongs to an order."""
        production = cls.env["mrp.production"].create(
            {
                "product_id": product.id,
                "bom_id": bom.id,
                "product_qty": quantity,
                "reference_ids": [Command.set(order.stock_reference_ids.ids)],
            }
        )
        production.action_confirm()
        return production

    def _impact(self, ecn=None):
        ecn = ecn or self.ecn
        ecn._make_impact()
        return ecn

    def _row(self, order, ecn=None):
        return (ecn or self.ecn).order_ids.filtered(lambda row: row.order_id == order)

    def _item(self, product, ecn=None):
        return (ecn or self.ecn).item_ids.filtered(
            lambda row: row.product_id == product
        )
