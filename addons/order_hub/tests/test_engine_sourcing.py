from dataclasses import replace

from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..engine import geo
from ..engine.sourcing import Candidate, Need, Rules, Way, Weights, decide
from .properties import given

DISC, BRACKET = 1, 2
EAST, SOUTH, NORTH = 11, 12, 13

quantities = st.integers(1, 60)
needs = st.lists(
    st.builds(Need, st.integers(1, 4), st.integers(1, 4), quantities),
    min_size=1,
    max_size=6,
)
stocks = st.dictionaries(st.integers(1, 4), st.integers(0, 80), max_size=4)
candidates = st.lists(
    st.builds(
        Candidate,
        st.integers(1, 99),
        st.just("W"),
        st.one_of(st.none(), st.integers(0, 900)),
        st.just("city"),
        stocks,
        st.integers(0, 40),
        st.integers(0, 500),
        st.integers(0, 300),
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda candidate: candidate.id,
)
rules = st.builds(
    Rules,
    st.integers(1, 1000),
    st.builds(Weights, *[st.integers(1, 100)] * 5),
    st.booleans(),
    st.integers(0, 40),
    st.just(0),
    st.integers(1, 3),
    st.booleans(),
    st.booleans(),
    st.integers(0, 3),
)


def wanted(wishes):
    total = {}
    for need in wishes:
        total[need.product] = total.get(need.product, 0) + need.quantity
    return total


def made(plan):
    return sum(step.quantity for step in plan.supplies)


def quality(plan):
    """Return how bad a plan is: pieces to make, whether to bring, warehouses."""
    ships_from = len(set(plan.lines.values()))
    return made(plan), bool(plan.transfers), ships_from


class TestSourcing(BaseCase):
    # === PROPERTIES === #

    @given(needs, candidates, rules)
    def test_nothing_is_assigned_that_is_not_there(self, wishes, found, policy):
        plan = decide(wishes, found, policy)
        stock = {c.id: c.stock for c in found}
        for (warehouse, product), quantity in plan.takes.items():
            self.assertLessEqual(quantity, stock[warehouse].get(product, 0))

    @given(needs, candidates, rules)
    def test_the_plan_adds_up_to_the_need(self, wishes, found, policy):
        plan = decide(wishes, found, policy)
        if plan.warehouse is None:
            self.assertTrue(all(c.km is None for c in found))
            return
        total = {}
        for (_warehouse, product), quantity in plan.takes.items():
            total[product] = total.get(product, 0) + quantity
        for step in plan.supplies:
            total[step.product] = total.get(step.product, 0) + step.quantity
        self.assertEqual(total, wanted(wishes))
        self.assertEqual(set(plan.lines), {need.line for need in wishes})

    @given(needs, candidates, rules, st.randoms(use_true_random=False))
    def test_the_same_question_has_the_same_answer(self, wishes, found, policy, rng):
        shuffled = rng.sample(found, len(found))
        self.assertEqual(
            decide(wishes, found, policy), decide(wishes, shuffled, policy)
        )

    @given(needs, candidates, rules)
    def test_an_order_that_may_not_be_split_ships_from_one_place(
        self, wishes, found, policy
    ):
        plan = decide(wishes, found, replace(policy, can_split=False))
        self.assertLessEqual(len(set(plan.lines.values())), 1)
        small = replace(policy, can_split=True, split_min_qty=10_000)
        plan = decide(wishes, found, small)
        self.assertLessEqual(len(set(plan.lines.values())), 1)

    @given(
        needs,
        candidates,
        rules,
        st.integers(0, 4),
        st.integers(1, 4),
        st.integers(1, 50),
    )
    def test_more_stock_never_makes_it_worse(
        self, wishes, found, policy, which, product, more
    ):
        lucky = found[which % len(found)]
        stock = {**lucky.stock, product: lucky.stock.get(product, 0) + more}
        richer = [replace(c, stock=stock) if c is lucky else c for c in found]
        before, after = decide(wishes, found, policy), decide(wishes, richer, policy)
        self.assertLessEqual(quality(after), quality(before))

    @given(needs, candidates, rules)
    def test_lines_that_share_a_product_ship_together(self, wishes, found, policy):
        plan = decide(wishes, found, policy)
        for one in wishes:
            for other in wishes:
                if plan.lines and one.product == other.product:
                    self.assertEqual(plan.lines[one.line], plan.lines[other.line])

    @given(needs, candidates, rules)
    def test_nobody_is_chosen_who_is_excluded(self, wishes, found, policy):
        plan = decide(wishes, found, policy)
        excluded = {v.warehouse for v in plan.verdicts if v.excluded}
        self.assertFalse(excluded & set(plan.lines.values()))
        self.assertEqual(len(plan.verdicts), len(found))

    @given(needs, candidates, rules)
    def test_without_transfers_nothing_is_brought(self, wishes, found, policy):
        plan = decide(wishes, found, replace(policy, transfers=False))
        self.assertFalse(plan.transfers)

    # === STORIES === #

    def three(self, east=8, south=40, north=30, product=DISC):
        return [
            Candidate(EAST, "East", 114.0, "city", {product: east}),
            Candidate(SOUTH, "South", 1116.0, "city", {product: south}),
            Candidate(NORTH, "North", 986.0, "city", {product: north}),
        ]

    between = {(NORTH, EAST): 1068.0, (SOUTH, EAST): 1213.0}

    def test_300_kilometres(self):
        policy = Rules(radius=300, can_split=True, split_min_qty=20)
        plan = decide([Need(1, DISC, 12)], self.three(), policy, between=self.between)
        self.assertEqual(plan.warehouse, EAST)
        [step] = plan.transfers
        self.assertEqual((step.source, step.target), (NORTH, EAST))
        self.assertEqual((step.quantity, step.days), (4, 2))
        self.assertFalse(plan.supplies)
        self.assertEqual([v.excluded for v in plan.verdicts], ["", "far", "far"])
        self.assertEqual([v.stock for v in plan.verdicts], [8, 30, 40])
        self.assertTrue(all(v.score is not None for v in plan.verdicts))

    def test_what_nobody_has_is_produced_and_the_rest_ships_as_planned(self):
        wishes = [Need(1, DISC, 5), Need(2, BRACKET, 2)]
        plan = decide(wishes, self.three(), Rules(), ways={BRACKET: Way("make", 3)})
        self.assertEqual((plan.tier, plan.warehouse), ("single", EAST))
        self.assertFalse(plan.transfers)
        [step] = plan.supplies
        self.assertEqual((step.product, step.quantity), (BRACKET, 2))
        self.assertEqual((step.kind, step.days), ("make", 3))
        self.assertEqual((plan.days(), plan.line_days(1)), (3, 0))

    def test_the_shortest_warehouse_that_has_it_all_is_asked_first(self):
        found = [
            *self.three(east=0, north=3),
            Candidate(14, "West", 1700.0, "city", {DISC: 99}),
        ]
        between = {**self.between, (14, EAST): 1700.0}
        plan = decide([Need(1, DISC, 4)], found, Rules(), between=between)
        self.assertEqual([step.source for step in plan.transfers], [SOUTH])

    def test_several_bring_it_where_nobody_has_it_all(self):
        found = self.three(east=0, south=5, north=3)
        plan = decide([Need(1, DISC, 10)], found, Rules(), between=self.between)
        steps = [(step.source, step.quantity) for step in plan.transfers]
        self.assertEqual(steps, [(NORTH, 3), (SOUTH, 5)])
        self.assertEqual(made(plan), 2)

    def test_the_better_score_wins_where_both_have_everything(self):
        found = [
            Candidate(1, "Near and busy", 10.0, "city", {DISC: 9}, load=50),
            Candidate(2, "Far and idle", 290.0, "city", {DISC: 9}),
        ]
        near = Rules(weights=Weights(90, 0, 10, 0, 0))
        idle = Rules(weights=Weights(10, 0, 90, 0, 0))
        self.assertEqual(decide([Need(1, DISC, 5)], found, near).warehouse, 1)
        self.assertEqual(decide([Need(1, DISC, 5)], found, idle).warehouse, 2)

    def test_the_fewest_warehouses_ship_a_split_order(self):
        found = [
            Candidate(1, "A", 10.0, "city", {1: 50}),
            Candidate(2, "B", 20.0, "city", {2: 50}),
            Candidate(3, "C", 200.0, "city", {2: 50, 3: 50}),
        ]
        wishes = [Need(n, n, 10) for n in (1, 2, 3)]
        plan = decide(wishes, found, Rules(can_split=True, split_min_qty=20))
        self.assertEqual(plan.tier, "split")
        self.assertEqual(dict(plan.lines), {1: 1, 2: 3, 3: 3})

    def test_small_orders_are_not_split(self):
        found = [
            Candidate(1, "A", 10.0, "city", {1: 50}),
            Candidate(2, "B", 20.0, "city", {2: 50}),
        ]
        wishes = [Need(1, 1, 5), Need(2, 2, 5)]
        policy = Rules(can_split=True, split_min_qty=20)
        plan = decide(wishes, found, policy)
        self.assertEqual(len(set(plan.lines.values())), 1)
        self.assertTrue(plan.transfers)
        cheap = Rules(can_split=True, split_min_amount=1000)
        self.assertEqual(decide(wishes, found, cheap, amount=999).tier, "transfer")
        self.assertEqual(decide(wishes, found, cheap, amount=1000).tier, "split")

    def test_orders_to_one_place_are_picked_in_one_go(self):
        found = [
            Candidate(1, "Best", 10.0, "city", {DISC: 9}),
            Candidate(2, "Where the others ship from", 200.0, "city", {DISC: 9}),
        ]
        plan = decide([Need(1, DISC, 5)], found, Rules(), prefer=2)
        self.assertEqual((plan.warehouse, plan.merged), (2, True))
        bare = [found[0], replace(found[1], stock={})]
        plan = decide([Need(1, DISC, 5)], bare, Rules(), prefer=2)
        self.assertEqual((plan.warehouse, plan.merged), (1, False))

    def test_where_nobody_is_near_the_order_ships_from_afar_and_says_so(self):
        plan = decide([Need(1, DISC, 5)], self.three(), Rules(radius=50))
        self.assertTrue(plan.is_far)
        self.assertEqual(plan.warehouse, EAST)

    def test_a_warehouse_without_a_place_is_never_chosen(self):
        found = [Candidate(1, "Lost", None, "", {DISC: 99})]
        plan = decide([Need(1, DISC, 5)], found, Rules())
        self.assertIsNone(plan.warehouse)
        self.assertEqual(plan.verdicts[0].excluded, "unplaced")


def spot(number, name, kind="city", state=1, lat=31.0, lon=121.0, people=0):
    return geo.Spot(number, name, kind, 48, state, lat, lon, people)


WUXI = spot(1, "Wuxi", state=10, lat=31.4912, lon=120.3119, people=4_396_835)
SMALL_WUXI = spot(2, "Wuxi", state=11, lat=26.58, lon=111.86, people=66_442)
SHANGHAI = spot(3, "Shanghai", state=12, lat=31.2304, lon=121.4737, people=24_874_500)
SONGJIANG = spot(4, "Songjiang", "district", 12, 31.0344, 121.2233, 1_973_500)
SUZHOU = spot(5, "Suzhou", state=10, lat=31.3, lon=120.6, people=6_715_559)
OTHER_SUZHOU = spot(6, "Suzhou", state=13, lat=33.64, lon=116.98, people=1_647_642)
JIANGSU = spot(7, "Jiangsu", "state", 10, 32.06, 118.78)
TABLE = {
    "wuxi": [WUXI, SMALL_WUXI],
    "无锡": [WUXI],
    "shanghai": [SHANGHAI],
    "上海": [SHANGHAI],
    "松江": [SONGJIANG],
    "suzhou": [SUZHOU, OTHER_SUZHOU],
    "jiangsu": [JIANGSU],
    "江苏": [JIANGSU],
    "state:10": [JIANGSU],
    "zip:214000": [spot(8, "Wuxi 214000", "zip", 10, 31.5, 120.3)],
}
points = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


class TestGeo(BaseCase):
    def located(self, city="", **more):
        use_state = more.pop("use_state", False)
        return geo.place(geo.Address(48, city=city, **more), TABLE, use_state)

    # === DISTANCE === #

    def test_wuxi_and_shanghai_are_114_km_apart(self):
        self.assertAlmostEqual(WUXI.km_to(SHANGHAI), 114, delta=0.5)

    def test_known_distances_come_out(self):
        beijing, guangzhou = (39.9075, 116.3972), (23.1167, 113.25)
        self.assertAlmostEqual(geo.great_circle(*beijing, *guangzhou), 1888, delta=5)
        self.assertAlmostEqual(geo.great_circle(0, 0, 0, 180), 20015, delta=1)

    @given(points, points, points)
    def test_distances_are_those_of_a_map(self, one, two, three):
        direct = geo.great_circle(*one, *two)
        back = geo.great_circle(*two, *one)
        around = geo.great_circle(*one, *three) + geo.great_circle(*three, *two)
        self.assertAlmostEqual(direct, back, places=6)
        self.assertLessEqual(direct, around + 1e-3)
        self.assertTrue(0 <= direct <= 20016)

    # === NAMES === #

    def test_names_are_compared_without_what_people_add_to_them(self):
        for written, key in {
            "Wuxi Shi": "wuxi",
            "WUXI": "wuxi",
            "无锡市": "无锡",
            "江苏省": "江苏",
            "松江区": "松江",
            "Xi'an": "xian",
            "Wúxī City": "wuxi",
            "市": "市",
            "New York": "newyork",
            "": "",
        }.items():
            with self.subTest(written=written):
                self.assertEqual(geo.normalise(written), key)

    @given(st.text(max_size=80))
    def test_whatever_is_typed_is_no_error(self, text):
        geo.names_in(text)
        geo.place(geo.Address(48, None, text, text, text[:20]), TABLE)
        self.assertEqual(geo.normalise(geo.normalise(text)), geo.normalise(text))

    # === PLACING === #

    def test_an_address_is_placed_however_it_is_written(self):
        for city, street in (
            ("Wuxi", ""),
            ("wuxi shi", ""),
            ("无锡", ""),
            ("无锡市", ""),
            ("Wuxi, Jiangsu", ""),
            ("Wuxi Jiangsu", ""),
            ("Wuxi 无锡", ""),
            ("江苏省无锡市", ""),
            ("", "江苏省无锡市滨湖区梁溪路35号"),
        ):
            with self.subTest(city=city, street=street):
                found = self.located(city, street=street)
                self.assertEqual((found.spot, found.precision), (WUXI, "city"))

    def test_a_district_is_more_precise_than_its_city(self):
        found = self.located("上海市", street="松江区沪亭北路88号")
        self.assertEqual((found.spot, found.precision), (SONGJIANG, "district"))
        found = self.located("Shanghai 上海", street="88 Huting North Road, Songjiang")
        self.assertEqual((found.spot, found.precision), (SHANGHAI, "city"))

    def test_a_postal_code_that_is_known_is_most_precise(self):
        self.assertEqual(self.located("Wuxi", zip="214000").precision, "zip")
        self.assertEqual(self.located("Wuxi", zip="999999").precision, "city")

    def test_two_cities_of_one_name_are_not_guessed_between(self):
        found = self.located("Suzhou")
        self.assertEqual((found.spot, found.reason), (None, "ambiguous"))
        self.assertEqual(found.rivals, ("Suzhou", "Suzhou"))
        self.assertEqual(self.located("Suzhou", state=10).spot, SUZHOU)
        self.assertEqual(self.located("Suzhou", state=13).spot, OTHER_SUZHOU)
        self.assertEqual(self.located("Suzhou, Jiangsu").spot, SUZHOU)

    def test_the_state_alone_is_a_last_resort_that_must_be_allowed(self):
        found = self.located("Nowhere", state=10)
        self.assertEqual((found.spot, found.reason), (None, "vague"))
        found = self.located("Nowhere", state=10, use_state=True)
        self.assertEqual((found.spot, found.precision), (JIANGSU, "state"))

    def test_what_is_not_in_the_table_is_said(self):
        self.assertEqual(self.located("Nowhere").reason, "unknown")
        self.assertEqual(self.located("").reason, "empty")
        self.assertEqual(
            geo.place(geo.Address(7, city="Wuxi"), TABLE).reason, "unknown"
        )
