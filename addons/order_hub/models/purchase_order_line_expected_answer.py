from datetime import datetime

from odoo import models


class PurchaseOrderLine(models.Model):
    """An answer that waits for the buyer counts as the supplier's word all the same."""

    _inherit = "purchase.order.line"

    def _hub_take_answer_words(self, now):
        """Note what the latest answers say where nothing later was said.

        What the buyer has accepted is the plan of the line and needs no word.

        :param now: naive UTC
        """
        result = super()._hub_take_answer_words(now)
        pending = self._hub_supplier_parts()
        for line in self.filtered(lambda each: each._hub_answer_is_latest()):
            parts = pending.get(line.id)
            if parts is None and not line.hub_said:
                continue
            whole = None if parts is None else line._hub_whole(parts, now)
            line.write(line._hub_said_vals(whole, now))
        return result

    def _hub_answer_is_latest(self):
        """Tell whether the answer that stands was given after the last word noted."""
        answered = self.hub_answer_id.at
        return bool(answered) and answered > (self.hub_said_at or datetime.min)

    def _hub_whole(self, parts, now):
        """Return parts of the open rest as parts of the whole line.

        :param parts: ``[(day, quantity)]`` in the unit of the line
        :return: ``[(quantity, moment)]``, what has been received first
        """
        received = [(self.qty_received, now)] if self.qty_received else []
        return received + [(qty, self._hub_moment_of(day)) for day, qty in parts]
