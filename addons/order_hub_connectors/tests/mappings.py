"""What the tests of field mappings share: templates and documents, no database."""

import csv
from pathlib import Path

from ..engine.lookups import fault_of
from ..engine.mapping import Rows, Rule
from ..engine.mapping_compile import compile_mapping, targets
from ..engine.order import SHAPE

TARGETS = targets(SHAPE.order, SHAPE.address, SHAPE.line)
DATA = Path(__file__).parents[1] / "data" / "mapping"
SAMPLES = Path(__file__).parents[4] / "shared" / "samples"


def compiled(rules=(), rows=(), is_table=False):
    """Return a mapping and its faults; rules are dictionaries or :class:`Rule`."""
    return compile_mapping(
        map(_rule, rules),
        [
            Rows(n, source, tuple(map(_rule, part)))
            for n, (source, part) in enumerate(rows)
        ],
        TARGETS,
        is_table,
        fault_of,
    )


def _rule(rule):
    return rule if isinstance(rule, Rule) else Rule(**{"key": rule["target"], **rule})


def one(source, document, converter="", arguments="", target="note", **more):
    """Return the values and troubles of a mapping of one line."""
    rule = {
        "source": source,
        "target": target,
        "converter": converter,
        "arguments": arguments,
        **more,
    }
    mapping, faults = compiled([rule])
    assert not faults, faults
    mapped = mapping.map(document)
    return mapped.values.get(target), mapped.troubles


def fault(source="a", converter="", arguments="", target="note", **more):
    """Return the code of what is wrong with a line, ``None`` if nothing is."""
    rule = {
        "source": source,
        "target": target,
        "converter": converter,
        "arguments": arguments,
        **more,
    }
    _mapping, faults = compiled([rule])
    return faults[0].code if faults else None


def shipped(code):
    """Return the mapping that ships for a platform, read from its data files."""
    mapping = next(row for row in _table("order.hub.mapping") if row["code"] == code)
    lines = _table("order.hub.mapping.line")
    rows = [
        (row["source"], [_shipped(li) for li in lines if li["rows_id:id"] == row["id"]])
        for row in _table("order.hub.mapping.rows")
        if row["mapping_id:id"] == mapping["id"]
    ]
    head = [_shipped(li) for li in lines if li["mapping_id:id"] == mapping["id"]]
    return compiled(head, rows, mapping["source_kind"] == "column")


def _table(model):
    with (DATA / f"{model}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _shipped(row):
    return Rule(
        row["id"],
        row["source"],
        row["target"],
        row["converter"],
        row["arguments"],
        row["then"],
        row["is_required"] == "1",
        row["fallback"],
    )
