from odoo.fields import Command
from odoo.tests import tagged

from .indicator_common import IndicatorCommon, at


@tagged("post_install", "-at_install")
class TestIndicatorsSupply(IndicatorCommon):
    """Each figure about suppliers, stock and warehouse, against one by hand."""

    def _purchase(self, planned, received=None, quantity=10):
        supplier = self.env["res.partner"].create({"name": "Steel Trader"})
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": supplier.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "product_qty": 10,
                            "price_unit": 3,
                        }
                    )
                ],
            }
        )
        purchase.button_confirm()
        if received:
            move = purchase.picking_ids.move_ids
            move.write({"quantity": quantity, "picked": True})
            purchase.picking_ids.with_context(skip_backorder=True).button_validate()
            self._set(move, date=received)
        self._set(purchase.order_line, date_planned=planned)
        return purchase

    def test_suppliers_are_on_time_in_full_and_by_their_day(self):
        self._purchase(at(5), received=at(5, 15))  # 23:00 of the day: in time
        self._purchase(at(5), received=at(5, 16))  # midnight passed: late
        self._purchase(at(5), received=at(4), quantity=6)  # not in full
        self._purchase(at(6))  # not at all
        self._purchase(at(10))  # due today: nobody knows yet
        self._assert_figure("supplier_on_time", 25, 4)

    def test_a_confirmation_of_a_supplier_is_timed_from_the_order(self):
        purchase = self._purchase(at(9))
        self.assertFalse(purchase.hub_acknowledged_at)
        purchase.action_acknowledge()
        self.assertTrue(purchase.hub_acknowledged_at)
        self._set(purchase, date_approve=at(2), hub_acknowledged_at=at(4))
        self._assert_figure("supplier_confirmation", 48, 1)
        purchase.acknowledged = False
        self.assertFalse(purchase.hub_acknowledged_at)

    def _stocked(self):
        """100 at 5 with 30 issued in the window; 50 at 10 that did not move."""
        self._forget_stock()
        fast = self._product("Fast", "W7-F", stock=130, standard_price=5.0)
        slow = self._product("Slow", "W7-S", stock=50, standard_price=10.0)
        self._product("No cost", "W7-N", stock=999)
        order = self._order(quantity=30, product=fast)
        order.action_confirm()
        self._set(self._deliver(order).move_ids, date=at(5))
        return fast, slow

    def _forget_stock(self):
        self.env.cr.execute("DELETE FROM stock_quant")
        self.env.invalidate_all()

    def test_stock_cover_is_stock_against_what_leaves_a_day(self):
        self._stocked()
        # the window ends at 20:00 of its 30th day in Shanghai
        days = 29 + 20 / 24
        self._assert_figure("stock_cover", (100 * 5 + 50 * 10) / (30 * 5 / days), 2)

    def test_slow_stock_is_what_did_not_move(self):
        _fast, slow = self._stocked()
        row = self._assert_figure("slow_stock", 50, 1)
        self.assertEqual(row.action_open_counted()["domain"], [("id", "in", slow.ids)])

    def test_inventory_is_accurate_where_a_count_finds_no_difference(self):
        self._stocked()
        quants = self.env["stock.quant"].search(
            [("location_id", "=", self.warehouse.lot_stock_id.id)], limit=2
        )
        for quant, counted in zip(quants, (0, 3), strict=True):
            quant.with_context(inventory_mode=True).inventory_quantity = (
                quant.quantity + counted
            )
            quant.action_apply_inventory()
        moves = self.env["stock.move"].search([("is_inventory", "=", True)])
        counted = moves.filtered(lambda move: move.product_id in quants.product_id)
        self._set(counted, date=at(5))
        self._assert_figure("inventory_accuracy", 50, 2)

    def test_a_delivery_in_one_go_leaves_no_backorder(self):
        for quantity in (None, 4):
            order = self._order(quantity=10)
            order.action_confirm()
            picking = order.picking_ids
            picking.move_ids.write({"quantity": quantity or 10, "picked": True})
            result = picking.button_validate()
            if isinstance(result, dict):
                wizard = self.env[result["res_model"]].with_context(**result["context"])
                wizard.create({}).process()
            self._set(picking, date_done=at(5))
        self._assert_figure("fill_rate", 50, 2)

    def test_lines_picked_per_hour_count_hours_in_which_somebody_picked(self):
        lines = self.env["stock.move.line"]
        for _number in range(3):
            order = self._order(quantity=1)
            order.action_confirm()
            lines |= self._deliver(order).move_line_ids
        # two lines in one hour, one in the next: three lines in two hours
        for line, moment in zip(lines, (at(9, 4), at(9, 4, 30), at(9, 5)), strict=True):
            self._set(line, date=moment)
        self._assert_figure("pick_rate", 1.5, 3)

    def test_returns_are_counted_against_lines_that_went_out(self):
        for _number in range(2):
            order = self._order(quantity=1)
            order.action_confirm()
            picking = self._deliver(order)
            self._set(picking.move_ids, date=at(5))
        back = self.env["stock.return.picking"].create({"picking_id": picking.id})
        back.product_return_moves.quantity = 1
        returned = self.env["stock.picking"].browse(
            back.action_create_returns()["res_id"]
        )
        returned.move_ids.write({"quantity": 1, "picked": True})
        returned.button_validate()
        self._set(returned.move_ids, date=at(6))
        self._assert_figure("return_rate", 50, 1)


@tagged("post_install", "-at_install")
class TestIndicatorsProduction(IndicatorCommon):
    """Each figure about manufacturing and ECNs, against one reckoned by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.center = cls.env["mrp.workcenter"].create({"name": "Stamping"})
        cls.goods = cls._product("Bracket", "W7-B")
        cls.part = cls._product("Blank", "W7-P", stock=100)
        cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": cls.goods.product_tmpl_id.id,
                "bom_line_ids": [
                    Command.create({"product_id": cls.part.id, "product_qty": 1})
                ],
                "operation_ids": [
                    Command.create({"name": "Stamp", "workcenter_id": cls.center.id})
                ],
            }
        )

    def _made(self, *, is_done=True, **columns):
        made = self.env["mrp.production"].create(
            {"product_id": self.goods.id, "product_qty": 10}
        )
        made.action_confirm()
        if is_done:
            made.qty_producing = 10
            made.move_raw_ids.write({"quantity": 10, "picked": True})
            made.button_mark_done()
            self.assertEqual(made.state, "done")
        if columns:
            self._set(made, **columns)
        return made

    def test_manufacturing_is_on_time_by_the_day_of_its_deadline(self):
        self._made(date_deadline=at(5), date_finished=at(5, 15), date_start=at(3, 15))
        self._made(date_deadline=at(5), date_finished=at(5, 16), date_start=at(5, 4))
        self._assert_figure("production_on_time", 50, 2)
        self._assert_figure("production_days", (2 + 0.5) / 2, 2)

    def test_schedule_adherence_counts_what_is_still_not_finished(self):
        self._made(date_deadline=at(5), date_finished=at(5))
        self._made(date_deadline=at(6), is_done=False)
        self._made(date_deadline=at(10), is_done=False)  # due today: not yet known
        self._assert_figure("schedule_adherence", 50, 2)

    def test_first_pass_yield_needs_scrap_to_be_written_down(self):
        made = self._made(date_finished=at(5))
        self._made(date_finished=at(5))
        self._assert_figure("first_pass_yield", None)
        scrap = self.env["stock.scrap"].create(
            {"production_id": made.id, "product_id": self.goods.id, "scrap_qty": 1}
        )
        scrap.do_scrap()
        self._set(scrap, date_done=at(6))
        self._assert_figure("first_pass_yield", 95, 2)

    def test_kits_are_complete_when_every_part_is_reserved(self):
        self.env["mrp.production"].search([])._write({"state": "cancel"})
        full = self._made(is_done=False, date_start=at(12))
        full.action_assign()
        self._set(full, date_start=at(12), reservation_state="assigned")
        self._made(is_done=False, date_start=at(12), reservation_state="confirmed")
        self._made(is_done=False, date_start=at(25), reservation_state="confirmed")
        self._assert_figure("kit_complete", 50, 2)

    def test_work_centres_say_efficiency_load_and_queue(self):
        self.env["mrp.workcenter"].search([("id", "!=", self.center.id)]).active = False
        done = self._made().workorder_ids
        self._set(
            done,
            state="done",
            duration_expected=45,
            duration=60,
            date_finished=at(5),
        )
        self._assert_figure("work_efficiency", 75, 1)
        waiting = self._made(is_done=False).workorder_ids
        self._set(waiting, state="ready", duration_expected=480, duration=0)
        self._set(self.center.resource_calendar_id, hours_per_week=40)
        self._assert_figure("workcenter_load", 20, 1)
        self._assert_figure("workcenter_queue", 1, 1)
        self._assert_split("workcenter_queue", {"Stamping": 1.0})

    def test_ecns_say_their_days_emergencies_and_orders_hit(self):
        ecns = self.env["order.hub.ecn"].create(
            [
                {"title": title, "reason": "defect", "urgency": "routine"}
                for title in ("Capacitor", "Resistor")
            ]
        )
        self._set(ecns, state="done", create_date=at(1), applied_at=at(5))
        self._set(ecns[0], applied_at=at(3), approval_due=at(4))
        self._add(
            "order.hub.ecn.order",
            *(
                {
                    "ecn_id": ecns[0].id,
                    "order_id": order.id,
                    "choice": "switch",
                    "suggestion": "switch",
                    "state": "done",
                }
                for order in self._orders(3)
            ),
        )
        self._assert_figure("ecn_days", 3, 2)
        self._assert_figure("ecn_emergency", 50, 2)
        self._assert_figure("ecn_orders", 1.5, 2)
