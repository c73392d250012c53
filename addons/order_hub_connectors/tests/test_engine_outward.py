from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.tests.properties import given

from ..engine.event import clean_event, fingerprint
from ..engine.order_change import Line, compare_lines, spread
from ..engine.outbox import (
    LONGEST_WAIT,
    FromChannel,
    Move,
    Telling,
    plan,
    shipped_share,
    wait,
)
from ..engine.stock_level import Buffer, level, of_kit, unasked
from ..engine.versions import is_older

tellings = st.lists(
    st.tuples(
        st.sampled_from(["status", "tracking"]),
        st.integers(0, 8),
        st.sampled_from(["", "OUT/1", "OUT/2"]),
        st.booleans(),
    ),
    max_size=8,
)
amounts = st.integers(0, 10_000_000).map(lambda cents: cents / 100)


def rows_of(drawn, sent=0):
    return [
        Telling(n, kind, f"word{rank}", rank, part, firm, n < sent)
        for n, (kind, rank, part, firm) in enumerate(drawn)
    ]


class TestEngineOutward(BaseCase):
    """What is told, how much may be sold, what has changed."""

    # === OUTBOX === #

    @given(tellings, st.integers(0, 8))
    def test_every_open_row_is_told_or_left_out_with_a_reason(self, drawn, sent):
        rows = rows_of(drawn, sent)
        send, left_out = plan(rows)
        still_open = [row.id for row in rows if not row.is_sent]
        self.assertEqual(sorted([*send, *left_out]), still_open)
        self.assertEqual(send, sorted(send))

    @given(tellings)
    def test_the_last_thing_that_happened_is_never_forgotten(self, drawn):
        rows = rows_of(drawn)
        send, _left_out = plan(rows)
        if rows:
            last = rows[-1]
            told = {(row.kind, row.word) for row in rows if row.id in send}
            self.assertTrue(
                (last.kind, last.word) in told or ("tracking", last.word) in told
            )

    @given(tellings, st.integers(1, 8))
    def test_a_status_before_one_already_told_is_not_sent(self, drawn, sent):
        rows = rows_of(drawn, sent)
        highest = max((row.rank for row in rows if row.is_sent), default=-1)
        send, _left_out = plan(rows)
        for row in rows:
            if row.id in send and row.kind == "status":
                self.assertGreaterEqual(row.rank, highest)

    def test_an_empty_outbox_has_nothing_to_tell(self):
        self.assertEqual(plan([]), ([], {}))

    @given(st.integers(1, 200), st.floats(0, 1), st.floats(0, 10_000))
    def test_waits_grow_and_are_bounded(self, tries, chance, least):
        seconds = wait(tries, lambda: chance, least)
        self.assertGreaterEqual(seconds, max(45, least))
        self.assertLessEqual(seconds, max(LONGEST_WAIT * 1.25, least))

    def test_a_number_is_no_channel_that_told_us(self):
        self.assertNotIsInstance(7, FromChannel)
        self.assertEqual(FromChannel(7), 7)

    # === SHIPMENTS === #

    def test_a_kit_has_arrived_as_far_as_its_scarcest_part(self):
        moves = [Move(1, 10, 1, 4, True), Move(1, 11, 1, 2, True)]
        moves += [Move(1, 11, 2, 6, False)]
        self.assertEqual(shipped_share(moves, 1, [1]), 0.25)
        self.assertEqual(shipped_share(moves, 1, []), 0.0)
        self.assertEqual(shipped_share([], 1, [1]), 0.0)

    @given(st.lists(st.tuples(st.integers(1, 50), st.booleans()), max_size=6))
    def test_shares_of_all_deliveries_never_exceed_the_whole(self, drawn):
        moves = [Move(1, 10, n, qty, done) for n, (qty, done) in enumerate(drawn)]
        share = shipped_share(moves, 1, list(range(len(moves))))
        self.assertTrue(0 <= share <= 1)
        if moves and all(move.is_done for move in moves):
            self.assertEqual(share, 1)

    # === STOCK === #

    @given(
        st.floats(-1e6, 1e6),
        st.floats(0, 1000),
        st.floats(0, 100),
        st.floats(0.001, 1000),
    )
    def test_what_is_offered_is_there(self, left, pieces, percent, factor):
        offered = level(left, Buffer(pieces, percent), factor)
        self.assertGreaterEqual(offered, 0)
        self.assertLessEqual(offered * factor, max(left, 0) + factor * 1e-5)

    @given(st.floats(0, 1e6), st.floats(0, 1000), st.floats(0, 1000))
    def test_a_larger_buffer_never_offers_more(self, left, one, two):
        small, large = sorted((one, two))
        self.assertGreaterEqual(level(left, Buffer(small)), level(left, Buffer(large)))

    def test_nonsense_offers_nothing(self):
        self.assertEqual(level(float("nan"), Buffer()), 0)
        self.assertEqual(level(5, Buffer(), 0), 0)
        self.assertEqual(level(0.3 * 10, Buffer(), 0.3), 10)

    def test_parts_without_quantity_or_stock_do_not_limit_a_kit(self):
        self.assertEqual(of_kit({1: 7.0}, [(1, 2), (2, 1), (1, 0)]), 3)
        self.assertEqual(of_kit({}, [(1, 2)]), 0)

    def test_what_is_asked_for_is_not_there_any_more(self):
        self.assertEqual(unasked({1: 5.0, 2: 1.0}, {1: 7.0, 9: 1.0}), {1: -2.0, 2: 1.0})

    # === VERSIONS === #

    def test_moments_of_different_zones_are_compared_as_moments(self):
        self.assertTrue(is_older("2026-11-20T10:00:00+08:00", "2026-11-20T03:00:00Z"))
        self.assertFalse(is_older("2026-11-20T10:00:00Z", "2026-11-20T10:00:00+08:00"))

    def test_counters_are_compared_as_numbers_and_nothing_is_never_older(self):
        self.assertTrue(is_older("9", "10"))
        self.assertFalse(is_older("", "10"))
        self.assertFalse(is_older("10", ""))
        self.assertFalse(is_older("10", "10"))

    @given(st.text(max_size=30), st.text(max_size=30))
    def test_of_two_versions_at_most_one_is_older(self, one, two):
        self.assertFalse(is_older(one, two) and is_older(two, one))

    # === CHANGES === #

    lines = st.lists(
        st.builds(
            Line,
            key=st.sampled_from(["", "a", "b", "c"]),
            product=st.integers(1, 3),
            quantity=st.integers(0, 5).map(float),
            price=st.integers(1, 3).map(float),
        ),
        max_size=5,
    )

    @given(lines)
    def test_an_order_does_not_differ_from_itself(self, lines):
        self.assertEqual(compare_lines(lines, lines), [])

    @given(lines, lines)
    def test_differences_account_for_every_piece(self, now, wanted):
        now = [
            Line(n, row.key, row.product, row.quantity, row.price)
            for n, row in enumerate(now, 1)
        ]
        found = compare_lines(now, wanted)
        total = sum(row.quantity for row in now)
        for row in found:
            if row.what in ("added", "removed", "quantity"):
                total += row.new - row.old
        self.assertAlmostEqual(total, sum(row.quantity for row in wanted))

    def test_lines_are_the_same_by_their_number_first(self):
        now = [Line(1, "a", 7, 2, 10.0), Line(2, "b", 7, 5, 10.0)]
        wanted = [Line(0, "b", 7, 6, 10.0), Line(0, "a", 7, 2, 10.0)]
        [found] = compare_lines(now, wanted)
        self.assertEqual((found.what, found.line, found.new), ("quantity", 2, 6))

    def test_another_product_under_the_same_number_is_another_line(self):
        found = compare_lines([Line(1, "a", 7, 2, 1.0)], [Line(0, "a", 8, 2, 1.0)])
        self.assertEqual([row.what for row in found], ["removed", "added"])

    @given(amounts, st.lists(st.integers(0, 1000), min_size=1, max_size=6))
    def test_parts_add_up_to_the_cent(self, amount, weights):
        if not sum(weights):
            return
        parts = spread(amount, weights)
        self.assertEqual(round(sum(parts) * 100), round(amount * 100))

    # === EVENTS === #

    @given(
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(["amount", "lines", "quantity", "reason", "x"]),
                    inner,
                )
            ),
        )
    )
    def test_whatever_a_channel_sends_is_read_or_said_to_be_wrong(self, values):
        event, _problems = clean_event(values)
        self.assertIsInstance(event["lines"], list)
        self.assertGreaterEqual(event.get("amount", 0), 0)
        self.assertTrue(fingerprint("refund", event))

    def test_negative_amounts_are_wrong(self):
        _event, problems = clean_event({"amount": -1, "lines": [{"quantity": 0}]})
        self.assertEqual(
            {row["field"] for row in problems}, {"amount", "lines[0].quantity"}
        )

    def test_the_same_event_is_recognised_whatever_else_is_sent_with_it(self):
        one = clean_event({"amount": 5, "delivery": 1})[0]
        two = clean_event({"delivery": 2, "amount": 5.0})[0]
        self.assertEqual(fingerprint("refund", one), fingerprint("refund", two))
        self.assertNotEqual(fingerprint("refund", one), fingerprint("paid", two))
