from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

TODO = "order_hub.mail_activity_data_certificate"


class OrderHubCertificate(models.Model):
    """The buyer hears in time of a certificate that runs out."""

    _inherit = "order.hub.certificate"

    reminded_on = fields.Date(readonly=True, copy=False)

    @api.model
    def _cron_remind(self):
        """Give buyers a to-do for certificates that run out soon, once each.

        A later certificate of the same kind for the same goods makes it needless. A
        day on which this did not run is made up for by the next.
        """
        # pylint: disable-next=no-search-all
        for kind in self.env["order.hub.certificate.kind"].search([]):
            if kind.remind_days > 0:
                self._ending(kind)._remind()

    def _ending(self, kind):
        """Return the certificates of a kind to remind of, in all companies."""
        today = fields.Date.context_today(self)
        limit = today + timedelta(days=kind.remind_days)
        found = self.search(
            Domain("kind_id", "=", kind.id)
            & Domain("state", "=", "approved")
            & Domain("reminded_on", "=", False)
            & Domain("valid_until", "<=", limit)
        )
        return found - found._replaced()

    def _replaced(self):
        """Return those for which another certificate holds longer."""
        others = self.search(
            Domain("partner_id", "in", self.partner_id.ids)
            & Domain("kind_id", "in", self.kind_id.ids)
            & Domain("state", "=", "approved")
        )
        longest = {}
        for each in others:
            until = each.valid_until or fields.Date.to_date("9999-12-31")
            key = each._goods_key()
            longest[key] = max(longest.get(key, until), until)
        return self.filtered(lambda each: longest[each._goods_key()] > each.valid_until)

    def _goods_key(self):
        """Return what a certificate is about: a later one of the same replaces it."""
        return (
            self.partner_id.id,
            self.company_id.id,
            self.kind_id.id,
            self.product_id.id,
            self.lot_name or "",
        )

    def _remind(self):
        for certificate in self:
            buyer = certificate._buyer()
            if buyer:
                certificate.activity_schedule(
                    TODO,
                    summary=self.env._(
                        "%(kind)s %(number)s of %(supplier)s runs out on %(day)s",
                        kind=certificate.kind_id.name,
                        number=certificate.number,
                        supplier=certificate.partner_id.name,
                        day=certificate.valid_until,
                    ),
                    user_id=buyer.id,
                    date_deadline=certificate.valid_until,
                )
        self.write({"reminded_on": fields.Date.context_today(self)})

    def _buyer(self):
        """Return who buys from the supplier: of the order, else of the supplier."""
        self.ensure_one()
        partner = self.partner_id.with_company(self.company_id)
        buyer = self.order_id.user_id or partner.buyer_id
        if buyer:
            return buyer
        last = self.env["purchase.order"].search(
            Domain("partner_id", "child_of", partner.id)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("user_id", "!=", False),
            order="id desc",
            limit=1,
        )
        return last.user_id
