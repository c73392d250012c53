from datetime import datetime, time

import pytz

from odoo import api, fields, models

#: The company's own business: customers read their companies in the portal.
INSIDE = "base.group_user"


class ResCompany(models.Model):
    """Whether a company makes products from released revisions only."""

    _inherit = "res.company"

    hub_only_released_boms = fields.Boolean(
        "Only Released BOMs",
        groups=INSIDE,
        help="A bill of materials is not used before its first revision is released. "
        "Without this, a bill that has no revisions yet is used as it is.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        if any(vals.get("hub_only_released_boms") for vals in vals_list):
            self.env.registry.clear_cache()
        return companies

    def write(self, vals):
        result = super().write(vals)
        if "hub_only_released_boms" in vals:
            self.env.registry.clear_cache()
        return result

    def _hub_today(self):
        """Return the date of now in the time zone of each company's working hours.

        :return: ``{company id: date}``
        """
        return {
            company.id: fields.Date.context_today(
                company.with_context(tz=company._hub_time_zone())
            )
            for company in self.sudo()
        }

    def _hub_time_zone(self):
        """Return the name of the time zone in which the company's days begin."""
        self.ensure_one()
        return self.resource_calendar_id.tz or self.partner_id.tz or "UTC"

    def _hub_day_of(self, moment):
        """Return the company's day of a moment (naive UTC)."""
        zone = pytz.timezone(self._hub_time_zone())
        return pytz.utc.localize(moment).astimezone(zone).date()

    def _hub_moment_of(self, day, at=time.min):
        """Return a time of the company's day as a moment, naive UTC."""
        zone = pytz.timezone(self._hub_time_zone())
        local = zone.localize(datetime.combine(day, at))
        return local.astimezone(pytz.utc).replace(tzinfo=None)


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    hub_only_released_boms = fields.Boolean(
        related="company_id.hub_only_released_boms", readonly=False
    )
