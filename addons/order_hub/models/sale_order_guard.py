from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ..const import INTERNAL, Touched
from .sale_order import PROTECTED_FIELDS


class SaleOrder(models.Model):
    """What nobody writes but the hub, and who may say what on an order."""

    _inherit = "sale.order"

    def _hub_without_defaults(self):
        """Take no ``default_…`` from a caller for what only the hub writes."""
        names = self._hub_protected_fields() | {"hub_amount_prepaid"}
        forged = {f"default_{name}" for name in names}
        if forged.isdisjoint(self.env.context):
            return self
        kept = {k: v for k, v in self.env.context.items() if k not in forged}
        return self.with_context(kept)  # pylint: disable=context-overridden

    def _hub_note_type(self, vals):
        """Complete vals that set the order type: it is chosen by hand, and by whom."""
        if vals.get("hub_order_type_id"):
            vals.setdefault("hub_is_type_manual", True)
            vals["hub_type_user_id"] = self.env.uid

    @api.model
    def _hub_protected_fields(self):
        """Return the names of the columns that nobody writes but the hub."""
        return PROTECTED_FIELDS

    def _hub_check_protected(self, vals):
        if self.env.context.get("order_hub_routing") is INTERNAL:
            return
        forged = self._hub_protected_fields().intersection(vals)
        if forged:
            name = sorted(forged)[0]
            raise UserError(
                self.env._(
                    "“%s” is kept by the hub and cannot be written. Hand the order "
                    "over to another stage, or overrule the decision it follows from.",
                    self._fields[name].get_description(self.env, ["string"])["string"],
                )
            )

    def _hub_lines_changed(self):
        """Look at orders again whose lines were written by themselves.

        Lines that are written through their order wait for the end of its write.
        """
        touched = self.env.context.get("order_hub_lines")
        if isinstance(touched, Touched):
            touched.update(self.ids)
        else:
            self.sudo()._hub_content_changed()
            self._hub_retype()

    def _hub_others_changed(self, touched):
        """Look at other orders whose lines the write of these orders reached.

        :param touched: ids of all orders whose lines were written
        """
        others = self.browse(touched.difference(self.ids)).exists()
        if others:
            others._hub_lines_changed()

    def _hub_check_tells_payment(self):
        """Raise unless the user may say what was paid before delivery.

        Routing, gates and flows believe it: a salesperson's word is not enough.
        """
        user = self.env.user
        groups = "order_hub.order_hub_group_operator,account.group_account_invoice"
        if not self.env.su and not user.has_groups(groups):
            raise AccessError(
                self.env._(
                    "What has been prepaid is told by the channel, by invoicing or "
                    "by an order hub operator. Ask one of them to enter it."
                )
            )

    def _hub_check_owner(self, vals):
        """Refuse customers as the ones who have an order."""
        owner = self.env["res.users"].sudo().browse(vals.get("hub_owner_id") or [])
        if owner.share:
            raise UserError(
                self.env._("%s is no employee and cannot have an order.", owner.name)
            )
