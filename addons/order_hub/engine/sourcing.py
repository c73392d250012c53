"""Which warehouse delivers what: within a radius, else by transfer, else to produce.

Order of preference: one warehouse within the radius that has everything, the best
score first; the fewest warehouses, where the order may be split; everything from the
best one, with what it lacks brought from the shortest next warehouse that has it;
what nobody has is produced or bought. Nothing is assigned that is not there.

Quantities are in the products' own units, distances in km, times in days.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

#: Decimals that quantities are kept to: below them is rounding, not goods.
DIGITS = 6
#: Age of stock (days) from which on freshness counts nothing.
STALE_DAYS = 180


@dataclass(frozen=True)
class Need:
    """A quantity of a product for one line; a kit's line has several needs."""

    line: int
    product: int
    quantity: float


@dataclass(frozen=True)
class Candidate:
    """A warehouse as it stands for one order.

    ``km`` is ``None`` when it cannot be placed; ``load`` is the number of open
    deliveries, ``cost`` what sending there costs, ``age`` the days since the oldest
    of the wanted goods came in.
    """

    id: int
    name: str = ""
    km: float | None = None
    precision: str = ""
    stock: Mapping[int, float] = field(default_factory=dict)
    load: float = 0.0
    cost: float = 0.0
    age: float = 0.0


@dataclass(frozen=True)
class Weights:
    """What a score is made of, in any unit: shares of their sum count."""

    distance: float = 40
    coverage: float = 30
    load: float = 10
    cost: float = 10
    freshness: float = 10

    @property
    def total(self) -> float:
        return (
            self.distance + self.coverage + self.load + self.cost + self.freshness
        ) or 1.0


@dataclass(frozen=True)
class Rules:
    """The policy, as far as deciding needs it."""

    radius: float = 300.0
    weights: Weights = field(default_factory=Weights)
    can_split: bool = False
    split_min_qty: float = 0.0
    split_min_amount: float = 0.0
    max_parts: int = 3
    transfers: bool = True
    replenish: bool = True
    days_per_500_km: float = 1.0


@dataclass(frozen=True)
class Way:
    """How a product is got when nobody has it: make, buy or wait; and how long."""

    kind: str = "wait"
    days: int = 0


@dataclass(frozen=True)
class Transfer:
    product: int
    quantity: float
    source: int
    target: int
    km: float
    days: int


@dataclass(frozen=True)
class Supply:
    """What is made, bought or waited for, and where it arrives."""

    product: int
    quantity: float
    warehouse: int
    kind: str
    days: int


@dataclass(frozen=True)
class Verdict:
    """What was found about one candidate; ``stock`` counts the wanted goods there.

    ``excluded`` says why it cannot be chosen: far, unplaced, or empty if it can.
    """

    warehouse: int
    name: str
    km: float | None
    precision: str
    stock: float
    coverage: float
    load: float
    cost: float
    age: float
    score: float | None
    excluded: str


@dataclass(frozen=True)
class Plan:
    """Where each line ships from, and what is brought, made or bought for it.

    ``tier``: single, split or transfer. ``is_far``: nobody is within the radius, the
    nearest of the others were taken. ``merged``: shipped together with other orders.
    """

    warehouse: int | None = None
    lines: Mapping[int, int] = field(default_factory=dict)
    products: Mapping[int, frozenset[int]] = field(default_factory=dict)
    takes: Mapping[tuple[int, int], float] = field(default_factory=dict)
    transfers: tuple[Transfer, ...] = ()
    supplies: tuple[Supply, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    tier: str = ""
    is_far: bool = False
    merged: bool = False

    def days(self, products: Container[int] | None = None) -> int:
        """Return in how many days the goods, or some of them, are in the warehouse."""
        return max(
            (
                step.days
                for step in (*self.transfers, *self.supplies)
                if products is None or step.product in products
            ),
            default=0,
        )

    def line_days(self, line: int) -> int:
        """Return in how many days the goods of one line are in the warehouse."""
        return self.days(self.products.get(line, ()))


def decide(
    needs: Sequence[Need],
    candidates: Sequence[Candidate],
    rules: Rules,
    *,
    between: Mapping[tuple[int, int], float] | None = None,
    ways: Mapping[int, Way] | None = None,
    amount: float = 0.0,
    prefer: int | None = None,
) -> Plan:
    """Return the plan of one order.

    :param between: km from warehouse to warehouse, for transfers
    :param ways: how each product is got when nobody has it
    :param amount: the order's total, in the currency of the rules
    :param prefer: the warehouse that open orders to the same place ship from
    """
    return _Planner(
        tuple(need for need in needs if need.quantity > 0),
        sorted(candidates, key=lambda candidate: candidate.id),
        rules,
        between or {},
        ways or {},
        amount,
        prefer,
    ).plan()


class _Planner:
    """One decision; see the module's docstring for the order of preference."""

    def __init__(self, needs, candidates, rules, between, ways, amount, prefer):
        self.needs, self.rules = needs, rules
        self.between, self.ways = between, ways
        self.amount, self.prefer = amount, prefer
        self.all = candidates
        self.wanted = self._sum(needs)
        self.stock = {
            found.id: {
                p: _round(max(0.0, found.stock.get(p, 0.0))) for p in self.wanted
            }
            for found in candidates
        }
        self.coverage = {found.id: self._coverage(found) for found in candidates}
        self.placed = [found for found in candidates if found.km is not None]
        within = [found for found in self.placed if found.km <= rules.radius]
        self.is_far = not within
        self.near = within or self.placed
        self.net = {
            product: min(quantity, self._pool(product))
            for product, quantity in self.wanted.items()
        }
        self.busiest = max((found.load for found in self.placed), default=0)
        self.dearest = max((found.cost for found in self.placed), default=0)
        self.reach = max([rules.radius, *(found.km for found in self.near)])
        self.scores = {found.id: self._score(found) for found in self.placed}

    def plan(self):
        if not self.near:
            return Plan(verdicts=self._verdicts())
        for attempt in (self._single, self._split):
            found = attempt()
            if found:
                return self._finish(*found)
        return self._finish(*self._bring())

    # -- goods ---------------------------------------------------------------------

    def _sum(self, needs):
        wanted = {}
        for need in needs:
            wanted[need.product] = _round(wanted.get(need.product, 0) + need.quantity)
        return wanted

    def _products(self):
        """Return the products of each line."""
        found = {}
        for need in self.needs:
            found[need.line] = found.get(need.line, frozenset()) | {need.product}
        return found

    def _have(self, candidate, product):
        return self.stock[candidate.id][product]

    def _pool(self, product):
        """Return what there is of a product where it may be taken from."""
        sources = self.placed if self.rules.transfers else self.near
        return _round(sum(self._have(found, product) for found in sources))

    def _lacks(self, candidate, wanted):
        return {
            product: _round(quantity - self._have(candidate, product))
            for product, quantity in wanted.items()
            if quantity > self._have(candidate, product)
        }

    # -- scores --------------------------------------------------------------------

    def _coverage(self, candidate):
        wanted = sum(self.wanted.values())
        have = sum(
            min(quantity, self._have(candidate, product))
            for product, quantity in self.wanted.items()
        )
        return have / wanted if wanted else 1.0

    def _score(self, candidate):
        """Return 0 (worst) to 100: the weighted mean of five parts from 0 to 1."""
        weights = self.rules.weights
        busiest, dearest = self.busiest, self.dearest
        points = (
            weights.distance * max(0.0, 1 - candidate.km / self.reach)
            + weights.coverage * self.coverage[candidate.id]
            + weights.load * (1 - candidate.load / busiest if busiest > 0 else 1)
            + weights.cost * (1 - candidate.cost / dearest if dearest > 0 else 1)
            + weights.freshness * (1 - min(candidate.age / STALE_DAYS, 1))
        )
        return round(100 * points / weights.total, 1)

    def _best(self, candidates):
        return min(candidates, key=self._rank)

    def _rank(self, candidate):
        return (-self.scores[candidate.id], candidate.km, candidate.id)

    # -- tiers ---------------------------------------------------------------------

    def _single(self):
        """Everything that there is from one warehouse."""
        full = [found for found in self.near if not self._lacks(found, self.net)]
        if not full:
            return None
        merged = [found for found in full if found.id == self.prefer]
        chosen = merged[0] if merged else self._best(full)
        return "single", dict.fromkeys(self.wanted, chosen.id), chosen.id

    def _split(self):
        """The fewest warehouses that have everything between them."""
        parcels = self._parcels()
        most = min(len(parcels), self.rules.max_parts, len(self.near))
        if not self._may_split():
            return None
        having = {
            found.id: {
                number
                for number, parcel in enumerate(parcels)
                if not self._lacks(found, {p: self.net[p] for p in parcel})
            }
            for found in self.near
        }
        for count in range(2, most + 1):
            options = [
                chosen
                for chosen in combinations(sorted(self.near, key=self._rank), count)
                if len(set().union(*(having[c.id] for c in chosen))) == len(parcels)
            ]
            if options:
                return self._assign(options, having, parcels)
        return None

    def _may_split(self):
        return (
            self.rules.can_split
            and sum(self.wanted.values()) >= self.rules.split_min_qty
            and self.amount >= self.rules.split_min_amount
        )

    def _assign(self, options, having, parcels):
        """Give each parcel to the best warehouse of the best option."""

        def owners(chosen):
            return [
                next(c for c in chosen if number in having[c.id])
                for number in range(len(parcels))
            ]

        def rank(chosen):
            shipping = owners(chosen)
            return -sum(self.scores[c.id] for c in shipping), [c.id for c in chosen]

        best = owners(min(options, key=rank))
        where = {
            product: owner.id
            for parcel, owner in zip(parcels, best, strict=True)
            for product in parcel
        }
        return "split", where, self._best(best).id

    def _parcels(self):
        """Return the sets of products that must ship together: lines sharing one."""
        parcels = []
        for line in dict.fromkeys(need.line for need in self.needs):
            group = {need.product for need in self.needs if need.line == line}
            touching = [parcel for parcel in parcels if parcel & group]
            parcels = [parcel for parcel in parcels if not parcel & group]
            parcels.append(group.union(*touching))
        return sorted(parcels, key=min)

    def _bring(self):
        """The best warehouse, whatever it lacks; without transfers the fullest."""
        if self.rules.transfers:
            chosen = self._best(self.near)
        else:
            chosen = min(
                self.near,
                key=lambda c: (
                    sum(self._lacks(c, self.wanted).values()),
                    self._rank(c),
                ),
            )
        return "transfer", dict.fromkeys(self.wanted, chosen.id), chosen.id

    # -- the plan ------------------------------------------------------------------

    def _finish(self, tier, where, main):
        by_id = {found.id: found for found in self.all}
        takes, transfers, supplies = {}, [], []
        for product, quantity in sorted(self.wanted.items()):
            target = by_id[where[product]]
            own = min(quantity, self._have(target, product))
            if own:
                takes[target.id, product] = own
            brought = self._transfers(product, _round(quantity - own), target)
            for step in brought:
                takes[step.source, product] = step.quantity
            transfers += brought
            rest = _round(quantity - own - sum(step.quantity for step in brought))
            if rest > 0:
                supplies.append(self._supply(product, rest, target))
        return Plan(
            warehouse=main,
            lines={need.line: where[need.product] for need in self.needs},
            products=self._products(),
            takes=takes,
            transfers=tuple(transfers),
            supplies=tuple(supplies),
            verdicts=self._verdicts(),
            tier=tier if transfers or tier != "transfer" else "single",
            is_far=self.is_far,
            merged=tier == "single" and main == self.prefer,
        )

    def _transfers(self, product, lack, target):
        """Bring what is missing: from the nearest that has it all, else from many."""
        if lack <= 0 or not self.rules.transfers:
            return []
        sources = sorted(
            (
                found
                for found in self.placed
                if found.id != target.id and self._have(found, product) > 0
            ),
            key=lambda found: (self._km(found, target), found.id),
        )
        full = [found for found in sources if self._have(found, product) >= lack]
        steps = []
        for source in full[:1] or sources:
            quantity = min(lack, self._have(source, product))
            if quantity > 0:
                steps.append(self._transfer(product, quantity, source, target))
                lack = _round(lack - quantity)
        return steps

    def _km(self, source, target):
        return self.between.get((source.id, target.id), source.km + target.km)

    def _transfer(self, product, quantity, source, target):
        km = self._km(source, target)
        days = max(1, int(km / 500 * self.rules.days_per_500_km + 0.5))
        return Transfer(product, quantity, source.id, target.id, round(km, 1), days)

    def _supply(self, product, quantity, target):
        way = self.ways.get(product, Way()) if self.rules.replenish else Way()
        return Supply(product, quantity, target.id, way.kind, way.days)

    def _verdicts(self):
        return tuple(self._verdict(found) for found in sorted(self.all, key=self._seen))

    def _seen(self, candidate):
        return (candidate.km is None, candidate.km or 0.0, candidate.id)

    def _verdict(self, candidate):
        return Verdict(
            warehouse=candidate.id,
            name=candidate.name,
            km=None if candidate.km is None else round(candidate.km, 1),
            precision=candidate.precision,
            coverage=round(self.coverage[candidate.id], 3),
            load=candidate.load,
            cost=round(candidate.cost, 2),
            age=round(candidate.age, 1),
            stock=_round(sum(self.stock[candidate.id].values())),
            score=self.scores.get(candidate.id),
            excluded=self._why_not(candidate),
        )

    def _why_not(self, candidate):
        if candidate.km is None:
            return "unplaced"
        return "" if candidate in self.near else "far"


def _round(quantity):
    return round(quantity, DIGITS)
