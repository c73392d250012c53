import hashlib

from odoo import models


class OrderHubChangeRequest(models.Model):
    """Customer changes as the customer's page shows them."""

    _inherit = "order.hub.change.request"

    def _asks_customer(self):
        """Tell whether the customer's answer is waited for."""
        self.ensure_one()
        return self.state == "waiting" and any(
            each.role == "customer" and each.state == "waiting"
            for each in self.acceptance_ids
        )

    def _shown_mark(self):
        """Return a mark of the figures a page shows: who accepts, accepts these."""
        self.ensure_one()
        return hashlib.sha256(self._agreement().encode()).hexdigest()[:16]

    def _customer_page(self):
        """Return what the page of one change shows, in plain values (sudo)."""
        self.ensure_one()
        order = self.order_id
        return {
            **self._for_customer(),
            "order": order.name,
            "ref": order.hub_ref,
            "requested": order._hub_moment(self.requested_at),
            "closed": order._hub_moment(self.closed_at),
            "note": self.note or "",
            "is_own": self.source == "portal",
            "is_open": self.state in ("open", "waiting"),
            "mark": self._shown_mark(),
            "contact": order._hub_page_contact(),
        }

    def _hub_change_done(self):
        """Mark the version as the customer's own where the customer has agreed."""
        result = super()._hub_change_done()
        said = self.acceptance_ids.filtered(
            lambda each: (
                each.role == "customer"
                and each.state == "accepted"
                and each.user_id.share
            )
        )
        if self.source == "portal" or said:
            who = said.user_id or self.requested_by_id
            self.order_id._hub_mark_version(
                confirmed={
                    "how": "portal",
                    "by": who.name,
                    "at": said.answered_at or self.requested_at,
                }
            )
        return result
