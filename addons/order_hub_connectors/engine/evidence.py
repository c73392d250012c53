"""How sure a value of an order is, and where it was read.

A value that a program understood, from words, a picture, a sheet, keeps its evidence
beside it, by the path of the value (``lines[0].sku``): nothing uncertain becomes an
order without a person, and the person sees the very words or the place it came from.
"""

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

#: Most candidates that are kept of one value, and their longest label.
MAX_CANDIDATES = 8
MAX_LABEL = 120
#: Kinds of sources: what marks them on a screen knows these keys.
SOURCE_KEYS = {
    "text": ("spans",),
    "picture": ("page", "box"),
    "cell": ("sheet", "row", "column"),
    "column": ("table", "column"),
}
#: An answer of this name, at ``order.checked`` or ``picture.checked``, has no value
#: in the order: a person says *I have looked*.
CHECKED = "checked"
LINE = re.compile(r"lines\[(\d{1,4})\]\.(\w+)", re.ASCII)
FIELDS_OF_LINE = {"sku": 0, "name": 1, "quantity": 2, "unit": 3, "unit_price": 4}
#: Which customer it is, as a number.
CUSTOMER = "customer.partner_id"


@dataclass(frozen=True)
class Evidence:
    """What speaks for a value.

    :ivar confidence: 0 (a guess) to 1 (beyond doubt)
    :ivar way: code of how it was found: ``code``, ``alias``, ``fuzzy``, ``said``,
        ``bound``, ``history``, ``default``, ``read``, ``sum`` …
    :ivar source: where it was read; ``{"kind": "text", "spans": [[start, end], …]}``,
        ``{"kind": "picture", "page": 1, "box": [x0, y0, x1, y1]}`` in shares of width
        and height, ``{"kind": "cell", "sheet": "", "row": 12, "column": 3}`` from 1,
        ``{"kind": "column", "table": "", "column": ""}``; empty: nowhere
    :ivar candidates: ``({"value", "label", "score"}, …)``, the best first
    """

    confidence: float
    way: str = ""
    source: Mapping[str, Any] = field(default_factory=dict)
    candidates: tuple[Mapping[str, Any], ...] = ()

    def to_json(self) -> dict:
        """Return it as JSON keeps it, bounded, without what is empty."""
        kept: dict[str, Any] = {"confidence": share(self.confidence)}
        if self.way:
            kept["way"] = self.way
        if self.source:
            kept["source"] = dict(self.source)
        if self.candidates:
            kept["candidates"] = [_candidate(row) for row in _most(self.candidates)]
        return kept


def from_json(row: Any) -> Evidence:
    """Return evidence as it was kept; what is no such thing is no evidence (0)."""
    if not isinstance(row, Mapping):
        return Evidence(0.0)
    source, candidates = row.get("source"), row.get("candidates")
    return Evidence(
        share(row.get("confidence")),
        str(row.get("way") or ""),
        _source(source) if isinstance(source, Mapping) else {},
        tuple(
            _candidate(each)
            for each in _most(
                candidates if isinstance(candidates, list | tuple) else ()
            )
            if isinstance(each, Mapping)
        ),
    )


def all_from_json(rows: Any) -> dict[str, Evidence]:
    """Return ``{path: Evidence}`` as it was kept."""
    if not isinstance(rows, Mapping):
        return {}
    return {str(path): from_json(row) for path, row in rows.items()}


def share(value: Any) -> float:
    """Return a confidence between 0 and 1; what is no number is 0."""
    if not isinstance(value, int | float) or not math.isfinite(value):
        return 0.0
    return round(min(max(float(value), 0.0), 1.0), 4)


def lowest(
    evidence: Mapping[str, Evidence], paths: Collection[str] | None = None
) -> float | None:
    """Return the lowest confidence of the paths, of all without them.

    :return: ``None`` where there is no evidence at all: nobody had to understand
    """
    if not evidence:
        return None
    asked = evidence if paths is None else paths
    return min(
        (evidence[path].confidence for path in asked if path in evidence), default=1.0
    )


def uncertain(
    evidence: Mapping[str, Evidence],
    limit: float,
    corrected_paths: Collection[str] = (),
) -> list[str]:
    """Return the paths below a limit that no person has answered, as they came.

    Who chose the customer has answered every path of the customer.
    """
    corrected = set(corrected_paths)
    return [
        path
        for path, found in evidence.items()
        if found.confidence < limit
        and path not in corrected
        and not (CUSTOMER in corrected and path.startswith("customer."))
    ]


def in_order(paths: Collection[str]) -> list[str]:
    """Return paths as people read an order: customer, lines one by one, the rest.

    JSON in a database keeps no order.
    """
    return sorted(paths, key=_rank)


def _rank(path: str) -> tuple:
    line = LINE.match(path)
    if line:
        return 1, int(line[1]), FIELDS_OF_LINE.get(line[2], 9), path
    return (0 if path.startswith("customer.") else 2), 0, 0, path


def _source(source: Mapping) -> dict:
    """Return a source with the keys of its kind only."""
    kind = source.get("kind")
    keys = SOURCE_KEYS.get(kind if isinstance(kind, str) else "", ())
    return {"kind": kind, **{k: source[k] for k in keys if k in source}} if keys else {}


def _most(rows) -> list:
    return list(rows)[:MAX_CANDIDATES]


def _candidate(row: Mapping) -> dict:
    return {
        "value": row.get("value"),
        "label": str(row.get("label") or "")[:MAX_LABEL],
        "score": share(row.get("score")),
    }
