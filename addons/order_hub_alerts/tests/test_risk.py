from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_risk import NOW, RiskCommon


@tagged("post_install", "-at_install")
class TestRiskStory(RiskCommon):
    """The membrane supplier goes home: story 9."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._history(cls.film_maker, 6, 4)
        cls._history(cls.other, 30, 0)
        cls.yellow_orders = cls._promised(31, 14, cls.film)
        cls.red_orders = cls._promised(6, 14, cls.wide)
        cls.asked = cls._purchase(
            cls.film_maker, cls.film, [31], NOW + timedelta(days=12)
        )
        cls.late = cls._purchase(
            cls.film_maker, cls.wide, [6], NOW + timedelta(days=19)
        )
        for product in (cls.film, cls.wide):
            cls._approve(cls.film_maker, product, 12, 10, 1)
            cls._approve(cls.other, product, 5, 11, 2)

    def test_two_weeks_before_the_holiday_31_are_yellow_and_6_are_red(self):
        self._night()
        for orders, colour in (
            (self.yellow_orders, "yellow"),
            (self.red_orders, "red"),
        ):
            self.assertEqual(set(orders.mapped("hub_risk")), {colour})
        run = self.Run.search([("company_id", "=", self.company.id)], limit=1)
        self.assertEqual((run.red_count, run.yellow_count), (6, 31))
        self.assertEqual(run.state, "done")

    def test_the_breakdown_says_who_was_late_how_often_and_what_is_not_confirmed(self):
        risk = self._judged(self.yellow_orders[0])
        supplier = next(each for each in risk.factors if each["name"] == "supplier")
        self.assertEqual(supplier["figures"]["late"], 4)
        self.assertEqual(supplier["figures"]["deliveries"], 10)
        self.assertAlmostEqual(supplier["share"], 1 - 0.75 * 0.8, 3)
        self.assertAlmostEqual(risk.score, 36, 0)
        self.assertIn("Jiangnan Film was late 4 times out of 10", risk.summary)
        self.assertIn(self.asked.name, risk.summary)
        self.assertIn("is not confirmed", str(risk.explanation))

    def test_the_buyer_sees_the_next_supplier_and_switches_in_two_clicks(self):
        [risk] = self._judged(self.red_orders[0])
        risk = risk.with_user(self.buyer)
        first = risk.suggestion_view[0]
        self.assertEqual(first["kind"], "switch_supplier")
        self.assertIn("Taihu Membrane", first["text"])
        self.assertIn("lead time 5 days", first["text"])
        self.assertIn("66.00", first["text"])
        self.assertEqual(first["colour_after"], "green")
        action = risk.action_take(0)
        switch = self.env[action["res_model"]].with_user(self.buyer)
        done = switch.browse(action["res_id"]).action_switch()
        new = self.env["purchase.order"].browse(done["res_id"])
        self.assertEqual(new.partner_id, self.other)
        self.assertEqual(new.order_line.product_qty, 6)
        self.assertEqual(new.order_line.price_unit, 11)
        self.assertEqual(self.late.state, "cancel")

    def test_the_six_turn_green_the_next_night(self):
        self._night()
        risk = self.red_orders[0].hub_risk_id.with_user(self.buyer)
        action = risk.action_take(0)
        self.env[action["res_model"]].with_user(self.buyer).browse(
            action["res_id"]
        ).action_switch()
        # the new purchase comes five days after the clock of this machine
        new = self.env["purchase.order"].search([], order="id desc", limit=1)
        new.order_line.date_planned = NOW + timedelta(days=6)
        self._night(NOW + timedelta(days=1))
        self.assertEqual(set(self.red_orders.mapped("hub_risk")), {"green"})
        self.assertEqual(set(self.yellow_orders.mapped("hub_risk")), {"yellow"})

    def test_prices_are_for_buyers(self):
        [risk] = self._judged(self.red_orders[0])
        self.assertNotIn(
            "66.00", risk.with_user(self.operator).suggestion_view[0]["text"]
        )
        with self.assertRaises(AccessError):
            risk.with_user(self.operator).read(["suggestions"])
        with self.assertRaises(AccessError):
            risk.with_user(self.operator).action_take(0)

    def test_a_red_order_has_a_text_for_the_customer(self):
        [risk] = self._judged(self.red_orders[0])
        numbers = {row["kind"]: row["number"] for row in risk.suggestion_view}
        action = risk.action_take(numbers["tell_customer"])
        self.assertEqual(action["res_model"], "mail.compose.message")
        self.assertEqual(action["context"]["default_res_ids"], risk.order_id.ids)
        self.assertTrue(action["context"]["default_body"])

    def test_a_suggestion_that_is_gone_says_so(self):
        [risk] = self._judged(self.red_orders[0])
        for number in (99, -1, "0", None):
            with self.assertRaises(UserError):
                risk.action_take(number)

    def test_a_switch_of_a_purchase_that_has_come_is_refused(self):
        [risk] = self._judged(self.red_orders[0])
        action = risk.with_user(self.buyer).action_take(0)
        self.late.button_cancel()
        switch = self.env[action["res_model"]].browse(action["res_id"])
        with self.assertRaisesRegex(UserError, "Nothing is open"):
            switch.with_user(self.buyer).action_switch()

    def test_a_confirmed_purchase_is_reduced_by_what_is_open(self):
        self.late.order_line.copy({"order_id": self.late.id, "product_qty": 2})
        self.late.button_confirm()
        line = self.late.order_line[0]
        switch = self.env["order.hub.risk.switch"].create(
            {
                "risk_id": self._judged(self.red_orders[0]).id,
                "line_id": line.id,
                "partner_id": self.other.id,
            }
        )
        self.assertTrue(switch.is_confirmed)
        switch.with_user(self.buyer).sudo(False).action_switch()
        self.assertEqual(line.product_qty, 0)
        self.assertEqual(self.late.state, "purchase")


@tagged("post_install", "-at_install")
class TestRiskColour(RiskCommon):
    """A colour on an order: who gets it, who sees it, who writes it."""

    def test_an_order_without_a_promise_or_out_of_flight_has_no_colour(self):
        order = self._promised(1, 10)
        self._judged(order)
        self.assertEqual(order.hub_risk, "green")
        order._action_cancel()
        self.Risk._recompute(order, NOW)
        self.assertFalse(order.hub_risk)
        self.assertFalse(self.Risk.search([("order_id", "=", order.id)]))

    def test_a_promise_that_is_over_is_red(self):
        order = self._promised(1, 10)
        [risk] = self._judged(order, NOW + timedelta(days=11))
        self.assertEqual((risk.colour, risk.score), ("red", 100))

    def test_a_delivered_order_is_not_judged(self):
        order = self._promised(1, 10)
        self._deliver(order)
        self.assertEqual(order.hub_stage_id, self.shipped)
        self.assertFalse(self._judged(order))

    def test_anybody_of_the_hub_judges_an_order_they_see(self):
        order = self._promised(1, 10)
        order.with_user(self.sales).action_hub_judge_risk()
        self.assertTrue(order.hub_risk)
        action = order.with_user(self.sales).action_hub_open_risk()
        self.assertEqual(action["res_id"], order.hub_risk_id.id)

    def test_nobody_writes_a_colour_by_hand_or_by_rpc(self):
        order = self._promised(1, 10)
        [risk] = self._judged(order)
        with self.assertRaises(UserError):
            order.with_user(self.manager).write({"hub_risk": "green"})
        with self.assertRaises(AccessError):
            risk.with_user(self.manager).write({"colour": "green"})
        with self.assertRaises(AccessError):
            risk.with_user(self.manager).unlink()
        with self.assertRaises(AccessError):
            self.Risk.create({"order_id": order.id, "company_id": self.company.id})

    def test_a_salesperson_sees_the_risk_of_own_orders_only(self):
        mine, foreign = self._promised(2, 10)
        stranger = self._user(
            "hub_stranger",
            "order_hub.order_hub_group_user,sales_team.group_sale_salesman",
        )
        foreign.user_id = foreign.hub_owner_id = stranger
        foreign.team_id = mine.team_id = False
        self._judged(mine | foreign)
        seen = self.Risk.with_user(self.sales).search([]).order_id
        self.assertIn(mine, seen)
        self.assertNotIn(foreign, seen)

    def test_people_outside_of_the_hub_and_customers_see_nothing(self):
        order = self._promised(1, 10)
        [risk] = self._judged(order)
        outsider = self._user("hub_outsider", "sales_team.group_sale_salesman")
        customer = self._user("hub_customer", "base.group_portal")
        order.message_subscribe(customer.partner_id.ids)
        for user in (outsider, customer):
            with self.assertRaises(AccessError):
                risk.with_user(user).read(["colour"])
            with self.assertRaises(AccessError):
                order.with_user(user).action_hub_judge_risk()
        with self.assertRaises(AccessError):
            order.with_user(customer).read(["hub_risk"])

    def test_another_company_sees_and_judges_nothing_of_ours(self):
        order = self._promised(1, 10)
        [risk] = self._judged(order)
        other = self.env["res.company"].create({"name": "Other works"})
        stranger = self._user(
            "hub_abroad",
            "order_hub.order_hub_group_manager,sales_team.group_sale_manager",
        )
        stranger.write({"company_id": other.id, "company_ids": [(6, 0, other.ids)]})
        for records in (risk, self.scheme, order):
            with self.assertRaises(AccessError):
                records.with_user(stranger).read(["display_name"])
        with self.assertRaises(AccessError):
            order.with_user(stranger).action_hub_judge_risk()
        self.assertFalse(self.Risk.with_user(stranger).search([]))
        with self.assertRaises(AccessError):
            self.scheme.with_user(stranger).action_run_now()

    def test_without_a_radar_people_are_told_how_to_make_one(self):
        order = self._promised(1, 10)
        self.scheme.active = False
        with self.assertRaisesRegex(UserError, "has no radar"):
            order.action_hub_judge_risk()

    def test_only_managers_change_the_radar(self):
        for user in (self.sales, self.operator, self.supervisor):
            with self.assertRaises(AccessError):
                self.scheme.with_user(user).write({"red": 90})
        self.scheme.with_user(self.manager).write({"red": 90})
        self.assertEqual(self.scheme.red, 90)

    def test_settings_that_cannot_judge_are_refused_in_words(self):
        for values, words in (
            ({"yellow": 70}, "red above yellow"),
            ({"weight_load": 1.5}, "Work-centre Load must be from 0 to 1"),
            ({"run_hour": 24}, "Choose a time"),
            ({"keep_days": 0}, "looks back"),
            ({"grace_hours": -1}, "cannot be negative"),
        ):
            with self.assertRaisesRegex(UserError, words), self.cr.savepoint():
                self.scheme.write(values)
            self.scheme.invalidate_recordset()

    def test_fifty_orders_cost_no_more_queries_than_one(self):
        one, fifty = self._promised(1, 10), self._promised(50, 10)
        self._judged(one | fifty)
        single = self._queries(lambda: self.Risk._recompute(one, NOW))
        many = self._queries(lambda: self.Risk._recompute(fifty, NOW))
        self.assertLessEqual(many, single)

    def test_a_list_of_risks_reads_names_once(self):
        self._history(self.film_maker, 6, 4)
        orders = self._promised(20, 14, self.film)
        self._purchase(self.film_maker, self.film, 20 * [1], NOW + timedelta(days=15))
        risks = self._judged(orders)
        few = self._queries(lambda: risks[:1].mapped("summary"))
        many = self._queries(lambda: risks.mapped("summary"))
        self.assertLessEqual(many, few + 2)
