"""Reminders, supplier scores and agreed stock, as plain Python."""

import doctest
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..engine import reminder, supplier_score, vmi
from ..engine.reminder import DUE, OVERDUE, Order, Plan, Reminder
from ..engine.supplier_score import COMPONENTS, Figures, Terms, Weights
from ..engine.vmi import Position
from .properties import given

START = date(2025, 3, 3)
days = st.integers(0, 40).map(lambda number: START + timedelta(days=number))


@st.composite
def orders(draw):
    return Order(
        ordered=START,
        due=draw(st.none() | days),
        is_open=draw(st.booleans()),
        is_unanswered=draw(st.booleans()),
    )


plans = st.builds(Plan, st.integers(0, 6), st.integers(0, 6), st.integers(1, 6))


def walk(order, plan, running):
    """Return the reminders of an order when the job runs on some days only."""
    sent, last = [], None
    for today in running:
        kind = reminder.due_today(order, plan, last, today)
        if kind:
            last = Reminder(today, kind, order.due)
            sent.append(last)
    return sent


def every_day(count=60):
    return [START + timedelta(days=number) for number in range(count)]


class TestEngineReminder(BaseCase):
    def test_the_examples_in_the_docstrings_hold(self):
        for module in (reminder, supplier_score, vmi):
            self.assertFalse(doctest.testmod(module).failed)

    @given(orders(), plans, st.lists(st.integers(0, 59), unique=True))
    def test_missed_days_never_bring_more_than_one_reminder_a_day(
        self, order, plan, numbers
    ):
        running = [START + timedelta(days=number) for number in sorted(numbers)]
        sent = walk(order, plan, running)
        self.assertEqual(len(sent), len({each.day for each in sent}))
        self.assertLessEqual(len(sent), len(walk(order, plan, every_day())) + 1)

    @given(orders(), plans)
    def test_an_order_that_has_come_is_left_alone(self, order, plan):
        self.assertFalse(walk(replace(order, is_open=False), plan, every_day()))

    @given(days, plans)
    def test_overdue_goods_are_asked_for_until_they_come(self, due, plan):
        sent = walk(Order(START, due=due), plan, every_day())
        late = [each.day for each in sent if each.kind == OVERDUE]
        self.assertEqual(late[0], due + timedelta(days=1))
        gaps = {(b - a).days for a, b in zip(late, late[1:], strict=False)}
        self.assertLessEqual(gaps, {plan.every_days})
        self.assertGreater(late[-1] + timedelta(days=plan.every_days), every_day()[-1])

    @given(days, plans, st.integers(1, 20))
    def test_a_missed_day_is_made_up_for_on_the_next_one(self, due, plan, pause):
        after = due + timedelta(days=pause)
        self.assertEqual(
            reminder.due_today(Order(START, due=due), plan, None, after), OVERDUE
        )

    @given(days, plans)
    def test_goods_are_announced_as_due_once_a_day_agreed(self, due, plan):
        sent = walk(Order(START, due=due), plan, every_day())
        self.assertLessEqual(sum(each.kind == DUE for each in sent), 1)

    def test_a_later_date_is_announced_again_and_stops_the_reproach(self):
        plan, due = Plan(), START + timedelta(days=10)
        last = Reminder(due + timedelta(days=1), OVERDUE, due)
        order = Order(START, due=due + timedelta(days=20))
        today = due + timedelta(days=5)
        self.assertIsNone(reminder.due_today(order, plan, last, today))
        self.assertEqual(
            reminder.next_reminder(order, plan, last, today),
            (order.due - timedelta(days=plan.due_days), DUE),
        )

    def test_a_missing_answer_is_asked_for_every_few_days(self):
        order = Order(START, due=START + timedelta(days=30), is_unanswered=True)
        found = [each.day for each in walk(order, Plan(), every_day(12))]
        self.assertEqual(found, [START + timedelta(days=n) for n in (2, 5, 8, 11)])

    @given(orders(), plans, days)
    def test_the_next_day_shown_is_the_day_on_which_it_is_sent(
        self, order, plan, today
    ):
        found = reminder.next_reminder(order, plan, None, today)
        if found and found[0] > today:
            day, kind = found
            self.assertEqual(reminder.due_today(order, plan, None, day), kind)
            before = day - timedelta(days=1)
            self.assertIsNone(reminder.due_today(order, plan, None, before))


@st.composite
def figures(draw):
    lines, received, asked = (draw(st.integers(0, 30)) for _each in range(3))
    answered = draw(st.integers(0, asked))
    return Figures(
        lines=lines,
        on_time=draw(st.floats(0, 1)) * lines,
        quantity=draw(st.floats(0, 1)) * lines,
        received=received,
        bad=draw(st.integers(0, 40)),
        asked=asked,
        answered=answered,
        answer=draw(st.floats(0, 1)) * answered,
    )


@st.composite
def terms(draw):
    cuts = sorted(draw(st.lists(st.integers(0, 100), min_size=3, max_size=3)))
    weights = [b - a for a, b in zip([0, *cuts], [*cuts, 100], strict=True)]
    return Terms(Weights(*weights), draw(st.integers(1, 6)))


class TestEngineSupplierScore(BaseCase):
    @given(figures(), terms())
    def test_a_score_is_the_sum_of_its_points_and_stays_within_0_and_100(
        self, found, how
    ):
        result = supplier_score.score(found, how)
        if result.score is None:
            return
        self.assertTrue(0 <= result.score <= 100)
        points = sum(each[0] for each in result.points.values())
        self.assertAlmostEqual(result.score, points, delta=0.06)
        self.assertAlmostEqual(sum(each[1] for each in result.points.values()), 100)

    @given(figures(), terms())
    def test_too_few_samples_are_no_data_and_not_zero(self, found, how):
        known = supplier_score.shares(found, how)
        self.assertEqual("on_time" in known, found.lines >= how.samples)
        self.assertEqual("quality" in known, found.received >= how.samples)
        self.assertEqual("answer" in known, found.asked >= how.samples)
        self.assertLessEqual(set(known), set(COMPONENTS))

    @given(figures(), terms(), st.integers(1, 9))
    def test_more_trouble_never_earns_points(self, found, how, more):
        before = supplier_score.score(found, how).score
        after = supplier_score.score(replace(found, bad=found.bad + more), how).score
        self.assertEqual(before is None, after is None)
        self.assertLessEqual(after or 0, before or 0)

    @given(st.lists(figures(), max_size=6))
    def test_months_add_up_whatever_their_order(self, months):
        together = supplier_score.total(months)
        back = supplier_score.total(months[::-1])
        self.assertEqual(together.lines, sum(each.lines for each in months))
        self.assertAlmostEqual(together.on_time, back.on_time)

    @given(st.floats(0.1, 1e5), st.floats(0, 1e5), st.floats(0, 1e5))
    def test_a_line_earns_everything_only_when_all_came_in_time(
        self, ordered, by_day, more
    ):
        on_time, quantity = supplier_score.line_shares(ordered, by_day, by_day + more)
        self.assertTrue(0 <= on_time <= 1 and 0 <= quantity <= 1)
        self.assertEqual(on_time == 1, by_day >= ordered)

    @given(st.floats(0, 200), st.floats(0, 200))
    def test_a_later_answer_never_earns_more(self, hours, more):
        early = supplier_score.answer_share(hours, Terms())
        self.assertGreaterEqual(
            early, supplier_score.answer_share(hours + more, Terms())
        )


amounts = st.integers(0, 1000)


@st.composite
def positions(draw):
    minimum = draw(amounts)
    return Position(
        draw(st.integers(-50, 1000)), draw(amounts), minimum, minimum + draw(amounts)
    )


class TestEngineVmi(BaseCase):
    @given(positions(), st.integers(1, 2000), st.integers(0, 30))
    def test_what_is_taken_never_exceeds_the_maximum(self, position, quantity, ahead):
        if vmi.refusal(position, quantity, ahead) is None:
            self.assertLessEqual(position.total + quantity, position.maximum + 1e-6)

    @given(positions(), st.integers(1, 500), st.integers(1, 500))
    def test_two_proposals_never_share_the_same_room(self, position, first, second):
        if vmi.refusal(position, first, 0):
            return
        then = replace(position, coming=position.coming + first)
        self.assertEqual(then.room, position.room - first)
        if second > then.room:
            self.assertIsNotNone(vmi.refusal(then, second, 0))

    @given(positions())
    def test_a_bar_stays_within_its_frame(self, position):
        found = vmi.bar(position)
        self.assertTrue(all(0 <= each <= 100 for each in found.values()))
        self.assertLessEqual(found["stock"] + found["coming"], 100.1)
        self.assertLessEqual(found["minimum"], found["maximum"])

    def test_nothing_negative_past_or_unpriced_is_taken_at_once(self):
        position = Position(10, 0, 20, 50)
        self.assertEqual(vmi.refusal(position, 0, 1), vmi.NO_QUANTITY)
        self.assertEqual(vmi.refusal(position, float("nan"), 1), vmi.NO_QUANTITY)
        self.assertEqual(vmi.refusal(position, -5, 1), vmi.NO_QUANTITY)
        self.assertEqual(vmi.refusal(position, 5, -1), vmi.PAST)
        self.assertEqual(vmi.refusal(position, 41, 1), vmi.TOO_MUCH)
        self.assertEqual(vmi.refusal(replace(position, coming=40), 1, 1), vmi.NO_ROOM)
        self.assertFalse(vmi.is_confirmed_at_once(0, 100))
        self.assertFalse(vmi.is_confirmed_at_once(100, 0))
