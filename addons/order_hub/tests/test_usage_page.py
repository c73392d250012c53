import io
import zipfile
from datetime import timedelta

from odoo.tests import tagged

from .usage_common import UsageCommon


@tagged("post_install", "-at_install")
class TestUsagePage(UsageCommon):
    """What the page says, and what has changed since the last visit."""

    def _page(self, minutes=0, visitor=True, **query):
        return self.usage._page(
            self.steel,
            self.company,
            self.now + timedelta(minutes=minutes),
            query,
            self.env.user if visitor else None,
        )

    def test_the_first_visit_has_nothing_to_compare_with(self):
        self._sell(self.sheet, 3000, 1)
        page = self._page()
        self.assertFalse(page["since"])
        self.assertFalse(page["changed"])
        [item] = page["items"]
        self.assertEqual(item["weeks"][1]["firm"], "3")
        self.assertEqual(item["sums"]["total"], "3")

    def test_the_next_visit_says_what_is_more_and_less(self):
        order = self._sell(self.sheet, 3000, 1)
        self._sell(self.sheet, 500, 2)
        self._page()
        order.picking_ids.move_ids.product_uom_qty = 4000
        self._sell(self.sheet, 250, 3)
        [item] = self._page(minutes=31)["items"]
        changes = [week["change"] for week in item["weeks"]]
        self.assertEqual(
            [change and (change["kind"], change["difference"]) for change in changes],
            [None, ("up", "1"), None, ("new", "0.25"), *[None] * 4],
        )

    def test_a_week_later_each_week_is_compared_with_itself(self):
        order = self._sell(self.sheet, 3000, 1)
        self._sell(self.sheet, 500, 2)
        self._page()
        week = 7 * 24 * 60
        self.assertFalse(self._page(minutes=week)["changed"])
        order.picking_ids.move_ids.product_uom_qty = 4000
        [item] = self._page(minutes=week + 31)["items"]
        changes = [row["change"] and row["change"]["kind"] for row in item["weeks"]]
        self.assertEqual(changes, ["up", *[None] * 7])

    def test_what_turns_from_a_need_into_an_order_is_no_change(self):
        self._sell(self.sheet, 3000, 1)
        self._page()
        self._buy(self.steel, 3000, 1)
        page = self._page(minutes=31)
        self.assertTrue(page["since"])
        self.assertFalse(page["changed"])

    def test_loading_the_page_again_is_the_same_visit(self):
        self._page()
        self._sell(self.sheet, 3000, 1)
        self.assertTrue(self._page(minutes=31)["changed"])
        self.assertTrue(self._page(minutes=45)["changed"])
        self.assertFalse(self._page(minutes=62)["changed"])
        visits = self.env["order.hub.supply.visit"].search(
            [("partner_id", "=", self.steel.id)]
        )
        self.assertEqual(len(visits), 3)

    def test_looking_on_as_a_buyer_leaves_no_trace(self):
        self._page(visitor=False)
        self.assertFalse(
            self.env["order.hub.supply.visit"].search_count(
                [("partner_id", "=", self.steel.id)]
            )
        )

    def test_an_item_given_to_somebody_else_is_named(self):
        self._sell(self.sheet, 3000, 1)
        self._page()
        self.seller.date_end = self.today - timedelta(days=1)
        self.assertIn("Steel sheet", self._page(minutes=31)["gone"])

    def test_old_visits_are_forgotten_but_the_last_two(self):
        Visit = self.env["order.hub.supply.visit"]
        for days in (400, 300, 200, 100):
            self._page(minutes=-days * 24 * 60)
        Visit._gc_visits()
        visits = Visit.search([("partner_id", "=", self.steel.id)])
        self.assertEqual(len(visits), 2)
        self.assertGreater(min(visits.mapped("date")), self.now - timedelta(days=201))

    def test_items_are_found_by_name_and_either_code(self):
        self.seller.product_code = "ST-08"
        for search in ("sheet", "st-08", "SHEET", "steel st-08"):
            with self.subTest(search):
                self.assertTrue(self._page(search=search, show="all")["items"])
        self.assertFalse(self._page(search="copper", show="all")["items"])

    def test_items_nobody_needs_are_left_out_until_asked_for(self):
        self.assertFalse(self._page()["items"])
        self.assertTrue(self._page(show="all")["items"])

    def test_nonsense_asked_for_shows_the_page(self):
        for query in (
            {"page": "x", "weeks": "y", "show": "z"},
            {"page": -5, "weeks": "-1", "search": "x" * 500},
        ):
            self.assertEqual(self._page(**query)["page"], 1)

    def test_pages_of_items_hold_twenty(self):
        for number in range(25):
            self._seller(self.steel, self._product(f"Plate {number}", f"P{number}"))
        self.assertEqual(len(self._page(show="all")["items"]), 20)
        self.assertEqual(len(self._page(show="all", page=2)["items"]), 6)

    def test_the_page_holds_plain_values_only(self):
        self._sell(self.sheet, 3000, 1)
        self._assert_plain(self._page())

    def _assert_plain(self, value):
        if isinstance(value, dict):
            for part in value.values():
                self._assert_plain(part)
        elif isinstance(value, list):
            for part in value:
                self._assert_plain(part)
        else:
            self.assertIsInstance(value, (str, int, float, bool, type(None)))

    def test_figures_betray_neither_stock_nor_other_suppliers(self):
        self._stock(self.sheet, 7777)
        self._buy(self.rival, 1234, 0)
        self._sell(self.sheet, 10000, 1)
        text = str(self._page())
        for secret in ("7.77", "7,777", "1.23", "1,234", "10,000", "Rival", "Taihu"):
            self.assertNotIn(secret, text)

    # === FILES === #

    def test_text_in_files_is_never_a_formula(self):
        self.seller.product_name = "=HYPERLINK(1)"
        content = self.usage._csv(self.steel, self.company, self.now, 8)
        self.assertIn(b"'=HYPERLINK(1)", content)
        book = self.usage._xlsx(self.steel, self.company, self.now, 8)
        self.assertNotIn(b"<f>", self._sheet(book))

    def _sheet(self, book):
        with zipfile.ZipFile(io.BytesIO(book)) as archive:
            return b"".join(
                archive.read(name)
                for name in archive.namelist()
                if name.endswith(".xml")
            )

    def test_files_have_a_row_per_item_and_week(self):
        self._sell(self.sheet, 3000, 1)
        lines = (
            self.usage._csv(self.steel, self.company, self.now, 8)
            .decode("utf-8-sig")
            .splitlines()
        )
        self.assertEqual(len(lines), 9)
        self.assertTrue(lines[2].endswith("0.0,3.0,0.0,0.0,3.0"))
