from odoo import fields, models

from odoo.addons.order_hub.models.sale_order import INSIDE


class PurchaseOrder(models.Model):
    """Remembers when a supplier confirmed: Odoo keeps only that he did."""

    _inherit = "purchase.order"

    hub_acknowledged_at = fields.Datetime(
        "Confirmed by the Supplier On", copy=False, readonly=True, groups=INSIDE
    )

    def write(self, vals):
        """Keep the first moment of a confirmation; taken back, it is forgotten."""
        if "acknowledged" not in vals or "hub_acknowledged_at" in vals:
            return super().write(vals)
        is_given = bool(vals["acknowledged"])
        changed = self.filtered(lambda order: order.acknowledged != is_given)
        moment = fields.Datetime.now() if is_given else False
        kept = super(PurchaseOrder, self - changed).write(vals)
        stamped = super(PurchaseOrder, changed).write(
            {**vals, "hub_acknowledged_at": moment}
        )
        return kept and stamped
