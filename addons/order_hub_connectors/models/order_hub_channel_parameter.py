from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.order_hub.engine import vault

from ..adapters.registry import ADAPTERS


class OrderHubChannelParameter(models.Model):
    """A setting or credential of a channel, as its adapter asks for it.

    A secret is written and never read again: the form, an export, RPC and the log
    see only whether there is one.
    """

    _name = "order.hub.channel.parameter"
    _inherit = ["order.hub.vault"]
    _description = "Channel Setting"
    _order = "channel_id, id"
    _rec_name = "name"

    channel_id = fields.Many2one(
        "order.hub.channel", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="channel_id.company_id", store=True)
    name = fields.Char(required=True, readonly=True)
    label = fields.Char("Setting", compute="_compute_words")
    help_text = fields.Char("What It Is", compute="_compute_words")
    is_secret = fields.Boolean(compute="_compute_words")
    is_required = fields.Boolean(compute="_compute_words")
    is_set = fields.Boolean("Set", compute="_compute_is_set")
    value = fields.Char(
        compute="_compute_value",
        inverse="_inverse_value",
        help="A secret is kept encrypted and cannot be read again; type a new one to "
        "replace it.",
    )
    new_secret = fields.Char(
        "Secret",
        compute="_compute_value",
        inverse="_inverse_new_secret",
        help="Typed once, kept encrypted, never shown again.",
    )
    plain = fields.Char(groups=fields.NO_ACCESS)
    sealed = fields.Char(groups=fields.NO_ACCESS)

    _name_uniq = models.UniqueIndex(
        "(channel_id, name)", "The channel has this setting already."
    )

    def write(self, vals):
        """Change what a setting says; never which one it is, or whose.

        Else a secret could be called by the name of a setting that is shown, or
        given to a channel that calls another address.
        """
        if not self.env.su and set(vals) - {"value", "new_secret"}:
            raise AccessError(
                self.env._(
                    "Settings of a channel follow from its platform. Change only their "
                    "values."
                )
            )
        result = super().write(vals)
        # Whether a channel is told anything may depend on a setting.
        self.env.registry.clear_cache()
        return result

    def _parameter(self):
        """Return what the adapter says about this setting, or ``None``."""
        self.ensure_one()
        adapter = ADAPTERS.get(self.channel_id.adapter)
        rows = {row.name: row for row in adapter.parameters} if adapter else {}
        return rows.get(self.name)

    @api.depends("name", "channel_id.adapter")
    @api.depends_context("lang")
    def _compute_words(self):
        for row in self:
            known = row._parameter()
            words = row._words().get(row.name, {})
            row.label = words.get("label") or (known.label if known else row.name)
            row.help_text = words.get("help") or (known.help if known else "")
            # What is no longer known is treated as the more dangerous kind.
            row.is_secret = known.secret if known else True
            row.is_required = bool(known and known.required)

    def _words(self):
        """Return ``{name: {"label", "help"}}`` in the user's language."""
        return {}

    @api.depends("plain", "sealed")
    def _compute_is_set(self):
        for row in self.sudo():
            row.is_set = bool(row.plain or row.sealed)

    @api.depends("plain", "sealed", "channel_id.adapter")
    def _compute_value(self):
        for row in self.sudo():
            row.value = False if row.is_secret else row.plain
            row.new_secret = False

    def _inverse_value(self):
        for row in self:
            row.check_access("write")
            text = (row.value or "").strip()
            if not row.is_secret:
                row.sudo().write({"plain": text, "sealed": False})
            elif text:
                sealed = vault.seal(text, row._vault_key())
                row.sudo().write({"plain": False, "sealed": sealed})
        self.invalidate_recordset(["value"])

    def _inverse_new_secret(self):
        for row in self.filtered("new_secret"):
            # Not assigned: the two are computed together, which would skip the inverse.
            row.write({"value": row.new_secret})
        self.invalidate_recordset(["new_secret"])

    def _text(self):
        """Return a setting as its adapter needs it; never hand it to a user."""
        self.ensure_one()
        return self._opened(self.sudo().plain, self.sudo().sealed)

    def _opened(self, plain, sealed):
        """Return the text of what is stored of a setting, read by whom ever."""
        if not sealed:
            return plain or ""
        try:
            return vault.unseal(sealed, self._vault_key())
        except vault.Locked as error:
            row = self.sudo()
            raise UserError(
                self.env._(
                    "The stored “%(label)s” of channel %(channel)s was written with "
                    "another key of this server. Enter it again.",
                    label=row.label,
                    channel=row.channel_id.name,
                )
            ) from error

    def action_forget(self):
        """Forget a secret."""
        self.check_access("write")
        self.sudo().write({"plain": False, "sealed": False})
        return True
