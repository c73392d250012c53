from odoo import models


class SaleOrder(models.Model):
    """Approvals: what they are still good for when an order has changed."""

    _inherit = "sale.order"

    # === CONTENT CHANGED === #

    def _hub_content_changed(self):
        result = super()._hub_content_changed()
        orders = self.sudo()._hub_under_approval()
        orders = orders.filtered(lambda o: o.state == "sale" or o.hub_approval_state)
        if orders:
            orders._hub_review_approvals()
        return result

    def _hub_review_approvals(self):
        """Look again at what approvals are good for after orders changed (sudo).

        A draft is asked again if it had been asked before; a confirmed order always,
        and it stops until it is approved.
        """
        orders = self.filtered(lambda order: order.state != "cancel")
        standings = orders._hub_standings()
        again = {
            order: found
            for order, found in standings.items()
            if order.state == "sale"
            or order.hub_approval_state in ("waiting", "approved", "free")
        }
        orders._hub_outdate(standings)
        orders._hub_reopen_requests(again)
        freed = orders._hub_mark_approvals()
        orders._hub_hold_changed(orders.filtered(lambda o: o.state == "sale"))
        freed._hub_approved()

    def _hub_outdate(self, standings):
        """Requests granted to another content are superseded; its own is revived."""
        Approval = self.env["order.hub.approval"].sudo()
        outdated, revived = [], []
        for order, found in standings.items():
            granted = order.hub_approval_id.filtered(
                lambda r: r.is_granted and r.state == "approved"
            )
            if granted and granted != found.granted:
                outdated.append(granted.id)
            if found.granted.state == "superseded":
                revived.append(found.granted.id)
        Approval.browse(outdated)._give_up("superseded")
        Approval.browse(revived)._give_up("approved")

    def _hub_hold_changed(self, orders):
        """Stop confirmed orders whose content nobody has approved (sudo)."""
        held = {
            order: (
                self.env._("Changed: has to be approved again"),
                order._hub_approval_sentence(),
            )
            for order in orders
            if order.hub_approval_state in ("waiting", "rejected")
        }
        if held:
            self.env["order.hub.exception"]._note("approval", held)
        orders.filtered(lambda order: order not in held)._hub_settle("approval")

    # === CANCELLED AND SET BACK === #

    def _hub_cancelled(self):
        result = super()._hub_cancelled()
        asked = self.sudo().filtered("hub_approval_state")
        if asked:
            asked._hub_settle("approval")
            asked._hub_withdraw()
        return result

    def _hub_withdraw(self):
        """Ask no more for orders; what was decided stays on record (sudo)."""
        waiting = [("order_id", "in", self.ids), ("state", "=", "waiting")]
        self.env["order.hub.approval"].sudo().search(waiting)._give_up("withdrawn")
        values = {"hub_approval_state": None, "hub_confirm_wanted": False}
        self.env["order.hub.writer"]._update(self, {o.id: values for o in self})
        self._hub_approvals_marked()

    def _hub_reopened(self):
        """An order as it was approved before it was cancelled is approved still."""
        result = super()._hub_reopened()
        known = self.sudo().filtered("hub_approval_id")._hub_under_approval()
        if known:
            known._hub_mark_approvals()
        return result
