"""What each way of saying a date names: from the words met to a day or a period.

Each takes the match of its pattern, the day of the message and what tells working
days, and gives a period, or nothing when the words are no date after all.
"""

import re
from datetime import date, timedelta

from . import lunar
from .date_periods import (
    SURE,
    Period,
    add_time,
    dated,
    in_month,
    in_year,
    month_part,
    one,
    part_of_month,
    span,
    told,
)
from .date_words import (
    FESTIVAL_WORDS,
    day_in,
    month_after,
    month_end,
    month_named,
    number,
    week_day,
    weekday_named,
)

# -- numbers ------------------------------------------------------------------------


def year_month_day(match, today, _workday):
    return dated(int(match[1]), number(match[2]), number(match[3]), today)


def chinese_year(match, today, _workday):
    """Read ``二〇二六年三月十五日``."""
    year = 2000 + 10 * number(match["tens"]) + number(match["ones"])
    return dated(year, number(match["month"]), number(match["day"]), today)


def compact(match, today, _workday):
    found = dated(int(match[1]), int(match[2]), int(match[3]), today)
    return Period(
        found.first, found.last, min(0.95, found.confidence), found.way, needs=True
    )


def english_numbers(match, today, _workday):
    first, second, year = int(match[1]), int(match[2]), int(match[3])
    if first > 12 >= second:
        return dated(year, second, first, today)
    found = dated(year, first, second, today)
    unclear = second <= 12 and first != second
    return one(found.first, 0.4, way="day_or_month") if unclear else found


def month_day(match, today, _workday):
    month, day = number(match["month"]), number(match["day"])
    found = in_year(month, day, today)
    if match["year"]:
        year = today.year + {"今": 0, "明": 1, "后": 2}[match["year"]]
        found = dated(year, month, day, today)
    if match["last"] and found.first:
        last = day_in(found.first.year, month, number(match["last"]))
        return span(found.first, last or found.first, 0.7)
    return found


def month_or_part(match, today, _workday):
    word, ahead = match["word"], {"": 0, "上": -1, "下": 1, "下下": 2}
    if word:
        part = match["part"] or ""
        if match["year"]:
            years = {"今": today.year, "明": today.year + 1}
            year = years.get(match["year"]) or int(match["year"])
            return month_part(year, number(word), part)
        return part_of_month(number(word), part, today)
    which = match["which"] or ""
    months = ahead.get(which.removesuffix("个"), 0)
    year, month = month_after(today, months)
    if which.startswith("上"):
        return told()
    return month_part(year, month, match["part"] or "")


def day_of_month(match, today, _workday):
    which, day = match["which"], number(match["day"])
    if which and which.startswith("上"):
        return told()
    if not 1 <= day <= 31:
        return None
    months = None
    if which:
        months = {"下下": 2, "下": 1}.get(
            which.removesuffix("月").removesuffix("个"), 0
        )
    found = in_month(day, today, months)
    if match["last"] and found.first:
        last = day_in(found.first.year, found.first.month, number(match["last"]))
        return span(found.first, last or found.first, 0.7)
    if found.first and found.first < today:
        return one(found.first, 0.3, way="past")
    return found if which else Period(**{**vars(found), "needs": True})


#: 3/4-1/2 is a size.
FRACTION = re.compile(r"[1357]/(?:2|4|8)(?!\d)")


def slash_period(match, today, _workday):
    """Read ``12/1-12/5``."""
    if FRACTION.match(match[0]) and int(match[2]) % 2 == 0 and int(match[4]) % 2 == 0:
        return None
    first, last = in_year(int(match[1]), int(match[2]), today), None
    if first.first:
        last = in_year(int(match[3]), int(match[4]), first.first).first
    return span(first.first, last) if last else None


def slash(match, today, _workday):
    first, second = int(match[1]), int(match[2])
    if match[0][len(match[1])] in "-~" and first < second and match["day"]:
        found = in_month(first, today)
        last = found.first and day_in(found.first.year, found.first.month, second)
        return span(found.first, last, 0.7) if last else None
    if not (1 <= first <= 12 and 1 <= second <= 31):
        return None
    found = in_year(first, second, today)
    return Period(**{**vars(found), "needs": not match["day"]})


# -- weeks and days -----------------------------------------------------------------


def weekday(match, today, _workday):
    day, which = weekday_named(match["day"]), match["which"] or ""
    if which.startswith("上"):
        return told()
    if which.startswith(("这", "本")):
        found = week_day(today, 0, day)
        return one(found, SURE if found >= today else 0.3)
    weeks = 2 if which.startswith("下下") else 1
    if which:
        found = one(week_day(today, weeks, day))
    else:
        ahead = (day - today.weekday()) % 7
        found = one(today + timedelta(days=ahead), SURE if ahead else 0.6)
    if match["last"]:
        until = found.first + timedelta(days=(weekday_named(match["last"]) - day) % 7)
        return span(found.first, until)
    return found


def english_weekday(match, today, _workday):
    day, which = weekday_named(match["day"]), (match["which"] or "").strip()
    ahead = (day - today.weekday()) % 7
    if which.startswith("last"):
        return told()
    if which == "next":
        # Nearly everybody means next week's; some the nearest.
        found = week_day(today, 1, day)
        return one(found, 0.92 if (found - today).days <= 7 else 0.75)
    return one(today + timedelta(days=ahead), SURE if ahead else 0.6)


def week(match, today, _workday):
    word = match[0]
    weeks = 2 if word.startswith("下下") else 1 if word[0] in "下n" else 0
    if word.startswith(("上", "last")):
        return told()
    first, last = week_day(today, weeks, 0), week_day(today, weeks, 6)
    if "末" in word or "weekend" in word:
        return span(week_day(today, weeks, 5), last, way="week")
    if "初" in word:
        return span(first, week_day(today, weeks, 1), way="week")
    if "内" in word:
        return one(last, 0.7, kind="by", way="end_of_week")
    return span(max(first, today), last, way="week")


def week_number(match, today, _workday):
    week = int(match["a"] or match["b"])
    if not 1 <= week <= 53:
        return None
    for year in (today.year, today.year + 1):
        try:
            first = date.fromisocalendar(year, week, 1)
        except ValueError:
            continue
        if first + timedelta(days=6) >= today:
            return span(first, first + timedelta(days=4))
    return None


#: Word → days from today.
NEAR = {
    "今天|今日|今儿个?|今晚|今早|今夜|当天|当日|即日|today|tonight": 0,
    "day after tomorrow": 2,
    "明天|明日|听日|明儿个?|明早|明晚|明午|明晨|tomorrow|tmrw?|tmr": 1,
    "大后天|大后日": 3,
    "后天|后日|后儿": 2,
}
PAST = "昨天|昨日|昨晚|大前天|前天|前几天|前两天|前阵子|刚才|刚刚|yesterday"
NEAR_WORDS = "|".join([*NEAR, PAST])


def near(match, today, _workday):
    if re.fullmatch(PAST, match[0]):
        return told("past")
    for words, days in NEAR.items():
        if re.fullmatch(words, match[0]):
            way = "today" if not days else "said"
            return one(today + timedelta(days=days), 0.95, way=way)
    return None


def next_day(match, today, _workday):
    """Read ``次日``: the day after, but after which?"""
    return one(today + timedelta(days=1), 0.7)


def within(match, today, workday):
    """Read ``三天内`` and ``10天后``."""
    unit, ending = match["unit"], match["end"] or "内"
    count = 0.5 if match["count"] in ("半", "half a") else _count(match["count"])
    if count is None:
        return None
    kind = "by" if "内" in ending else ""
    kind = "vague" if match["about"] or match["roughly"] or ending == "左右" else kind
    day = add_time(today, count, unit, workday)
    least = 0.5 if kind == "vague" else 0.92 if kind == "by" else 0.85
    return one(day, least, kind=kind, way="days_from_now")


ENGLISH = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
ENGLISH |= {"six": 6, "seven": 7, "ten": 10}


def _count(text: str) -> float | None:
    try:
        return ENGLISH.get(text) or number(text)
    except (ValueError, KeyError):
        return None


# -- months, quarters, years, festivals ----------------------------------------------


def quarter_end(match, today, _workday):
    said = match["number"] or match["q"]
    quarter = number(said) if said else (today.month - 1) // 3 + 1
    if not 1 <= quarter <= 4:
        return None
    last = month_end(today.year, quarter * 3)
    if last < today:
        last = month_end(today.year + 1, quarter * 3)
    return one(last, 0.92, kind="by")


def year_end(match, today, _workday):
    return one(date(today.year, 12, 31), 0.92, kind="by")


def around_new_year(match, today, _workday):
    """Read ``年前`` and ``年后``: before and after the spring festival."""
    day = lunar.next_festival("春节", today)
    if day is None:
        return one(None)
    # Half a year before, nobody says it of the spring festival.
    sure = 0.9 if (day - today).days < 120 else 0.5
    if match[0].endswith("前"):
        return one(day - timedelta(days=1), sure, kind="by", way="festival")
    return one(day + timedelta(days=7), 0.4, kind="after", way="festival")


FESTIVALS = "|".join(
    f"(?P<f{at}>{words})" for at, words in enumerate(FESTIVAL_WORDS.values())
)


def festival_day(match, today, _workday):
    name = list(FESTIVAL_WORDS)[int(match.lastgroup[1:])]
    day = lunar.next_festival(name, today)
    return one(day, 0.93, way="festival", before_first=True, needs=True)


def holiday(match, today, _workday):
    day = lunar.next_day_off(today)
    return day and one(day, 0.6, way="festival", before_first=True, needs=True)


def lunar_number(text: str) -> int:
    """Return the day that ``初八`` or ``廿三`` says."""
    return number(text.replace("廿", "二十").removeprefix("初"))


def lunar_date(match, today, _workday):
    words, day = match["month"], lunar_number(match["day"])
    month = {"正": 1, "冬": 11, "腊": 12}.get(words) or number(words or "一")
    return one(lunar.next_lunar_day(month, day, today), 0.9, way="lunar")


# -- english -------------------------------------------------------------------------


def english_month(match, today, _workday):
    month, day = month_named(match["month"]), int(match["day"])
    if not 1 <= day <= 31:
        return None
    if match["year"]:
        return dated(int(match["year"]), month, day, today)
    return in_year(month, day, today)


def english_part(match, today, _workday):
    part = {"beginning": "early", "start": "early", "middle": "mid"}
    part = part.get(match["part"], match["part"])
    what, later = match["what"], int("next" in match[0])
    if what == "month":
        return month_part(*month_after(today, later), part)
    if what == "week":
        return one(week_day(today, later, 4), 0.85, kind="by")
    if what == "year":
        return one(date(today.year, 12, 31), 0.9, kind="by") if part == "end" else None
    return part_of_month(month_named(what), part, today)


def end_of(match, today, _workday):
    word = match[0].replace(" ", "").replace("-", "")
    if word in ("eod", "cob", "closeofbusiness"):
        return one(today, 0.92, kind="asap")
    if word == "eow":
        return one(week_day(today, 0, 4), 0.85, kind="by")
    return one(month_end(today.year, today.month), 0.92, kind="by")


def next_month(match, today, _workday):
    return month_part(*month_after(today, int("next" in match[0])), "")


def nth(match, today, _workday):
    return in_month(int(match[1]), today)


def soon(match, today, _workday):
    return Period(None, None, 0.95, "asap", "asap")


def no_hurry(match, today, _workday):
    return told("no_hurry")


def some_day(match, today, _workday):
    return Period(None, None, 0.3, "some_day", "vague")


def off_work(match, today, _workday):
    return one(today, 0.92, kind="asap", way="today")


def off_work_unsure(match, today, _workday):
    return one(today, 0.86, kind="asap", way="today")


class MonthGroups:
    """The groups of a month's pattern, whichever branch was met."""

    def __init__(self, match: re.Match):
        self.groups = match.groupdict()

    def __getitem__(self, name: str) -> str | None:
        groups = self.groups
        if name == "word":
            return groups.get("word") or groups.get("number")
        if name == "part":
            return groups.get("part") or groups.get("part2") or groups.get("ten")
        return groups.get(name)


def english_within(match, today, workday):
    found = within(match, today, workday)
    if found is None or found.kind == "vague":
        return found
    by = match["x"] == "within"
    return Period(**{**vars(found), "kind": "by" if by else "", "confidence": 0.9})


def month_groups(match, today, workday):
    """Read a month, or a part of it, whichever branch of the pattern was met."""
    return month_or_part(MonthGroups(match), today, workday)
