from odoo import fields, models

from odoo.addons.order_hub.models.sale_order import INSIDE


class SaleOrder(models.Model):
    """What other systems say of an order."""

    _inherit = "sale.order"

    hub_system_state_ids = fields.One2many(
        "order.hub.system.state",
        "order_id",
        "Other Systems",
        readonly=True,
        copy=False,
        groups=INSIDE,
    )
    hub_system_report_ids = fields.One2many(
        "order.hub.system.report",
        "order_id",
        "What They Said",
        readonly=True,
        copy=False,
        groups=INSIDE,
    )

    def _hub_announce(self):
        """An order that moved may agree with the others now, or no longer."""
        result = super()._hub_announce()
        self.env["order.hub.system"]._look_again(self)
        return result

    def _hub_stage_of(self, milestone):
        """Return the first stage of the order's flow that stands for a milestone."""
        self.ensure_one()
        stages = self.sudo().hub_flow_id.stage_ids
        return stages.filtered(lambda stage: stage.milestone == milestone)[:1]
