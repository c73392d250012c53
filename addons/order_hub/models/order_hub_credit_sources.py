from odoo import api, models

#: Fields of a customer that decide whose credit is used, and how much there is.
PARTNER_SOURCES = frozenset(
    {"credit_limit", "is_company", "parent_id", "use_partner_credit_limit"}
)


class ResPartner(models.Model):
    """A limit that is set, changed or taken away has its customer worked out."""

    _inherit = "res.partner"

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        limited = [
            partner.id
            for partner, vals in zip(partners, vals_list, strict=True)
            if vals.get("credit_limit")
        ]
        if limited:
            self._hub_limits_changed(limited)
        return partners

    def write(self, vals):
        if not PARTNER_SOURCES.intersection(vals):
            return super().write(vals)
        before = self.sudo().commercial_partner_id.ids
        result = super().write(vals)
        self._hub_limits_changed(
            [*before, *self.sudo().commercial_partner_id.ids], "credit_limit" in vals
        )
        return result

    def _hub_limits_changed(self, ids, is_limit=True):
        """Have customers worked out; the last limit taken away drops its row, too.

        :param is_limit: limits themselves were written, not who uses whose
        """
        Credit = self.env["order.hub.credit"].sudo()
        if not Credit._is_used():
            # It may be the first limit of all: ask again, on every worker.
            self.env.registry.clear_cache()
        if Credit._is_used() or is_limit:
            Credit._mark(partners=ids)


class IrDefault(models.Model):
    """A company's limit for everybody concerns everybody."""

    _inherit = "ir.default"

    @api.model_create_multi
    def create(self, vals_list):
        defaults = super().create(vals_list)
        defaults._hub_limits_changed()
        return defaults

    def write(self, vals):
        result = super().write(vals)
        self._hub_limits_changed()
        return result

    def unlink(self):
        self._hub_limits_changed()
        return super().unlink()

    def _hub_limits_changed(self):
        changed = self.sudo().field_id.filtered(
            lambda field: field.model == "res.partner" and field.name == "credit_limit"
        )
        if changed:
            self.env["order.hub.credit"]._mark(everything=True)


class StockMove(models.Model):
    """What will never be delivered is not owed: the last cancelled move says so."""

    _inherit = "stock.move"

    def _action_cancel(self):
        result = super()._action_cancel()
        Credit = self.env["order.hub.credit"].sudo()
        if Credit._is_used():
            Credit._mark(lines=self.sudo().sale_line_id.ids)
        return result
