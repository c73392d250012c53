from datetime import date, timedelta

from psycopg2 import IntegrityError

from odoo import fields, http
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.order_hub.controllers.portal_supply_stock import PROPOSALS

from .purchasing_common import NOW, PurchasingCommon
from .test_supply_portal import SupplyPortalCommon

#: Which tests try each route of these pages from the wrong side.
ACCESS_TESTS = {
    "/my/supply/stock": {
        "test_stock_is_closed_to_a_supplier_without_an_agreement",
        "test_stock_asks_a_stranger_to_log_in",
    },
    "/my/supply/stock/<int:agreement_id>/propose": {
        "test_nobody_proposes_for_another_supplier",
        "test_an_employee_cannot_propose",
    },
    "/my/supply/score": {
        "test_score_is_closed_to_a_customer",
        "test_a_supplier_sees_the_own_score_only",
    },
}
TODAY = date(2025, 6, 17)


@tagged("post_install", "-at_install")
class TestVmi(PurchasingCommon):
    """A supplier keeps stock between two quantities, and never beyond the second."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._agree()

    @classmethod
    def _agree(cls, **vals):
        return cls.env["order.hub.vmi"].create(
            {
                "partner_id": cls.mill.id,
                "product_id": cls.sheet.id,
                "warehouse_id": cls.warehouse.id,
                "min_qty": 20,
                "max_qty": 100,
                "user_id": cls.buyer.id,
                **vals,
            }
        )

    def _position(self, agreement=None):
        agreement = agreement or self.agreement
        return agreement._positions()[agreement.id]

    def _propose(self, quantity, days=3, mark=None, agreement=None):
        agreement = agreement or self.agreement
        mark = mark or agreement._mark(self._position(agreement))
        day = TODAY + timedelta(days=days)
        return agreement._propose(quantity, day, mark, NOW)

    def test_stock_orders_and_proposals_are_counted(self):
        self._stock(self.sheet, 30)
        order = self._purchase(10)
        self._receive(order, 4)
        self._purchase(7, partner=self.rival)
        self._propose(5)
        position = self._position()
        self.assertEqual((position.stock, position.coming), (34, 11))

    def test_units_of_the_agreement_are_converted(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self._stock(self.sheet, 36)
        self.agreement.write({"uom_id": dozen.id, "min_qty": 1, "max_qty": 5})
        self.assertEqual(self._position().stock, 3)
        self.assertEqual(self._propose(2).order_line.product_uom_qty, 24)
        self.assertEqual(self._position().coming, 2)

    def test_a_proposal_within_the_limit_becomes_an_order_at_once(self):
        self.agreement.confirm_amount = 500
        order = self._propose(50)
        self.assertEqual(order.state, "purchase")
        self.assertEqual(order.hub_answer_state, "confirmed")
        self.assertEqual(order.order_line.price_unit, 10)
        line = order.order_line
        self.assertEqual(line._hub_local_day(line.date_planned), date(2025, 6, 20))

    def test_a_proposal_above_the_limit_waits_for_the_buyer(self):
        self.agreement.confirm_amount = 499
        order = self._propose(50)
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.activity_ids.user_id, self.buyer)

    def test_two_proposals_never_fill_the_same_room(self):
        self._propose(60)
        with self.assertRaises(UserError) as caught:
            self._propose(60)
        self.assertIn("room for 40", str(caught.exception))

    def test_a_form_sent_twice_counts_once(self):
        mark = self.agreement._mark(self._position())
        self._propose(10, mark=mark)
        with self.assertRaises(UserError):
            self._propose(10, mark=mark)
        self.assertEqual(self._position().coming, 10)

    def test_nothing_beyond_the_maximum_in_the_past_or_empty_is_taken(self):
        for quantity, days in ((101, 3), (0, 3), (-5, 3), (float("nan"), 3), (5, -1)):
            with self.assertRaises(UserError):
                self._propose(quantity, days)
        self.assertFalse(self._position().coming)

    def test_a_supplier_is_told_once_when_stock_falls_below_the_minimum(self):
        Vmi = self.env["order.hub.vmi"]
        mails = self.agreement.message_ids
        self.assertEqual(Vmi._tell_company(self.company, NOW), self.agreement)
        [mail] = self.agreement.message_ids - mails
        self.assertIn("agreed 20 to 100", mail.body)
        self.assertFalse(Vmi._tell_company(self.company, NOW + timedelta(days=1)))
        self.assertTrue(Vmi._tell_company(self.company, NOW + timedelta(days=3)))
        self._stock(self.sheet, 50)
        Vmi._tell_company(self.company, NOW + timedelta(days=4))
        self.assertFalse(self.agreement.told_on)

    def test_the_job_tells_suppliers(self):
        with freeze_time(NOW), self.enter_registry_test_mode():
            self.env.ref("order_hub.ir_cron_vmi").method_direct_trigger()
        self.assertEqual(self.agreement.told_on, TODAY)

    def test_what_is_on_the_way_keeps_the_supplier_from_being_told(self):
        self._propose(20)
        found = self.env["order.hub.vmi"]._tell_company(self.company, NOW)
        self.assertFalse(found)

    def test_an_agreement_that_has_ended_is_none(self):
        self.agreement.date_until = "2025-06-16"
        Vmi = self.env["order.hub.vmi"]
        self.assertFalse(Vmi._for_supplier(self.mill, self.company, NOW))
        self.agreement.date_until = "2025-06-17"
        self.assertTrue(Vmi._for_supplier(self.mill, self.company, NOW))

    def test_agreements_make_sense(self):
        with self.assertRaises(ValidationError):
            self.agreement.write(
                {"date_from": "2025-07-01", "date_until": "2025-06-01"}
            )
        with self.assertRaises(ValidationError):
            self.agreement.uom_id = self.env.ref("uom.product_uom_kgm")
        with mute_logger("odoo.sql_db"):
            for vals in ({"min_qty": 200}, {"min_qty": -1}, {"max_qty": 0}):
                with self.assertRaises(IntegrityError), self.cr.savepoint():
                    self.agreement.write(vals)
                    self.env.flush_all()

    def test_agreements_are_for_buyers_of_the_company(self):
        other = self.env["res.company"].create({"name": "Other Works"})
        stranger = new_test_user(
            self.env,
            "hub_other_buyer",
            "purchase.group_purchase_user",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.agreement.with_user(self.buyer).min_qty = 25
        with self.assertRaises(AccessError):
            self.agreement.with_user(stranger).read(["min_qty"])
        for user in (self.user, self.sales):
            with self.assertRaises(AccessError):
                self.agreement.with_user(user).read(["min_qty"])

    def test_positions_cost_the_same_for_one_and_for_fifty_agreements(self):
        one = self._queries(self.agreement._positions)
        agreements = self.agreement
        for number in range(49):
            product = self._product(f"Part {number}", f"PART-{number}")
            agreements |= self._agree(product_id=product.id)
        self.assertEqual(self._queries(agreements._positions), one)


@tagged("post_install", "-at_install")
class TestSupplyStockPages(SupplyPortalCommon):
    """The pages about stock and score, tried by everybody they are not for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._agree(cls.steel, cls.sheet)
        cls.theirs = cls._agree(cls.rival, cls.bolt)

    @classmethod
    def _agree(cls, partner, product):
        return cls.env["order.hub.vmi"].create(
            {
                "partner_id": partner.id,
                "product_id": product.id,
                "warehouse_id": cls.warehouse.id,
                "min_qty": 5,
                "max_qty": 60,
            }
        )

    def setUp(self):
        super().setUp()
        PROPOSALS.clear()

    def _send(self, agreement, **form):
        mark = agreement._mark(agreement._positions()[agreement.id])
        day = fields.Date.to_string(fields.Date.today() + timedelta(days=4))
        values = {"quantity": "20", "date": day, "mark": mark, **form}
        return self._post(f"/my/supply/stock/{agreement.id}/propose", values)

    def _post(self, url, values):
        return self.url_open(
            url,
            data={"csrf_token": http.Request.csrf_token(self), **values},
            allow_redirects=False,
        )

    def _orders(self):
        return self.env["purchase.order"].search([("hub_vmi_id", "!=", False)])

    def test_a_supplier_sees_the_own_stock_and_proposes(self):
        self._stock(self.sheet, 3)
        self._as(self.supplier)
        page = self._get("/my/supply/stock")
        self.assertEqual(page.status_code, 200)
        self.assertIn("Below the minimum", page.text)
        self.assertIn("ST-08", page.text)
        self.assertNotIn("Bolt M8", page.text)
        self.assertEqual(self._send(self.agreement).status_code, 303)
        self.assertEqual(self._orders().partner_id, self.steel)
        self.assertEqual(self._orders().order_line.product_qty, 20)

    def test_what_cannot_be_taken_is_said_on_the_form(self):
        self._as(self.supplier)
        for form in (
            {"quantity": "61"},
            {"quantity": "many"},
            {"quantity": "nan"},
            {"date": "soon"},
            {"date": "2020-01-01"},
            {"mark": "0" * 32},
        ):
            answer = self._send(self.agreement, **form)
            self.assertEqual(answer.status_code, 422, form)
            self.assertIn('role="alert"', answer.text)
        self.assertFalse(self._orders())

    def test_nobody_proposes_for_another_supplier(self):
        self._as(self.supplier)
        self.assertEqual(self._send(self.theirs).status_code, 404)
        unknown = self._post("/my/supply/stock/999999/propose", {"quantity": "1"})
        self.assertEqual(unknown.status_code, 404)
        self._as(self.customer)
        self.assertEqual(self._send(self.agreement).status_code, 404)
        self.assertFalse(self._orders())

    def test_an_employee_cannot_propose(self):
        self.supervisor.partner_id.parent_id = self.steel
        self.supervisor.password = "hub_supervisor"
        self.authenticate("hub_supervisor", "hub_supervisor")
        self.assertEqual(self._send(self.agreement).status_code, 404)
        self.assertFalse(self._orders())

    def test_too_many_proposals_are_asked_to_wait(self):
        self._as(self.supplier)
        for _attempt in range(PROPOSALS.limit):
            self._send(self.agreement, quantity="0")
        self.assertEqual(self._send(self.agreement).status_code, 429)
        self.assertFalse(self._orders())

    def test_stock_is_closed_to_a_supplier_without_an_agreement(self):
        self.agreement.active = False
        self._as(self.supplier)
        self.assertEqual(self._get("/my/supply/stock").status_code, 404)
        self.assertNotIn("/my/supply/stock", self._get("/my/supply").text)

    def test_stock_asks_a_stranger_to_log_in(self):
        self._as(None)
        answer = self._get("/my/supply/stock")
        self.assertEqual(answer.status_code, 303)
        self.assertIn("/web/login", answer.headers["Location"])

    def test_score_is_closed_to_a_customer(self):
        self._as(self.customer)
        self.assertEqual(self._get("/my/supply/score").status_code, 404)

    def test_a_supplier_sees_the_own_score_only(self):
        days_ago = fields.Datetime.now() - timedelta(days=3)
        orders = {}
        for partner, product in ((self.steel, self.sheet), (self.rival, self.bolt)):
            orders[partner] = self._purchase(partner, product, 5, date_planned=days_ago)
        self.env["order.hub.supplier.score"]._score(self.company, fields.Datetime.now())
        self._as(self.supplier)
        page = self._get("/my/supply/score").text
        self.assertIn(orders[self.steel].name, page)
        self.assertNotIn(orders[self.rival].name, page)
        self.assertIn("What Cost Points", page)
