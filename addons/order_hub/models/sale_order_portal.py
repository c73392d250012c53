import pytz

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_date, format_datetime


class SaleOrder(models.Model):
    """What customers see of their order.

    Everything a page shows leaves the ``sale_order_portal`` files as plain words,
    figures and addresses: no template ever holds a record with superuser rights, so
    nothing that is not named in them can get into the page by a slip in a template.
    """

    _inherit = "sale.order"

    @api.model
    def _hub_portal_domain(self, partner):
        """Return the orders a customer finds in the list: theirs, and sent by now.

        A draft that came through a channel is the customer's own order; any other
        draft is a quotation that somebody is still writing.
        """
        theirs = Domain("partner_id", "child_of", partner.commercial_partner_id.ids)
        sent = Domain("state", "in", ("sent", "sale"))
        return (
            theirs
            & Domain("hub_ref", "!=", False)
            & (sent | Domain("hub_channel_id", "!=", False))
        )

    # === PAGES === #

    def _hub_customer_rows(self):
        """Return one dict per order for the list of a customer (sudo)."""
        return [
            {
                "name": order.name,
                "ref": order.hub_ref,
                "your_ref": order.client_order_ref or order.hub_external_ref or "",
                "url": order._hub_page_url(),
                "stage": order._hub_public_stage_name(),
                "promised": order._hub_day(order.hub_promised_date),
                "status": order._hub_page_status(),
            }
            for order in self.sudo()
        ]

    def _hub_customer_page(self):
        """Return everything the customer page shows, in plain values (sudo)."""
        self.ensure_one()
        order = self.sudo()
        status = order._hub_page_status()
        return {
            "name": order.name,
            "ref": order.hub_ref,
            "your_ref": order.client_order_ref or order.hub_external_ref or "",
            "contact": order._hub_page_contact(),
            "status": status,
            "told": order._hub_told_words(status),
            "steps": order._hub_page_steps(),
            "promised": order._hub_day(order.hub_promised_date),
            "promise_changes": order._hub_page_promise_changes(),
            "parts": order._hub_page_parts(),
            "lines": order._hub_page_lines(),
            "evidence": order._hub_page_evidence(),
            "can_sign": order._hub_can_sign_receipt(),
        }

    def _hub_page_contact(self):
        """Return whom to ask: the company as it stands on its papers."""
        company = self.company_id
        return {
            "name": company.name,
            "phone": company.phone or "",
            "email": company.email or "",
        }

    # === EVIDENCE === #

    def _hub_public_evidence(self):
        """Return the evidence meant for the customer (sudo)."""
        self.ensure_one()
        return self.sudo().hub_evidence_ids.filtered("is_public")

    def _hub_page_evidence(self):
        """Return photos, notes, signatures and files meant for the customer."""
        return self._hub_evidence_rows(self._hub_public_evidence())

    def _hub_evidence_rows(self, evidence):
        return [
            {
                "id": each.id,
                "kind": each.kind,
                "stage": each.stage_id._public_label()
                if each.stage_id.is_public
                else "",
                "when": self._hub_moment(each.create_date),
                "note": each.note or "",
                "signed_by": each.signed_by or "",
                "filename": each.attachment_id.name or ""
                if each.kind == "file"
                else "",
                "delivery": each.picking_id.name or "",
                "is_yours": each.is_from_customer,
            }
            for each in evidence
        ]

    def _hub_picture_mark(self, evidence):
        """Return what is written on a picture: hub reference, and when it was given
        in the company's time zone."""
        zone = pytz.timezone(self.company_id._hub_time_zone())
        given = pytz.utc.localize(evidence.create_date).astimezone(zone)
        return f"{self.hub_ref}  {given:%Y-%m-%d %H:%M}"

    # === WORDS === #

    def _hub_day(self, moment):
        """Return a moment as a day in the reader's language and time zone."""
        return format_date(self.env, moment) if moment else ""

    def _hub_moment(self, moment):
        """Return a moment as day and time in the reader's language and zone."""
        if not moment:
            return ""
        zone = self.env.context.get("tz") or self.env.user.tz or "UTC"
        return format_datetime(self.env, moment, tz=zone, dt_format="short")
