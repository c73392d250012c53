from mimetypes import guess_extension

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

#: Kinds of documents a customer finds: as in the address, in this order.
KINDS = ("invoice", "delivery", "certificate")
REPORTS = {
    "invoice": "account.account_invoices",
    "delivery": "stock.action_report_delivery",
}


class SaleOrder(models.Model):
    """The customer page: papers of the order, for login and mailed link alone.

    The code on paper opens none of them: an invoice tells prices.
    """

    _inherit = "sale.order"

    def _hub_page_documents(self, is_login):
        """Return the papers of an order, in plain values (sudo).

        :param is_login: the visitor has logged in; by link an invoice that bills
            other orders, too, stays closed
        """
        self.ensure_one()
        order = self.sudo()
        words = order._hub_document_words()
        return [
            {
                "kind": kind,
                "id": record.id,
                "label": words[kind],
                "number": order._hub_document_number(record),
                "day": order._hub_document_day(kind, record),
            }
            for kind in KINDS
            for record in order._hub_paper_records(kind, is_login)
        ]

    def _hub_paper_records(self, kind, is_login):
        """Return the records behind one kind of paper (sudo)."""
        if kind == "invoice":
            return self._hub_own_invoices(is_login)
        if kind == "delivery":
            return self._hub_customer_pickings().filtered(lambda p: p.state == "done")
        return self._hub_customer_certificates()

    def _hub_own_invoices(self, is_login):
        """Return the invoices and credit notes of this order to its customer."""
        own = (self.partner_id | self.partner_invoice_id).commercial_partner_id
        domain = (
            Domain("state", "=", "posted")
            & Domain("move_type", "in", ("out_invoice", "out_refund"))
            & Domain("commercial_partner_id", "in", own.ids)
            & Domain("invoice_line_ids.sale_line_ids.order_id", "in", self.ids)
        )
        if not is_login:
            of_others = Domain("sale_line_ids", "any", [("order_id", "!=", self.id)])
            domain &= Domain("invoice_line_ids", "not any", of_others)
        return self.env["account.move"].search_fetch(
            domain, ["name", "invoice_date"], order="id"
        )

    def _hub_customer_certificates(self):
        """Return the certificates meant for customers of what was delivered.

        Approved, of this company, with a paper, for the product and the lot that the
        customer got, and valid on the day of the delivery. One query.
        """
        done = self._hub_customer_pickings().filtered(lambda p: p.state == "done")
        Certificate = self.env["order.hub.certificate"]
        if not done:
            return Certificate
        for model in (Certificate, self.env["stock.move.line"]):
            model.flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT certificate.id
                     FROM order_hub_certificate certificate
                     JOIN stock_move_line line
                          ON line.product_id = certificate.product_id
                         AND line.picking_id IN %(done)s AND line.quantity > 0
                     JOIN stock_picking picking ON picking.id = line.picking_id
                LEFT JOIN stock_lot lot ON lot.id = line.lot_id
                    WHERE certificate.is_for_customers
                      AND certificate.state = 'approved'
                      AND certificate.company_id = %(company)s
                      AND (certificate.lot_name IS NULL
                           OR certificate.lot_name = lot.name)
                      AND (certificate.valid_until IS NULL
                           OR certificate.valid_until >= picking.date_done::date)
                 ORDER BY certificate.id""",
                done=done._ids,
                company=self.company_id.id,
            )
        )
        found = Certificate.browse(row[0] for row in rows)
        return found.filtered(lambda certificate: certificate._papers())

    def _hub_document_words(self):
        return {
            "invoice": self.env._("Invoice"),
            "delivery": self.env._("Delivery note"),
            "certificate": self.env._("Certificate"),
        }

    def _hub_document_number(self, record):
        if record._name == "order.hub.certificate":
            return f"{record.kind_id.name} {record.number}"
        return record.name

    def _hub_document_day(self, kind, record):
        dates = {"invoice": "invoice_date", "delivery": "date_done"}
        return self._hub_day(record[dates[kind]]) if kind in dates else ""

    # === ONE PAPER === #

    def _hub_document_file(self, kind, document_id, is_login):
        """Return name and content (bytes) of a paper, or ``None`` for any other.

        :param kind: as in :data:`KINDS`
        :param document_id: id as the page shows it
        """
        self.ensure_one()
        order = self.sudo()
        if kind not in KINDS:
            return None
        record = order._hub_paper_records(kind, is_login).filtered(
            lambda each: each.id == document_id
        )
        if not record:
            return None
        if kind in REPORTS:
            return order._hub_printed(kind, record)
        return order._hub_kept_file(record)

    def _hub_printed(self, kind, record):
        """Print a document as Odoo does, in the language of its reader."""
        Report = self.env["ir.actions.report"]
        content, extension = Report._render_qweb_pdf(REPORTS[kind], record.ids)
        number = (record.name or kind).replace("/", "-")
        return f"{number}.{extension}", content

    def _hub_kept_file(self, certificate):
        """Return the first paper of a certificate under a name of our own: that of
        its file may name the supplier."""
        paper = certificate._papers()[:1]
        extension = guess_extension(paper.mimetype or "") or ".bin"
        number = self._hub_document_number(certificate).replace("/", "-")
        return f"{number}{extension}", paper.raw
