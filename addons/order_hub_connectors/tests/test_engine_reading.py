from datetime import datetime, time, timedelta, timezone
from decimal import Decimal

from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.tests.properties import given

from ..engine.reading import (
    Unreadable,
    iso,
    plain_number,
    read_moment,
    read_number,
    read_zone,
)

amounts = st.decimals(
    min_value=-999_999_999, max_value=999_999_999, places=2, allow_nan=False
)
anything = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.lists(st.text())
)
moments = st.datetimes(datetime(1990, 1, 2), datetime(2200, 12, 30)).map(
    lambda moment: moment.replace(microsecond=0)
)


class TestEngineReading(BaseCase):
    """Numbers and moments as people write them."""

    # === NUMBERS === #

    def test_the_ways_people_write_numbers(self):
        for text, number in (
            ("1234.5", "1234.5"),
            ("1,234.50", "1234.5"),
            ("1.234,50", "1234.5"),
            ("1 234,50", "1234.5"),
            ("1'234.50", "1234.5"),
            ("1,234", "1234"),
            ("1,5", "1.5"),
            ("0,125", "0.125"),
            ("￥1,234.00", "1234"),
            ("１２３．４", "123.4"),
            ("¥12.5元", "12.5"),
            ("USD 3.20", "3.2"),
            ("€ 3,20", "3.2"),
            ("(5.00)", "-5"),
            ("5-", "-5"),
            ("−7", "-7"),
            ("1.5万", "15000"),
            (".5", "0.5"),
        ):
            self.assertEqual(plain_number(read_number(text)), number, text)

    def test_the_writer_may_be_known(self):
        self.assertEqual(read_number("1.234", ","), 1234)
        self.assertEqual(read_number("1,234", ","), Decimal("1.234"))
        self.assertEqual(read_number("1,234", "."), 1234)

    def test_what_is_no_number_is_said_not_guessed(self):
        for text in (
            "",
            "-",
            "15件460本",
            "1,23,4",
            "1e5",
            "NaN",
            "inf",
            "1.2.3,4",
            "x",
        ):
            with self.assertRaises(Unreadable, msg=text):
                read_number(text)
        for value in (None, True, [], {}, float("nan"), float("inf"), "9" * 16, 1e15):
            with self.assertRaises(Unreadable):
                read_number(value)

    @given(amounts)
    def test_a_number_survives_every_way_of_writing_it(self, number):
        english = f"{number:,.2f}"
        german = english.translate(str.maketrans(",.", ".,"))
        for text in (str(number), english, german, f"￥{english}", f" {english} 元"):
            self.assertEqual(read_number(text), number)
        self.assertEqual(Decimal(plain_number(read_number(german, ","))), number)

    @given(anything)
    def test_no_value_makes_reading_a_number_break(self, value):
        try:
            number = read_number(value)
        except Unreadable as error:
            self.assertTrue(error.code)
        else:
            self.assertRegex(plain_number(number), r"^-?\d{1,15}(\.\d{1,12})?$")

    # === MOMENTS === #

    def test_the_ways_platforms_write_moments(self):
        shanghai = read_zone("Asia/Shanghai")
        for text, moment in (
            ("2026-03-15T08:00:00Z", "2026-03-15T08:00:00Z"),
            ("2026-03-15T08:00:00.123456789Z", "2026-03-15T08:00:00Z"),
            ("2026-03-15T03:00:00-05:00", "2026-03-15T08:00:00Z"),
            ("2026-03-15 16:00:00", "2026-03-15T08:00:00Z"),
            ("2026/3/15 16:00", "2026-03-15T08:00:00Z"),
            ("2026.03.15", "2026-03-14T16:00:00Z"),
            ("2026年3月15日 16时00分", "2026-03-15T08:00:00Z"),
            ("２０２６年３月１５日", "2026-03-14T16:00:00Z"),
            ("20260315160000000+0800", "2026-03-15T08:00:00Z"),
            ("20260315", "2026-03-14T16:00:00Z"),
            (1773561600, "2026-03-15T08:00:00Z"),
            ("1773561600000", "2026-03-15T08:00:00Z"),
            (46096.5, "2026-03-15T04:00:00Z"),
        ):
            self.assertEqual(iso(read_moment(text, zone=shanghai)), moment, text)

    def test_a_day_may_have_an_hour_of_its_own(self):
        moment = read_moment("2026-03-15", zone=read_zone("+08:00"), at=time(18))
        self.assertEqual(iso(moment), "2026-03-15T10:00:00Z")

    def test_a_format_settles_what_could_be_read_in_two_ways(self):
        with self.assertRaises(Unreadable):
            read_moment("03/04/2026")
        self.assertEqual(
            iso(read_moment("03/04/2026", ("%d/%m/%Y",))), "2026-04-03T00:00:00Z"
        )
        self.assertEqual(
            iso(read_moment("40000", ("excel_1904",))), "2013-07-07T00:00:00Z"
        )

    def test_what_is_no_moment_is_said(self):
        for value in (
            "2026-02-30",
            "2026-13-01",
            "soon",
            "",
            None,
            True,
            [],
            "1900-01-01",
            "9999-12-31",
            5,
            1e30,
            "2026-03-15T25:00:00Z",
        ):
            with self.assertRaises(Unreadable, msg=value):
                read_moment(value)

    def test_an_unknown_time_zone_is_said(self):
        for name in ("Mars/Olympus", "../../etc/passwd", "+8", "/etc/passwd"):
            with self.assertRaises(Unreadable, msg=name):
                read_zone(name)

    @given(moments, st.sampled_from(("UTC", "Asia/Shanghai", "+05:30", "-03:30")))
    def test_a_moment_survives_being_written_and_read(self, local, name):
        zone = read_zone(name)
        wanted = local.replace(tzinfo=zone).astimezone(timezone.utc)
        for pattern in ("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y%m%d%H%M%S"):
            found = read_moment(local.strftime(pattern).zfill(14), zone=zone)
            self.assertEqual(found, wanted)
        self.assertEqual(read_moment(iso(wanted)), wanted)
        self.assertEqual(read_moment(wanted.timestamp(), ("epoch",)), wanted)

    @given(moments)
    def test_days_of_excel_are_exact_to_the_second(self, moment):
        days = (moment - datetime(1899, 12, 30)) / timedelta(days=1)
        found = read_moment(days, ("excel",))
        self.assertEqual(found.replace(tzinfo=None), moment)

    @given(
        anything, st.sampled_from(("auto", "epoch", "epoch_ms", "excel", "%d.%m.%y"))
    )
    def test_no_value_makes_reading_a_moment_break(self, value, name):
        try:
            self.assertEqual(read_moment(value, (name,)).tzinfo, timezone.utc)
        except Unreadable as error:
            self.assertEqual(error.code, "not_date")
