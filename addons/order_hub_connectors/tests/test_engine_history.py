"""Orders of the past out of rows, without a database."""

from datetime import date, datetime
from decimal import Decimal

from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.tests.properties import given

from ..engine.history import (
    DOUBTS,
    NotRead,
    judge,
    moment,
    number,
    plain,
    safe_parts,
    subtotal,
    together,
    typed,
)

TODAY = date(2026, 3, 10)
ROW = {
    "external_ref": "2019-0007",
    "date": "2019-05-06",
    "customer.name": "太湖汽修",
    "lines[].sku": "ZXJ-0123",
    "lines[].quantity": "12",
    "lines[].unit_price": "160",
    "lines[].amount": "1920",
}
TARGETS = [*ROW, "total", "note", "lines[].discount", "lines[].name", "currency"]
VALUES = st.one_of(
    st.none(),
    st.text(max_size=30),
    st.floats(),
    st.integers(),
    st.decimals(),
    st.dates(),
    st.datetimes(),
    st.booleans(),
)


def codes(values, **kwargs):
    judged = judge(values, kwargs.pop("confidence", {}), TODAY, **kwargs)
    return [doubt["code"] for doubt in judged.doubts]


class TestEngineHistory(BaseCase):
    def test_a_row_that_says_everything_is_certain(self):
        judged = judge(ROW, {}, TODAY)
        self.assertEqual((judged.confidence, judged.doubts), (1.0, ()))
        self.assertEqual(judged.day, date(2019, 5, 6))
        self.assertEqual(judged.subtotal, Decimal("1920.00"))

    def test_what_an_order_needs_is_missed(self):
        for target, code in (
            ("external_ref", "no_number"),
            ("date", "no_date"),
            ("customer.name", "no_customer"),
            ("lines[].quantity", "no_quantity"),
        ):
            row = {name: value for name, value in ROW.items() if name != target}
            self.assertIn(code, codes(row))
            self.assertLessEqual(judge(row, {}, TODAY).confidence, DOUBTS[code])

    def test_a_row_of_money_alone_is_an_order(self):
        row = {"external_ref": "7", "date": "2019-05-06", "customer.name": "A"}
        self.assertIn("no_article", codes(row))
        self.assertEqual(codes({**row, "total": "88.5"}), [])

    def test_arithmetic_is_checked_within_rounding(self):
        self.assertEqual(codes({**ROW, "lines[].amount": "1920.05"}), [])
        self.assertEqual(codes({**ROW, "lines[].amount": "1930"}), ["amount_differs"])
        self.assertEqual(
            codes({**ROW, "lines[].amount": "1728", "lines[].discount": "10"}), []
        )

    def test_days_that_cannot_be_past_are_seen(self):
        self.assertEqual(codes({**ROW, "date": "2027-01-01"}), ["date_ahead"])
        self.assertEqual(codes({**ROW, "date": "1900-01-05"}), ["date_old"])

    def test_cancelled_orders_are_seen(self):
        self.assertEqual(codes({**ROW, "status": "已取消"}), ["cancelled"])
        self.assertEqual(codes({**ROW, "status": "已完成"}), [])

    def test_what_could_not_be_read_is_not_certain(self):
        row = {**ROW, "lines[].amount": None}
        self.assertEqual(judge(row, {"lines[].amount": 0.0}, TODAY).confidence, 0)

    def test_the_lowest_confidence_of_what_is_needed_counts(self):
        judged = judge(ROW, {"lines[].quantity": 0.7, "note": 0.1}, TODAY)
        self.assertEqual(judged.confidence, 0.7)

    def test_typed_values_are_read_or_refused(self):
        self.assertEqual(typed("date", "2019/05/06"), "2019-05-06")
        self.assertEqual(typed("lines[].quantity", "1,200"), "1200")
        self.assertEqual(typed("external_ref", 12), "12")
        self.assertIsNone(typed("date", ""))
        for target, text in (("date", "soon"), ("lines[].quantity", "many")):
            with self.assertRaises(NotRead):
                typed(target, text)

    def test_amounts_fall_back_on_quantity_and_price(self):
        row = {name: ROW[name] for name in ("lines[].quantity", "lines[].unit_price")}
        self.assertEqual(subtotal(row), Decimal("1920.00"))
        self.assertEqual(subtotal({}), 0)

    def test_folders_never_lead_out(self):
        self.assertEqual(safe_parts("erp/2019"), ("erp", "2019"))
        for text in ("", "/etc", "..", "a/../b", "~x", "a\\b", ".git", "a/\x00", None):
            self.assertIsNone(safe_parts(text), text)

    # === TOGETHER === #

    def _row(self, id_, **values):
        return {
            "id": id_,
            "key": values.get("external_ref", "2019-0007"),
            "number": values.get("external_ref", "2019-0007"),
            "partner": values.pop("partner", 3),
            "product": values.pop("product", 5),
            "uom": 1,
            "place": f"S {id_}",
            "values": {**ROW, **values},
        }

    def test_rows_of_one_number_are_one_order_of_the_earliest_day(self):
        rows = [
            self._row(1, note="red boxes"),
            self._row(2, external_ref="8"),
            self._row(3, date="2019-05-01", note="red boxes"),
        ]
        orders = together(rows)
        self.assertEqual([order.rows for order in orders], [[1, 3], [2]])
        self.assertEqual(orders[0].date, datetime(2019, 5, 1, 12))
        self.assertEqual((orders[0].note, orders[0].problem), ("red boxes", ""))

    def test_rows_that_contradict_each_other_are_a_problem(self):
        rows = [self._row(1), self._row(2, partner=4)]
        self.assertEqual(together(rows)[0].problem, "customers_differ")
        rows = [self._row(1, currency="CNY"), self._row(2, currency="USD")]
        self.assertEqual(together(rows)[0].problem, "currencies_differ")

    def test_an_order_that_says_its_total_alone_has_it(self):
        bare = {"lines[].amount": None, "lines[].unit_price": None, "total": "99"}
        one = together([self._row(1, **bare)])[0]
        self.assertEqual([line["subtotal"] for line in one.lines], [99])
        two = together([self._row(1, **bare), self._row(2, **bare)])[0]
        self.assertEqual([line["subtotal"] for line in two.lines], [0, 0, 99])

    def test_what_has_no_product_keeps_its_unit_in_words(self):
        row = self._row(1, product=0, **{"lines[].unit": "箱"})
        self.assertEqual(together([row])[0].lines[0]["name"], "ZXJ-0123 (箱)")

    # === ANY INPUT === #

    @given(st.dictionaries(st.sampled_from(TARGETS), VALUES))
    def test_any_row_is_judged_and_put_together(self, values):
        kept = {name: plain(value) for name, value in values.items()}
        judged = judge(kept, {}, TODAY)
        self.assertTrue(0 <= judged.confidence <= 1)
        row = {**self._row(1), "values": kept}
        order = together([row])[0]
        self.assertTrue(all(line["quantity"].is_finite() for line in order.lines))

    @given(VALUES)
    def test_any_value_is_kept_as_json_and_the_same_the_second_time(self, value):
        kept = plain(value)
        self.assertTrue(kept is None or isinstance(kept, str | bool))
        self.assertEqual(plain(kept), kept)
        number(kept)
        moment(kept)

    @given(
        st.lists(st.tuples(st.integers(1, 5), st.integers(0, 3)), max_size=30),
    )
    def test_no_row_is_lost_or_taken_twice(self, pairs):
        rows = [
            self._row(id_, external_ref=str(key), partner=partner)
            for id_, (key, partner) in enumerate(pairs)
        ]
        taken = [id_ for order in together(rows) for id_ in order.rows]
        self.assertEqual(sorted(taken), list(range(len(pairs))))
