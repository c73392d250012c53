from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine import calendars, mutes

#: Weekdays, Monday first, as fields.
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class OrderHubWarningMute(models.Model):
    """When a rule may see but not speak; what is still open then is told after it."""

    _name = "order.hub.warning.mute"
    _description = "Mute Time"
    _order = "rule_id, id"

    rule_id = fields.Many2one(
        "order.hub.warning.rule", required=True, ondelete="cascade", index=True
    )
    name = fields.Char("Why")
    mon = fields.Boolean("Monday", default=True)
    tue = fields.Boolean("Tuesday", default=True)
    wed = fields.Boolean("Wednesday", default=True)
    thu = fields.Boolean("Thursday", default=True)
    fri = fields.Boolean("Friday", default=True)
    sat = fields.Boolean("Saturday", default=True)
    sun = fields.Boolean("Sunday", default=True)
    hour_from = fields.Float("From")
    hour_to = fields.Float(
        "To", default=24.0, help="Not after the beginning: on the next day."
    )
    date_from = fields.Date("First Day")
    date_to = fields.Date("Last Day")
    is_public_holiday = fields.Boolean(
        "On Public Holidays Only", help="China's public holidays and days off."
    )
    is_outside_working_time = fields.Boolean("Outside of Working Time Only")
    calendar_id = fields.Many2one(
        "resource.calendar",
        "Working Time",
        ondelete="restrict",
        help="Empty: that of the company.",
    )

    @api.constrains(
        *WEEKDAYS,
        "hour_from",
        "hour_to",
        "date_from",
        "date_to",
        "is_public_holiday",
        "is_outside_working_time",
    )
    def _check_limits(self):
        zone = calendars.timezone.utc
        for mute in self:
            if mute.date_from and mute.date_to and mute.date_from > mute.date_to:
                raise ValidationError(
                    self.env._("A mute time cannot end before its first day.")
                )
            try:
                mute._mute(zone)
            except ValueError as error:
                raise ValidationError(self._limit_text(mute)) from error

    def _limit_text(self, mute):
        if not (0 <= mute.hour_from < 24 and 0 <= mute.hour_to <= 24):
            return self.env._("The hours of a mute time lie between 0:00 and 24:00.")
        if not any(mute[day] for day in WEEKDAYS):
            return self.env._("Choose a weekday on which the mute time begins.")
        return self.env._(
            "This mute time would silence the rule for good. Limit its hours, days "
            "or dates, or archive the rule."
        )

    def _mute(self, zone):
        """Return the mute time for the engine.

        :param zone: of its days and hours
        :raise ValueError: it would never end, or has no day
        """
        self.ensure_one()
        return mutes.Mute(
            zone,
            frozenset(place for place, day in enumerate(WEEKDAYS) if self[day]),
            self.hour_from,
            self.hour_to,
            self.date_from or None,
            self.date_to or None,
            self.is_public_holiday,
            self.is_outside_working_time,
        )

    def _until(self, company, now):
        """Return until when these mute times silence a company; ``None``: not now.

        :param now: naive UTC
        :return: aware UTC
        """
        clock = self.env["order.hub.warning.clock"]
        zone, now = clock._zone(company), calendars.aware(now)
        span = (now - timedelta(days=1), now + mutes.HORIZON)
        found = calendars.merge(
            interval
            for mute in self
            for interval in mute._intervals(company, zone, *span)
        )
        return next((stop for start, stop in found if start <= now < stop), None)

    def _intervals(self, company, zone, since, until):
        """Return when a mute time is on; moments are aware UTC."""
        clock, working = self.env["order.hub.warning.clock"], None
        if self.is_outside_working_time:
            working = clock._working(company, since, until, self.calendar_id or None)
        days = calendars.NO_DAYS
        if self.is_public_holiday:
            days = clock._public_days(company, since - calendars.DAY, until, zone)
        return mutes.mute_intervals(self._mute(zone), since, until, working, days)
