from odoo import models
from odoo.tools import format_amount


class OrderHubDecision(models.Model):
    """The words of decisions about credit, written from the figures when read."""

    _inherit = "order.hub.decision"

    def _chosen_credit(self, decision):
        """Return what was found, e.g. *Blocked: 12,300 left, 40,000 needed*."""
        found = decision.figures or {}
        left = self._credit_words(found, "headroom")
        if (decision.value or {}).get("ok"):
            return self.env._("Credit holds: %s left", left)
        return self.env._(
            "Blocked: %(left)s left, %(needed)s needed",
            left=left,
            needed=self._credit_amount(found, self._credit_needed(found)),
        )

    def _because_credit(self, decision):
        """Return the sum, and what would have changed the answer."""
        found = decision.figures or {}
        text = self.env._(
            "Limit %(limit)s and temporary credit %(temporary)s, less open invoices "
            "%(receivable)s, confirmed orders %(uninvoiced)s and orders in approval "
            "%(in_approval)s: %(headroom)s left. The order takes %(order_total)s and "
            "must find %(ratio)s times that.",
            **{
                name: self._credit_words(found, name)
                for name in (
                    "limit",
                    "temporary",
                    "receivable",
                    "uninvoiced",
                    "in_approval",
                    "headroom",
                    "order_total",
                )
            },
            ratio=f"{found.get('ratio', 1.0):g}",
        )
        return f"{text}\n{self._credit_otherwise(decision, found)}"

    def _credit_otherwise(self, decision, found):
        """Return what would change if: how much more, or less, would tip it."""
        left, needed = found.get("headroom", 0.0), self._credit_needed(found)
        if (decision.value or {}).get("ok"):
            return self.env._(
                "It would not hold with an order of more than %s.",
                self._credit_amount(found, left / (found.get("ratio") or 1.0)),
            )
        return self.env._(
            "%s more temporary credit or payment would be enough.",
            self._credit_amount(found, needed - left),
        )

    def _credit_needed(self, found):
        return found.get("order_total", 0.0) * found.get("ratio", 1.0)

    def _credit_words(self, found, name):
        return self._credit_amount(found, found.get(name, 0.0))

    def _credit_amount(self, found, amount):
        """Return an amount in the currency that the decision was taken in."""
        currencies = self.env["res.currency"].with_context(active_test=False)
        currency = currencies.search([("name", "=", found.get("currency"))], limit=1)
        return format_amount(self.env, amount, currency or self.env.company.currency_id)
