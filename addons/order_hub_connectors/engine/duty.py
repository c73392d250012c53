"""Duty, calculated before the goods leave: offline, from a table that says its source.

Amounts are in the order's currency unless a name says otherwise; rates in percent;
countries are two-letter codes. What cannot be known is said, never taken as 0.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .bundle import allocate, fraction
from .price import decimal, to_coin

#: States of a line. The first three are answers, the others say what is missing.
DUE, FREE, BELOW = "due", "free", "below"
NO_CODE, NO_ORIGIN, NO_RATE = "no_code", "no_origin", "no_rate"
MISSING = (NO_CODE, NO_ORIGIN, NO_RATE)
#: States of a whole order.
NO_TABLE, COMPLETE, INCOMPLETE = "no_table", "complete", "incomplete"
MIN_PREFIX = 2


@dataclass(frozen=True)
class Rate:
    """A row of a table.

    :ivar prefix: digits that the HS code begins with
    :ivar origin: country of origin, empty for any
    :ivar percent: of the customs value
    :ivar threshold_kind: ``table``, ``own`` or ``none``: up to which value of the
        goods of the whole order no duty is due
    :ivar minimum: least duty a unit, in the table's currency; 0 for none
    :ivar maximum: most duty a unit, in the table's currency; 0 for none
    """

    id: int
    prefix: str
    origin: str
    percent: float
    threshold_kind: str = "table"
    threshold: float = 0.0
    minimum: float = 0.0
    maximum: float = 0.0


@dataclass(frozen=True)
class Table:
    """One version of the rates of one or several countries of destination.

    :ivar valid_to: last day, ``None`` while open
    :ivar currency: of thresholds, minimums and maximums
    :ivar with_freight: the customs value includes the freight (CIF), else goods only
    """

    id: int
    version: int
    destinations: frozenset[str]
    valid_from: date
    valid_to: date | None
    currency: str
    threshold: float = 0.0
    with_freight: bool = False
    rates: tuple[Rate, ...] = ()

    def holds(self, destination: str, day: date) -> bool:
        return (
            destination in self.destinations
            and self.valid_from <= day
            and (self.valid_to is None or day <= self.valid_to)
        )


@dataclass(frozen=True)
class Item:
    """A line of goods: what it is, where from, how much, for how much."""

    n: int
    hs_code: str
    origin: str
    quantity: float
    amount: Decimal


@dataclass(frozen=True)
class LineDuty:
    """The answer for one line: the rule used, the base, the duty."""

    n: int
    state: str
    hs_code: str
    origin: str
    base: Decimal = Decimal(0)
    duty: Decimal = Decimal(0)
    rate: Rate | None = None
    limit: str = ""


@dataclass(frozen=True)
class Quote:
    """The answer for an order.

    :ivar value: goods of the order, in the table's currency
    :ivar factor: table's currency for one of the order's
    """

    state: str
    table: Table | None = None
    lines: tuple[LineDuty, ...] = ()
    total: Decimal = Decimal(0)
    value: Decimal = Decimal(0)
    factor: Decimal = Decimal(1)


def digits(code: str) -> str:
    """Return the digits of an HS code: ``8708.99.97`` and ``8708 9997`` are one."""
    return "".join(char for char in code or "" if char.isascii() and char.isdigit())


def choose_table(tables: Iterable[Table], destination: str, day: date) -> Table | None:
    """Return the table in force: the one that began last, then the newer version."""
    holding = [table for table in tables if table.holds(destination, day)]
    return max(holding, key=lambda t: (t.valid_from, t.version, t.id), default=None)


def choose_rate(table: Table, hs_code: str, origin: str) -> tuple[Rate | None, str]:
    """Return the rate of a code and origin, and why there is none.

    The longest prefix wins; of two as long, the one that names the origin. Without
    an origin a rate is only found when no rate of these goods depends on it.

    :return: the rate and an empty text, or ``None`` and one of MISSING
    """
    code = digits(hs_code)
    if len(code) < MIN_PREFIX:
        return None, NO_CODE
    fitting = [rate for rate in table.rates if code.startswith(rate.prefix)]
    if not fitting:
        return None, NO_RATE
    if not origin and any(rate.origin for rate in fitting):
        return None, NO_ORIGIN
    fitting = [rate for rate in fitting if rate.origin in ("", origin)]
    best = max(fitting, key=lambda r: (len(r.prefix), bool(r.origin)), default=None)
    return (best, "") if best else (None, NO_RATE)


def quote(
    table: Table | None,
    items: Sequence[Item],
    factor: float = 1.0,
    coin: float = 0.01,
    freight: Decimal = Decimal(0),
) -> Quote:
    """Return the duty of an order's goods.

    :param factor: table's currency for one unit of the order's, at its date
    :param coin: rounding of the order's currency
    :param freight: what the customer pays for shipping
    """
    if table is None:
        return Quote(NO_TABLE)
    factor = decimal(factor)
    value = sum((item.amount for item in items), Decimal(0)) * factor
    bases = _bases(table, items, coin, freight)
    lines = tuple(
        _line(table, item, base, value, factor, decimal(coin))
        for item, base in zip(items, bases, strict=True)
    )
    missing = any(line.state in MISSING for line in lines)
    return Quote(
        INCOMPLETE if missing else COMPLETE,
        table,
        lines,
        sum((line.duty for line in lines), Decimal(0)),
        value,
        factor,
    )


def _bases(table, items, coin, freight):
    """Return the customs value of each item: goods, and their part of the freight."""
    goods = [item.amount for item in items]
    if not items or not freight or not table.with_freight:
        return goods
    parts = allocate(freight, [fraction(amount) for amount in goods], coin)
    return [amount + part for amount, part in zip(goods, parts, strict=True)]


def _line(table, item, base, value, factor, coin):
    code = digits(item.hs_code)
    rate, missing = choose_rate(table, code, item.origin)
    if not rate:
        return LineDuty(item.n, missing, code, item.origin, base)
    if 0 < value <= _threshold(table, rate):
        return LineDuty(item.n, BELOW, code, item.origin, base, rate=rate)
    duty, limit = _within(rate, base * decimal(rate.percent) / 100, item, factor)
    duty = to_coin(duty, coin)
    state = DUE if duty else FREE
    return LineDuty(item.n, state, code, item.origin, base, duty, rate, limit)


def _threshold(table, rate):
    by_kind = {"table": table.threshold, "own": rate.threshold, "none": 0.0}
    return decimal(by_kind[rate.threshold_kind])


def _within(rate, duty, item, factor):
    """Return the duty kept within the rate's minimum and maximum a unit, and which."""
    units = decimal(item.quantity) / factor if factor else Decimal(0)
    if rate.minimum and duty < decimal(rate.minimum) * units:
        return decimal(rate.minimum) * units, "minimum"
    if rate.maximum and duty > decimal(rate.maximum) * units:
        return decimal(rate.maximum) * units, "maximum"
    return duty, ""
