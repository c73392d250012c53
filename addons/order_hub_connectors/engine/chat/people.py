"""Who orders: the sender's binding, a company or person named, ``王总``.

A sender who is bound to a customer orders for that customer. Whoever writes for others
names them: in full, by the short name of the company, by surname and title. Where a
name fits several customers none of them is taken.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ..address_person import COMPOUND, SURNAMES
from .company_names import LEGAL, TRADE, is_whole, nucleus, placed_core, ways_of
from .dates import plain
from .words import NOTHING, Context, Found, Person

TITLE = (
    "老板娘|老板|总监|总|经理|主任|厂长|店长|师傅|工|姐|哥|叔|老师|先生|女士|小姐|"
    "会计|主管|采购|校长|院长|科长|部长|董"
)
#: A surname with a title, or 老王 and 小李, as a word of its own.
_SURNAMES = "|".join([*COMPOUND, f"[{''.join(sorted(SURNAMES))}]"])
TITLED = re.compile(
    rf"(?:(?<![\u4e00-\u9fff])|(?<=[给帮替为跟是和])|(?<=客户)|(?<=公司)|(?<=[厂店]))"
    rf"(?P<name>(?P<surname>{_SURNAMES})(?P<given>[\u4e00-\u9fff]{{0,2}}?)(?:{TITLE})"
    rf"|[老小阿](?P<nick>[{''.join(sorted(SURNAMES))}])(?![\u4e00-\u9fff]))"
)
#: What stands around the name of whoever orders.
BEFORE = re.compile(
    r"(?:^|[\n,，。;；:：、\s(（【\[])$|(?:客户|给|帮|替|为|是|买方|需方|公司|抬头|"
    r"代)[:：]?\s?$"
    r"|(?:for|from|customer|client|behalf of|this is|at|with)[: ]\s?$"
)
AFTER = re.compile(
    r"\s?(?:公司|厂|店|那边|这边|那里|这里|家|要|订|下单|下的|的单|再|报|来|加|急|"
    r"的订单|补|今|明|"
    r"老板|[:：,，。\n)）】\]]|$|\s)"
)
#: Another customer for whom the sender orders: ``帮王总要``.
ON_BEHALF = re.compile(r"(?:帮|替|代|客户)[:：]?\s?$")
#: Short names of companies need words around them that say so.
SHORT = 3
LIKELY, UNSURE = 0.92, 0.5


@dataclass(frozen=True)
class Named:
    """A name met in a text.

    :ivar keys: the customers it fits, most likely first
    :ivar labels: their names
    """

    start: int
    end: int
    keys: tuple
    labels: tuple[str, ...]
    confidence: float
    way: str


class Directory(Sequence):
    """The customers that may be named, and an index over all that they are called."""

    def __init__(self, people: Sequence[Person]):
        self.people = tuple(people)
        self.names: dict[str, dict[str, list]] = defaultdict(dict)
        self.surnames: dict[str, list[Person]] = defaultdict(list)
        self.placeless: dict[str, list[Person]] = defaultdict(list)
        self.nuclei: dict[str, list[Person]] = defaultdict(list)
        for person in self.people:
            self._index(person)

    def __getitem__(self, at):
        return self.people[at]

    def __len__(self) -> int:
        return len(self.people)

    def _index(self, person: Person) -> None:
        for name in (*person.names, *person.aliases):
            for said, sure in ways_of(name).items():
                known = self.names[said[:2]].setdefault(said, [])
                if len(said) >= 2 and all(p.key != person.key for p, _sure in known):
                    known.append((person, sure))
            self._index_place(name, person)
            surname = surname_of(name)
            if surname and person not in self.surnames[surname]:
                self.surnames[surname].append(person)

    def _index_place(self, name: str, person: Person) -> None:
        """Note a company that names no place: it may be in any. Note its own word."""
        has_place, cores = placed_core(name)
        for core in () if has_place else cores:
            self.placeless[core].append(person)
        self.nuclei[nucleus(name)].append(person)

    def met(self, text: str) -> Iterator[Named]:
        """Yield the names in a plain text, in order, the longest at each place."""
        at = 0
        while at < len(text) - 1:
            found = self._longest(text, at)
            if found:
                yield found
                at = found.end
            else:
                at += 1

    def _longest(self, text: str, at: int) -> Named | None:
        known = self.names.get(text[at : at + 2])
        fitting = [name for name in known or () if text.startswith(name, at)]
        fitting = [name for name in fitting if _is_word(text, at, at + len(name))]
        if not fitting:
            return None
        name = max(fitting, key=len)
        people = known[name] + self._elsewhere(name, known[name])
        return self._also(name, _named(at, at + len(name), people, text))

    def _elsewhere(self, name: str, known: list) -> list:
        """Return who else a short name may mean.

        无锡太湖汽修 may be a 太湖汽修 that names no place, 太湖 each that is called so.
        """
        [person, sure], *others = known
        if others or is_whole(sure):
            return []
        has_place, cores = placed_core(name)
        found = [p for core in cores for p in self.placeless.get(core, ())]
        if not has_place:
            found = self.nuclei.get(name, ()) if sure <= LIKELY else ()
        more = {p.key: p for p in found if p.key != person.key}
        return [(p, UNSURE) for p in more.values()]

    def _also(self, name: str, found: Named) -> Named:
        """Return what was met with whoever else has the surname of ``彭总``."""
        match = TITLED.fullmatch(name)
        if not match or match["given"]:
            return found
        people = self.surnames.get(match["surname"] or match["nick"], ())
        others = [person for person in people if person.key not in found.keys]
        if not others:
            return found
        keys, labels = _keys_and_labels(others)
        return replace(
            found,
            keys=found.keys + keys,
            labels=found.labels + labels,
            confidence=min(found.confidence, 0.6),
            way="several",
        )


#: The directories met last: an index is made once for many messages.
_KNOWN: list[Directory | tuple] = []


def indexed(people: Sequence[Person]) -> Directory:
    """Return the index over some customers; the same sequence is indexed once."""
    if isinstance(people, Directory):
        return people
    for sequence, directory in _KNOWN:
        if sequence is people:
            return directory
    directory = Directory(people)
    _KNOWN[:] = [(people, directory), *_KNOWN[:3]]
    return directory


def surname_of(name: str) -> str:
    """Return the surname of a person's name; of a company's nothing."""
    name = plain(name).strip()
    if LEGAL.search(name) or TRADE.search(name) or not 2 <= len(name) <= 4:
        return ""
    if name[:2] in COMPOUND:
        return name[:2]
    return name[0] if name[0] in SURNAMES else ""


def _is_word(text: str, start: int, end: int) -> bool:
    """Return whether a name in Latin letters does not go on on either side."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if text[start].isascii() and before.isascii() and before.isalnum():
        return False
    return not (text[end - 1].isascii() and after.isascii() and after.isalnum())


def _named(start: int, end: int, known: Sequence, text: str) -> Named:
    people = tuple(person for person, _sure in known)
    sure = max(sure for _person, sure in known)
    if end - start <= SHORT and not _is_said_of_customer(text, start, end):
        sure = UNSURE
    sure = sure if len(people) == 1 else 0.4
    way = "name" if len(people) == 1 else "several"
    return Named(start, end, *_keys_and_labels(people), sure, way)


def _keys_and_labels(people: Sequence[Person]) -> tuple[tuple, tuple[str, ...]]:
    labels = tuple((*person.names, *person.aliases, "")[0] for person in people)
    return tuple(person.key for person in people), labels


def _is_said_of_customer(text: str, start: int, end: int) -> bool:
    before = BEFORE.search(text, max(0, start - 12), start)
    return bool(before) and bool(AFTER.match(text, end))


def _titled(text: str, directory: Directory) -> Iterator[Named]:
    """Yield people called by surname and title that the directory may mean."""
    for match in TITLED.finditer(text):
        if text[max(0, match.start() - 1) : match.start()] == "@":
            continue
        surname = match["surname"] or match["nick"]
        people = directory.surnames.get(surname, ())
        given = match["given"]
        if given:
            whole = surname + given
            people = [p for p in people if any(whole in plain(n) for n in p.names)]
        sure = 0.4 if len(people) > 1 else LIKELY if given else 0.75
        keys, labels = _keys_and_labels(people)
        yield Named(*match.span("name"), keys, labels, sure, "title")


def named_customers(text: str, people: Sequence[Person]) -> list[Named]:
    """Return the customers that a text names, in order; spans never overlap."""
    directory, small = indexed(people or ()), plain(text)
    found = list(directory.met(small))
    taken = [(one.start, one.end) for one in found]
    for one in _titled(small, directory):
        if all(one.end <= start or end <= one.start for start, end in taken):
            found.append(one)
    return sorted(found, key=lambda one: one.start)


def find_customer(text: str, context: Context) -> Found:
    """Return who orders, as far as a text and its sender tell.

    Way: ``bound`` (the sender's customer), ``name``, ``title`` (surname and title),
    ``several`` (the name fits several, or several are named) or ``other`` (the sender
    is bound to one customer and orders for another). Nobody known: nothing.
    """
    named = [one for one in named_customers(text, context.directory) if one.keys]
    if context.customer is not None:
        return _bound(text, named, context.customer)
    return _only(named) if named else NOTHING


def _bound(text: str, named: Sequence[Named], customer) -> Found:
    others = [
        one
        for one in named
        if customer not in one.keys
        and one.confidence >= UNSURE
        and ON_BEHALF.search(text[max(0, one.start - 6) : one.start])
    ]
    spans = tuple((one.start, one.end) for one in named if customer in one.keys)
    if not others:
        return Found(customer, 1.0, "bound", spans)
    found = _only(others)
    return Found(found.value, 0.5, "other", found.spans, found.candidates)


def _only(named: Sequence[Named]) -> Found:
    """Return the one customer that several names agree on."""
    best = max(named, key=lambda one: one.confidence)
    keys = [set(one.keys) for one in named if one.confidence >= UNSURE or one is best]
    common = set.intersection(*keys)
    spans = tuple((one.start, one.end) for one in named)
    candidates = tuple(
        {"value": key, "label": label, "score": one.confidence}
        for one in named
        for key, label in zip(one.keys, one.labels, strict=True)
    )
    if len(common) == 1:
        sure = max(best.confidence, LIKELY if len(named) > 1 else 0)
        return Found(common.pop(), sure, best.way, spans, candidates)
    return Found(best.keys[0], 0.4, "several", spans, candidates)
