from odoo import fields, models


class OrderHubStage(models.Model):
    """Stages from which on orders are frozen, or cannot turn back."""

    _inherit = "order.hub.stage"

    freezes_bom = fields.Boolean(
        "Freezes the BOM",
        help="From here on an order is built to the bill of materials it has now, "
        "whatever is released later; only an engineering change gives it another.",
    )
    no_return = fields.Boolean(
        "Point of No Return",
        help="What has come this far is not rebuilt: engineering changes and the "
        "customer's changes stop here.",
    )

    def _freezes_behind(self):
        """Tell whether an order in this stage has come past a freezing stage."""
        self.ensure_one()
        return any(
            stage.freezes_bom and stage.sequence <= self.sequence
            for stage in self.flow_id.stage_ids
        )
