from odoo import fields, models


class StockPicking(models.Model):
    """A receipt knows which shipment notice it was filled from."""

    _inherit = "stock.picking"

    hub_notice_id = fields.Many2one(
        "order.hub.shipment.notice",
        "Shipment Notice",
        copy=False,
        readonly=True,
        index="btree_not_null",
        groups="base.group_user",
    )

    def _action_done(self):
        result = super()._action_done()
        self.sudo().hub_notice_id._receive(fields.Datetime.now())
        return result

    def action_cancel(self):
        result = super().action_cancel()
        self.sudo().hub_notice_id._receive(fields.Datetime.now())
        return result
