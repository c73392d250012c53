from odoo import api, fields, models

from ..engine import similar

#: Cards offered on an exception.
OFFERED = 3


class OrderHubException(models.Model):
    """What a problem is about, and the cards of problems like it."""

    _inherit = "order.hub.exception"

    stage_id = fields.Many2one(
        "order.hub.stage",
        readonly=True,
        copy=False,
        help="Where the order stood when the problem was opened.",
    )
    product_id = fields.Many2one(
        "product.product",
        check_company=True,
        domain="[('id', 'in', order_product_ids)]",
        help="Which product it is about; empty: all of the order.",
    )
    supplier_id = fields.Many2one(
        "res.partner",
        check_company=True,
        help="Whose parts it is about; empty: whoever supplies the products.",
    )
    order_product_ids = fields.Many2many(
        "product.product", compute="_compute_order_product_ids"
    )
    offers = fields.Json("Similar Problems", compute="_compute_offers")

    @api.model_create_multi
    def create(self, vals_list):
        """Keep where the orders stood."""
        orders = self.env["sale.order"].sudo()
        known = orders.browse({v["order_id"] for v in vals_list if v.get("order_id")})
        stages = {order.id: order.hub_stage_id.id for order in known}
        for vals in vals_list:
            vals["stage_id"] = stages.get(vals.get("order_id"))
        return super().create(vals_list)

    @api.depends("order_id")
    def _compute_order_product_ids(self):
        for hold in self:
            hold.order_product_ids = hold._order_products()

    def _order_products(self):
        """Return the products (sudo) of the order."""
        lines = self.order_id.sudo().order_line
        return lines.filtered(lambda line: not line.display_type).product_id

    @api.depends(
        "name", "description", "kind_id", "order_id", "product_id", "supplier_id"
    )
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_offers(self):
        """Find cards for those that are open, before they are saved as well."""
        self.offers = []
        Card = self.env["order.hub.disposition"]
        if not Card._are_there_any() or not Card.has_access("read"):
            return
        told = self.filtered(lambda hold: hold.state == "open" and hold.name)
        asked = [(hold._as_problem(), hold._card_companies()) for hold in told]
        found = Card._similar(asked, OFFERED) if asked else []
        for hold, (problem, _ids), matches in zip(told, asked, found, strict=True):
            hold.offers = Card._offers(problem, matches)

    def _card_companies(self):
        """Return the ids of the companies whose cards fit: the order's."""
        return self.sudo().order_id.company_id.ids

    def _as_problem(self):
        """Return the facts of the problem for ``engine.similar``."""
        hold = self.sudo()
        products = hold.product_id or hold._order_products()
        suppliers = hold.supplier_id or products.seller_ids.partner_id
        suppliers |= suppliers.commercial_partner_id
        stage = hold.stage_id or hold.order_id.hub_stage_id
        return similar.Problem(
            title=hold.name or "",
            more=hold.description or "",
            kind=hold.kind_id.id or 0,
            products=frozenset(products._origin.ids),
            categories=frozenset(products.categ_id._origin.ids),
            suppliers=frozenset(suppliers._origin.ids),
            stage=stage._origin.id or 0,
            customer=hold.order_id.partner_id.commercial_partner_id._origin.id or 0,
        )
