import json
import math
from datetime import datetime

from hypothesis import example
from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..engine.payload import (
    ADDRESS_FIELDS,
    LINE_FIELDS,
    MAX_LINES,
    MAX_PRICE,
    MAX_PROBLEMS,
    MAX_QUANTITY,
    MAX_TEXT,
    MAX_WORD,
    ORDER_FIELDS,
    clean_text,
    read_order,
)
from .properties import given

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(st.characters(), max_size=30),
)
anything = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.text(max_size=12), inner, max_size=4),
    ),
    max_leaves=12,
)


def loosely(fields):
    """Objects with the right names and any values."""
    return st.dictionaries(st.sampled_from([*fields, "strange"]), anything, max_size=8)


nearly_orders = st.builds(
    lambda order, lines, customer: {**order, "lines": lines, "customer": customer},
    loosely(ORDER_FIELDS),
    st.lists(st.one_of(loosely(LINE_FIELDS), anything), max_size=4),
    st.one_of(loosely(ADDRESS_FIELDS), anything),
)


def order(**more):
    return {
        "channel": "shop",
        "external_ref": "1",
        "lines": [{"sku": "A", "quantity": 1}],
        **more,
    }


class TestPayload(BaseCase):
    # === ANYTHING === #

    @given(anything)
    def test_nothing_makes_it_raise(self, payload):
        _values, problems = read_order(payload)
        self.assert_well_formed(problems)

    @given(nearly_orders)
    def test_nearly_right_never_makes_it_raise(self, payload):
        values, problems = read_order(payload)
        self.assert_well_formed(problems)
        if not problems:
            self.assert_within_bounds(values)

    @given(
        st.fixed_dictionaries(
            {
                "channel": st.text(min_size=1),
                "external_ref": st.text(min_size=1),
                "lines": st.lists(
                    st.fixed_dictionaries(
                        {"quantity": st.floats()},
                        optional={
                            "unit_price": st.floats(),
                            "discount": st.floats(),
                            "name": st.text(),
                        },
                    ),
                    min_size=1,
                    max_size=3,
                ),
            },
            optional={"total": st.floats(), "date": st.datetimes().map(str)},
        )
    )
    def test_what_is_accepted_is_within_bounds(self, payload):
        values, problems = read_order(payload)
        if not problems:
            self.assert_within_bounds(values)

    @given(st.text(st.characters()))
    @example("\x00")
    @example("\ud800 half a character")
    def test_texts_can_be_stored(self, text):
        clean = clean_text(text)
        clean.encode("utf-8")
        self.assertNotIn("\x00", clean)
        self.assertEqual(clean, clean.strip())

    def assert_well_formed(self, problems):
        self.assertLessEqual(len(problems), MAX_PROBLEMS)
        for problem in problems:
            self.assertEqual(set(problem), {"code", "field", "message"})
            for text in problem.values():
                text.encode("utf-8")
        json.dumps(problems)

    def assert_within_bounds(self, values):
        self.assertTrue(values["channel"] and values["external_ref"])
        self.assertTrue(0 < len(values["lines"]) <= MAX_LINES)
        for line in values["lines"]:
            self.assertTrue(0 < line["quantity"] <= MAX_QUANTITY)
            self.assertTrue(0 <= line.get("unit_price", 0) <= MAX_PRICE)
            self.assertTrue(0 <= line.get("discount", 0) <= 100)
        for name in ("shipping_price", "prepaid_amount", "total"):
            self.assertTrue(math.isfinite(values.get(name, 0)))
            self.assertTrue(0 <= values.get(name, 0) <= MAX_PRICE)
        for name in ("date", "promised_date"):
            moment = values.get(name)
            self.assertTrue(moment is None or moment.tzinfo is None)
        for name, text in values.items():
            if isinstance(text, str):
                most = MAX_TEXT if name == "note" else MAX_WORD
                self.assertTrue(0 < len(text) <= most)
                self.assertNotIn("\x00", text)

    # === ONE BY ONE === #

    def assert_problem(self, code, field, **more):
        _values, problems = read_order(order(**more))
        self.assertEqual([(p["code"], p["field"]) for p in problems], [(code, field)])

    def test_the_smallest_order_is_accepted(self):
        values, problems = read_order(order())
        self.assertFalse(problems)
        self.assertEqual(values["lines"], [{"sku": "A", "quantity": 1.0}])

    def test_no_object_is_a_problem_of_its_own(self):
        for payload in (None, 1, "order", [], [order()]):
            _values, problems = read_order(payload)
            self.assertEqual([p["code"] for p in problems], ["type"])

    def test_every_problem_is_told_at_once(self):
        _values, problems = read_order({"lines": [{"quantity": -1}], "total": "x"})
        fields = {problem["field"] for problem in problems}
        self.assertLessEqual(
            {"channel", "external_ref", "lines[0].quantity", "total"}, fields
        )

    def test_required_fields_may_not_be_blank(self):
        for blank in (None, "", "   ", "\x00", "\n\t"):
            self.assert_problem("required", "external_ref", external_ref=blank)

    def test_a_misspelt_field_is_a_problem(self):
        self.assert_problem("unknown_field", "promissed_date", promissed_date="x")

    def test_a_misspelt_field_of_a_line_names_the_line(self):
        lines = [{"quantity": 1}, {"quantity": 1, "qty": 2}]
        self.assert_problem("unknown_field", "lines[1].qty", lines=lines)

    def test_too_many_lines_are_refused_unread(self):
        lines = [{"nonsense": True}] * (MAX_LINES + 1)
        self.assert_problem("too_many", "lines", lines=lines)

    def test_the_last_allowed_line_is_accepted(self):
        _values, problems = read_order(order(lines=[{"quantity": 1}] * MAX_LINES))
        self.assertFalse(problems)

    def test_an_order_needs_a_line(self):
        self.assert_problem("required", "lines", lines=[])

    def test_wrong_quantities(self):
        wrong = (0, -1, "x", "1_000", "٣", True, [], math.nan, math.inf, 2e9, 10**400)
        for quantity in wrong:
            lines = [{"quantity": quantity}]
            self.assert_problem("invalid", "lines[0].quantity", lines=lines)

    def test_numbers_may_be_texts(self):
        values, problems = read_order(order(total=" 19.90 "))
        self.assertFalse(problems)
        self.assertEqual(values["total"], 19.9)

    def test_wrong_amounts(self):
        for amount in (-0.01, "1,50", math.nan, math.inf, 1e13, False, {}):
            self.assert_problem("invalid", "total", total=amount)

    def test_discounts_are_percentages(self):
        for discount in (-1, 100.01):
            lines = [{"quantity": 1, "discount": discount}]
            self.assert_problem("invalid", "lines[0].discount", lines=lines)

    def test_flags_are_no_words(self):
        for flag in ("true", "false", 2, -1, []):
            self.assert_problem("invalid", "confirm", confirm=flag)

    def test_moments_become_utc(self):
        expected = datetime(2026, 3, 16, 4, 30)
        for text in (
            "2026-03-15T23:30:00-05:00",
            "2026-03-16T04:30:00Z",
            "2026-03-16T04:30:00",
            "2026-03-16 04:30:00.999999+00:00",
            "2026-03-16T12:30:00+08:00",
        ):
            values, problems = read_order(order(promised_date=text))
            self.assertFalse(problems, text)
            self.assertEqual(values["promised_date"], expected, text)

    def test_a_mere_date_is_midnight_utc(self):
        values, _problems = read_order(order(promised_date="2026-03-16"))
        self.assertEqual(values["promised_date"], datetime(2026, 3, 16))

    def test_wrong_moments(self):
        for text in (
            "16.03.2026",
            "tomorrow",
            "1989-12-31T23:59:59Z",
            "2201-01-01",
            "0001-01-01T00:00:00+14:00",
            "2026-02-30",
            1773635400,
        ):
            self.assert_problem("invalid", "promised_date", promised_date=text)

    def test_long_texts_are_refused(self):
        self.assert_problem("invalid", "note", note="x" * (MAX_TEXT + 1))
        self.assert_problem("invalid", "customer_ref", customer_ref="x" * 257)

    def test_the_longest_texts_are_accepted(self):
        _values, problems = read_order(
            order(note="福" * MAX_TEXT, customer_ref="😀" * MAX_WORD)
        )
        self.assertFalse(problems)

    def test_four_byte_characters_survive(self):
        name = "𠮷野家 😀 <b>&amp;"
        values, problems = read_order(order(customer={"name": name}))
        self.assertFalse(problems)
        self.assertEqual(values["customer"]["name"], name)

    def test_answers_stay_small(self):
        line = {f"strange_{number}": 1 for number in range(200)}
        _values, problems = read_order(order(lines=[line] * 50))
        self.assertEqual(len(problems), MAX_PROBLEMS)
