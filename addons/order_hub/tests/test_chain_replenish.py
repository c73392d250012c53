from odoo.fields import Command
from odoo.tests import tagged

from .chain_common import ChainCommon


@tagged("post_install", "-at_install")
class TestChainReplenish(ChainCommon):
    """An order that breaks through a safety stock starts its replenishment."""

    def _rule(self, product, least, most, **vals):
        return self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": product.id,
                "warehouse_id": self.warehouse.id,
                "location_id": self.warehouse.lot_stock_id.id,
                "product_min_qty": least,
                "product_max_qty": most,
                **vals,
            }
        )

    def _bought_for(self, rule):
        lines = self.env["purchase.order.line"].search(
            [("orderpoint_id", "=", rule.id)]
        )
        return sum(lines.mapped("product_qty"))

    def _disc(self):
        return self._bought("Brake disc", "DSC-12", stock=20)

    def test_an_order_that_breaks_the_minimum_starts_the_purchase_at_once(self):
        disc = self._disc()
        rule = self._rule(disc, 15, 50)
        order = self._confirmed(8, product=disc, days=1, user=self.sales)
        self.assertEqual(self._bought_for(rule), 38)
        rows = self._rows(order)
        [purchase] = [row for row in rows.values() if row["kind"] == "purchase"]
        self.assertTrue(purchase["is_refill"])
        self.assertIn("Everything is there", self.chain["waits_for"])

    def test_an_order_above_the_minimum_starts_nothing(self):
        disc = self._disc()
        rule = self._rule(disc, 5, 50)
        self._confirmed(8, product=disc, days=1)
        self.assertEqual(self._bought_for(rule), 0)

    def test_what_is_started_is_not_started_twice(self):
        disc = self._disc()
        rule = self._rule(disc, 15, 50)
        order = self._confirmed(8, product=disc, days=1)
        self.assertFalse(order._hub_replenish())
        self.assertEqual(self._bought_for(rule), 38)

    def test_a_manual_rule_waits_for_its_buyer(self):
        disc = self._disc()
        rule = self._rule(disc, 15, 50, trigger="manual")
        order = self._confirmed(8, product=disc, days=1)
        self.assertFalse(order._hub_replenish())
        self.assertEqual(self._bought_for(rule), 0)

    def test_where_the_scheduler_alone_may_start_rules_the_hub_does_not(self):
        self.env["ir.config_parameter"].set_param("stock.no_auto_scheduler", "1")
        disc = self._disc()
        rule = self._rule(disc, 15, 50)
        order = self._confirmed(8, product=disc, days=1)
        self.assertFalse(order._hub_replenish())
        self.assertEqual(self._bought_for(rule), 0)

    def test_a_second_rule_in_a_part_of_the_warehouse_is_run_too(self):
        shelf = self.env["stock.location"].create(
            {"name": "Shelf", "location_id": self.warehouse.lot_stock_id.id}
        )
        disc = self._bought("Brake disc", "DSC-12")
        self.env["stock.quant"]._update_available_quantity(disc, shelf, 20)
        whole = self._rule(disc, 15, 50)
        part = self._rule(disc, 2, 4, location_id=shelf.id)
        order = self._confirmed(8, product=disc, days=1)
        order.picking_ids.move_ids.location_id = shelf
        order._hub_replenish()
        self.assertEqual(self._bought_for(whole), 38)
        self.assertEqual(self._bought_for(part), 0)

    def test_components_of_what_is_made_to_order_count(self):
        steel = self._bought("Steel bar", "STB-40", stock=100)
        rule = self._rule(steel, 90, 200)
        blank = self._made("Blank", "BLK-01", {steel: 2})
        self._confirmed(10, product=blank, days=10)
        self.assertEqual(self._bought_for(rule), 120)

    def test_a_changed_recipe_replenishes_what_it_needs_more_of(self):
        steel = self._bought("Steel bar", "STB-40", stock=100)
        rule = self._rule(steel, 70, 200)
        blank = self._made("Blank", "BLK-01", {steel: 2})
        order = self._confirmed(10, product=blank, days=10)
        production = self.env["mrp.production"].search([("product_id", "=", blank.id)])
        self.assertEqual(self._bought_for(rule), 0)
        changed = production.bom_id.copy()
        changed.bom_line_ids.product_qty = 4
        production._link_bom(changed)
        self.assertEqual(self._bought_for(rule), 0)
        self.env.cr.precommit.run()
        self.assertEqual(production.move_raw_ids.product_uom_qty, 40)
        self.assertEqual(self._bought_for(rule), 140)
        kinds = self._kinds(order)
        self.assertEqual(kinds[3, "purchase"], 1)

    def test_an_order_bigger_than_the_stock_waits_for_what_it_started(self):
        disc = self._disc()
        self._rule(disc, 15, 50)
        order = self._confirmed(30, product=disc, days=1)
        rows = self._rows(order)
        [purchase] = [row for row in rows.values() if row["kind"] == "purchase"]
        self.assertFalse(purchase["is_refill"])
        self.assertIn(purchase["name"], self.chain["waits_for"])

    def test_without_automatic_rules_a_confirmation_costs_not_a_query_more(self):
        self.env["stock.warehouse.orderpoint"].search([]).trigger = "manual"
        orders = self._orders(2)
        orders[0]._hub_replenish()
        self.assertEqual(self._queries(orders._hub_replenish), 0)

    def test_fifty_orders_are_looked_at_in_one_query(self):
        self._rule(self._disc(), 5, 50)
        orders = self._orders(50)
        orders.action_confirm()
        orders._hub_replenish()
        self.assertLessEqual(self._queries(orders._hub_replenish), 2)

    def test_the_last_automatic_rule_gone_nothing_is_asked_any_more(self):
        points = self.env["stock.warehouse.orderpoint"]
        points.search([]).trigger = "manual"
        self.assertFalse(points._hub_has_automatic())
        rule = self._rule(self._disc(), 15, 50)
        self.assertTrue(points._hub_has_automatic())
        rule.unlink()
        self.assertFalse(points._hub_has_automatic())

    def test_a_rule_that_fails_does_not_stop_the_order(self):
        orphan = self._product("No vendor", "NOV-01", stock=20)
        orphan.route_ids = [Command.set(self.buy.ids)]
        self._rule(orphan, 15, 50)
        order = self._confirmed(8, product=orphan, days=1)
        self.assertEqual(order.state, "sale")
