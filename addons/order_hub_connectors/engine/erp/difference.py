"""What a reading would change: counts, and where two documents differ."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .reading import Record, Refusal

#: Differences and examples that are shown of one trial.
MAX_SHOWN = 200


@dataclass
class Trial:
    """What a dry run found.

    :ivar counts: ``new``, ``changed``, ``same``, ``refused`` and ``read``
    :ivar rows: ``{"key", "number", "what", "path", "was", "now"}``, bounded
    """

    counts: Counter = field(default_factory=Counter)
    rows: list[dict] = field(default_factory=list)

    def add(self, what: str, key: str, number: str = "", **more) -> None:
        if len(self.rows) < MAX_SHOWN:
            self.rows.append({"what": what, "key": key, "number": number, **more})


def sort(records: Iterable[Record], known: Mapping[str, str]) -> dict[str, list]:
    """Return records as ``new``, ``changed``, ``same``.

    :param known: key → digest of what was read last
    """
    found: dict[str, list] = {"new": [], "changed": [], "same": []}
    for record in records:
        last = known.get(record.key)
        what = "new" if last is None else "same" if last == record.digest else "changed"
        found[what].append(record)
    return found


def note(
    trial: Trial,
    sorted_records: Mapping[str, list],
    refused: Iterable[Refusal],
    documents: Mapping[str, Mapping],
) -> None:
    """Add a batch to a trial.

    :param documents: key → the values as they were taken in last
    """
    for what, records in sorted_records.items():
        trial.counts[what] += len(records)
        trial.counts["read"] += len(records)
    for record in sorted_records["new"]:
        trial.add("new", record.key, str(record.values.get("external_ref", "")))
    for record in sorted_records["changed"]:
        number = str(record.values.get("external_ref", ""))
        for row in differences(documents.get(record.key) or {}, record.values):
            trial.add("changed", record.key, number, **row)
    for refusal in refused:
        trial.counts["refused"] += 1
        trial.counts["read"] += 1
        trial.add("refused", refusal.key, "", code=refusal.code)


def differences(was: Any, now: Any, path: str = "") -> list[dict]:
    """Return ``[{"path", "was", "now"}]`` of two trees, by path."""
    if isinstance(was, Mapping) and isinstance(now, Mapping):
        rows = []
        for name in sorted({*was, *now}, key=str):
            spot = f"{path}.{name}" if path else str(name)
            rows += differences(was.get(name), now.get(name), spot)
        return rows
    if isinstance(was, list) and isinstance(now, list):
        rows = []
        for at in range(max(len(was), len(now))):
            left = was[at] if at < len(was) else None
            right = now[at] if at < len(now) else None
            rows += differences(left, right, f"{path}[{at}]")
        return rows
    return [] if was == now else [{"path": path, "was": was, "now": now}]
