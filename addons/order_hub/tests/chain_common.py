from datetime import timedelta

from odoo import fields
from odoo.fields import Command

from .common import OrderHubCommon


class ChainCommon(OrderHubCommon):
    """A factory: steel is bought, forged to blanks, and blanks become knuckles."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mto = cls.env.ref("stock.route_warehouse0_mto")
        cls.mto.active = True
        cls.mto.rule_ids.procure_method = "make_to_order"
        cls.make = cls.warehouse.manufacture_pull_id.route_id
        cls.buy = cls.warehouse.buy_pull_id.route_id
        cls.mill = cls.env["res.partner"].create({"name": "Taihu Steel"})
        cls.buyer = cls._user(
            "hub_buyer",
            "order_hub.order_hub_group_supervisor,purchase.group_purchase_user,"
            "mrp.group_mrp_user,stock.group_stock_user,"
            "sales_team.group_sale_salesman_all_leads,account.group_account_invoice",
        )

    @classmethod
    def _bought(cls, name, code, routes=None, price=3.0, **vals):
        return cls._product(
            name,
            code,
            route_ids=[Command.set((routes or cls.buy).ids)],
            seller_ids=[
                Command.create({"partner_id": cls.mill.id, "price": price, "delay": 5})
            ],
            **vals,
        )

    @classmethod
    def _made(cls, name, code, parts, routes=None, **vals):
        """Create a product made from ``{component: quantity}``."""
        routes = routes if routes is not None else cls.make | cls.mto
        product = cls._product(name, code, route_ids=[Command.set(routes.ids)], **vals)
        cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "bom_line_ids": [
                    Command.create({"product_id": part.id, "product_qty": quantity})
                    for part, quantity in parts.items()
                ],
            }
        )
        return product

    def _of_mill(self):
        return self.env["purchase.order"].search([("partner_id", "=", self.mill.id)])

    def _confirmed(self, quantity=10, product=None, days=20, **vals):
        promise = fields.Datetime.now() + timedelta(days=days)
        order = self._order(quantity, product=product, commitment_date=promise, **vals)
        order.action_confirm()
        return order

    def _rows(self, order, user=None):
        chain = order.with_user(user or self.buyer).hub_chain()
        self.chain = chain
        return {row["name"] or row["key"]: row for row in chain["rows"]}

    def _kinds(self, order, user=None):
        """Return the tree as ``{(depth, kind): number}`` and keep it in ``chain``."""
        self._rows(order, user)
        found = {}
        for row in self.chain["rows"]:
            key = (row["depth"], row["kind"])
            found[key] = found.get(key, 0) + 1
        return found
