"""Which column of a table is what of an order: by memory, header words, values.

Confidence of a column, from 0 to 1, is that of its best reading::

    remembered            1.00  a person decided on a table of this form
    word          0.98 to 0.90  the header is a usual word; the first of the list of
                                words has most, the last one least
    part                  0.80  the header ends or begins with such a word
    near                  up to 0.75, times the likeness of the words
    shape                 0.50  the header says nothing, the values look like it

times the share of values that can be read as what they would be (square root, so
that some unreadable cells do not end it), less what a second column claims that is
as good. What is under ``CERTAIN`` is shown to a person first.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from rapidfuzz import fuzz, process

from .model import Candidate, Choice, Column, FormField, Proposal, Table, Typed
from .typed import type_column
from .words import BY_WORD, NEEDED, TARGETS, word_key

#: From here on a choice needs no look.
CERTAIN = 0.9
WORD, LOWEST_WORD = 0.98, 0.9
PART, NEAR, SHAPE = 0.8, 0.75, 0.5
#: Least likeness of two words, of 100.
LIKE = 82
#: Shortest word that is looked for within a header.
SHORTEST = 2
#: Choices below are not made.
LEAST = 0.35
#: Kinds that can be read as one another.
FITS = {
    "code": {"code", "number", "text", "quantity"},
    "text": {"text", "code", "flag", "number", "quantity"},
    "date": {"date", "moment"},
    "moment": {"date", "moment"},
    "quantity": {"quantity", "number", "percent", "money"},
    "money": {"money", "number", "quantity"},
    "percent": {"percent", "number"},
    "number": {"number", "quantity", "money"},
    "flag": {"flag"},
}
FORM = "form:"
#: Rows that are looked at, from the top and from the rest each.
SOME = 1000

Memory = Mapping[str, Mapping[str, str]]


def fingerprint(table: Table) -> str:
    """Return the mark of a source: its columns and labels, whatever they hold.

    Order and units count, spaces, width and case do not.
    """
    words = [f"{column.key}|{column.unit}" for column in table.columns]
    labels = sorted({field.key for field in table.fields})
    text = "\n".join([table.kind, *words, "--", *labels])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def propose(table: Table, memory: Memory | None = None, epoch: int = 1900) -> Proposal:
    """Return what each column and label is taken for.

    :param memory: ``{fingerprint: {key: target or ""}}`` of what a person decided,
        see :func:`remember`
    :param epoch: of the workbook
    """
    mark = fingerprint(table)
    known = (memory or {}).get(mark)
    some = _some(table)
    kinds = {
        column.index: type_column(some, column.index, epoch) for column in table.columns
    }
    claims = [
        (column.index, column.name, column.key, _column(column, kinds[column.index]))
        for column in table.columns
    ] + [(0, field.label, FORM + field.key, _field(field)) for field in _once(table)]
    if known is not None:
        choices = tuple(_recall(claim, known) for claim in claims)
    else:
        choices = _assign(claims)
    choices = tuple(_with_kind(choice, kinds) for choice in choices)
    missing = tuple(_missing(choices))
    return Proposal(mark, choices, known is not None, _confidence(choices), missing)


def remember(table: Table, choices) -> dict[str, str]:
    """Return what to keep of a person's decision: ``{key: target or ""}``."""
    keys = {column.index: column.key for column in table.columns}
    return {
        keys[choice.column]
        if choice.column
        else FORM + word_label(choice.label): choice.target
        for choice in choices
        if not choice.column or choice.column in keys
    }


def word_label(label: str) -> str:
    """Return the key of a label of a form."""
    return FormField(label, None, 0, 0).key


def decided(proposal: Proposal, targets: Mapping[tuple[int, str], str]) -> Proposal:
    """Return a proposal as a person changed it.

    :param targets: ``{(column, label): target or ""}``
    """
    choices = []
    for choice in proposal.choices:
        target = targets.get((choice.column, choice.label), choice.target)
        kind = TARGETS[target].kind if target in TARGETS else choice.kind
        choices.append(
            replace(choice, target=target, confidence=1.0, way="remembered", kind=kind)
        )
    found = tuple(choices)
    missing = tuple(_missing(found))
    return replace(
        proposal, choices=found, missing=missing, confidence=_confidence(found)
    )


# === CANDIDATES === #


def _once(table: Table) -> list[FormField]:
    """Return the labels of a form, each once."""
    return list({field.key: field for field in reversed(table.fields)}.values())[::-1]


def _some(table: Table) -> Table:
    """Return a table with the first rows and some of the others."""
    if len(table.rows) <= 2 * SOME:
        return table
    step = (len(table.rows) - SOME) // SOME
    return replace(table, rows=table.rows[:SOME] + table.rows[SOME::step])


def _column(column: Column, typed: Typed) -> list[Candidate]:
    found = _by_words(column.name)
    if not found:
        found = _by_shape(typed)
    if typed.kind == "empty":
        return [replace(each, score=round(each.score * 0.5, 4)) for each in found]
    return sorted(
        (_weighed(each, typed) for each in found),
        key=lambda each: -each.score,
    )


def _field(field: FormField) -> list[Candidate]:
    return [each for each in _by_words(field.label) if not _is_line(each.target)]


def _is_line(target: str) -> bool:
    return target.startswith("lines[]")


def _by_words(name: str) -> list[Candidate]:
    """Return what the words of a header may mean, best first."""
    parts = [name, *reversed(name.split(" / "))] if " / " in name else [name]
    for text in parts:
        found = BY_WORD.get(word_key(text))
        if found:
            return [
                Candidate(target, _ranked(target, rank), "word")
                for target, rank in found
            ]
    key = word_key(parts[-1])
    return _by_part(key) or _near(key)


def _ranked(target: str, rank: int) -> float:
    words = len(TARGETS[target].words)
    return round(WORD - (WORD - LOWEST_WORD) * rank / words, 4)


def _by_part(key: str) -> list[Candidate]:
    """Return what a header means that ends or begins with a known word."""
    best: dict[str, float] = {}
    for size in range(len(key) - 1, SHORTEST - 1, -1):
        for part, score in ((key[-size:], PART), (key[:size], PART - 0.1)):
            if part.isascii() and size < 5:
                continue
            for target, _rank in BY_WORD.get(part, ()):
                near = score * (0.8 + 0.2 * size / len(key))
                best[target] = max(best.get(target, 0), near)
        if best:
            break
    return [
        Candidate(target, round(score, 4), "part") for target, score in best.items()
    ]


def _near(key: str) -> list[Candidate]:
    """Return what a header means that is nearly a known word: a slip of the pen."""
    if len(key) < 3:
        return []
    found = process.extract(
        key, BY_WORD.keys(), scorer=fuzz.ratio, score_cutoff=LIKE, limit=3
    )
    return [
        Candidate(target, round(NEAR * likeness / 100, 4), "near")
        for word, likeness, _at in found
        for target, _rank in BY_WORD[word]
    ]


def _by_shape(typed: Typed) -> list[Candidate]:
    """Return what values look like where the header says nothing; hardly anything."""
    if typed.kind == "text" and typed.values:
        texts = [str(value) for value in typed.values[:200] if value is not None]
        if texts and sum("@" in text for text in texts) > 0.8 * len(texts):
            return [Candidate("customer.email", SHAPE, "shape")]
    return []


def _weighed(candidate: Candidate, typed: Typed) -> Candidate:
    """Lower what the values speak against."""
    kind = TARGETS[candidate.target].kind
    share = typed.share if typed.kind in FITS[kind] else 0.2
    if kind == "text" and typed.kind in ("date", "moment", "money", "percent"):
        share = 0.3
    return replace(candidate, score=round(candidate.score * share**0.5, 4))


# === CHOICES === #


def _assign(claims: list) -> tuple[Choice, ...]:
    """Give each target to the column that claims it best; each column has one."""
    wishes = sorted(
        (
            (-candidate.score, at, candidate)
            for at, (_column, _label, _key, candidates) in enumerate(claims)
            for candidate in candidates
        ),
        key=lambda wish: wish[:2],
    )
    given: dict[int, Candidate] = {}
    taken: dict[str, int] = {}
    for _score, at, candidate in wishes:
        if at in given or candidate.target in taken or candidate.score < LEAST:
            continue
        given[at] = candidate
        taken[candidate.target] = at
    return tuple(
        _choice(claim, given.get(at), claims, taken) for at, claim in enumerate(claims)
    )


def _choice(claim, chosen: Candidate | None, claims: list, taken: dict) -> Choice:
    column, label, _key, candidates = claim
    best = tuple(candidates[:5])
    if chosen is None:
        lost = bool(best) and best[0].target in taken and best[0].score >= CERTAIN
        return Choice(column, label, "", 0.6 if lost else 1.0, "", candidates=best)
    rival = max(
        (
            candidate.score
            for other in claims
            if other is not claim
            for candidate in other[3]
            if candidate.target == chosen.target
        ),
        default=0.0,
    )
    score = chosen.score * (0.85 if rival >= chosen.score - 0.0001 else 1)
    return Choice(
        column, label, chosen.target, round(score, 4), chosen.way, candidates=best
    )


def _recall(claim, known: Mapping[str, str]) -> Choice:
    column, label, key, candidates = claim
    target = known.get(key, "")
    target = target if target in TARGETS else ""
    return Choice(column, label, target, 1.0, "remembered", "", tuple(candidates[:5]))


def _with_kind(choice: Choice, kinds: Mapping[int, Typed]) -> Choice:
    if choice.target:
        return replace(choice, kind=TARGETS[choice.target].kind)
    if not choice.column:
        return replace(choice, kind="text")
    return replace(choice, kind=kinds[choice.column].kind)


def _missing(choices: tuple[Choice, ...]) -> list[str]:
    given = {choice.target for choice in choices}
    return [targets[0] for targets in NEEDED if not given.intersection(targets)]


def _confidence(choices: tuple[Choice, ...]) -> float:
    """Return the confidence of the whole: the lowest of what an order needs."""
    by_target = {choice.target: choice.confidence for choice in choices}
    return min(
        max((by_target.get(target, 0.0) for target in targets), default=0.0)
        for targets in NEEDED
    )
