"""New orders by the engine alone: what columns get, and many at the same time."""

import doctest
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.order_hub.tests.properties import given

from ..engine.erp import filling, link, presets
from ..engine.erp.errors import BadMapping, NotWritten
from ..engine.erp.filling import NEXT, filled, value_for, words_there
from ..engine.erp.inserting import NewOrder, check_new, insert_order
from ..engine.erp.plan import Column
from ..engine.erp.schema import read_schema
from .engine_erp_case import NOTE, EngineErpCase

NAMES = st.from_regex(r"[a-z][a-z_.]{0,20}", fullmatch=True)


def new_order(number, **line):
    return NewOrder(
        {"external_ref": number, "customer.external_ref": "C001", "currency": "CNY",
         "date": "2026-03-16T10:00:00"},
        ({"external_ref": "1", "sku": "ZXJ-0123", "quantity": "2", "unit": "件",
          "unit_price": "1.5", "amount": "3", **line},),
        {"FNote": f"HUB-{number}"},
    )  # fmt: skip


@tagged("post_install", "-at_install")
class TestEngineErpFilling(BaseCase):
    def test_examples_of_the_docstrings_hold(self):
        self.assertFalse(doctest.testmod(filling).failed)

    def test_a_column_gets_what_it_fills_when_it_is_read(self):
        self.assertEqual(value_for(Column("Q", "quantity"), {"quantity": "5"}), "5")

    def test_what_the_mapping_says_of_new_rows_goes_first(self):
        column = Column("Q", "quantity", new="{quantity} PCS")
        self.assertEqual(value_for(column, {"quantity": "5"}), "5 PCS")

    def test_a_test_for_one_value_is_a_value_for_new_rows(self):
        self.assertEqual(value_for(Column("T", test="=", values=("81",)), {}), "81")
        self.assertIsNone(value_for(Column("T", test="in", values=("1", "2")), {}))

    def test_words_are_read_backwards(self):
        column = Column(
            "C", "currency", words={"RMB": "CNY", "人民币": "CNY", "*": "X"}
        )
        self.assertEqual(words_there(column, "CNY"), ["RMB", "人民币"])
        self.assertEqual(words_there(column, "USD"), ["USD"])
        self.assertEqual(words_there(column, "X"), ["X"], "* is any, not a word")

    def test_the_next_number_is_nobodys_value(self):
        self.assertEqual(value_for(Column("ID", new=NEXT), {"next": "7"}), NEXT)

    @given(st.text(max_size=60))
    def test_texts_without_places_stay_as_they_are(self, text):
        plain = text.replace("{", "(")
        self.assertEqual(filled(plain, {"quantity": "5"}), plain)

    @given(NAMES, st.text(min_size=1, max_size=40))
    def test_a_value_is_put_in_and_never_read_as_a_place_itself(self, name, value):
        self.assertEqual(filled(f"<{{{name}}}>", {name: value}), f"<{value}>")
        self.assertIsNone(filled(f"<{{{name}}}>", {}))


@tagged("post_install", "-at_install")
class TestEngineErpNew(EngineErpCase):
    def _insert(self, order, plan=None):
        """Put an order in by a link of its own."""
        opened = self._link(True)
        with link.snapshot(opened) as connection:
            schema = read_schema(connection, plan or NOTE)
        return insert_order(opened, schema, order)

    def _numbers(self):
        rows = self.server.run(
            "k3e", "SELECT FInterID, FBillNo FROM SEOrder ORDER BY 1"
        )
        return list(rows)

    def _refused(self, order, plan=None):
        with self.assertRaises(NotWritten) as caught:
            self._insert(order, plan)
        self.assertEqual(self._numbers(), [])
        return caught.exception.code

    def test_many_at_the_same_time_have_a_number_each(self):
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda at: self._insert(new_order(f"N{at}")), range(12)))
        numbers = self._numbers()
        self.assertEqual([row[0] for row in numbers], list(range(1001, 1013)))
        self.assertEqual({row[1] for row in numbers}, {f"N{at}" for at in range(12)})

    def test_the_same_again_is_known(self):
        first = self._insert(new_order("N1"))
        again = self._insert(new_order("N1"))
        self.assertFalse(first.is_known)
        self.assertTrue(again.is_known)
        self.assertEqual(first.key, again.key)

    def test_a_customer_that_two_rows_name_is_refused(self):
        self.server.run(
            "k3e", "INSERT INTO t_Organization (FItemID, FNumber) VALUES (2, 'C001')"
        )
        self.assertEqual(self._refused(new_order("N1")), "several_rows")

    def test_an_order_without_lines_is_refused(self):
        self.assertEqual(self._refused(replace(new_order("N1"), lines=())), "no_lines")

    def test_without_a_row_for_its_number_nothing_is_put_in(self):
        self.server.run("k3e", "DELETE FROM ICMaxNum")
        self.assertEqual(self._refused(new_order("N1")), "no_counter")

    def test_numbers_are_rounded_to_the_places_of_their_column(self):
        self._insert(new_order("N1", amount="3.004999", unit_price="1.502499500001"))
        [[price, amount]] = self.server.run(
            "k3e", "SELECT FAuxPrice, FAmount FROM SEOrderEntry"
        )
        self.assertEqual((str(price), str(amount)), ("1.5024995000", "3.00"))

    def test_values_are_bound_and_never_part_of_a_statement(self):
        name = "'); DROP TABLE SEOrder;--"
        self._insert(new_order(name))
        self.assertEqual(self._numbers(), [(1001, name)])

    def test_a_mapping_without_the_hubs_reference_is_not_enough(self):
        with self.assertRaises(BadMapping) as caught:
            check_new(presets.plan_of("k3"))
        self.assertEqual(caught.exception.code, "no_mark")

    def test_a_table_of_numbers_says_which_row_and_which_column(self):
        plan = NOTE
        [counter] = plan.of("counter")
        for columns in (counter.columns[:1], counter.columns[1:]):
            broken = replace(counter, columns=columns)
            tables = tuple(broken if t is counter else t for t in plan.tables)
            with self.subTest(columns=columns), self.assertRaises(BadMapping):
                check_new(replace(plan, tables=tables))
