from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .chain_common import ChainCommon


class ShipmentCommon(ChainCommon):
    """A purchase of 15 steel, 10 of them for a customer, and its supplier."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = fields.Datetime.now().replace(microsecond=0)
        cls.steel = cls._bought("Steel", "ST-1", tracking="lot")
        cls.purchase = cls._purchase({cls.steel: 15})

    @classmethod
    def _day(cls, days):
        return cls.now + timedelta(days=days)

    @classmethod
    def _purchase(cls, goods, days=5):
        purchase = cls.env["purchase.order"].create(
            {
                "partner_id": cls.mill.id,
                "user_id": cls.buyer.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_qty": quantity,
                            "price_unit": 3,
                            "date_planned": cls._day(days),
                        }
                    )
                    for product, quantity in goods.items()
                ],
            }
        )
        purchase.button_confirm()
        return purchase

    def _notice(self, quantity, lots="", purchase=None, days=4, **vals):
        purchase = purchase or self.purchase
        return self.env["order.hub.shipment.notice"].create(
            {
                "order_id": purchase.id,
                "expected_date": self._day(days),
                "line_ids": [
                    Command.create(
                        {
                            "purchase_line_id": line.id,
                            "quantity": quantity,
                            "lots": lots,
                            "package": vals.get("package"),
                        }
                    )
                    for line in purchase.order_line
                ],
                **{name: each for name, each in vals.items() if name != "package"},
            }
        )

    def _announced(self, *args, **vals):
        notice = self._notice(*args, **vals)
        notice.with_user(self.buyer).action_announce()
        return notice

    def _receive(self, picking, quantity=None):
        if quantity is not None:
            picking.move_line_ids.quantity = quantity
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True).button_validate()


@tagged("post_install", "-at_install")
class TestShipmentNotice(ShipmentCommon):
    """What suppliers announce fills the receipts; receiving ends it."""

    # === ANNOUNCE === #

    def test_lots_packages_and_tracking_stand_in_the_receipt_not_yet_picked(self):
        notice = self._announced(
            15, "H-1; 12\nH-2; 3", package="P1", tracking="SF-77", carrier="SF"
        )
        [picking] = notice.picking_ids
        self.assertEqual(picking.carrier_tracking_ref, "SF-77")
        self.assertEqual(picking.scheduled_date, self._day(4))
        lines = picking.move_line_ids
        self.assertEqual(
            sorted(lines.mapped(lambda line: (line.lot_name, line.quantity))),
            [("H-1", 12), ("H-2", 3)],
        )
        self.assertFalse(any(lines.mapped("picked")))
        self.assertEqual(lines.result_package_id.name, f"{notice.name}/P1")
        self.assertEqual(notice.state, "announced")

    def test_a_part_gets_a_receipt_of_its_own_and_the_rest_stays_open(self):
        first = self._announced(12, "H-1")
        line = self.purchase.order_line
        self.assertEqual(first.picking_ids.move_ids.product_uom_qty, 12)
        self.assertEqual(line._hub_to_announce(), 3)
        second = self._announced(3, "H-2")
        self.assertEqual(second.picking_ids.move_ids.product_uom_qty, 3)
        self.assertNotEqual(first.picking_ids, second.picking_ids)
        self.assertEqual(sum(line.move_ids.mapped("product_uom_qty")), 15)

    def test_two_packages_of_one_line_share_its_receipt(self):
        notice = self._notice(10, "H-1", package="1")
        notice.line_ids.copy({"quantity": 5, "lots": "H-2", "package": "2"})
        notice.action_announce()
        lines = notice.picking_ids.move_line_ids
        self.assertEqual(sum(lines.mapped("quantity")), 15)
        self.assertEqual(len(lines.result_package_id), 2)

    def test_more_than_is_open_is_refused(self):
        self._announced(12, "H-1")
        with self.assertRaisesRegex(UserError, "between 0 and 3"):
            self._announced(4, "H-2")
        with self.assertRaises(UserError):
            self._announced(0)
        with self.assertRaises(UserError):
            self._announced(-1)

    def test_tracked_goods_need_their_lots(self):
        with self.assertRaisesRegex(UserError, "lot or serial"):
            self._announced(15)
        with self.assertRaisesRegex(UserError, "the lots make 5"):
            self._announced(15, "H-1; 2\nH-2; 3")

    def test_goods_of_another_order_are_refused(self):
        other = self._purchase({self.steel: 5})
        notice = self._notice(5, "H-1", purchase=other)
        notice.sudo().order_id = self.purchase
        with self.assertRaisesRegex(UserError, "another order"):
            notice.action_announce()

    def test_nothing_of_an_unconfirmed_order_is_announced(self):
        self.purchase.button_cancel()
        with self.assertRaises(UserError):
            self._announced(15, "H-1")

    def test_arrival_after_the_promise_reaches_the_waiting_order(self):
        order = self._confirmed(10, product=self.steel, days=10)
        self._announced(15, "H-1", days=14)
        self.assertEqual(order.hub_expected_date, self._day(14))

    def test_only_what_is_announced_comes_on_that_day(self):
        first = self._confirmed(10, product=self.steel, days=10)
        second = self._confirmed(5, product=self.steel, days=10)
        self._announced(5, "H-1", days=14)
        self.assertFalse(first.hub_expected_date)
        self.assertTrue(second.hub_expected_date)

    # === TAKE BACK === #

    def test_a_cancelled_shipment_leaves_the_receipt_as_odoo_made_it(self):
        order = self._confirmed(10, product=self.steel, days=10)
        notice = self._announced(15, "H-1", days=14, tracking="SF-77")
        picking = notice.picking_ids
        notice.action_cancel()
        self.assertFalse(picking.hub_notice_id)
        self.assertFalse(picking.carrier_tracking_ref)
        self.assertFalse(any(picking.move_line_ids.mapped("lot_name")))
        self.assertEqual(self.purchase.order_line._hub_to_announce(), 15)
        self.assertFalse(order.hub_expected_date)

    # === RECEIVE === #

    def test_receiving_ends_the_notice_by_itself(self):
        notice = self._announced(15, "H-1")
        self._receive(notice.picking_ids)
        self.assertEqual(notice.state, "received")
        self.assertFalse(notice.is_different)
        lot = self.env["stock.lot"].search([("product_id", "=", self.steel.id)])
        self.assertEqual(lot.name, "H-1")

    def test_receiving_less_says_what_differs(self):
        notice = self._announced(15, "H-1")
        self._receive(notice.picking_ids, 13)
        self.assertEqual(notice.state, "received")
        self.assertIn("15 Units announced, 13 Units received", notice.difference)
        self.assertTrue(self.purchase.message_ids.filtered(lambda m: "13" in m.body))

    def test_a_received_shipment_cannot_be_cancelled(self):
        notice = self._announced(15, "H-1")
        self._receive(notice.picking_ids)
        with self.assertRaises(UserError):
            notice.action_cancel()

    # === SCAN === #

    def test_the_label_opens_the_receipt_on_the_scan_screen(self):
        notice = self._announced(15, "H-1", package="P1")
        [label] = notice._labels()
        self.assertEqual(label["code"], f"{notice.name}/P1")
        Order = self.env["sale.order"].with_user(self.operator)
        found = Order.hub_scan(label["code"])
        self.assertEqual(found["action"]["res_id"], notice.picking_ids.id)
        self._receive(notice.picking_ids)
        self.assertTrue(Order.hub_scan(label["code"]).get("error"))

    def test_labels_print(self):
        notice = self._announced(15, "H-1", package="P1")
        report = "order_hub.order_hub_shipment_label_action"
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            report, notice.ids
        )
        self.assertIn(notice.name, html.decode())

    # === WRONG SIDE === #

    def test_nobody_writes_the_state(self):
        notice = self._notice(15, "H-1").with_user(self.buyer)
        for vals in ({"state": "received"}, {"is_different": True}, {"name": "X"}):
            with self.assertRaises(AccessError):
                notice.write(vals)
        with self.assertRaises(AccessError):
            notice.create({"order_id": self.purchase.id, "state": "announced"})

    def test_announced_goods_do_not_change_any_more(self):
        notice = self._announced(15, "H-1").with_user(self.buyer)
        with self.assertRaises(UserError):
            notice.line_ids.quantity = 3
        with self.assertRaises(UserError):
            notice.tracking = "other"
        with self.assertRaises(UserError):
            notice.unlink()

    def test_sales_and_operators_read_but_do_not_announce(self):
        notice = self._notice(15, "H-1")
        for user in (self.sales, self.operator):
            self.assertTrue(notice.with_user(user).name)
            with self.assertRaises(AccessError):
                notice.with_user(user).action_announce()

    def test_a_portal_user_reaches_nothing(self):
        notice = self._announced(15, "H-1")
        partner = self.mill
        portal = self._user("mill_portal", "base.group_portal")
        portal.partner_id.parent_id = partner
        for record in (notice, notice.line_ids):
            with self.assertRaises(AccessError):
                record.with_user(portal).read()
        with self.assertRaises(AccessError):
            notice.with_user(portal).action_cancel()

    def test_another_company_sees_nothing(self):
        notice = self._notice(15, "H-1")
        other = self.env["res.company"].create({"name": "Other Works"})
        self.buyer.write(
            {"company_ids": [Command.link(other.id)], "company_id": other.id}
        )
        Notice = self.env["order.hub.shipment.notice"].with_user(self.buyer)
        found = (
            Notice.with_company(other)
            .with_context(allowed_company_ids=other.ids)
            .search([("id", "=", notice.id)])
        )
        self.assertFalse(found)

    # === COST === #

    def test_receiving_without_notices_costs_no_further_query(self):
        picking = self.purchase.picking_ids
        picking.invalidate_recordset()
        picking.mapped("origin")
        picking.move_ids.purchase_line_id.mapped("product_qty")
        before = self.cr.sql_log_count
        picking.move_ids.purchase_line_id._hub_received()
        picking.sudo().hub_notice_id._receive(self.now)
        self.assertEqual(self.cr.sql_log_count, before)


@tagged("post_install", "-at_install")
class TestSupplyReport(ShipmentCommon):
    """What suppliers report early reaches the buyer and the orders that wait."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.line = cls.purchase.order_line
        cls.reason = cls.env["order.hub.answer.reason"].search([], limit=1)

    def _report(self, kind, quantity=0.0, days=None, line=None):
        day = days is not None and self._day(days).date()
        word = {
            "line_id": (line or self.line).id,
            "kind": kind,
            "quantity": quantity,
            "day": day or None,
            "reason_id": self.reason.id,
            "note": "Furnace is cold",
        }
        return self.env["order.hub.supply.report"]._report(
            self.purchase, [word], self.now, self.buyer
        )

    def test_a_delay_reaches_the_waiting_order_and_changes_no_plan(self):
        order = self._confirmed(10, product=self.steel, days=10)
        planned = self.line.date_planned
        self._report("delay", days=15)
        self.assertEqual(order.hub_expected_date.date(), self._day(15).date())
        self.assertEqual(self.line.date_planned, planned)

    def test_a_shortage_hits_who_stands_last(self):
        first = self._confirmed(10, product=self.steel, days=10)
        last = self._confirmed(5, product=self.steel, days=10)
        self._report("shortage", 10)
        self.assertFalse(first.hub_exception_ids)
        self.assertEqual(last.hub_exception_ids.kind_id.code, "supplier_delay")

    def test_a_delay_without_a_day_is_told_as_well(self):
        order = self._confirmed(10, product=self.steel, days=10)
        report = self._report("delay")
        self.assertFalse(report.date)
        self.assertTrue(order.hub_exception_ids)

    def test_the_buyer_gets_one_to_do_and_reads_why(self):
        self._report("delay", days=8)
        self._report("delay", days=9)
        kind = self.env.ref("order_hub.mail_activity_data_supply_report")
        todos = self.purchase.activity_ids.filtered(
            lambda todo: todo.activity_type_id == kind
        )
        self.assertEqual(todos.user_id, self.buyer)
        self.assertEqual(len(todos), 1)
        self.assertIn("Furnace is cold", todos.note)

    def test_what_is_no_problem_is_refused(self):
        for kind, quantity, days in (
            ("delay", 0, 3),
            ("delay", 0, -2),
            ("shortage", 15, 8),
            ("shortage", -1, 8),
        ):
            with self.assertRaises(UserError):
                self._report(kind, quantity, days)

    def test_a_line_of_another_order_is_refused(self):
        other = self._purchase({self.steel: 5})
        with self.assertRaises(UserError):
            self._report("delay", days=15, line=other.order_line)

    def test_reports_are_kept_as_they_are(self):
        report = self._report("delay", days=15)
        with self.assertRaises(UserError):
            report.note = "Never said"
        with self.assertRaises(UserError):
            report.unlink()
        with self.assertRaises(AccessError):
            report.with_user(self.buyer).create({"note": "Forged"})

    def test_a_later_report_replaces_the_earlier_one(self):
        order = self._confirmed(10, product=self.steel, days=10)
        self._report("delay", days=15)
        self._report("delay", days=9)
        self.assertFalse(order.hub_expected_date)
