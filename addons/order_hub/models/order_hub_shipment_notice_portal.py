from datetime import time

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

#: Rows that a page shows at most.
PAGE = 40


class OrderHubShipmentNotice(models.Model):
    """Shipments on the supplier's pages: plain values out, typed forms in."""

    _inherit = "order.hub.shipment.notice"

    # === OUT === #

    @api.model
    def _hub_page_rows(self, partner, company, offset=0, limit=PAGE):
        """Return a supplier's own shipments, the latest first.

        :param partner: commercial partner of the visitor
        """
        theirs = self._hub_theirs(partner, company)
        notices = self.search(theirs, offset=offset, limit=limit)
        papers = notices._hub_papers().grouped("res_id")
        return [each._hub_page_row(papers.get(each.id, ())) for each in notices]

    @api.model
    def _hub_theirs(self, partner, company):
        theirs = Domain("partner_id", "=", partner.id)
        theirs &= Domain("company_id", "=", company.id)
        return theirs & Domain("state", "!=", "draft")

    @api.model
    def _hub_page_orders(self, partner, company, limit=PAGE):
        """Return the orders of which something can be announced."""
        Order = self.env["purchase.order"]
        found = Order.search(
            Order._hub_of_supplier(partner, company)
            & Domain("receipt_status", "in", ["pending", "partial"]),
            order="date_planned, id",
            limit=limit,
        )
        return [
            {
                "id": order.id,
                "name": order.name,
                "reference": order.partner_ref or "",
                "planned": order.date_planned,
            }
            for order in found
        ]

    def _hub_page_row(self, papers=None):
        """Return what the supplier may know of one shipment.

        :param papers: its documents, where they are known
        """
        self.ensure_one()
        papers = self._hub_papers() if papers is None else papers
        return {
            "id": self.id,
            "name": self.name,
            "order": self.order_id.name,
            "order_id": self.order_id.id,
            "state": self.state,
            "state_words": self._hub_state_words(),
            "carrier": self.carrier or "",
            "tracking": self.tracking or "",
            "expected": self.expected_date,
            "announced": self.announced_at,
            "received": self.received_at,
            "difference": self.difference or "",
            "note": self.note or "",
            "goods": [line._hub_page_row() for line in self.line_ids],
            "papers": [{"id": paper.id, "name": paper.name} for paper in papers],
        }

    def _hub_state_words(self):
        labels = self._fields["state"]._description_selection(self.env)
        if self.state == "received" and self.is_different:
            return self.env._("Received, with differences")
        return dict(labels)[self.state]

    def _hub_papers(self):
        """Return the documents that came with shipments (as superuser).

        What employees attach, to a note for instance, is not the supplier's.
        """
        return self.env["ir.attachment"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("create_uid", "=", SUPERUSER_ID),
            ],
            order="id",
        )

    # === IN === #

    @api.model
    def _hub_page_announce(self, order, form, files, user):
        """Announce a shipment as the supplier typed it.

        Whoever calls has checked that the order is the visitor's.

        :param form: dict of texts: ``expected`` (ISO day), ``carrier``, ``tracking``,
            ``note``, and by line ``quantity_<id>``, ``lots_<id>``, ``package_<id>``
        :param files: uploaded documents
        :return: the notice (sudo)
        :raise UserError: what is wrong, and what to do
        """
        rows = [row for line in order._hub_reportable() for row in line._typed(form)]
        papers = self.env["order.hub.upload"]._checked(files)
        notice = self.create(
            {
                "order_id": order.id,
                "expected_date": self._typed_day(order, form.get("expected")),
                "carrier": self._typed_text(form, "carrier"),
                "tracking": self._typed_text(form, "tracking"),
                "note": self._typed_text(form, "note", 1000),
                "line_ids": [Command.create(row) for row in rows],
            }
        )
        notice._announce(fields.Datetime.now(), user)
        self.env["order.hub.upload"]._keep(notice, papers)
        return notice

    @staticmethod
    def _typed_text(form, name, length=128):
        return (form.get(name) or "").strip()[:length]

    @api.model
    def _typed_day(self, order, text):
        """Return noon of a typed day in the order's time zone, naive UTC.

        :raise UserError: when it is no day, or has passed
        """
        try:
            day = fields.Date.to_date(text)
        except ValueError:
            day = None
        company = order.company_id
        if not day or day < company._hub_day_of(fields.Datetime.now()):
            raise UserError(
                self.env._("Choose the day of arrival: today or a later one.")
            )
        return company._hub_moment_of(day, time(12))

    def _hub_page_cancel(self):
        """Take a shipment back (as superuser, after the access check)."""
        self._cancel(fields.Datetime.now())
        self.order_id.message_post(
            body=self.env._("The supplier has cancelled shipment %s.", self.name),
            subtype_xmlid="mail.mt_note",
        )
