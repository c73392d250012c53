from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from odoo.addons.order_hub.controllers.portal import LOOKUPS

from .common import OrderHubCommon
from .test_portal import PortalCommon

NIGHT = datetime(2026, 11, 2, 20, 30)


class TestLookup(OrderHubCommon):
    """Who wanted to know where an order is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id.tz = "Asia/Shanghai"
        cls.order = cls._order()
        cls.Lookup = cls.env["order.hub.lookup"]

    def _rows(self):
        self.env.invalidate_all()
        return self.Lookup.search([("order_id", "=", self.order.id)])

    def test_visitor_counts_once_an_hour(self):
        self.assertTrue(self.Lookup._count(self.order, "paper", "a", NIGHT))
        self.assertFalse(self.Lookup._count(self.order, "paper", "a", NIGHT))
        for source, visitor in (("paper", "b"), ("link", "a")):
            self.Lookup._count(self.order, source, visitor, NIGHT)
        self.Lookup._count(self.order, "paper", "a", NIGHT + timedelta(hours=1))
        self.assertEqual(len(self._rows()), 4)

    def test_day_is_that_of_the_company(self):
        self.Lookup._count(self.order, "paper", "a", NIGHT)
        row = self._rows()
        self.assertEqual((str(row.day), row.hour), ("2026-11-03", 4))

    def test_visitor_is_not_known_by_address(self):
        self.Lookup._count(self.order, "paper", "203.0.113.9 Firefox", NIGHT)
        words = self._rows().visitor
        self.assertRegex(words, r"^[0-9a-f]{16}$", "a checksum, no part of it")
        self.Lookup._count(
            self.order, "paper", "203.0.113.9 Firefox", NIGHT + timedelta(days=1)
        )
        self.assertEqual(len(set(self._rows().mapped("visitor"))), 2)

    def test_look_up_costs_one_statement(self):
        self.Lookup._count(self.order, "paper", "another", NIGHT)
        self.env.flush_all()
        before = self.cr.sql_log_count
        self.Lookup._count(self.order, "paper", "a", NIGHT)
        self.assertEqual(self.cr.sql_log_count - before, 1)

    def test_customer_who_asked_is_counted_by_a_button(self):
        orders = self.order.with_user(self.sales)
        self.assertEqual(
            orders.action_hub_customer_asked()["params"]["type"], "success"
        )
        orders.action_hub_customer_asked()
        row = self._rows()
        self.assertEqual((row.source, row.self_service), ("staff", 0.0))

    def test_share_of_self_service_is_the_mean(self):
        for number in range(3):
            self.Lookup._count(self.order, "paper", str(number), NIGHT)
        self.Lookup._count(self.order, "staff", "user 7", NIGHT)
        [[share]] = self.Lookup._read_group(
            [("order_id", "=", self.order.id)], [], ["self_service:avg"]
        )
        self.assertEqual(share, 75.0)

    def test_nobody_writes_look_ups(self):
        self.Lookup._count(self.order, "paper", "a", NIGHT)
        row = self._rows()
        for record in (row, row.sudo()):
            with self.assertRaises(UserError):
                record.write({"source": "login"})
            with self.assertRaises(UserError):
                record.unlink()
        with self.assertRaises(UserError):
            self.Lookup.with_user(self.supervisor).create({"order_id": self.order.id})

    def test_look_ups_of_foreign_orders_are_not_seen(self):
        self.Lookup._count(self.order, "paper", "a", NIGHT)
        other = self._user("hub_other", "order_hub.order_hub_group_user")
        self.assertFalse(self.Lookup.with_user(other).search([]))
        self.assertTrue(self.Lookup.with_user(self.sales).search([]))
        with self.assertRaises(AccessError):
            self.order.with_user(other).action_hub_customer_asked()

    def test_old_look_ups_are_forgotten(self):
        self.Lookup._count(self.order, "paper", "a", NIGHT - timedelta(days=2000))
        self.Lookup._count(self.order, "paper", "a", fields.Datetime.now())
        self.Lookup._gc_lookups()
        self.assertEqual(len(self._rows()), 1)


@tagged("post_install", "-at_install")
class TestLookupPage(PortalCommon, HttpCase):
    """Look-ups on the page of an order."""

    def setUp(self):
        super().setUp()
        LOOKUPS.clear()

    def _sources(self):
        self.env.invalidate_all()
        rows = self.env["order.hub.lookup"].search([("order_id", "=", self.order.id)])
        return sorted(rows.mapped("source"))

    def test_page_counts_code_link_and_login_each_once(self):
        for user, token in (
            (None, self.order._hub_page_token()),
            (None, self.order._portal_ensure_token()),
            (self.customer, None),
        ):
            self._as(user)
            for _time in range(3):
                self.assertEqual(self._page(self.order, token).status_code, 200)
        self.assertEqual(self._sources(), ["link", "login", "paper"])

    def test_own_people_and_strangers_are_not_counted(self):
        self.supervisor.password = self.supervisor.login
        for user in (self.supervisor, self.stranger, None):
            self._as(user)
            self._page(self.order)
        self.assertEqual(self._sources(), [])

    def test_page_costs_no_more_with_many_events_and_pictures(self):
        few = self._cost()
        events = self.order.hub_event_ids
        self.env["order.hub.writer"]._insert(
            events,
            [
                {
                    "order_id": self.order.id,
                    "stage_id": self.approved.id,
                    "date": fields.Datetime.now(),
                    "source": "user",
                    "user_id": self.supervisor.id,
                    "company_id": self.company.id,
                }
                for _number in range(200)
            ],
        )
        for _number in range(20):
            self._evidence(self.order)
        many = self._cost()
        self.assertLessEqual(many, 40)
        self.assertLessEqual(many, few + 2)

    def _cost(self):
        order = self.order.with_user(1)
        return self._queries(order._hub_customer_page)
