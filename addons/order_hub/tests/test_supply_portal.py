from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.order_hub.controllers.portal_supply import SUPPLY_REFUSALS

from .test_portal import PortalCommon

#: Which tests try each route of the supplier's first page from the wrong side.
ACCESS_TESTS = {
    "/my/supply": {
        "test_page_is_closed_to_a_customer",
        "test_page_asks_a_stranger_to_log_in",
        "test_page_is_closed_to_a_supplier_of_another_company",
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
