import time
import uuid

from odoo import http
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from ..controllers.portal_order import SENT
from .common import ConnectorsCommon


@tagged("post_install", "-at_install")
class TestPortalOrder(ConnectorsCommon, HttpCase):
    """The customer's own order form."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buyer = cls._user("hub_buyer", "base.group_portal")
        cls.buyer.partner_id.parent_id = cls.customer
        cls.form_channel = cls.env["order.hub.channel"].create(
            {"name": "Portal", "code": "portal", "adapter": "portal"}
        )
        cls.form_channel.action_switch_on()
        bought = cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "order_line": [
                    Command.create(
                        {"product_id": cls.products[0].id, "product_uom_qty": 30}
                    )
                ],
            }
        )
        bought.action_confirm()

    def setUp(self):
        super().setUp()
        SENT.clear()
        self.authenticate("hub_buyer", "hub_buyer")

    def _send(self, quantities, **more):
        data = {
            "csrf_token": http.Request.csrf_token(self),
            "key": uuid.uuid4().hex,
            **{f"quantity_{p.id}": q for p, q in quantities.items()},
            **more,
        }
        return self.url_open("/my/hub/new", data=data)

    def _received(self):
        return (
            self.env["order.hub.inbound"]
            .sudo()
            .search([("channel_id", "=", self.form_channel.id)])
        )

    def test_the_form_offers_what_the_customer_bought_at_their_price(self):
        page = self.url_open("/my/hub/new").text
        self.assertIn("Steering knuckle", page)
        self.assertIn("160.00", page)
        self.assertNotIn("Half shaft", page)

    def test_an_order_from_the_form_is_taken_in_for_that_customer(self):
        answer = self._send({self.products[0]: "12"}, reference="PO-7", note="Call me")
        self.assertEqual(answer.status_code, 200)
        inbound = self._received()
        order = inbound.order_id
        self.assertEqual(inbound.state, "done", inbound.trace)
        self.assertEqual(order.partner_id, self.buyer.partner_id)
        self.assertEqual(order.order_line.product_uom_qty, 12)
        self.assertEqual(order.order_line.price_unit, 160)
        self.assertEqual(order.client_order_ref, "PO-7")
        self.assertIn("Call me", order.note)
        self.assertIn(order.hub_ref, answer.text)

    def test_the_same_form_sent_twice_is_one_order(self):
        key = uuid.uuid4().hex
        self._send({self.products[0]: "3"}, key=key)
        self._send({self.products[0]: "3"}, key=key)
        self.assertEqual(len(self._received()), 1)

    def test_what_is_wrong_is_said_and_what_was_typed_stays(self):
        for typed in ("-1", "abc", "1e30", ""):
            answer = self._send({self.products[0]: typed}, note="typed before")
            self.assertIn("alert-danger", answer.text)
            self.assertIn("typed before", answer.text)
        answer = self._send({self.products[0]: "2"}, date="2020-01-01")
        self.assertIn("alert-danger", answer.text)
        self.assertFalse(self._received())

    # === FROM THE WRONG SIDE === #

    def test_a_product_that_is_not_offered_cannot_be_ordered_by_its_number(self):
        answer = self._send({self.products[1]: "5"})
        self.assertIn("alert-danger", answer.text)
        self.assertFalse(self._received())

    def test_a_price_in_the_form_changes_nothing(self):
        self._send({self.products[0]: "2"}, unit_price="0.01", price="1")
        self.assertEqual(self._received().order_id.order_line.price_unit, 160)

    def test_goods_go_to_the_customers_own_addresses_only(self):
        other = self.env["res.partner"].create({"name": "Other", "street": "Elsewhere"})
        self._send({self.products[0]: "2"}, ship_to=str(other.id))
        self.assertNotEqual(self._received().order_id.partner_shipping_id, other)

    def test_visitors_log_in_first_and_a_closed_form_is_not_there(self):
        self.form_channel.action_switch_off()
        self.assertTrue(self.url_open("/my/hub/new").url.endswith("/my/hub"))
        self.authenticate(None, None)
        self.assertIn("/web/login", self.url_open("/my/hub/new").url)

    def test_a_form_without_its_token_is_refused(self):
        data = {"key": uuid.uuid4().hex, f"quantity_{self.products[0].id}": "1"}
        self.assertEqual(self.url_open("/my/hub/new", data=data).status_code, 400)
        self.assertFalse(self._received())

    def test_nobody_sends_orders_without_end(self):
        for _time in range(30):
            SENT.count(self.buyer.id, time.monotonic())
        self.assertIn("alert-danger", self._send({self.products[0]: "1"}).text)
