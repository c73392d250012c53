"""Many warnings, few messages, nothing left out.

First every person gets a message for each warning. Where that is too much, a message
for each rule; then one for everything; then those with the least grave warnings share
one that tells figures only. At each step as little as needed is put together, and
every warning is counted in exactly one message of each person it is for.
"""

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .robots.text import literal
from .severity import rank

#: Messages for whatever happens at once; more are noise.
AT_MOST = 50
#: Warnings that a person gets one by one, however much room there is.
SINGLES = 3
#: Warnings that a message names; the others are counted.
NAMED = 20
#: Rules that a subject names.
NAMED_RULES = 2


@dataclass(frozen=True)
class Notice:
    """One warning for one person.

    :ivar id: of the warning
    :ivar channel: where it goes: a robot, the inbox, mail; messages of two channels
        are never put together
    :ivar recipient: who it is for, within the channel
    :ivar rule: its id; ``rule_name`` as shown
    :ivar subject: what it is about, e.g. the order's reference and customer
    :ivar figures: as shown, e.g. "31 h, limit 24 h"
    :ivar excess: how far beyond the limit, 1.0 at the limit; the farthest come first
    """

    id: int
    channel: str
    recipient: str
    rule: int
    rule_name: str
    severity: str = "warning"
    subject: str = ""
    figures: str = ""
    excess: float = 1.0


@dataclass(frozen=True)
class Section:
    """What one message says about one rule.

    :ivar shown: the warnings that it names
    :ivar members: severity of every warning it counts, by id
    """

    rule: int
    name: str
    severity: str
    count: int
    by_severity: Mapping[str, int]
    shown: tuple[Notice, ...]
    members: Mapping[int, str] = field(default_factory=dict, repr=False)

    @property
    def more(self) -> int:
        """Return how many are counted without being named."""
        return self.count - len(self.shown)


@dataclass(frozen=True)
class Digest:
    """One message.

    :ivar recipients: several only where people share a message, which then names
        nothing that one of them might not be allowed to see
    :ivar ids: of all warnings it stands for, the gravest first
    """

    channel: str
    recipients: tuple[str, ...]
    ids: tuple[int, ...]
    severity: str
    by_severity: Mapping[str, int]
    sections: tuple[Section, ...] = field(repr=False)

    @property
    def count(self) -> int:
        return len(self.ids)

    @property
    def is_single(self) -> bool:
        return len(self.ids) == 1 and len(self.recipients) == 1

    @property
    def is_shared(self) -> bool:
        return len(self.recipients) > 1


@dataclass(frozen=True)
class Words:
    """What a digest says, in the language of its readers; placeholders as here."""

    title: str = "%(count)s warnings: %(rules)s"
    one: str = "%(severity)s: %(rule)s"
    section: str = "**%(rule)s**: %(count)s (%(severities)s)"
    more: str = "… and %(count)s more"
    shared: str = "For %(people)s people. Each finds his own in the warning centre."
    severities: Mapping[str, str] = field(
        default_factory=lambda: {
            "critical": "critical",
            "warning": "warning",
            "info": "information",
        }
    )


# === PLAN === #


def plan(
    notices: Iterable[Notice],
    at_most: int = AT_MOST,
    singles: int = SINGLES,
    named: int = NAMED,
) -> list[Digest]:
    """Return the messages for a heap of warnings, the gravest first.

    :param at_most: messages; there is always one for each channel, more if needed
    :param singles: warnings that a person gets one by one
    :param named: warnings that one message names
    """
    people = _people(notices)
    alone, shared = _seats(people, at_most)
    levels = _levels([people[who] for who in alone], at_most - len(shared), singles)
    found = [
        _digest(who, part, named)
        for who, level in zip(alone, levels, strict=True)
        for part in _parts(people[who], level)
    ]
    found += [_shared(channel, whos, people) for channel, whos in shared.items()]
    return sorted(found, key=_order)


#: Who is told: channel and recipient.
Who = tuple[str, str]
SINGLE, BY_RULE, WHOLE = range(3)


def _people(notices: Iterable[Notice]) -> dict[Who, list[Notice]]:
    """Return each person's warnings, the gravest first, none twice."""
    found: dict[Who, dict[int, Notice]] = {}
    for notice in notices:
        found.setdefault((notice.channel, notice.recipient), {})[notice.id] = notice
    return {who: sorted(rows.values(), key=_gravity) for who, rows in found.items()}


def _seats(
    people: Mapping[Who, Sequence[Notice]], at_most: int
) -> tuple[list[Who], dict[str, list[Who]]]:
    """Return who gets messages of his own, and who shares one, by channel.

    Those with the gravest warnings have their own; a channel's last seat is kept for
    those who share.
    """
    ranked = sorted(people, key=lambda who: (_gravity(people[who][0]), who))
    if len(ranked) <= at_most:
        return ranked, {}
    room = max(at_most - len({channel for channel, _who in people}), 0)
    alone, shared = ranked[:room], {}
    for who in ranked[room:]:
        shared.setdefault(who[0], []).append(who)
    alone += [whos[0] for whos in shared.values() if len(whos) == 1]
    return alone, {name: whos for name, whos in shared.items() if len(whos) > 1}


def _levels(people: list[list[Notice]], room: int, singles: int) -> list[int]:
    """Return how much each person's warnings are put together.

    Who would get the most messages is put together first.
    """
    levels = [SINGLE if len(rows) <= singles else BY_RULE for rows in people]
    costs = [_cost(rows, level) for rows, level in zip(people, levels, strict=True)]
    total = sum(costs)
    heap = [(-cost, place) for place, cost in enumerate(costs)]
    heapq.heapify(heap)
    while total > room and heap:
        cost, place = heapq.heappop(heap)
        if levels[place] == WHOLE:
            continue
        levels[place] += 1
        new = _cost(people[place], levels[place])
        total += new + cost
        heapq.heappush(heap, (-new, place))
    return levels


def _cost(rows: Sequence[Notice], level: int) -> int:
    if level == SINGLE:
        return len(rows)
    return len({row.rule for row in rows}) if level == BY_RULE else 1


def _parts(rows: list[Notice], level: int) -> list[list[Notice]]:
    """Return a person's warnings, one list a message."""
    if level == SINGLE:
        return [[row] for row in rows]
    if level == WHOLE:
        return [rows]
    return list(_by_rule(rows).values())


# === MESSAGES === #


def _digest(who: Who, rows: list[Notice], named: int) -> Digest:
    channel, recipient = who
    ids = tuple(row.id for row in rows)
    sections = _sections(rows, named)
    return Digest(
        channel, (recipient,), ids, rows[0].severity, _severities(rows), sections
    )


def _shared(
    channel: str, whos: list[Who], people: Mapping[Who, list[Notice]]
) -> Digest:
    """Return one message for several people: figures, no names."""
    by_id = {row.id: row for who in whos for row in people[who]}
    rows = sorted(by_id.values(), key=_gravity)
    recipients = tuple(sorted(recipient for _channel, recipient in whos))
    ids = tuple(row.id for row in rows)
    severity = rows[0].severity
    sections = _sections(rows, 0)
    return Digest(channel, recipients, ids, severity, _severities(rows), sections)


def _sections(rows: list[Notice], named: int) -> tuple[Section, ...]:
    """Return what is said about each rule; places for names go round fairly."""
    groups = list(_by_rule(rows).values())
    places = shares([len(group) for group in groups], named)
    return tuple(
        Section(
            group[0].rule,
            group[0].rule_name,
            group[0].severity,
            len(group),
            _severities(group),
            tuple(group[:place]),
            {row.id: row.severity for row in group},
        )
        for group, place in zip(groups, places, strict=True)
    )


def shares(wanted: list[int], room: int) -> list[int]:
    """Deal out places one by one, in turns, until nobody wants more."""
    given = [0] * len(wanted)
    while room > 0 and given != wanted:
        for place, most in enumerate(wanted):
            if room > 0 and given[place] < most:
                given[place] += 1
                room -= 1
    return given


def _by_rule(rows: Iterable[Notice]) -> dict[int, list[Notice]]:
    found: dict[int, list[Notice]] = {}
    for row in rows:
        found.setdefault(row.rule, []).append(row)
    return found


def _severities(rows: Iterable[Notice]) -> dict[str, int]:
    """Return how many there are of each severity, the gravest first."""
    counted = Counter(row.severity for row in rows)
    return {name: counted[name] for name in sorted(counted, key=rank)}


def _gravity(row: Notice) -> tuple:
    return rank(row.severity), -row.excess, row.rule, row.id


def _order(digest: Digest) -> tuple:
    return rank(digest.severity), -digest.count, digest.channel, digest.ids[0]


# === WORDS === #


def render(digest: Digest, words: Words | None = None) -> tuple[str, str]:
    """Return subject and body (markdown) of a message.

    Names of orders and customers are shown as names, whatever they look like.
    """
    words = words or Words()
    if digest.is_single:
        return _one(digest.sections[0].shown, digest, words)
    told: dict[str, Any] = {"count": digest.count, "rules": _rules(digest.sections)}
    lines = [line for section in digest.sections for line in _lines(section, words)]
    if digest.is_shared:
        lines.append(words.shared % {"people": len(digest.recipients)})
    return words.title % told, "\n".join(lines)


def _one(shown: Sequence[Notice], digest: Digest, words: Words) -> tuple[str, str]:
    name = digest.sections[0].name
    severity = words.severities.get(digest.severity, digest.severity)
    subject = words.one % {"severity": severity, "rule": name}
    return subject, "\n".join(map(_line, shown))


def _rules(sections: Sequence[Section]) -> str:
    """Return the gravest rules by name."""
    names = [section.name for section in sections[:NAMED_RULES]]
    return ", ".join(names) + (" …" if len(sections) > NAMED_RULES else "")


def _lines(section: Section, words: Words) -> list[str]:
    head = words.section % {
        "rule": literal(section.name),
        "count": section.count,
        "severities": _counts(section.by_severity, words),
    }
    lines = [head, *(f"- {_line(row)}" for row in section.shown)]
    if section.shown and section.more:
        lines.append(f"- {words.more % {'count': section.more}}")
    return lines


def _line(row: Notice) -> str:
    return ": ".join(filter(None, (literal(row.subject), literal(row.figures))))


def _counts(by_severity: Mapping[str, int], words: Words) -> str:
    """Return how many there are of each severity; of only one: which."""
    named = {words.severities.get(name, name): n for name, n in by_severity.items()}
    if len(named) == 1:
        return next(iter(named))
    return ", ".join(f"{count} {name}" for name, count in named.items())
