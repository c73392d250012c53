from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.tests.properties import given

from ..engine.duty import (
    BELOW,
    COMPLETE,
    DUE,
    FREE,
    INCOMPLETE,
    NO_CODE,
    NO_ORIGIN,
    NO_RATE,
    NO_TABLE,
    Item,
    Rate,
    Table,
    choose_rate,
    choose_table,
    quote,
)

DAY = date(2026, 3, 10)
RATES = (
    Rate(1, "8708", "", 2.5),
    Rate(2, "870830", "", 3.0),
    Rate(3, "8708", "CN", 27.5, threshold_kind="none"),
    Rate(4, "6403", "", 20.0, maximum=0.9),
    Rate(5, "2402", "", 10.0, minimum=1.5),
    Rate(6, "4901", "", 0.0),
)
TABLE = Table(
    1, 1, frozenset({"US"}), date(2026, 1, 1), None, "USD", threshold=800, rates=RATES
)


def item(code, amount, origin="DE", quantity=1.0, n=0):
    return Item(n, code, origin, quantity, Decimal(str(amount)))


def one(*args, table=TABLE, **more):
    return quote(table, [item(*args)], **more).lines[0]


class TestEngineDuty(BaseCase):
    """Which rate, on what, and how much; or what is missing."""

    def test_brake_discs_from_germany_pay_three_percent(self):
        line = one("8708.30.50", 1250)
        self.assertEqual((line.state, line.rate.id), (DUE, 2))
        self.assertEqual(line.duty, Decimal("37.50"))

    def test_the_longest_prefix_wins_over_the_rate_of_the_origin(self):
        self.assertEqual(choose_rate(TABLE, "8708305000", "CN")[0].id, 2)

    def test_of_two_prefixes_as_long_the_one_of_the_origin_wins(self):
        self.assertEqual(choose_rate(TABLE, "87089997", "CN")[0].id, 3)
        self.assertEqual(choose_rate(TABLE, "87089997", "DE")[0].id, 1)

    def test_up_to_the_threshold_nothing_is_due_and_a_cent_above_it_is(self):
        self.assertEqual(one("87083050", "800.00").state, BELOW)
        above = one("87083050", "800.01")
        self.assertEqual((above.state, above.duty), (DUE, Decimal("24.00")))

    def test_the_threshold_looks_at_the_whole_order(self):
        lines = [item("87083050", 500, n=0), item("87089997", 500, n=1)]
        found = quote(TABLE, lines)
        self.assertEqual([line.duty for line in found.lines], [15, Decimal("12.50")])
        self.assertEqual(found.total, Decimal("27.50"))

    def test_a_rate_may_know_no_threshold(self):
        line = one("87089997", 10, "CN")
        self.assertEqual((line.state, line.duty), (DUE, Decimal("2.75")))

    def test_thresholds_count_in_the_tables_currency_at_the_days_rate(self):
        # 5,700 yuan at 0.14 are 798 dollars, 5,800 are 812
        self.assertEqual(one("87083050", 5700, factor=0.14).state, BELOW)
        above = one("87083050", 5800, factor=0.14)
        self.assertEqual(above.duty, Decimal("174.00"))

    def test_a_maximum_a_unit_caps_the_duty(self):
        # 20 % of 1,000 would be 200; 100 pairs at 0.90 dollars are 90
        line = one("640391", 1000, "DE", 100.0)
        self.assertEqual((line.duty, line.limit), (90, "maximum"))

    def test_a_minimum_a_unit_is_turned_into_the_orders_currency(self):
        # 1.50 dollars at 0.125 dollars a unit of currency are 12 a piece
        line = one("2402", 8000, "DE", 100.0, factor=0.125)
        self.assertEqual((line.duty, line.limit), (1200, "minimum"))

    def test_freight_belongs_to_the_customs_value_where_the_table_says_so(self):
        goods = [item("87083050", 900, n=0), item("87083050", 100, n=1)]
        cif = replace(TABLE, with_freight=True)
        found = quote(cif, goods, freight=Decimal(50))
        self.assertEqual([line.base for line in found.lines], [945, 105])
        self.assertEqual(found.total, Decimal("31.50"))
        self.assertEqual(quote(TABLE, goods, freight=Decimal(50)).total, 30)

    def test_free_is_an_answer_and_missing_is_none(self):
        self.assertEqual(one("490199", 1000).state, FREE)
        for code, origin, state in (
            ("", "DE", NO_CODE),
            ("n/a", "DE", NO_CODE),
            ("9999", "DE", NO_RATE),
            ("870899", "", NO_ORIGIN),
        ):
            found = quote(TABLE, [item(code, 1000, origin)])
            self.assertEqual(found.lines[0].state, state)
            self.assertEqual((found.state, found.total), (INCOMPLETE, 0))

    def test_an_origin_is_not_asked_for_where_no_rate_depends_on_it(self):
        self.assertEqual(one("640391", 1000, "").state, DUE)

    def test_a_rate_of_another_origin_only_is_no_rate(self):
        only = replace(TABLE, rates=(Rate(9, "94", "VN", 5.0),))
        self.assertEqual(choose_rate(only, "9401", "CN"), (None, NO_RATE))

    def test_without_a_table_nothing_is_said_to_be_free(self):
        self.assertEqual(quote(None, [item("87", 1)]).state, NO_TABLE)

    def test_the_table_is_the_one_of_the_day_and_country(self):
        newer = replace(TABLE, id=2, version=2, valid_from=date(2026, 3, 10))
        over = replace(TABLE, id=3, version=3, valid_to=date(2026, 3, 9))
        tables = [TABLE, newer, over]
        self.assertEqual(choose_table(tables, "US", DAY).id, 2)
        self.assertEqual(choose_table(tables, "US", date(2026, 3, 9)).id, 3)
        self.assertIsNone(choose_table(tables, "CA", DAY))
        self.assertIsNone(choose_table(tables, "US", date(2025, 12, 31)))

    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["870830", "8708", "640391", "2402", "4901", ""]),
                st.integers(0, 10**7),
                st.sampled_from(["CN", "DE", ""]),
                st.integers(1, 999),
            ),
            max_size=6,
        ),
        st.sampled_from([0.01, 1.0, 0.001]),
        st.integers(0, 10**4),
    )
    def test_duty_is_never_negative_and_adds_up(self, rows, coin, freight):
        items = [
            Item(n, code, origin, float(units), Decimal(cents).scaleb(-2))
            for n, (code, cents, origin, units) in enumerate(rows)
        ]
        found = quote(
            replace(TABLE, with_freight=True), items, 0.14, coin, Decimal(freight)
        )
        self.assertEqual(found.total, sum(line.duty for line in found.lines))
        self.assertTrue(all(line.duty >= 0 for line in found.lines))
        self.assertIn(found.state, (COMPLETE, INCOMPLETE))
