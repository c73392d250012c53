from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..engine.gates import Result
from ..engine.handover import StageCheck, clean_prefix, reachable
from .properties import given


def result(ok, severity):
    return Result(1, "domain", severity, ok, 0.0, 1.0, 1.0)


results = st.builds(result, st.booleans(), st.sampled_from(["block", "warn"]))
checks = st.builds(
    StageCheck,
    st.just(0),
    st.lists(results, max_size=3).map(tuple),
    st.sets(st.sampled_from(["photo", "note"])).map(frozenset),
    st.booleans(),
)


@st.composite
def journeys(draw):
    """Checks of the stages on a way, numbered, and those backed by a fact."""
    found = [
        StageCheck(number, check.results, check.missing, check.forbidden)
        for number, check in enumerate(draw(st.lists(checks, max_size=8)))
    ]
    return found, draw(st.sets(st.integers(0, 7)))


class TestHandover(BaseCase):
    @given(checks)
    def test_a_check_blocks_for_each_of_three_reasons(self, check):
        reasons = (
            check.forbidden,
            check.missing,
            [r for r in check.results if not r.ok and r.severity == "block"],
        )
        self.assertEqual(check.blocked, any(reasons))

    @given(checks)
    def test_warnings_are_failures_that_do_not_block(self, check):
        for warning in check.warnings:
            self.assertFalse(warning.ok)
            self.assertEqual(warning.severity, "warn")

    @given(journeys())
    def test_the_clean_way_stops_before_the_first_block(self, journey):
        way, _backed = journey
        clean = clean_prefix(way)
        self.assertEqual(list(clean), way[: len(clean)])
        self.assertFalse(any(check.blocked for check in clean))
        if len(clean) < len(way):
            self.assertTrue(way[len(clean)].blocked)

    @given(journeys())
    def test_an_order_rests_only_where_a_fact_backs_it(self, journey):
        way, backed = journey
        reached = reachable(way, backed)
        if reached:
            self.assertIn(reached[-1].stage_id, backed)

    @given(journeys())
    def test_no_backed_stage_on_the_clean_way_is_missed(self, journey):
        way, backed = journey
        clean, reached = clean_prefix(way), reachable(way, backed)
        self.assertEqual(clean[: len(reached)], reached)
        later = {check.stage_id for check in clean[len(reached) :]}
        self.assertFalse(later & backed)

    def test_nothing_backed_is_no_way(self):
        self.assertEqual(reachable([StageCheck(1), StageCheck(2)], ()), ())
