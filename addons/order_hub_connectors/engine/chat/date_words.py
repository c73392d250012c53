"""The words of dates: what a number, a weekday, a month's name or a festival says.

All patterns are tried on a plain text: half width, simple characters, small letters
(``dates.plain``). None of them can run longer than the text is long.
"""

import calendar
from datetime import date, timedelta

DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5}
DIGITS |= {"六": 6, "七": 7, "八": 8, "九": 9, "初": 0}
#: A number up to 99 in either script.
NUM = (
    r"(?:\d{1,2}(?!\d)|(?:[一二两三四五六七八九]?十[一二三四五六七八九]?"
    r"|[一二两三四五六七八九]))"
)
WEEKDAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
WEEKDAYS |= {"1": 0, "2": 1, "3": 2, "4": 3, "5": 4, "6": 5}
DAY_NAMES = (
    "mon(?:day)?|tue(?:s|sday)?|wed(?:s|nesday)?|thu(?:r|rs|rsday)?|fri(?:day)?|"
    "sat(?:urday)?|sun(?:day)?"
)
MONTH_NAMES = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    "sep(?:t|tember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
#: Characters that a table of place names does not know.
MORE_SIMPLE = str.maketrans(
    "這儘盡認誕給訂於請週兩號幾讓還", "这尽尽认诞给订于请周两号几让还"
)
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()

#: Festival → how people write it.
FESTIVAL_WORDS = {
    "元旦": "元旦|跨年",
    "春节": "春节|过年|农历新年|chinese new year|lunar new year|cny|spring festival",
    "元宵": "元宵节?|正月十五",
    "清明": "清明节?",
    "劳动节": r"五一(?:劳动)?节?|五\.一|劳动节|labou?r day",
    "端午": "端午节?|端阳",
    "七夕": "七夕",
    "中元": "中元节?",
    "中秋": "中秋节?|八月节|mid-?autumn",
    "国庆": "国庆节?|十一(?=假|长假|黄金周|节|前|之前|以前|后)|national day",
    "重阳": "重阳节?",
    "腊八": "腊八",
    "小年": "小年",
    "除夕": "除夕|大年三十|年三十",
    "情人节": "情人节",
    "妇女节": "三八节|妇女节",
    "儿童节": "六一(?:儿童)?节?|儿童节",
    "年中大促": "618",
    "建军节": "八一节?|建军节",
    "教师节": "教师节",
    "双十一": "双十一|双11",
    "双十二": "双十二|双12",
    "平安夜": "平安夜|christmas eve",
    "圣诞": "圣诞节?|christmas|xmas",
}


def number(text: str) -> int:
    """Return a number up to 99 of either script.

    :raise ValueError: it is no number
    """
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return DIGITS[text] if text in DIGITS else int(text)
    return (DIGITS[tens] if tens else 1) * 10 + (DIGITS[ones] if ones else 0)


def weekday_named(text: str) -> int:
    """Return 0 to 6 of a weekday in either language."""
    return WEEKDAYS[text] if text in WEEKDAYS else _DAYS.index(text[:3])


def month_named(text: str) -> int:
    """Return 1 to 12 of a month's English name."""
    return _MONTHS.index(text[:3]) + 1


def day_in(year: int, month: int, day: int) -> date | None:
    """Return a day, or nothing when there is no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def month_after(today: date, months: int) -> tuple[int, int]:
    """Return year and month so many months later."""
    index = today.year * 12 + today.month - 1 + months
    return index // 12, index % 12 + 1


def months_later(today: date, months: int) -> date:
    """Return the same day so many months later, or that month's last."""
    year, month = month_after(today, months)
    return day_in(year, month, today.day) or month_end(year, month)


def week_day(today: date, weeks: int, weekday: int) -> date:
    """Return a weekday (0 to 6) of the week so many weeks later."""
    return today + timedelta(days=weekday - today.weekday() + 7 * weeks)
