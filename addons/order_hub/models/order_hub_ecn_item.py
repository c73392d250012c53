from markupsafe import Markup

from odoo import fields, models


class OrderHubEcnItem(models.Model):
    """What a change means for the stock and purchases of one component.

    Quantities are in the component's own unit, values in company currency.
    """

    _name = "order.hub.ecn.item"
    _description = "Component in an Engineering Change"
    _inherit = ["order.hub.ecn.guarded"]
    _order = "ecn_id, stranded_value desc, id"
    _check_company_auto = True
    _rec_name = "product_id"

    ecn_id = fields.Many2one(
        "order.hub.ecn", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="ecn_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    product_id = fields.Many2one(
        "product.product",
        "Component",
        required=True,
        readonly=True,
        ondelete="restrict",
        check_company=True,
    )
    uom_id = fields.Many2one(related="product_id.uom_id")
    old_quantity = fields.Float(
        "Old per Piece", readonly=True, digits="Product Unit", aggregator=None
    )
    new_quantity = fields.Float(
        "New per Piece", readonly=True, digits="Product Unit", aggregator=None
    )
    needed_old = fields.Float(
        readonly=True,
        digits="Product Unit",
        help="By the orders that switch, with the old revision.",
    )
    needed_new = fields.Float(
        readonly=True,
        digits="Product Unit",
        help="By the orders that switch, with the new revision.",
    )
    on_hand = fields.Float(readonly=True, digits="Product Unit")
    incoming = fields.Float(
        readonly=True, digits="Product Unit", help="On open purchase orders."
    )
    stranded_quantity = fields.Float(
        "Stranded",
        readonly=True,
        digits="Product Unit",
        help="On hand or on order, and nothing needs it any more.",
    )
    stranded_value = fields.Monetary(readonly=True)
    short_quantity = fields.Float("Short", readonly=True, digits="Product Unit")
    suppliers = fields.Char(readonly=True, help="Whom to tell.")

    _product_uniq = models.UniqueIndex(
        "(ecn_id, product_id)", "This component is on the change already."
    )

    def _buyer(self):
        """Return who buys this component, else who asked for the change."""
        self.ensure_one()
        product = self.product_id.with_company(self.company_id)
        supplier = product.seller_ids[:1].partner_id
        return (
            supplier.buyer_id or product.responsible_id or self.ecn_id.requested_by_id
        )

    def _list_html(self):
        """Return the components as an HTML list: short, stranded, whom to tell."""
        lines = [
            Markup("<li>%s</li>")
            % self.env._(
                "%(product)s: short %(short)g, stranded %(stranded)g %(unit)s. "
                "Suppliers: %(suppliers)s",
                product=item.product_id.display_name,
                short=item.short_quantity,
                stranded=item.stranded_quantity,
                unit=item.uom_id.name,
                suppliers=item.suppliers or "–",
            )
            for item in self
        ]
        return Markup("<ul>%s</ul>") % Markup("").join(lines)
