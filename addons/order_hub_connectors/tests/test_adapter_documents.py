import json
import random
from datetime import datetime, timedelta, timezone
from decimal import Decimal

from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.engine.web.client import Client
from odoo.addons.order_hub.tests.properties import given
from odoo.addons.order_hub.tests.stand_in import Clock

from ..adapters import documents, paging, patience, signing
from ..adapters.base import ReadError, Throttled

LISTS = {"orders": "order"}
NOW = datetime(2026, 3, 15, 8, 0, tzinfo=timezone.utc)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
    ),
    max_leaves=8,
)


class TestDocuments(BaseCase):
    def fails(self, code, read, *args):
        with self.assertRaises(ReadError) as caught:
            read(*args)
        self.assertEqual(caught.exception.code, code)

    @given(json_values)
    def test_what_is_written_is_read_again(self, tree):
        self.assertEqual(documents.read_json(documents.to_raw(tree)), tree)

    @given(st.binary(max_size=200))
    def test_any_bytes_are_read_or_refused_with_a_code(self, raw):
        for read in (documents.read_json, documents.read_form):
            try:
                read(raw)
            except ReadError as error:
                self.assertTrue(error.code)
        try:
            documents.read_xml(raw, LISTS)
        except ReadError as error:
            self.assertTrue(error.code)

    def test_bad_payloads_say_what_is_wrong(self):
        self.fails("empty", documents.read_json, b"  ")
        self.fails("wrong_encoding", documents.read_json, "订单".encode("gbk"))
        self.fails("not_json", documents.read_json, b"{")
        self.fails("not_json", documents.read_json, b'{"price": NaN}')
        self.fails("too_deep", documents.read_json, b"[" * 500 + b"]" * 500)
        self.fails("too_deep", documents.read_json, b"[" * 50_000 + b"]" * 50_000)
        self.fails("not_an_object", documents.read_object, b"[1]")
        self.fails("not_xml", documents.read_xml, b"<a><b></a>", LISTS)

    def test_xml_entities_are_never_opened(self):
        bomb = b'<!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>'
        self.fails("has_doctype", documents.read_xml, bomb, LISTS)

    def test_deep_xml_is_refused(self):
        deep = b"<a>" * 100 + b"</a>" * 100
        self.fails("too_deep", documents.read_xml, deep, LISTS)

    def test_xml_reads_like_json_lists_too(self):
        raw = b"<trade><orders><order><oid> 1 </oid></order></orders></trade>"
        tree = {"trade": {"orders": {"order": [{"oid": "1"}]}}}
        self.assertEqual(documents.read_xml(raw, LISTS), tree)

    def test_what_comes_twice_in_xml_is_a_list(self):
        raw = b"<a><b>1</b><b>2</b><b>3</b><c/></a>"
        tree = {"a": {"b": ["1", "2", "3"], "c": ""}}
        self.assertEqual(documents.read_xml(raw, LISTS), tree)

    def test_moments_are_told_in_utc_and_sort_as_text(self):
        form = "%Y-%m-%d %H:%M:%S"
        moment = documents.iso_utc("2026-03-15 16:00:00", form, documents.CHINA)
        self.assertEqual(moment, "2026-03-15T08:00:00.000+00:00")
        self.assertEqual(documents.iso_utc("soon", form), "")
        self.assertEqual(documents.millis("1773561600000"), moment)
        self.assertEqual(documents.millis("-1"), "")

    def test_amounts_keep_their_cents(self):
        self.assertEqual(documents.as_decimal("0.10"), Decimal("0.10"))
        self.assertEqual(documents.plain(documents.as_decimal(6.3)), "6.3")
        for wrong in ("twelve", "NaN", "Infinity", "1e999999999999"):
            self.fails("not_a_number", documents.as_decimal, wrong)


class TestPaging(BaseCase):
    def read_all(self, rows, size, leaving, seed=0):
        """Return what is seen while rows leave the list between two reads."""
        rows, leaving = list(rows), list(leaving)
        random.Random(seed).shuffle(leaving)

        def read_page(number):
            page = rows[(number - 1) * size : number * size], len(rows)
            if leaving and leaving[0] in rows:
                rows.remove(leaving.pop(0))
            return page

        return [row for page in paging.backwards(read_page, size) for row in page]

    @given(
        st.integers(0, 60),
        st.integers(1, 10),
        st.lists(st.integers(0, 59), unique=True, max_size=20),
        st.integers(0, 1000),
    )
    def test_what_stays_in_the_list_is_always_seen(self, count, size, leaving, seed):
        seen = self.read_all(range(count), size, leaving, seed)
        self.assertLessEqual(set(range(count)) - set(leaving), set(seen))

    def test_reading_from_the_front_would_lose_a_row(self):
        rows, seen = list(range(6)), []
        for number in (1, 2, 3):
            seen += rows[(number - 1) * 2 : number * 2]
            if number == 1:
                rows.remove(0)
        self.assertNotIn(2, seen)
        self.assertIn(2, self.read_all(range(6), 2, [0]))

    def test_a_quiet_list_is_read_once(self):
        calls = []

        def read_page(number):
            calls.append(number)
            return ["one"], 1

        self.assertEqual(list(paging.backwards(read_page, 50)), [["one"]])
        self.assertEqual(calls, [1])

    @given(st.integers(1, 200), st.integers(1, 48))
    def test_windows_cover_all_without_a_gap(self, hours, longest):
        since, until = NOW - timedelta(hours=hours), NOW
        found = paging.windows("", since, until, timedelta(hours=longest))
        self.assertEqual((found[0][0], found[-1][1]), (since, until))
        for (_start, end), (start, _end) in zip(found, found[1:], strict=False):
            self.assertEqual(end, start)
        for start, end in found:
            self.assertLessEqual(end - start, timedelta(hours=longest))

    def test_an_interrupted_pull_goes_on_and_a_strange_cursor_begins_anew(self):
        day = timedelta(days=1)
        since = NOW - 3 * day
        going_on = paging.windows(paging.resume(NOW - day), since, NOW, day)
        self.assertEqual(going_on, [(NOW - day, NOW)])
        for cursor in ("", "page 7", paging.resume(NOW + day)):
            self.assertEqual(len(paging.windows(cursor, since, NOW, day)), 3)


class TestSigning(BaseCase):
    @given(st.dictionaries(st.text(), st.text()))
    def test_the_order_of_parameters_does_not_matter(self, params):
        turned = dict(reversed(params.items()))
        self.assertEqual(signing.joined(params), signing.joined(turned))

    def test_empty_parameters_are_not_signed(self):
        self.assertEqual(signing.joined({"b": "2", "a": "", "c": "3"}, "c"), "b2")

    def test_signatures_are_compared_whatever_their_case(self):
        self.assertTrue(signing.is_same("ab12", "AB12 "))
        self.assertFalse(signing.is_same("ab12", "ab13"))
        self.assertFalse(signing.is_same("ab12", "签名"))


class TestPatience(BaseCase):
    def setUp(self):
        super().setUp()
        self.clock = Clock()
        self.client = Client(sleep=self.clock.sleep)

    def patiently(self, *waits):
        answers = list(waits)

        def call():
            if answers:
                raise Throttled("slow down", answers.pop(0))
            return "done"

        return patience.patiently(self.client, call)

    def test_short_waits_are_waited_here(self):
        self.assertEqual(self.patiently(1, 2), "done")
        self.assertEqual(self.clock.slept, [1, 2])

    def test_long_waits_go_back_to_the_queue(self):
        with self.assertRaises(Throttled):
            self.patiently(300)
        self.assertEqual(self.clock.slept, [])

    def test_patience_ends(self):
        with self.assertRaises(Throttled):
            self.patiently(*[1] * 9)

    def test_the_tree_is_json(self):
        self.assertEqual(json.loads(documents.to_raw({"b": 1, "a": "订单"}))["b"], 1)
