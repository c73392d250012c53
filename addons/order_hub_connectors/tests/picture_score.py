"""How well papers are read: cells right, and wrong ones that say so."""

import dataclasses
import gzip
import json
from decimal import Decimal
from pathlib import Path

from ..engine.picture.codes import folded
from ..engine.picture.order import understand
from ..engine.picture.sheet import Reading
from .picture_papers import GOODS

READINGS = Path(__file__).parent / "data" / "pictures" / "readings.json.gz"
#: Certainty from which a value is not marked: a channel's own, unless changed.
CERTAIN = 0.9
NUMBERS = ("quantity", "unit_price", "amount")
TEXTS = ("sku", "name", "unit")
FIELDS = {
    "number": "customer_ref",
    "date": "date",
    "due": "promised_date",
    "buyer": "customer.company",
    "total": "total",
}
CODES = {row[0] for row in GOODS}


@dataclasses.dataclass
class Score:
    """Counts of cells.

    :ivar flagged: wrong or missing, and marked for whoever looks
    :ivar silent: wrong and not marked
    :ivar asked: right, and marked all the same
    """

    cells: int = 0
    right: int = 0
    flagged: int = 0
    silent: int = 0
    asked: int = 0

    def add(self, is_right: bool, is_marked: bool) -> None:
        self.cells += 1
        self.right += is_right
        self.asked += is_right and is_marked
        self.flagged += not is_right and is_marked
        self.silent += not is_right and not is_marked


def papers() -> list[tuple[dict, Reading]]:
    """Return what stands on the papers, and what the reader once read of each."""
    rows = json.loads(gzip.decompress(READINGS.read_bytes()))
    return [(row["paper"], Reading.from_json(row["reading"])) for row in rows]


def scores(rows) -> dict[str, Score]:
    """Return the score of each kind of cell and each effect, and of ``all``."""
    found: dict[str, Score] = {}
    for paper, reading in rows:
        for kind, is_right, is_marked in _cells(paper, understand(reading)):
            for name in ("all", kind, paper["effect"]):
                found.setdefault(name, Score()).add(is_right, is_marked)
    return found


def _cells(paper, understood):
    """Yield ``(kind, right, marked)`` of each cell that stands on a paper."""
    for n, row in enumerate(paper["rows"]):
        for name in (*TEXTS, *NUMBERS):
            path = f"lines[{n}].{name}"
            yield _cell(understood, name, path, row[name], _line(understood, n, name))
    for kind, path in FIELDS.items():
        said = paper["fields"][kind]
        yield _cell(understood, kind, path, said, _value(understood.order, path))


def _cell(understood, kind, path, said, got):
    sight = understood.sights.get(path)
    sure = sight.confidence if sight and got is not None else 0.0
    is_unknown = kind == "sku" and got not in CODES
    return kind, _same(kind, said, got), sure < CERTAIN or is_unknown


def _same(kind, said, got):
    if got is None:
        return False
    if kind in NUMBERS or kind == "total":
        return Decimal(got) == Decimal(said)
    return _squeezed(said) == _squeezed(got)


def _squeezed(text):
    return "".join(str(text).split()).upper()


def _line(understood, n, name):
    lines = understood.order["lines"]
    return lines[n].get(name) if n < len(lines) else None


def _value(order, path):
    head, _dot, name = path.rpartition(".")
    return (order.get(head) or {}).get(name) if head else order.get(name)


def report(found: dict[str, Score]) -> str:
    """Return the scores as a table."""
    lines = [f"{'':14}{'cells':>7}{'right':>9}{'marked':>8}{'silent':>8}{'asked':>7}"]
    for name, row in found.items():
        share = row.right / max(row.cells, 1)
        lines.append(
            f"{name:14}{row.cells:7}{share:9.2%}{row.flagged:8}{row.silent:8}{row.asked:7}"
        )
    return "\n".join(lines)


def is_twin(code: str) -> bool:
    """Tell whether a code looks like one of the papers' without being one."""
    return code not in CODES and folded(code) in {folded(known) for known in CODES}
