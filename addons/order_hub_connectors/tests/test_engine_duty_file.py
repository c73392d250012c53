from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.tests.properties import given

from ..engine.duty_file import MAX_BYTES, read_rates


class TestEngineDutyFile(BaseCase):
    """A file is taken whole or not at all, and every mistake has its row."""

    def problems(self, text):
        raw = text if isinstance(text, bytes) else text.encode()
        return [(p.code, p.row) for p in read_rates(raw)[1]]

    def test_a_tariff_with_semicolons_and_dots_is_read(self):
        text = "\ufeffHS_Code;Rate;Origin;Threshold;Note\n8708.30;2.5%;cn;none;Brakes\n"
        rows, problems = read_rates(text.encode())
        self.assertFalse(problems)
        [row] = rows
        self.assertEqual(
            (row["prefix"], row["rate"], row["origin"]), ("870830", 2.5, "CN")
        )
        self.assertEqual(row["threshold_kind"], "none")

    def test_an_own_threshold_and_limits_a_unit_are_amounts(self):
        text = "hs_code,rate,threshold,minimum,maximum\n6403,20,150,0.5,0.9\n"
        [row], _problems = read_rates(text.encode())
        self.assertEqual((row["threshold_kind"], row["threshold"]), ("own", 150.0))
        self.assertEqual((row["minimum"], row["maximum"]), (0.5, 0.9))

    def test_each_mistake_is_named_with_its_row(self):
        text = (
            "hs_code,rate,origin\n8708,2.5,\nx,1,\n8708,abc,\n9401,1,China\n"
            "8708,3,\n9999,=1+1,\n9403,-1,\n9404,1e9,\n"
        )
        self.assertEqual(
            self.problems(text),
            [
                ("hs_code", 3),
                ("number", 4),
                ("origin", 5),
                ("double", 6),
                ("number", 7),
                ("number", 8),
                ("number", 9),
            ],
        )

    def test_a_file_that_is_no_table_says_so(self):
        self.assertEqual(self.problems("a,b\n1,2\n"), [("columns", 1)])
        self.assertEqual(self.problems(b"\xff\xfe\x00"), [("encoding", 0)])
        self.assertEqual(self.problems("hs_code,rate\n"), [("rows", 0)])
        self.assertEqual(self.problems(""), [("columns", 1)])
        self.assertEqual(self.problems(b"a" * (MAX_BYTES + 1)), [("size", 0)])

    def test_rows_without_anything_are_no_rates(self):
        rows, problems = read_rates(b"hs_code,rate\n\n,\n8708,1\n")
        self.assertEqual((len(rows), problems), (1, []))

    @given(st.binary(max_size=300))
    def test_any_bytes_are_rates_or_problems(self, raw):
        rows, problems = read_rates(b"hs_code,rate\n" + raw)
        self.assertTrue(rows or problems)
