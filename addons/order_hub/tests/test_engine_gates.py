import json

from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..engine.gates import Figures, Part, Result, decide, holds
from .properties import given

amounts = st.floats(0, 1e12, allow_nan=False)
ratios = st.floats(0.01, 10)
parts = st.builds(Part, st.integers(1, 9999), st.text(max_size=60), amounts, amounts)
figures = st.builds(
    Figures, amounts, amounts, st.lists(parts, max_size=12).map(tuple), st.booleans()
)


def judged(found, ratio=1.0, severity="block"):
    return decide(found, gate_id=7, kind="domain", severity=severity, ratio=ratio)


class TestGates(BaseCase):
    @given(amounts, ratios)
    def test_exactly_enough_is_enough(self, need, ratio):
        self.assertTrue(holds(ratio * need, need, ratio))

    @given(amounts, st.floats(0.01, 1e6), amounts)
    def test_more_never_makes_it_worse(self, have, more, need):
        if holds(have, need):
            self.assertTrue(holds(have + more, need))

    @given(st.floats(1, 1e9), ratios)
    def test_one_part_in_a_thousand_short_is_short(self, need, ratio):
        limit = ratio * need
        short = limit - max(limit * 1e-3, 1e-3)
        self.assertFalse(holds(short, need, ratio))

    @given(figures, ratios)
    def test_a_gate_that_holds_misses_nothing(self, found, ratio):
        result = judged(found, ratio)
        if result.ok:
            self.assertEqual(result.missing, ())
        elif found.parts:
            self.assertTrue(result.missing)

    @given(figures, ratios)
    def test_every_part_must_hold_by_itself(self, found, ratio):
        result = judged(found, ratio)
        if found.parts and not found.unlimited:
            every = all(holds(p.have, p.need, ratio) for p in found.parts)
            self.assertEqual(result.ok, every)

    @given(figures, ratios)
    def test_the_largest_gap_comes_first(self, found, ratio):
        gaps = [part.gap for part in judged(found, ratio).missing]
        self.assertEqual(gaps, sorted(gaps, reverse=True))

    @given(figures)
    def test_without_a_limit_every_gate_holds(self, found):
        endless = Figures(found.have, found.need, found.parts, unlimited=True)
        self.assertTrue(judged(endless).ok)

    @given(figures, st.sampled_from(["block", "warn"]))
    def test_a_warning_never_blocks(self, found, severity):
        result = judged(found, severity=severity)
        self.assertEqual(result.blocks, not result.ok and severity == "block")

    @given(figures, ratios)
    def test_what_an_event_keeps_says_the_same(self, found, ratio):
        result = judged(found, ratio)
        kept = Result.from_json(json.loads(json.dumps(result.to_json())))
        self.assertEqual(kept.ok, result.ok)
        self.assertEqual(kept.blocks, result.blocks)
        self.assertEqual(
            [part.ref for part in kept.missing], [p.ref for p in result.missing[:5]]
        )

    @given(st.lists(parts, min_size=50, max_size=200).map(tuple))
    def test_what_an_event_keeps_stays_small(self, many):
        short = json.dumps(judged(Figures(parts=many)).to_json())
        self.assertLess(len(short), 3000)

    def test_coverage_of_105_percent(self):
        enough = Figures(parts=(Part(1, "Disc", 105, 100),))
        short = Figures(parts=(Part(1, "Disc", 104.9, 100),))
        self.assertTrue(judged(enough, 1.05).ok)
        self.assertFalse(judged(short, 1.05).ok)

    def test_rounding_of_units_is_forgiven(self):
        self.assertTrue(judged(Figures(0.1 + 0.2, 0.3)).ok)
        self.assertTrue(judged(Figures(0.3, 0.1 + 0.2)).ok)
