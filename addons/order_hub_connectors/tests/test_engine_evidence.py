"""What speaks for a value is kept, bounded, and decides whom to ask."""

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import TransactionCase, tagged

from ..engine.evidence import (
    Evidence,
    all_from_json,
    from_json,
    in_order,
    lowest,
    share,
    uncertain,
)

PATHS = st.sampled_from(
    ["lines[0].sku", "lines[0].quantity", "lines[1].sku", "customer.partner_id"]
)
SOURCES = st.one_of(
    st.just({}),
    st.builds(
        lambda a, b: {"kind": "text", "spans": [[a, b]]}, st.integers(), st.integers()
    ),
    st.builds(
        lambda row: {"kind": "cell", "sheet": "Sheet1", "row": row, "column": 2},
        st.integers(1, 100),
    ),
)
CANDIDATES = st.lists(
    st.builds(
        lambda value, score: {"value": value, "label": f"No. {value}", "score": score},
        st.integers(),
        st.floats(0, 1),
    ),
    max_size=12,
)
EVIDENCE = st.builds(
    lambda confidence, way, source, rows: Evidence(
        confidence, way, source, tuple(rows)
    ),
    st.floats(0, 1),
    st.sampled_from(["code", "fuzzy", "said", ""]),
    SOURCES,
    CANDIDATES,
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.integers(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["confidence", "way", "source", "candidates", "kind"]),
            inner,
        )
    ),
    max_leaves=8,
)


@tagged("post_install", "-at_install")
class TestEngineEvidence(TransactionCase):
    @settings(max_examples=60, deadline=None)
    @given(EVIDENCE)
    def test_what_is_kept_comes_back_the_same(self, found):
        kept = found.to_json()
        self.assertEqual(from_json(kept).to_json(), kept)
        self.assertLessEqual(len(kept.get("candidates", ())), 8)

    @settings(max_examples=80, deadline=None)
    @given(ANYTHING)
    def test_nothing_that_is_read_back_raises_or_is_surer_than_certain(self, anything):
        found = from_json(anything)
        self.assertTrue(0 <= found.confidence <= 1)
        for each in all_from_json(anything).values():
            self.assertTrue(0 <= each.confidence <= 1)

    @settings(max_examples=60, deadline=None)
    @given(st.dictionaries(PATHS, EVIDENCE), st.floats(0.5, 1), st.sets(PATHS))
    def test_what_nobody_answered_and_is_below_the_limit_is_asked(
        self, evidence, limit, answered
    ):
        asked = uncertain(evidence, limit, answered)
        for path, found in evidence.items():
            is_open = found.confidence < limit and path not in answered
            self.assertEqual(path in asked, is_open)
        if asked:
            self.assertLess(lowest(evidence), limit)

    def test_an_order_that_nobody_had_to_understand_has_no_confidence(self):
        self.assertIsNone(lowest({}))
        self.assertEqual(lowest({"a": Evidence(0.4)}, ["b"]), 1.0)

    def test_who_chose_the_customer_has_answered_for_its_name(self):
        evidence = {"customer.name": Evidence(0.3), "lines[0].sku": Evidence(0.2)}
        self.assertEqual(
            uncertain(evidence, 0.9, ["customer.partner_id"]), ["lines[0].sku"]
        )

    def test_values_are_listed_as_people_read_an_order(self):
        paths = ["order.checked", "lines[10].sku", "lines[2].quantity", "lines[2].sku"]
        self.assertEqual(
            in_order([*paths, "customer.partner_id"]),
            ["customer.partner_id", *reversed(paths)],
        )

    def test_a_confidence_that_is_no_number_is_none(self):
        for wrong in (None, "1", float("nan"), float("inf"), [], {}):
            self.assertEqual(share(wrong), 0.0)
        self.assertEqual(share(7), 1.0)
