from odoo import api, models
from odoo.exceptions import UserError

#: What would lift the hold of a changed order without anybody approving it.
LIFTING_FIELDS = frozenset({"state", "is_blocking", "is_automatic", "kind_id"})


class OrderHubException(models.Model):
    _inherit = "order.hub.exception"

    @api.model
    def _note(self, kind_code, problems):
        """Ask for approval where a confirmation was refused and nobody waits."""
        result = super()._note(kind_code, problems)
        if kind_code == "confirm":
            self.env["sale.order"].union(*problems)._hub_ask_unattended()
        return result

    def write(self, vals):
        if LIFTING_FIELDS.intersection(vals) and not self.env.su:
            self._check_is_not_approval()
        return super().write(vals)

    def _check_is_not_approval(self):
        """The hold of a changed order ends with its approval, not by hand."""
        held = self.filtered(
            lambda hold: (
                hold.is_automatic
                and hold.state == "open"
                and hold.sudo().kind_id.code == "approval"
            )
        )
        if held:
            raise UserError(
                self.env._(
                    "Order %s was changed after it was accepted and has to be approved "
                    "again. This closes by itself with the approval, or when the "
                    "change is taken back.",
                    held[0].order_id.name,
                )
            )
