"""A carrier line that does not run: read from a file, whom it hits, what else there is.

Moments are naive UTC. Who covers what is decided by ``order_hub``'s own engine.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo

from odoo.addons.order_hub.engine.carrier import Carrier, Place, uncovered

#: Columns of a file, and keys of a row over the API.
CARRIER, COUNTRIES, STATES, ZIPS = "carrier", "countries", "states", "zips"
STARTS, ENDS, REASON, REFERENCE = "from", "to", "reason", "reference"
COLUMNS = (CARRIER, COUNTRIES, STATES, ZIPS, STARTS, ENDS, REASON, REFERENCE)
NEEDED = (CARRIER, STARTS, REASON)
MAX_ROWS, MAX_BYTES, MAX_TEXT, MAX_PLACES = 2_000, 1_000_000, 500, 200
_ENCODINGS = ("utf-8-sig", "gb18030")
_DELIMITERS = ",;\t"
_SEPARATORS = ";|、；"
#: Days looked at as a sensible length of a suspension.
LONGEST = timedelta(days=366)


@dataclass(frozen=True)
class Problem:
    """What is wrong: line (1 the first row after the head), column, code, detail.

    ``missing``  the column must be filled
    ``moment``   this is no date and time
    ``order``    the end is not after the beginning
    ``long``     too much text, too many rows or places
    ``column``   the file lacks this column, or has one that nobody knows
    ``text``     this is no text, or no file that can be read
    """

    line: int
    column: str
    code: str
    detail: str = ""


@dataclass(frozen=True)
class Row:
    """One suspension as somebody wrote it: names and codes, not looked up yet."""

    carrier: str
    reason: str
    starts: datetime
    ends: datetime | None = None
    countries: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    zips: tuple[str, ...] = ()
    reference: str = ""


# === READ === #


def read_file(
    content: bytes, tz: tzinfo
) -> tuple[list[tuple[int, Row]], list[Problem]]:
    """Read a CSV file as people's spreadsheets write it.

    :param tz: of moments without one
    :return: ``([(line, row)], problems)``; rows with a problem are left out
    """
    if len(content) > MAX_BYTES:
        return [], [Problem(0, "", "long", str(MAX_BYTES))]
    text = _decode(content)
    if text is None:
        return [], [Problem(0, "", "text")]
    head, _newline, _rest = text.partition("\n")
    delimiter = max(_DELIMITERS, key=head.count)
    try:
        table = list(csv.DictReader(io.StringIO(text), delimiter=delimiter))
    except csv.Error as error:
        return [], [Problem(0, "", "text", str(error))]
    problems = _head_problems(next(csv.reader([head], delimiter=delimiter), []))
    if problems:
        return [], problems
    return read_rows([_plain(row) for row in table], tz)


def read_rows(
    rows: Sequence, tz: tzinfo
) -> tuple[list[tuple[int, Row]], list[Problem]]:
    """Read rows (dicts) as they come over the API or from a file.

    :return: as :func:`read_file`
    """
    if not isinstance(rows, (list, tuple)):
        return [], [Problem(0, "", "text")]
    if len(rows) > MAX_ROWS:
        return [], [Problem(0, "", "long", str(MAX_ROWS))]
    found, problems = [], []
    for line, values in enumerate(rows, 1):
        row, wrong = read_row(line, values, tz)
        problems += wrong
        if row:
            found.append((line, row))
    return found, problems


def read_row(line: int, values, tz: tzinfo) -> tuple[Row | None, list[Problem]]:
    """Read one row; ``None`` with what is wrong with it."""
    if not isinstance(values, Mapping):
        return None, [Problem(line, "", "text")]
    problems = _text_problems(line, values)
    if problems:
        return None, problems
    texts = {name: str(values.get(name) or "").strip() for name in COLUMNS}
    starts, ends = (_moment(texts[name], tz) for name in (STARTS, ENDS))
    problems = [
        Problem(line, name, "moment", texts[name][:40])
        for name, moment in ((STARTS, starts), (ENDS, ends))
        if texts[name] and moment is None
    ]
    if starts and ends and not starts < ends <= starts + LONGEST:
        problems.append(Problem(line, ENDS, "order"))
    places = {name: _list(texts[name]) for name in (COUNTRIES, STATES, ZIPS)}
    problems += [
        Problem(line, name, "long", str(MAX_PLACES))
        for name, found in places.items()
        if len(found) > MAX_PLACES
    ]
    if problems:
        return None, problems
    return (
        Row(
            texts[CARRIER],
            texts[REASON],
            starts,
            ends,
            *places.values(),
            texts[REFERENCE],
        ),
        [],
    )


def _text_problems(line: int, values: Mapping) -> list[Problem]:
    problems = [
        Problem(line, str(name)[:40], "column")
        for name in values
        if name not in COLUMNS
    ]
    for name in COLUMNS:
        value = values.get(name) or ""
        if not isinstance(value, str) or "\x00" in value:
            problems.append(Problem(line, name, "text"))
        elif len(value) > MAX_TEXT:
            problems.append(Problem(line, name, "long", str(MAX_TEXT)))
        elif name in NEEDED and not value.strip():
            problems.append(Problem(line, name, "missing"))
    return problems


def _head_problems(head: Sequence[str]) -> list[Problem]:
    names = {name.strip().lower() for name in head}
    wrong = [name for name in NEEDED if name not in names]
    wrong += sorted(names - set(COLUMNS) - {""})
    return [Problem(0, name[:40], "column") for name in wrong]


def _plain(row: Mapping) -> dict:
    """Return a row of a file with clean names, without empty columns beside it."""
    return {
        name.strip().lower(): value
        for name, value in row.items()
        if isinstance(name, str) and name.strip()
    }


def _decode(content: bytes) -> str | None:
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _list(text: str) -> tuple[str, ...]:
    for sign in _SEPARATORS[1:]:
        text = text.replace(sign, _SEPARATORS[0])
    parts = (part.strip() for part in text.split(_SEPARATORS[0]))
    return tuple(dict.fromkeys(part for part in parts if part))


def _moment(text: str, tz: tzinfo) -> datetime | None:
    """Return a moment (ISO 8601; without a zone in ``tz``) as naive UTC."""
    try:
        moment = datetime.fromisoformat(text.replace("/", "-").replace("Z", "+00:00"))
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=tz)
        moment = moment.astimezone(timezone.utc).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None
    return moment.replace(microsecond=0) if 1990 < moment.year < 2200 else None


# === WHOM IT HITS === #


@dataclass(frozen=True)
class Line:
    """A suspended line: its carrier and where it does not go; empty: nowhere."""

    carrier: int
    countries: frozenset[int] = frozenset()
    states: frozenset[int] = frozenset()
    zips: tuple[str, ...] = ()

    def hits(self, carrier: int, place: Place) -> bool:
        """Tell whether a carrier does not go to a place now."""
        if carrier != self.carrier:
            return False
        stretch = Carrier(
            self.carrier, countries=self.countries, states=self.states, zips=self.zips
        )
        return not uncovered(stretch, place)


def must_leave(
    promised: datetime | None, days: float | None, now: datetime
) -> datetime:
    """Return when the goods of an order have to leave at the latest, not before now.

    :param promised: ``None``: at once
    :param days: on the way with the carrier it has; ``None``: not known
    """
    if promised is None:
        return now
    return max(now, promised - timedelta(days=days or 0.0))


def runs(starts: datetime, ends: datetime | None, moment: datetime) -> bool:
    """Tell whether a line is suspended at a moment; the end is not part of it."""
    return starts <= moment and (ends is None or moment < ends)


# === WHAT ELSE === #


@dataclass(frozen=True)
class Alternative:
    """Another way to bring an order.

    :ivar cost: in the order's currency; ``None``: not known
    :ivar days: on the way; ``None``: not known
    :ivar missing: why it cannot; empty: it can
    :ivar difference: what it costs more than the suspended carrier
    :ivar arrives: when the goods would be there
    :ivar in_time: by the promise; ``None``: nobody knows
    """

    carrier: int
    cost: float | None = None
    days: float | None = None
    missing: tuple[str, ...] = ()
    difference: float | None = None
    arrives: datetime | None = None
    in_time: bool | None = None

    @property
    def fits(self) -> bool:
        return not self.missing


def compare(
    candidates: Iterable[Alternative],
    current_cost: float | None,
    leaves: datetime,
    promised: datetime | None,
) -> list[Alternative]:
    """Return the alternatives with their figures, the best first.

    Who can is before who cannot; in time before nobody knows before late; then the
    cheaper; then the faster. A price or a time that nobody knows comes after every
    known one.

    :param current_cost: of the suspended carrier, ``None``: not known
    :param leaves: when the goods can leave
    """
    found = [
        _reckoned(candidate, current_cost, leaves, promised) for candidate in candidates
    ]
    return sorted(found, key=_rank)


def _reckoned(row: Alternative, current_cost, leaves, promised) -> Alternative:
    known = row.cost is not None and current_cost is not None
    arrives = leaves + timedelta(days=row.days) if row.days is not None else None
    in_time = arrives <= promised if arrives and promised else None
    return Alternative(
        row.carrier,
        row.cost,
        row.days,
        row.missing,
        row.cost - current_cost if known else None,
        arrives,
        in_time,
    )


def _rank(row: Alternative):
    return (
        not row.fits,
        {True: 0, None: 1, False: 2}[row.in_time],
        row.cost is None,
        row.cost or 0.0,
        row.days is None,
        row.days or 0.0,
        row.carrier,
    )
