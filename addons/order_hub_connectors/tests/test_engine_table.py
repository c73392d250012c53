import csv
import io
import json
import zipfile
from datetime import date, datetime

import openpyxl
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.tests.properties import given

from ..adapters.base import Access, ReadError
from ..adapters.table.adapter import TableAdapter
from ..engine.table import (
    BadTable,
    cell_text,
    check_archive,
    harmless,
    write_csv,
)
from ..engine.workbook.orders import read_sheet
from .workbooks import ods, ods_cell

cells = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=20)


class TestEngineTable(BaseCase):
    """Files with orders: bounded, and one message an order."""

    def setUp(self):
        super().setUp()
        self.adapter = self.make()

    def make(self, **values):
        return TableAdapter(Access("", values, None, None))

    def split(self, raw, name="orders.csv", adapter=None):
        raw = raw.encode() if isinstance(raw, str) else raw
        return (adapter or self.adapter).split(raw, name)

    def code(self, raw, name="orders.csv", adapter=None):
        with self.assertRaises(ReadError) as caught:
            self.split(raw, name, adapter)
        self.assertTrue(str(caught.exception))
        return caught.exception.code

    def rows(self, message):
        return self.adapter.read(message.raw, "", "order")["rows"]

    def workbook(self, rows, merges=()):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        for span in merges:
            book.active.merge_cells(span)
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    # === ORDERS === #

    def test_rows_with_the_same_number_are_one_order(self):
        messages = self.split("单号,型号,数量\n1,A,1\n2,B,1\n1,C,2\n")
        self.assertEqual([message.external_ref for message in messages], ["1", "2"])
        self.assertEqual([row["型号"] for row in self.rows(messages[0])], ["A", "C"])
        self.assertEqual([row["_row"] for row in self.rows(messages[0])], [2, 4])

    def test_a_row_without_a_number_belongs_to_the_one_above(self):
        messages = self.split("订单号,型号,数量\n1,A,1\n,B,2\n2,C,3\n")
        self.assertEqual([len(self.rows(message)) for message in messages], [2, 1])

    def test_titles_totals_notes_and_repeated_headers_are_left_out(self):
        raw = (
            "订单登记表,,\n打印:2026-03-15,,\n订单号,型号,数量\n1,A,1\n小计:,,1\n"
            "订单号,型号,数量\n2,B,2\n合计,,3\n以上请尽快发货,,\nGrand total,,3\n"
        )
        messages = self.split(raw)
        self.assertEqual([message.external_ref for message in messages], ["1", "2"])
        _name, grouped = self.adapter.recognise(raw.encode())
        self.assertEqual((grouped.header_row, grouped.skipped), (3, [5, 6, 8, 9, 10]))

    def test_without_a_number_the_file_is_one_order_and_the_same_file_the_same(self):
        first = self.split("型号,数量\nA,1\nB,2\n", "C:\\list 1.csv")
        again = self.split("型号,数量\nA,1\nB,2\n", "list 1.csv")
        other = self.split("型号,数量\nA,1\nB,3\n", "list 1.csv")
        self.assertEqual(len(first), 1)
        self.assertEqual(first[0].external_ref, again[0].external_ref)
        self.assertNotEqual(first[0].external_ref, other[0].external_ref)
        self.assertTrue(first[0].external_ref.startswith("list 1-"))

    def test_the_channel_may_say_where_things_are(self):
        adapter = self.make(key_column="Auftrag | Beleg", header_row="2", separator=";")
        raw = "x;y;z\nBeleg;Artikel;Menge\n9;A;1\n"
        (message,) = self.split(raw, adapter=adapter)
        self.assertEqual(message.external_ref, "9")
        for setting in (
            {"separator": "#"},
            {"encoding": "klingon"},
            {"header_row": "x"},
        ):
            self.assertEqual(
                self.code("a,b\n1,2", adapter=self.make(**setting)), "setting"
            )
        self.assertEqual(
            self.code("a,b\n1,2", adapter=self.make(header_row="9")), "no_header"
        )

    def test_columns_without_or_with_the_same_name_are_told_apart(self):
        (message,) = self.split("订单号,型号,,数量,数量\n1,A,x,2,3\n")
        (row,) = self.rows(message)
        self.assertEqual((row["c"], row["数量"], row["数量2"]), ("x", "2", "3"))

    def test_ten_thousand_lines_of_an_order_are_refused(self):
        raw = "订单号,型号,数量\n" + "1,A,1\n" * 10_000
        self.assertEqual(self.code(raw), "too_many_lines")

    def test_json_is_split_whatever_its_envelope(self):
        orders = [{"external_ref": "1", "lines": []}, {"订单号": 2}]
        for tree in (orders, {"orders": orders}, {"code": 0, "data": orders}):
            messages = self.split(json.dumps(tree), "orders.json")
            self.assertEqual([message.external_ref for message in messages], ["1", "2"])
        (message,) = self.split('{"order_no": "X"}')
        self.assertTrue(message.external_ref)
        for wrong in ("[1, 2]", "[]", "{", '"x"', "NaN"):
            self.code(wrong, "orders.json")

    # === ENCODINGS AND SEPARATORS === #

    def test_encodings_are_told_apart_or_refused(self):
        text = "订单号,型号,数量\n1,转向节,2\n"
        for encoding in ("utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le"):
            (message,) = self.split(text.encode(encoding))
            self.assertEqual(self.rows(message)[0]["型号"], "转向节", encoding)
        self.assertEqual(
            self.code("Nº,größe,naïve\n1,é,ü\n".encode("latin-1")), "wrong_encoding"
        )
        self.assertEqual(self.code(b"\x80\x81\xfe\xff" * 20), "wrong_encoding")
        self.assertEqual(self.code(b"a,b\n\x001,2\n" + b"x" * 300), "not_text")

    def test_an_encoding_may_be_set(self):
        adapter = self.make(encoding="windows-1252")
        raw = "Order No,Größe,Qty\n1,é,2\n".encode("windows-1252")
        (message,) = self.split(raw, adapter=adapter)
        self.assertEqual(self.rows(message)[0]["grösse"], "é")

    def test_separators_are_told_apart(self):
        for mark in ",;\t|":
            raw = (
                mark.join(["Order No", "SKU", "Qty"])
                + "\n"
                + mark.join(["1", "A,b" if mark != "," else "A", "2"])
            )
            self.assertEqual(self.rows(self.split(raw)[0])[0]["qty"], "2", mark)

    def test_a_quoted_cell_may_hold_lines_and_marks(self):
        (message,) = self.split('Order No,SKU,Note,Qty\n1,A,"two\nlines, ""x""",2\n')
        self.assertEqual(self.rows(message)[0]["note"], 'two\nlines, "x"')

    @given(st.lists(st.lists(cells, min_size=2, max_size=4), min_size=1, max_size=5))
    def test_a_table_written_is_read_again(self, rows):
        raw = write_csv([["h1", "h2", "h3", "h4"], *rows])
        for _number, texts in read_sheet(raw, separator=",").rows:
            for text in texts:
                self.assertNotIn(text[:1], ("=", "+", "-", "@"))
        read = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
        self.assertEqual(len(read[0]), 4)

    @given(st.binary(max_size=300))
    def test_no_bytes_make_the_adapter_break(self, raw):
        for head in (b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"{", b"\xff\xfe"):
            try:
                self.adapter.split(head + raw, "x")
            except ReadError as error:
                self.assertTrue(error.code)

    # === WORKBOOKS === #

    def test_cells_are_what_a_person_reads(self):
        raw = self.workbook(
            [
                ["订单号", "型号", "数量", "交期", "备注"],
                [4062039798983108, "A", 2.0, date(2026, 4, 1), True],
                [None, "B", 0.1 + 0.2, datetime(2026, 4, 1, 8, 30), "a_x000D_b"],
            ]
        )
        (message,) = self.split(raw, "x.xlsx")
        self.assertEqual(message.external_ref, "4062039798983108")
        first, second = self.rows(message)
        self.assertEqual(
            (first["数量"], first["交期"], first["备注"]), ("2", "2026-04-01", "true")
        )
        self.assertEqual(
            (second["数量"], second["交期"]), ("0.3", "2026-04-01 08:30:00")
        )
        self.assertEqual(second["备注"], "a\rb")

    def test_forms_under_each_other_are_orders_of_their_own(self):
        rows = []
        for number in ("F1", "F2"):
            rows += [["发货通知单"], ["单号:", number], ["型号", "数量", "单价"]]
            rows += [["A", 2, 10], ["B", 3, 10], ["合计", 5], []]
        messages = self.split(self.workbook(rows), "x.xlsx")
        self.assertEqual([each.external_ref for each in messages], ["F1", "F2"])
        lines = self.rows(messages[1])
        self.assertEqual([line["型号"] for line in lines], ["A", "B"])
        self.assertEqual({line["单号"] for line in lines}, {"F2"})

    def test_names_over_several_lines_become_one(self):
        rows = [["订单号", "本月", None], [None, "数量", "金额"], ["1", 2, 3]]
        (message,) = self.split(self.workbook(rows, ("A1:A2", "B1:C1")), "x.xlsx")
        (line,) = self.rows(message)
        self.assertEqual(line["本月/数量"], "2")

    def test_an_open_document_is_a_file_of_orders(self):
        cells = "".join(map(ods_cell, ("订单号", "型号", "数量")))
        line = "".join(map(ods_cell, ("7", "A", 2)))
        row = "<table:table-row>{}</table:table-row>"
        raw = ods(row.format(cells) + row.format(line))
        (message,) = self.split(raw, "x.ods")
        self.assertEqual(message.external_ref, "7")

    def test_a_text_like_a_formula_stays_a_text_and_is_made_harmless(self):
        (message,) = self.split("Order No,SKU,Note\n1,A,=cmd|' /C calc'!A1\n")
        note = self.rows(message)[0]["note"]
        self.assertEqual(note, "=cmd|' /C calc'!A1")
        for text in (note, "+1", "-1", "@x", " =1"):
            self.assertTrue(harmless(text).startswith("'"))
        self.assertEqual(harmless("A-1"), "A-1")

    def test_a_bomb_is_refused_before_it_is_unpacked(self):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/worksheets/sheet1.xml", b"0" * 80_000_000)
        self.assertLess(len(out.getvalue()), 200_000)
        self.assertEqual(self.code(out.getvalue(), "x.xlsx"), "zip_bomb")
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for number in range(1100):
                archive.writestr(f"{number}.xml", b"")
        self.assertEqual(self.code(out.getvalue(), "x.xlsx"), "zip_bomb")

    def test_entities_passwords_and_damage_are_refused(self):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("a.xml", b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')
        with self.assertRaises(BadTable):
            check_archive(out.getvalue())
        good = self.workbook([["订单号", "型号"], [1, "A"]])
        self.assertEqual(self.code(good[:-200], "x.xlsx"), "not_table")
        self.assertEqual(
            self.code(b"\xd0\xcf\x11\xe0" + b"x" * 600, "x.xls"), "not_table"
        )

    def test_an_empty_file_or_sheet_and_too_large_a_file_are_refused(self):
        self.assertEqual(self.code(b" \n"), "empty")
        self.assertEqual(self.code(self.workbook([]), "x.xlsx"), "empty")
        self.assertEqual(self.code("订单号,型号\n"), "no_rows")
        self.assertEqual(self.code(b"1,2\n3,4\n"), "no_header")
        self.assertEqual(self.code(b"x" * (self.adapter.max_body + 1)), "too_large")
        self.assertEqual(
            self.code(self.workbook([["a"]]), "x.xlsx", self.make(sheet="None such")),
            "no_sheet",
        )

    @given(st.none() | st.text() | st.integers() | st.floats() | st.booleans())
    def test_every_cell_becomes_a_text(self, value):
        self.assertIsInstance(cell_text(value), str)
