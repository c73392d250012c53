from base64 import b64decode

from odoo import fields, models
from odoo.exceptions import UserError

#: Problems that a message names; the file is read again after they are mended.
NAMED = 15


class OrderHubCarrierSuspensionImport(models.TransientModel):
    """Reads carrier suspensions from a CSV file: every row of it, or none."""

    _name = "order.hub.carrier.suspension.import"
    _description = "Import Carrier Suspensions"

    file = fields.Binary("CSV File", required=True, attachment=False)
    file_name = fields.Char()

    def action_import(self):
        """Take the rows in and show them.

        :raise UserError: naming lines and columns, with nothing taken in
        """
        self.ensure_one()
        answer = self.env["order.hub.carrier.suspension"]._receive_file(
            b64decode(self.file)
        )
        if not answer["ok"]:
            raise UserError(self._error_text(answer["errors"]))
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "order_hub_alerts.order_hub_carrier_suspension_action"
        )
        return {**action, "domain": [("id", "in", answer["ids"])], "context": {}}

    def _error_text(self, errors):
        lines = [error["message"] for error in errors[:NAMED]]
        more = len(errors) - len(lines)
        if more:
            lines.append(self.env._("… and %s more", more))
        head = self.env._("Nothing was taken in. Mend the file and try again:")
        return "\n".join([head, *lines])
