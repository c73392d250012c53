from datetime import date, datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools.misc import hmac

from .common import OrderHubCommon
from .test_portal import PortalCommon

NOON = datetime(2026, 11, 2, 12)


class TestLink(OrderHubCommon):
    """Links that open a page without a login: how they end."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id.tz = "Asia/Shanghai"
        cls.order = cls._order()
        cls.order.action_confirm()
        cls.purchase = cls.env["purchase.order"].create({"partner_id": cls.partner.id})

    def test_papers_printed_before_links_could_be_revoked_still_open(self):
        message = (self.order.id, self.order.hub_ref)
        printed = hmac(self.env, "order_hub-customer-page", message)[:32]
        self.assertEqual(self.order._hub_page_token(), printed)
        self.assertTrue(self.order._hub_opens_with(printed))

    def test_revoked_link_opens_no_more_and_the_new_one_does(self):
        mailed = self.order._portal_ensure_token()
        printed = self.order._hub_page_token()
        self.order.with_user(self.sales).action_revoke_link()
        for token in (mailed, printed):
            self.assertFalse(self.order._hub_opens_with(token))
        self.assertTrue(self.order._hub_opens_with(self.order._hub_page_token()))
        self.assertNotEqual(self.order.access_token, mailed)

    def test_revoking_is_noted_with_who_did_it(self):
        self.order.with_user(self.sales).action_revoke_link()
        last = self.order.message_ids[0]
        self.assertIn("Link revoked", last.body)
        self.assertEqual(last.author_id, self.sales.partner_id)

    def test_nobody_makes_a_revoked_link_open_again(self):
        for document in (self.order, self.purchase):
            document.action_revoke_link()
            for record in (document, document.sudo()):
                with self.subTest(document._name), self.assertRaises(UserError):
                    record.write({"hub_link_version": 0})
            with self.assertRaises(UserError):
                document.create({"partner_id": self.partner.id, "hub_link_version": 1})

    def test_copy_of_a_revoked_order_begins_anew(self):
        self.order.action_revoke_link()
        self.assertEqual(self.order.copy().hub_link_version, 0)

    def test_who_may_not_write_an_order_may_not_revoke_its_link(self):
        foreign = self._user("hub_foreign", "sales_team.group_sale_salesman")
        portal = new_test_user(self.env, "hub_reader", "base.group_portal")
        for user in (foreign, portal):
            for document in (self.order, self.purchase):
                with (
                    self.subTest(user.login, model=document._name),
                    self.assertRaises(AccessError),
                ):
                    document.with_user(user).action_revoke_link()
        self.assertEqual(self.order.hub_link_version, 0)

    def test_own_day_ends_a_link_where_the_company_is(self):
        self.order.hub_link_until = date(2026, 11, 2)
        token = self.order._hub_page_token()
        self.assertTrue(self.order._hub_opens_with(token, NOON))
        self.assertFalse(
            self.order._hub_opens_with(token, datetime(2026, 11, 2, 16, 30)),
            "half past midnight in Shanghai",
        )

    def test_links_end_some_days_after_the_order_was_closed(self):
        self.company.hub_link_days = 30
        token = self.order._hub_page_token()
        later = fields.Datetime.now() + timedelta(days=400)
        self.assertTrue(self.order._hub_opens_with(token, later), "still open")
        self.order._action_cancel()
        self.assertFalse(self.order.hub_is_open)
        self.assertTrue(self.order._hub_opens_with(token))
        self.assertFalse(self.order._hub_opens_with(token, later))

    def test_company_that_wants_logins_prints_a_code_without_a_secret(self):
        token = self.order._hub_page_token()
        self.company.hub_customer_link = False
        self.assertFalse(self.order._hub_opens_with(token))
        self.assertNotIn("?", self.order._hub_qr_url(with_token=True))
        self.assertNotIn("access_token", self.order._hub_link_url())

    def test_supplier_link_opens_only_where_the_company_allows_it(self):
        token = self.purchase._hub_page_token()
        self.assertFalse(self.purchase._hub_opens_with(token))
        self.company.hub_supplier_link = True
        self.assertTrue(self.purchase._hub_opens_with(token))
        self.assertIn(token, self.purchase._hub_link_url())
        self.purchase.hub_link_until = date(2020, 1, 1)
        self.assertFalse(self.purchase._hub_opens_with(token))

    def test_secret_of_one_kind_of_page_opens_no_other(self):
        self.company.hub_supplier_link = True
        self.assertFalse(self.purchase._hub_opens_with(self.order._hub_page_token()))
        self.assertFalse(self.order._hub_opens_with(self.purchase._hub_page_token()))

    def test_nonsense_opens_nothing(self):
        for token in (None, "", "é", 7, [], {}, "0" * 32, b"x"):
            with self.subTest(token):
                self.assertFalse(self.order._hub_opens_with(token))


@tagged("post_install", "-at_install")
class TestLinkPage(PortalCommon, HttpCase):
    """Pages that were opened by a link that has ended."""

    def _tries(self):
        token = self.order._hub_page_token()
        yield token, lambda: self._page(self.order, token)
        mailed = self.order._portal_ensure_token()
        yield mailed, lambda: self._page(self.order, mailed)

    def test_page_is_closed_to_a_revoked_token(self):
        tries = list(self._tries())
        self.order.action_revoke_link()
        self._as(None)
        for _token, open_page in tries:
            self._assert_goes_to_login(open_page(), self.order.hub_ref)

    def test_page_is_closed_to_an_expired_token(self):
        tries = list(self._tries())
        self.order.hub_link_until = date(2020, 1, 1)
        self._as(None)
        for _token, open_page in tries:
            self._assert_goes_to_login(open_page(), self.order.hub_ref)

    def test_login_opens_what_a_link_does_not(self):
        self.order.hub_link_until = date(2020, 1, 1)
        self.company.hub_customer_link = False
        self._as(self.customer)
        self.assertEqual(self._page(self.order).status_code, 200)
