"""The probability in the radar's night, on the order, and gone when it is off."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ..engine.risk_model import read
from . import risk_histories as truth
from .risk_model_case import RiskModelCase


@tagged("post_install", "-at_install")
class TestRiskModelNight(RiskModelCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.at = fields.Datetime.now()
        promised = cls.at + timedelta(days=6)
        cls.orders = cls._orders(3, commitment_date=promised)
        cls.orders.action_confirm()
        cls.env.flush_all()

    def _risks(self, orders=None):
        found = self.env["order.hub.risk"].search(
            [("order_id", "in", (orders or self.orders).ids)]
        )
        return found.sorted("order_id")

    def _judge(self):
        self.env["order.hub.risk"]._recompute(self.orders, self.at)
        return self._risks()

    def _night(self, day=0):
        """Judge as the job does at night, without its commits."""
        now = self.at + timedelta(days=day)
        run = self.env["order.hub.risk.run"]._begin(
            self.scheme, "night", now.date(), now
        )
        run._judge_batch(run._look_up(now))
        return run

    # === BESIDE THE COLOUR === #

    def test_orders_in_flight_say_how_likely_they_are_late(self):
        trained = self._trained()
        for risk in self._judge():
            self.assertTrue(0 < risk.probability < 1)
            self.assertEqual(
                risk.model_call, "yes" if risk.probability >= trained.cut else "no"
            )
            self.assertEqual(risk.probability_text, f"{100 * risk.probability:.0f} %")
            order = risk.order_id.with_user(self.operator)
            self.assertEqual(order.hub_risk_probability, risk.probability_text)

    def test_without_a_model_they_have_a_colour_and_no_probability(self):
        for risk in self._judge():
            self.assertTrue(risk.colour)
            self.assertFalse(risk.model_call)
            self.assertFalse(risk.probability_text)
            self.assertFalse(risk.order_id.hub_risk_probability)

    def test_a_promise_that_is_over_has_no_probability(self):
        self._trained()
        late = self.orders[0]
        late.commitment_date = self.at - timedelta(days=1)
        self.env.flush_all()
        self._judge()
        self.assertEqual(self._risks(late).colour, "red")
        self.assertFalse(self._risks(late).probability_text)

    def test_what_is_said_is_what_the_stored_model_says(self):
        model = read(self._trained().parameters)
        self._night()
        samples = self._call_rows()
        for risk in self._risks():
            self.assertAlmostEqual(
                risk.probability, model.chance(samples[risk.order_id.id]), places=4
            )

    def _call_rows(self):
        """Return ``{order id: features}`` as a later training will read them."""
        calls = self.Call.search([("order_id", "in", self.orders.ids)])
        self.env.cr.execute(
            "UPDATE order_hub_risk_call SET outcome = 'on_time', delivered = agreed "
            "WHERE id = ANY(%s)",
            [calls.ids],
        )
        samples = self.Model._samples(self.company, self.at + timedelta(days=400))
        return {each.order: each.features for each in samples}

    # === THE NIGHT === #

    def test_a_night_keeps_what_was_said(self):
        trained = self._trained()
        self._night()
        calls = self.Call.search([("order_id", "in", self.orders.ids)])
        self.assertEqual(len(calls), 3)
        before = {call.order_id.id: call.probability for call in calls}
        for risk in self._risks():
            self.assertAlmostEqual(before[risk.order_id.id], risk.probability)
        trained.action_switch_off()
        calls.invalidate_recordset()
        self.assertEqual({call.order_id.id: call.probability for call in calls}, before)

    def test_a_night_with_a_model_costs_as_many_queries_for_many_orders(self):
        self._trained()
        Risk = self.env["order.hub.risk"]
        Measure = self.env["order.hub.risk.facts"]
        night = Measure._night(self.scheme, self.at)
        judged = Risk._judge(night, self.orders.ids)
        Risk._foresee(self.company, judged)
        one = self._queries(lambda: Risk._foresee(self.company, judged[:1]))
        many = self._queries(lambda: Risk._foresee(self.company, judged * 20))
        self.assertEqual(one, many)

    def test_without_a_model_a_night_costs_no_query_more(self):
        Risk = self.env["order.hub.risk"]
        night = self.env["order.hub.risk.facts"]._night(self.scheme, self.at)
        judged = Risk._judge(night, self.orders.ids)
        Risk._foresee(self.company, judged)
        self.assertEqual(self._queries(lambda: Risk._foresee(self.company, judged)), 0)

    def test_a_damaged_model_does_not_stop_the_night(self):
        trained = self._trained()
        trained.write({"parameters": {"core": "?"}})
        with self.assertLogs("odoo.addons.order_hub_alerts", "WARNING"):
            self._night()
        self.assertEqual(len(self._risks()), 3)
        self.assertFalse(any(self._risks().mapped("model_call")))
        self.assertTrue(all(self._risks().mapped("colour")))
        self.assertFalse(trained.is_on)

    # === ON AND OFF AT ONCE === #

    def test_switched_on_it_is_shown_at_once_and_switched_off_it_is_gone(self):
        self._judge()
        trained = self._trained()
        shown = {risk.id: risk.probability for risk in self._risks()}
        self.assertTrue(all(self._risks().mapped("probability_text")))
        trained.action_switch_off()
        self.assertFalse(any(self._risks().mapped("probability_text")))
        self.assertFalse(any(self._risks().mapped("probability")))
        trained.action_switch_on()
        for risk in self._risks():
            self.assertAlmostEqual(shown[risk.id], risk.probability)

    def test_shown_at_once_is_what_the_night_will_say(self):
        self._night()
        self._trained()
        at_once = self._risks().mapped("probability")
        self._judge()
        for one, other in zip(
            at_once, self._risks().mapped("probability"), strict=True
        ):
            self.assertAlmostEqual(one, other, places=2)

    def test_the_orders_of_other_companies_are_left_alone(self):
        self._trained()
        self._judge()
        said = self._risks().mapped("probability")
        other = self.env["res.company"].create({"name": "Wuxi Plant"})
        self.Model._spread(other)
        self._risks().invalidate_recordset()
        self.assertEqual(self._risks().mapped("probability"), said)

    def test_many_orders_are_said_anew_in_batches(self):
        self._trained()
        self._judge()
        module = "odoo.addons.order_hub_alerts.models.order_hub_risk_model_spread"
        said = self._risks().mapped("probability")
        self.env.cr.execute("UPDATE order_hub_risk SET probability = 0.123")
        with patch(f"{module}.BATCH", 2):
            self.Model._spread(self.company)
        self._risks().invalidate_recordset()
        self.assertEqual(self._risks().mapped("probability"), said)

    # === WHOLE STORY === #

    def test_the_screen_shows_what_is_on_or_why_nothing_is(self):
        self.assertEqual(self.Model._for_screen(self.company), {})
        self._past(60, truth.by_factors)
        self.Model._train(self.company, self.now)
        shown = self.Model._for_screen(self.company)
        self.assertEqual((shown["is_on"], shown["samples"]), (False, 60))
        self.assertIn("60 orders", shown["reason"])
        trained = self._trained(seed=3)
        shown = self.Model._for_screen(self.company)
        self.assertEqual((shown["id"], shown["is_on"]), (trained.id, True))
        self.assertTrue(shown["metrics"]["bins"])
