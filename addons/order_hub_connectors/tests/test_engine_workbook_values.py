from datetime import date, datetime
from decimal import Decimal

from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.tests.properties import given

from ..engine.workbook import (
    TARGETS,
    decided,
    doubt_words,
    find_tables,
    group,
    map_rows,
    propose,
    read_book,
    remember,
    tree,
    type_column,
)
from ..engine.workbook.doubts import DOUBTS
from ..engine.workbook.model import Doubt
from ..engine.workbook.values import READERS, Setting
from .workbooks import xlsx

ROWS = [
    ["订单号", "下单日期", "客户名称", "物料编码", "数量(件)", "单价", "金额"],
    ["SO1", "2026-3-1", "客户甲", "A-1", 2, 10, 20],
    [None, None, None, "A-2", 3, 10, 30],
    ["SO2", "2026-3-2", "客户乙", "A-1", 1, 10, 11],
]


def table(rows, **more):
    (found,) = find_tables(read_book(xlsx(rows, **more)).sheets[0])
    return found


def column(name, values, kind="", epoch=1900, **more):
    found = table([[name, "备注"], *([value, "x"] for value in values)], **more)
    return type_column(found, 1, epoch, kind)


class TestEngineWorkbookValues(BaseCase):
    """Columns are read as what they hold; what can be read in two ways is doubted."""

    def codes(self, typed):
        return [doubt.code for doubt in typed.doubts.values()]

    # === DATES === #

    def test_dates_are_read_however_they_were_written(self):
        written = (
            date(2026, 3, 15),
            "2026-3-15",
            "2026/03/15",
            "2026.3.15",
            "2026年3月15日",
            "2026年3月15日 星期日",
            "二〇二六年三月十五日",
            "15-Mar-2026",
            "March 15, 2026",
            20260315,
            "20260315",
            46096,
        )
        typed = column("交货日期", written)
        self.assertEqual(typed.kind, "date")
        self.assertEqual(set(typed.values), {date(2026, 3, 15)})
        self.assertFalse(typed.doubts)

    def test_days_of_the_1904_system_are_four_years_later(self):
        typed = column("日期", [46096 - 1462], "date", 1904)
        self.assertEqual(typed.values, [date(2026, 3, 15)])

    def test_times_make_a_column_of_moments(self):
        typed = column(
            "下单时间", ["2026-03-15 8:30", "2026/3/16", "2026-3-1 下午2:05"]
        )
        self.assertEqual(typed.kind, "moment")
        self.assertEqual(
            typed.values,
            [
                datetime(2026, 3, 15, 8, 30),
                datetime(2026, 3, 16),
                datetime(2026, 3, 1, 14, 5),
            ],
        )

    def test_day_and_month_are_told_by_the_column_or_doubted(self):
        typed = column("日期", ["03/04/2026", "25/04/2026"])
        self.assertEqual(typed.values[0], date(2026, 4, 3))
        self.assertFalse(typed.doubts)
        typed = column("日期", ["03/04/2026", "04/25/2026"])
        self.assertEqual(typed.values[0], date(2026, 3, 4))
        typed = column("日期", ["03/04/2026", "05/06/2026"])
        self.assertEqual(self.codes(typed), ["two_dates", "two_dates"])

    def test_what_is_no_date_is_doubted(self):
        typed = column("日期", ["2026-02-30", "下周", "2026-1-1", 5], "date")
        self.assertEqual(self.codes(typed), ["not_date", "not_date", "not_date"])
        self.assertEqual(typed.share, 0.25)

    # === CODES === #

    def test_codes_keep_their_zeros_and_lose_a_point(self):
        typed = column("订单号", ["0048273", 8029767.0, "4500549532.0", "'007"])
        self.assertEqual(typed.kind, "code")
        self.assertEqual(typed.values, ["0048273", "8029767", "4500549532", "007"])
        typed = column("物料编码", [48273], formats={"A2": "0000000"})
        self.assertEqual(typed.values, ["0048273"])

    def test_numbers_that_lost_digits_are_doubted(self):
        typed = column("订单号", [1.23456789012345e17, "1.23E+17", 4062039798983108])
        self.assertEqual(self.codes(typed), ["precision_lost", "precision_lost"])
        self.assertEqual(typed.values[0], "123456789012345000")
        self.assertEqual(typed.values[2], "4062039798983108")

    def test_days_and_fractions_among_codes_are_doubted(self):
        typed = column("订单号", [date(2026, 3, 5), 4132141.021], "code")
        self.assertEqual(self.codes(typed), ["date_in_code", "fraction_in_code"])

    # === NUMBERS === #

    def test_quantities_say_their_units(self):
        typed = column("数量", [5, "300件", "1,200", "两百", "1.5万", "15件460本"])
        self.assertEqual(typed.kind, "quantity")
        self.assertEqual(typed.values[:5], [5, 300, 1200, 200, 15000])
        self.assertEqual(typed.units[1], "件")
        self.assertEqual(self.codes(typed), ["two_quantities"])
        parts = typed.doubts[5].figures["parts"]
        self.assertEqual(parts, [["15", "件"], ["460", "本"]])

    def test_money_says_its_currency_and_another_one_is_doubted(self):
        typed = column("金额", ["¥1,234.50", "12元", "$3"])
        self.assertEqual((typed.kind, typed.currency), ("money", "CNY"))
        self.assertEqual(typed.values, [Decimal("1234.50"), 12, 3])
        self.assertEqual(self.codes(typed), ["two_currencies"])
        self.assertEqual(column("金额(万元)", [1.5]).values, [Decimal("15000")])
        self.assertEqual(column("金额(USD)", [1.5]).currency, "USD")

    def test_percents_are_of_one_hundred_however_written(self):
        self.assertEqual(column("税率", ["13%", "6%"]).values, [13, 6])
        typed = column("税率", [0.13], formats={"A2": "0%"})
        self.assertEqual((typed.kind, typed.values), ("percent", [13]))

    @given(st.none() | st.text() | st.integers() | st.floats() | st.booleans())
    def test_no_cell_breaks_a_reader(self, value):
        for kind, reader in READERS.items():
            found = reader("" if value is None else value, Setting(), "0%")
            self.assertTrue(found.value is not None or found.code or kind == "text")
            if found.code:
                self.assertTrue(doubt_words(Doubt(found.code, 1, 1, found.figures)))

    @given(st.dates(date(1995, 1, 1), date(2100, 12, 31)))
    def test_a_date_written_comes_back(self, day):
        setting = Setting()
        for text in (
            day.isoformat(),
            f"{day:%Y/%m/%d}",
            f"{day.year}年{day.month}月{day.day}日",
            f"{day:%Y%m%d}",
            f"{day:%d %b %Y}",
        ):
            self.assertEqual(READERS["date"](text, setting, "").value, day, text)

    # === WHAT OF AN ORDER === #

    def test_usual_names_are_certain_and_unusual_ones_are_not(self):
        proposal = propose(table(ROWS))
        self.assertEqual(
            [choice.target for choice in proposal.choices],
            ["external_ref", "date", "customer.name", "lines[].sku"]
            + ["lines[].quantity", "lines[].unit_price", "lines[].amount"],
        )
        self.assertGreaterEqual(proposal.confidence, 0.9)
        self.assertFalse(proposal.missing)
        rows = [["我司订单编号", "老板", "图样", "要多少件"], ["1", "甲", "A", 2]]
        proposal = propose(table(rows))
        self.assertLess(proposal.confidence, 0.9)
        self.assertIn("lines[].sku", proposal.missing)

    def test_english_names_and_slips_of_the_pen_are_known(self):
        rows = [["PO Number", "Custmer Name", "Item No.", "Qty", "Unit Price"]]
        rows += [["1", "ACME", "A", 2, 3]]
        targets = propose(table(rows)).targets()
        self.assertEqual(targets["customer.name"].way, "near")
        self.assertEqual(targets["customer.name"].label, "Custmer Name")
        self.assertIn("lines[].quantity", targets)

    def test_values_speak_against_a_name(self):
        rows = [["订单号", "型号", "数量"], ["1", "A", "急"], ["2", "B", "要快"]]
        choice = propose(table(rows)).choices[2]
        self.assertLess(choice.confidence, 0.5)

    def test_no_target_is_given_twice(self):
        rows = [["数量", "订购数量", "型号", "货号"], [1, 2, "A", "B"]]
        targets = [choice.target for choice in propose(table(rows)).choices]
        given_targets = [target for target in targets if target]
        self.assertEqual(len(given_targets), len(set(given_targets)))

    def test_what_a_person_decided_is_remembered_by_the_form_of_the_source(self):
        found = table(ROWS)
        proposal = propose(found)
        mine = decided(proposal, {(7, "金额"): "", (4, "物料编码"): "lines[].name"})
        memory = {proposal.fingerprint: remember(found, mine.choices)}
        others = [ROWS[0], ["SO9", "2026-5-5", "丙", "Z", 9, 1, 9]]
        again = propose(table(others), memory)
        self.assertTrue(again.remembered)
        self.assertEqual(again.choices[3].target, "lines[].name")
        self.assertEqual(again.choices[6].target, "")
        self.assertEqual(again.confidence, 1.0)
        more = propose(table([[*ROWS[0], "新列"], *ROWS[1:]]), memory)
        self.assertFalse(more.remembered)

    # === ORDERS === #

    def test_rows_become_orders_with_their_doubts(self):
        found = table(ROWS)
        rows = list(map_rows(found, propose(found)))
        first, second = group(rows)
        self.assertEqual(
            tree(first),
            {
                "external_ref": "SO1",
                "date": date(2026, 3, 1),
                "customer": {"name": "客户甲"},
                "lines": [
                    {"sku": "A-1", "quantity": 2, "unit_price": 10, "amount": 20},
                    {"sku": "A-2", "quantity": 3, "unit_price": 10, "amount": 30},
                ],
            },
        )
        (doubt,) = second.rows[0].doubts
        self.assertEqual((doubt.code, doubt.row), ("wrong_amount", 4))
        self.assertEqual(second.rows[0].confidence["lines[].amount"], 0.5)
        self.assertEqual(second.rows[0].columns["lines[].sku"], 4)

    def test_labels_of_a_form_are_in_every_row(self):
        rows = [["单号:", "F1", "客户:", "甲"], ROWS[0][3:], ["A", 2, 1, 2]]
        found = table(rows)
        (row,) = map_rows(found, propose(found))
        self.assertEqual(row.values["external_ref"], "F1")
        self.assertEqual(row.values["customer.name"], "甲")

    def test_a_number_merged_over_rows_is_doubted_a_customer_is_not(self):
        rows = [ROWS[0], ["SO1", "2026-3-1", "甲", "A", 5], [None, None, None, "B"]]
        found = table(rows, merges=["A2:A3", "C2:C3", "E2:E3"])
        _first, second = map_rows(found, propose(found))
        self.assertEqual(second.values["customer.name"], "甲")
        self.assertNotIn("customer.name", second.doubts)
        self.assertEqual([doubt.code for doubt in second.doubts], ["merged_number"])
        self.assertEqual(second.confidence["lines[].quantity"], 0.6)

    def test_every_doubt_has_words_and_every_target_a_reader(self):
        for code, words in DOUBTS.items():
            self.assertTrue(words.endswith("."), code)
        for name, target in TARGETS.items():
            self.assertIn(target.kind, READERS, name)
