from odoo import api, fields, models

from odoo.addons.order_hub.const import INTERNAL
from odoo.addons.order_hub.models.sale_order import INSIDE

#: What only intake and its calculations say of an order.
INTAKE_FIELDS = frozenset(
    {
        "hub_inbound_id",
        "hub_paid_at",
        "hub_duty",
        "hub_duty_amount",
        "hub_duty_state",
        "hub_duty_table_id",
    }
)


class SaleOrder(models.Model):
    """What an order keeps of the message it came with."""

    _inherit = "sale.order"

    hub_inbound_id = fields.Many2one(
        "order.hub.inbound",
        "Received As",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups=INSIDE,
    )
    hub_special_request = fields.Text(
        "Special Request",
        copy=False,
        groups=INSIDE,
        help="What the customer wrote in the channel.",
    )
    hub_paid_at = fields.Datetime(
        "Paid On",
        readonly=True,
        copy=False,
        groups=INSIDE,
        help="As the channel says.",
    )

    @api.model
    def _hub_protected_fields(self):
        return super()._hub_protected_fields() | INTAKE_FIELDS

    def _hub_check_protected(self, vals):
        """Let intake say what is its own, with whose rights ever it works."""
        if self.env.su or self.env.context.get("order_hub_defer") is INTERNAL:
            vals = {name: vals[name] for name in vals if name not in INTAKE_FIELDS}
        return super()._hub_check_protected(vals)
