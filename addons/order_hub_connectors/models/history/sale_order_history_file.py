from odoo import api, fields, models

from odoo.addons.order_hub.models.sale_order import INSIDE


class SaleOrder(models.Model):
    """Which file, and which number in it, an order of the past came from."""

    _inherit = "sale.order"

    hub_history_file_id = fields.Many2one(
        "order.hub.history.file",
        "From File",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        groups=INSIDE,
    )
    hub_history_source_id = fields.Many2one(
        "order.hub.history.source",
        "From History Source",
        copy=False,
        readonly=True,
        ondelete="restrict",
        groups=INSIDE,
    )
    hub_history_number = fields.Char(
        "Number in History", copy=False, readonly=True, groups=INSIDE
    )

    _hub_history_uniq = models.UniqueIndex(
        "(company_id, hub_history_source_id, hub_history_number) "
        "WHERE hub_history_source_id IS NOT NULL",
        "This order has been taken in from another file.",
    )

    @api.model
    def _hub_protected_fields(self):
        return super()._hub_protected_fields() | {
            "hub_history_file_id",
            "hub_history_source_id",
            "hub_history_number",
        }

    def action_hub_history_rows(self):
        """Open the rows of the file that the order came from."""
        self.ensure_one()
        self._hub_check_inside()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "order_hub_connectors.order_hub_history_row_action"
        )
        return {**action, "domain": [("order_id", "=", self.id)], "context": {}}
