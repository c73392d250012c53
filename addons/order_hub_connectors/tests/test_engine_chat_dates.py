import time
from datetime import date, datetime, timedelta, timezone
from math import radians, sin

from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.order_hub.tests.properties import given

from ..engine.chat import Context, Person, lunar
from ..engine.chat.dates import find_dates, wanted_date
from ..engine.chat.people import find_customer
from ..engine.chat.remarks import contact_of, remark_of, unread_of

#: A Wednesday.
NOW = datetime(2026, 11, 18, 10, tzinfo=timezone(timedelta(hours=8)))
WORDS = st.sampled_from(
    "3月15日 前 后 明天 下周五 之前 周末 月底 国庆 前三天 尽快 15号 5号 12/20 "
    "2026-12-01 "
    "三天内 到 要 发 转向节300件 M8*20 3/4寸 6205 by next Friday ASAP end of March "
    "腊月二十 W48 交期: 不急 每周一 今天下班前 昨天的单 ， \n 。 （ 周五 ） 二〇二六 "
    "二月三十号 99号 00/00 明年 后年 下下个月 十 半 \x00 İ 𠮷 é 号".split(" ")
)
TEXTS = st.one_of(st.text(max_size=120), st.lists(WORDS, max_size=20).map("".join))
PEOPLE = (
    Person("hd", ("广州宏达汽配有限公司", "王建国")),
    Person("fr", ("潍坊福瑞汽配", "王福瑞")),
    Person("li", ("义乌永康五金商行", "李明"), ("李老板",)),
    Person("abc", ("ABC Trading Ltd", "John Smith")),
)

#: text → day (None: no day), kind.
SAID = {
    "12月15日前到": ("2026-12-15", "by"),
    "send it by COB": ("2026-11-18", "asap"),
    "3/15 到货": ("2027-03-15", "on"),
    "2026-12-05要": ("2026-12-05", "on"),
    "交期：2026年12月5日": ("2026-12-05", "on"),
    "20261205 交货": ("2026-12-05", "on"),
    "15号之前发": ("2026-12-15", "by"),
    "配送日期：8/30": ("2027-08-30", "on"),
    "要求到货时间：11月26日": ("2026-11-26", "on"),
    "二〇二六年十二月五日": ("2026-12-05", "on"),
    "改到20号": ("2026-11-20", "on"),
    "推迟到12月1号": ("2026-12-01", "on"),
    "20号到": ("2026-11-20", "on"),
    "下月5号": ("2026-12-05", "on"),
    "明天上午10点前送到": ("2026-11-19", "by"),
    "大后天送": ("2026-11-21", "on"),
    "三天内发货": ("2026-11-21", "by"),
    "半个月内": ("2026-12-03", "by"),
    "3个工作日内": ("2026-11-23", "by"),
    "一周后": ("2026-11-25", "on"),
    "本周五": ("2026-11-20", "on"),
    "周五前": ("2026-11-20", "by"),
    "下周五之前": ("2026-11-27", "by"),
    "这週五之前": ("2026-11-20", "by"),
    "下下周一": ("2026-11-30", "on"),
    "月底前": ("2026-11-30", "by"),
    "下月底": ("2026-12-31", "by"),
    "季度末前": ("2026-12-31", "by"),
    "年前要": ("2027-02-05", "by"),
    "春节前": ("2027-02-05", "by"),
    "国庆前三天": ("2027-09-28", "by"),
    "中秋前一周": ("2027-09-08", "by"),
    "腊月二十前": ("2027-01-27", "by"),
    "今天下班前": ("2026-11-18", "asap"),
    "尽快发": (None, "asap"),
    "周末": ("2026-11-21", "vague"),
    "中旬": ("2026-11-11", "vague"),
    "12月初": ("2026-12-01", "vague"),
    "11月25日到28日": ("2026-11-25", "vague"),
    "每周一送": ("2026-11-23", "vague"),
    "by next Friday": ("2026-11-27", "by"),
    "before Dec 20": ("2026-12-20", "by"),
    "end of March": ("2027-03-31", "by"),
    "within 3 days": ("2026-11-21", "by"),
    "ship it tomorrow": ("2026-11-19", "on"),
    "EOD please": ("2026-11-18", "asap"),
    "１２月１日": ("2026-12-01", "on"),
}
NO_DATES = (
    "COB射灯60个",
    "60 COB spotlights",
    "spotlight COB, 60",
    "PO20261101 300件",
    "M8*20螺丝 3/4寸弯头50个",
    "5号电池20盒",
    "5号球20个",
    "国庆装饰品20套",
    "急停按钮20个 应急灯10个",
    "1/2寸球阀 15W-40机油",
    "送到3号仓库2号楼",
    "13800138000",
    "单价3.15元",
)
#: Dates that do not say when something is wanted.
TOLD = (
    "昨天那批轴承再来50",
    "15号的单改成200",
    "订单日期：2026-11-18",
    "张总 2026/11/18 14:03",
    "今天天气真好",
    "明天见",
    "货款月底结",
    "今天订300件",
)


def new_moon(number):
    """Return when a new moon is in Beijing (Meeus, chapter 49), 0 in January 2000."""
    t = number / 1236.85
    day = 2451550.09766 + 29.530588861 * number + 0.00015437 * t * t
    e = 1 - 0.002516 * t
    sun = radians(2.5534 + 29.1053567 * number)
    moon = radians(201.5643 + 385.81693528 * number + 0.0107582 * t * t)
    width = radians(160.7108 + 390.67050284 * number - 0.0016118 * t * t)
    node = radians(124.7746 - 1.56375588 * number)
    day += (
        -0.4072 * sin(moon)
        + 0.17241 * e * sin(sun)
        + 0.01608 * sin(2 * moon)
        + 0.01039 * sin(2 * width)
        + 0.00739 * e * sin(moon - sun)
        - 0.00514 * e * sin(moon + sun)
        + 0.00208 * e * e * sin(2 * sun)
        - 0.00111 * sin(moon - 2 * width)
        - 0.00057 * sin(moon + 2 * width)
        + 0.00056 * e * sin(2 * moon + sun)
        - 0.00042 * sin(3 * moon)
        + 0.00042 * e * sin(sun + 2 * width)
        + 0.00038 * e * sin(sun - 2 * width)
        - 0.00024 * e * sin(2 * moon - sun)
        - 0.00017 * sin(node)
        + 0.000325 * sin(radians(299.77 + 0.107408 * number))
    )
    noon = datetime(2000, 1, 1, 12) + timedelta(days=day - 2451545)
    # 69 seconds between dynamical time and the clock.
    return noon - timedelta(seconds=69) + timedelta(hours=8)


@tagged("post_install", "-at_install")
class TestEngineChatDates(BaseCase):
    def _one(self, text):
        found = find_dates(text, NOW)
        self.assertTrue(found, text)
        return found[0]

    def test_a_day_is_read_in_every_way_it_is_said(self):
        for text, (day, kind) in SAID.items():
            with self.subTest(text):
                found = self._one(text)
                self.assertEqual(str(found.day), str(day))
                self.assertEqual(found.kind, kind)

    def test_codes_sizes_and_names_of_goods_are_no_dates(self):
        for text in NO_DATES:
            with self.subTest(text):
                self.assertFalse(find_dates(text, NOW))

    def test_a_date_that_tells_which_order_is_meant_is_not_wanted(self):
        for text in TOLD:
            with self.subTest(text):
                self.assertEqual(
                    {one.kind for one in find_dates(text, NOW)}, {"reference"}
                )
                self.assertEqual(wanted_date(find_dates(text, NOW)), (None, ""))

    def test_a_day_that_has_passed_means_the_next_one_and_is_doubted_when_far(self):
        self.assertTrue(self._one("3月15日前").is_sure)
        recent = self._one("11月1日前")
        self.assertEqual(recent.day, date(2027, 11, 1))
        self.assertFalse(recent.is_sure)
        self.assertFalse(self._one("2026-11-01到").is_sure)

    def test_a_day_that_does_not_exist_is_doubted(self):
        self.assertFalse(self._one("二月三十号").is_sure)

    def test_a_weekday_that_does_not_fit_its_date_is_doubted(self):
        self.assertTrue(self._one("12月4日（周五）到").is_sure)
        self.assertFalse(self._one("12月1日（周五）到").is_sure)

    def test_two_days_or_a_period_leave_the_choice_to_a_person(self):
        for text, doubt in (
            ("周五或者周六送", "dates_differ"),
            ("周末送", "date_vague"),
            ("12/05/2026", "date_unsure"),
            ("ASAP, by Friday", ""),
        ):
            with self.subTest(text):
                self.assertEqual(wanted_date(find_dates(text, NOW))[1], doubt)

    def test_working_days_leave_out_days_off(self):
        friday = NOW.replace(month=9, day=30, year=2026)
        off = {date(2026, 10, 1), date(2026, 10, 2)}
        found = find_dates("3个工作日内", friday, off)[0]
        self.assertEqual(found.day, date(2026, 10, 7))

    def test_working_days_of_a_year_not_yet_published_are_weekdays(self):
        later = NOW.replace(year=2031, month=1, day=1)
        self.assertEqual(find_dates("1个工作日内", later)[0].day, date(2031, 1, 2))

    def test_the_words_of_a_date_are_marked_with_label_and_before(self):
        for text, words in (
            ("发300件,3月15日前到", "3月15日前"),
            ("交期：12月5日，", "交期：12月5日"),
            ("need it by Friday pls", "by Friday"),
        ):
            start, end = self._one(text).spans[0]
            self.assertEqual(text[start:end], words)

    def test_months_of_the_chinese_calendar_begin_with_the_new_moon(self):
        moons = {new_moon(number).date() for number in range(305, 400)}
        for year in lunar.MONTHS:
            for month in range(1, 13):
                self.assertIn(lunar.lunar_day(year, month, 1), moons)

    def test_outside_the_table_no_festival_is_guessed(self):
        self.assertIsNone(lunar.festival("春节", 2040))
        self.assertFalse(find_dates("春节前要", NOW.replace(year=2040))[0].is_sure)

    @given(TEXTS)
    def test_no_text_breaks_the_reading_of_dates(self, text):
        for one in find_dates(text, NOW):
            for start, end in one.spans:
                self.assertTrue(0 <= start < end <= len(text))
            self.assertTrue(0 <= one.confidence <= 1)

    @given(st.dates(date(2026, 11, 19), date(2027, 5, 1)))
    def test_a_written_day_comes_back(self, day):
        for text in (
            f"{day.year}-{day.month:02}-{day.day:02}到货",
            f"{day.year}年{day.month}月{day.day}日前",
            f"{day.month}月{day.day}号要",
            f"交期{day.month}/{day.day}",
        ):
            self.assertEqual(self._one(text).day, day, text)

    def test_long_texts_take_time_by_their_length_only(self):
        for piece in ("3月", "下下", "1/1/", "国庆前", "一二三", "by the ", "周一至"):
            started = time.thread_time()
            find_dates(piece * (4000 // len(piece)), NOW)
            self.assertLess(time.thread_time() - started, 0.5, piece)


@tagged("post_install", "-at_install")
class TestEngineChatPeople(BaseCase):
    def _customer(self, text, bound=None):
        found = find_customer(text, Context(NOW, None, PEOPLE, bound))
        return found.value, found.way

    def test_the_senders_binding_decides(self):
        self.assertEqual(self._customer("王总,发300件", "li"), ("li", "bound"))

    def test_whoever_is_named_orders(self):
        for text, key in (
            ("广州宏达汽配有限公司 订货", "hd"),
            ("宏达汽配要300件", "hd"),
            ("李老板要200个", "li"),
            ("this is John from ABC Trading, need 200", "abc"),
        ):
            with self.subTest(text):
                self.assertEqual(self._customer(text)[0], key)

    def test_a_surname_that_two_have_takes_neither_for_sure(self):
        found = find_customer("王总,发300件", Context(NOW, None, PEOPLE))
        self.assertLess(found.confidence, 0.9)
        self.assertEqual({one["value"] for one in found.candidates}, {"hd", "fr"})

    def test_an_order_for_somebody_else_is_doubted(self):
        found = find_customer("帮宏达汽配发300件", Context(NOW, None, PEOPLE, "li"))
        self.assertEqual(found.way, "other")
        self.assertLess(found.confidence, 0.9)

    def test_nobody_known_is_nobody(self):
        self.assertEqual(self._customer("转向节300件"), (None, ""))

    @given(TEXTS)
    def test_no_text_breaks_the_search_for_people(self, text):
        find_customer(text, Context(NOW, None, PEOPLE))


@tagged("post_install", "-at_install")
class TestEngineChatRemarks(BaseCase):
    def test_where_and_to_whom_is_read(self):
        text = "转向节300件,送到广州市白云区石井街道168号,张三 13800138000"
        contact = contact_of(text)
        self.assertEqual(contact.address.value, "广州市白云区石井街道168号")
        self.assertEqual(contact.phone.value, "13800138000")
        self.assertEqual(contact.receiver.value, "张三")

    def test_wishes_are_kept_and_courtesy_is_not(self):
        text = "麻烦包装打托，开专票，谢谢老板"
        self.assertEqual(remark_of(text, ()).value, "麻烦包装打托；开专票")
        self.assertFalse(unread_of(text, ()))

    def test_what_nobody_read_is_told(self):
        text = "转向节300件，离合器片"
        spans = unread_of(text, ((0, 7),))
        self.assertEqual([text[start:end] for start, end in spans], ["离合器片"])

    @given(TEXTS, st.integers(0, 60), st.integers(0, 60))
    def test_no_text_breaks_the_reading_of_wishes(self, text, start, length):
        used = ((start, start + length),)
        contact = contact_of(text)
        found = remark_of(text, used)
        for first, last in (*contact.spans, *found.spans, *unread_of(text, used)):
            self.assertTrue(0 <= first <= last <= len(text))
