"""The probability of being late: on where it is proven, off with a reason elsewhere."""

import random
from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ..engine.risk_backtest import REASONS
from ..engine.risk_model import FEATURES, features
from ..models.order_hub_risk_model import REASON_NAMES
from . import risk_histories as truth
from .risk_model_case import NO_SKLEARN, RiskModelCase


@tagged("post_install", "-at_install")
class TestRiskModel(RiskModelCase):
    # === ON === #

    def test_a_probability_that_beats_the_rules_is_on(self):
        trained = self._trained(1500, radar=truth.stuck)
        self.assertTrue(trained.is_on)
        self.assertFalse(trained.reason)
        self.assertIn("no worse than the plain rule", trained.reason_text)
        self.assertEqual(trained.samples, 1500)
        self.assertEqual(trained.trained_at, self.now)
        self.assertGreater(trained.auc, 0.8)
        self.assertLess(trained.brier, trained.brier_base)
        bins = trained.metrics["bins"]
        self.assertEqual(sum(each["count"] for each in bins), trained.metrics["test"])
        self.assertEqual(trained.cut, trained.parameters["cut"])

    def test_what_it_says_is_near_the_truth(self):
        self._trained(3000)
        apart = 0.0
        for known in self._known(seed=3, count=300):
            ((said, _calls),) = self.Model._chances(self.company, [known])
            values = dict(zip(FEATURES, known.features(48), strict=True))
            apart += abs(said - truth.by_factors(values, 0)) / 300
        self.assertLess(apart, 0.08)

    def test_a_later_training_takes_the_place_of_the_one_before(self):
        first = self._trained()
        second = self.Model._train(self.company, self.now + timedelta(days=7))
        self.assertNotEqual(first, second)
        self.assertEqual((first.is_on, second.is_on), (False, True))
        self.assertEqual(first.reason, "replaced")

    def test_the_same_past_gives_the_same_probability(self):
        first = self._trained()
        second = self.Model._train(self.company, self.now)
        self.assertEqual(first.parameters, second.parameters)

    # === OFF === #

    def test_with_too_little_data_it_is_off_and_says_how_much_is_missing(self):
        trained = self._trained(120)
        self.assertFalse(trained.is_on)
        self.assertEqual(trained.reason, "too_few")
        self.assertIn("Only 120 orders are decided so far", trained.reason_text)
        self.assertIn("500", trained.reason_text)
        self.assertEqual(self.Model._chances(self.company, self._known()), [None])

    def test_the_same_lack_of_data_week_after_week_is_one_row(self):
        first = self._trained(60)
        self._past(30, truth.by_factors, seed=8)
        second = self.Model._train(self.company, self.now + timedelta(days=7))
        self.assertEqual(first, second)
        self.assertEqual(second.samples, 90)
        self.assertEqual(second.trained_at, self.now + timedelta(days=7))

    def test_without_any_calls_it_is_off_and_says_so(self):
        trained = self.Model._train(self.company, self.now)
        self.assertEqual((trained.reason, trained.samples), ("too_few", 0))

    def test_where_the_plain_rule_is_better_it_stays_off(self):
        trained = self._trained(1000, rule=truth.knowing)
        self.assertFalse(trained.is_on)
        self.assertEqual(trained.reason, "worse_than_rule")
        self.assertRegex(trained.reason_text, r"the plain rule called, \d+ were late")
        self.assertTrue(trained.metrics["bins"])
        self.assertEqual(self.Model._chances(self.company, self._known()), [None])
        with self.assertRaisesRegex(UserError, "stays off.*the plain rule"):
            trained.action_switch_on()

    def test_where_the_radar_is_better_it_stays_off(self):
        trained = self._trained(1000, radar=truth.knowing)
        self.assertEqual((trained.is_on, trained.reason), (False, "worse_than_radar"))
        self.assertIn("radar's red", trained.reason_text)

    def test_where_there_is_nothing_to_learn_it_stays_off(self):
        trained = self._trained(1000, truth.by_chance)
        self.assertEqual((trained.is_on, trained.reason), (False, "no_skill"))
        self.assertTrue(trained.reason_text)

    def test_when_the_world_has_turned_what_was_on_goes_off(self):
        first = self._trained()
        self.assertTrue(first.is_on)
        self.Call.search([])._purge(self.company, self.now.date())
        self._past(1000, truth.turned, truth.stuck, seed=9)
        second = self.Model._train(self.company, self.now)
        self.assertFalse(second.is_on)
        self.assertEqual((first.is_on, first.reason), (False, "outdated"))
        with self.assertRaises(UserError):
            first.action_switch_on()

    def test_each_reason_is_said_in_words(self):
        figures = {
            "samples": 3,
            "needed": 9,
            "part": "fit",
            "brier": 0.2,
            "brier_base": 0.1,
            "auc": 0.4,
            "calls": 9,
            "hits": 8,
            "model_hits": 7.0,
            "f1": 0.1,
            "by": "Chen",
            "detail": "x",
        }
        for code, _name in REASON_NAMES:
            model = self.Model.new({"reason": code, "reason_figures": figures})
            with self.subTest(code):
                self.assertTrue(model.reason_text)
        self.assertLessEqual(set(REASONS), {code for code, _name in REASON_NAMES})

    # === SCIKIT-LEARN === #

    def test_without_scikit_learn_nothing_is_trained_and_it_says_so(self):
        with patch.dict("sys.modules", NO_SKLEARN):
            trained = self._trained()
        self.assertEqual((trained.is_on, trained.reason), (False, "no_library"))
        self.assertIn("scikit-learn is not installed", trained.reason_text)

    def test_a_trained_model_goes_on_without_scikit_learn(self):
        trained = self._trained()
        (with_library,) = self.Model._chances(self.company, self._known())
        self.env.registry.clear_cache()
        with patch.dict("sys.modules", {**NO_SKLEARN, "numpy": None}):
            later = self.Model._train(self.company, self.now + timedelta(days=7))
            self.assertEqual(later.reason, "no_library")
            (without,) = self.Model._chances(self.company, self._known())
        self.assertTrue(trained.is_on)
        self.assertEqual(with_library, without)

    def test_a_broken_installation_is_as_good_as_none(self):
        with patch.dict("sys.modules", {"sklearn.ensemble": object()}):
            trained = self._trained()
        self.assertEqual(trained.reason, "no_library")

    # === DAMAGED === #

    def _damage(self, model, stored):
        model.write({"parameters": stored})

    def test_a_damaged_model_falls_back_to_the_rule_and_says_why(self):
        trained = self._trained()
        self._damage(trained, {**trained.parameters, "cut": "much"})
        with self.assertLogs("odoo.addons.order_hub_alerts", "WARNING"):
            found = self.Model._chances(self.company, self._known(count=3))
        self.assertEqual(found, [None] * 3)
        self.assertEqual((trained.is_on, trained.reason), (False, "broken"))
        self.assertIn("cannot be read any more", trained.reason_text)
        self.assertIn("Train again", trained.reason_text)

    def test_a_damaged_model_cannot_be_switched_on(self):
        trained = self._trained()
        trained.action_switch_off()
        self._damage(trained, {"core": "import os"})
        with self.assertRaisesRegex(UserError, "cannot be read any more.*Train Now"):
            trained.action_switch_on()
        self.assertFalse(trained.is_on)

    def test_a_model_of_another_version_falls_back_to_the_rule(self):
        trained = self._trained()
        self._damage(trained, {**trained.parameters, "version": 0})
        with self.assertLogs("odoo.addons.order_hub_alerts", "WARNING"):
            self.assertEqual(self.Model._chances(self.company, self._known()), [None])
        self.assertEqual(trained.reason, "version")

    def test_training_again_mends_a_damaged_model(self):
        trained = self._trained()
        self._damage(trained, {})
        with self.assertLogs("odoo.addons.order_hub_alerts", "WARNING"):
            self.Model._chances(self.company, self._known())
        again = self.Model._train(self.company, self.now)
        self.assertTrue(again.is_on)
        ((chance, _calls),) = self.Model._chances(self.company, self._known())
        self.assertTrue(0 < chance < 1)

    # === BY HAND === #

    def test_what_a_person_switched_off_stays_off_over_trainings(self):
        trained = self._trained()
        trained.with_user(self.manager).action_switch_off()
        self.assertEqual((trained.is_on, trained.reason), (False, "by_hand"))
        self.assertIn(self.manager.name, trained.reason_text)
        self.assertEqual(self.Model._chances(self.company, self._known()), [None])
        later = self.Model._train(self.company, self.now + timedelta(days=7))
        self.assertEqual((later.is_on, later.reason), (False, "by_hand"))
        self.assertIn("waits", later.reason_text)
        later.with_user(self.manager).action_switch_on()
        self.assertTrue(later.is_on)
        third = self.Model._train(self.company, self.now + timedelta(days=14))
        self.assertTrue(third.is_on)

    def test_switching_an_earlier_one_on_switches_the_present_one_off(self):
        first = self._trained()
        second = self.Model._train(self.company, self.now)
        first.action_switch_on()
        self.assertEqual((first.is_on, second.is_on), (True, False))
        self.assertEqual(second.reason, "replaced")

    # === SETTINGS === #

    def test_a_company_may_ask_for_more_or_less_data(self):
        self.scheme.min_samples = 100
        self.scheme.min_each = 20
        self.assertNotEqual(self._trained(400).reason, "too_few")
        self.scheme.min_samples = 401
        trained = self.Model._train(self.company, self.now)
        self.assertEqual(trained.reason, "too_few")

    def test_a_probability_from_a_handful_of_orders_is_refused(self):
        for values in ({"min_samples": 99}, {"min_each": 19}, {"min_samples": -1}):
            with self.assertRaisesRegex(ValidationError, "would be made up"):
                self.scheme.write(values)

    # === WHO IS TRAINED === #

    def test_the_weekly_job_trains_every_company_with_a_radar(self):
        other = self.env["res.company"].create({"name": "Wuxi Plant"})
        self._past(60, truth.by_factors)
        with self.enter_registry_test_mode():
            self.env.ref("order_hub_alerts.ir_cron_risk_model").method_direct_trigger()
        self.assertEqual(self.Model.search([]).company_id, self.company)
        self._scheme(other)
        with self.enter_registry_test_mode():
            self.env.ref("order_hub_alerts.ir_cron_risk_model").method_direct_trigger()
        self.assertEqual(self.Model.search([]).company_id, self.company + other)

    def test_pressing_train_now_opens_what_came_of_it(self):
        self._past(60, truth.by_factors)
        action = self.Model.with_user(self.manager).action_train()
        trained = self.Model.browse(action["res_id"])
        self.assertEqual(trained.trained_by_id, self.manager)
        self.assertEqual(trained.reason, "too_few")

    def test_a_training_that_is_running_is_not_begun_twice(self):
        with patch.object(type(self.Model), "_lock_training", return_value=False):
            with self.assertRaisesRegex(UserError, "being trained right now"):
                self.Model.with_user(self.manager).action_train()
        self.assertFalse(self.Model.search([]))

    # === COST === #

    def test_saying_the_chance_costs_as_many_queries_for_fifty_as_for_one(self):
        self._trained()
        cost = {}
        for count in (1, 50):
            known = self._known(count=count)
            self.Model._chances(self.company, known)
            cost[count] = self._queries(
                lambda known=known: self.Model._chances(self.company, known)
            )
        self.assertEqual(cost[1], cost[50])
        self.assertLessEqual(cost[50], 2)

    def test_without_a_model_it_costs_nothing(self):
        self.Model._chances(self.company, self._known())
        cost = self._queries(
            lambda: self.Model._chances(self.company, self._known(count=50))
        )
        self.assertEqual(cost, 0)


@tagged("post_install", "-at_install")
class TestRiskModelHistory(RiskModelCase):
    """What is learned was known on the night of the call, and nothing else."""

    def _learned(self, now=None):
        samples = self.Model._samples(self.company, now or self.now)
        return {each.order: each for each in samples}

    def _one(self, is_late=False, hours_left=72.0, at=truth.BEGIN, **more):
        """Store a call of a new order; returns its id and what was known."""
        (order_id,) = self._many_orders(1)
        known = list(truth.known(random.Random(4)))
        known[2] = hours_left
        self._note([self._call(order_id, at, known, is_late, **more)])
        return order_id, known

    def test_features_are_what_was_known_that_night(self):
        order_id, known = self._one()
        learned = self._learned()[order_id]
        self.assertEqual(learned.at, truth.BEGIN)
        for one, other in zip(learned.features, features(*known), strict=True):
            self.assertAlmostEqual(one, other, delta=1e-4)

    def test_what_happens_to_the_order_afterwards_changes_nothing(self):
        order_id, _known = self._one()
        before = self._learned()[order_id]
        order = self.env["sale.order"].browse(order_id)
        order.write({"commitment_date": self.now, "note": "late after all"})
        self.env["order.hub.risk"]._recompute(order, self.now)
        self.assertEqual(self._learned()[order_id], before)

    def test_a_night_too_near_to_the_promise_is_not_learned_from(self):
        order_id, known = self._one()
        known[0] = dict.fromkeys(known[0], 1.0)
        known[2] = 47.0
        near = truth.BEGIN + timedelta(hours=25)
        self._note([self._call(order_id, near, known, False)])
        self.assertEqual(self._learned()[order_id].at, truth.BEGIN)

    def test_a_night_after_the_promise_is_not_learned_from(self):
        order_id, _known = self._one(
            hours_left=-5.0, agreed=truth.BEGIN + timedelta(days=9)
        )
        self.assertNotIn(order_id, self._learned())

    def test_an_order_is_learned_from_once_and_always_from_the_same_night(self):
        order_id, known = self._one(hours_left=900.0)
        agreed = truth.BEGIN + timedelta(hours=900)
        self._note(
            [
                self._call(
                    order_id,
                    truth.BEGIN + timedelta(days=day),
                    known,
                    False,
                    agreed=agreed,
                )
                for day in range(1, 30)
            ]
        )
        first = self.Model._samples(self.company, self.now)
        self.assertEqual(len([each for each in first if each.order == order_id]), 1)
        self.assertEqual(first, self.Model._samples(self.company, self.now))

    def test_nights_of_all_distances_are_learned_from(self):
        orders = self._many_orders(60)
        known = list(truth.known(random.Random(4)))
        rows = []
        for order_id in orders:
            for day in range(10):
                known[2] = 300.0 - 24 * day
                at = truth.BEGIN + timedelta(days=day)
                rows.append(self._call(order_id, at, known, False))
        self._note(rows)
        nights = {each.at for each in self._learned().values()}
        self.assertGreater(len(nights), 5)

    def test_nothing_is_learned_that_was_decided_later(self):
        early, _known = self._one()
        late, _known = self._one(at=truth.BEGIN + timedelta(days=30))
        seen = self._learned(truth.BEGIN + timedelta(days=20))
        self.assertIn(early, seen)
        self.assertNotIn(late, seen)
        for each in self._learned().values():
            self.assertLess(each.at, each.known)

    def test_lateness_is_known_when_the_promise_is_over_not_when_it_comes_at_last(self):
        order_id, known = self._one(is_late=True)
        self.assertEqual(
            self._learned()[order_id].known, truth.BEGIN + timedelta(hours=known[2])
        )

    def test_an_order_that_never_comes_is_late(self):
        order_id, _known = self._one(is_late=None)
        self.assertTrue(self._learned()[order_id].is_late)
        self.assertNotIn(order_id, self._learned(truth.BEGIN + timedelta(hours=71)))

    def test_a_promise_that_the_customer_agreed_to_move_is_what_counts(self):
        order_id, known = self._one(is_late=None)
        moved = truth.BEGIN + timedelta(days=300)
        night = truth.BEGIN + timedelta(days=1)
        self._note([self._call(order_id, night, known, None, agreed=moved)])
        self.assertNotIn(order_id, self._learned())

    def test_grace_after_the_promise_counts(self):
        self.scheme.grace_hours = 24
        order_id, _known = self._one(is_late=None)
        self.assertNotIn(order_id, self._learned(truth.BEGIN + timedelta(hours=95)))
        self.assertIn(order_id, self._learned(truth.BEGIN + timedelta(hours=97)))

    def test_cancelled_orders_say_nothing(self):
        order_id, _known = self._one(outcome="cancelled")
        self.assertNotIn(order_id, self._learned())

    def test_what_nobody_knew_is_not_zero(self):
        order_id, known = self._one()
        known[0] = dict.fromkeys(known[0])
        other = self._many_orders(1)[0]
        self._note([self._call(other, truth.BEGIN, known, False)])
        place = FEATURES.index("unknown")
        self.assertEqual(self._learned()[other].features[place], 1.0)
        self.assertLess(self._learned()[order_id].features[place], 1.0)

    def test_a_rule_that_said_nothing_is_told_from_one_that_said_no(self):
        for rule in (True, False, None):
            order_id, _known = self._one(rule=rule)
            self.assertIs(self._learned()[order_id].rule, rule)

    def test_other_companies_are_not_learned_from(self):
        other = self.env["res.company"].create({"name": "Wuxi Plant"})
        self._scheme(other)
        self._past(20, truth.by_factors, company=other)
        self.assertFalse(self._learned())
        self.assertEqual(len(self.Model._samples(other, self.now)), 20)
