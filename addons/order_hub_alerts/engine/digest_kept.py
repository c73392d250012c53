"""Messages that wait: kept as JSON, and put together when too many wait."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields, replace
from typing import Any

from .digest import NAMED, Digest, Notice, Section, shares
from .severity import rank

#: What a notice says, as stored.
FIELDS = tuple(field.name for field in fields(Notice))


def dump(digest: Digest) -> dict[str, Any]:
    """Return a digest as what JSON can store."""
    return asdict(digest)


def load(kept: Mapping[str, Any]) -> Digest:
    """Return a digest again, from JSON or from what :func:`dump` returned.

    :raise KeyError: it was not written by :func:`dump`
    """
    return Digest(
        kept["channel"],
        tuple(kept["recipients"]),
        tuple(kept["ids"]),
        kept["severity"],
        _by_rank(kept["by_severity"]),
        tuple(map(_section, kept["sections"])),
    )


def merge(digests: Sequence[Digest], named: int = NAMED) -> Digest:
    """Put messages of one channel together; each warning is counted once.

    :param digests: at least one
    :param named: warnings that the message names
    """
    rules: dict[int, list[Section]] = {}
    for digest in digests:
        for section in digest.sections:
            rules.setdefault(section.rule, []).append(section)
    sections = _named([_joined(found) for found in rules.values()], named)
    return Digest(
        digests[0].channel,
        tuple(sorted({who for digest in digests for who in digest.recipients})),
        tuple(dict.fromkeys(id_ for digest in digests for id_ in digest.ids)),
        min((digest.severity for digest in digests), key=rank),
        _counted(grave for s in sections for grave in s.members.values()),
        tuple(sections),
    )


# === HELPERS === #


def _section(kept: Mapping[str, Any]) -> Section:
    return Section(
        kept["rule"],
        kept["name"],
        kept["severity"],
        kept["count"],
        _by_rank(kept["by_severity"]),
        tuple(Notice(**{name: row[name] for name in FIELDS}) for row in kept["shown"]),
        {int(id_): severity for id_, severity in kept["members"].items()},
    )


def _joined(sections: Sequence[Section]) -> Section:
    """Return what several messages say about one rule, as one.

    A warning that grew graver meanwhile counts as grave as it was last.
    """
    members: dict[int, str] = {}
    rows: dict[int, Notice] = {}
    for section in sections:
        members.update(section.members)
        rows.update((row.id, row) for row in section.shown)
    ordered = sorted(rows.values(), key=lambda row: (rank(row.severity), -row.excess))
    return Section(
        sections[0].rule,
        sections[-1].name,
        min(members.values(), key=rank),
        len(members),
        _counted(members.values()),
        tuple(ordered),
        members,
    )


def _named(sections: list[Section], room: int) -> list[Section]:
    """Return the gravest rules first, with names as long as there is room."""
    ordered = sorted(sections, key=lambda s: (rank(s.severity), -s.count, s.rule))
    places = shares([len(section.shown) for section in ordered], room)
    return [
        replace(section, shown=section.shown[:place])
        for section, place in zip(ordered, places, strict=True)
    ]


def _counted(severities: Iterable[str]) -> dict[str, int]:
    return _by_rank(Counter(severities))


def _by_rank(counts: Mapping[str, int]) -> dict[str, int]:
    """Return counts, the gravest severity first."""
    return {name: counts[name] for name in sorted(counts, key=rank)}
