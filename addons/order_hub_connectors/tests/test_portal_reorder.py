from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common import ConnectorsCommon

#: Which tests try the route from the wrong side.
ACCESS_TESTS = {
    "/my/hub/<ref>/reorder": {
        "test_order_of_another_customer_is_not_placed_again",
        "test_visitor_without_login_is_asked_to_log_in",
        "test_employee_does_not_order_for_a_customer_here",
    }
}


@tagged("post_install", "-at_install")
class TestPortalReorder(ConnectorsCommon, HttpCase):
    """An order placed once more by its customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buyer = cls._user("hub_buyer", "base.group_portal")
        cls.buyer.partner_id.parent_id = cls.customer
        cls.form_channel = cls.env["order.hub.channel"].create(
            {"name": "Portal", "code": "portal", "adapter": "portal"}
        )
        cls.form_channel.action_switch_on()
        cls.dozen = cls.env["uom.uom"].create(
            {
                "name": "Dozen of tests",
                "relative_factor": 12,
                "relative_uom_id": cls.products[0].uom_id.id,
            }
        )
        cls.order = cls._bought(cls.customer, cls.products[:2])
        cls.foreign = cls._bought(
            cls.env["res.partner"].create({"name": "Other"}), cls.products[:1]
        )

    @classmethod
    def _bought(cls, partner, products):
        order = cls.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": 3,
                            "product_uom_id": cls.dozen.id,
                        }
                    )
                    for product in products
                ],
            }
        )
        order.action_confirm()
        return order

    def setUp(self):
        super().setUp()
        self.authenticate("hub_buyer", "hub_buyer")

    def _open(self, order):
        self.env.flush_all()
        return self.url_open(f"/my/hub/{order.hub_ref}/reorder", allow_redirects=False)

    def test_form_is_filled_with_the_quantities_in_the_unit_of_the_form(self):
        page = self._open(self.order)
        self.assertEqual(page.status_code, 200)
        self.assertIn(self.order.name, page.text)
        again = self._again()
        self.assertEqual(
            again["quantities"], {str(p.id): "36" for p in self.products[:2]}
        )
        for product in self.products[:2]:
            self.assertIn(f'name="quantity_{product.id}"', page.text)
        self.assertIn('value="36"', page.text)

    def _again(self):
        return self.env["order.hub.portal.order"]._again(
            self.form_channel, self.buyer.partner_id, self.order
        )

    def test_form_shows_the_price_of_today(self):
        self.products[0].list_price = 171.5
        self.assertIn("171.50", self._open(self.order).text)

    def test_product_that_is_gone_is_said_by_name(self):
        self.products[0].sale_ok = False
        again = self._again()
        self.assertEqual(again["gone"], [self.products[0].name])
        self.assertNotIn(str(self.products[0].id), again["quantities"])
        page = self._open(self.order).text
        self.assertIn("Not offered any more", page)
        self.assertNotIn(f'name="quantity_{self.products[0].id}"', page)

    def test_lines_of_one_product_are_added_up(self):
        self.order.order_line[0].copy({"order_id": self.order.id})
        first = str(self.order.order_line[0].product_id.id)
        self.assertEqual(self._again()["quantities"][first], "72")

    def test_page_of_the_order_leads_to_the_form_for_its_customer_only(self):
        path = f"/my/hub/{self.order.hub_ref}"
        self.env.flush_all()
        self.assertIn(f"{path}/reorder", self.url_open(path).text)
        token = self.order._hub_page_token()
        self.authenticate(None, None)
        page = self.url_open(f"{path}?access_token={token}").text
        self.assertNotIn("/reorder", page)

    # === FROM THE WRONG SIDE === #

    def test_order_of_another_customer_is_not_placed_again(self):
        page = self._open(self.foreign)
        self.assertEqual(page.status_code, 404)
        self.assertNotIn(self.foreign.name, page.text)

    def test_visitor_without_login_is_asked_to_log_in(self):
        self.authenticate(None, None)
        page = self._open(self.order)
        self.assertEqual(page.status_code, 303)
        self.assertIn("/web/login", page.headers["Location"])

    def test_employee_does_not_order_for_a_customer_here(self):
        seller = self._user("hub_seller", "sales_team.group_sale_salesman_all_leads")
        seller.password = seller.login
        self.authenticate(seller.login, seller.login)
        self.assertEqual(self._open(self.order).status_code, 404)

    def test_closed_form_leads_to_the_list(self):
        self.form_channel.action_switch_off()
        page = self._open(self.order)
        self.assertTrue(page.headers["Location"].endswith("/my/hub"))
