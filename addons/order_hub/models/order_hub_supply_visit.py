from datetime import timedelta

from odoo import api, fields, models

#: A page loaded again within this time belongs to the same visit.
SAME_VISIT = timedelta(minutes=30)
#: Days after which a visit is forgotten, unless it is the supplier's last two.
KEEP_DAYS = 90


class OrderHubSupplyVisit(models.Model):
    """What a supplier was shown, to say the next time what has changed since."""

    _name = "order.hub.supply.visit"
    _description = "Visit of a Supplier"
    _order = "date desc, id desc"
    _rec_name = "partner_id"
    _log_access = False

    partner_id = fields.Many2one(
        "res.partner", "Supplier", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    user_id = fields.Many2one(
        "res.users", "Visitor", required=True, readonly=True, ondelete="cascade"
    )
    date = fields.Datetime(required=True, readonly=True)
    figures = fields.Json(readonly=True, prefetch=False)

    _newest = models.Index("(partner_id, company_id, date DESC)")

    @api.model
    def _last(self, partner, company):
        """Return ``(moment, figures)`` of the supplier's last visit."""
        whose = [("partner_id", "=", partner.id), ("company_id", "=", company.id)]
        visit = self.search(whose, limit=1)
        return (visit.date or None, visit.figures or {})

    @api.model
    def _note(self, partner, company, user, figures, now):
        """Keep what a supplier is shown and return what was shown the visit before.

        :param figures: what ``order.hub.usage._totals`` gives
        :param now: naive UTC
        :return: ``(moment, figures)`` of the visit before; ``(None, {})`` at the first
        """
        ours = [("partner_id", "=", partner.id), ("company_id", "=", company.id)]
        visits = self.search_fetch(ours, ["date"], limit=3)
        same = visits.filtered(lambda visit: visit.date > now - SAME_VISIT)[:1]
        before = visits.filtered(lambda visit: visit.date <= now - SAME_VISIT)[:1]
        if same:
            same.write({"figures": figures})
        else:
            whose = {"partner_id": partner.id, "company_id": company.id}
            self.create({**whose, "user_id": user.id, "date": now, "figures": figures})
        return (before.date or None, before.figures or {})

    @api.autovacuum
    def _gc_visits(self):
        """Forget old visits, but the last two of every supplier."""
        limit = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        old = self.search([("date", "<", limit)])
        suppliers = self._read_group(
            [("partner_id", "in", old.partner_id.ids)],
            ["partner_id", "company_id"],
            ["id:recordset"],
        )
        for _partner, _company, visits in suppliers:
            old -= visits.sorted("date", reverse=True)[:2]
        old.unlink()
