from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.order_hub.controllers.portal_supply import SUPPLY_REFUSALS

from .pages import without_hashes
from .test_portal import PortalCommon

#: Which tests try each route of the supplier's first page from the wrong side.
ACCESS_TESTS = {
    "/my/supply": {
        "test_page_is_closed_to_a_customer",
        "test_page_asks_a_stranger_to_log_in",
        "test_page_is_closed_to_a_supplier_of_another_company",
    },
    "/my/supply/page/<int:page>": {
        "test_further_pages_are_closed_to_a_customer",
        "test_further_pages_show_own_items_only",
    },
    "/my/supply/usage.xlsx": {"test_files_are_closed_to_everybody_else"},
    "/my/supply/usage.csv": {
        "test_files_are_closed_to_everybody_else",
        "test_files_hold_own_items_only",
    },
    "/hub/supply/<int:partner_id>": {"test_only_buyers_see_what_a_supplier_sees"},
    "/hub/supply/<int:partner_id>/page/<int:page>": {
        "test_only_buyers_see_what_a_supplier_sees"
    },
}


class SupplyPortalCommon(PortalCommon):
    """Two suppliers with a portal login each, besides the customers.

    ``self.steel`` sells ``self.sheet`` (own code ST-08) to the company and logs in as
    ``self.supplier``; ``self.rival`` sells ``self.bolt`` as ``self.rival_user``.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.steel = cls.env["res.partner"].create(
            {"name": "Wuxi Steel Trading", "is_company": True}
        )
        cls.rival = cls.env["res.partner"].create(
            {"name": "Rival Bolts", "is_company": True}
        )
        cls.supplier = cls._portal_user("hub_supplier", cls.steel)
        cls.rival_user = cls._portal_user("hub_rival", cls.rival)
        cls.sheet = cls._bought("Steel sheet 8 mm", "SHEET-8", cls.steel, "ST-08")
        cls.bolt = cls._bought("Bolt M8", "BOLT-8", cls.rival, "RB-8")

    @classmethod
    def _bought(cls, name, code, partner, their_code="", **terms):
        """Create a stored product that is bought from a partner."""
        return cls._product(
            name,
            code,
            purchase_ok=True,
            seller_ids=[
                Command.create(
                    {
                        "partner_id": partner.id,
                        "product_code": their_code,
                        "product_name": f"{name} ({partner.name})",
                        "price": 123.45,
                        **terms,
                    }
                )
            ],
        )

    @classmethod
    def _purchase(cls, partner, product, quantity, **vals):
        """Create and confirm an order to a supplier."""
        order = cls.env["purchase.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [
                    Command.create(
                        {"product_id": product.id, "product_qty": quantity, **vals}
                    )
                ],
            }
        )
        order.button_confirm()
        return order

    def setUp(self):
        super().setUp()
        SUPPLY_REFUSALS.clear()


@tagged("post_install", "-at_install")
class TestSupplyPortal(SupplyPortalCommon):
    """The frame of the supplier pages, tried by everybody it is not for."""

    def test_page_opens_for_a_supplier(self):
        self._as(self.supplier)
        response = self._get("/my/supply")
        self.assertEqual(response.status_code, 200)
        self.assertIn("Wuxi Steel Trading", response.text)
        self.assertEqual(response.headers["Cache-Control"], "private, no-store")

    def test_page_asks_a_stranger_to_log_in(self):
        self._as(None)
        response = self._get("/my/supply")
        self.assertEqual(response.status_code, 303)
        self.assertIn("/web/login", response.headers["Location"])

    def test_page_is_closed_to_a_customer(self):
        self._as(self.customer)
        response = self._get("/my/supply")
        self.assertEqual(response.status_code, 404)
        self.assertIn("We cannot show you this page", response.text)

    def test_page_is_closed_to_a_supplier_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other Works"})
        self.sheet.seller_ids.company_id = other
        self._as(self.supplier)
        self.assertEqual(self._get("/my/supply").status_code, 404)

    def test_supplier_without_price_list_comes_in_by_an_order(self):
        self._purchase(self.stranger_partner, self.bolt, 5)
        self._as(self.stranger)
        self.assertEqual(self._get("/my/supply").status_code, 200)

    def test_whoever_keeps_trying_is_told_to_wait(self):
        self._as(self.customer)
        for _attempt in range(SUPPLY_REFUSALS.limit):
            response = self._get("/my/supply")
        self.assertEqual(response.status_code, 429)
        self._as(self.supplier)
        self.assertEqual(self._get("/my/supply").status_code, 200)

    def test_home_shows_the_card_to_suppliers_only(self):
        for user, is_shown in ((self.supplier, True), (self.customer, False)):
            self._as(user)
            self.assertEqual('href="/my/supply"' in self._get("/my").text, is_shown)


@tagged("post_install", "-at_install")
class TestSupplyUsagePage(SupplyPortalCommon):
    """The page of expected usage, read by those it is for and tried by others."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        order = cls._order(4321, product=cls.sheet, client_order_ref="THEIR-REF-77")
        order.order_line.price_unit = 987.65
        order.action_confirm()
        cls.needed = order
        cls._stock(cls.sheet, 1111)

    # === THE RIGHT SIDE === #

    def test_supplier_reads_what_is_needed_in_own_words(self):
        self._as(self.supplier)
        text = self._get("/my/supply").text
        for word in ("Steel sheet 8 mm (Wuxi", "ST-08", "SHEET-8", "3,210", "Firm"):
            with self.subTest(word):
                self.assertIn(word, text)

    def test_page_says_nothing_that_is_not_the_suppliers(self):
        self._purchase(self.rival, self.sheet, 1)
        self._as(self.supplier)
        text = without_hashes(self._get("/my/supply?show=all&weeks=26").text)
        secrets = (
            self.partner.name,
            self.needed.name,
            self.needed.hub_ref,
            "THEIR-REF-77",
            "987",
            "4321",
            "4,321",
            "1111",
            "1,111",
            "123.45",
            "Rival",
            "Bolt M8",
            self.sales.name,
        )
        for secret in secrets:
            with self.subTest(secret):
                self.assertNotIn(secret, text)

    def test_second_visit_says_since_when(self):
        visit = self.env["order.hub.supply.visit"].create(
            {
                "partner_id": self.steel.id,
                "company_id": self.company.id,
                "user_id": self.supplier.id,
                "date": fields.Datetime.now() - timedelta(days=2),
                "figures": {},
            }
        )
        self._as(self.supplier)
        self.assertIn("Nothing has changed since", self._get("/my/supply").text)
        self.assertEqual(len(visit.search([("partner_id", "=", self.steel.id)])), 2)

    def test_page_takes_nonsense_in_its_address(self):
        self._as(self.supplier)
        for query in ("weeks=x", "show=x&search=%27--%25", "page=9", "weeks=1e9"):
            with self.subTest(query):
                self.assertEqual(self._get(f"/my/supply?{query}").status_code, 200)

    def test_hostile_search_is_shown_as_text(self):
        self._as(self.supplier)
        text = self._get("/my/supply?search=%22%3E%3Cscript%3Ealert(1)").text
        self.assertNotIn("<script>alert(1)", text)

    def test_page_needs_few_queries_however_many_items(self):
        self._as(self.supplier)
        self._order_plates(2)
        few = self._count("/my/supply")
        self._order_plates(15)
        self.assertLessEqual(self._count("/my/supply"), few)
        self.assertLessEqual(few, 40)

    def _order_plates(self, count):
        for number in range(count):
            code = f"PL-{count}-{number}"
            product = self._bought(f"Plate {number}", code, self.steel)
            self._order(3, product=product).action_confirm()

    def _count(self, path):
        """Return the queries of a page whose rights and templates are known."""
        self._get(path)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self._get(path)
        return self.env.cr.sql_log_count - before

    # === THE WRONG SIDE === #

    def test_further_pages_are_closed_to_a_customer(self):
        self._as(self.customer)
        self.assertEqual(self._get("/my/supply/page/2").status_code, 404)

    def test_further_pages_show_own_items_only(self):
        self._as(self.rival_user)
        text = self._get("/my/supply/page/1?show=all").text
        self.assertIn("Bolt M8", text)
        self.assertNotIn("ST-08", text)

    def test_files_are_closed_to_everybody_else(self):
        for ending in ("xlsx", "csv"):
            self._as(self.customer)
            response = self._get(f"/my/supply/usage.{ending}")
            self.assertEqual(response.status_code, 404)
            self._as(None)
            response = self._get(f"/my/supply/usage.{ending}")
            self.assertEqual(response.status_code, 303)

    def test_files_hold_own_items_only(self):
        self._as(self.rival_user)
        response = self._get("/my/supply/usage.csv?weeks=26")
        self.assertEqual(response.status_code, 200)
        self.assertIn("RB-8", response.text)
        self.assertNotIn("ST-08", response.text)
        self.assertEqual(response.headers["Cache-Control"], "private, no-store")

    def test_only_buyers_see_what_a_supplier_sees(self):
        paths = [f"/hub/supply/{self.steel.id}", f"/hub/supply/{self.steel.id}/page/1"]
        employee = self._user("hub_elsewhere", "order_hub.order_hub_group_user")
        employee.password = employee.login
        for user in (self.supplier, self.rival_user, self.customer, employee):
            self._as(user)
            for path in paths:
                with self.subTest((user.login, path)):
                    self.assertEqual(self._get(path).status_code, 404)
        self._as(None)
        self.assertEqual(self._get(paths[0]).status_code, 303)

    def test_buyer_sees_the_page_of_a_supplier_without_a_trace(self):
        buyer = self._user("hub_page_buyer", "purchase.group_purchase_user")
        buyer.password = buyer.login
        self._as(buyer)
        response = self._get(f"/hub/supply/{self.steel.id}")
        self.assertEqual(response.status_code, 200)
        self.assertIn("This is what the supplier sees", response.text)
        self.assertIn("ST-08", response.text)
        visits = self.env["order.hub.supply.visit"]
        self.assertFalse(visits.search_count([("partner_id", "=", self.steel.id)]))
        unknown = self._get(f"/hub/supply/{self.partner.id}")
        self.assertEqual(unknown.status_code, 404)

    def test_portal_users_read_none_of_the_models(self):
        for model in ("order.hub.forecast", "order.hub.supply.visit"):
            self.assertFalse(
                self.env[model].with_user(self.supplier).has_access("read")
            )
        with self.assertRaises(AccessError):
            self.env["product.supplierinfo"].with_user(self.supplier).search([])
