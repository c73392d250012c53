from odoo import fields, models


class OrderHubRiskNoticeImport(models.TransientModel):
    """Reads notices from a CSV or JSON file."""

    _name = "order.hub.risk.notice.import"
    _description = "Import Notices"

    content = fields.Binary("File", required=True)
    filename = fields.Char()

    def action_import(self):
        """Take the notices of the file and list them."""
        self.ensure_one()
        taken = self.env["order.hub.risk.notice"]._read_file(self.content)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Imported Notices"),
            "res_model": "order.hub.risk.notice",
            "view_mode": "list,form",
            "domain": [("id", "in", taken.ids)],
        }
