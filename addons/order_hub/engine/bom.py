"""A bill of materials with everything below it, as plain values.

A ``Node`` says how one product is made: components, operations, by-products, and
for every component that is made as well, its own node. It knows no database; the
service ``order.hub.bom.tree`` fills it and the hub keeps it as JSON.

Quantities of lines are for one *run* of the bill: ``Node.quantity`` in
``Node.unit``, which is ``Node.made`` in the product's own unit.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property

#: ASME Y14.35 leaves out the letters that are read as digits or as other letters.
LETTERS = "ABCDEFGHJKLMNPRTUVWY"
#: Digits that count when two quantities are compared.
DIGITS = ".10g"


class Pins(dict):
    """``{product id: bill of materials id}``: what is made from which revision.

    A type of its own: no caller from outside can put one into a context. Not to be
    changed once made: it is compared and cached by what it says.
    """

    def __hash__(self):
        return hash(frozenset(self.items()))


def revision_label(number: int) -> str:
    """Return the letters of a revision: 1 → A, 20 → Y, 21 → AA.

    :raise ValueError: for a number below 1
    """
    if number < 1:
        raise ValueError("revisions are counted from 1")
    label = ""
    while number:
        number, letter = divmod(number - 1, len(LETTERS))
        label = LETTERS[letter] + label
    return label


def digest(content) -> str:
    """Return the sha256 of what JSON can say, the same for the same content."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def unique_keys(names) -> list[str]:
    """Return a key for each name in order: the second of a name becomes name/2."""
    seen: dict[str, int] = {}
    keys = []
    for name in map(str, names):
        seen[name] = seen.get(name, 0) + 1
        keys.append(name if seen[name] == 1 else f"{name}/{seen[name]}")
    return keys


@dataclass(frozen=True)
class Operation:
    """A step of the work.

    :param key: its name in lower case, with a number where a name comes twice
    :param minutes: fixed duration of one run, as the bill of materials says
    :param cost_hour: of the work center, company currency; not part of the hash
    :param after: keys of the operations that must be finished before
    :param variants: attribute values it is for; only in a bill for all variants
    """

    key: str
    name: str
    workcenter: int
    workcenter_name: str
    minutes: float
    sequence: int
    cost_hour: float = 0.0
    after: tuple[str, ...] = ()
    variants: tuple[int, ...] = ()

    @property
    def cost(self) -> float:
        """Cost of one run in company currency."""
        return self.minutes / 60.0 * self.cost_hour


@dataclass(frozen=True)
class Line:
    """A component or a by-product for one run of the bill of materials.

    :param key: product id, with a number where a product comes twice
    :param quantity: in ``unit``; ``own_quantity`` in the product's own unit
    :param operation: key of the operation that consumes it, or ""
    :param cost: of one own unit, company currency; not part of the hash
    :param share: by-products: percent of the cost they carry; not part of the hash
    :param child: how the component is made, None when it is bought or stocked
    :param variants: attribute values it is for; only in a bill for all variants
    """

    key: str
    product: int
    code: str
    name: str
    quantity: float
    unit: int
    unit_name: str
    own_quantity: float
    operation: str = ""
    cost: float = 0.0
    child: "Node | None" = None
    share: float = 0.0
    variants: tuple[int, ...] = ()


@dataclass(frozen=True)
class Node:
    """How a product is made, with everything below it.

    :param bom: id of the ``mrp.bom``: the revision
    :param kind: normal (manufactured) or phantom (kit)
    :param lead_days: days one manufacturing order takes
    :param own_quantity: what a run makes in the product's own unit; 0: ``quantity``
    """

    product: int
    code: str
    name: str
    bom: int
    kind: str
    revision: int
    label: str
    quantity: float
    unit: int
    unit_name: str
    lead_days: int = 0
    lines: tuple[Line, ...] = ()
    operations: tuple[Operation, ...] = ()
    byproducts: tuple[Line, ...] = ()
    own_quantity: float = 0.0

    # === WHAT IS BUILT === #

    @property
    def made(self) -> float:
        """What one run makes, in the product's own unit."""
        return self.own_quantity or self.quantity or 1.0

    def content_hash(self) -> str:
        """Return the sha256 of what is built and how.

        Products, quantities, units, operations and their order, by-products and
        all levels below count; names, costs, labels and lead times do not, nor in
        which rows of the database the lines are or which way they are sorted.
        """
        return self._hash

    @cached_property
    def _hash(self) -> str:
        return digest(
            {
                "product": self.product,
                "kind": self.kind,
                "made": [_number(self.quantity), self.unit],
                "lines": sorted(map(_line_content, self.lines)),
                "byproducts": sorted(map(_line_content, self.byproducts)),
                "operations": [_operation_content(step) for step in self.operations],
            }
        )

    def nodes(self) -> Iterator["Node"]:
        """Yield this node and all below it, as often as they are used."""
        yield self
        for line in self.lines:
            if line.child:
                yield from line.child.nodes()

    def pins(self) -> Pins:
        """Return which bill makes which product, in the whole tree."""
        return Pins({node.product: node.bom for node in self.nodes()})

    # === QUANTITIES === #

    def flat(self) -> list[tuple[int, Line, float]]:
        """Return ``(level, line, own quantity of it in one piece of the root)``.

        In reading order: a component, then what it is made of. Level 1 is what
        the root itself takes.
        """
        return list(self._flat(1, 1.0))

    def _flat(self, level, pieces):
        for line in self.lines:
            total = pieces * line.own_quantity / self.made
            yield level, line, total
            if line.child:
                yield from line.child._flat(level + 1, total)

    def leaves(self, quantity: float = 1.0) -> dict[int, float]:
        """Return ``{product id: own quantity}`` of what is bought or stocked.

        :param quantity: pieces of the root, in its own unit
        """
        return {product: need * quantity for product, need in self._leaves.items()}

    @cached_property
    def _leaves(self) -> dict[int, float]:
        leaves: dict[int, float] = {}
        for line in self.lines:
            pieces = line.own_quantity / self.made
            below = line.child.leaves(pieces) if line.child else {line.product: pieces}
            for product, need in below.items():
                leaves[product] = leaves.get(product, 0.0) + need
        return leaves

    # === MONEY AND TIME === #

    def unit_cost(self, costs: Mapping[int, float] | None = None) -> float:
        """Return the cost of one own unit, company currency.

        Materials of the leaves, operations of all levels by their minutes, less
        what by-products carry.

        :param costs: product id → cost of an own unit; where it has none, the cost
            that the line was read with counts
        """
        return self._unit_cost(costs or {}, {})

    def _unit_cost(self, costs, known):
        if id(self) not in known:
            total = sum(step.cost for step in self.operations)
            for line in self.lines:
                cost = (
                    line.child._unit_cost(costs, known)
                    if line.child
                    else costs.get(line.product, line.cost)
                )
                total += line.own_quantity * cost
            carried = min(100.0, sum(line.share for line in self.byproducts))
            known[id(self)] = total * (100.0 - carried) / 100.0 / self.made
        return known[id(self)]

    def lead_time(self) -> int:
        """Return the days of the longest chain of manufacturing orders."""
        return self._lead_time

    @cached_property
    def _lead_time(self) -> int:
        below = (line.child.lead_time() for line in self.lines if line.child)
        return self.lead_days + max(below, default=0)

    def minutes(self) -> float:
        """Return the minutes of work on one own unit, all levels."""
        return self._minutes

    @cached_property
    def _minutes(self) -> float:
        total = sum(step.minutes for step in self.operations)
        for line in self.lines:
            if line.child:
                total += line.own_quantity * line.child.minutes()
        return total / self.made

    # === JSON === #

    def to_json(self) -> dict:
        """Return the node as plain dictionaries and lists."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping) -> "Node":
        """Return the node that ``to_json`` wrote.

        :raise TypeError: for keys that no node has, or missing ones
        """
        node = cls(**data)
        return replace(
            node,
            lines=tuple(map(_line_from, node.lines)),
            byproducts=tuple(map(_line_from, node.byproducts)),
            operations=tuple(map(_operation_from, node.operations)),
        )


def _line_from(data):
    child = data.get("child")
    variants = tuple(data.get("variants", ()))
    child = Node.from_json(child) if child else None
    return Line(**{**data, "child": child, "variants": variants})


def _operation_from(data):
    tuples = {name: tuple(data.get(name, ())) for name in ("after", "variants")}
    return Operation(**{**data, **tuples})


def _line_content(line):
    return [
        str(line.product),
        _number(line.quantity),
        str(line.unit),
        line.operation,
        line.child.content_hash() if line.child else "",
        *map(str, line.variants),
    ]


def _operation_content(step):
    content = [step.key, step.workcenter, _number(step.minutes)]
    return [*content, list(step.after), list(step.variants)]


def _number(value) -> str:
    return format(value + 0.0, DIGITS)
