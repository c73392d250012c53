"""Products by what people call them: code, own name, name, and what is close.

Names are compared squeezed: plain form, without blanks, brackets and dashes, but a
sign between two digits stays, so that ``3/4`` is not ``34``. Whatever digits a message
says must be in the name: a 6205 is never a 6206, however alike the words are.

How sure a match is: ``SCORES`` by way; a second product as close as ``CLOSE`` makes
it ambiguous, and then it is never sure.
"""

import copy
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from rapidfuzz import fuzz, process

from .bounds import MIN_CODE, plural, stands_alone
from .measures import UNIT
from .squeeze import TIMES, squeeze, squeezed
from .text import key as plain_key
from .words import Item

PARTS = re.compile(r"[a-z]*\d[a-z\d.*/-]*|[a-z]+|[^a-z\d]+")
DIGITS = re.compile(r"\d+(?:[./]\d+)*")
#: A size over several sides is one: 6*6 is not 6*6*5.
SIDES = re.compile(r"\d+(?:[.*/]\d+)+")
HAN = re.compile(r"[\u3400-\u9fff]")
#: A name with its size behind it.
TURNED = re.compile(
    r"(?P<head>[\u3400-\u9fff]{2,})(?P<spec>[a-z]{0,4}\d[a-z\d.*/%-]*[安厘寸]?)"
)
#: A size that could as well be how much is wanted: 10kg大米.
MEASURED = re.compile(r"[\d.]+(?:ml|l|g|kg|mm|cm|m|t|pcs)?")
LATIN_WORD = re.compile(r"[a-z\d]+(?:[.*/-][a-z\d]+)*")
#: A size at the end of a name: 手套L, 乳胶漆18L, 筒灯12W.
SIZE_END = re.compile(
    r"(?:[\u3400-\u9fff ](?:\d?x{0,3}[sml])|\d(?:ml|l|g|kg|mm|cm|m|w))$"
)
#: How many, right behind it, in a unit of Chinese: 10盒.
COUNTED = re.compile(rf"[1-9]\d{{0,4}}(?=[\u3400-\u9fff])(?:{UNIT.pattern})")
LITTLE_WORDS = frozenset("of the a an with for in".split())
SCORES = {
    "code": 1.0,
    "barcode": 1.0,
    "alias": 0.99,
    "name": 0.98,
    "words": 0.95,
    "short": 0.92,
    "history": 0.85,
    "part": 0.7,
}
#: No fuzzy match is surer than this.
FUZZY = 0.85
FUZZY_FROM = 55
CLOSE = 0.08
NONE: set[int] = set()
#: No product is called in more characters than this.
MAX_WORDS = 120


@dataclass(frozen=True)
class Name:
    """One thing that a product is called."""

    text: str
    key: object
    way: str
    parts: frozenset[str]
    numbers: frozenset[str]


@dataclass(frozen=True)
class Hit:
    """A name in a text: where, and the products that have it."""

    start: int
    end: int
    way: str
    keys: tuple


class Catalogue:
    """An index over the products that a message may name.

    :param items: the products, with this customer's own names
    :param history: keys of products that the customer bought, the latest first
    """

    def __init__(self, items: Iterable[Item], history: Iterable = ()):
        self.items: dict = {item.key: item for item in items}
        self.history = tuple(history)
        self._names: list[Name] = []
        self._by_text: dict[str, list[Name]] = defaultdict(list)
        self._by_code: dict[str, list] = defaultdict(list)
        self._having: dict[str, set[int]] = defaultdict(set)
        self._by_parts: dict[frozenset, list[Name]] = defaultdict(list)
        self._by_latin: dict[tuple, list] = defaultdict(list)
        self._lengths: dict[str, set[int]] = defaultdict(set)
        self._vague: dict[str, tuple] = {}
        for item in self.items.values():
            self._add(item)

    def _add(self, item: Item) -> None:
        if item.code:
            self._by_code[_code_key(item.code)].append(item.key)
        for way, texts in (
            ("code", (item.code,)),
            ("barcode", item.barcodes),
            ("alias", item.aliases),
            ("name", item.names),
        ):
            for text in texts:
                self._add_name(squeezed(text or ""), item.key, way)
        for text in item.names:
            self._add_turned(squeezed(text or ""), item.key)
            words = _latin_words(text or "")
            if words[0] and len(words[0]) + len(words[1]) > 1:
                self._by_latin[words].append(item.key)

    def _add_turned(self, text: str, key) -> None:
        """Let ``5W-40机油`` be found where the name is ``机油5W-40``."""
        match = TURNED.fullmatch(text)
        if not match or MEASURED.fullmatch(match["spec"]):
            return
        turned = match["spec"] + match["head"]
        if any(name.key == key for name in self._by_text.get(turned, ())):
            return
        self._by_text[turned].append(
            Name(turned, key, "words", frozenset(PARTS.findall(turned)), _numbers(text))
        )
        self._lengths[turned[:2]].add(len(turned))

    def _add_name(self, text: str, key, way: str) -> None:
        if not text or any(n.key == key for n in self._by_text.get(text, ())):
            return
        name = Name(text, key, way, frozenset(PARTS.findall(text)), _numbers(text))
        for char in set(text):
            self._having[char].add(len(self._names))
        self._by_parts[name.parts].append(name)
        self._names.append(name)
        self._by_text[text].append(name)
        self._lengths[text[:2]].add(len(text))

    def has_words(self, text: str) -> bool:
        """Tell whether some words stand in a name, whatever is around them there."""
        body = squeezed(text[:MAX_WORDS])
        return bool(body) and any(
            body in name.text for name in self._names_with_all(body)
        )

    def has_number(self, digits: str) -> bool:
        """Tell whether a number stands whole in a name."""
        return any(digits in name.numbers for name in self._names_with_all(digits))

    def twins(self, key) -> list:
        """Return the keys of other products with the very code of one."""
        item = self.items.get(key)
        if item is None or not item.code:
            return []
        keys = self._by_code.get(_code_key(item.code), ())
        return [k for k in keys if k != key and self.items[k].code == item.code]

    def by_code(self, text: str) -> Item | None:
        """Return the product whose code this is, dashes and case aside, or ``None``."""
        keys = self._by_code.get(_code_key(text), ())
        return self.items[keys[0]] if len(keys) == 1 else None

    def with_own(
        self, own: Mapping[object, Iterable[str]], history: Iterable = ()
    ) -> "Catalogue":
        """Return the catalogue as one customer sees it, without building it anew.

        :param own: ``{key of a product: the customer's own names}``
        :param history: keys of products that the customer bought, the latest first
        """
        other = copy.copy(self)
        other.history = tuple(history)
        if not own:
            return other
        for name, kept in list(vars(other).items()):
            if isinstance(kept, dict | list):
                setattr(other, name, _copied(kept))
        vars(other).pop("_texts", None)
        for key, texts in own.items():
            if key in other.items:
                item = other.items[key]
                names = (*item.aliases, *texts)
                other.items[key] = replace(item, aliases=names)
                for text in texts:
                    other._add_name(squeezed(text), key, "alias")
        return other

    # === NAMES IN A TEXT === #

    def scan(self, text: str) -> Iterator[Hit]:
        """Yield the names that stand in a plain text, the longest first at a place."""
        body, places = squeeze(text)
        at = 0
        while at < len(body):
            hit = self._hit_at(text, body, places, at)
            if hit:
                yield hit[0]
                at = hit[1]
            else:
                at += 1

    def _hit_at(self, text, body, places, at) -> tuple[Hit, int] | None:
        for length in sorted(self._lengths.get(body[at : at + 2], ()), reverse=True):
            names = self._by_text.get(body[at : at + length])
            if not names or length < 2 or at + length > len(body):
                continue
            start, end = places[at], places[at + length - 1] + 1
            if "\n" in text[start:end]:
                continue
            if not (
                stands_alone(text, start, end, names)
                or self._is_counted(text, start, end, names)
            ):
                continue
            end += plural(text, end)
            return self._hit(start, end, names), at + length
        return None

    def _is_counted(self, text: str, start: int, end: int, names: list[Name]) -> bool:
        """Tell whether a quantity follows a name's last letter: 乳胶手套L10盒.

        Not where another name goes on with a number: A1 beside A.
        """
        if not _is_size_end(text[start:end]) or not COUNTED.match(text, end):
            return False
        if not all(name.way == "name" for name in names):
            return False
        body = names[0].text
        others = self._names_with_all(body)
        return not any(
            body in name.text and DIGITS.match(name.text.partition(body)[2])
            for name in others
        )

    def _hit(self, start: int, end: int, names: list[Name]) -> Hit:
        ways = [name.way for name in names]
        best = next(way for way in SCORES if way in ways)
        same = ("code", "barcode", "name") if best in ("code", "barcode") else (best,)
        keys = [name.key for name in names if name.way in same]
        keys += [key for name in names for key in self._others(name)]
        return Hit(start, end, best, tuple(dict.fromkeys(keys)))

    def _others(self, name: Name) -> tuple:
        """Return the products that a name without a size may mean as well.

        ``玻璃水`` is a name of the 2 litres only while there are no other litres.
        """
        if name.way != "name" or name.numbers:
            return ()
        if name.text not in self._vague:
            sized = [
                other
                for other in self._names_with_all(name.text)
                if other.way == "name" and other.numbers and name.text in other.text
            ]
            keys = dict.fromkeys(other.key for other in sized)
            own = {n.key for n in self._by_text[name.text]}
            is_sized = own & keys.keys()
            others = tuple(key for key in keys if key not in own)
            self._vague[name.text] = others if is_sized else ()
        return self._vague[name.text]

    # === WORDS BY THEMSELVES === #

    def search(self, text: str) -> list[tuple[Item, float, str]]:
        """Return ``[(item, score 0..1, way), …]`` of some words, best first.

        Only the first may be sure, and only when the second is far.
        """
        body = squeezed(text[:MAX_WORDS])
        if not body or len(text) > MAX_WORDS:
            return []
        scored: dict = {}
        for key, score, way in (*self._candidates(body), *self._by_latin_words(text)):
            if score > scored.get(key, (0, ""))[0]:
                scored[key] = (score, way)
        ranked = sorted(
            ((self.items[key], *found) for key, found in scored.items()),
            key=lambda row: (-row[1], self._recency(row[0].key)),
        )
        return self._told_apart(ranked[:8])

    def _candidates(self, body: str) -> Iterator[tuple]:
        exact = self._by_text.get(body) or self._by_text.get(_singular(body), ())
        for name in exact:
            yield name.key, SCORES[name.way], name.way
            yield from ((key, SCORES[name.way], "part") for key in self._others(name))
        item = self.by_code(body) if len(body) >= MIN_CODE else None
        if item:
            yield item.key, SCORES["code"], "code"
        if exact or item:
            return
        numbers = _numbers(body)
        yield from self._by_words(body, numbers)
        yield from self._containing(body, numbers)
        yield from self._alike(body, numbers)

    def _by_words(self, body: str, numbers: frozenset) -> Iterator[tuple]:
        """The same words in another order: 螺丝M8*20 and M8*20螺丝."""
        parts = frozenset(PARTS.findall(body))
        if len(parts) < 2:
            return
        for name in self._by_parts.get(parts, ()):
            if name.numbers == numbers and _sides(body) == _sides(name.text):
                yield name.key, SCORES["words"], "words"

    def _by_latin_words(self, text: str) -> Iterator[tuple]:
        """The same English words in another order or number: M10x30 hex bolts."""
        for key in self._by_latin.get(_latin_words(text), ()):
            yield key, SCORES["words"], "words"

    def _containing(self, body: str, numbers: frozenset) -> Iterator[tuple]:
        """Names with these words in them; sure for the head of the only such name."""
        if len(body) < 2:
            return
        parts = PARTS.findall(body)
        found = [
            name
            for name in self._names_with_all(body)
            if name.way in ("alias", "name")
            and _has_numbers(name.text, body)
            and (body in name.text or all(part in name.text for part in parts))
        ]
        is_only = len({name.key for name in found}) == 1 and _is_telling(body)
        for name in found:
            is_whole = numbers == name.numbers and _has_whole(name, parts)
            is_head = is_only and is_whole and _is_head(body, name.text)
            way = "short" if is_head else "part"
            if not is_only and name.key in self.history:
                way = "history"
            yield name.key, SCORES[way], way

    def _alike(self, body: str, numbers: frozenset) -> Iterator[tuple]:
        if len(body) < 2:
            return
        near = self._near(body)
        for _text, score, at in process.extract(
            body,
            [self._names[at].text for at in near],
            scorer=fuzz.ratio,
            limit=12,
            score_cutoff=FUZZY_FROM,
        ):
            name = self._names[near[at]]
            if name.way in ("code", "barcode"):
                yield name.key, min(score / 100, 0.6), "fuzzy"
            elif numbers == name.numbers or not numbers:
                yield name.key, min(score / 100, FUZZY), "fuzzy"
            elif numbers <= name.numbers:
                yield name.key, min(score / 100, 0.6), "fuzzy"

    def _names_with_all(self, body: str) -> list[Name]:
        """Return the names that have every character of some words."""
        spots = sorted((self._having.get(char, NONE) for char in set(body)), key=len)
        return [self._names[at] for at in sorted(set.intersection(*spots))]

    def _near(self, body: str) -> list[int]:
        """Return the positions of names with half of the characters of some words."""
        chars = set(body)
        shared: Counter = Counter()
        for char in chars:
            shared.update(self._having.get(char, ()))
        return sorted(at for at, count in shared.items() if 2 * count >= len(chars))

    def _recency(self, key) -> int:
        return self.history.index(key) if key in self.history else len(self.history)

    @staticmethod
    def _told_apart(ranked: list) -> list:
        """Return the same; with a close second nobody is sure."""
        if len(ranked) > 1 and ranked[0][1] - ranked[1][1] < CLOSE:
            return [(item, min(score, 0.6), way) for item, score, way in ranked]
        return ranked


def _is_size_end(words: str) -> bool:
    return bool(SIZE_END.search(words))


def _latin_words(text: str) -> tuple[tuple, frozenset]:
    """Return the words of a name in Latin letters: in order, and its sizes.

    Sizes may stand anywhere; an oil filter is no filter oil.
    """
    small = TIMES.sub("*", plain_key(text))
    if HAN.search(small):
        return (), frozenset()
    words = [w for w in LATIN_WORD.findall(small) if w not in LITTLE_WORDS]
    sizes = frozenset(w for w in words if len(w) < 3 or DIGITS.search(w))
    return tuple(_singular(w) for w in words if w not in sizes), sizes


def _is_telling(body: str) -> bool:
    """Tell whether words say more than a kind of goods: 胶带, water are too little."""
    return bool(DIGITS.search(body)) or len(HAN.findall(body)) > 2 or len(body) > 11


def _has_whole(name: Name, parts: list[str]) -> bool:
    """Tell whether a name has the Latin words and sizes of some parts uncut."""
    said = Counter(part for part in parts if part[0].isascii())
    return not said - Counter(PARTS.findall(name.text))


def _is_head(body: str, name: str) -> bool:
    """Tell whether what a name has beside some words is before them or a size only."""
    words = [part for part in PARTS.findall(body) if HAN.search(part)]
    if words:
        _before, found, after = name.partition(words[-1])
        return bool(found) and not (after and HAN.match(after))
    _before, found, after = name.partition(body)
    return bool(found) and not after


def _numbers(text: str) -> frozenset[str]:
    return frozenset(DIGITS.findall(text))


def _sides(text: str) -> list[str]:
    return sorted(SIDES.findall(text))


def _has_numbers(name: str, body: str) -> bool:
    """Tell whether a name has every number of some words, whole, as often."""
    missing = Counter(DIGITS.findall(body)) - Counter(DIGITS.findall(name))
    return not missing and not Counter(_sides(body)) - Counter(_sides(name))


def _copied(kept):
    """Return containers anew: adding to the copy leaves the original."""
    if isinstance(kept, list):
        return list(kept)
    new = copy.copy(kept)
    for key, value in kept.items():
        if isinstance(value, list | set):
            new[key] = value.copy()
    return new


def _code_key(text: str) -> str:
    return re.sub(r"[\s_./-]+", "", text.casefold())


def _singular(text: str) -> str:
    is_plural = text.isascii() and text.endswith("s") and text[-2:-1].isalpha()
    return text[:-1] if is_plural else text
