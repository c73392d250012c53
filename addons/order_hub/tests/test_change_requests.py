from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common import OrderHubCommon


class ChangeCommon(OrderHubCommon):
    """A customer with two addresses, a carrier and an order with freight."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["order.hub.change.rule"].search([]).active = False
        cls.partner.write({"email": "orders@taihu.example", "city": "Wuxi"})
        cls.new_home = cls.env["res.partner"].create(
            {
                "name": "Taihu, Gate 2",
                "parent_id": cls.partner.id,
                "type": "delivery",
                "street": "Lake Road 8",
                "city": "Suzhou",
            }
        )
        freight = cls.env["product.product"].create(
            {"name": "Freight", "type": "service", "taxes_id": False}
        )
        cls.carrier = cls.env["delivery.carrier"].create(
            {
                "name": "Swift",
                "delivery_type": "fixed",
                "fixed_price": 20.0,
                "product_id": freight.id,
            }
        )
        cls.sales.group_ids += cls.env.ref("stock.group_stock_user")

    def confirmed(self, quantity=10, **vals):
        vals.setdefault("partner_shipping_id", self.partner.id)
        order = self._order(quantity=quantity, **vals)
        order.set_delivery_line(self.carrier, 20.0)
        order.action_confirm()
        # the goods leave next week, whatever the hour at which the test runs
        self.leave(order, days=7)
        return order

    def leave(self, order, **later):
        moment = fields.Datetime.now() + timedelta(**later)
        order.picking_ids.scheduled_date = moment

    def ask(self, order, kind, user=None, source="sales", **values):
        asking = self.env["order.hub.change.request"].with_user(user or self.sales)
        return asking._ask(order, kind, values, source=source)

    def ask_quantity(self, order, quantity):
        """Ask for another quantity of the product that every order here has."""
        line = {"line_id": self.line(order).id, "quantity": quantity}
        return self.ask(order, "quantity", lines=[line])

    def line(self, order, product=None):
        wanted = product or self.product
        return order.order_line.filtered(lambda line: line.product_id == wanted)

    def results(self, request):
        return {check.kind: check.result for check in request.check_ids}

    def codes(self, request):
        return {check.kind: check.code for check in request.check_ids}

    def made_to_order(self):
        mto = self.env.ref("stock.route_warehouse0_mto")
        mto.active = True
        make = self.warehouse.manufacture_pull_id.route_id
        part = self._product("Forging", "FRG-1", stock=500)
        product = self._product(
            "Bracket", "BRK-1", route_ids=[Command.set((mto | make).ids)]
        )
        self.env["mrp.bom"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "bom_line_ids": [
                    Command.create({"product_id": part.id, "product_qty": 2})
                ],
            }
        )
        order = self._order(quantity=10, product=product)
        order.action_confirm()
        self.leave(order, days=7)
        return order, product


@tagged("post_install", "-at_install")
class TestChangeRequests(ChangeCommon):
    """Asked, checked, accepted, carried out."""

    # === ADDRESS === #

    def test_a_green_address_change_closes_by_itself_and_reaches_the_delivery(self):
        order = self.confirmed()
        request = self.ask(
            order, "address", source="portal", shipping_id=self.new_home.id
        )
        self.assertEqual(request.state, "done", request.answer)
        self.assertTrue(request.by_itself)
        self.assertEqual(order.partner_shipping_id, self.new_home)
        self.assertEqual(order.picking_ids.partner_id, self.new_home)
        self.assertEqual(set(self.results(request).values()), {"ok"})
        self.assertGreaterEqual(request.minutes, 0.0)
        self.assertIn(request.name, order.message_ids[0].body)

    def test_after_the_cut_off_the_address_is_refused_with_what_can_still_be_done(self):
        order = self.confirmed()
        self.carrier.hub_cut_off = 12.0
        self.warehouse.partner_id.tz = "UTC"
        with self.at(order, "2026-11-20 11:40:00"):
            early = self.ask(
                order, "address", source="portal", shipping_id=self.new_home.id
            )
        self.assertEqual(early.state, "done", early.answer)
        with self.at(order, "2026-11-20 12:05:00"):
            late = self.ask(
                order, "address", source="portal", shipping_id=self.partner.id
            )
        self.assertEqual(late.state, "refused")
        self.assertEqual(self.codes(late)["shipping"], "cut_off")
        self.assertIn("redirect", late.answer)
        self.assertEqual(order.partner_shipping_id, self.new_home)

    def at(self, order, moment):
        order.picking_ids.action_assign()
        order.picking_ids.scheduled_date = "2026-11-20 10:00:00"
        self.env.flush_all()
        return freeze_time(moment)

    def test_the_label_of_before_is_void_and_the_warehouse_gets_a_to_do(self):
        order = self.confirmed()
        picking = order.picking_ids
        picking.write({"carrier_tracking_ref": "SF123", "printed": True})
        self.ask(order, "address", shipping_id=self.new_home.id)
        self.assertFalse(picking.carrier_tracking_ref)
        self.assertFalse(picking.printed)
        self.assertIn("SF123", "".join(picking.activity_ids.mapped("note")))

    def test_what_has_left_keeps_the_address_it_went_to(self):
        order = self.confirmed()
        self._deliver(order, quantity=4)
        sent = order.picking_ids.filtered(lambda p: p.state == "done")
        self.leave(order, days=7)
        request = self.ask(order, "address", shipping_id=self.new_home.id)
        request.with_user(self.sales).action_carry_out()
        rest = order.picking_ids - sent
        self.assertEqual(sent.partner_id, self.partner)
        self.assertEqual(rest.partner_id, self.new_home)

    def test_a_customer_cannot_send_goods_to_somebody_elses_address(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        order = self.confirmed()
        request = self.ask(order, "address", source="portal", shipping_id=stranger.id)
        self.assertEqual(request.state, "refused")
        self.assertEqual(order.partner_shipping_id, self.partner)

    # === QUANTITIES === #

    def test_looking_at_a_change_changes_nothing(self):
        order = self.confirmed()
        before = (order.amount_total, self.line(order).product_uom_qty)
        moves = order.picking_ids.move_ids
        request = self.ask(
            order,
            "quantity",
            source="portal",
            lines=[{"line_id": self.line(order).id, "quantity": 15}],
        )
        self.assertEqual(request.state, "waiting")
        self.assertEqual(request.amount_old, 1620.0)
        self.assertEqual(request.amount_new, 2420.0)
        self.assertEqual(before, (order.amount_total, self.line(order).product_uom_qty))
        self.assertEqual(order.picking_ids.move_ids, moves)
        self.assertEqual(moves.product_uom_qty, 10)

    def test_more_is_delivered_once_the_customer_has_agreed_to_the_price(self):
        order = self.confirmed()
        request = self.ask_quantity(order, 15)
        self.assertEqual(request.acceptance_ids.mapped("role"), ["customer"])
        request.with_user(self.sales).action_accept_customer()
        self.assertEqual(request.state, "done", request.answer)
        self.assertEqual(sum(order.picking_ids.move_ids.mapped("product_uom_qty")), 15)
        self.assertEqual(order.amount_total, 2420.0)

    def test_less_of_a_product_lowers_its_delivery_and_is_told(self):
        order = self.confirmed()
        request = self.ask_quantity(order, 4)
        self.assertEqual(request.state, "open", request.answer)
        request.with_user(self.sales).action_carry_out()
        self.assertEqual(request.state, "done")
        self.assertEqual(order.picking_ids.move_ids.product_uom_qty, 4)

    def test_made_to_order_pieces_that_have_not_begun_shrink_with_the_order(self):
        order, product = self.made_to_order()
        production = self.env["mrp.production"].search(
            [("product_id", "=", product.id)]
        )
        self.assertEqual(production.product_qty, 10)
        request = self.ask(
            order,
            "quantity",
            lines=[{"line_id": self.line(order, product).id, "quantity": 6}],
        )
        request.with_user(self.sales).action_carry_out()
        self.assertEqual(production.product_qty, 6)
        self.assertEqual(production.move_raw_ids.product_uom_qty, 12)

    def test_what_is_in_work_needs_a_supervisor_and_goes_on(self):
        order, product = self.made_to_order()
        production = self.env["mrp.production"].search(
            [("product_id", "=", product.id)]
        )
        production.qty_producing = 3
        self.env.flush_all()
        self.assertEqual(production.state, "progress")
        request = self.ask(
            order,
            "drop",
            lines=[{"line_id": self.line(order, product).id}],
        )
        self.assertEqual(self.results(request)["production"], "warn")
        self.assertEqual(request.acceptance_ids.mapped("role"), ["supervisor"])
        with self.assertRaises(AccessError):
            request.with_user(self.sales).action_accept_supervisor()
        request.with_user(self.supervisor).action_accept_supervisor()
        self.assertEqual(request.state, "done", request.answer)
        self.assertEqual(production.product_qty, 10)

    def test_an_added_product_comes_at_the_price_of_the_pricelist(self):
        order = self.confirmed()
        extra = self._product("Ball joint", "BJ-1", stock=50, list_price=35.0)
        request = self.ask(
            order, "add", lines=[{"product_id": extra.id, "quantity": 4}]
        )
        self.assertEqual(request.amount_difference, 140.0)
        request.with_user(self.sales).action_accept_customer()
        self.assertEqual(self.line(order, extra).price_unit, 35.0)
        self.assertIn(extra, order.picking_ids.move_ids.product_id)

    def test_a_dropped_product_is_delivered_no_more(self):
        order = self.confirmed()
        request = self.ask(order, "drop", lines=[{"line_id": self.line(order).id}])
        request.with_user(self.sales).action_carry_out()
        self.assertEqual(self.line(order).product_uom_qty, 0)
        open_moves = order.picking_ids.move_ids.filtered(lambda m: m.state != "cancel")
        self.assertFalse(sum(open_moves.mapped("product_uom_qty")))

    def test_less_than_was_delivered_is_refused_with_the_lowest_possible(self):
        order = self.confirmed()
        self._deliver(order, quantity=4)
        self.leave(order, days=7)
        request = self.ask_quantity(order, 3)
        self.assertEqual(request.state, "refused")
        self.assertIn("4", request.answer)

    def test_absurd_and_negative_quantities_are_refused(self):
        order = self.confirmed()
        for quantity in (-1, 0, 1e12):
            request = self.ask_quantity(order, quantity)
            self.assertEqual(request.state, "refused", quantity)
        with self.assertRaises(ValidationError):
            self.ask_quantity(order, float("nan"))
        self.assertEqual(self.line(order).product_uom_qty, 10)

    def test_what_stock_does_not_cover_moves_the_promise(self):
        seller = self.env["res.partner"].create({"name": "Forge"})
        self.product.write(
            {
                "seller_ids": [Command.create({"partner_id": seller.id, "delay": 9})],
                "route_ids": [
                    Command.link(self.warehouse.buy_pull_id.route_id.id),
                ],
            }
        )
        order = self.confirmed()
        request = self.ask_quantity(order, 400)
        self.assertEqual(self.results(request)["stock"], "warn")
        self.assertGreater(request.date_new, request.date_old)

    # === DATE AND SPECIFICATION === #

    def test_a_later_date_moves_delivery_and_manufacturing(self):
        order, product = self.made_to_order()
        production = self.env["mrp.production"].search(
            [("product_id", "=", product.id)]
        )
        start = production.date_start
        wanted = (order.hub_promised_date or fields.Datetime.now()) + timedelta(days=30)
        request = self.ask(order, "date", date=wanted)
        self.assertEqual(request.state, "open", request.answer)
        request.with_user(self.sales).action_carry_out()
        self.assertEqual(order.commitment_date, wanted)
        self.assertEqual(order.picking_ids.scheduled_date, wanted)
        self.assertGreaterEqual((production.date_start - start).days, 29)
        promise = order.hub_change_ids.filtered(
            lambda change: change.field_name == "commitment_date"
        )
        self.assertIn(request.name, promise.mapped("voucher"))

    def test_work_centres_without_hours_make_it_later(self):
        order, product = self.made_to_order()
        place = self.env["mrp.workcenter"].create({"name": "Lathe"})
        bom = product.bom_ids
        bom.operation_ids = [
            Command.create(
                {
                    "name": "Turn",
                    "workcenter_id": place.id,
                    "time_mode": "manual",
                    "time_cycle_manual": 600,
                }
            )
        ]
        request = self.ask(
            order,
            "quantity",
            lines=[{"line_id": self.line(order, product).id, "quantity": 60}],
        )
        self.assertEqual(self.codes(request)["capacity"], "short")
        self.assertIn("Lathe", str(request.check_ids.mapped("text")))
        self.assertGreater(request.date_new, request.date_old)
        self.assertFalse(order.commitment_date)
        request.with_user(self.supervisor).action_accept_customer()
        request.with_user(self.supervisor).action_accept_supervisor()
        self.assertEqual(request.state, "done", request.answer)
        self.assertEqual(order.commitment_date, request.date_new)

    def test_an_order_under_approval_is_said_to_need_it_again_before_it_is_changed(
        self,
    ):
        order = self.confirmed()
        self.env["order.hub.approval.policy"].create(
            {
                "name": "All",
                "level_ids": [
                    Command.create(
                        {
                            "name": "Boss",
                            "user_ids": [Command.link(self.supervisor.id)],
                        }
                    )
                ],
            }
        )
        request = self.ask(
            order,
            "quantity",
            source="portal",
            lines=[{"line_id": self.line(order).id, "quantity": 12}],
        )
        self.assertEqual(self.codes(request).get("approval"), "again")
        self.assertFalse(order.hub_approval_state)
        self.assertFalse(order.hub_is_held)

    def test_a_day_that_has_passed_is_refused(self):
        order = self.confirmed()
        request = self.ask(
            order, "date", date=fields.Datetime.now() - timedelta(days=3)
        )
        self.assertEqual(request.state, "refused")

    def test_a_specification_becomes_a_note_below_its_product(self):
        order = self.confirmed()
        request = self.ask(
            order,
            "specification",
            lines=[{"line_id": self.line(order).id, "specification": "black oxide"}],
        )
        request.with_user(self.sales).action_carry_out()
        notes = order.order_line.filtered(lambda ln: ln.display_type == "line_note")
        self.assertIn("black oxide", notes.name)

    # === MEANWHILE === #

    def test_an_order_cancelled_while_a_change_is_open_takes_it_along(self):
        order = self.confirmed()
        request = self.ask_quantity(order, 15)
        order.action_cancel()
        self.assertEqual(request.state, "refused")
        self.assertEqual(self.codes(request)["order"], "cancelled")

    def test_an_order_shipped_while_a_change_is_open_is_not_changed_any_more(self):
        order = self.confirmed()
        request = self.ask_quantity(order, 15)
        self._deliver(order)
        request.with_user(self.sales).action_accept_customer()
        self.assertEqual(request.state, "refused")
        self.assertEqual(self.line(order).product_uom_qty, 10)

    def test_the_job_refuses_what_has_left_without_anybody_waiting(self):
        order = self.confirmed()
        request = self.ask_quantity(order, 15)
        self._deliver(order)
        with self.enter_registry_test_mode():
            self.env.ref("order_hub.ir_cron_change_request").method_direct_trigger()
        self.assertEqual(request.state, "refused")

    def test_of_two_who_decide_the_second_is_told(self):
        order = self.confirmed()
        request = self.ask_quantity(order, 15)
        request.with_user(self.sales).action_accept_customer()
        with self.assertRaisesRegex(UserError, "closed"):
            request.with_user(self.supervisor).action_accept_customer()
        with self.assertRaisesRegex(UserError, "closed"):
            request.with_user(self.supervisor).action_withdraw()

    def test_a_yes_to_another_price_does_not_count(self):
        order = self.confirmed()
        request = self.ask_quantity(order, 15)
        self.line(order).price_unit = 200
        with self.assertRaisesRegex(UserError, "have changed"):
            request.with_user(self.sales).action_accept_customer()
        self.assertEqual(self.line(order).product_uom_qty, 10)

    def test_one_open_change_of_a_kind_at_a_time(self):
        order = self.confirmed()
        more = [{"line_id": self.line(order).id, "quantity": 15}]
        self.ask(order, "quantity", lines=more)
        with self.assertRaisesRegex(UserError, "already"):
            self.ask(order, "quantity", lines=more)

    # === LOCKED, INVOICED, SHORT OF CREDIT === #

    def test_a_locked_order_is_changed_with_a_supervisors_yes_and_locked_again(self):
        order = self.confirmed()
        order.action_lock()
        request = self.ask_quantity(order, 4)
        self.assertEqual(request.acceptance_ids.mapped("role"), ["supervisor"])
        request.with_user(self.supervisor).action_accept_supervisor()
        self.assertEqual(request.state, "done", request.answer)
        self.assertTrue(order.locked)
        self.assertEqual(order.picking_ids.move_ids.product_uom_qty, 4)

    def test_less_than_was_invoiced_asks_a_supervisor_for_the_credit_note(self):
        self.product.invoice_policy = "order"
        order = self.confirmed()
        order._create_invoices().action_post()
        request = self.ask_quantity(order, 4)
        self.assertEqual(self.codes(request)["invoice"], "credit")
        self.assertIn("supervisor", request.acceptance_ids.mapped("role"))
        self.assertLess(request.invoice_new, 0)

    def test_a_change_beyond_the_credit_waits_for_credit_whoever_says_yes(self):
        self.company.hub_credit_check = "block"
        self.partner.write({"use_partner_credit_limit": True, "credit_limit": 2500})
        self.company.account_use_credit_limit = True
        order = self.confirmed()
        request = self.ask_quantity(order, 40)
        self.assertIn("credit", request.acceptance_ids.mapped("role"))
        request.with_user(self.supervisor).action_accept_customer()
        with self.assertRaisesRegex(UserError, "temporary credit"):
            request.with_user(self.supervisor).action_accept_credit()
        self.assertEqual(self.line(order).product_uom_qty, 10)

    # === THE WRONG SIDE === #

    def test_nobody_writes_what_the_hub_finds_out(self):
        order = self.confirmed()
        Request = self.env["order.hub.change.request"].with_user(self.sales)
        with self.assertRaises(UserError):
            Request.create({"order_id": order.id, "kind": "date", "state": "done"})
        draft = Request.with_context(default_state="done").create(
            {"order_id": order.id, "kind": "date"}
        )
        self.assertEqual(draft.state, "draft")
        for vals in ({"state": "done"}, {"minutes": 1}, {"source": "portal"}):
            with self.assertRaises(UserError):
                draft.write(vals)
        asked = self.ask_quantity(order, 15).with_user(self.sales)
        with self.assertRaises(UserError):
            asked.line_ids.write({"quantity_new": 1})
        with self.assertRaises(UserError):
            asked.unlink()
        with self.assertRaises(AccessError):
            asked.acceptance_ids.write({"state": "accepted"})
        with self.assertRaises(AccessError):
            asked.check_ids.write({"result": "ok"})

    def test_who_may_not_change_the_order_may_not_carry_out_its_change(self):
        order = self.confirmed()
        self.assertTrue(order.with_user(self.operator).has_access("write"))
        request = self.ask(
            order,
            "quantity",
            user=self.operator,
            lines=[{"line_id": self.line(order).id, "quantity": 4}],
        )
        self.assertEqual(request.acceptance_ids.mapped("role"), ["salesperson"])
        with self.assertRaises(AccessError):
            request.with_user(self.operator).action_accept_salesperson()
        with self.assertRaises(AccessError):
            request.with_user(self.operator).action_carry_out()

    def test_a_salesperson_does_not_see_changes_of_others(self):
        order = self.confirmed(user=self.supervisor)
        request = self.ask(order, "drop", lines=[{"line_id": self.line(order).id}])
        Request = self.env["order.hub.change.request"]
        self.assertNotIn(request, Request.with_user(self.sales).search([]))
        with self.assertRaises(AccessError):
            request.with_user(self.sales).action_accept_customer()
        with self.assertRaises(AccessError):
            Request.with_user(self.sales).create(
                {"order_id": order.id, "kind": "date"}
            ).action_ask()

    def test_a_portal_user_has_no_way_in_by_rpc(self):
        portal = self._user("hub_portal_change", "base.group_portal")
        portal.partner_id.parent_id = self.partner
        order = self.confirmed()
        Request = self.env["order.hub.change.request"].with_user(portal)
        with self.assertRaises(AccessError):
            Request.create({"order_id": order.id, "kind": "date"})
        with self.assertRaises(AccessError):
            Request.search([])
        request = self.ask(order, "drop", lines=[{"line_id": self.line(order).id}])
        for method in ("action_carry_out", "action_accept_customer", "action_withdraw"):
            with self.assertRaises(AccessError):
                getattr(request.with_user(portal), method)()

    def test_another_companys_people_see_nothing(self):
        other = self.env["res.company"].create({"name": "Other"})
        manager = self.env.ref("order_hub.order_hub_group_manager")
        stranger = self.env["res.users"].create(
            {
                "name": "Stranger",
                "login": "hub_other_change",
                "company_id": other.id,
                "company_ids": [Command.set(other.ids)],
                "group_ids": [Command.link(manager.id)],
            }
        )
        order = self.confirmed()
        request = self.ask(order, "drop", lines=[{"line_id": self.line(order).id}])
        Request = self.env["order.hub.change.request"].with_user(stranger)
        self.assertNotIn(request, Request.search([]))
        with self.assertRaises(AccessError):
            request.with_user(stranger).action_accept_supervisor()

    def test_a_line_of_another_order_is_refused(self):
        order, other = self.confirmed(), self.confirmed()
        with self.assertRaises(ValidationError):
            self.ask(order, "drop", lines=[{"line_id": self.line(other).id}])

    def test_only_products_of_the_order_are_named_and_each_once(self):
        order = self.confirmed()
        freight = order.order_line.filtered("is_delivery")
        line = {"line_id": self.line(order).id, "quantity": 4}
        for wrong in (
            [],
            [{"quantity": 4}],
            [{"line_id": freight.id, "quantity": 4}],
            [line, line],
        ):
            with self.assertRaises(UserError):
                self.ask(order, "quantity", lines=wrong)
        self.product.sale_ok = False
        with self.assertRaises(UserError):
            self.ask(
                order, "add", lines=[{"product_id": self.product.id, "quantity": 1}]
            )

    # === TOLD === #

    def test_the_customer_is_written_to_in_the_own_language(self):
        order = self.confirmed()
        request = self.ask(order, "address", shipping_id=self.new_home.id)
        mail = request.message_ids.filtered(
            lambda message: self.partner in message.partner_ids
        )
        self.assertTrue(mail)
        self.assertIn("Lake Road 8", mail[0].body)

    def test_the_page_of_the_customer_tells_no_figures_of_stock_or_credit(self):
        order = self.confirmed()
        request = self.ask(
            order,
            "quantity",
            source="portal",
            lines=[{"line_id": self.line(order).id, "quantity": 400}],
        )
        shown = request._for_customer()
        texts = " ".join(check["text"] for check in shown["checks"])
        self.assertTrue(shown["accepts"])
        self.assertNotIn("300", texts)

    # === COST === #

    def test_a_list_of_changes_costs_the_same_queries_however_long(self):
        def read(requests):
            requests.mapped("wish")
            requests.mapped("minutes")

        orders = [self.confirmed() for _number in range(6)]
        found = [self.ask_quantity(order, 15) for order in orders]
        many = self.env["order.hub.change.request"].union(*found)
        one = self._queries(lambda: read(many[:1]))
        self.assertLessEqual(self._queries(lambda: read(many)), one)

    def test_counting_the_changes_of_orders_is_one_query(self):
        orders = self._orders(20)
        few = self._queries(lambda: orders[:1].mapped("hub_change_request_count"))
        many = self._queries(lambda: orders.mapped("hub_change_request_count"))
        self.assertLessEqual(many, few)

    def test_a_look_has_a_ceiling_of_queries(self):
        order = self.confirmed()
        request = self.ask_quantity(order, 15)
        self.assertLessEqual(self._queries(request._effects), 220)
        self.assertLessEqual(self._queries(lambda: request._facts(request.effects)), 60)

    def test_cancelling_orders_without_changes_costs_one_query_for_all(self):
        orders = self._orders(20)
        look = self.env["order.hub.change.request"]._orders_cancelled
        self.assertLessEqual(self._queries(lambda: look(orders)), 1)
