import io
import zipfile

from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.tests.properties import given

from ..engine.table import BadTable
from ..engine.workbook import Grid, Limits, find_tables, read_book
from .workbooks import SHEET, changed, ods, ods_cell, packed, parts, with_cells, xlsx


class TestEngineWorkbookHostile(BaseCase):
    """Files that mean harm are refused before they do any."""

    def refused(self, raw, code, limits=None):
        with self.assertRaises(BadTable) as caught:
            for grid in read_book(raw, "x", limits).sheets:
                find_tables(grid)
        self.assertEqual(caught.exception.code, code)
        self.assertTrue(str(caught.exception).endswith("."))

    def test_a_bomb_is_refused_before_it_is_unpacked(self):
        raw = packed({**parts(xlsx([["x"]])), SHEET: b"<!-- -->" + b" " * 80_000_000})
        self.assertLess(len(raw), 300_000)
        self.refused(raw, "zip_bomb")

    def test_a_part_larger_than_its_archive_says_is_refused(self):
        part = parts(xlsx([["x"]]))[SHEET].replace(b"x", b"y" * 5_000_000)
        raw = bytearray(packed({**parts(xlsx([["x"]])), SHEET: part}))
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            size = archive.getinfo(SHEET).file_size
        says, lies = size.to_bytes(4, "little"), (1000).to_bytes(4, "little")
        self.assertGreater(raw.count(says), 0)
        self.refused(bytes(raw).replace(says, lies), "not_table")

    def test_one_cell_in_the_last_corner_reserves_no_memory(self):
        for cell in (
            '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
            '<row r="1048576"><c s="1" r="XFD1048576"><v>1</v></c></row>',
            "<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>",
            '<row r = "1048576"><c r = "xfd1048576"><v>1</v></c></row>',
            '<row r="999999999"><c><v>1</v></c></row>',
        ):
            raw = with_cells(
                f'<sheetData><row r="1"><c r="A1"><v>1</v></c></row>{cell}</sheetData>'
            )
            self.refused(raw, "too_many_rows")

    def test_cells_without_a_place_are_counted(self):
        wide = "<row>" + "<c><v>1</v></c>" * 600 + "</row>"
        self.refused(with_cells(f"<sheetData>{wide}</sheetData>"), "too_many_rows")

    def test_merges_over_everything_are_cut_or_refused(self):
        raw = changed(
            xlsx([["x"]]),
            SHEET,
            "</sheetData>",
            '</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>',
        )
        self.assertEqual(len(read_book(raw).sheets[0].cover()), 1)
        many = "".join(f'<mergeCell ref="A{n}:B{n * 7}"/>' for n in range(1, 60_000))
        raw = changed(
            xlsx([["x"]]),
            SHEET,
            "</sheetData>",
            f"</sheetData><mergeCells>{many}</mergeCells>",
        )
        self.refused(raw, "too_many_rows")

    def test_a_long_text_shown_a_thousand_times_is_refused(self):
        strings = (
            b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
            b"<si><t>" + bytes(range(65, 91)) * 30_000 + b"</t></si></sst>"
        )
        rows = "".join(
            f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>'
            for row in range(1, 1001)
        )
        raw = with_cells(f"<sheetData>{rows}</sheetData>")
        raw = packed({**parts(raw), "xl/sharedStrings.xml": strings})
        self.refused(raw, "zip_bomb")

    def test_entities_are_refused_wherever_they_are_defined(self):
        bomb = '<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;&a;">]>'
        head = f"<!--{' ' * 9000}-->{bomb}"
        for name in (SHEET, "xl/workbook.xml", "xl/styles.xml"):
            found = parts(xlsx([["x"]]))
            raw = packed({**found, name: head.encode() + found[name]})
            self.refused(raw, "not_table")
        self.refused(ods("<table:table-row/>", bomb + ods.__defaults__[0]), "not_table")

    def test_markup_in_another_encoding_is_refused(self):
        found = parts(xlsx([["x"]]))
        for encoding in ("utf-16", "utf-16-be"):
            part = found[SHEET].decode().encode(encoding)
            self.refused(packed({**found, SHEET: part}), "not_table")
        part = b'<?xml version="1.0" encoding="UTF-7"?>' + found[SHEET]
        self.refused(packed({**found, SHEET: part}), "not_table")

    def test_macros_links_and_embedded_files_are_left_alone(self):
        more = {
            "xl/vbaProject.bin": b"\x00evil",
            "xl/externalLinks/externalLink1.xml": b"<externalLink/>",
            "xl/embeddings/oleObject1.bin": b"\x00evil",
            "xl/connections.xml": b"<connections/>",
        }
        found = read_book(packed({**parts(xlsx([["订单号", "数量"]])), **more}))
        self.assertEqual(
            set(found.ignored),
            {"macros", "external_links", "embedded_files", "queries"},
        )
        self.assertEqual(found.sheets[0].rows, [["订单号", "数量"]])

    def test_formulas_are_never_reckoned(self):
        raw = xlsx([["数量", "金额"], [2, "=A2*10"], [3, '=WEBSERVICE("http://x")']])
        (grid,) = read_book(raw).sheets
        self.assertEqual(grid.rows[1:], [[2], [3]])
        self.assertEqual(grid.formulas, {(2, 2), (3, 2)})
        self.assertEqual({doubt.code for doubt in grid.doubts}, {"no_cached_value"})
        stored = changed(raw, SHEET, r"(A2\*10</f>)<v */?>(</v>)?", r"\1<v>20</v>")
        (grid,) = read_book(stored).sheets
        self.assertEqual(grid.at(2, 2), 20)
        self.assertEqual([doubt.row for doubt in grid.doubts], [3])

    def test_errors_are_no_values(self):
        (grid,) = read_book(xlsx([["数量"], ["#DIV/0!"]])).sheets
        self.assertEqual(grid.at(2, 1), None)
        self.assertEqual([doubt.code for doubt in grid.doubts], ["error_value"])

    def test_repeats_of_an_open_document_are_bounded(self):
        row = ods_cell("x", 'table:number-columns-repeated="16384"')
        self.refused(ods(f"<table:table-row>{row}</table:table-row>"), "too_many_rows")
        head = '<table:table-row table:number-rows-repeated="1048576">'
        self.refused(ods(f"{head}{ods_cell('x')}</table:table-row>"), "too_many_rows")
        deep = "<text:span>" * 500
        self.refused(ods(f"<table:table-row>{deep}"), "not_table")

    def test_passwords_web_pages_and_other_files_are_refused_with_advice(self):
        ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
        self.refused(ole + "EncryptedPackage".encode("utf-16-le"), "encrypted")
        self.refused(ole, "not_table")
        self.refused(b"<html><table><tr><td>1</td></tr></table></html>", "not_table")
        self.refused(packed({"word/document.xml": b"<x/>"}), "not_table")
        self.refused(b" \n ", "empty")

    def test_size_sheets_rows_and_time_are_bounded(self):
        raw = xlsx([["x"]] * 30, B=[["y"]], C=[["z"]])
        self.refused(raw, "too_large", Limits(size=100))
        self.refused(raw, "too_many_sheets", Limits(sheets=2))
        self.refused(raw, "too_many_rows", Limits(rows=20))
        self.refused(raw, "too_many_rows", Limits(cells=31))
        self.refused(raw, "too_slow", Limits(seconds=-1.0))
        self.refused(b"a,b\n" * 30, "too_many_rows", Limits(rows=20))
        long = read_book(xlsx([["x" * 200]]), "x", Limits(text=50)).sheets[0]
        self.assertEqual((len(long.at(1, 1)), long.doubts[0].code), (50, "text_cut"))

    def test_sheets_made_to_take_long_do_not(self):
        names, line = ["订单号", "数量", "金额", "备注"], ["1", 2, 3, "x"]
        for pattern in (
            [line, [None, 7]],
            [line, ["小计", 2, 3]],
            [names],
            [names, line],
        ):
            cells = [names, *pattern * (20_000 // len(pattern))]
            self.assertTrue(find_tables(Grid("x", cells)))

    def test_more_tables_than_anybody_makes_are_refused(self):
        one, other = ["订单号", "数量"], ["客户", "单价"]
        with self.assertRaises(BadTable) as caught:
            find_tables(Grid("x", [one, ["1", 2], other, ["2", 3]] * 2000))
        self.assertEqual(caught.exception.code, "too_many_tables")

    @given(st.binary(max_size=400))
    def test_no_bytes_break_the_reader(self, raw):
        good = xlsx([["订单号", "数量"], ["1", 2]])
        for data in (
            raw,
            b"PK\x03\x04" + raw,
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + raw,
            good[: len(raw)] + raw,
            good[:-300] + raw,
        ):
            try:
                for grid in read_book(data).sheets:
                    find_tables(grid)
            except BadTable as error:
                self.assertTrue(error.code)
