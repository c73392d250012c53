"""What a page is made of: pieces, rows, tables, figures, sums."""

from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.tests.properties import given

from ..engine.picture import checks, codes, figures, words
from ..engine.picture.order import understand
from ..engine.picture.pieces import pieces_of, rows_of
from ..engine.picture.sheet import Letter, Line, Page, Reading

WIDTH, HEIGHT = 1000, 1400


def line(text, x, y, width=None, height=24, slope=0.0, confidence=0.99):
    """Return a line of text that begins at a place, in pixels."""
    width = width or 13 * len(text)
    points = ((x, y), (x + width, y), (x + width, y + height), (x, y + height))
    quad = tuple(
        ((a) / WIDTH, (b + slope * (a - WIDTH / 2)) / HEIGHT) for a, b in points
    )
    step = 1 / len(text)
    letters = tuple(
        Letter(char, confidence, n * step, (n + 1) * step)
        for n, char in enumerate(text)
    )
    return Line(text, confidence, quad, letters)


def page(rows, slope=0.0):
    """Return a page: ``[(text, x, y), …]``."""
    return Page(1, WIDTH, HEIGHT, tuple(line(t, x, y, slope=slope) for t, x, y in rows))


HEADER = [
    ("序号", 50, 200),
    ("物料编码", 110, 200),
    ("名称", 300, 200),
    ("单位", 480, 200),
    ("数量", 560, 200),
    ("单价", 680, 200),
    ("金额", 820, 200),
]


def row(n, y, sku, name, unit, quantity, price, amount):
    texts = (str(n), sku, name, unit, quantity, price, amount)
    places = (50, 110, 300, 480, 560, 680, 820)
    return [(text, x, y) for text, x in zip(texts, places, strict=True) if text]


ORDER = [
    ("订单编号：PO-2026-7", 50, 60),
    ("采购方：太湖汽修有限公司", 50, 100),
    ("交货日期：2026-03-25", 600, 60),
    *HEADER,
    *row(1, 240, "ZXJ-0123", "转向节", "件", "300", "160.00", "48,000.00"),
    *row(2, 280, "BZ-0456", "半轴", "根", "20", "95.50", "1,910.00"),
    ("合计", 110, 320),
    ("49,910.00", 820, 320),
    ("备注：随货附合格证", 50, 400),
]


def read(rows, slope=0.0):
    return understand(Reading((page(rows, slope),)))


class TestOrder(BaseCase):
    def test_an_order_comes_out_with_its_lines_and_its_head(self):
        found = read(ORDER)
        first, second = found.order["lines"]
        self.assertEqual(first["sku"], "ZXJ-0123")
        self.assertEqual(first["quantity"], "300")
        self.assertEqual(second["unit_price"], "95.5")
        self.assertEqual(found.order["customer_ref"], "PO-2026-7")
        self.assertEqual(found.order["customer"], {"company": "太湖汽修有限公司"})
        self.assertEqual(found.order["promised_date"], "2026-03-25")
        self.assertEqual(found.order["total"], "49910")
        self.assertEqual(found.sums, ["holds", "holds"])
        self.assertEqual(found.total, "holds")

    def test_figures_that_sums_confirm_are_certain(self):
        found = read(ORDER)
        self.assertEqual(found.sights["lines[0].quantity"].way, "sum")
        self.assertGreaterEqual(found.sights["lines[0].quantity"].confidence, 0.98)
        self.assertGreaterEqual(found.sights["total"].confidence, 0.98)

    def test_figures_that_a_sum_contradicts_are_marked_and_proposed_never_put(self):
        worn = [("48,000.00", 820, 240)]
        rows = [r for r in ORDER if r not in worn] + [("43,000.00", 820, 240)]
        found = read(rows)
        self.assertEqual(found.sums, ["fails", "holds"])
        self.assertEqual(found.order["lines"][0]["amount"], "43000")
        sight = found.sights["lines[0].amount"]
        self.assertLess(sight.confidence, 0.5)
        self.assertEqual(sight.candidates[0]["value"], "48000")

    def test_figures_that_nothing_checks_are_never_certain(self):
        rows = [r for r in ORDER if r[1] not in (680, 820)]
        found = read(rows)
        self.assertEqual(found.sums, ["open", "open"])
        self.assertLess(found.sights["lines[0].quantity"].confidence, 0.9)

    def test_a_total_that_the_lines_do_not_make_is_marked(self):
        rows = [r for r in ORDER if r[0] != "49,910.00"] + [("50,910.00", 820, 320)]
        found = read(rows)
        self.assertEqual(found.total, "fails")
        self.assertLess(found.sights["total"].confidence, 0.5)
        self.assertEqual(found.sights["total"].candidates[0]["value"], "49910")

    def test_tax_may_stand_between_lines_and_total(self):
        rows = [r for r in ORDER if r[0] != "49,910.00" and r[0] != "合计"]
        rows += [("税额", 110, 320), ("6,488.30", 820, 320)]
        rows += [("价税合计", 110, 360), ("56,398.30", 820, 360)]
        self.assertEqual(read(rows).total, "holds")

    def test_a_name_over_two_lines_stays_one_line_of_the_order(self):
        rows = [*ORDER, ("带衬套", 300, 266)]
        found = read(
            [r if r[2] < 270 or r[2] == 266 else (r[0], r[1], r[2] + 20) for r in rows]
        )
        self.assertEqual(len(found.order["lines"]), 2)
        self.assertEqual(found.order["lines"][0]["name"], "转向节 带衬套")

    def test_two_words_of_a_header_read_as_one_are_parted(self):
        rows = [r for r in ORDER if r[0] not in ("单位", "数量")]
        found = read([*rows, ("单位数量", 480, 200)])
        self.assertEqual(found.order["lines"][0]["unit"], "件")
        self.assertEqual(found.order["lines"][0]["quantity"], "300")

    def test_a_picture_without_a_table_is_an_order_without_lines(self):
        self.assertEqual(read([("Hello", 10, 10)]).order["lines"], [])
        self.assertEqual(understand(Reading()).order["lines"], [])

    def test_a_second_page_goes_on_under_the_header_of_the_first(self):
        rest = [
            (t, x, y - 200)
            for t, x, y in row(3, 240, "SCP-1", "片", "套", "2", "3", "6")
        ]
        second = Page(2, WIDTH, HEIGHT, page(rest).lines)
        first = page([r for r in ORDER if r[0] not in ("合计", "49,910.00")])
        found = understand(Reading((first, second)))
        self.assertEqual(len(found.order["lines"]), 3)
        self.assertEqual(found.sights["lines[2].sku"].page, 2)

    @given(st.floats(-0.12, 0.12))
    def test_a_tilted_page_says_the_same(self, slope):
        self.assertEqual(read(ORDER, slope).order, read(ORDER).order)

    @given(
        st.lists(
            st.tuples(st.integers(1, 9999), st.integers(1, 999999)),
            min_size=1,
            max_size=9,
        )
    )
    def test_whatever_figures_stand_in_a_table_come_out(self, figures_):
        rows = list(HEADER)
        for n, (quantity, cents) in enumerate(figures_):
            price = Decimal(cents) / 100
            amount = f"{price * quantity:,.2f}"
            rows += row(
                n + 1,
                240 + 40 * n,
                f"A-{n}",
                "件",
                "只",
                str(quantity),
                str(price),
                amount,
            )
        found = read(rows)
        self.assertEqual(
            [
                (line_["quantity"], Decimal(line_["unit_price"]))
                for line_ in found.order["lines"]
            ],
            [(str(q), Decimal(c) / 100) for q, c in figures_],
        )
        self.assertEqual(found.sums, ["holds"] * len(figures_))

    @given(
        st.lists(
            st.tuples(
                st.text(min_size=1, max_size=12),
                st.integers(0, 999),
                st.integers(0, 1399),
            ),
            max_size=30,
        )
    )
    def test_nothing_on_a_page_makes_reading_fail(self, rows):
        found = understand(Reading((page(rows),)))
        self.assertEqual(len(found.sums), len(found.order["lines"]))
        for sight in found.sights.values():
            self.assertTrue(0 <= sight.confidence <= 1)
            self.assertTrue(all(0 <= value <= 1 for value in sight.box))


class TestPieces(BaseCase):
    def test_letters_far_apart_are_two_pieces(self):
        letters = tuple(
            Letter(char, 0.9, start, start + 0.04)
            for char, start in zip("AB12", (0, 0.05, 0.9, 0.95), strict=True)
        )
        wide = Line(
            "AB12", 0.9, ((0.1, 0.1), (0.5, 0.1), (0.5, 0.12), (0.1, 0.12)), letters
        )
        found = rows_of(pieces_of(Page(1, WIDTH, HEIGHT, (wide,))))
        self.assertEqual([[p.text for p in r] for r in found], [["AB", "12"]])

    def test_units_below_one_another_read_as_one_are_parted(self):
        tall = Line(
            "台根件", 0.98, ((0.5, 0.1), (0.52, 0.1), (0.52, 0.19), (0.5, 0.19))
        )
        found = rows_of(pieces_of(Page(1, WIDTH, HEIGHT, (tall,))))
        self.assertEqual([r[0].text for r in found], ["台", "根", "件"])
        self.assertLess(found[0][0].confidence, 0.9)

    def test_a_reading_is_kept_as_it_was(self):
        reading = Reading((page(ORDER),))
        self.assertEqual(Reading.from_json(reading.to_json()), reading)


class TestFigures(BaseCase):
    def test_numbers_as_papers_write_them(self):
        for text, value in {
            "1,200": "1200",
            "￥48，000.00": "48000.00",
            "1.234,56": "1234.56",
            "33.189.50": "33189.50",
            "12,5": "12.5",
            "300件": "300",
            "US$ 7.10": "7.10",
            "95.50元": "95.50",
        }.items():
            with self.subTest(text=text):
                self.assertEqual(figures.number(text), Decimal(value))

    def test_what_is_no_number_is_none(self):
        for text in ("", "l0O", "12-5", "件", "1,2,3", "9" * 30, "١٢"):
            with self.subTest(text=text):
                self.assertIsNone(figures.number(text))

    def test_days_as_papers_write_them(self):
        for text in (
            "2026年3月5日",
            "2026-03-05",
            "2026/3/5",
            "20260305",
            "5 Mar 2026",
            "March 5, 2026",
            "2026,03:05",
        ):
            with self.subTest(text=text):
                self.assertEqual(figures.day(text), date(2026, 3, 5))
        self.assertIsNone(figures.day("2026-13-05"))
        self.assertIsNone(figures.day("03/05"))

    def test_worn_figures_are_known_as_such(self):
        self.assertTrue(figures.is_worn("33.189.50"))
        self.assertTrue(figures.is_worn("2026,03:05"))
        self.assertFalse(figures.is_worn("33,189.50"))
        self.assertFalse(figures.is_worn("2026-03-05"))

    @given(st.text(max_size=40))
    def test_no_text_makes_reading_a_figure_fail(self, text):
        figures.number_and_unit(text)
        figures.day(text)
        figures.is_worn(text)
        words.column_of(text)
        words.field_of(text)


class TestSums(BaseCase):
    def propose(self, quantity, price, amount):
        texts = {"quantity": quantity, "unit_price": price, "amount": amount}
        return {(row.role, row.value) for row in checks.proposals(texts)}

    def test_letters_taken_for_figures_are_proposed(self):
        self.assertIn(("quantity", Decimal(300)), self.propose("3OO", "160", "48000"))
        self.assertIn(("unit_price", Decimal(101)), self.propose("2", "l0I", "202"))

    def test_a_lost_point_is_proposed(self):
        found = self.propose("20", "9550", "1910.00")
        self.assertIn(("unit_price", Decimal("95.5")), found)

    def test_the_likeliest_comes_first(self):
        texts = {"quantity": "3OO", "unit_price": "160", "amount": "48000"}
        self.assertEqual(checks.proposals(texts)[0].value, 300)

    def test_cents_of_rounding_are_no_contradiction(self):
        self.assertTrue(checks.fits(Decimal(3), Decimal("0.333"), Decimal("1.00")))
        self.assertFalse(checks.fits(Decimal(3), Decimal("0.33"), Decimal("1.01")))

    @given(st.integers(1, 99999), st.integers(1, 9999999))
    def test_what_is_multiplied_right_fits(self, quantity, cents):
        price = Decimal(cents) / 100
        self.assertTrue(checks.fits(Decimal(quantity), price, price * quantity))

    @given(st.text(max_size=25), st.text(max_size=25), st.text(max_size=25))
    def test_proposals_never_fail_and_always_hold(self, quantity, price, amount):
        texts = {"quantity": quantity, "unit_price": price, "amount": amount}
        self.assertLessEqual(len(checks.proposals(texts)), checks.MAX_PROPOSALS)


class TestCodes(BaseCase):
    def test_codes_that_look_alike_fold_to_the_same(self):
        self.assertEqual(codes.folded("HB10O1-L"), codes.folded("hb1001-l"))
        self.assertEqual(
            codes.folded("ZXJ-0123"), codes.folded("ZXJ·0123".replace("·", ""))
        )
        self.assertNotEqual(codes.folded("A-1"), codes.folded("A-3"))
