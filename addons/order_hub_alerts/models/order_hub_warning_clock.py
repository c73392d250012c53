from datetime import timedelta
from zoneinfo import ZoneInfo

from odoo import api, models

from ..engine import calendars

#: How far back working time is known: longer in a stage counts as this long.
PAST = timedelta(days=90)
#: How far ahead working time is looked for.
AHEAD = timedelta(days=40)
#: Days before the moment in question from which make-up days take their hours.
PATTERN = timedelta(days=calendars.PATTERN_DAYS)


class OrderHubWarningClock(models.AbstractModel):
    """Time zones, working time and public holidays of companies.

    Hands the intervals of ``resource.calendar`` to :mod:`..engine.calendars`, which
    decides. Moments come in as naive UTC and go out as aware UTC.
    """

    _name = "order.hub.warning.clock"
    _description = "Working Time of Companies"

    @api.model
    def _zone(self, company, calendar=None):
        """Return the time zone of a company: of its calendar, else UTC."""
        calendar = calendar or company.sudo().resource_calendar_id
        return ZoneInfo(calendar.tz or "UTC")

    @api.model
    def _past(self, company, now):
        """Return the working time of a company until now."""
        return self._working(company, now - PAST, now)

    @api.model
    def _working(self, company, since, until, calendar=None):
        """Return the working time of a company between two moments.

        A company without a calendar works always. In China public holidays and
        make-up working days change the week; of a year that nobody knows yet, the
        plain calendar holds.

        :param calendar: ``resource.calendar``; ``None``: the company's
        :return: ``engine.calendars.WorkingTime``
        """
        span = (calendars.aware(since), calendars.aware(until))
        calendar = (calendar or company.resource_calendar_id).sudo()
        if not calendar:
            return calendars.WorkingTime((span,), *span)
        wide = (span[0] - PATTERN, span[1])
        zone = self._zone(company, calendar)
        worked = calendars.with_public_days(
            self._intervals(calendar._attendance_intervals_batch(*wide)),
            self._public_days(company, *wide, zone),
            zone,
            self._intervals(calendar._leave_intervals_batch(*wide)),
        )
        return calendars.WorkingTime(tuple(worked), *span)

    @api.model
    def _public_days(self, company, since, until, zone):
        """Return the public days of a company's country; elsewhere than in China none.

        :return: ``engine.calendars.PublicDays``
        """
        if company.sudo().country_id.code != "CN":
            return calendars.NO_DAYS
        days = calendars.local_days(since, until, zone)
        return calendars.chinese_days(days[0], days[-1])

    def _intervals(self, found):
        """Return intervals of a calendar for nobody in particular."""
        return [(start, stop) for start, stop, _meta in found[False]]
