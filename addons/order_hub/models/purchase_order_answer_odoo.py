from odoo import models
from odoo.exceptions import AccessError


class PurchaseOrder(models.Model):
    """Odoo's own ways to answer an order lead through the same gate.

    A supplier's word is never a date that silently changed on a line.
    """

    _inherit = "purchase.order"

    def action_acknowledge(self):
        """Confirm as ordered what still waits, and set Odoo's own mark.

        The link in Odoo's mail sets the mark only: mail programs open links before
        anybody has read them. So does a receipt: that some goods have come says
        nothing about the rest.
        """
        if not self.env.su:
            self.check_access("write")
        if self.env.user._is_portal() or not self.env.su:
            for order in self.filtered(lambda order: order.state == "purchase"):
                order._hub_confirm_as_ordered()
        super().action_acknowledge()
        return True

    def _hub_confirm_as_ordered(self):
        """Confirm the lines that wait for an answer, those of a past day left out."""
        now = self.env.cr.now().replace(microsecond=0)
        order = self.sudo()
        waiting = order.order_line.filtered(
            lambda line: (
                line.hub_answer_state in (False, "waiting")
                and line._hub_is_answerable()
            )
        )
        words = [
            {"line_id": line.id, "kind": "confirm"}
            for line in waiting
            if not line._hub_answer_problems(*line._hub_said({"kind": "confirm"}), now)
        ]
        if words:
            is_buyer = self.env.user._is_internal()
            self._hub_answer(words, "buyer" if is_buyer else "odoo", now)

    def _update_date_planned_for_lines(self, updated_dates):
        """Take new dates from outside as answers; a buyer's are the buyer's business.

        :param updated_dates: pairs of order line and moment (naive UTC)
        :raise AccessError: for a link, unless the company lets suppliers answer by it
        """
        if self.env.user._is_internal():
            return super()._update_date_planned_for_lines(updated_dates)
        self._hub_check_may_answer_by_link()
        dates = {line.id: (line, moment) for line, moment in updated_dates}
        words = [
            self._hub_date_word(line, moment)
            for line, moment in dates.values()
            if line._hub_is_answerable()
        ]
        return self._hub_answer(words, "odoo") and None

    def _hub_check_may_answer_by_link(self):
        if self.env.user._is_public() and not self.sudo()._hub_link_is_allowed():
            raise AccessError(
                self.env._("Log in to answer this order: a link is not enough.")
            )

    def _hub_date_word(self, line, moment):
        part = {"quantity": line._hub_open(), "date": line._hub_local_day(moment)}
        return {"line_id": line.id, "kind": "split", "parts": [part]}
