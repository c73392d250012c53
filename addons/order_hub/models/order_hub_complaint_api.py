from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError


class OrderHubApi(models.AbstractModel):
    """Complaints from elsewhere: a web shop, a call centre, the older system."""

    _inherit = "order.hub.api"

    @api.model
    def submit_complaint(
        self,
        cause,
        summary,
        hub_ref=None,
        channel=None,
        external_ref=None,
        description=None,
        date=None,
        complaint_ref=None,
    ):
        """Record a complaint about an order; a second delivery changes nothing.

        :param str cause: code of a cause of complaints
        :param str summary: the complaint in one line
        :param str hub_ref: the order's hub reference, or
        :param str channel: code of the channel and
        :param str external_ref: the order's number there
        :param str description: what the customer said
        :param str date: the day, ISO 8601; today if left out
        :param str complaint_ref: its number in the caller's system, the key against
            second deliveries
        :return: ``{"ok": True, "created": bool, "complaint_id", "state"}``
        """
        order_key = (hub_ref, channel, external_ref)
        return self._answer(
            lambda: self._complain(
                order_key, cause, summary, description, date, complaint_ref
            )
        )

    def _complain(self, order_key, cause, summary, description, date, complaint_ref):
        order = self._find_order(*order_key)
        complaint_ref = self._text("complaint_ref", complaint_ref)
        known = complaint_ref and self._known_complaint(order, complaint_ref)
        vals = {
            "order_id": order.id,
            "name": self._text("summary", summary, required=True),
            "cause_id": self._cause(cause, order).id,
            "description": self._text("description", description),
            "date": self._day(date),
            "external_ref": complaint_ref or False,
        }
        complaint = known or self._new_complaint(vals)
        return {
            "created": not known,
            "complaint_id": complaint.id,
            "state": complaint.state,
        }

    def _new_complaint(self, vals):
        """Create a complaint; if it is delivered twice at once, look again.

        Odoo repeats a request after a ``ConcurrencyError``.
        """
        try:
            complaint = self.env["order.hub.complaint"].create(vals)
            complaint.flush_recordset()
        except UniqueViolation as error:
            raise ConcurrencyError("the same complaint comes twice at once") from error
        return complaint

    def _known_complaint(self, order, complaint_ref):
        """Return the complaint that was delivered with this number before (sudo)."""
        Complaint = self.env["order.hub.complaint"].sudo()
        return Complaint.with_context(active_test=False).search(
            [
                ("company_id", "=", order.company_id.id),
                ("external_ref", "=", complaint_ref),
            ]
        )

    def _cause(self, code, order):
        code = self._text("cause", code, required=True)
        found = self.env["order.hub.complaint.cause"].search(
            [
                ("code", "=", code),
                ("company_id", "in", (False, order.company_id.id)),
            ],
            order="company_id nulls last",
            limit=1,
        )
        if not found:
            self._refuse(
                "unknown_cause",
                "cause",
                self.env._("There is no cause of complaints with code %s.", code[:60]),
            )
        return found

    def _day(self, text):
        """Return a day given as ISO 8601, today for none."""
        text = self._text("date", text)
        try:
            return fields.Date.to_date(text) or fields.Date.context_today(self)
        except ValueError:
            self._refuse("invalid", "date", self.env._("A day as 2026-11-20."))
