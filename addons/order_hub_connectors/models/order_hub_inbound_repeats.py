from odoo import fields, models


class OrderHubInbound(models.Model):
    """The likely repeats of an inbound order, from its own screen."""

    _inherit = "order.hub.inbound"

    duplicate_ids = fields.One2many("order.hub.duplicate", "inbound_id", "Like Orders")
    duplicate_count = fields.Integer("Likely Repeats", compute="_compute_duplicates")

    def _compute_duplicates(self):
        counts = dict(
            self.env["order.hub.duplicate"]
            .sudo()
            ._read_group(
                [("inbound_id", "in", self.ids), ("state", "!=", "over")],
                ["inbound_id"],
                ["__count"],
            )
        )
        for inbound in self:
            inbound.duplicate_count = counts.get(inbound, 0)

    def action_view_duplicates(self):
        """Open the pair, or the list where there are several."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "order_hub_connectors.order_hub_duplicate_action_decide"
        )
        found = self.env["order.hub.duplicate"].search(
            [("inbound_id", "=", self.id), ("state", "!=", "over")]
        )
        if len(found) == 1:
            return {**action, "res_id": found.id, "views": [(False, "form")]}
        return {**action, "domain": [("id", "in", found.ids)], "context": {}}
