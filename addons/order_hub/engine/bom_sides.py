"""Two structures side by side, row by row in reading order, for a screen or a sheet."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from .bom import Line, Node, Operation
from .bom_diff import PARTS, Row, diff

#: In which order a reader looks at the parts of a level.
READING = ("operation", "line", "byproduct")


@dataclass(frozen=True)
class Side:
    """What one of the two says in a row.

    :param total: own quantity in one piece of the root; operations: minutes
    :param cost: of that, company currency
    """

    quantity: float
    unit: str
    total: float
    cost: float
    where: str = ""
    after: str = ""
    label: str = ""
    bom: int = 0


@dataclass(frozen=True)
class Pair:
    """A row of the comparison.

    :param kind: same, added, removed or changed
    :param fields: what changed in this very row, names of ``Line``, ``Operation``
        and, of the bill behind the row, ``Node``
    :param deep: whether something below it differs
    """

    level: int
    key: str
    part: str
    product: int
    code: str
    name: str
    kind: str
    old: Side | None
    new: Side | None
    fields: tuple[str, ...] = ()
    is_made: bool = False
    deep: bool = False


@dataclass
class _Marks:
    """Rows of the difference by place, and the paths below which something differs."""

    rows: dict[tuple, Row] = field(default_factory=dict)
    paths: set[tuple] = field(default_factory=set)

    @classmethod
    def of(cls, a, b):
        marks = cls()
        for row in diff(a, b).rows:
            if row.matters or row.part == "header":
                marks.rows[row.place] = row
            if row.matters:
                marks.paths.update(
                    row.path[:length] for length in range(len(row.path) + 1)
                )
        return marks


def side_by_side(a: Node, b: Node, costs=None) -> list[Pair]:
    """Return the rows of both, matched, each level in reading order.

    :param costs: product id → cost of an own unit today; see ``Node.unit_cost``
    """
    return list(_node_pairs((a, 1.0), (b, 1.0), (), _Marks.of(a, b), costs))


def header_fields(a: Node, b: Node) -> tuple[str, ...]:
    """Return what differs of the bill itself, not only in its numbering."""
    for row in diff(a, b).rows:
        if row.part == "header" and not row.path:
            return tuple(name for name in _names(row) if name != "label")
    return ()


def count(pairs) -> dict[str, int]:
    """Return how many rows were added, removed and changed."""
    kinds = [pair.kind for pair in pairs]
    return {kind: kinds.count(kind) for kind in ("added", "removed", "changed")}


def _node_pairs(old, new, path, marks, costs) -> Iterator[Pair]:
    """Yield the rows of one level; a side is ``(node or None, pieces of it)``."""
    for part in READING:
        before = _items(old[0], part)
        after = _items(new[0], part)
        for key in _together(list(before), list(after)):
            pair = (before.get(key), after.get(key))
            yield from _item_pairs(old, new, pair, (path, part, key), marks, costs)


def _item_pairs(old, new, pair, place, marks, costs):
    path, part, key = place
    item = pair[1] or pair[0]
    below = (*path, key) if part == "line" else None
    children = [_below(side, one) for side, one in zip((old, new), pair, strict=True)]
    yield Pair(
        level=len(path) + 1,
        key="/".join((*path, part, key)),
        part=part,
        product=getattr(item, "product", 0),
        code=getattr(item, "code", ""),
        name=item.name,
        kind=_kind(pair, place, below, marks),
        old=_side(old, pair[0], part, costs),
        new=_side(new, pair[1], part, costs),
        fields=_fields(pair, place, below, marks),
        is_made=any(node for node, _pieces in children),
        deep=below in marks.paths,
    )
    if below and any(node for node, _pieces in children):
        yield from _node_pairs(*children, below, marks, costs)


def _items(node, part):
    return {item.key: item for item in getattr(node, PARTS[part])} if node else {}


def _together(before, after):
    """Return all keys in the order of ``after``, removed ones where they were."""
    result = list(after)
    for place, key in enumerate(before):
        if key not in after:
            earlier = before[:place]
            spot = max((result.index(other) + 1 for other in earlier), default=0)
            result.insert(spot, key)
    return result


def _below(side, item):
    """Return the node below a line and how many pieces of it the root takes."""
    node, pieces = side
    if not isinstance(item, Line) or not item.child:
        return None, 0.0
    return item.child, pieces * item.own_quantity / node.made


def _kind(pair, place, below, marks):
    if pair[0] is None or pair[1] is None:
        return "added" if pair[0] is None else "removed"
    return "changed" if _fields(pair, place, below, marks) else "same"


def _fields(pair, place, below, marks):
    if pair[0] is None or pair[1] is None:
        return ()
    places = [place, (below, "header", "")] if below else [place]
    return tuple(
        dict.fromkeys(name for each in places for name in _names(marks.rows.get(each)))
    )


def _names(row):
    """Return the fields of a row that a reader must know of."""
    silent = {"cost", "cost_hour", "own_quantity", "sequence", "key", "bom", "revision"}
    silent |= {"name", "code", "unit_name", "workcenter_name", "product"}
    changes = row.changes if row else ()
    return tuple(change.field for change in changes if change.field not in silent)


def _side(side, item, part, costs):
    node, pieces = side
    if item is None:
        return None
    share = pieces / node.made
    if isinstance(item, Operation):
        return Side(
            quantity=item.minutes,
            unit="min",
            total=item.minutes * share,
            cost=item.cost * share,
            where=item.workcenter_name,
            after=_names_of(node, item.after),
        )
    total = item.own_quantity * share
    return Side(
        quantity=item.quantity,
        unit=item.unit_name,
        total=total,
        cost=total * _unit_cost(item, costs) if part == "line" else 0.0,
        where=_names_of(node, [item.operation]),
        label=item.child.label if item.child else "",
        bom=item.child.bom if item.child else 0,
    )


def _unit_cost(line, costs):
    if line.child:
        return line.child.unit_cost(costs)
    return (costs or {}).get(line.product, line.cost)


def _names_of(node, keys):
    names = {step.key: step.name for step in node.operations}
    return ", ".join(names[key] for key in keys if key in names)
