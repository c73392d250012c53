"""The radar: each factor alone, all together, and what can still be done."""

import doctest
import json
from dataclasses import fields, replace
from datetime import datetime, timedelta

from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.tests.properties import given

from ..engine import radar, radar_factors, radar_facts, radar_suggest
from ..engine.radar import assess, rescore, score
from ..engine.radar_facts import (
    FACTORS,
    Company,
    Facts,
    Load,
    Maintenance,
    Notice,
    Progress,
    Purchase,
    Quality,
    Scheme,
    Weights,
)
from ..engine.radar_suggest import Alternative, Options, Transfer, suggest

#: 02:00 in Shanghai.
NOW = datetime(2026, 3, 9, 18, 0)
COMPANY = Company(on_time=0.9, defects=0.02)
SCHEME = Scheme()


def at(hours):
    return NOW + timedelta(hours=hours)


SHARES = st.fixed_dictionaries({name: st.none() | st.floats(0, 1) for name in FACTORS})
CHANCES = st.floats(0, 1)
WEIGHTS = st.builds(Weights, **{each.name: CHANCES for each in fields(Weights)})
MOMENTS = st.integers(-100, 600).map(at)


@st.composite
def schemes(draw):
    yellow = draw(st.floats(1, 98))
    calm = draw(st.floats(0, 1.5))
    return Scheme(
        weights=draw(WEIGHTS),
        yellow=yellow,
        red=draw(st.floats(yellow + 1, 100)),
        hours_ahead=draw(st.floats(1, 200)),
        prior=draw(st.floats(0, 50)),
        cushion_hours=draw(st.floats(1, 500)),
        unconfirmed=draw(CHANCES),
        full_defects=draw(st.floats(0.01, 1)),
        load_calm=calm,
        load_full=calm + draw(st.floats(0.05, 2)),
    )


@st.composite
def rated(draw, model, hits, total, **values):
    """A record with so many hits of a total."""
    count = draw(st.integers(0, 60))
    values = {name: draw(one) for name, one in values.items()}
    return model(**{total: count, hits: draw(st.integers(0, count)), **values})


PURCHASES = rated(
    Purchase,
    "on_time",
    "deliveries",
    id=st.integers(1, 99),
    supplier=st.integers(1, 4),
    expected=st.none() | MOMENTS,
    needed=st.none() | MOMENTS,
    is_confirmed=st.booleans(),
)
HOURS = st.floats(0, 400)


def some(strategy):
    return st.none() | st.lists(strategy, max_size=4).map(tuple)


FACTS = st.builds(
    Facts,
    order=st.integers(1, 9),
    promised=MOMENTS,
    leaves=st.none() | MOMENTS,
    progress=st.none() | st.builds(Progress, HOURS, HOURS, HOURS),
    purchases=some(PURCHASES),
    quality=some(rated(Quality, "bad", "total", product=st.integers(1, 9))),
    notices=some(
        st.builds(
            Notice,
            st.integers(1, 9),
            st.sampled_from(["info", "warning", "critical"]),
            st.none() | MOMENTS,
            st.none() | MOMENTS,
        )
    ),
    maintenance=some(
        st.builds(Maintenance, st.integers(1, 9), st.integers(1, 3), MOMENTS, MOMENTS)
    ),
    loads=some(st.builds(Load, st.integers(1, 9), HOURS, HOURS)),
)
COMPANIES = st.builds(Company, st.none() | CHANCES, st.none() | CHANCES)


def judged(scheme=SCHEME, company=COMPANY, **facts):
    facts = {"order": 1, "promised": at(240), **facts}
    return assess(Facts(**facts), scheme, company, NOW)


def share(name, scheme=SCHEME, company=COMPANY, **facts):
    risk = judged(scheme, company, **facts)
    return risk.shares[name]


class TestEngineRadar(BaseCase):
    def test_the_examples_in_the_docstrings_hold(self):
        for module in (radar, radar_facts, radar_factors):
            self.assertFalse(doctest.testmod(module).failed)

    # === THE SCORE === #

    @given(SHARES, schemes(), st.sampled_from(FACTORS), CHANCES)
    def test_a_worse_factor_never_lowers_the_score(self, shares, scheme, name, more):
        worse = {**shares, name: max(shares[name] or 0.0, more)}
        before, after = score(shares, scheme), score(worse, scheme)
        self.assertLessEqual(before, after)
        self.assertTrue(0 <= before <= 100)
        ranks = radar.COLOURS.index
        self.assertLessEqual(
            ranks(rescore(shares, scheme)[1]), ranks(rescore(worse, scheme)[1])
        )

    @given(SHARES, schemes(), st.sampled_from(FACTORS), CHANCES)
    def test_a_weight_of_zero_ignores_its_factor(self, shares, scheme, name, other):
        weights = replace(scheme.weights, **{name: 0.0})
        scheme = replace(scheme, weights=weights)
        self.assertEqual(score(shares, scheme), score({**shares, name: other}, scheme))

    @given(SHARES, schemes(), st.sampled_from(FACTORS), CHANCES)
    def test_a_higher_weight_never_lowers_the_score(self, shares, scheme, name, more):
        weight = max(getattr(scheme.weights, name), more)
        higher = replace(scheme, weights=replace(scheme.weights, **{name: weight}))
        self.assertLessEqual(score(shares, scheme), score(shares, higher))

    @given(FACTS, schemes(), COMPANIES)
    def test_the_points_of_the_factors_add_up_to_the_score(
        self, facts, scheme, company
    ):
        risk = assess(facts, scheme, company, NOW)
        self.assertEqual([each.name for each in risk.factors], list(FACTORS))
        total = sum(each.points for each in risk.factors)
        self.assertAlmostEqual(total, score(risk.shares, scheme), delta=0.04)
        for each in risk.factors:
            self.assertTrue(each.share is None or 0 <= each.share <= 1)
            self.assertTrue(0 <= each.points <= 100)
            if not each.share:
                self.assertEqual(each.points, 0)

    @given(FACTS, schemes(), COMPANIES)
    def test_what_is_stored_gives_the_same_colour_again(self, facts, scheme, company):
        risk = assess(facts, scheme, company, NOW)
        stored = json.loads(json.dumps(risk.as_json()))
        shares = {row["name"]: row["share"] for row in stored}
        self.assertEqual(
            rescore(shares, scheme, risk.is_overdue), (risk.score, risk.colour)
        )

    @given(FACTS, schemes(), COMPANIES, st.floats(0, 300))
    def test_a_later_promise_is_never_riskier_for_the_work(
        self, facts, scheme, company, more
    ):
        later = replace(facts, promised=facts.promised + timedelta(hours=more))
        for name in ("progress", "supplier"):
            before = assess(facts, scheme, company, NOW).shares[name]
            after = assess(later, scheme, company, NOW).shares[name]
            self.assertLessEqual(after or 0.0, (before or 0.0) + 1e-9)

    def test_an_order_without_a_promise_cannot_be_late(self):
        risk = judged(promised=None)
        self.assertEqual((risk.colour, risk.factors), (None, ()))

    def test_an_order_whose_promise_is_over_is_red_whatever_the_weights_are(self):
        scheme = Scheme(weights=Weights(*[0.0] * len(FACTORS)))
        risk = judged(scheme, promised=at(-1))
        self.assertEqual((risk.score, risk.colour), (100, "red"))
        self.assertTrue(risk.is_overdue)

    def test_an_order_with_nothing_to_fear_is_green(self):
        risk = judged(progress=Progress(10, 20, 10))
        self.assertEqual((risk.score, risk.colour), (0, "green"))
        self.assertEqual(risk.reasons, ())

    def test_what_nobody_knows_is_not_zero(self):
        risk = judged(purchases=None, loads=None)
        self.assertEqual(
            [risk.shares[name] for name in ("progress", "supplier", "load")],
            [None, None, None],
        )
        self.assertEqual(risk.shares["route"], 0)

    def test_the_sentence_names_the_three_heaviest_factors(self):
        risk = judged(
            promised=at(20),
            progress=Progress(0, 40, 0),
            purchases=(Purchase(1, 7, expected=at(30)),),
            notices=(Notice(3, "critical"),),
            loads=(Load(5, 100, 50),),
        )
        self.assertEqual(
            [each.name for each in risk.reasons], ["progress", "supplier", "route"]
        )

    # === FACTORS === #

    def test_an_order_is_called_when_it_cannot_stand_still_for_two_days(self):
        shares = [
            share("progress", promised=at(hours), progress=Progress(24, 40, 24))
            for hours in (88, 64, 40, 30)
        ]
        self.assertEqual(shares, [0, 0.5, 1, 1])

    def test_work_that_goes_slower_than_planned_is_expected_to_go_on_so(self):
        slow = judged(progress=Progress(24, 40, 72))
        self.assertEqual(slow.slack_hours, 240 - 2 * 40)
        fast = judged(progress=Progress(24, 40, 1))
        self.assertEqual(fast.slack_hours, 240 - 40)

    @given(st.builds(Progress, HOURS, HOURS, HOURS), schemes(), HOURS)
    def test_progress_is_riskier_the_more_is_left_and_the_longer_it_took(
        self, progress, scheme, more
    ):
        base = share("progress", scheme, progress=progress)
        left = replace(progress, left_hours=progress.left_hours + more)
        took = replace(progress, elapsed_hours=progress.elapsed_hours + more)
        done = replace(progress, done_hours=progress.done_hours + more)
        self.assertLessEqual(base, share("progress", scheme, progress=left) + 1e-9)
        self.assertLessEqual(base, share("progress", scheme, progress=took) + 1e-9)
        self.assertGreaterEqual(base, share("progress", scheme, progress=done) - 1e-9)

    def test_few_deliveries_lie_near_the_mean_and_many_speak_for_themselves(self):
        rates = [radar_factors.shrunk(0, count, 0.9, 10) for count in (0, 1, 10, 1000)]
        self.assertEqual(rates[0], 0.9)
        self.assertEqual(rates, sorted(rates, reverse=True))
        self.assertAlmostEqual(rates[2], 0.45)
        self.assertLess(rates[3], 0.01)

    @given(st.integers(0, 60), st.integers(0, 60), CHANCES, st.floats(0, 50))
    def test_a_shrunk_rate_lies_between_what_was_seen_and_the_mean(
        self, hits, more, mean, prior
    ):
        total = hits + more
        found = radar_factors.shrunk(hits, total, mean, prior)
        seen = hits / total if total else mean
        self.assertTrue(min(seen, mean) - 1e-9 <= found <= max(seen, mean) + 1e-9)

    @given(PURCHASES, schemes(), COMPANIES)
    def test_a_delivery_on_time_never_makes_a_supplier_riskier(
        self, purchase, scheme, company
    ):
        def chance(on_time):
            row = replace(purchase, on_time=on_time, deliveries=purchase.deliveries + 1)
            return share("supplier", scheme, company, purchases=(row,))

        good, bad = chance(purchase.on_time + 1), chance(purchase.on_time)
        self.assertLessEqual(good, bad + 1e-9)

    def test_a_purchase_expected_after_it_is_needed_is_certainly_late(self):
        purchase = Purchase(1, 7, expected=at(101), needed=at(100))
        self.assertEqual(share("supplier", purchases=(purchase,)), 1)

    def test_a_purchase_that_comes_a_week_early_is_safe_with_any_supplier(self):
        purchase = Purchase(1, 7, expected=at(20), needed=at(200), deliveries=10)
        self.assertEqual(share("supplier", purchases=(purchase,)), 0)

    def test_a_date_that_nobody_confirmed_is_doubted(self):
        purchase = Purchase(1, 7, expected=at(20), needed=at(200), is_confirmed=False)
        found = share("supplier", purchases=(purchase,))
        self.assertAlmostEqual(found, 1 - 0.9 * 0.8)

    def test_purchases_of_one_supplier_fail_together(self):
        rows = [Purchase(n, n, is_confirmed=False) for n in (1, 2)]
        one = share("supplier", purchases=(rows[0],))
        same = share("supplier", purchases=(rows[0], replace(rows[1], supplier=1)))
        two = share("supplier", purchases=tuple(rows))
        self.assertEqual(one, same)
        self.assertAlmostEqual(two, 1 - (1 - one) ** 2)

    def test_a_company_without_history_blames_nobody(self):
        purchase = Purchase(1, 7, expected=at(100), needed=at(100))
        found = share("supplier", company=Company(), purchases=(purchase,))
        self.assertEqual(found, 0)
        quality = (Quality(1),)
        self.assertIsNone(share("quality", company=Company(), quality=quality))

    def test_similar_products_that_were_bad_count_by_their_rate(self):
        found = share("quality", quality=(Quality(1, 3, 10), Quality(2, 0, 90)))
        self.assertAlmostEqual(found, (3 + 10 * 0.02) / 20 / 0.2)

    def test_a_notice_counts_while_the_goods_are_on_their_way(self):
        def route(start, end, severity="critical"):
            notice = Notice(1, severity, at(start), at(end))
            return share("route", leaves=at(200), notices=(notice,))

        self.assertEqual(route(0, 199), 0)
        self.assertEqual(route(0, 200), 1)
        self.assertEqual(route(230, 300, "warning"), 0.6)
        self.assertEqual(route(241, 300), 0)

    def test_two_notices_of_one_storm_are_one_storm(self):
        rows = (Notice(1, "warning"), Notice(2, "warning"))
        self.assertEqual(share("route", notices=rows), 0.6)

    def test_maintenance_counts_against_the_slack(self):
        def lost(*spans, promised=240):
            rows = [
                Maintenance(n, centre, at(start), at(end))
                for n, (centre, start, end) in enumerate(spans)
            ]
            return share(
                "maintenance",
                promised=at(promised),
                progress=Progress(0, 40, 0),
                maintenance=tuple(rows),
            )

        self.assertEqual(lost((1, 10, 30)), 20 / 200)
        self.assertEqual(lost((1, 10, 30), (1, 20, 40)), 30 / 200)
        self.assertEqual(lost((1, 10, 30), (2, 20, 40)), 40 / 200)
        self.assertEqual(lost((1, -10, 20)), 20 / 200)
        self.assertEqual(lost((1, 250, 300)), 0)
        self.assertEqual(lost((1, 10, 11), promised=40), 1)

    def test_the_busiest_work_centre_counts(self):
        loads = (Load(1, 100, 100), Load(2, 20, 100))
        self.assertAlmostEqual(share("load", loads=loads), 0.5)
        self.assertEqual(share("load", loads=(Load(1, 80, 100),)), 0)
        self.assertEqual(share("load", loads=(Load(1, 1, 0),)), 1)
        self.assertEqual(share("load", loads=(Load(1, 0, 0),)), 0)

    # === THE SCHEME === #

    @given(schemes())
    def test_a_sound_scheme_has_no_problems(self, scheme):
        self.assertEqual(radar_facts.problems(scheme), ())

    def test_each_wrong_setting_is_named(self):
        wrong = Scheme(
            weights=Weights(progress=1.1, load=-0.1),
            yellow=0,
            hours_ahead=0,
            prior=float("nan"),
            unconfirmed=2,
            load_calm=2,
            pace_most=0.5,
        )
        self.assertEqual(
            radar_facts.problems(wrong),
            (
                "weights.progress",
                "weights.load",
                "thresholds",
                "load",
                "hours_ahead",
                "prior",
                "unconfirmed",
                "pace_most",
            ),
        )


class TestEngineRadarSuggestions(BaseCase):
    """The separator-film supplier goes home for the holiday."""

    def setUp(self):
        super().setUp()
        film = Purchase(
            31, 7, at(260), at(200), on_time=6, deliveries=10, is_confirmed=False
        )
        self.facts = Facts(1, at(240), progress=Progress(10, 30, 10), purchases=(film,))
        self.risk = assess(self.facts, SCHEME, COMPANY, NOW)

    def suggestions(self, *alternatives, facts=None, **options):
        facts = facts or self.facts
        risk = assess(facts, SCHEME, COMPANY, NOW)
        given = Options(alternatives=alternatives, **options)
        return suggest(facts, risk, given, SCHEME, COMPANY, NOW)

    def test_a_late_supplier_with_nothing_confirmed_makes_yellow(self):
        film = replace(self.facts.purchases[0], expected=at(150))
        risk = judged(purchases=(film,))
        self.assertEqual(risk.colour, "yellow")
        (reason,) = risk.reasons
        self.assertEqual(reason.name, "supplier")
        self.assertEqual(
            (reason.figures["late"], reason.figures["deliveries"]), (4, 10)
        )

    def test_the_next_approved_supplier_turns_red_into_green(self):
        self.assertEqual(self.risk.colour, "red")
        first = Alternative(
            31, 8, 1, 5200, "CNY", 5, at(120), on_time=48, deliveries=50
        )
        second = replace(first, supplier=9, sequence=2, price=4000)
        found = self.suggestions(second, first)
        self.assertEqual(
            [each.kind for each in found], ["switch_supplier", "tell_customer"]
        )
        self.assertEqual(found[0].figures["supplier"], 8)
        self.assertEqual(found[0].figures["price"], 5200)
        self.assertEqual(found[0].colour_after, "green")
        json.dumps([each.as_json() for each in found])

    def test_a_supplier_who_would_be_late_as_well_is_not_proposed(self):
        late = Alternative(31, 8, 1, arrives=at(201))
        self.assertEqual(
            [each.kind for each in self.suggestions(late)], ["tell_customer"]
        )

    def test_stock_elsewhere_and_what_is_ready_are_proposed(self):
        transfer = Transfer(31, 4, 500, at(60))
        found = self.suggestions(transfers=(transfer,), ready=0.4)
        self.assertEqual(
            [each.kind for each in found], ["transfer", "split", "tell_customer"]
        )
        self.assertEqual(found[0].score_after, 0)
        self.assertEqual(found[-1].figures["expected"], "2026-03-21 20:00:00")

    def test_a_green_order_is_left_alone(self):
        facts = replace(self.facts, purchases=())
        self.assertEqual(self.suggestions(facts=facts, ready=0.5), ())

    @given(
        FACTS,
        schemes(),
        COMPANIES,
        st.lists(
            st.builds(
                Alternative,
                purchase=st.integers(1, 99),
                supplier=st.integers(1, 9),
                arrives=st.none() | MOMENTS,
            ),
            max_size=5,
        ),
    )
    def test_what_is_proposed_always_lowers_the_score(
        self, facts, scheme, company, alternatives
    ):
        ids = [each.id for each in facts.purchases or ()]
        rows = [
            replace(each, purchase=ids[n % len(ids)]) if ids else each
            for n, each in enumerate(alternatives)
        ]
        risk = assess(facts, scheme, company, NOW)
        options = Options(alternatives=tuple(rows))
        for each in suggest(facts, risk, options, scheme, company, NOW):
            if each.score_after is not None:
                self.assertLess(each.score_after, risk.score)
        self.assertEqual(
            radar_suggest.expected(facts, scheme, NOW) is None,
            facts.progress is None
            and not any(row.expected for row in facts.purchases or ()),
        )
