"""The documents behind an order as one tree, and who waits for whom.

Documents are nodes. A link says either that one document *waits* for another (a
delivery for the manufacturing order of its goods) or that one is a *part* of another
(the receipt of a purchase order, the invoice of a sale). Links may join branches and
may even run in circles; the tree holds every document once, below the document
nearest to the order.

Moments are naive and in one time zone, the reader's: days are compared, because a
plan that slips by an hour on its day is not late.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

#: What has no plan at all is there at no time.
NEVER = datetime.max
OPEN, DONE, CANCELLED = "open", "done", "cancelled"
WAITS, PART = "waits", "part"


@dataclass(frozen=True)
class Node:
    """One document.

    :ivar key: what it is known by, unique
    :ivar state: ``open``, ``done`` or ``cancelled``
    :ivar starts: when it needs what it waits for; ``None``: unknown
    :ivar ends: when what it brings is planned to be there; ``None``: it takes no time
    :ivar planned: ``False`` for a need that nobody has planned anything for
    """

    key: str
    state: str = OPEN
    starts: datetime | None = None
    ends: datetime | None = None
    planned: bool = True

    @property
    def lasts(self) -> timedelta:
        """How long it takes once it has what it waits for."""
        if not self.starts or not self.ends:
            return timedelta()
        return max(self.ends - self.starts, timedelta())


@dataclass(frozen=True)
class Link:
    """``waiter`` waits for ``source``, or ``source`` is a part of ``waiter``."""

    waiter: str
    source: str
    kind: str = WAITS


@dataclass(frozen=True)
class Row:
    """One line of the tree, in reading order.

    :ivar parent: key of the document above; empty for the order itself
    :ivar depth: 0 for the order itself
    :ivar also: other documents it is for
    """

    key: str
    parent: str
    depth: int
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Timing:
    """When a document is needed and when it is there.

    :ivar needed: earliest need of whatever waits for it; ``None``: nobody does
    :ivar ready: when it is there at the earliest, everything it waits for counted;
        ``NEVER``: something is not planned; ``None``: it is done or cancelled
    :ivar days_late: days between the two, 0 when in time or not known
    """

    needed: datetime | None
    ready: datetime | None
    days_late: int = 0

    @property
    def is_late(self) -> bool:
        """Tell whether it comes after it is needed, or not at all."""
        return self.ready == NEVER or self.days_late > 0


@dataclass(frozen=True)
class Wait:
    """What an order waits for: the last document of the latest branch.

    :ivar path: keys from the order down to the document that blocks it
    :ivar ready: when the order can go at the earliest; ``NEVER``: not planned
    :ivar days_late: days after the promise, 0 when in time
    :ivar others: how many further documents must come in before it
    """

    path: tuple[str, ...]
    ready: datetime
    days_late: int
    others: int

    @property
    def blocker(self) -> str:
        """The document that everything else stands behind."""
        return self.path[-1]

    @property
    def waiter(self) -> str:
        """The document that waits for it."""
        return self.path[-2]


class Chain:
    """Nodes and links seen from one order."""

    def __init__(
        self,
        root: str,
        nodes: Mapping[str, Node],
        links: Iterable[Link],
        now: datetime,
    ):
        self.root, self.nodes, self.now = root, nodes, now
        self._below = defaultdict(dict)
        for link in links:
            if link.waiter in nodes and link.source in nodes:
                kinds = self._below[link.waiter]
                if kinds.get(link.source) != WAITS and link.waiter != link.source:
                    kinds[link.source] = link.kind
        self._parents = self._spread()

    # === TREE === #

    @property
    def reached(self) -> set[str]:
        """Keys of all documents of the tree."""
        return set(self._parents)

    def _spread(self) -> dict[str, str]:
        """Return ``{key: parent}``: every document reached, from its nearest side."""
        parents, todo = {self.root: ""}, deque([self.root])
        while todo:
            above = todo.popleft()
            for key in self._below[above]:
                if key not in parents:
                    parents[key] = above
                    todo.append(key)
        return parents

    def rows(self) -> list[Row]:
        """Return the tree, line by line; what is late or open comes first."""
        children, others = defaultdict(list), defaultdict(list)
        for key, parent in self._parents.items():
            children[parent].append(key)
            for source in self._below[key]:
                if self._parents.get(source) != key and source != self.root:
                    others[source].append(key)
        timing, rows = self.timing(), []
        todo = [(self.root, "", 0)]
        while todo:
            key, parent, depth = todo.pop()
            rows.append(Row(key, parent, depth, tuple(others[key])))
            below = sorted(children[key], key=lambda k: self._place(k, timing[k]))
            todo += [(child, key, depth + 1) for child in reversed(below)]
        return rows

    def _place(self, key: str, timing: Timing):
        """Sort by: waited for before parts, then open, done, cancelled, then time."""
        node, parent = self.nodes[key], self._parents[key]
        return (
            self._below[parent].get(key) != WAITS,
            (OPEN, DONE, CANCELLED).index(node.state),
            timing.ready or node.ends or node.starts or NEVER,
            (len(key), key),
        )

    # === TIME === #

    def timing(self) -> dict[str, Timing]:
        """Return when every document of the tree is needed and when it is there."""
        ready, needed = self._ready(), self._needed()
        return {
            key: Timing(
                needed.get(key),
                ready.get(key),
                days_between(needed.get(key), ready.get(key)),
            )
            for key in self._parents
        }

    def _open_sources(self, key: str) -> list[str]:
        """Return what an open document still waits for."""
        return [
            source
            for source, kind in self._below[key].items()
            if kind == WAITS and self.nodes[source].state == OPEN
        ]

    def _ready(self) -> dict[str, datetime]:
        ready = {}
        for key, sources in self._bottom_up():
            node = self.nodes[key]
            own = max(node.ends or self.now, self.now) if node.planned else NEVER
            moments = [_later(ready[source], node.lasts) for source in sources]
            ready[key] = max([own, *moments])
        return ready

    def _bottom_up(self):
        """Yield ``(key, sources)`` of open documents, sources before waiters.

        A link that would close a circle is left out.
        """
        finished, entered = set(), set()
        for start in [self.root, *self._parents]:
            todo = [start] if self.nodes[start].state == OPEN else []
            while todo:
                key = todo[-1]
                if key in finished:
                    todo.pop()
                elif key not in entered:
                    entered.add(key)
                    todo += [s for s in self._open_sources(key) if s not in entered]
                else:
                    todo.pop()
                    finished.add(key)
                    yield (
                        key,
                        [s for s in self._open_sources(key) if s in finished - {key}],
                    )

    def _needed(self) -> dict[str, datetime]:
        needed = {}
        root = self.nodes[self.root]
        if root.starts:
            needed[self.root] = root.starts
        for key in self._parents:
            starts = self.nodes[key].starts
            for source, kind in self._below[key].items():
                moment = starts if kind == WAITS else None
                if moment and self.nodes[key].state == OPEN:
                    needed[source] = min(needed.get(source, moment), moment)
        for key in self._parents:
            for source, kind in self._below[key].items():
                if kind == PART and key != self.root and key in needed:
                    needed.setdefault(source, needed[key])
        return needed

    # === WHO WAITS FOR WHOM === #

    def wait(self) -> Wait | None:
        """Return what the order waits for, or ``None`` when nothing is open."""
        if self.nodes[self.root].state != OPEN or not self._open_sources(self.root):
            return None
        ready = self._ready()
        path = [self.root]
        while sources := [s for s in self._open_sources(path[-1]) if s not in path]:
            path.append(max(sources, key=lambda s: (ready[s], s)))
        leaves = self._open_leaves() - {path[-1]}
        return Wait(
            tuple(path),
            ready[self.root],
            days_between(self.nodes[self.root].starts, ready[self.root]),
            len(leaves),
        )

    def _open_leaves(self) -> set[str]:
        """Return the open documents that the order waits for and that wait for none."""
        seen, todo, leaves = {self.root}, [self.root], set()
        while todo:
            key = todo.pop()
            sources = self._open_sources(key)
            if not sources and key != self.root:
                leaves.add(key)
            new = [source for source in sources if source not in seen]
            seen.update(new)
            todo += new
        return leaves

    def waits_for(self, key: str) -> list[str]:
        """Return the keys of what a document still waits for."""
        if self.nodes[key].state != OPEN:
            return []
        return self._open_sources(key)


def days_between(needed: datetime | None, ready: datetime | None) -> int:
    """Return whole calendar days from ``needed`` to ``ready``; 0 when not late."""
    if not needed or not ready or ready == NEVER:
        return 0
    return max((ready.date() - needed.date()).days, 0)


def _later(moment: datetime, by: timedelta) -> datetime:
    return NEVER if moment == NEVER else moment + by
