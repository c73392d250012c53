"""Versions of an order, decided in plain Python."""

import json
import random

from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..engine.version import (
    ADDED,
    CHANGED,
    HEADER_FIELDS,
    LINE_FIELDS,
    REMOVED,
    Content,
    apply,
    diff,
    plain,
)
from .properties import given

numbers = st.one_of(
    st.integers(-(10**9), 10**9),
    st.floats(-1e9, 1e9, allow_nan=False, allow_infinity=False),
)
scalars = st.one_of(st.none(), st.booleans(), st.text(max_size=12), numbers)
values = st.one_of(
    scalars,
    st.lists(st.integers(1, 99), max_size=3),
    st.dictionaries(st.text(max_size=6), scalars, max_size=3),
)
headers = st.dictionaries(
    st.one_of(st.sampled_from(HEADER_FIELDS), st.text(max_size=6)), values, max_size=8
)
lines = st.dictionaries(
    st.integers(1, 8),
    st.dictionaries(st.sampled_from(LINE_FIELDS), values, max_size=6),
    max_size=5,
)
contents = st.builds(Content.of, headers, lines)


def order(quantity=10, **header):
    """Return an order of one line for the readable cases."""
    line = {"product": 7, "name": "Steering knuckle", "quantity": quantity, "unit": 1}
    return Content.of({"customer": 3, "total": 1600, **header}, {12: line})


class TestVersion(BaseCase):
    # === PROPERTIES === #

    @given(contents, contents)
    def test_a_difference_leads_from_one_version_to_the_other(self, a, b):
        self.assertEqual(apply(diff(a, b), a), b)

    @given(contents, contents)
    def test_a_difference_reversed_leads_back(self, a, b):
        self.assertEqual(diff(a, b).reversed(), diff(b, a))
        self.assertEqual(apply(diff(a, b).reversed(), b), a)

    @given(contents, contents)
    def test_a_fingerprint_is_the_same_only_for_the_same_content(self, a, b):
        self.assertEqual(a.content_hash() == b.content_hash(), a == b)
        self.assertEqual(not diff(a, b), a == b)

    @given(contents)
    def test_a_version_comes_back_from_the_database_as_it_went_in(self, a):
        stored = json.loads(json.dumps(a.to_json()))
        self.assertEqual(Content.from_json(stored), a)
        self.assertEqual(Content.from_json(stored).content_hash(), a.content_hash())

    @given(headers, lines, st.randoms(use_true_random=False))
    def test_the_order_in_which_fields_come_does_not_matter(self, header, rows, rng):
        shuffled = Content.of(
            _shuffled(header, rng),
            {key: _shuffled(rows[key], rng) for key in _shuffled(rows, rng)},
        )
        one = Content.of(header, rows)
        self.assertEqual(one.content_hash(), shuffled.content_hash())

    @given(values)
    def test_a_value_made_plain_twice_is_the_same(self, value):
        self.assertEqual(plain(plain(value)), plain(value))

    @given(contents, contents, contents)
    def test_a_difference_is_refused_where_it_does_not_start(self, a, b, c):
        difference = diff(a, b)
        try:
            result = apply(difference, c)
        except ValueError:
            return
        self.assertEqual(diff(c, result), difference)

    # === BY HAND === #

    def test_nothing_is_nothing_however_it_is_said(self):
        for nothing in (None, False, "", "  ", [], {}, {"street": ""}):
            self.assertEqual(order(customer_ref=nothing), order())

    def test_numbers_are_compared_as_people_read_them(self):
        for ten in (10, 10.0, 10.00000001):
            self.assertEqual(order(ten).content_hash(), order().content_hash())
        self.assertNotEqual(order(10.001), order(10))
        self.assertEqual(plain(-0.0), 0)

    def test_lines_added_removed_and_changed_are_told_apart(self):
        old = Content.of({}, {1: {"quantity": 1}, 2: {"quantity": 2}})
        new = Content.of({}, {2: {"quantity": 5}, 3: {"quantity": 3}})
        kinds = [(line.key, line.kind) for line in diff(old, new).lines]
        self.assertEqual(kinds, [(1, REMOVED), (2, CHANGED), (3, ADDED)])

    def test_a_line_without_values_is_a_line_all_the_same(self):
        empty, none = Content.of({}, {1: {}}), Content.of({}, {})
        self.assertEqual(diff(none, empty).lines[0].kind, ADDED)
        self.assertEqual(apply(diff(empty, none), empty), none)

    def test_changes_come_in_the_order_of_reading(self):
        more = {"zzz": 1, "total": 7, "delivery": "2026-12-01", "shipping": {"id": 4}}
        new = order(**more)
        fields = [change.field for change in diff(order(), new).header]
        self.assertEqual(fields, ["shipping", "delivery", "total", "zzz"])


def _shuffled(mapping, rng: random.Random):
    keys = list(mapping)
    rng.shuffle(keys)
    return {key: mapping[key] for key in keys}
