"""The ways of saying a date: their patterns, and who reads them."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from . import date_readers as read
from .date_periods import Period, Workday
from .date_words import DAY_NAMES, MONTH_NAMES, NUM

#: The other languages' letters and digits do not stop a word: ``请asap发``.
BEGIN, END = r"(?<![a-z\d])", r"(?![a-z\d])"
Reader = Callable[[re.Match, date, Workday], Period | None]


@dataclass(frozen=True)
class Rule:
    """A way of saying a date.

    :ivar hints: one of these must be in the text, else the pattern is not tried
    """

    pattern: re.Pattern
    read: Reader
    hints: str


OFF_WORK = "下班之?以?前|午饭前|天黑前"
PART = r"上午|下午|中午|早上|晚上|傍晚|凌晨|一早|晚间|(?:早|晚)(?![点些期餐饭])"
CLOCK = r"\d{1,2}(?:点(?:半|钟|\d\d分?)?|[:：]\d\d(?::\d\d)?)"
CLOCK_BEFORE = (
    rf"(?:{PART})\s?(?:{CLOCK})?\s?(?:之前|以前|前)|(?<!\d){CLOCK}\s?(?:之前|以前|前)"
)
SEPARATED = r"\s*[-/.年]\s*"
MONTH_PARTS = "底|末|尾|初|头|上旬|中旬|下旬|中|之内|以内|内"
HURRY = (
    r"(?<![不没无应紧救危着])急用(?!灯)|(?<![不没一])要快(?![递餐门捷])"
    r"|(?<![不没无应紧救危着])急(?![停救冻刹诊流弯性剧速]|用灯)|加急|特急|急需|急用|着急"
    r"|紧急(?!出口|停|按钮|开关|照明|制动|切断|救|疏散|灯|呼叫|阀|电话)"
    r"|尽快|尽早|尽速|赶紧|赶快|马上|立刻|立即|即刻|火速|速发|越快越好|抓紧|快点|"
    r"快些|快一点"
    rf"|{BEGIN}(?:asap|a\.s\.a\.p\.?|urgent(?:ly)?|rush|immediately|right away"
    rf"|as soon as possible){END}"
)
#: Told after a word that may be chat: ``回头发``.
SOME_DAY = (
    r"过几天|过两天|过些天|这几天|这两天|改天|等通知|等我通知|待定|另行通知|时间另定|"
    r"时间不定"
    r"|过完年|开春后?|(?:开工|复工|节假日)后?(?=[再发要到送来])|"
    r"初[一二三四五六七八九十](?=[后前再发要到送来])"
    r"|(?:近期|最近|回头|稍后|晚点|晚些|有空|方便时)(?=再?[发要到送来])"
    rf"|{BEGIN}(?:tbd|tba|some ?day|when ready){END}"
)


def _rule(pattern: str, read: Reader, hints: str) -> Rule:
    return Rule(re.compile(pattern), read, hints)


#: The first rule that takes some words has them.
RULES = (
    _rule(r"不用?(?:太|很|是很|那么)?着?急|不赶|不急着", read.no_hurry, "急赶"),
    _rule(
        rf"(?<![a-z\d#-])(20\d\d|\d\d(?=\s*年)){SEPARATED}(\d{{1,2}})\s*[-/.月]\s*"
        r"(\d{1,2})\s*(?:[日号]|(?!\d|-\d))",
        read.year_month_day,
        "-/.年",
    ),
    _rule(
        rf"二[零〇](?P<tens>[一二三四])(?P<ones>[零〇一二三四五六七八九])年"
        rf"(?P<month>{NUM})月(?P<day>{NUM})[日号]?",
        read.chinese_year,
        "年",
    ),
    _rule(
        r"(?<![a-z\d#/_-])(20[23]\d)(0[1-9]|1[0-2])([0-2]\d|3[01])(?![a-z\d_-])",
        read.compact,
        "2",
    ),
    _rule(
        r"(?<![a-z\d#/.-])(\d{1,2})[-/.](\d{1,2})[-/.](20\d\d)(?!\d)",
        read.english_numbers,
        "-/.",
    ),
    _rule(
        rf"(?:农历|阴历|旧历)(?P<month>正|冬|腊|{NUM})月(?P<day>初?{NUM}|"
        r"廿[一二三四五六七八九]?)"
        rf"|(?P<month2>)(?!)",
        read.lunar_date,
        "历",
    ),
    _rule(
        rf"(?P<month>正|腊|冬|{NUM}(?=月初[一二三四五六七八九十]))月"
        rf"(?P<day>初[一二三四五六七八九十]|(?<=[正腊冬]月){NUM}|"
        r"廿[一二三四五六七八九]?)日?",
        read.lunar_date,
        "月",
    ),
    _rule(
        r"(?P<about>大概|大约|差不多|"
        rf"[一两二三四五几](?=[二三四五六七八]))?(?<![\d.])(?P<count>半|{NUM})\s?个?"
        r"(?P<unit>工作日|天|日(?=[内之以])|周|星期|礼拜|月|小时|"
        r"钟头)(?P<roughly>左右)?"
        r"(?P<end>之内|以内|内|之后|以后|左右|后(?!天|[轮桥盖视备]))",
        read.within,
        "内后左",
    ),
    _rule(
        r"(?:(?P<year>[今明后])年的?|"
        rf"(?<!年))(?P<month>{NUM})月份?的?(?P<day>{NUM})\s*(?:日|"
        r"号)?"
        rf"(?:\s*(?:到|至|-|~|—)+\s*(?P<last>{NUM})(?:日|号))?",
        read.month_day,
        "月",
    ),
    _rule(
        r"(?P<which>(?:下下|下|上|本|这)个?月|"
        rf"当月)?的?(?<![a-z\d楼栋座给去#-])(?P<day>{NUM})(?:日|号)?"
        rf"(?:\s*(?:到|至|-|~|—)+\s*(?P<last>{NUM}))?(?:日|号)",
        read.day_of_month,
        "日号",
    ),
    _rule(
        r"(?P<which>下下个?|下个?|上个?|本|这个?|"
        rf"当)月的?(?P<word>)(?P<part>{MONTH_PARTS})?"
        r"|"
        r"(?:(?P<year>20\d\d|[今明])年的?|"
        rf"(?<![\d.年]))(?P<number>{NUM})月(?![饼亮季牙光结租销台白])份?的?(?P<part2>{MONTH_PARTS})?",
        read.month_groups,
        "月",
    ),
    _rule(
        r"(?P<which>)(?P<word>)月的?(?P<part>底|末(?!期)|尾|初|中旬|上旬|下旬|"
        r"中(?=[前要发到交旬左])|内)"
        r"|(?<!个)(?P<ten>[上中下]旬)",
        read.month_groups,
        "月旬",
    ),
    _rule(
        r"(?<![\d/.])(\d{1,2})/(\d{1,2})[日号]?\s?(?:-|~|到|至)\s?(\d{1,2})/(\d{1,2})"
        r"[日号]?(?![\d/])",
        read.slash_period,
        "/",
    ),
    _rule(
        r"(?<![a-z\d./#*x×-])(\d{1,2})[/.~-](\d{1,2})\s*(?P<day>[日号])?"
        r"(?![a-z\d/*×%\"'″”寸英分管-]|\.\d)",
        read.slash,
        "/.-~",
    ),
    _rule(
        r"(?P<which>下下个?|下个?|上上?个?|这个?|本)?(?:周|星期|"
        r"礼拜)(?P<day>[一二三四五六日天]|[1-6](?!\d))"
        r"(?:[、和或到至-]?(?:周|星期|"
        r"礼拜)?(?P<last>[二三四五六日天])(?![\u4e00-\u9fff]*?[个件套]))?",
        read.weekday,
        "周星礼",
    ),
    _rule(
        rf"第\s?(?P<a>\d{{1,2}})\s?周|{BEGIN}(?:cw|wk|week|"
        rf"w)[ -]?(?P<b>\d{{1,2}}){END}",
        read.week_number,
        "周w",
    ),
    _rule(rf"(?:今天?)?(?:{OFF_WORK})", read.off_work, "前"),
    _rule(r"明后天|今明两天|这两三天|[一两]两天内?", read.some_day, "天"),
    _rule(r"次日|隔天|第二天", read.next_day, "日天"),
    _rule(read.NEAR_WORDS, read.near, "今明后昨前当即刚t"),
    _rule(
        rf"{BEGIN}(?P<about>about |around )?(?P<x>within|in) (?:the next )?"
        r"(?P<count>\d{1,2}|an?|one|two|three|four|five|six|seven|ten|half a) "
        r"(?P<unit>(?:working |business )?days?|weeks?|months?|hours?|"
        r"hrs?)(?P<roughly>)(?P<end>)"
        rf"{END}",
        read.english_within,
        "w i",
    ),
    _rule(
        r"(?:下下个?|下个?|上上?个?|这个?|本)(?:周|星期|礼拜)(?:之内|以内|末|初|内)?"
        rf"|周末|(?<![一二两三四五六七八九十半\d个几])周内|{BEGIN}(?:this|next|"
        rf"last) (?:week(?:end)?){END}",
        read.week,
        "周星礼w",
    ),
    _rule(
        r"(?:第?(?P<number>[一二三四1-4])|本|这个?)?季度?[末底]|"
        rf"{BEGIN}(?:end of )?q(?P<q>[1-4]) ?(?:end|末|底)",
        read.quarter_end,
        "季q",
    ),
    _rule(r"年[底末](?!奖)", read.year_end, "年"),
    _rule(
        r"(?<![\d一二三四五六七八九十半几多两去今明每早])年[前后](?=[要到发送交给拿出用必务完,。\s!！]|"
        r""
        r""
        r"$)",
        read.around_new_year,
        "年",
    ),
    _rule(
        read.FESTIVALS,
        read.festival_day,
        "旦节年元清五端七中八国十重腊小除情三妇六儿双教建平圣劳跨6cmlnsx",
    ),
    _rule(
        r"(?<![\u4e00-\u9fff])节(?=[前后])|(?:放假|长假|假期|小长假)(?=[之以]?[前后])",
        read.holiday,
        "节假",
    ),
    _rule(
        rf"{BEGIN}(?P<month>{MONTH_NAMES})\.? ?(?P<day>\d{{1,2}})(?:st|nd|rd|"
        rf"th)?{END}(?:,? (?P<year>20\d\d))?",
        read.english_month,
        "jfmasond",
    ),
    _rule(
        rf"{BEGIN}(?P<day>\d{{1,2}})(?:st|nd|rd|"
        rf"th)?[ -](?:of )?(?P<month>{MONTH_NAMES}){END}(?:,?[ -](?P<year>20\d\d))?",
        read.english_month,
        "jfmasond",
    ),
    _rule(
        rf"{BEGIN}(?P<part>end|early|late|mid|middle|beginning|start)(?: of|"
        r"-)? ?(?:the |this |next )?"
        rf"(?P<what>month|week|year|{MONTH_NAMES}){END}",
        read.english_part,
        "eml bs",
    ),
    _rule(
        rf"{BEGIN}(?:eod|close of business|eow|eom|month[ -]?end){END}",
        read.end_of,
        "ecm",
    ),
    # A lamp is COB as well: only what stands with a date means the end of the day.
    _rule(
        r"(?:(?<=by )|(?<=before )|(?<=until )|(?<=till ))cob"
        rf"{END}|{BEGIN}cob(?= today{END}|之?前)",
        read.end_of,
        "c",
    ),
    _rule(rf"{BEGIN}(?:this|next) month{END}", read.next_month, "m"),
    _rule(
        rf"{BEGIN}(?P<which>next |this |coming |last )?(?P<day>{DAY_NAMES}){END}",
        read.english_weekday,
        "mtwfs",
    ),
    _rule(rf"{BEGIN}the (\d{{1,2}})(?:st|nd|rd|th){END}", read.nth, "t"),
    _rule(CLOCK_BEFORE, read.off_work_unsure, "前"),
    _rule(HURRY, read.soon, "急快早速紧上立即刻aur"),
    _rule(SOME_DAY, read.some_day, "天知定期近回稍晚有方完春工初tsw"),
)
