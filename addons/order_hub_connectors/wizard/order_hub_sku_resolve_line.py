from odoo import fields, models
from odoo.exceptions import UserError


class OrderHubSkuResolveLine(models.TransientModel):
    """One code and its answer."""

    _name = "order.hub.sku.resolve.line"
    _description = "Answer for an Unknown Code"

    resolve_id = fields.Many2one(
        "order.hub.sku.resolve", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="resolve_id.company_id")
    sku = fields.Char("Channel's Code", required=True, readonly=True)
    name = fields.Char("Name in the Channel", readonly=True)
    candidate_ids = fields.Many2many(
        "product.product",
        "order_hub_sku_resolve_candidate_rel",
        string="Perhaps",
        readonly=True,
    )
    product_id = fields.Many2one("product.product")
    factor = fields.Float("Units in One", digits=(16, 6), default=1.0)
    uom_id = fields.Many2one("uom.uom", "Unit")
    is_always = fields.Boolean(
        "Always", help="From now on; otherwise for the messages that wait only."
    )

    def action_take_first(self):
        """Take the most similar product."""
        self.ensure_one()
        self.product_id = self.candidate_ids[:1]
        return self.resolve_id.get_formview_action() | {"target": "new"}

    def _code(self):
        """Return the code by which intake finds the product again."""
        self.ensure_one()
        code = self.product_id.default_code or self.product_id.barcode
        if not code or self.factor != 1.0 or self.uom_id:
            raise UserError(
                self.env._(
                    "%(product)s without a code of its own, or with a factor or unit, "
                    "can only be answered for always: tick it for “%(sku)s”.",
                    product=self.product_id.display_name,
                    sku=self.sku,
                )
            )
        return code
