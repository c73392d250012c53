from odoo import api, fields, models


class OrderHubVersionCompare(models.TransientModel):
    """Two versions of one order, side by side; any two."""

    _name = "order.hub.version.compare"
    _description = "Compare Order Versions"

    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, ondelete="cascade"
    )
    old_id = fields.Many2one(
        "order.hub.order.version",
        "From",
        required=True,
        ondelete="cascade",
        domain="[('order_id', '=', order_id)]",
    )
    new_id = fields.Many2one(
        "order.hub.order.version",
        "To",
        required=True,
        ondelete="cascade",
        domain="[('order_id', '=', order_id)]",
    )
    difference_html = fields.Html(
        "Difference", compute="_compute_difference_html", sanitize=False
    )

    @api.depends("old_id", "new_id")
    @api.depends_context("lang", "tz")
    def _compute_difference_html(self):
        """Compare what the reader may read, and only versions of one order."""
        words = self.env["order.hub.version.words"]
        for compare in self:
            pair = (compare.old_id | compare.new_id)._filtered_access("read")
            is_one_order = pair.order_id == compare.order_id
            compare.difference_html = bool(
                compare.old_id and compare.new_id and is_one_order
            ) and words._difference_html(compare.old_id, compare.new_id)
