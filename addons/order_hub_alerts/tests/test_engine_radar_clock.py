import doctest
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.const import MILESTONES
from odoo.addons.order_hub.tests.properties import given

from ..engine import calendars, notices, radar_clock
from ..engine.radar_clock import Clock, Step, positions, progress

MONDAY = datetime(2026, 3, 2)
RANKS = {name: place for place, (name, _label) in enumerate(MILESTONES)}
SHANGHAI = ZoneInfo("Asia/Shanghai")


def week(origin=MONDAY, days=14):
    """Working time from 8 to 16, Monday to Friday, on a clock of UTC."""
    spans = [
        (day + timedelta(hours=8), day + timedelta(hours=16))
        for day in (origin.replace(hour=0) + timedelta(days=n) for n in range(days))
        if day.weekday() < 5
    ]
    return Clock(origin, spans, origin + timedelta(days=days))


class TestEngineRadarClock(BaseCase):
    """Hours of work as hours of the clock."""

    def test_the_examples_in_the_words_of_the_code_are_true(self):
        for module in (radar_clock,):
            self.assertEqual(doctest.testmod(module).failed, 0)

    def test_ten_hours_of_work_from_friday_at_four_last_until_tuesday(self):
        friday, tuesday = datetime(2026, 3, 6, 16), datetime(2026, 3, 10, 10)
        self.assertEqual(timedelta(hours=week(friday).elapsed(10)), tuesday - friday)

    def test_work_beyond_what_is_known_goes_on_at_the_same_rate(self):
        clock = week()
        self.assertAlmostEqual(clock.elapsed(2 * clock.total), 2 * 14 * 24)
        self.assertAlmostEqual(clock.work(MONDAY + timedelta(days=28)), 160)

    def test_without_working_time_an_hour_of_work_is_one_of_the_clock(self):
        clock = Clock(MONDAY, (), MONDAY + timedelta(days=1))
        self.assertEqual(clock.elapsed(5), 5)
        self.assertEqual(clock.spread(5), 5)
        self.assertEqual(clock.work(MONDAY + timedelta(hours=9)), 0)

    @given(st.floats(0.01, 300), st.integers(0, 13 * 24))
    def test_work_and_elapsed_are_each_others_reverse(self, work, shift):
        clock = week(MONDAY + timedelta(hours=shift), 20)
        moment = clock.origin + timedelta(hours=clock.elapsed(work))
        self.assertAlmostEqual(clock.work(moment), work, places=3)

    @given(st.lists(st.floats(0, 400), min_size=2, max_size=2))
    def test_more_work_never_ends_earlier(self, works):
        less, more = sorted(works)
        clock = week()
        self.assertLessEqual(clock.elapsed(less), clock.elapsed(more) + 1e-9)
        self.assertGreaterEqual(clock.elapsed(more) + 1e-9, more)

    def test_the_week_of_the_spring_festival_is_no_working_time(self):
        first, last = datetime(2025, 1, 27, 16), datetime(2025, 2, 10)
        slots = [calendars.Slot(day, 8, 16) for day in range(5)]
        since, until = (
            calendars.aware(first) - timedelta(days=30),
            calendars.aware(last),
        )
        plain = calendars.weekly(slots, SHANGHAI, since, until)
        days = calendars.chinese_days(since.date(), until.date())
        spans = calendars.with_public_days(plain, days, SHANGHAI)
        naive = [tuple(map(calendars.naive, span)) for span in spans]
        clock = Clock(first, naive, last)
        self.assertEqual(clock.work(datetime(2025, 2, 4, 16)), 0)
        self.assertEqual(clock.elapsed(1), 8 * 24 + 9)
        saturday = datetime(2025, 2, 7, 16)  # 8 February makes up for the bridge day
        self.assertEqual(clock.work(saturday + timedelta(days=1)), 4 * 8)


class TestEngineRadarPlan(BaseCase):
    """How far an order is, by the plan of its flow."""

    STEPS = (
        Step(1, "received", 4),
        Step(2, "approved", 8),
        Step(3, "preparing", 24),
        Step(4, "picked", 2),
        Step(5, "shipped", 48),
        Step(6, "delivered"),
        Step(7, "closed"),
    )

    def at(self, stage):
        return positions(self.STEPS, RANKS)[stage]

    def test_stages_from_the_arrival_on_are_none_of_the_way(self):
        self.assertEqual(set(positions(self.STEPS, RANKS)), {1, 2, 3, 4, 5})

    def test_without_a_delivery_stage_shipping_ends_the_way(self):
        steps = [step for step in self.STEPS if step.milestone != "delivered"]
        self.assertEqual(set(positions(steps, RANKS)), {1, 2, 3, 4})

    def test_time_before_the_order_was_accepted_counts_for_nothing(self):
        found = progress(self.at(1), 1, 0)
        self.assertEqual((found.done_hours, found.left_hours), (0, 85))

    def test_what_is_done_and_left_add_up_to_the_plan(self):
        for stage in (2, 3, 4, 5):
            found = progress(self.at(stage), 1, 10)
            self.assertEqual(found.done_hours + found.left_hours, 82)

    def test_a_stage_that_lasts_longer_is_done_once(self):
        found = progress(self.at(3), 100, 108)
        self.assertEqual((found.done_hours, found.left_hours), (32, 50))
        self.assertEqual(found.elapsed_hours, 108)

    def test_operations_stand_for_the_stages_of_making(self):
        found = progress(self.at(3), 5, 20, (10, 30))
        self.assertEqual((found.done_hours, found.left_hours), (18, 80))

    def test_without_any_plan_nobody_knows(self):
        steps = [Step(1, "received"), Step(2, "preparing"), Step(3, "delivered")]
        self.assertIsNone(progress(positions(steps, RANKS)[2], 5, 9))

    @given(st.floats(0, 500), st.sampled_from([1, 2, 3, 4, 5]))
    def test_waiting_never_adds_to_what_is_left(self, hours, stage):
        before = progress(self.at(stage), 0, 0)
        after = progress(self.at(stage), hours, hours)
        self.assertLessEqual(after.left_hours, before.left_hours)


class TestEngineNotices(BaseCase):
    """Notices as others write them."""

    def test_a_table_is_read_with_clock_times_of_the_place(self):
        text = (
            "title,severity,start,end,country,state,city\n"
            "台风,critical,2026-08-01 08:00,2026-08-03,CN,Zhejiang,宁波\n"
        )
        [notice] = notices.read(text.encode("utf-8-sig"), SHANGHAI)
        self.assertEqual(notice.title, "台风")
        self.assertEqual(notice.start, datetime(2026, 8, 1))
        self.assertEqual(notice.end, datetime(2026, 8, 2, 16))
        self.assertEqual((notice.severity, notice.city), ("critical", "宁波"))

    def test_a_list_in_an_answer_is_found_and_foreign_words_are_known(self):
        text = (
            '{"alerts": [{"headline": "Flood", "level": "Red", "id": 7,'
            ' "expires": "2026-08-01T00:00:00Z"}]}'
        )
        [notice] = notices.read(text.encode(), SHANGHAI)
        self.assertEqual((notice.reference, notice.severity), ("7", "critical"))
        self.assertEqual(notice.end, datetime(2026, 8, 1))

    def test_what_cannot_be_read_says_where(self):
        for text, words in (
            ("[1, 2", "JSON"),
            ('{"a": 1}', "no list"),
            ("title\n\n,\n", "Row 1 has no title"),
            ("title,start\nA,soon", "soon is no date"),
            ("title,start,end\nA,2026-02-02,2026-02-01", "ends before"),
            ("[3]", "no columns"),
        ):
            with self.assertRaisesRegex(notices.Unreadable, words):
                notices.read(text.encode(), SHANGHAI)
        with self.assertRaises(notices.Unreadable):
            notices.read(b"\xff\xfe\x00", SHANGHAI)

    @given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
    def test_whatever_is_sent_is_read_or_refused(self, content):
        try:
            found = notices.read(content, SHANGHAI)
        except notices.Unreadable:
            return
        self.assertTrue(all(each.title for each in found))
