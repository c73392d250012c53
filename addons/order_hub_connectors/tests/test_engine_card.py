"""The form of an order card, without a database."""

import hashlib
from datetime import date, timedelta

from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.tests.properties import given

from ..engine.card import (
    MAX_LINES,
    MAX_QUANTITY,
    FormError,
    goods_text,
    number_of,
    read_form,
    read_quantity,
)

TODAY = date(2026, 3, 10)
KEY = "0123456789abcdef" * 2
#: Whatever JSON can carry.
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4)
    ),
    max_leaves=8,
)
NAMES = ("key", "customer", "lines", "ship_to", "address", "day", "note")


def form(**values):
    """Return a form that is right, but for ``values``."""
    return {
        "key": KEY,
        "customer": 7,
        "lines": [{"product": 3, "quantity": "300"}],
        **values,
    }


class TestCardForm(BaseCase):
    def _code(self, **values):
        with self.assertRaises(FormError) as caught:
            read_form(form(**values), TODAY)
        return caught.exception.code

    def test_a_form_is_read_as_it_was_filled_in(self):
        read = read_form(
            form(day="2026-03-15", note=" Call first ", ship_to=9, address=""), TODAY
        )
        self.assertEqual(read.customer, 7)
        self.assertEqual(read.lines, ((3, 300.0),))
        self.assertEqual(read.day, date(2026, 3, 15))
        self.assertEqual((read.note, read.ship_to), ("Call first", 9))

    def test_a_product_named_twice_is_added_up(self):
        lines = [{"product": 3, "quantity": 0.1}, {"product": 3, "quantity": "0,2"}]
        self.assertEqual(read_form(form(lines=lines), TODAY).lines, ((3, 0.3),))

    def test_a_line_without_a_quantity_is_not_ordered(self):
        lines = [{"product": 3, "quantity": ""}, {"product": 4, "quantity": 1}]
        self.assertEqual(read_form(form(lines=lines), TODAY).lines, ((4, 1.0),))

    def test_what_is_wrong_has_a_name(self):
        self.assertEqual(self._code(key="x"), "key")
        self.assertEqual(self._code(key=KEY.upper()), "key")
        self.assertEqual(self._code(customer=True), "customer")
        self.assertEqual(self._code(customer=2**40), "customer")
        self.assertEqual(self._code(lines=[]), "no_lines")
        self.assertEqual(self._code(lines="300"), "no_lines")
        many = [{"product": 1, "quantity": 1}] * (MAX_LINES + 1)
        self.assertEqual(self._code(lines=many), "too_many")
        self.assertEqual(self._code(day="15 March"), "day")
        self.assertEqual(self._code(day=20260315), "day")
        self.assertEqual(self._code(day="2026-02-30"), "day")
        self.assertEqual(self._code(day="2026-03-09"), "past")

    def test_no_quantity_is_negative_endless_or_no_number(self):
        for wrong in ("-1", "abc", "nan", "inf", "1e30", MAX_QUANTITY + 1, [], "１a"):
            with self.subTest(wrong), self.assertRaises(FormError):
                read_quantity(wrong)
        self.assertEqual(read_quantity(" 2.5 "), 2.5)
        self.assertEqual(read_quantity(None), 0)

    @given(st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, JSON)) | JSON)
    def test_whatever_is_sent_is_a_form_or_says_what_is_wrong(self, values):
        try:
            read = read_form(values, TODAY)
        except FormError as error:
            self.assertTrue(error.code)
        else:
            self.assertTrue(all(0 < q <= MAX_QUANTITY for _p, q in read.lines))

    @given(
        st.dictionaries(
            st.integers(1, 2**31 - 1), st.integers(1, 9999), min_size=1, max_size=20
        ),
        st.integers(0, 400),
        st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), max_size=80),
    )
    def test_what_is_right_comes_back_as_it_was(self, goods, days, note):
        day = TODAY + timedelta(days=days)
        lines = [{"product": p, "quantity": str(q)} for p, q in goods.items()]
        read = read_form(form(lines=lines, day=day.isoformat(), note=note), TODAY)
        self.assertEqual(dict(read.lines), goods)
        self.assertEqual(read.day, day)
        self.assertEqual(read.note, note.strip())

    def test_a_form_has_one_number_a_user_and_key(self):
        number = number_of(7, KEY, hashlib.sha256)
        self.assertEqual(number, number_of(7, KEY, hashlib.sha256))
        self.assertNotEqual(number, number_of(8, KEY, hashlib.sha256))
        self.assertRegex(number, r"^K-[0-9A-F]{12}$")

    def test_goods_are_told_in_words_that_can_be_copied(self):
        self.assertEqual(
            goods_text([(1200, "Knuckle"), (2.5, "Grease"), (1e6, "Nut")]),
            ["1,200 × Knuckle", "2.5 × Grease", "1,000,000 × Nut"],
        )
