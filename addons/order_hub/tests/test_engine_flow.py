from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..engine.flow import Step, following, furthest, is_forward, outrun, path
from .properties import given

FACTS = ["prepaid", "reserved", "picked", "delivered"]


@st.composite
def flows(draw):
    """A flow with a side exit somewhere, some stages with a trigger."""
    count = draw(st.integers(1, 8))
    triggers = draw(
        st.lists(
            st.one_of(st.none(), st.sampled_from(FACTS)),
            min_size=count,
            max_size=count,
        )
    )
    steps = [Step(number, trigger) for number, trigger in enumerate(triggers, 1)]
    steps.insert(draw(st.integers(0, count)), Step(99, None, is_cancelled=True))
    return steps


@st.composite
def ways(draw):
    steps = draw(flows())
    ids = [step.id for step in steps]
    current = draw(st.one_of(st.none(), st.sampled_from(ids)))
    return steps, current, draw(st.sampled_from(ids))


def main_ids(steps):
    return [step.id for step in steps if not step.is_cancelled]


class TestFlow(BaseCase):
    @given(ways())
    def test_a_path_ends_at_its_target(self, way):
        steps, current, target = way
        found = path(steps, current, target)
        if current == target:
            self.assertEqual(found, ())
        else:
            self.assertEqual(found[-1], target)

    @given(ways())
    def test_a_path_forward_leaves_no_stage_out(self, way):
        steps, current, target = way
        order = main_ids(steps)
        found = path(steps, current, target)
        if len(found) > 1:
            start = order.index(found[0])
            self.assertEqual(list(found), order[start : start + len(found)])
            self.assertEqual(start, order.index(current) + 1 if current else 0)

    @given(ways())
    def test_the_side_exit_is_never_on_the_way(self, way):
        steps, current, target = way
        self.assertNotIn(99, path(steps, current, target)[:-1])

    @given(ways())
    def test_backward_is_one_step(self, way):
        steps, current, target = way
        if current and not is_forward(steps, current, target) and current != target:
            self.assertEqual(path(steps, current, target), (target,))

    @given(flows())
    def test_step_by_step_passes_every_stage_once(self, steps):
        current, passed = None, []
        while (current := following(steps, current)) is not None:
            passed.append(current)
        self.assertEqual(passed, main_ids(steps))

    @given(ways(), st.sets(st.sampled_from(FACTS)))
    def test_facts_carry_forward_only_and_as_far_as_they_reach(self, way, facts):
        steps, current, _target = way
        order = main_ids(steps)
        backed = {step.id for step in steps if step.trigger in facts}
        found = furthest(steps, current, facts)
        ahead = order[order.index(current) + 1 if current in order else 0 :]
        if current == 99:
            ahead = []
        expected = [stage for stage in ahead if stage in backed]
        self.assertEqual(found, expected[-1] if expected else None)

    @given(ways(), st.sets(st.sampled_from(FACTS)))
    def test_more_facts_never_carry_less_far(self, way, facts):
        steps, current, _target = way
        order = main_ids(steps)
        all_facts = furthest(steps, current, FACTS)
        some_facts = furthest(steps, current, facts)
        if some_facts is not None:
            self.assertLessEqual(order.index(some_facts), order.index(all_facts))

    @given(flows(), st.sets(st.integers(1, 8)), st.sets(st.sampled_from(FACTS)))
    def test_outrun_names_entered_stages_without_a_fact(self, steps, entered, facts):
        found = outrun(steps, entered, facts)
        self.assertLessEqual(found, entered)
        for step in steps:
            if step.id in entered:
                self.assertEqual(step.id in found, step.trigger not in facts)

    def test_an_unknown_target_is_entered_alone(self):
        self.assertEqual(path([Step(1), Step(2)], 1, 7), (7,))

    def test_leaving_the_side_exit_goes_straight_to_the_target(self):
        steps = [Step(1), Step(2), Step(3), Step(9, None, is_cancelled=True)]
        self.assertEqual(path(steps, 9, 3), (3,))
