"""The chance of being late: stored as numbers, and on only where it is worth it."""

import copy
import doctest
import json
import random
from dataclasses import replace
from unittest.mock import patch

from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.tests.properties import given

from ..engine import risk_backtest, risk_measures, risk_model, risk_training
from ..engine.risk_model import FEATURES, Isotonic, Model, ModelError, Sigmoid
from ..engine.risk_training import Settings, train
from . import risk_histories as truth

CHANCES = st.floats(0, 1)
#: As features are: from −1 to 1, and just beside where trees part them.
VALUES = st.lists(st.floats(-1, 1), min_size=len(FEATURES), max_size=len(FEATURES))
PAIRS = st.lists(st.tuples(CHANCES, st.booleans()), min_size=1, max_size=80)
NO_SKLEARN = dict.fromkeys(
    ("sklearn", "sklearn.ensemble", "sklearn.isotonic", "sklearn.linear_model")
)


@st.composite
def curves(draw):
    """Isotonic curves, steep and flat parts."""
    x = sorted(draw(st.sets(st.floats(-20, 20), min_size=1, max_size=12)))
    y = draw(st.lists(CHANCES, min_size=len(x), max_size=len(x)))
    return Isotonic(tuple(x), tuple(sorted(y)))


def trained(samples):
    """scikit-learn's own objects, and ours made of them."""
    library = risk_training.libraries()
    rows = [list(each.features) for each in samples]
    late = [each.is_late for each in samples]
    trees = library.boosting(n_estimators=40, max_depth=3, random_state=0)
    return library, rows, late, trees.fit(rows, late)


class TestEngineRiskModel(BaseCase):
    """What is stored predicts what scikit-learn predicts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.samples = truth.past(1500, truth.by_factors)
        cls.library, cls.rows, cls.late, cls.trees = trained(cls.samples)
        cls.boosting = risk_training.boosting_of(cls.trees)
        chance = random.Random(3)
        cls.others = [truth.drawn(chance) for _ in range(1000)]

    def test_the_examples_in_the_docstrings_hold(self):
        self.assertFalse(doctest.testmod(risk_measures).failed)

    def test_there_is_a_name_for_each_feature(self):
        self.assertEqual(len(self.others[0]), len(FEATURES))

    @given(
        st.dictionaries(st.sampled_from(FEATURES[:6]), st.none() | CHANCES),
        st.floats(0, 100),
        st.floats(-1e6, 1e6),
        st.floats(-1e6, 1e6),
        st.none() | st.floats(0, 1e6),
    )
    def test_features_never_leave_their_bounds(self, shares, score, left, slack, times):
        for value in risk_model.features(shares, score, left, slack, times):
            self.assertTrue(-1 <= value <= 1)

    def assertSame(self, ours, theirs):
        for one, other in zip(ours, theirs, strict=True):
            self.assertAlmostEqual(one, float(other), delta=1e-9)

    def stored(self, core, curve):
        """As it comes back from the database."""
        value = json.loads(json.dumps(Model(core, curve).as_json()))
        return risk_model.read(value)

    def test_trees_predict_what_scikit_learn_predicts(self):
        model = self.stored(self.boosting, Sigmoid(1.0, 0.0))
        self.assertSame(
            [model.raw(row) for row in self.others],
            self.trees.decision_function(self.others),
        )
        self.assertSame(
            [model.chance(row) for row in self.others],
            self.trees.predict_proba(self.others)[:, 1],
        )

    def test_trees_agree_at_the_very_points_where_they_part(self):
        model = self.stored(self.boosting, Sigmoid(1.0, 0.0))
        rows = []
        for tree in self.boosting.trees:
            for feature, threshold in zip(tree.feature, tree.threshold, strict=True):
                if feature >= 0:
                    for nudge in (0, 1e-12, -1e-12, 1e-7, -1e-7):
                        row = list(self.others[0])
                        row[feature] = threshold + nudge
                        rows.append(row)
        self.assertSame(
            [model.raw(row) for row in rows], self.trees.decision_function(rows)
        )

    @given(VALUES)
    def test_trees_predict_the_same_anywhere(self, values):
        (theirs,) = self.trees.decision_function([values])
        self.assertAlmostEqual(self.boosting.raw(values), float(theirs), delta=1e-9)

    def test_the_straight_model_predicts_what_scikit_learn_predicts(self):
        core = risk_training._fit_logistic(self.library, self.samples)
        scaler = self.library.scaler().fit(self.rows)
        theirs = self.library.logistic(max_iter=1000)
        theirs.fit(scaler.transform(self.rows), self.late)
        model = self.stored(core, Sigmoid(1.0, 0.0))
        self.assertSame(
            [model.chance(row) for row in self.others],
            theirs.predict_proba(scaler.transform(self.others))[:, 1],
        )

    def test_the_curve_predicts_what_scikit_learn_predicts(self):
        raw = [self.boosting.raw(row) for row in self.rows]
        theirs = self.library.isotonic(y_min=0, y_max=1, out_of_bounds="clip")
        theirs.fit(raw, self.late)
        model = self.stored(self.boosting, risk_training.isotonic_of(theirs))
        points = [self.boosting.raw(row) for row in self.others]
        points += [-99.0, 99.0, *model.curve.x]
        self.assertSame(
            [model.curve.chance(point) for point in points], theirs.predict(points)
        )

    @given(curves(), st.floats(-30, 30), st.floats(0, 30))
    def test_a_higher_raw_score_is_never_less_likely_late(self, curve, raw, more):
        low, high = curve.chance(raw), curve.chance(raw + more)
        self.assertTrue(0 <= low <= high <= 1)

    @given(st.floats(0, 50), st.floats(-20, 20), st.floats(), st.floats(0, 1e3))
    def test_a_sigmoid_never_falls_and_never_fails(self, slope, shift, raw, more):
        if raw != raw or abs(raw) > 1e300:
            return
        curve = Sigmoid(slope, shift)
        low, high = curve.chance(raw), curve.chance(raw + more)
        self.assertTrue(0 <= low <= high <= 1)

    @given(VALUES, curves())
    def test_a_chance_lies_within_0_and_1(self, values, curve):
        model = self.stored(self.boosting, curve)
        self.assertTrue(0 <= model.chance(values) <= 1)
        self.assertEqual(model.calls(values), model.chance(values) >= model.cut)

    # === WHAT IS STORED === #

    def test_a_model_of_other_features_is_not_used(self):
        value = Model(self.boosting, Sigmoid(1.0, 0.0)).as_json()
        for change in ({"version": 0}, {"features": ["weather"]}):
            with self.assertRaises(ModelError) as caught:
                risk_model.read({**value, **change})
            self.assertEqual(caught.exception.code, "version")

    def test_a_damaged_model_is_refused_and_never_hangs(self):
        value = json.loads(
            json.dumps(Model(self.boosting, Isotonic((0, 1), (0, 1))).as_json())
        )
        tree = value["core"]["trees"][0]
        node = next(n for n, each in enumerate(tree["feature"]) if each >= 0)
        damages = [
            ("kind", "pickle"),
            ("cut", float("nan")),
            ("cut", True),
            ("calibration", "none"),
            ("core.start", "0"),
            ("core.rate", None),
            (f"core.trees.0.left.{node}", node),
            (f"core.trees.0.right.{node}", 10**6),
            (f"core.trees.0.feature.{node}", len(FEATURES)),
            (f"core.trees.0.threshold.{node}", float("inf")),
            ("core.trees.0.value", []),
            ("core.trees.0.feature", []),
            ("curve.x", [1, 0]),
            ("curve.y", [1, 0]),
            ("curve.y", [0, 1.1]),
            ("curve.x", []),
        ]
        for path, wrong in damages:
            with self.subTest(path), self.assertRaises(ModelError) as caught:
                risk_model.read(damaged(value, path, wrong))
            self.assertEqual(caught.exception.code, "broken")
        for nonsense in (None, [], "x", {"version": 1, "features": list(FEATURES)}):
            with self.assertRaises(ModelError):
                risk_model.read(nonsense)

    def test_a_wrong_number_of_features_is_refused(self):
        model = Model(self.boosting, Sigmoid(1.0, 0.0))
        with self.assertRaises(ValueError):
            model.chance([0.0])

    # === FIGURES === #

    @given(PAIRS)
    def test_every_order_lies_in_one_bin(self, pairs):
        chances, late = zip(*pairs, strict=True)
        bins = risk_measures.reliability(chances, late)
        self.assertEqual(sum(each.count for each in bins), len(pairs))
        self.assertEqual(
            round(sum(each.count * (each.share or 0) for each in bins)), sum(late)
        )
        for each in bins:
            if each.count:
                self.assertTrue(each.start - 1e-9 <= each.chance <= each.end + 1e-9)
                self.assertTrue(each.low <= each.share <= each.high)
        self.assertTrue(0 <= risk_measures.calibration_error(bins) <= 1)
        json.dumps([each.as_json() for each in bins])

    @given(PAIRS)
    def test_figures_of_chances_stay_within_bounds(self, pairs):
        chances, late = zip(*pairs, strict=True)
        self.assertTrue(0 <= risk_measures.brier(chances, late) <= 1)
        self.assertGreaterEqual(risk_measures.log_loss(chances, late), 0)
        area = risk_measures.auc(chances, late)
        mirrored = risk_measures.auc([-chance for chance in chances], late)
        if area is None:
            self.assertIn(sum(late), (0, len(late)))
        else:
            self.assertAlmostEqual(area + mirrored, 1)
        for calls in (0, 1, len(pairs)):
            found = risk_measures.hits_at(chances, late, calls)
            self.assertTrue(0 <= found <= min(calls, sum(late)) + 1e-9)

    def test_figures_agree_with_scikit_learn(self):
        from sklearn import metrics

        chances = [round(row[0], 2) for row in self.rows]
        self.assertSame(
            [
                risk_measures.brier(chances, self.late),
                risk_measures.auc(chances, self.late),
            ],
            [
                metrics.brier_score_loss(self.late, chances),
                metrics.roc_auc_score(self.late, chances),
            ],
        )


def damaged(value, path, wrong):
    """Return a copy with one thing wrong."""
    value = copy.deepcopy(value)
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    part = value
    for step in way:
        part = part[step]
    part[last] = wrong
    return value


class TestEngineRiskTraining(BaseCase):
    """Pasts of which the truth is known."""

    def test_it_wins_where_lateness_follows_from_what_is_measured(self):
        samples = truth.past(3000, truth.by_factors, truth.stuck, truth.stuck)
        found = train(samples)
        self.assertEqual((found.is_on, found.reason), (True, ""))
        figures = found.metrics
        self.assertGreater(figures["auc"], 0.8)
        self.assertLess(figures["brier"], figures["brier_base"] * 0.8)
        self.assertLess(figures["calibration_error"], 0.08)
        for other in ("rule", "radar"):
            self.assertGreater(figures[other]["model_hits"], figures[other]["hits"])
        self.assertEqual(
            sum(each["count"] for each in figures["bins"]), figures["test"]
        )

    def test_what_it_says_is_near_the_truth(self):
        samples = truth.past(6000, truth.by_factors, truth.stuck)
        model = train(samples).model
        self.assertIsInstance(model.curve, Isotonic)
        chance = random.Random(11)
        apart = 0.0
        for _ in range(500):
            values = truth.drawn(chance)
            real = truth.by_factors(dict(zip(FEATURES, values, strict=True)), 0)
            apart += abs(model.chance(values) - real)
        self.assertLess(apart / 500, 0.07)

    def test_trees_are_taken_where_a_straight_model_cannot_see_it(self):
        found = train(truth.past(3000, truth.by_corner, truth.stuck))
        self.assertTrue(found.is_on)
        self.assertEqual(found.model.kind, "boosting")

    def test_a_straight_model_is_taken_where_it_is_as_good(self):
        found = train(truth.past(3000, truth.by_factors))
        self.assertEqual(found.model.kind, "logistic")

    def test_it_stays_off_where_nothing_can_be_learned(self):
        for seed in range(5):
            found = train(truth.past(1500, truth.by_chance, truth.stuck, seed=seed))
            self.assertFalse(found.is_on)
            self.assertEqual(found.reason, "no_skill")

    def test_it_stays_off_where_the_rule_knows_better(self):
        found = train(truth.past(2000, truth.by_factors, truth.knowing))
        self.assertEqual(found.reason, "worse_than_rule")
        self.assertLess(found.figures["model_hits"], found.figures["hits"])
        found = train(truth.past(2000, truth.by_factors, None, truth.knowing))
        self.assertEqual(found.reason, "worse_than_radar")

    def test_it_stays_off_when_the_world_has_turned(self):
        found = train(truth.past(2000, truth.turned, truth.stuck))
        self.assertFalse(found.is_on)
        self.assertEqual(found.reason, "no_skill")

    def test_below_a_minimum_of_data_it_stays_off_and_says_how_much_is_missing(self):
        few = train(truth.past(499, truth.by_factors))
        self.assertEqual(
            (few.reason, few.figures), ("too_few", {"samples": 499, "needed": 500})
        )
        self.assertEqual(train([]).reason, "too_few")
        never = train(truth.past(800, lambda _values, _share: 0.0))
        self.assertEqual(never.reason, "too_few_late")
        always = train(truth.past(800, lambda _values, _share: 1.0))
        self.assertEqual(always.reason, "too_few_on_time")

    def test_a_history_of_one_night_is_too_short(self):
        found = train(truth.past(2000, truth.by_factors, nights=1))
        self.assertEqual(found.reason, "too_short")

    def test_late_orders_in_one_corner_of_the_past_are_not_enough(self):
        found = train(truth.past(2000, lambda _values, share: 0.5 * (share < 0.5)))
        self.assertEqual((found.reason, found.figures["part"]), ("too_short", "tune"))

    def test_without_scikit_learn_it_stays_off_and_says_so(self):
        samples = truth.past(800, truth.by_factors)
        with patch.dict("sys.modules", NO_SKLEARN):
            found = train(samples)
        self.assertEqual((found.is_on, found.reason), (False, "no_library"))
        self.assertIsNone(found.model)

    def test_a_stored_model_predicts_without_scikit_learn_and_numpy(self):
        found = train(truth.past(1500, truth.by_factors))
        stored = json.dumps(found.model.as_json())
        values = truth.drawn(random.Random(5))
        with patch.dict("sys.modules", {**NO_SKLEARN, "numpy": None}):
            model = risk_model.read(json.loads(stored))
            self.assertEqual(model.chance(values), found.model.chance(values))

    def test_the_same_past_gives_the_same_model(self):
        samples = truth.past(900, truth.by_factors)
        again = random.Random(1).sample(samples, len(samples))
        self.assertEqual(train(samples).model.as_json(), train(again).model.as_json())

    def test_an_order_called_many_nights_counts_once(self):
        samples = truth.past(900, truth.by_factors)
        earlier = [replace(each, at=truth.BEGIN) for each in samples]
        self.assertEqual(train(samples + earlier), train(samples))

    def test_nothing_is_learned_from_what_was_not_known_yet(self):
        samples = truth.past(1000, truth.by_factors)
        parts = risk_training.split(samples, Settings())
        first, second = parts.tune[0].at, parts.test[0].at
        self.assertTrue(all(each.known <= first for each in parts.fit))
        self.assertTrue(all(each.known <= second for each in parts.tune))
        self.assertLess(max(each.at for each in parts.fit), first)
        self.assertLess(max(each.at for each in parts.tune), second)

    @given(st.integers(0, 10**6), st.sampled_from(["chance", "turned", "factors"]))
    def test_whatever_is_on_is_no_worse_than_the_rule(self, seed, name):
        metrics = self.figures(seed, name)
        reason, figures = risk_backtest.judge(metrics)
        json.dumps(figures)
        if reason:
            self.assertIn(reason, risk_backtest.REASONS)
            return
        self.assertLess(metrics["brier"], metrics["brier_base"])
        for other in (metrics["rule"], metrics["radar"]):
            self.assertGreaterEqual(other["model_hits"], other["hits"])
            self.assertGreaterEqual(metrics["f1"], other["f1"] or 0)
            self.assertLessEqual(metrics["brier"], other["brier"])

    def figures(self, seed, name):
        """The back-test of a model that was made up as well."""
        world = getattr(truth, f"by_{name}", truth.turned)
        samples = truth.past(300, world, truth.stuck, truth.knowing, seed)
        core = risk_model.Logistic(
            (0.0,) * len(FEATURES), (1.0,) * len(FEATURES), (1.0,) * len(FEATURES), -3
        )
        parts = risk_training.split(samples, Settings())
        return risk_backtest.back_test(Model(core, Sigmoid(1.0, 0.0)), parts)
