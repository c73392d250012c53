"""The tree of an order after an engineering change: what changes, and nothing else."""

from collections.abc import Mapping
from dataclasses import replace

from .bom import Node


def switched(old: Node, news: Mapping[int, Node]) -> Node:
    """Return how an order is made once it follows a change.

    Every bill that changes is taken from its draft, wherever it stands in the tree.
    All other products of the order stay on the bill they are frozen on, below a
    changed bill, too: a change of the housing brings no other revision of the board.

    :param old: the tree the order is frozen on
    :param news: id of a bill that changes → node of its draft
    """
    kept: dict[int, Node] = {}
    for node in old.nodes():
        kept.setdefault(node.product, node)
    return _rebuilt(old, news, kept, frozenset())


def _rebuilt(node, news, kept, above):
    bom = node.bom
    if bom in news and bom not in above:
        node, above = news[bom], above | {bom}
    lines = tuple(_line(line, news, kept, above) for line in node.lines)
    same = all(new is old for new, old in zip(lines, node.lines, strict=True))
    return node if same else replace(node, lines=lines)


def _line(line, news, kept, above):
    child = kept.get(line.product, line.child)
    if child is None:
        return line
    rebuilt = _rebuilt(child, news, kept, above)
    return line if rebuilt is line.child else replace(line, child=rebuilt)
