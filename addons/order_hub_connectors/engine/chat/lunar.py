"""Festivals and the Chinese calendar's months, 2025 to 2030.

The first days of months are new moons in Beijing time (GB/T 33661-2017), computed
after Jean Meeus, *Astronomical Algorithms*, chapter 49; ``test_engine_chat_dates``
computes them again. They agree with the days off that the State Council has
published for 2025 and 2026. Of years outside the table nothing is said.
"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache

#: First days of the months of a year, months 1 to 12; the leap month is left out.
MONTHS = {
    2025: "0129 0228 0329 0428 0527 0625 0823 0922 1021 1120 1220 0119",
    2026: "0217 0319 0417 0517 0615 0714 0813 0911 1010 1109 1209 0108",
    2027: "0206 0308 0407 0506 0605 0704 0802 0901 0930 1029 1128 1228",
    2028: "0126 0225 0326 0425 0524 0722 0820 0919 1018 1116 1216 0115",
    2029: "0213 0315 0414 0513 0612 0711 0810 0908 1008 1106 1205 0104",
    2030: "0203 0304 0403 0502 0601 0701 0730 0829 0927 1027 1125 1225",
}
#: Qingming is the day when the sun has gone 15 degrees past the equinox.
QINGMING = {2025: 4, 2026: 5, 2027: 5, 2028: 4, 2029: 4, 2030: 5, 2031: 5}
NEW_YEAR = "春节"
#: Name of a festival → month, day of the Chinese calendar.
LUNAR_FESTIVALS = {
    NEW_YEAR: (1, 1),
    "元宵": (1, 15),
    "端午": (5, 5),
    "七夕": (7, 7),
    "中元": (7, 15),
    "中秋": (8, 15),
    "重阳": (9, 9),
    "腊八": (12, 8),
    "小年": (12, 23),
}
#: Name of a festival → month, day of the common calendar.
SUN_FESTIVALS = {
    "元旦": (1, 1),
    "情人节": (2, 14),
    "妇女节": (3, 8),
    "劳动节": (5, 1),
    "儿童节": (6, 1),
    "年中大促": (6, 18),
    "建军节": (8, 1),
    "教师节": (9, 10),
    "国庆": (10, 1),
    "双十一": (11, 11),
    "双十二": (12, 12),
    "平安夜": (12, 24),
    "圣诞": (12, 25),
}
#: Festivals on which work rests by law (国务院《全国年节及纪念日放假办法》).
DAYS_OFF = ("元旦", NEW_YEAR, "清明", "劳动节", "端午", "中秋", "国庆")


def lunar_day(year: int, month: int, day: int) -> date | None:
    """Return the day of a date of the Chinese calendar.

    :param year: that begins with the spring festival
    :param month: 1 to 12, never a leap month
    :return: nothing outside the table, or when no month is that long
    """
    if year not in MONTHS or not (1 <= month <= 12 and 1 <= day <= 30):
        return None
    first = MONTHS[year].split()[month - 1]
    begins = date(year + (month > 10 and first < "03"), int(first[:2]), int(first[2:]))
    return begins + timedelta(days=day - 1)


def festival(name: str, year: int) -> date | None:
    """Return the day of a festival in a year of the common calendar, if known."""
    if name in SUN_FESTIVALS:
        return date(year, *SUN_FESTIVALS[name])
    if name == "清明":
        return date(year, 4, QINGMING[year]) if year in QINGMING else None
    if name == "除夕":
        spring = festival(NEW_YEAR, year)
        return spring and spring - timedelta(days=1)
    for lunar_year in (year, year - 1):
        day = lunar_day(lunar_year, *LUNAR_FESTIVALS[name])
        if day and day.year == year:
            return day
    return None


def next_festival(name: str, today: date) -> date | None:
    """Return the next day of a festival, today included, if known."""
    return next_day(lambda year: festival(name, year), today)


def next_lunar_day(month: int, day: int, today: date) -> date | None:
    """Return the next day that has this date in the Chinese calendar, if known."""
    return next_day(lambda year: lunar_day(year, month, day), today)


def next_day(day_of: Callable[[int], date | None], today: date) -> date | None:
    days = (day_of(year) for year in range(today.year - 1, today.year + 2))
    return next((day for day in days if day and day >= today), None)


@lru_cache(maxsize=64)
def next_day_off(today: date) -> date | None:
    """Return the next festival after today on which work rests."""
    tomorrow = today + timedelta(days=1)
    days = [next_festival(name, tomorrow) for name in DAYS_OFF]
    return min((day for day in days if day), default=None)
