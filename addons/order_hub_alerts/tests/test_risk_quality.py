from datetime import date, datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..models.order_hub_risk_quality import OrderHubRiskQuality
from .common_risk import NOW, RiskCommon

PROMISED = datetime(2026, 2, 10, 8)


@tagged("post_install", "-at_install")
class TestRiskQuality(RiskCommon):
    """The radar's own page: story 9, the month after."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Quality = cls.env["order.hub.risk.quality"]
        cls.all = cls._orders(60)
        late = {"outcome": "late", "delivered": PROMISED + timedelta(days=2)}
        called = {"colour": "yellow", "score": 36.0}
        hits, false, missed, quiet = (
            cls.all[:29],
            cls.all[29:37],
            cls.all[37:42],
            cls.all[42:],
        )
        # the rule calls 24 of the 34 late ones and misses 10
        cls._called(hits[:24], PROMISED, **late, **called, rule_call="yes")
        cls._called(hits[24:], PROMISED, **late, **called)
        cls._called(false, PROMISED, **called)
        cls._called(missed, PROMISED, **late)
        cls._called(quiet, PROMISED)

    def callers(self, **kwargs):
        verdicts = self.Quality._verdicts(self.scheme, "2026-02", NOW)
        return {row["name"]: row["figures"] for row in self.Quality._callers(verdicts)}

    def test_37_called_29_late_5_missed_and_the_rule_24_and_10(self):
        found = self.callers()
        radar, rule = found["any"], found["rule"]
        self.assertEqual((radar["calls"], radar["hits"], radar["misses"]), (37, 29, 5))
        self.assertEqual((rule["hits"], rule["misses"]), (24, 10))
        self.assertAlmostEqual(radar["precision"], 29 / 37)
        self.assertAlmostEqual(radar["recall"], 29 / 34)
        self.assertEqual(radar["lead_median"], 96)
        self.assertNotIn("model", found)

    def test_what_is_said_too_late_is_no_call(self):
        extra = self._orders(3)
        self._called(
            extra,
            PROMISED,
            at=PROMISED - timedelta(hours=40),
            colour="red",
            outcome="late",
            delivered=PROMISED + timedelta(days=1),
        )
        found = self.callers()["any"]
        self.assertEqual((found["calls"], found["unseen"]), (37, 3))

    def test_an_order_that_is_over_and_not_delivered_is_late(self):
        self._called(
            self._orders(1), PROMISED, outcome=None, delivered=None, colour="red"
        )
        self.assertEqual(self.callers()["red"]["hits"], 1)

    def test_every_number_opens_the_orders_that_it_counted(self):
        with self.at(NOW):
            for caller, figures in self.callers().items():
                for cell, name in (
                    ("calls", "calls"),
                    ("hit", "hits"),
                    ("false_alarm", "false_alarms"),
                    ("miss", "misses"),
                    ("late", "late"),
                    ("averted", "averted"),
                ):
                    action = self.Quality.quality_orders("2026-02", caller, cell)
                    [(_field, _operator, ids)] = action["domain"]
                    self.assertEqual(len(ids), figures[name], (caller, cell))

    def test_the_page_opens_with_the_last_whole_month(self):
        with self.at(NOW):
            data = self.Quality.with_user(self.operator).quality_data()
        self.assertEqual(data["month"], "2026-02")
        self.assertEqual(len(data["months"]), 13)
        self.assertFalse(data["is_open"])
        self.assertEqual(sum(day["hits"] for day in data["days"]), 29)

    def test_a_month_without_figures_is_empty_and_not_zero(self):
        with self.at(NOW):
            data = self.Quality.quality_data("2025-06")
        self.assertEqual(data["month"], "2025-06")
        self.assertIsNone(data["callers"][0]["figures"]["precision"])

    def test_whoever_does_not_see_all_orders_does_not_see_the_page(self):
        customer = self._user("hub_reader", "base.group_portal")
        for user in (self.sales, customer):
            with self.assertRaises(AccessError):
                self.Quality.with_user(user).quality_data()
            with self.assertRaises(AccessError):
                self.Quality.with_user(user).quality_orders("2026-02", "any", "hit")

    def test_nonsense_by_rpc_is_refused(self):
        with self.at(NOW):
            for arguments in (
                ("2026-02", "any", "drop table"),
                ("2026-02", "__class__", "hit"),
                ("1; select", "any", "hit"),
                (None, "any", "hit"),
            ):
                with self.assertRaises(UserError):
                    self.Quality.quality_orders(*arguments)

    def test_another_company_has_figures_of_its_own(self):
        other = self.env["res.company"].create({"name": "Other works"})
        data = self.Quality.with_company(other).quality_data()
        self.assertFalse(data["has_radar"])

    def at(self, moment):
        """Let the page believe that it is opened at a moment."""
        return patch(
            f"{OrderHubRiskQuality.__module__}.fields.Datetime.now",
            lambda: moment,
        )

    # === TRIAL === #

    def trial(self, **values):
        trial = self.env["order.hub.risk.trial"]
        defaults = trial.with_context(default_scheme_id=self.scheme.id).default_get(
            list(trial._fields)
        )
        return trial.create(
            {
                **defaults,
                "scheme_id": self.scheme.id,
                "date_from": date(2026, 2, 1),
                "date_to": date(2026, 2, 28),
                **values,
            }
        )

    def test_other_weights_are_tried_on_history_and_nothing_is_written(self):
        trial = self.trial(weight_supplier=0.1)
        before = self.env["order.hub.risk.call"].search([]).read()
        found = trial._try(
            self.scheme, trial._tried(), trial.date_from, trial.date_to, NOW
        )
        self.assertEqual(found["judged"], 60)
        counts = {label: (now, tried) for label, now, tried in found["counts"]}
        self.assertEqual(counts["Yellow"], (37, 0))
        self.assertEqual(found["scores"][0]["before"]["calls"], 37)
        self.assertEqual(found["scores"][0]["after"]["calls"], 0)
        trial.action_try()
        self.assertIn("60 orders", " ".join(str(trial.result).split()))
        self.assertEqual(self.env["order.hub.risk.call"].search([]).read(), before)
        self.assertEqual(self.scheme.weight_supplier, 0.9)

    def test_lower_thresholds_call_more(self):
        trial = self.trial(yellow=10.0, red=20.0)
        found = trial._try(
            self.scheme, trial._tried(), trial.date_from, trial.date_to, NOW
        )
        self.assertEqual(found["scores"][1]["after"]["calls"], 60)

    def test_settings_that_cannot_judge_are_not_tried(self):
        with self.assertRaisesRegex(UserError, "cannot judge"):
            self.trial(yellow=80.0, red=20.0).action_try()

    def test_a_trial_is_for_those_who_see_all_orders(self):
        with self.assertRaises(AccessError):
            self.env["order.hub.risk.trial"].with_user(self.sales).create(
                {
                    "scheme_id": self.scheme.id,
                    "date_from": date(2026, 2, 1),
                    "date_to": date(2026, 2, 2),
                }
            )
