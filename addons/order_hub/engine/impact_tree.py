"""The tree of an order after an engineering change: what changes, and nothing else."""

from collections.abc import Mapping
from dataclasses import replace

from .bom import Node


def switched(old: Node, news: Mapping[tuple[int, int], Node]) -> Node:
    """Return how an order is made once it follows a change.

    Every bill that changes is taken from its draft, wherever it stands in the tree.
    All other products of the order stay on the bill they are frozen on, below a
    changed bill, too: a change of the housing brings no other revision of the board.

    :param old: the tree the order is frozen on
    :param news: ``(bill that changes, product)`` → node of the draft: one bill can
        make several variants
    """
    kept: dict[int, Node] = {}
    for node in old.nodes():
        kept.setdefault(node.product, node)
    return _rebuilt(old, news, kept, frozenset())


def _rebuilt(node, news, kept, above):
    key = (node.bom, node.product)
    if key in news and key not in above:
        node, above = news[key], above | {key}
    lines = tuple(_line(line, news, kept, above) for line in node.lines)
    same = all(new is old for new, old in zip(lines, node.lines, strict=True))
    return node if same else replace(node, lines=lines)


def _line(line, news, kept, above):
    child = kept.get(line.product, line.child)
    if child is None:
        return line
    rebuilt = _rebuilt(child, news, kept, above)
    return line if rebuilt is line.child else replace(line, child=rebuilt)


def at_rates(node: Node, rates: Mapping[int, float]) -> Node:
    """Return a node whose work costs what it costs today.

    :param rates: work center → cost of an hour, company currency; a work center
        left out costs what the node was read with
    """
    return _at_rates(node, rates, {})


def _at_rates(node, rates, known):
    if id(node) not in known:
        known[id(node)] = replace(
            node,
            operations=tuple(
                replace(step, cost_hour=rates.get(step.workcenter, step.cost_hour))
                for step in node.operations
            ),
            lines=tuple(
                replace(line, child=_at_rates(line.child, rates, known))
                if line.child
                else line
                for line in node.lines
            ),
        )
    return known[id(node)]
