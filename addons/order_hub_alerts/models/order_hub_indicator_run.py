import logging
import time
from collections import defaultdict
from zoneinfo import ZoneInfo

import psycopg2

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine.calendars import naive
from ..engine.indicator_days import due
from ..engine.indicators import MEASURES

_logger = logging.getLogger(__name__)


class OrderHubIndicator(models.Model):
    """Which days are due, and measuring them: each hour, and for missed days."""

    _inherit = "order.hub.indicator"

    @api.model
    def _cron_measure(self):
        """Measure what is due, day by day; stop in time and go on in the next run."""
        cron = self.env["ir.cron"]
        now = fields.Datetime.now()
        companies = self.env["res.company"].search(Domain.TRUE)
        work = self.search(Domain.TRUE)._due_work(now, companies)
        cron._commit_progress(remaining=len(work))
        for day in sorted(work):
            self._measure_day(work[day])
            if not cron._commit_progress(1):
                break

    def _run(self, now, companies):
        """Measure these indicators for companies in one go.

        :param datetime now: naive UTC
        :param companies: ``res.company`` records
        """
        work = self._due_work(now, companies)
        for day in sorted(work):
            self._measure_day(work[day])

    def _due_work(self, now, companies):
        """Return ``{day: {indicator: [period, …]}}`` of what is due.

        A period is a dict as ``order.hub.indicator.measure._measure`` takes it.
        """
        finals = self._last_finals()
        work = defaultdict(lambda: defaultdict(list))
        for company in companies.sudo():
            tz, lang = company._hub_time_zone(), self._company_lang(company)
            for indicator in self:
                for turn in due(
                    now,
                    ZoneInfo(tz),
                    finals.get((indicator.id, company.id)),
                    indicator.window_days,
                    is_hourly=indicator.rhythm == "hourly",
                ):
                    period = self._period(company, turn, tz, lang, now)
                    work[turn.day][indicator].append(period)
        return work

    def _last_finals(self):
        """Return ``{(indicator id, company id): last day measured when over}``."""
        rows = self.env.execute_query(
            SQL(
                """SELECT indicator_id, company_id, max(day)
                     FROM order_hub_indicator_value
                    WHERE dimension = '' AND is_final AND indicator_id IN %s
                 GROUP BY indicator_id, company_id""",
                self._ids or (0,),
            )
        )
        return {(indicator, company): day for indicator, company, day in rows}

    @api.model
    def _company_lang(self, company):
        return company.partner_id.lang or self.env.lang or "en_US"

    @api.model
    def _period(self, company, turn, tz, lang, now):
        return {
            "company_id": company.id,
            "day": turn.day,
            "since": naive(turn.since),
            "until": naive(turn.until),
            "tz": tz,
            "lang": lang,
            "is_final": turn.is_final,
            "is_current": turn.is_current,
            "at": now,
        }

    @api.model
    def _measure_day(self, work):
        """Measure a day: one statement an indicator.

        :param work: ``{indicator: [period, …]}``
        """
        measured, periods = self.browse(), {}
        for indicator, turns in work.items():
            known, unknown = indicator._known_turns(turns)
            if unknown:
                self.env["order.hub.indicator.measure"]._leave(indicator, unknown)
            if known and indicator._measure_safely(known):
                measured |= indicator
                periods.update((turn["company_id"], turn) for turn in known)
        if measured:
            self.env["order.hub.indicator.measure"]._sweep(
                measured, list(periods.values())
            )
        self.env["order.hub.indicator.value"].invalidate_model(flush=False)

    def _known_turns(self, turns):
        """Split periods into those that can be measured and those that cannot."""
        if not MEASURES[self.measure].is_snapshot:
            return turns, []
        return (
            [turn for turn in turns if turn["is_current"]],
            [turn for turn in turns if not turn["is_current"]],
        )

    def _measure_safely(self, periods):
        """Measure one indicator; a failure is noted and stops no other."""
        self.ensure_one()
        started, error = time.monotonic(), False
        try:
            with self.env.cr.savepoint():
                self.env["order.hub.indicator.measure"]._measure(self, periods)
        except psycopg2.errors.SerializationFailure:
            raise
        except psycopg2.Error as failure:
            _logger.exception("Indicator %s could not be measured", self.code)
            error = str(failure).split("\n", 1)[0]
        took = round((time.monotonic() - started) * 1000)
        self.write({"last_ms": took, "last_error": error})
        return not error
