"""How alike two orders are: seven components, their points, one score.

Each component compares one thing and says how alike it is, 0 to 1; its weight says
how many points that is worth. The weights of what both orders say are scaled to 100,
so a chat order without amount or remark is not unlike for what it leaves out. Who
ordered is always asked: two orders of which nobody knows the customer are not alike.

=========== ====== ==========================================================
component   weight how alike
=========== ====== ==========================================================
customer        25 same customer, e-mail or phone: 1; else likeness of names
phone           10 one phone in common: 1
products        20 products in common, of all that either has
quantities      10 smaller of each quantity, of the greater
date            25 1 within half a day, falling to 0 at six days
amount           5 1 at the same amount, 0 where one is half the other
remark           5 trigrams in common, of all that either has
reference       35 the customer's own number, only where both say one
=========== ====== ==========================================================

Somebody who orders the same every week is no duplicate: the date leaves at most 75
of 100 points. Somebody who orders the same twice a day under two numbers of his own
is none either: the reference leaves at most 75.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from functools import lru_cache

#: Score from which a person is asked, if nobody set another.
THRESHOLD = 80.0
#: Days around an order among which likes are looked for.
DAYS = 7
#: So far apart two orders count as of one moment …
NEAR = timedelta(hours=12)
#: … and so far apart as of two occasions.
FAR = timedelta(days=6)
#: Names never prove a customer alone.
NAME_SHARE = 0.8
#: Digits that tell phones apart, however country and area are written.
PHONE_DIGITS = 8
MIN_PHONE_DIGITS = 7
NO_WORD = re.compile(r"[\W_]+")
NO_DIGIT = re.compile(r"\D")
#: By how much a score may differ from its exact value.
ROUNDING = 0.1
#: Longest text that is compared.
MAX_TEXT = 500


@dataclass(frozen=True)
class Weights:
    """Points of each component if both orders say something to all of them."""

    customer: float = 25
    phone: float = 10
    products: float = 20
    quantities: float = 10
    date: float = 25
    amount: float = 5
    remark: float = 5
    reference: float = 35


COMPONENTS = tuple(row.name for row in fields(Weights))


@dataclass(frozen=True)
class Facts:
    """What is compared of one order; empty is what it does not say.

    :ivar customer: number of the commercial customer; 0: nobody knows
    :ivar phones: as :func:`phone_key` gives them
    :ivar emails: in lower case
    :ivar products: product (number or code) → quantity in the product's unit
    :ivar at: naive UTC
    :ivar reference: the customer's own number, not the channel's
    """

    customer: int = 0
    phones: frozenset = frozenset()
    emails: frozenset = frozenset()
    name: str = ""
    products: Mapping = field(default_factory=dict)
    at: datetime | None = None
    amount: float | None = None
    currency: str = ""
    remark: str = ""
    reference: str = ""

    @property
    def set_key(self) -> str:
        """The key of its products, see :func:`set_key`."""
        return set_key(self.products)

    @property
    def keys(self) -> frozenset:
        """What two orders must share, one of them at least, to be compared."""
        found = {f"phone {key}" for key in self.phones}
        found |= {f"email {key}" for key in self.emails}
        if self.customer:
            found.add(f"customer {self.customer}")
        if self.products:
            found.add(f"products {self.set_key}")
        return frozenset(found)

    def to_json(self) -> dict:
        """Return what it says, as JSON keeps it."""
        kept = {
            "customer": self.customer,
            "phones": sorted(self.phones),
            "emails": sorted(self.emails),
            "name": self.name,
            "products": [[key, number] for key, number in self.products.items()],
            "at": self.at and self.at.isoformat(),
            "amount": self.amount,
            "currency": self.currency,
            "remark": self.remark,
            "reference": self.reference,
        }
        return {name: value for name, value in kept.items() if value}

    @classmethod
    def from_json(cls, kept: Mapping) -> "Facts":
        """Return what :meth:`to_json` kept."""
        said = dict(kept)
        for name in ("phones", "emails"):
            said[name] = frozenset(said.get(name, ()))
        said["products"] = {key: number for key, number in said.get("products", ())}
        said["at"] = datetime.fromisoformat(said["at"]) if said.get("at") else None
        return cls(**said)


@dataclass(frozen=True)
class Likeness:
    """:ivar points: ``{component: (points, of how many)}``; they add up to score"""

    score: float
    points: dict


# === THE SCORE === #


def likeness(one: Facts, other: Facts, weights: Weights | None = None) -> Likeness:
    """Return how alike two orders are; see the module for the formula."""
    weights = weights or Weights()
    shares = {name: COMPARE[name](one, other) for name in COMPONENTS}
    if shares["customer"] is None:
        shares["customer"] = 0.0
    known = {
        name: share
        for name, share in shares.items()
        if share is not None and getattr(weights, name) > 0
    }
    total = sum(getattr(weights, name) for name in known)
    if not total:
        return Likeness(0.0, {})
    return _rounded(
        {
            name: (getattr(weights, name) * 100 / total * share, share)
            for name, share in known.items()
        },
        {name: getattr(weights, name) * 100 / total for name in known},
    )


def _rounded(points: dict, worth: dict) -> Likeness:
    """Return points in tenths that add up to the score in tenths."""
    found, so_far, given = {}, 0.0, 0
    worth_so_far, worth_given = 0.0, 0
    for name, (exact, share) in points.items():
        so_far += exact
        worth_so_far += worth[name]
        of = round(worth_so_far * 10 + 1e-7) - worth_given
        worth_given += of
        tenths = of if share == 1 else min(round(so_far * 10 + 1e-7) - given, of)
        tenths = max(tenths, 0)
        given += tenths
        found[name] = (tenths / 10, of / 10)
    return Likeness(given / 10, found)


def most_possible(one: Facts, other: Facts, weights: Weights) -> float:
    """Return a score that :func:`likeness` cannot exceed, without reading texts."""
    shares = {name: CHEAP[name](one, other) for name in CHEAP}
    best = dict.fromkeys(COMPONENTS, 1.0)
    best.update({name: share for name, share in shares.items() if share is not None})
    unsaid = [name for name, share in shares.items() if share is None]
    total = sum(getattr(weights, n) for n in COMPONENTS if n not in unsaid)
    if not total:
        return 100.0
    earned = sum(getattr(weights, n) * best[n] for n in COMPONENTS if n not in unsaid)
    return earned * 100 / total


def most_by_goods(one: Facts, other: Facts, weights: Weights) -> float:
    """Return a score that two orders cannot exceed, whatever else they say: only
    products, quantities and date are looked at, all else counts as the same."""
    shares = {name: COMPARE[name](one, other) for name in GOODS}
    earned = total = 0.0
    for name in COMPONENTS:
        weight = getattr(weights, name)
        share = shares.get(name, 1.0)
        if share is not None:
            total += weight
            earned += weight * share
    return earned * 100 / total if total else 100.0


# === THE COMPONENTS: share 0 to 1, or None where one of them says nothing === #


def same_customer(one: Facts, other: Facts) -> float | None:
    if one.customer and one.customer == other.customer:
        return 1.0
    if one.emails & other.emails or one.phones & other.phones:
        return 1.0
    if one.name and other.name:
        return NAME_SHARE * alike(one.name, other.name)
    return 0.0 if one.customer and other.customer else None


def same_phone(one: Facts, other: Facts) -> float | None:
    if not one.phones or not other.phones:
        return None
    return 1.0 if one.phones & other.phones else 0.0


def same_products(one: Facts, other: Facts) -> float | None:
    either = one.products.keys() | other.products.keys()
    if not one.products or not other.products:
        return None
    return len(one.products.keys() & other.products.keys()) / len(either)


def same_quantities(one: Facts, other: Facts) -> float | None:
    """Return the mean over all products of smaller by greater quantity."""
    if not one.products or not other.products:
        return None
    either = one.products.keys() | other.products.keys()
    return sum(
        ratio(one.products.get(key, 0.0), other.products.get(key, 0.0))
        for key in sorted(either, key=str)
    ) / len(either)


def same_date(one: Facts, other: Facts) -> float | None:
    if one.at is None or other.at is None:
        return None
    apart = abs(one.at - other.at)
    if apart <= NEAR:
        return 1.0
    return max((FAR - apart) / (FAR - NEAR), 0.0)


def same_amount(one: Facts, other: Facts) -> float | None:
    """Return 1 at the same amount, 0 at half; other currencies say nothing."""
    if not one.amount or not other.amount or one.currency != other.currency:
        return None
    return max(2 * ratio(one.amount, other.amount) - 1, 0.0)


def same_remark(one: Facts, other: Facts) -> float | None:
    if not one.remark or not other.remark:
        return None
    return alike(one.remark, other.remark)


def same_reference(one: Facts, other: Facts) -> float | None:
    if not one.reference or not other.reference:
        return None
    return 1.0 if one.reference == other.reference else 0.0


COMPARE = {
    "customer": same_customer,
    "phone": same_phone,
    "products": same_products,
    "quantities": same_quantities,
    "date": same_date,
    "amount": same_amount,
    "remark": same_remark,
    "reference": same_reference,
}
#: Those that cost next to nothing: most pairs are ruled out by them.
CHEAP = {
    name: COMPARE[name] for name in ("phone", "products", "date", "amount", "reference")
}
#: Those that an order's lines and date say.
GOODS = ("products", "quantities", "date")


# === OF MANY, THE LIKEST === #


def likest(
    one: Facts, others: Iterable, weights: Weights, threshold: float
) -> tuple | None:
    """Return the likest of several orders, ``None`` if none reaches the threshold.

    :param others: pairs of anything and its facts
    :return: what stood beside the facts, and the :class:`Likeness`
    """
    best = None
    for label, other in others:
        if most_possible(one, other, weights) < threshold - ROUNDING:
            continue
        found = likeness(one, other, weights)
        if found.score >= threshold and (best is None or found.score > best[1].score):
            best = label, found
    return best


# === TEXTS, PHONES, NUMBERS === #


def ratio(one: float, other: float) -> float:
    """Return the smaller by the greater of two numbers.

    >>> ratio(5, 10), ratio(0, 0), ratio(-1, 2)
    (0.5, 1.0, 0.0)
    """
    small, great = sorted((max(one, 0.0), max(other, 0.0)))
    return small / great if great else 1.0


def plain(text: str) -> str:
    """Return a text without case, width and punctuation.

    >>> plain("Ｔａｉｈｕ  汽修（无锡）, Ltd.")
    'taihu 汽修 无锡 ltd'
    """
    if not text:
        return ""
    text = unicodedata.normalize("NFKC", text[:MAX_TEXT]).casefold()
    return " ".join(NO_WORD.sub(" ", text).split())


@lru_cache(maxsize=4096)
def grams(text: str) -> frozenset:
    """Return the parts by which texts are compared: three letters each, of Chinese
    two characters, for whose words three are too long.

    >>> sorted(grams("brake"))
    ['ake', 'bra', 'ke ', 'rak']
    >>> sorted(grams("无锡汽修"))
    ['无锡', '汽修', '锡汽']
    """
    found = set()
    for word in plain(text).split():
        size = 3 if word.isascii() else 2
        padded = f"{word} " if word.isascii() else word
        last = max(len(padded) - size + 1, 1)
        found.update(padded[i : i + size] for i in range(last))
    return frozenset(found)


def alike(one: str, other: str) -> float:
    """Return the parts two texts have in common, of all that either has."""
    if one == other:
        return 1.0
    mine, theirs = grams(one), grams(other)
    either = mine | theirs
    return len(mine & theirs) / len(either) if either else 0.0


def phone_key(phone: str) -> str:
    """Return the last digits of a phone, empty for what is too short to be one.

    >>> phone_key("+86 138-0013-8000"), phone_key("013800138000"), phone_key("12")
    ('00138000', '00138000', '')
    """
    digits = NO_DIGIT.sub("", unicodedata.normalize("NFKC", phone or ""))
    return digits[-PHONE_DIGITS:] if len(digits) >= MIN_PHONE_DIGITS else ""


def phone_keys(phones: Iterable) -> frozenset:
    """Return the keys of several phones, some of them perhaps empty."""
    return frozenset(filter(None, map(phone_key, filter(None, phones))))


def set_key(products: Iterable) -> str:
    """Return a short key of a set of products, whatever their order and number.

    >>> set_key([7, 3, 7]) == set_key([3, 7]) != set_key([3])
    True
    >>> set_key([])
    ''
    """
    distinct = sorted({str(product) for product in products if product})
    if not distinct:
        return ""
    text = ",".join(distinct).encode()
    return hashlib.blake2b(text, digest_size=8).hexdigest()
