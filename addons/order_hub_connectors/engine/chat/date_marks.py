"""What stands around the words of a date: that day, the last, or which order."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from .date_periods import Period
from .date_rules import BEGIN, CLOCK, END, PART
from .date_words import NUM, number

#: A date surer than this, and no period, needs no person.
SURE = 0.85

LABEL = re.compile(
    r"(?:(?:要求|期望|预计|约定|计划|希望|最晚|最迟)?的?"
    r"(?:交货|交付|交|要货|需要|需求|到货|到达|送货|送达|发货|配送|出货|出厂|装运|"
    r"提货|完成|"
    r"期望|预计|要求|希望)的?(?:日期|时间|日子?|期)|货期|期望到货"
    rf"|{BEGIN}(?:delivery(?: date)?|deliver by|due(?: date)?|ship(?:ping)? date|"
    r"ship by|need(?:ed)? by|required(?: date| by)?|need date|eta|etd))"
    r"\s*[:：是为]?\s*$"
)
#: A date after these says when something was written or ordered.
WRITTEN = re.compile(
    r"(?:(?:下单|订单|订货|制单|填表|单据|填写|录入|登记)(?:日期|时间)"
    rf"|{BEGIN}(?:order date|po date))\s*[:：]?\s*$"
)
#: After these it may be either.
DATED = re.compile(rf"(?:日期|时间|{BEGIN}date)\s*[:：]\s*$")
LAST = re.compile(
    r"(?:最晚|最迟|不晚于|不迟于|不超过|截止到?|截至|赶在|争取在?"
    rf"|{BEGIN}(?:by|before|no later than|not later than|latest|until|till|not after))"
    r"\s*(?:the )?$"
)
FIRST = re.compile(rf"(?:最早|不早于|{BEGIN}(?:after|from|not before))\s*$")
ON = re.compile(
    r"(?:定在|定于|安排在?|改[到成为在]|[推延提].{0,2}[到至]|换到|挪到"
    rf"|{BEGIN}(?:on|for))\s*$"
)
#: What ``前`` and ``后`` begin in names of parts: front axle, rear cover …
PARTS = (
    "轮桥盖叉减保杠刹挡档轴门置端照灯片机雾悬制大板钢驱壳支面罩脸叶视备缀杆拉臂"
    "尾座排级处道台"
)
REARS = PARTS + "备续者"
AFTER = re.compile(
    rf"\s?[(（]?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])[)）]?"
    rf"|\s?(?P<part>{PART})"
    rf"|\s?(?P<clock>{CLOCK})"
    r"|\s?(?P<roughly>前后|左右|上下|附近)"
    rf"|(?P<back>前)(?P<days>{NUM})(?P<weeks>天|日|个?(?:周|星期|礼拜))"
    rf"|\s?(?P<by>之前|以前|截止|前(?![{PARTS}]|{NUM}[天个周星]))"
    rf"|\s?(?P<after>之后|以后|起|开始|后(?![{REARS}天]))"
    r"|(?P<during>期间|假期|当天|那天|长假)"
    rf"|\s(?P<latest>latest|at the latest|or earlier|or sooner){END}"
)
#: After these words the date says which order is meant.
MEANS_ORDER = re.compile(
    r"\s?(?:的订单|的单|那个单|那单|那批|这批货到|的那批|的那个|的那单|下的|订的|"
    r"发的|送的|买的|"
    r"拿的|开的|定的|到的|要的|的货款|的账|的帐|的货(?![期到要发])|收到的|"
    r"(?:再|一起|统一|给你|就)?(?:结|付|对账|对帐|打款|转账|转款|结算|开票|开会|给钱|"
    r"汇款|见面?|"
    r"再?说|再?聊|再?联系|再?确认|回复|休息|放假|上班|收货|营业|都在|有人|可收|盘点|"
    r"过来看)|"
    r"来不及|赶不上|不行|不用送|不送|不用|停业|停电|不在|没人|不方便|关门|盘库|愉快|"
    r"快乐|天气|忙"
    rf"|'s order|{BEGIN}order{END})"
)
TODAY_DOES = re.compile(
    r"\s?(?:先|再)?(?:下单|订货|订购|下个单|下订单|订|下(?![班午周个月])|采购|补货|"
    r"补单|补|报单|报货|报|开单|刚)"
)
CHAT_TIME = re.compile(
    r"\s*(?:上午|下午|早上|晚上)?\s?\d{1,2}[:：]\d\d(?:[:：]\d\d)?(?=\s|$)"
)
NUMBERED = re.compile(
    rf"(?:单号|订单|编号|批号|批次|货号|型号|料号|合同|{BEGIN}(?:po|no|so|ref|lot|sku)"
    r")[a-z]*[.:：#\s-]*$"
)
#: What makes a date of ``5号``, ``3.15`` or ``国庆``, when it follows.
ACTS = re.compile(
    r"\s?(?:就|一定|必须|务必|得|必|我|帮我|给我|可以|能)?"
    r"(?:到|要|发|交|送|来|拿|提货|提走|提|出货|装[车柜货箱]|用|需要|给|取|完成|入库|"
    r"上架|开业|之间|"
    rf"{BEGIN}(?:deliver|ship|arriv|need))"
)
#: Ways of saying a time that chat about anything has, too.
LOOSE = ("today", "week", "part_of_month")
#: Verbs by which a clause speaks of having something.
ACT = re.compile(
    r"[发送到要交提出来拿用]|完成|安排|补货|需|deliver|ship|need|send|want|arriv|"
    r"pick|by "
)
CLAUSE = re.compile(r"[,，。;；!！?？\n]")
#: Before a day: a noun, unless it is the unit of a number or a word of time.
NOUN = re.compile(r"[\u4e00-\u9fff](?<![要于在到至和或的是发送赶月前，。定改为个])$")
COUNTED = re.compile(r"[\d一二两三四五六七八九十百千万半]\s?[\u4e00-\u9fff]{1,2}$")
EVERY = re.compile(r"[每逢]$")
FRACTION = re.compile(r"[1357]/(?:2|4|8)\b")
NEXT_STOP = re.compile(r"\s+|\s*(?:[,，。.;；!！?？~)）\n]|$)")


@dataclass(frozen=True)
class DateFound:
    """A date as read.

    :ivar day: the day wanted, or the first of a period; nothing: no day is named
    :ivar until: last day of a period
    :ivar kind: ``on`` that day, ``by`` it at the latest, ``after`` (not before) it,
        ``asap``, ``vague`` (a person must name the day) or ``reference`` (says which
        order or since when, not when it is wanted)
    :ivar spans: offsets of its words, label and ``前`` included
    """

    day: date | None
    until: date | None
    kind: str
    confidence: float
    way: str
    spans: tuple[tuple[int, int], ...]

    @property
    def is_wanted(self) -> bool:
        return self.kind != "reference"

    @property
    def is_sure(self) -> bool:
        return self.kind != "vague" and self.confidence >= SURE


class Marks:
    """What stands around the words of a date."""

    def __init__(self, text: str, start: int):
        self.text, self.start, self.end = text, start, start
        head = text[max(0, start - 24) : start]
        label = LABEL.search(head)
        self.written = not label and bool(WRITTEN.search(head))
        self.dated = not label and not self.written and bool(DATED.search(head))
        self.labelled = bool(label)
        self.is_last = LAST.search(head)
        self.is_first = FIRST.search(head)
        self.is_on = ON.search(head)
        self.said: dict[str, str] = {}
        before = label or self.is_last or self.is_first or self.is_on
        if before:
            self.start -= len(head) - before.start()

    def read_after(self, end: int) -> None:
        """Take the words after a date that belong to it."""
        self.is_reference = bool(MEANS_ORDER.match(self.text, end))
        self.does_today = bool(TODAY_DOES.match(self.text, end))
        self.is_time = bool(CHAT_TIME.match(self.text, end))
        for _word in range(4):
            match = AFTER.match(self.text, end)
            if not match:
                break
            self.said |= {k: v for k, v in match.groupdict().items() if v}
            end = match.end()
        self.end = end
        self.has_words = bool(self.said)
        self.acts = bool(ACTS.match(self.text, end))
        self.stops = bool(NEXT_STOP.match(self.text, end))

    @property
    def makes_a_date(self) -> bool:
        said = self.said.keys() - {"weekday"}
        before = self.labelled or self.written or self.dated or self.is_last
        before = before or self.is_first
        around = said or before or self.is_on or self.acts or self.is_reference
        return bool(around or self.stops and self._is_plain_day)

    @property
    def _by_its_place(self) -> bool:
        """Return whether nothing but the end of a clause makes it a date."""
        around = self.labelled or self.is_last or self.is_first or self.is_on
        return not (around or self.has_words or self.acts)

    @property
    def _is_of_a_noun(self) -> bool:
        """Return whether ``6号`` stands right after a noun: 信封6号要."""
        words = self.text[self.start : self.end]
        head = self.text[max(0, self.start - 4) : self.start]
        return "号" in words and bool(NOUN.search(head)) and not COUNTED.search(head)

    @property
    def _is_plain_day(self) -> bool:
        """Return whether ``15号`` or ``3/15`` stands at the end of a clause."""
        words = self.text[self.start : self.end]
        is_fraction = FRACTION.match(words)
        return words.rstrip().endswith(("号", "日")) or "/" in words and not is_fraction

    def is_said_of_goods(self, period: Period) -> bool:
        """Return whether ``今天`` and ``下周`` are about the goods, not the weather."""
        if period.way not in LOOSE or self.said:
            return True
        if self.labelled or self.is_last or self.is_first or not period.first:
            return True
        rest = self._rest_of_clause()
        if ACT.search(rest) or len(rest) < 2:
            return True
        return period.way != "today" and any(sign.isdigit() for sign in rest)

    def _rest_of_clause(self) -> str:
        """Return the words of the same clause, without the date's own."""
        before = CLAUSE.split(self.text[max(0, self.start - 40) : self.start])[-1]
        after = CLAUSE.split(self.text[self.end : self.end + 40], maxsplit=1)[0]
        return (before + after).strip()

    def applied(self, period: Period, today: date) -> DateFound:
        """Return the date that a period becomes by the words around it."""
        kind, day, confidence = self._kind(period)
        until = period.last if kind == "vague" and period.last != day else None
        if "weekday" in self.said and day and not self._fits_weekday(day):
            confidence, kind = min(confidence, 0.4), "vague"
        way = period.way
        if EVERY.search(self.text, max(0, self.start - 2), self.start):
            confidence, kind, way = 0.3, "vague", "every"
        if self.dated:
            kind = kind if day and day > today else "reference"
            confidence = min(confidence, 0.8)
        if period.needs and (self._by_its_place or self._is_of_a_noun):
            confidence = min(confidence, 0.8)
        if self._is_reference(period):
            kind = "reference"
        if kind == "on" and day == today and self._is_today_past(period):
            kind = "reference"
        spans = ((self.start, self.end),)
        return DateFound(day, until, kind, confidence, way, spans)

    def _kind(self, period: Period) -> tuple[str, date | None, float]:
        first, last, sure = period.first, period.last or period.first, period.confidence
        is_one_day = first == last
        if first is None or period.kind in ("asap", "reference"):
            return period.kind or "vague", first, sure
        if "back" in self.said:
            days = number(self.said["days"])
            days *= 1 if self.said["weeks"] in "天日" else 7
            return "by", first - timedelta(days=days), min(sure, 0.9)
        if "roughly" in self.said or "during" in self.said and not is_one_day:
            return "vague", first, min(sure, 0.6)
        if "after" in self.said or self.is_first:
            sure = min(sure, 0.6)
            return "after", first if is_one_day else last + timedelta(days=1), sure
        if {"by", "latest"} & self.said.keys() or self.is_last:
            if period.before_first:
                return "by", first - timedelta(days=1), max(sure, 0.9)
            return "by", last, sure
        if period.kind:
            return period.kind, first, sure
        return ("on" if is_one_day else "vague"), first, sure

    def _fits_weekday(self, day: date) -> bool:
        return "一二三四五六日".index(self.said["weekday"].replace("天", "日")) == (
            day.weekday()
        )

    def _is_reference(self, period: Period) -> bool:
        if EVERY.search(self.text, max(0, self.start - 2), self.start):
            return False
        if self.written or self.is_reference or period.kind == "reference":
            return not self.labelled
        return self.is_time and not self.labelled and not self.is_last

    def _is_today_past(self, period: Period) -> bool:
        return period.way == "today" and self.does_today and not self.said
