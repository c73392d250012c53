from odoo import models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """Approvals: what keeps an order from being confirmed, and what answers do."""

    _inherit = "sale.order"

    # === BEFORE AND AFTER CONFIRMING === #

    def _hub_confirm_refusals(self):
        refusals = super()._hub_confirm_refusals()
        orders = self.sudo()._hub_under_approval()
        if orders:
            for order, found in orders._hub_standings().items():
                if found.is_due:
                    words = order._hub_refusal_words(found)
                    refusals.setdefault(order, []).append(words)
        return refusals

    def _hub_confirmed(self):
        """Requests that nobody needs any more, the policy being gone, end here."""
        result = super()._hub_confirmed()
        left = self.filtered(lambda order: order.hub_approval_state == "waiting")
        if left:
            left.sudo()._hub_withdraw()
        return result

    # === ANSWERS === #

    def _hub_approved(self):
        """Carry on orders that are approved, or need no approval any more (sudo)."""
        if not self:
            return
        self._hub_settle("approval")
        wanted = self.filtered(
            lambda o: o.hub_confirm_wanted and o.state in ("draft", "sent")
        )
        for order in wanted:
            order._hub_confirm_apart()
        self._hub_sync()
        self._hub_tell_seller()

    def _hub_confirm_apart(self):
        """Confirm one order; what stands against it becomes its problem."""
        self.ensure_one()
        order = self.with_company(self.company_id)
        try:
            with self.env.cr.savepoint():
                order._validate_order()
        except UserError as error:
            name = self.env._("Approved, but cannot be confirmed yet")
            self.env["order.hub.exception"]._note("confirm", {self: (name, str(error))})
        if order.state == "sale":
            order._hub_settle("action")

    def _hub_rejected(self):
        """Tell what can be done about rejected orders (sudo)."""
        self._hub_hold_changed(self.filtered(lambda order: order.state == "sale"))
        self._hub_tell_seller()

    def _hub_tell_seller(self):
        """Tell the salesperson how it came out, if somebody else decided."""
        for order in self.filtered("hub_approval_id"):
            seller = order.user_id
            if not seller or seller == self.env.user:
                continue
            told = order.with_context(lang=seller.lang)
            words = told._hub_outcome_words()
            if words:
                told.message_notify(
                    partner_ids=seller.partner_id.ids, subject=words, body=words
                )
