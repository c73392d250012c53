"""Bundles: which lines they become, and what of the price each line carries.

Money is split by the largest remainder, so the parts add up to the whole to the
cent, in every currency. Nothing here knows products: a *key* stands for a bundle or
a product, and a *book* says what the keys that are bundles consist of.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from .price import decimal, to_coin

#: Bundles in bundles in bundles: deeper is a mistake, not an assortment.
MAX_DEPTH = 5
MAX_PARTS = 200


class BundleError(Exception):
    """A bundle that cannot be split.

    :ivar code: ``cycle``, ``deep`` or ``many``
    :ivar path: keys from the bundle down to where it goes wrong
    """

    def __init__(self, code: str, path: Sequence[Hashable]):
        super().__init__(code)
        self.code, self.path = code, tuple(path)


@dataclass(frozen=True)
class Child:
    """One thing in a bundle; ``quantity`` of it in one bundle.

    :ivar share: its part of the price, when the bundle goes by shares
    :ivar is_free: a gift: it carries nothing of the price
    """

    key: Hashable
    quantity: float
    share: float = 0.0
    is_free: bool = False


@dataclass(frozen=True)
class Bundle:
    """What one bundle consists of, and whether it goes by given shares."""

    children: tuple[Child, ...]
    by_share: bool = False


@dataclass(frozen=True)
class Part:
    """A leaf of a bundle: quantity for one bundle, weight for its price (sum: 1)."""

    key: Hashable
    quantity: Fraction
    weight: Fraction


def fraction(number: float | Decimal) -> Fraction:
    return Fraction(decimal(number))


def allocate(amount: Decimal, weights: Sequence[Fraction], coin: float) -> list:
    """Split an amount by weights; the parts add up to it exactly.

    Whole coins go by the largest remainder (the earlier one first when equal);
    what is less than a coin stays with the heaviest part. Weight 0 gets nothing,
    unless all weigh 0: then all weigh the same.

    :param amount: 0 or more
    :return: list of Decimal amounts, one a weight
    :raise ValueError: a negative amount or weight, or nothing to split among
    """
    if amount < 0 or not weights or min(weights) < 0:
        raise ValueError("An amount of 0 or more is split by weights of 0 or more.")
    coin = decimal(coin)
    if not any(weights):
        weights = [Fraction(1)] * len(weights)
    coins = int(amount // coin)
    ideal = [coins * Fraction(weight) / sum(weights) for weight in weights]
    whole = [int(part) for part in ideal]
    by_rest = sorted(range(len(ideal)), key=lambda n: (whole[n] - ideal[n], n))
    for n in by_rest[: coins - sum(whole)]:
        whole[n] += 1
    parts = [part * coin for part in whole]
    parts[max(range(len(weights)), key=lambda n: (weights[n], -n))] += amount % coin
    return parts


# === WHAT A BUNDLE CONSISTS OF === #


def flatten(
    key: Hashable,
    book: Mapping[Hashable, Bundle],
    price: Callable[[Hashable], float],
) -> list[Part]:
    """Return the leaves of a bundle, bundles in it taken apart too.

    :param price: list price of one unit of a leaf
    :raise BundleError: a cycle, more than MAX_DEPTH levels or MAX_PARTS leaves
    """
    parts = _parts(key, book, price, Fraction(1), Fraction(1), (key,))
    return _together(parts)


class Cutter:
    """Takes bundles apart; each kind of bundle once, however many orders hold it."""

    def __init__(
        self, book: Mapping[Hashable, Bundle], price: Callable[[Hashable], float]
    ):
        self.book, self.price = book, price
        self._known: dict[Hashable, list[Part]] = {}

    def parts(self, key: Hashable) -> list[Part]:
        """Return :func:`flatten` of a key; may raise BundleError."""
        if key not in self._known:
            self._known[key] = flatten(key, self.book, self.price)
        return self._known[key]


def _parts(key, book, price, quantity, weight, path):
    if len(path) > MAX_DEPTH + 1:
        raise BundleError("deep", path)
    children = book[key].children
    parts = []
    for child, share in zip(children, _weights(key, book, price, path), strict=True):
        if child.key in path:
            raise BundleError("cycle", (*path, child.key))
        count = quantity * fraction(child.quantity)
        if child.key in book:
            below = (*path, child.key)
            parts += _parts(child.key, book, price, count, weight * share, below)
        else:
            parts.append(Part(child.key, count, weight * share))
        if len(parts) > MAX_PARTS:
            raise BundleError("many", path)
    return parts


def _weights(key, book, price, path):
    """Return what each child carries of one bundle's price; adds up to 1."""
    bundle = book[key]
    if bundle.by_share:
        raw = [0 if c.is_free else fraction(c.share) for c in bundle.children]
    else:
        raw = [_value(child, book, price, path) for child in bundle.children]
    if not any(raw):
        raw = [0 if c.is_free else fraction(c.quantity) for c in bundle.children]
    if not any(raw):
        raw = [Fraction(1)] * len(bundle.children)
    return [Fraction(weight) / sum(raw) for weight in raw]


def _value(child, book, price, path):
    """Return the list value of a child: of all that is in it, gifts left out."""
    if child.is_free:
        return Fraction(0)
    count = fraction(child.quantity)
    if child.key not in book:
        return count * max(fraction(price(child.key)), Fraction(0))
    if child.key in path:
        raise BundleError("cycle", (*path, child.key))
    if len(path) > MAX_DEPTH:
        raise BundleError("deep", (*path, child.key))
    below = (*path, child.key)
    inner = book[child.key].children
    return count * sum(_value(part, book, price, below) for part in inner)


def _together(parts: Iterable[Part]) -> list[Part]:
    """Put parts of one key together, unless one of them is free and another not."""
    found: dict = {}
    for part in parts:
        slot = (part.key, part.weight > 0)
        seen = found.get(slot)
        found[slot] = Part(
            part.key,
            part.quantity + (seen.quantity if seen else 0),
            part.weight + (seen.weight if seen else 0),
        )
    return list(found.values())


def find_cycle(edges: Mapping[Hashable, Iterable[Hashable]], start: Hashable) -> list:
    """Return the keys of a cycle that is reached from a key, else an empty list."""
    path, done = [], set()

    def visit(key):
        if key in path:
            return [*path[path.index(key) :], key]
        if key in done:
            return []
        path.append(key)
        for below in edges.get(key, ()):
            cycle = visit(below)
            if cycle:
                return cycle
        path.pop()
        done.add(key)
        return []

    return visit(start)


def depth(edges: Mapping[Hashable, Iterable[Hashable]], start: Hashable) -> int:
    """Return how many levels of bundles lie in a key without cycles; a leaf has 0."""
    known: dict = {}

    def levels(key):
        if key not in known:
            below = [levels(child) + 1 for child in edges.get(key, ())]
            known[key] = max(below, default=0)
        return known[key]

    return levels(start)


# === BUNDLES THAT THE CHANNEL HAS SPLIT ITSELF === #


def listed_children(lines: Sequence[Mapping]) -> dict[int, list[int]]:
    """Return ``{place of a parent: places of its children}``, parents before theirs.

    A child names the ``external_ref`` of its parent in ``bundle``. Lines that name
    themselves, each other in a circle, or nobody are lines like any other.
    """
    place = {}
    for n, line in enumerate(lines):
        if line.get("external_ref"):
            place.setdefault(line["external_ref"], n)
    parent = {
        n: place[line["bundle"]]
        for n, line in enumerate(lines)
        if line.get("bundle") in place and place[line["bundle"]] != n
    }
    below: dict[int, list[int]] = {}
    for child, above in parent.items():
        below.setdefault(above, []).append(child)
    found, todo = {}, [n for n in sorted(below) if n not in parent]
    while todo:
        above = todo.pop(0)
        found[above] = below[above]
        todo += [child for child in below[above] if child in below]
    return found


def grouped(
    lines: Sequence[Mapping], is_bundle: Callable[[Mapping], bool]
) -> tuple[dict[int, list[int]], int]:
    """Return parents and children of groups that the channel made, and their count.

    A group is a parent with children when exactly one of its lines is a bundle;
    otherwise its lines stand for themselves.
    """
    groups: dict[str, list[int]] = {}
    for n, line in enumerate(lines):
        if line.get("group"):
            groups.setdefault(line["group"], []).append(n)
    found = {}
    for members in groups.values():
        heads = [n for n in members if is_bundle(lines[n])]
        if len(heads) == 1 and len(members) > 1:
            found[heads[0]] = [n for n in members if n != heads[0]]
    return found, len(groups)


def spread(
    amount: Decimal, own: Sequence[Decimal], weights: Sequence[Fraction], coin: float
) -> list[Decimal]:
    """Return the children's amounts with the parent's spread over them on top.

    :param own: what the children carry already
    :param weights: list price × quantity of each
    """
    more = allocate(to_coin(amount, decimal(coin)), weights, coin)
    return [mine + part for mine, part in zip(own, more, strict=True)]
