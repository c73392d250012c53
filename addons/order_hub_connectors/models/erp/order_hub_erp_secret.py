from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.order_hub.engine import vault


class OrderHubErp(models.Model):
    """The password of a connection: typed once, sealed, never shown again."""

    _inherit = "order.hub.erp"

    sealed = fields.Char(groups=fields.NO_ACCESS, copy=False)
    has_secret = fields.Boolean("Password Set", compute="_compute_has_secret")
    new_secret = fields.Char(
        "Password",
        compute="_compute_new_secret",
        inverse="_inverse_new_secret",
        help="Typed once, kept encrypted with a key outside the database, never shown "
        "again. Another server, database or user forgets it.",
    )

    @api.depends("sealed")
    def _compute_has_secret(self):
        for erp in self.sudo():
            erp.has_secret = bool(erp.sealed)

    def _compute_new_secret(self):
        self.new_secret = False

    def _inverse_new_secret(self):
        for erp in self.filtered("new_secret"):
            erp.check_access("write")
            sealed = vault.seal(erp.new_secret, erp._vault_key())
            erp.sudo().write({"sealed": sealed})
        self.invalidate_recordset(["new_secret"])

    def action_forget_secret(self):
        """Forget the password."""
        self.check_access("write")
        self.sudo().write({"sealed": False})
        return True

    def _secret(self):
        """Return the password; never hand it to a user."""
        self.ensure_one()
        sealed = self.sudo().sealed
        if not sealed:
            return ""
        try:
            return vault.unseal(sealed, self._vault_key())
        except vault.Locked as error:
            raise UserError(
                self.env._(
                    "The stored password of %s was written with another key of this "
                    "server. Enter it again.",
                    self.name,
                )
            ) from error
