"""Which carrier brings an order: who can, who goes there, at what cost.

A carrier fits when it can do everything that the order needs on its way (cold
chain, other constraints) and covers the destination. Among those a preferred one
goes first, then the cheapest; a price that nobody knows yet comes after every known
one. Where the preferred carrier does not go, the plan is the next best, with what it
costs more.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

COLD_CHAIN = "cold_chain"
CONSTRAINT = "constraint"
COUNTRY = "country"
STATE = "state"
ZIP = "zip"
#: What a carrier cannot be blamed for at another address.
COVER = (COUNTRY, STATE, ZIP)


@dataclass(frozen=True)
class Need:
    """What one order asks of its carrier.

    :ivar constraints: ``{constraint id: ids of carriers that can do it}``; a
        constraint without carriers is for the warehouse alone
    """

    cold_chain: bool = False
    constraints: tuple[tuple[int, frozenset[int]], ...] = ()


@dataclass(frozen=True)
class Place:
    """A destination: ids of country and state (0: unknown), zip as written."""

    country: int = 0
    state: int = 0
    zip: str = ""


@dataclass(frozen=True)
class Carrier:
    """A carrier and where it goes; empty sets and patterns mean everywhere.

    :ivar zips: prefixes of zip codes, regular expressions as Odoo has them
    """

    id: int
    sequence: int = 10
    has_cold_chain: bool = False
    is_preferred: bool = False
    countries: frozenset[int] = frozenset()
    states: frozenset[int] = frozenset()
    zips: tuple[str, ...] = ()


@dataclass(frozen=True)
class Candidate:
    """One carrier looked at: what it lacks (nothing: it fits) and its price.

    :ivar missing: of ``cold_chain``, ``constraint:<id>``, ``country``, ``state``,
        ``zip``, and words of the caller for limits of its own (weight, price …)
    :ivar cost: in the order's currency; ``None``: not known
    """

    carrier: Carrier
    missing: tuple[str, ...] = ()
    cost: float | None = None

    @property
    def fits(self) -> bool:
        return not self.missing

    @property
    def is_able(self) -> bool:
        """It could do it, were the destination another one."""
        return all(code in COVER for code in self.missing)

    @property
    def covers(self) -> bool:
        return not any(code in COVER for code in self.missing)


@dataclass(frozen=True)
class Plan:
    """The carrier chosen (``None``: nobody fits), whom one would have preferred.

    :ivar difference: what the plan costs more than the preferred carrier would,
        where both prices are known
    """

    chosen: Candidate | None
    preferred: Candidate | None
    difference: float | None = None


def lacks(carrier: Carrier, need: Need) -> tuple[str, ...]:
    """Return what an order needs and a carrier cannot do."""
    missing = [COLD_CHAIN] if need.cold_chain and not carrier.has_cold_chain else []
    missing += [
        f"{CONSTRAINT}:{id_}"
        for id_, able in need.constraints
        if able and carrier.id not in able
    ]
    return tuple(missing)


def uncovered(carrier: Carrier, place: Place) -> tuple[str, ...]:
    """Return the first part of a destination that a carrier does not cover."""
    if carrier.countries and place.country not in carrier.countries:
        return (COUNTRY,)
    if carrier.states and place.state not in carrier.states:
        return (STATE,)
    if carrier.zips and not any(_begins(place.zip, zip_) for zip_ in carrier.zips):
        return (ZIP,)
    return ()


def _begins(zip_code: str, pattern: str) -> bool:
    """Tell whether a zip code begins with a pattern, as Odoo's carriers read it."""
    try:
        return bool(zip_code) and bool(re.match(pattern, zip_code.upper()))
    except re.error:
        return zip_code.upper().startswith(pattern)


def examine(
    carriers: Iterable[Carrier],
    need: Need,
    place: Place,
    limits: Mapping[int, tuple[str, ...]] | None = None,
) -> list[Candidate]:
    """Look at every carrier.

    :param limits: ``{carrier id: words}`` of limits that the caller found exceeded
    """
    limits = limits or {}
    return [
        Candidate(
            carrier,
            lacks(carrier, need)
            + uncovered(carrier, place)
            + tuple(limits.get(carrier.id, ())),
        )
        for carrier in carriers
    ]


def plan(candidates: Iterable[Candidate]) -> Plan:
    """Choose among candidates that have their prices.

    The preferred carrier is the first one marked so that could do it anywhere; who
    marks none has no preference but the price.
    """
    candidates = sorted(candidates, key=_rank)
    chosen = next((found for found in candidates if found.fits), None)
    preferred = next(
        (found for found in candidates if found.carrier.is_preferred and found.is_able),
        chosen,
    )
    return Plan(chosen, preferred, _difference(chosen, preferred))


def _rank(candidate: Candidate):
    """Those that fit first, preferred before others, then by price and place."""
    cost = candidate.cost
    return (
        not candidate.fits,
        not candidate.carrier.is_preferred,
        cost is None,
        cost or 0.0,
        candidate.carrier.sequence,
        candidate.carrier.id,
    )


def _difference(chosen: Candidate | None, preferred: Candidate | None):
    if chosen is None or preferred is None or chosen == preferred:
        return None
    if chosen.cost is None or preferred.cost is None:
        return None
    return chosen.cost - preferred.cost
