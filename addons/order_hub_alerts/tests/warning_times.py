"""Zones, days and working hours that the tests of warnings share."""

from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from ..engine.calendars import Slot, local_moment, weekly

BERLIN, SHANGHAI = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Shanghai")
NEW_YORK, LORD_HOWE = ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")
APIA, UTC = ZoneInfo("Pacific/Apia"), timezone.utc
ZONES = st.sampled_from([BERLIN, SHANGHAI, NEW_YORK, LORD_HOWE, APIA])
#: The night clocks go forward, and the one they go back, in Berlin.
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
OFFICE = [
    Slot(day, *hours) for day in range(5) for hours in ((8.0, 12.0), (13.0, 17.0))
]
DATES = st.dates(date(2011, 1, 1), date(2027, 12, 31))
MINUTES = st.integers(0, 60 * 24 * 20)
START = datetime(2026, 3, 16, tzinfo=UTC)
SPANS = st.lists(
    st.tuples(MINUTES, st.integers(-60, 2000)).map(
        lambda row: (at(row[0]), at(row[0] + row[1]))
    ),
    max_size=20,
)


def at(minutes):
    return START + timedelta(minutes=minutes)


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def length(intervals):
    return sum((stop - start for start, stop in intervals), timedelta())


def shanghai(day, hours):
    return local_moment(day, hours, SHANGHAI)


def office(since, until, tz=SHANGHAI, slots=OFFICE):
    return weekly(slots, tz, local_moment(since, 0, tz), local_moment(until, 24, tz))
