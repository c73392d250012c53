"""What differs between two structures, and changes carried from one to another.

``apply(diff(a, b), a) == b`` for any two nodes. ``rebase`` puts the changes of one
draft on a revision that somebody else released meanwhile, or says where the two
contradict each other.

A *place* is the way from the root: the keys of the lines one goes through, then which
part, then the key in it: ``(("12",), "line", "30")`` is component 30 of component 12.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

from .bom import Line, Node, Operation

PARTS = {"line": "lines", "operation": "operations", "byproduct": "byproducts"}

#: Fields that tell which revision or row it is, not what is built.
IDENTITY = {
    "key",
    "code",
    "name",
    "unit_name",
    "workcenter_name",
    "bom",
    "revision",
    "label",
    "sequence",
    "cost",
    "cost_hour",
    "own_quantity",
}
_HEADER = [
    field.name for field in fields(Node) if field.name not in set(PARTS.values())
]
_ITEM = {
    Line: [field.name for field in fields(Line) if field.name not in ("key", "child")],
    Operation: [field.name for field in fields(Operation) if field.name != "key"],
}


@dataclass(frozen=True)
class Change:
    """One value that differs: a field of a header or an item, or the order of keys."""

    field: str
    old: object
    new: object


@dataclass(frozen=True)
class Row:
    """One difference at one place.

    :param part: header, line, operation, byproduct, or an order of those (``lines``,
        ``operations``, ``byproducts``)
    :param kind: added, removed or changed
    :param item: what was added or removed, whole
    :param changes: what changed; field ``child`` when a component became made or
        bought: what is below is in it whole
    """

    path: tuple[str, ...]
    part: str
    key: str
    kind: str
    item: Line | Operation | None = None
    changes: tuple[Change, ...] = ()

    @property
    def place(self) -> tuple:
        return self.path, self.part, self.key

    @property
    def matters(self) -> bool:
        """Whether it changes what is built, or only names, costs and numbers.

        The order of operations matters, that of components does not.
        """
        if self.part in PARTS.values():
            return self.part == "operations"
        return self.kind != "changed" or any(
            change.field not in IDENTITY for change in self.changes
        )


@dataclass(frozen=True)
class Diff:
    """All differences of two structures, in reading order."""

    rows: tuple[Row, ...]

    def __bool__(self):
        return bool(self.rows)

    @property
    def matters(self) -> bool:
        """Whether what is built differs."""
        return any(row.matters for row in self.rows)


@dataclass(frozen=True)
class Conflict:
    """Changes that contradict each other: pairs of (mine, theirs).

    A row of mine without one of theirs names what is not there any more.
    """

    rows: tuple[tuple[Row, Row | None], ...]


# === DIFFERENCE === #


def diff(a: Node, b: Node) -> Diff:
    """Return what must change in ``a`` to make it ``b``."""
    return Diff(tuple(_node_rows(a, b, ())))


def _node_rows(a, b, path) -> Iterator[Row]:
    if changes := _changes(a, b, _HEADER):
        yield Row(path, "header", "", "changed", changes=changes)
    for part, name in PARTS.items():
        yield from _part_rows(getattr(a, name), getattr(b, name), path, part)


def _part_rows(old, new, path, part):
    before, after = _by_key(old), _by_key(new)
    for key, item in before.items():
        if key not in after:
            yield Row(path, part, key, "removed", item)
        else:
            yield from _item_rows(item, after[key], path, part)
    for key, item in after.items():
        if key not in before:
            yield Row(path, part, key, "added", item)
    if _order_after(before, after) != list(after):
        change = Change("order", tuple(before), tuple(after))
        yield Row(path, PARTS[part], "", "changed", changes=(change,))


def _item_rows(old, new, path, part):
    changes = _changes(old, new, _ITEM[type(old)])
    old_child, new_child = getattr(old, "child", None), getattr(new, "child", None)
    if (old_child is None) != (new_child is None):
        changes = (*changes, Change("child", old_child, new_child))
    if changes:
        yield Row(path, part, old.key, "changed", changes=changes)
    if old_child and new_child:
        yield from _node_rows(old_child, new_child, (*path, _step(part, old.key)))


def _changes(old, new, names):
    return tuple(
        Change(name, getattr(old, name), getattr(new, name))
        for name in names
        if getattr(old, name) != getattr(new, name)
    )


def _by_key(items):
    by_key = {item.key: item for item in items}
    if len(by_key) < len(items):
        raise ValueError("two rows of a bill of materials have the same key")
    return by_key


def _step(part, key):
    return key if part == "line" else f"{part}:{key}"


def _order_after(before, after):
    """Return the order that keys have without a word about it: new ones last."""
    kept = [key for key in before if key in after]
    return [*kept, *(key for key in after if key not in before)]


# === APPLY === #


def apply(difference: Diff, a: Node) -> Node:
    """Return ``a`` with the differences in it.

    :raise KeyError: when something to change or remove is not there
    """
    by_path: dict[tuple, list[Row]] = {}
    for row in difference.rows:
        for length in range(len(row.path) + 1):
            by_path.setdefault(row.path[:length], [])
        by_path[row.path].append(row)
    return _apply(a, (), by_path)


def _apply(node, path, by_path):
    if path not in by_path:
        return node
    values = {}
    for row in by_path[path]:
        if row.part == "header":
            values.update({change.field: change.new for change in row.changes})
    for part, name in PARTS.items():
        items = _by_key(getattr(node, name))
        for row in by_path[path]:
            if row.part == part:
                _apply_row(row, items)
        values[name] = _ordered(items, name, by_path[path])
        values[name] = tuple(
            _apply_below(item, (*path, _step(part, item.key)), by_path)
            for item in values[name]
        )
    return replace(node, **values)


def _apply_row(row, items):
    if row.kind == "removed":
        del items[row.key]
    elif row.kind == "added":
        items[row.key] = row.item
    else:
        new = {change.field: change.new for change in row.changes}
        items[row.key] = replace(items[row.key], **new)


def _apply_below(item, path, by_path):
    child = getattr(item, "child", None)
    if not child or path not in by_path:
        return item
    return replace(item, child=_apply(child, path, by_path))


def _ordered(items, name, rows):
    """Return the items in the order that a row asks for; others keep their place."""
    wanted = [row.changes[0].new for row in rows if row.part == name]
    if not wanted:
        return list(items.values())
    known = [key for key in wanted[0] if key in items]
    result = list(items)
    places = [place for place, key in enumerate(result) if key in set(known)]
    for place, key in zip(places, known, strict=True):
        result[place] = key
    return [items[key] for key in result]


# === REBASE === #


def rebase(base: Node, mine: Node, theirs: Node) -> "Node | Conflict":
    """Return ``theirs`` with what ``mine`` changed since ``base``.

    What only names a revision (ids, labels, costs) is mine where I changed it.
    """
    ours, others = diff(base, mine), diff(base, theirs)
    kept, conflicts = _merge(ours.rows, others.rows)
    if conflicts:
        return Conflict(tuple(conflicts))
    merged = apply(Diff(tuple(kept)), theirs)
    loose = [(row, None) for row in kept if _dangles(row, merged)]
    lost = loose or _lost_operations(merged, others.rows)
    return Conflict(tuple(lost)) if lost else merged


def _merge(ours, others):
    """Return my rows that are still to do, and the pairs that contradict."""
    theirs = {row.place: row for row in others}
    kept, conflicts = [], []
    for row in ours:
        other = theirs.get(row.place)
        above = _above(row, theirs) or _below(row, others)
        if above:
            conflicts.append((row, above))
        elif other is None:
            kept.append(row)
        elif row.kind == other.kind == "changed":
            _merge_changes(row, other, kept, conflicts)
        elif not _same(row, other):
            conflicts.append((row, other))
    return kept, conflicts


def _merge_changes(row, other, kept, conflicts):
    taken = {change.field: change for change in other.changes}
    mine = [change for change in row.changes if change != taken.get(change.field)]
    if any(change.field in taken and _contradicts(change, row) for change in mine):
        conflicts.append((row, other))
    elif mine:
        kept.append(replace(row, changes=tuple(mine)))


def _contradicts(change, row):
    if row.part in PARTS.values():
        return row.part == "operations"
    return change.field not in IDENTITY


def _same(row, other):
    return row.kind == other.kind and row.item == other.item


def _above(row, theirs):
    """Return their row that took away, or made anew, what mine is inside of."""
    for length in range(len(row.path)):
        part, _colon, key = row.path[length].rpartition(":")
        other = theirs.get((row.path[:length], part or "line", key))
        if other and _replaces(other):
            return other
    return None


def _below(row, others):
    """Return a row of theirs inside of what mine takes away or makes anew."""
    if not _replaces(row):
        return None
    inside = (*row.path, _step(row.part, row.key))
    for other in others:
        if other.path[: len(inside)] == inside:
            return other
    return None


def _replaces(row):
    return row.part in PARTS and (
        row.kind == "removed" or any(change.field == "child" for change in row.changes)
    )


def _dangles(row, merged):
    """Tell whether a row of mine names an operation that is not there any more."""
    node = _at(merged, row.path)
    keys = {step.key for step in node.operations}
    if row.part == "operation" and row.kind != "removed":
        step = _by_key(node.operations)[row.key]
        return not keys.issuperset(step.after)
    if row.part in ("line", "byproduct") and row.kind != "removed":
        item = _by_key(getattr(node, PARTS[row.part]))[row.key]
        return bool(item.operation) and item.operation not in keys
    return False


def _lost_operations(merged, others):
    """Return their rows that name an operation which mine took away."""
    return [
        (row, None) for row in others if _there(row, merged) and _dangles(row, merged)
    ]


def _there(row, merged):
    try:
        node = _at(merged, row.path)
    except KeyError:
        return False
    name = PARTS.get(row.part)
    return bool(name) and row.key in _by_key(getattr(node, name))


def _at(node, path):
    for step in path:
        part, _colon, key = step.rpartition(":")
        node = _by_key(getattr(node, PARTS[part or "line"]))[key].child
        if node is None:
            raise KeyError(step)
    return node
