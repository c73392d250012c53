"""Workbooks whose cells are what they are, texts with facts and nothing else."""

import io
from datetime import date, datetime

import openpyxl
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.tests.properties import given

from ..engine import talk_track
from ..engine.sheets import DAY, MAX_TEXT, QUANTITY, Column, Sheet, workbook

COLUMNS = [Column("Part"), Column("Missing", QUANTITY), Column("Expected", DAY)]
NASTY = [
    "=1+1",
    '=HYPERLINK("http://x","y")',
    "@SUM(A1)",
    "+1",
    "-2+3",
    "{=1}",
    "http://x.example",
    "\t=1",
]
#: What a cell of a workbook can hold at all.
TEXTS = st.text(
    st.characters(min_codepoint=32, exclude_categories=("Cs", "Cn")), max_size=40
)
KNOWN = {"customer", "order", "parts"}


def read(content, name=None):
    book = openpyxl.load_workbook(io.BytesIO(content))
    return book[name] if name else book.worksheets[0]


def sheet(rows, name="Parts", heading=()):
    return Sheet(name, COLUMNS, rows, heading)


class TestSheets(BaseCase):
    def test_a_row_is_read_as_it_was_written(self):
        row = ["M8", 2.5, date(2026, 3, 1)]
        page = read(workbook([sheet([row], heading=["Order S1", "As of now"])]))
        self.assertEqual(page["A1"].value, "Order S1")
        self.assertEqual(
            [cell.value for cell in page[4]], ["Part", "Missing", "Expected"]
        )
        self.assertEqual(page["A5"].value, "M8")
        self.assertEqual(page["B5"].value, 2.5)
        self.assertEqual(page["C5"].value, datetime(2026, 3, 1))

    def test_what_looks_like_a_formula_stays_a_text(self):
        page = read(
            workbook([sheet([[text, text, text] for text in NASTY], heading=NASTY)])
        )
        cells = [cell for row in page.iter_rows() for cell in row if cell.value]
        self.assertEqual({cell.data_type for cell in cells}, {"s"})
        self.assertFalse([cell for cell in cells if cell.hyperlink])
        self.assertEqual([page.cell(number, 1).value for number in range(1, 9)], NASTY)

    @given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), max_size=5), TEXTS)
    def test_no_text_whatever_becomes_a_formula_or_a_link(self, rows, title):
        page = read(workbook([sheet(rows, title or "x", [title])], title=title))
        for row in page.iter_rows():
            for cell in row:
                self.assertIn(cell.data_type, ("s", "n"))
                self.assertIsNone(cell.hyperlink)

    def test_a_text_longer_than_a_cell_is_cut_and_not_lost(self):
        page = read(workbook([sheet([["x" * 40_000, None, None]])]))
        self.assertEqual(len(page["A2"].value), MAX_TEXT)

    def test_names_of_sheets_are_made_possible_and_different(self):
        names = ["a/b:c", "A b c", "", "'" * 40, "x" * 60]
        book = workbook([sheet([], name) for name in names])
        found = openpyxl.load_workbook(io.BytesIO(book)).sheetnames
        self.assertEqual(found, ["a b c", "A b c 2", "Sheet", "Sheet 2", "x" * 31])

    def test_a_workbook_without_a_sheet_is_refused(self):
        with self.assertRaises(ValueError):
            workbook([])


class TestTalkTrackEngine(BaseCase):
    def test_facts_stand_where_they_are_named(self):
        text = talk_track.render(
            "Dear {{ customer }}, {{order}} waits for {{ parts ||| nothing }}.",
            {"customer": "Taihu", "order": "S7", "parts": ""},
        )
        self.assertEqual(text, "Dear Taihu, S7 waits for nothing.")

    def test_a_fact_is_never_read_as_a_template(self):
        facts = {"customer": "{{ order }}", "order": "secret"}
        self.assertEqual(talk_track.render("{{ customer }}", facts), "{{ order }}")

    def test_what_is_no_fact_is_found(self):
        cases = {
            "{{ object.env }}": ("form", "object.env"),
            "{{ customer() }}": ("form", "customer()"),
            "{{ user.sudo().unlink() }}": ("form", "user.sudo().unlink()"),
            "{{ __class__ }}": ("form", "__class__"),
            "{{ price }}": ("unknown", "price"),
            "{{ customer": ("open", "{{"),
            "customer }}": ("open", "}}"),
            "x" * 5001: ("long", "5000"),
        }
        for body, (code, detail) in cases.items():
            [found] = talk_track.mistakes(body, KNOWN)
            self.assertEqual((found.code, found.detail), (code, detail))

    @given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
    def test_whatever_stands_around_a_fact_stays(self, before, value, after):
        if "{{" in before + "{" or "}}" in "}" + after or "{{" in after:
            return
        if before.endswith("{") or after.startswith("}"):
            return
        body = before + "{{ customer }}" + after
        found = talk_track.render(body, {"customer": value})
        self.assertEqual(found, before + value + after)

    @given(st.text(alphabet="{}| abco.()_", max_size=60))
    def test_a_text_without_mistakes_names_only_facts_and_leaves_no_braces(self, body):
        if talk_track.mistakes(body, KNOWN):
            return
        self.assertLessEqual(talk_track.names(body), KNOWN)
        self.assertNotIn("{{", talk_track.render(body, dict.fromkeys(KNOWN, "x")))
