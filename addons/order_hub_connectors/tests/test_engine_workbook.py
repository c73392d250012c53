from datetime import date, datetime

from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.tests.properties import given

from ..engine.workbook import Limits, Span, find_tables, read_book
from .workbooks import ods, ods_cell, xlsx

HEADS = ("订单号", "客户名称", "物料编码", "数量", "单价", "交货日期", "备注")


def book(rows, **more):
    return read_book(xlsx(rows, **more), "x.xlsx")


def tables(rows, **more):
    return find_tables(book(rows, **more).sheets[0])


def texts(text):
    return find_tables(read_book(text.encode(), "x.csv").sheets[0])


class TestEngineWorkbook(BaseCase):
    """Tables are found as people keep them."""

    # === SHEETS === #

    def test_cells_keep_what_they_are(self):
        rows = [[1, 2.5, "007", True, date(2026, 3, 15), datetime(2026, 3, 15, 8, 30)]]
        (grid,) = book(rows).sheets
        self.assertEqual(
            grid.rows,
            [[1, 2.5, "007", True, date(2026, 3, 15), datetime(2026, 3, 15, 8, 30)]],
        )

    def test_merged_cells_have_their_value_everywhere(self):
        (grid,) = book([["A", "", "B"], ["", "", "C"]], merges=["A1:B2"]).sheets
        self.assertEqual(grid.merged, (Span(1, 1, 2, 2),))
        spots = ((1, 1), (1, 2), (2, 1), (2, 2))
        self.assertEqual({grid.value(*spot) for spot in spots}, {"A"})
        self.assertIsNone(grid.at(2, 2))
        self.assertEqual(grid.value(2, 3), "C")

    def test_formats_that_change_a_number_are_kept(self):
        formats = {"A1": "0000000", "B1": "0%", "C1": "0.0"}
        (grid,) = book([[48273, 0.13, 1.5]], formats=formats).sheets
        self.assertEqual(grid.formats, {(1, 1): "0000000", (1, 2): "0%"})

    def test_hidden_sheets_say_so(self):
        raw = xlsx([["A"]], Secret=[["B"]])
        self.assertEqual([grid.hidden for grid in read_book(raw).sheets], ["", ""])
        self.assertEqual(read_book(raw, "n.xlsx").name, "n.xlsx")

    def test_open_document_is_read_with_merges_and_repeats(self):
        rows = (
            f"<table:table-row>{''.join(map(ods_cell, ('订单号', '型号', '数量')))}"
            "</table:table-row><table:table-row>"
            + ods_cell("SO1", 'table:number-rows-spanned="2"')
            + ods_cell("A")
            + ods_cell(3)
            + "</table:table-row><table:table-row><table:covered-table-cell/>"
            + ods_cell("B")
            + ods_cell(4)
            + '</table:table-row><table:table-row table:number-rows-repeated="1048570">'
            '<table:table-cell table:number-columns-repeated="16384"/>'
            "</table:table-row>"
        )
        found = read_book(ods(rows), "x.ods")
        self.assertEqual((found.kind, found.sheets[0].height), ("ods", 3))
        (table,) = find_tables(found.sheets[0])
        self.assertEqual(
            [row.values for row in table.rows], [("SO1", "A", 3), ("SO1", "B", 4)]
        )

    def test_text_files_say_their_encoding_and_separator(self):
        for encoding in ("utf-8", "gb18030", "utf-16"):
            found = read_book("订单号;型号\n1;转向节\n".encode(encoding))
            self.assertEqual(found.separator, ";")
            self.assertEqual(found.sheets[0].at(2, 2), "转向节")
        found = read_book(b"sep=|\na,b|c\n")
        self.assertEqual(found.sheets[0].rows, [[], ["a,b", "c"]])

    # === HEADERS === #

    def test_a_table_may_begin_anywhere(self):
        (table,) = tables([[], [], [None, None, *HEADS], [None, None, "SO1", "客户甲"]])
        self.assertEqual(table.header_rows, (3,))
        self.assertEqual([column.index for column in table.columns][0], 3)
        self.assertEqual(table.rows[0].number, 4)

    def test_names_over_several_lines_are_joined(self):
        rows = [
            ["仓库", "存货编码", "期初", None, "期末", None],
            [None, None, "数量", "金额", "数量", "金额"],
            ["甲", "A1", 1, 2, 3, 4],
        ]
        merges = ["A1:A2", "B1:B2", "C1:D1", "E1:F1"]
        for given_merges in (merges, merges[:2]):
            (table,) = tables(rows, merges=given_merges)
            self.assertEqual(table.header_rows, (1, 2))
            self.assertEqual(
                [column.name for column in table.columns],
                ["仓库", "存货编码"]
                + ["期初 / 数量", "期初 / 金额", "期末 / 数量", "期末 / 金额"],
            )
            self.assertEqual(table.rows[0].values, ("甲", "A1", 1, 2, 3, 4))

    def test_units_and_stars_are_told_from_names(self):
        (table,) = tables(
            [["*订单号", "数量(件)", "金额/万元", "重量（kg）", "数量Pcs", "单价[USD]"]]
            + [["1", 2, 3, 4, 5, 6]]
        )
        self.assertEqual(
            [(each.name, each.unit, each.factor) for each in table.columns],
            [
                ("订单号", "", 1),
                ("数量", "件", 1),
                ("金额", "万元", 10_000),
                ("重量", "kg", 1),
                ("数量 Pcs", "Pcs", 1),
                ("单价", "USD", 1),
            ],
        )
        self.assertTrue(table.columns[0].required)

    def test_a_table_with_unknown_names_is_found_and_one_without_doubted(self):
        (table,) = texts("字符串,日记,大小\nx,y,1\nz,w,2\n")
        self.assertEqual((table.header_rows, len(table.rows)), ((1,), 2))
        (table,) = texts("1,2\n3,4\n")
        self.assertEqual((table.header_rows, len(table.rows)), ((), 2))
        self.assertEqual([doubt.code for doubt in table.doubts], ["no_header"])

    # === ROWS === #

    def test_title_blank_rows_sums_notes_and_repeated_names_are_no_lines(self):
        rows = [
            ["销售台账"],
            [],
            HEADS,
            ["SO1", "客户甲", "A", 2, 10],
            [],
            ["小计", None, None, 2, 10],
            HEADS,
            ["SO2", "客户乙", "B", 3, 5],
            ["合计:", None, None, 5, 15],
            ["制表:张三"],
        ]
        (table,) = tables(rows)
        self.assertEqual(table.title, "销售台账")
        self.assertEqual([row.number for row in table.rows], [4, 8])
        self.assertEqual(
            [(total.row, total.scope, dict(total.wrong)) for total in table.totals],
            [(6, "subtotal", {}), (9, "total", {})],
        )
        self.assertEqual(table.fields[0].label, "制表")

    def test_a_sum_that_is_not_that_of_its_rows_is_doubted(self):
        rows = [HEADS, ["1", "甲", "A", 2], ["2", "乙", "B", 3], ["合计", "", "", 6]]
        (table,) = tables(rows)
        (doubt,) = table.doubts
        self.assertEqual((doubt.code, doubt.row, doubt.column), ("wrong_total", 4, 4))
        self.assertEqual(doubt.figures, {"sum": "5"})

    def test_cells_merged_over_rows_are_filled_and_remembered(self):
        rows = [HEADS, ["SO1", "甲", "A", 2], [None, None, "B", 3]]
        (table,) = tables(rows, merges=["A2:A3", "B2:B3"])
        self.assertEqual(table.rows[1].values[:4], ("SO1", "甲", "B", 3))
        self.assertEqual(table.filled, {(3, 1), (3, 2)})

    # === SEVERAL TABLES === #

    def test_stacked_forms_are_tables_of_their_own(self):
        def form(number, customer):
            return [
                ["发货通知单"],
                ["单号:", number, "客户:", customer],
                ["物料编码", "数量", "单价"],
                ["A", 2, 10],
                ["合计", 2, None],
                ["备注:加急"],
                [],
            ]

        first, second = tables(form("F1", "客户甲") + form("F2", "客户乙"))
        for table, number in ((first, "F1"), (second, "F2")):
            self.assertEqual(table.title, "发货通知单")
            self.assertEqual(len(table.rows), 1)
            labels = {field.label: field.value for field in table.fields}
            self.assertEqual(labels["单号"], number)
            self.assertEqual(labels["备注"], "加急")

    def test_two_tables_side_by_side_are_told_apart(self):
        rows = [
            ["订单号", "数量", None, "订单号", "数量"],
            ["1", 2, None, "3", 4],
            ["2", 5, None, None, None],
        ]
        left, right = tables(rows)
        self.assertEqual([row.values for row in left.rows], [("1", 2), ("2", 5)])
        self.assertEqual([row.values for row in right.rows], [("3", 4)])
        left, right = tables([["姓名", "数量", "姓名", "数量"], ["甲", 1, "乙", 2]])
        self.assertEqual(right.rows[0].values, ("乙", 2))

    def test_an_empty_column_within_one_table_parts_nothing(self):
        (table,) = tables([["订单号", None, "数量"], ["1", None, 2], ["2", None, 3]])
        self.assertEqual([row.values for row in table.rows], [("1", 2), ("2", 3)])

    def test_labels_with_values_only_are_a_form(self):
        (table,) = tables([["客户:", "甲公司"], ["日期:", date(2026, 3, 1)]])
        self.assertEqual((table.kind, table.rows), ("fields", []))
        self.assertEqual([field.label for field in table.fields], ["客户", "日期"])

    # === PROPERTIES === #

    @given(st.data())
    def test_a_table_written_anywhere_comes_back(self, data):
        """Offsets, titles, blank rows, merges, sums: the lines are what was written."""
        names = data.draw(
            st.lists(st.sampled_from(HEADS), min_size=3, max_size=7, unique=True)
        )
        lines = data.draw(
            st.lists(
                st.tuples(*[st.integers(1, 9999) for _name in names]),
                min_size=1,
                max_size=6,
            )
        )
        lines = [[f"V{line[0]}", *line[1:]] for line in lines]
        down, right = data.draw(st.integers(0, 4)), data.draw(st.integers(0, 3))
        rows = [[]] * down
        if data.draw(st.booleans()):
            rows = [*rows, ["订单登记表"], []]
        rows = [*rows, names]
        for line in lines:
            rows += [line] + [[]] * data.draw(st.integers(0, 2))
        if data.draw(st.booleans()):
            sums = [sum(line[at] for line in lines) for at in range(1, len(names))]
            rows += [["合计", *sums]]
        shifted = [[None] * right + list(row) if row else [] for row in rows]
        (table,) = tables(shifted)
        self.assertEqual([column.words[0] for column in table.columns], names)
        self.assertEqual([list(row.values) for row in table.rows], lines)
        self.assertFalse(table.doubts)

    @given(
        st.lists(
            st.lists(
                st.none()
                | st.text(max_size=6)
                | st.integers()
                | st.sampled_from((*HEADS, "合计", "客户:", "备注：x")),
                max_size=6,
            ),
            max_size=12,
        )
    )
    def test_no_sheet_breaks_the_search(self, rows):
        from ..engine.workbook.model import Grid

        cells = [[cell or None for cell in row] for row in rows]
        for table in find_tables(Grid("x", cells)):
            for row in table.rows:
                self.assertEqual(len(row.values), len(table.columns))
                self.assertLessEqual(row.number, len(rows))

    def test_a_long_list_takes_time_in_proportion(self):
        rows = [",".join(HEADS)] + [f"SO{at},甲,A,1,2,2026-3-1," for at in range(3000)]
        (table,) = texts("\n".join(rows))
        self.assertEqual(len(table.rows), 3000)
        self.assertLessEqual(Limits().rows, 200_000)
