"""Suspended lines: read from files, whom they hit, what else there is."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.engine.carrier import Place
from odoo.addons.order_hub.tests.properties import given

from ..engine import suspension
from ..engine.suspension import Alternative, Line, compare, read_file, read_rows

SHANGHAI, UTC = ZoneInfo("Asia/Shanghai"), ZoneInfo("UTC")
NOW = datetime(2026, 3, 2, 8)
HEAD = "carrier,countries,states,zips,from,to,reason,reference\n"
LINE = "Rail,CN,GS;QH,73|74,2026-03-02 08:00,2026-03-05 18:00,Snow,R-1\n"
VALUES = st.recursive(
    st.none() | st.text(max_size=9) | st.integers(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(suspension.COLUMNS), inner)
    ),
)


def row(**values):
    return {
        "carrier": "Rail",
        "from": "2026-03-02T08:00:00Z",
        "reason": "Snow",
        **values,
    }


def codes(rows):
    return [(p.column, p.code) for p in read_rows(rows, UTC)[1]]


class TestSuspensionFiles(BaseCase):
    def test_a_file_is_read_in_the_time_of_who_wrote_it(self):
        [(line, found)], problems = read_file((HEAD + LINE).encode(), SHANGHAI)
        self.assertFalse(problems)
        self.assertEqual((line, found.carrier, found.reason), (1, "Rail", "Snow"))
        self.assertEqual(found.states, ("GS", "QH"))
        self.assertEqual(found.zips, ("73", "74"))
        self.assertEqual(found.starts, datetime(2026, 3, 2))
        self.assertEqual(found.ends, datetime(2026, 3, 5, 10))

    def test_spreadsheets_write_other_encodings_and_separators(self):
        text = (HEAD + LINE).replace("Rail", "铁路").replace("Snow", "大雪")
        for content in (
            text.encode("utf-8-sig"),
            text.encode("gb18030"),
            text.replace(";", "、").replace(",", ";").encode(),
            text.replace(",", "\t").replace("\n", "\r\n").encode(),
        ):
            rows, problems = read_file(content, SHANGHAI)
            self.assertFalse(problems)
            self.assertEqual(rows[0][1].carrier, "铁路")
            self.assertEqual(rows[0][1].states, ("GS", "QH"))

    def test_a_moment_with_a_zone_keeps_it(self):
        rows, _problems = read_rows([row(**{"from": "2026-03-02T08:00+08:00"})], UTC)
        self.assertEqual(rows[0][1].starts, datetime(2026, 3, 2))

    def test_what_is_wrong_is_said_by_line_and_column(self):
        self.assertEqual(codes([row(carrier=" ")]), [("carrier", "missing")])
        self.assertEqual(codes([row(to="tomorrow")]), [("to", "moment")])
        self.assertEqual(codes([row(to="2026-03-01")]), [("to", "order")])
        self.assertEqual(codes([row(to="2030-03-01")]), [("to", "order")])
        self.assertEqual(codes([row(price="4")]), [("price", "column")])
        self.assertEqual(codes([row(reason="x" * 501)]), [("reason", "long")])
        self.assertEqual(codes([row(reason=["x"])]), [("reason", "text")])
        self.assertEqual(codes([row(zips=";".join(map(str, range(201))))]),
                         [("zips", "long")])  # fmt: skip
        self.assertEqual(codes(["row"]), [("", "text")])
        self.assertEqual(codes("rows"), [("", "text")])
        self.assertEqual(codes([row()] * 2001), [("", "long")])
        [problem] = read_file(b"carrier,reason\nRail,Snow\n", UTC)[1]
        self.assertEqual((problem.column, problem.code), ("from", "column"))
        [problem] = read_file(b"\xff\xff\x80", UTC)[1]
        self.assertEqual(problem.code, "text")

    @given(st.binary(max_size=200))
    def test_no_file_breaks_the_reader(self, content):
        read_file(content, UTC)
        read_file(HEAD.encode() + content, UTC)

    @given(VALUES)
    def test_no_row_breaks_the_reader(self, value):
        found, problems = read_rows([value], UTC)
        self.assertTrue(bool(found) != bool(problems))


class TestSuspensionChoice(BaseCase):
    def test_a_line_hits_its_carrier_where_it_does_not_go(self):
        line = Line(5, frozenset({1}), frozenset({11}), ("73",))
        self.assertTrue(line.hits(5, Place(1, 11, "730000")))
        self.assertFalse(line.hits(6, Place(1, 11, "730000")))
        self.assertFalse(line.hits(5, Place(1, 11, "200000")))
        self.assertFalse(line.hits(5, Place(1, 12, "730000")))
        self.assertTrue(Line(5).hits(5, Place()))

    def test_goods_leave_in_time_for_the_promise_but_not_before_now(self):
        promised = NOW + timedelta(days=5)
        leave = suspension.must_leave
        self.assertEqual(leave(promised, 2, NOW), NOW + timedelta(days=3))
        self.assertEqual(leave(promised, 9, NOW), NOW)
        self.assertEqual(leave(promised, None, NOW), promised)
        self.assertEqual(leave(None, 2, NOW), NOW)

    def test_the_end_of_a_suspension_is_no_part_of_it(self):
        end = NOW + timedelta(hours=1)
        self.assertTrue(suspension.runs(NOW, end, NOW))
        self.assertFalse(suspension.runs(NOW, end, end))
        self.assertTrue(suspension.runs(NOW, None, end))

    def test_in_time_comes_before_cheap_and_known_before_unknown(self):
        rows = [
            Alternative(1, 50, 9),
            Alternative(2, 80, 2),
            Alternative(3, 70, 2),
            Alternative(4, None, 1),
            Alternative(5, 10, None),
            Alternative(6, 5, 1, ("cold_chain",)),
        ]
        found = compare(rows, 60, NOW, NOW + timedelta(days=3))
        self.assertEqual([row.carrier for row in found], [3, 2, 4, 5, 1, 6])
        self.assertEqual(found[0].difference, 10)
        self.assertEqual(found[0].arrives, NOW + timedelta(days=2))
        self.assertEqual(
            [row.in_time for row in found[:5]], [True, True, True, None, False]
        )

    @given(
        st.lists(
            st.builds(
                Alternative,
                st.integers(1, 50),
                st.none() | st.floats(0, 900),
                st.none() | st.floats(0, 30),
                st.sampled_from([(), ("zip",)]),
            ),
            max_size=8,
        ),
        st.none() | st.floats(0, 900),
        st.none() | st.integers(0, 20),
    )
    def test_all_are_compared_and_those_that_can_come_first(self, rows, cost, days):
        promised = NOW + timedelta(days=days) if days is not None else None
        found = compare(rows, cost, NOW, promised)
        self.assertCountEqual([r.carrier for r in found], [r.carrier for r in rows])
        able = [row.fits for row in found]
        self.assertEqual(able, sorted(able, reverse=True))
        for one in found:
            self.assertEqual(one.difference is None, one.cost is None or cost is None)
