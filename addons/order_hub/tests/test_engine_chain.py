from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..engine import chain as engine
from ..engine.chain import CANCELLED, DONE, NEVER, OPEN, PART, WAITS, Chain, Link, Node
from .properties import given

NOW = datetime(2026, 3, 2, 8)
KEYS = [f"d{number}" for number in range(9)]
ROOT = KEYS[0]

moments = st.none() | st.integers(-400, 400).map(lambda h: NOW + timedelta(hours=h))
states = st.sampled_from([OPEN, OPEN, OPEN, DONE, CANCELLED])
graphs = st.tuples(
    st.fixed_dictionaries(
        {
            key: st.builds(
                Node,
                key=st.just(key),
                state=states,
                starts=moments,
                ends=moments,
                planned=st.sampled_from([True, True, True, False]),
            )
            for key in KEYS
        }
    ),
    st.lists(
        st.builds(
            Link,
            waiter=st.sampled_from(KEYS),
            source=st.sampled_from(KEYS),
            kind=st.sampled_from([WAITS, WAITS, PART]),
        ),
        max_size=25,
    ),
)


def chain_of(graph):
    nodes, links = graph
    return Chain(ROOT, nodes, links, NOW)


def without_circles(graph):
    """Let links run to higher numbers only."""
    nodes, links = graph
    return nodes, [link for link in links if link.waiter < link.source]


class TestEngineChain(BaseCase):
    # === ANY DOCUMENTS, ANY LINKS === #

    @given(graphs)
    def test_every_document_reached_stands_in_the_tree_once(self, graph):
        rows = chain_of(graph).rows()
        reached, todo = {ROOT}, [ROOT]
        while todo:
            above = todo.pop()
            below = {link.source for link in graph[1] if link.waiter == above}
            todo += below - reached
            reached |= below
        self.assertEqual(len(rows), len({row.key for row in rows}))
        self.assertEqual({row.key for row in rows}, reached)

    @given(graphs)
    def test_the_tree_is_read_from_the_order_down_without_loops(self, graph):
        depths = {}
        for row in chain_of(graph).rows():
            if row.key == ROOT:
                self.assertEqual((row.parent, row.depth), ("", 0))
            else:
                self.assertEqual(row.depth, depths[row.parent] + 1)
            depths[row.key] = row.depth

    @given(graphs)
    def test_no_link_is_lost(self, graph):
        """A link is a step of the tree, or is told beside it, or leads to the order."""
        rows = {row.key: row for row in chain_of(graph).rows()}
        for link in graph[1]:
            if link.waiter not in rows or link.source in (ROOT, link.waiter):
                continue
            row = rows[link.source]
            self.assertIn(link.waiter, (row.parent, *row.also))

    @given(graphs)
    def test_what_blocks_an_order_is_open_and_waits_for_nothing_new(self, graph):
        chain = chain_of(graph)
        wait = chain.wait()
        if not wait:
            return
        self.assertEqual(wait.path[0], ROOT)
        for waiter, source in zip(wait.path, wait.path[1:], strict=False):
            self.assertIn(source, chain.waits_for(waiter))
        self.assertEqual(graph[0][wait.blocker].state, OPEN)
        self.assertLessEqual(set(chain.waits_for(wait.blocker)), set(wait.path))

    @given(graphs)
    def test_nothing_is_there_before_now_nor_before_what_it_waits_for(self, graph):
        chain = chain_of(without_circles(graph))
        timing = chain.timing()
        for key, times in timing.items():
            if graph[0][key].state != OPEN:
                self.assertIsNone(times.ready)
                continue
            self.assertGreaterEqual(times.ready, NOW)
            for source in chain.waits_for(key):
                self.assertGreaterEqual(times.ready, timing[source].ready)

    @given(graphs, st.integers(1, 500))
    def test_a_later_plan_never_makes_an_order_earlier(self, graph, hours):
        nodes, links = without_circles(graph)
        before = chain_of((nodes, links)).timing()[ROOT].ready
        later = {
            key: replace(node, ends=node.ends + timedelta(hours=hours))
            if node.ends
            else node
            for key, node in nodes.items()
        }
        after = chain_of((later, links)).timing()[ROOT].ready
        if before:
            self.assertGreaterEqual(after, before)

    @given(graphs)
    def test_finishing_what_blocks_never_makes_an_order_later(self, graph):
        nodes, links = without_circles(graph)
        wait = chain_of((nodes, links)).wait()
        if wait:
            finished = replace(nodes[wait.blocker], state=DONE)
            after = chain_of(({**nodes, wait.blocker: finished}, links)).timing()
            self.assertLessEqual(after[ROOT].ready, wait.ready)

    @given(graphs)
    def test_what_is_done_or_cancelled_is_never_late(self, graph):
        for key, times in chain_of(graph).timing().items():
            if graph[0][key].state != OPEN:
                self.assertFalse(times.is_late)

    # === EXAMPLES === #

    def _example(self, **changes):
        """A delivery on the 20th, its order made from bought steel."""
        nodes = {
            "SO": Node("SO", starts=datetime(2026, 3, 20)),
            "OUT": Node(
                "OUT", starts=datetime(2026, 3, 20), ends=datetime(2026, 3, 20)
            ),
            "MO": Node("MO", starts=datetime(2026, 3, 16), ends=datetime(2026, 3, 18)),
            "PO": Node("PO", starts=datetime(2026, 3, 10), ends=datetime(2026, 3, 10)),
            "IN": Node("IN", ends=datetime(2026, 3, 10)),
        }
        nodes.update(changes)
        links = [
            Link("SO", "OUT"),
            Link("OUT", "MO"),
            Link("MO", "PO"),
            Link("PO", "IN", PART),
        ]
        return Chain("SO", nodes, links, NOW)

    def test_an_order_in_time_says_who_it_waits_for(self):
        wait = self._example().wait()
        self.assertEqual(wait.path, ("SO", "OUT", "MO", "PO"))
        self.assertEqual((wait.waiter, wait.blocker), ("MO", "PO"))
        self.assertEqual((wait.days_late, wait.others), (0, 0))

    def test_late_steel_makes_the_order_late_by_the_time_it_takes_to_make(self):
        steel = Node("PO", starts=None, ends=datetime(2026, 3, 21))
        chain = self._example(PO=steel)
        timing = chain.timing()
        self.assertEqual(timing["PO"].days_late, 5)
        self.assertEqual(timing["MO"].ready, datetime(2026, 3, 23))
        self.assertEqual(chain.wait().days_late, 3)

    def test_the_receipt_is_needed_when_its_purchase_is(self):
        timing = self._example().timing()
        self.assertEqual(timing["IN"].needed, datetime(2026, 3, 16))

    def test_what_nobody_has_planned_is_never_there(self):
        chain = self._example(PO=Node("PO", planned=False))
        self.assertEqual(chain.wait().ready, NEVER)
        self.assertTrue(chain.timing()["MO"].is_late)
        self.assertEqual(chain.wait().blocker, "PO")

    def test_a_delivered_order_waits_for_nothing(self):
        done = Node("OUT", state=DONE)
        self.assertIsNone(self._example(OUT=done).wait())

    def test_an_hour_on_the_same_day_is_not_late(self):
        needed = datetime(2026, 3, 16, 8)
        self.assertEqual(engine.days_between(needed, needed + timedelta(hours=9)), 0)
        self.assertEqual(engine.days_between(needed, needed + timedelta(hours=17)), 1)

    def test_what_serves_two_stands_under_the_nearer_and_names_the_other(self):
        nodes = {key: Node(key) for key in ("SO", "OUT", "MO", "SUB", "PO")}
        links = [
            Link("SO", "OUT"),
            Link("OUT", "MO"),
            Link("MO", "SUB"),
            Link("SUB", "PO"),
            Link("MO", "PO"),
        ]
        rows = {row.key: row for row in Chain("SO", nodes, links, NOW).rows()}
        self.assertEqual(rows["PO"].parent, "MO")
        self.assertEqual(rows["PO"].also, ("SUB",))

    def test_a_thousand_documents_in_a_row_are_no_trouble(self):
        keys = [f"{number:04}" for number in range(1000)]
        nodes = {key: Node(key) for key in keys}
        links = [Link(a, b) for a, b in zip(keys, keys[1:], strict=False)]
        chain = Chain(keys[0], nodes, links, NOW)
        self.assertEqual(len(chain.rows()), 1000)
        self.assertEqual(chain.wait().blocker, keys[-1])
