from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..const import CHANGE_CHECKS, CHANGE_KINDS, CHANGE_ROLES, MILESTONES
from ..engine.change import (
    NOWHERE,
    OK,
    STANDARD,
    STOP,
    WARN,
    Facts,
    Item,
    Rule,
    cut_off_moment,
    days_later,
    decide,
    is_worse,
    stage_allows,
)
from .properties import given

NOON = datetime(2026, 11, 20, 12)
kinds = st.sampled_from([kind for kind, _label in CHANGE_KINDS])
milestones = st.sampled_from(["", *(code for code, _label in MILESTONES)])
amounts = st.integers(0, 20_000).map(float)
quantities = st.integers(-3, 40).map(float)
moments = st.integers(-600, 600).map(lambda hours: NOON + timedelta(hours=hours))
items = st.lists(
    st.builds(
        Item,
        ref=st.integers(1, 9),
        old=quantities.map(abs),
        new=quantities,
        delivered=st.integers(0, 10).map(float),
        invoiced=st.integers(0, 10).map(float),
        made=st.integers(0, 10).map(float),
        short=st.integers(0, 10).map(float),
        days=st.sampled_from([NOWHERE, 0, 7]),
        is_frozen=st.booleans(),
    ),
    max_size=3,
).map(tuple)
all_facts = st.builds(
    Facts,
    kind=kinds,
    source=st.sampled_from(["sales", "portal", "api"]),
    is_vouched=st.booleans(),
    state=st.sampled_from(["sale", "sale", "sale", "draft", "cancel"]),
    is_locked=st.booleans(),
    milestone=milestones,
    at_stages=st.frozensets(st.integers(1, 5), max_size=4),
    items=items,
    is_same=st.booleans(),
    is_foreign=st.booleans(),
    is_past=st.booleans(),
    is_gone=st.booleans(),
    is_partly_gone=st.booleans(),
    minutes_left=st.none() | st.integers(-90, 90).map(float),
    total_old=amounts,
    total_new=amounts,
    difference=st.integers(-9_000, 9_000).map(float),
    promise_old=st.none() | moments,
    promise_new=st.none() | moments,
    wanted=st.none() | moments,
    hours_short=st.sampled_from([0.0, 3.5]),
    has_carrier=st.booleans(),
    freight_old=amounts,
    freight_new=st.none() | amounts,
    freight_invoiced=st.booleans(),
    credit_used=st.booleans(),
    credit_missing=st.sampled_from([0.0, 120.0]),
    invoiced=amounts,
    tax_differs=st.booleans(),
    approval_due=st.booleans(),
    problem=st.sampled_from(["", "", "no"]),
)
rules = st.builds(
    Rule,
    last_milestone=st.sampled_from([code for code, _label in MILESTONES[:7]]),
    closed_stages=st.frozensets(st.integers(1, 5), max_size=2),
    customer_accepts=st.sampled_from(["worse", "always", "never"]),
    salesperson_accepts=st.sampled_from(["warning", "always", "never"]),
    supervisor_above=amounts,
    closes_by_itself=st.booleans(),
    from_portal=st.booleans(),
)
#: An address change before shipping, all in order, asked for on the portal.
GREEN = Facts(
    kind="address",
    source="portal",
    is_vouched=False,
    milestone="preparing",
    minutes_left=20.0,
    total_old=100.0,
    total_new=100.0,
)
ROLES = {role for role, _label in CHANGE_ROLES}


class TestEngineChange(BaseCase):
    """What may be changed, who agrees, what is left when it is refused."""

    def code(self, decision, kind):
        return next(c.code for c in decision.checks if c.kind == kind)

    # === EXAMPLES === #

    def test_an_address_at_11_40_closes_by_itself_at_12_05_it_is_refused(self):
        early = decide(GREEN, STANDARD["address"])
        self.assertEqual(early.outcome(), "close")
        late = decide(replace(GREEN, minutes_left=-5.0), STANDARD["address"])
        self.assertEqual(late.outcome(), "refused")
        self.assertEqual(self.code(late, "shipping"), "cut_off")
        self.assertIn("redirect", late.possible)

    def test_what_gets_dearer_waits_for_the_customer(self):
        item = Item(1, old=10, new=15)
        facts = replace(
            GREEN, kind="quantity", items=(item,), total_new=180.0, difference=80.0
        )
        decision = decide(facts, STANDARD["quantity"])
        self.assertEqual(decision.roles, ("customer",))
        self.assertEqual(decision.outcome(), "waiting")
        self.assertEqual(decision.outcome(["customer"]), "close")

    def test_a_cheaper_change_waits_for_somebody_to_carry_it_out(self):
        item = Item(1, old=10, new=5)
        facts = replace(GREEN, kind="quantity", items=(item,), total_new=50.0)
        self.assertEqual(decide(facts, STANDARD["quantity"]).outcome(), "open")

    def test_a_large_difference_either_way_is_a_supervisors(self):
        item = Item(1, old=10, new=5)
        facts = replace(GREEN, kind="quantity", items=(item,))
        for difference in (-6000.0, 6000.0):
            found = decide(replace(facts, difference=difference), STANDARD["quantity"])
            self.assertIn("supervisor", found.roles)

    def test_the_carrier_takes_what_is_planned_before_the_cut_off_of_its_day(self):
        day = datetime(2026, 11, 20)
        at = lambda hour, minute=0: day + timedelta(hours=hour, minutes=minute)  # noqa: E731
        self.assertEqual(cut_off_moment(at(10), at(11, 40), 12.0), at(12))
        self.assertEqual(cut_off_moment(at(10), at(12, 5), 12.0), at(12))
        self.assertEqual(cut_off_moment(at(14), at(14), 12.0), at(36))
        yesterday = at(10) - timedelta(days=1)
        self.assertEqual(cut_off_moment(yesterday, at(11), 12.0), at(12))
        self.assertEqual(cut_off_moment(yesterday, at(13), 12.0), at(36))

    # === PROPERTIES === #

    @given(all_facts, rules)
    def test_a_change_is_refused_just_when_a_check_stops_it(self, facts, rule):
        decision = decide(facts, rule)
        stops = [check for check in decision.checks if check.result == STOP]
        self.assertEqual(decision.outcome(ROLES) == "refused", bool(stops))

    @given(all_facts, rules)
    def test_whoever_is_refused_hears_what_can_still_be_done(self, facts, rule):
        decision = decide(facts, rule)
        self.assertEqual(bool(decision.possible), decision.is_refused)

    @given(all_facts, rules)
    def test_a_change_closes_only_with_every_yes(self, facts, rule):
        decision = decide(facts, rule)
        for role in decision.roles:
            rest = set(decision.roles) - {role}
            self.assertEqual(decision.outcome(rest), "waiting")
        self.assertLessEqual(set(decision.roles), ROLES)
        self.assertNotEqual(decision.outcome(ROLES), "waiting")

    @given(all_facts, rules)
    def test_by_itself_closes_only_what_is_green(self, facts, rule):
        decision = decide(facts, rule)
        if decision.closes:
            self.assertTrue(rule.closes_by_itself)
            self.assertEqual({c.result for c in decision.checks}, {OK})

    @given(all_facts, rules, st.integers(0, 600))
    def test_what_the_carrier_has_taken_it_never_gives_back(self, facts, rule, more):
        taken = replace(facts, minutes_left=-float(more))
        self.assertTrue(decide(taken, rule).is_refused)

    @given(all_facts, rules, milestones)
    def test_an_order_further_on_allows_no_more_than_before(self, facts, rule, other):
        reached = [code for code, _label in MILESTONES]
        late = max(facts.milestone, other, key=(["", *reached]).index)
        early = min(facts.milestone, other, key=(["", *reached]).index)
        if stage_allows(rule, late, facts.at_stages):
            self.assertTrue(stage_allows(rule, early, facts.at_stages))

    @given(all_facts, rules)
    def test_no_more_is_asked_for_less(self, facts, rule):
        """A warning that goes away never adds a role."""
        calmer = replace(facts, credit_missing=0.0, hours_short=0.0, is_locked=False)
        if not decide(facts, rule).is_refused:
            roles = set(decide(calmer, rule).roles)
            self.assertLessEqual(roles, set(decide(facts, rule).roles))

    @given(all_facts, rules)
    def test_a_customer_never_pays_or_waits_more_unasked(self, facts, rule):
        decision = decide(facts, rule)
        if rule.customer_accepts != "never" and not decision.is_refused:
            if is_worse(facts):
                self.assertIn("customer", decision.roles)

    @given(all_facts, rules)
    def test_what_lacks_credit_is_never_carried_out_without_a_yes_to_it(
        self, facts, rule
    ):
        decision = decide(replace(facts, credit_used=True, credit_missing=9.0), rule)
        if not decision.is_refused:
            self.assertIn("credit", decision.roles)

    @given(all_facts, rules)
    def test_who_may_not_change_the_order_never_does_so_alone(self, facts, rule):
        inside = replace(facts, is_vouched=False, source="sales")
        decision = decide(inside, replace(rule, salesperson_accepts="warning"))
        if not decision.is_refused:
            self.assertIn("salesperson", decision.roles)

    @given(all_facts, rules)
    def test_every_check_is_of_a_known_kind_and_comes_once(self, facts, rule):
        found = [check.kind for check in decide(facts, rule).checks]
        self.assertEqual(len(found), len(set(found)))
        order = [kind for kind, _label in CHANGE_CHECKS]
        self.assertEqual(found, sorted(found, key=order.index))
        results = {check.result for check in decide(facts, rule).checks}
        self.assertLessEqual(results, {OK, WARN, STOP})

    @given(items, rules)
    def test_negative_and_absurd_quantities_never_pass(self, found, rule):
        wrong = (Item(1, old=1.0, new=-1.0), Item(1, old=1.0, new=float("nan")))
        for item in (*wrong, Item(1, old=1.0, new=float("inf"))):
            facts = replace(GREEN, kind="quantity", items=(*found, item))
            self.assertTrue(decide(facts, rule).is_refused)

    @given(moments, moments, st.integers(0, 48).map(lambda half: half / 2))
    def test_the_carrier_comes_after_what_is_planned_or_on_its_day(
        self, planned, now, hour
    ):
        moment = cut_off_moment(planned, now, hour)
        self.assertGreaterEqual(
            moment, planned if planned.date() >= now.date() else now
        )
        self.assertLessEqual(moment - max(planned, now), timedelta(days=2))

    @given(all_facts)
    def test_days_later_are_never_negative(self, facts):
        self.assertGreaterEqual(days_later(facts), 0)
