from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from odoo.tools import SQL

from odoo.addons.order_hub.tests.common import OrderHubCommon

from ..engine.indicator_days import due

#: The day that is measured: a Tuesday in Shanghai, 20:00 there.
DAY = date(2026, 3, 10)
NOW = datetime(2026, 3, 10, 12, 0)


def at(day, hour=4, minute=0):
    """A moment of March 2026, UTC; 04:00 is noon in Shanghai."""
    return datetime(2026, 3, day, hour, minute)


class IndicatorCommon(OrderHubCommon):
    """A small world in March 2026, in which each figure is reckoned by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id.tz = "Asia/Shanghai"
        cls.Value = cls.env["order.hub.indicator.value"]

    @classmethod
    def _indicator(cls, code):
        return cls.env.ref(f"order_hub_alerts.order_hub_indicator_{code}")

    @classmethod
    def _measure(cls, code, now=NOW, company=None):
        """Measure one indicator for the day that is ``now``; return its figures."""
        indicator, company = cls._indicator(code), company or cls.company
        zone = company._hub_time_zone()
        day = now.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone)).date()
        [turn] = due(
            now,
            ZoneInfo(zone),
            day - timedelta(days=1),
            indicator.window_days,
            is_hourly=True,
        )
        period = indicator._period(company, turn, zone, "en_US", now)
        indicator._measure_day({indicator: [period]})
        return cls.Value.search(
            [
                ("indicator_id", "=", indicator.id),
                ("company_id", "=", company.id),
                ("day", "=", day),
            ],
            order="dimension",
        )

    @classmethod
    def _total(cls, code, **options):
        return cls._measure(code, **options).filtered(lambda row: not row.dimension)

    def _assert_figure(self, code, value, samples=None, **options):
        """The figure of the whole company; None: no data."""
        row = self._total(code, **options)
        self.assertFalse(row.indicator_id.last_error)
        self.assertEqual(row.has_data, value is not None)
        if value is not None:
            self.assertAlmostEqual(row.value, value, 4)
        if samples is not None:
            self.assertEqual(row.samples, samples)
        return row

    def _assert_split(self, code, expected):
        """The split figures, ``{label: value}``."""
        rows = self._measure(code).filtered("dimension")
        found = {row.label: round(row.value, 4) for row in rows}
        self.assertEqual(found, expected)

    @classmethod
    def _set(cls, records, **columns):
        """Write columns past every guard: histories happened some time."""
        cls.env.flush_all()
        cls.env.cr.execute(
            SQL(
                "UPDATE %s SET %s WHERE id IN %s",
                SQL.identifier(records._table),
                SQL(", ").join(
                    SQL("%s = %s", SQL.identifier(name), value)
                    for name, value in columns.items()
                ),
                records._ids,
            )
        )
        cls.env.invalidate_all()

    @classmethod
    def _add(cls, model, *rows):
        """Insert rows of a history; return the records."""
        ids = cls.env["order.hub.writer"]._insert(
            cls.env[model], [{"company_id": cls.company.id, **row} for row in rows]
        )
        return cls.env[model].browse(ids)

    @classmethod
    def _event(cls, order, stage, date_, former=None, hours=None, **values):
        return cls._add(
            "order.hub.stage.event",
            {
                "order_id": order.id,
                "stage_id": stage.id,
                "from_stage_id": former and former.id,
                "milestone": stage.milestone,
                "date": date_,
                "duration": hours,
                **values,
            },
        )

    @classmethod
    def _handed_over(cls, entered, shipped, promised=None, first=None):
        """An order with the days it came in, went out and was promised for."""
        order = cls._order()
        cls._set(order, create_date=entered, hub_promised_date=promised)
        if first:
            cls._promise(order, 1, first, entered)
            cls._promise(order, 2, promised, entered)
        cls._event(order, cls.shipped, shipped)
        return order

    @classmethod
    def _promise(cls, order, number, promised, made_at):
        return cls._add(
            "order.hub.order.version",
            {
                "order_id": order.id,
                "number": number,
                "promised_date": promised,
                "made_at": made_at,
            },
        )
