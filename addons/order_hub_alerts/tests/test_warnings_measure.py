"""What each kind of rule finds, in real documents."""

from datetime import timedelta

from odoo.fields import Command
from odoo.tests import tagged

from .warning_common import NOW, WarningCommon


@tagged("post_install", "-at_install")
class TestWarningMeasure(WarningCommon):
    def _found(self, rule, now=NOW):
        """Return ``{record id: value}`` of what is not clear."""
        rows = self.env["order.hub.warning.measure"]._rows(rule, now)
        return {row[0]: row[3] for row in rows}

    def _events(self, hours, count, **vals):
        """Write events of orders that left *preparing* after some hours."""
        orders = self._orders(count, hub_order_type_id=self.order_type.id)
        self._since(orders, NOW, hub_is_open=False)
        self.env["order.hub.stage.event"]._append(
            [
                {
                    "order_id": order.id,
                    "company_id": self.company.id,
                    "stage_id": self.shipped.id,
                    "from_stage_id": self.preparing.id,
                    "date": NOW - timedelta(days=2),
                    "duration": hours,
                    **vals,
                }
                for order in orders
            ]
        )

    def test_far_longer_than_the_mean_of_the_stage_and_order_type(self):
        self._events(10, 5)
        rule = self._rule("stage_mean", min_samples=5)
        slow, usual = self._orders(2)
        self._since(slow, NOW - timedelta(hours=14), hub_stage_id=self.preparing.id)
        self._since(usual, NOW - timedelta(hours=13), hub_stage_id=self.preparing.id)
        self.assertEqual(self._found(rule), {slow.id: 1.4})

    def test_below_the_least_number_of_cases_a_mean_says_nothing(self):
        self._events(10, 4)
        rule = self._rule("stage_mean", min_samples=5)
        order = self._orders(1)
        self._since(order, NOW - timedelta(hours=90), hub_stage_id=self.preparing.id)
        self.assertEqual(self._found(rule), {})

    def test_without_data_a_warning_that_stands_stays(self):
        self._events(10, 5)
        rule = self._rule("stage_mean", min_samples=5)
        order = self._orders(1)
        self._since(order, NOW - timedelta(hours=90), hub_stage_id=self.preparing.id)
        self._run()
        rule.min_samples = 50
        self.assertEqual(self._found(rule), {order.id: None})
        self._run(NOW + timedelta(minutes=5))
        self.assertEqual(len(self._of(rule)), 1)

    def test_a_promise_at_risk_and_one_that_is_kept(self):
        rule = self._rule("promise_risk", threshold=48)
        near, far, gone = self._orders(3)
        self._since(near, NOW, hub_promised_date=NOW + timedelta(hours=47))
        self._since(far, NOW, hub_promised_date=NOW + timedelta(hours=48))
        self._since(gone, NOW, hub_promised_date=NOW, hub_milestone="shipped")
        self.assertEqual(self._found(rule), {near.id: 47})

    def test_demand_above_ninety_five_percent_of_the_stock(self):
        rule = self._rule("demand_stock", domain=f"[('id', '=', {self.product.id})]")
        self._order(95).action_confirm()
        self.assertEqual(self._found(rule), {})
        self._order(1).action_confirm()
        self.assertEqual(self._found(rule), {self.product.id: 0.96})

    def test_demand_for_what_is_not_there_at_all(self):
        product = self._product("Bracket", "BR-1")
        rule = self._rule("demand_stock", domain=f"[('id', '=', {product.id})]")
        self._order(1, product=product).action_confirm()
        self.assertEqual(list(self._found(rule)), [product.id])

    def test_parts_missing_go_to_the_order_promised_last(self):
        rule = self._rule("kit_shortage")
        product = self._product("Pump", "PU-1")
        first, second = self._order(6, product=product), self._order(6, product=product)
        (first | second).action_confirm()
        self._since(first, NOW, hub_promised_date=NOW + timedelta(days=2))
        self._since(second, NOW, hub_promised_date=NOW + timedelta(days=1))
        self._stock(product, 6)
        found = self._found(rule)
        self.assertNotIn(second.id, found)
        self.assertEqual(found[first.id], 1)

    def test_what_comes_in_before_the_promise_is_not_missing(self):
        rule = self._rule("kit_shortage")
        product = self._product("Pump", "PU-2")
        order = self._order(6, product=product)
        order.action_confirm()
        self._since(order, NOW, hub_promised_date=NOW + timedelta(days=5))
        self.assertIn(order.id, self._found(rule))
        self._purchase(product, 6, NOW + timedelta(days=3)).button_confirm()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE stock_move SET date = %s WHERE product_id = %s "
            "AND purchase_line_id IS NOT NULL",
            [NOW + timedelta(days=3), product.id],
        )
        self.assertNotIn(order.id, self._found(rule))

    def _purchase(self, product, quantity, due):
        return self.env["purchase.order"].create(
            {
                "partner_id": self.partner.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_qty": quantity,
                            "price_unit": 10,
                            "date_planned": due,
                        }
                    )
                ],
            }
        )

    def test_a_supplier_is_late_from_the_first_day_on(self):
        rule = self._rule("supplier_late")
        order = self._purchase(self.product, 5, NOW - timedelta(days=3))
        order.button_confirm()
        self.env.flush_all()
        self.assertEqual(self._found(rule)[order.id], 3)
        order.picking_ids.move_ids.write({"quantity": 5, "picked": True})
        order.picking_ids.button_validate()
        self.assertNotIn(order.id, self._found(rule))

    def test_the_ninth_order_at_a_work_center_and_its_turn(self):
        rule = self._rule("workcenter_queue", threshold=1)
        center = self._queue(2)
        self.assertEqual(self._found(rule), {center.id: 2})

    def _queue(self, count):
        """Have orders wait at a work center."""
        center = self.env["mrp.workcenter"].create({"name": "Stamping"})
        product = self._product("Knuckle", "KN-1")
        bom = self.env["mrp.bom"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "operation_ids": [
                    Command.create({"name": "Stamp", "workcenter_id": center.id})
                ],
            }
        )
        bom._hub_release()
        for _number in range(count):
            order = self._order(1)
            self._since(order, NOW)
            made = self.env["mrp.production"].create(
                {"product_id": product.id, "bom_id": bom.id, "product_qty": 1}
            )
            made.action_confirm()
            reference = self.env["stock.reference"].create(
                {
                    "name": order.name,
                    "sale_ids": [Command.link(order.id)],
                    "production_ids": [Command.link(made.id)],
                }
            )
            self.assertTrue(reference)
        self.env.flush_all()
        return center

    def test_credit_counts_against_the_limit_with_what_was_granted(self):
        rule = self._rule("credit_near", threshold=0.9)
        self.env["order.hub.credit"].flush_model()
        self.env.cr.execute(
            """INSERT INTO order_hub_credit
                      (partner_id, company_id, credit_limit, exposure)
               VALUES (%s, %s, 1000, 950)
               ON CONFLICT (partner_id, company_id)
               DO UPDATE SET credit_limit = 1000, exposure = 950""",
            [self.partner.id, self.company.id],
        )
        self.assertEqual(self._found(rule), {self.partner.id: 0.95})

    def test_an_order_that_earns_less_than_its_products_usually_do(self):
        rule = self._rule("margin_off", threshold=5, min_samples=3)
        product = self._product("Filter", "FI-1", stock=100, standard_price=60)
        usual = [self._order(1, product=product) for _number in range(3)]
        for order in usual:
            order.order_line.price_unit = 100
            order.action_confirm()
            order.date_order = NOW - timedelta(days=1)
        cheap = self._order(1, product=product)
        cheap.order_line.price_unit = 80
        self.env.flush_all()
        self._since(cheap, NOW)
        # 40 % usually, 25 % here
        self.assertEqual(self._found(rule), {cheap.id: 15})

    def test_the_third_change_of_an_order(self):
        rule = self._rule("change_count", threshold=2)
        order = self._order(1)
        order.action_confirm()
        self._since(order, NOW)
        self.env["order.hub.change.request"].sudo().create(
            [
                {"order_id": order.id, "kind": "date", "state": "done"}
                for _number in range(3)
            ]
        )
        self.env.flush_all()
        self.assertEqual(self._found(rule), {order.id: 3})

    def test_a_condition_of_any_record_of_the_list(self):
        rule = self._rule(
            "domain",
            res_model="order.hub.exception",
            domain="[('state', '=', 'open'), ('is_blocking', '=', True)]",
            minutes=120,
            group_by="customer",
        )
        kind = self.env["order.hub.exception.kind"].create(
            {"name": "Parts", "code": "w_parts2"}
        )
        order = self._order()
        problem = self.env["order.hub.exception"].create(
            {
                "name": "Parts missing",
                "order_id": order.id,
                "kind_id": kind.id,
                "is_blocking": True,
            }
        )
        self.assertEqual(self._found(rule), {problem.id: 1})
        self._run()
        self._run(NOW + timedelta(minutes=120))
        warning = self._of(rule)
        self.assertEqual(warning.order_id, order)
        self.assertEqual(warning.group_key, f"res.partner,{self.partner.id}")

    def test_every_shipped_rule_can_be_measured(self):
        rules = self.Rule.with_context(active_test=False).search(
            [("code", "!=", False)]
        )
        self.assertGreaterEqual(len(rules), 20)
        for rule in rules:
            self.assertFalse(rule.problem_text, rule.name)
            self.assertTrue(rule.reason and rule.advice, rule.name)
            self.env["order.hub.warning.measure"]._rows(rule, NOW)

    def test_a_kind_without_its_add_on_finds_nothing(self):
        rule = self._rule("inbound_failed")
        if "order.hub.inbound" not in self.env:
            self.assertEqual(self._found(rule), {})
