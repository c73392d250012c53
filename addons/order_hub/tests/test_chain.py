from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .chain_common import ChainCommon


@tagged("post_install", "-at_install")
class TestChain(ChainCommon):
    def _three_levels(self):
        steel = self._bought("Steel bar", "STB-40", self.buy | self.mto)
        blank = self._made("Blank", "BLK-01", {steel: 2})
        return self._made("Knuckle, forged", "KNF-01", {blank: 1}), steel

    # === MADE TO ORDER === #

    def test_a_multi_level_product_made_to_order_is_one_branch(self):
        knuckle, _steel = self._three_levels()
        order = self._confirmed(10, product=knuckle)
        self.assertEqual(
            self._kinds(order),
            {
                (0, "sale"): 1,
                (1, "delivery"): 1,
                (2, "manufacture"): 1,
                (3, "manufacture"): 1,
                (4, "purchase"): 1,
            },
        )
        waits = self.chain["waits_for"]
        purchase = self._of_mill()
        self.assertIn(purchase.name, waits)
        self.assertIn("Taihu Steel", waits)
        row = self.chain["rows"][-1]
        self.assertTrue(row["is_blocking"])
        self.assertEqual(
            (row["goods"], row["quantity"][:2]), ("[STB-40] Steel bar", "20")
        )
        self.assertEqual((row["model"], row["id"]), ("purchase.order", purchase.id))

    def test_the_receipt_and_the_bill_stand_below_the_purchase(self):
        knuckle, _steel = self._three_levels()
        order = self._confirmed(10, product=knuckle)
        purchase = self._of_mill()
        purchase.button_confirm()
        kinds = self._kinds(order)
        self.assertEqual(kinds[5, "receipt"], 1)
        receipt = purchase.picking_ids
        receipt.move_ids.write({"quantity": 20, "picked": True})
        receipt.button_validate()
        purchase.action_create_invoice()
        rows = self._rows(order)
        self.assertEqual(self._kinds(order)[5, "bill"], 1)
        self.assertEqual(rows[purchase.name]["state"], "done")
        self.assertEqual(rows[receipt.name]["state"], "done")
        self.assertIn("Manufacturing order", self.chain["waits_for"])

    def test_a_purchase_that_comes_late_makes_the_order_late_in_words(self):
        knuckle, _steel = self._three_levels()
        order = self._confirmed(10, product=knuckle, days=20)
        purchase = self._of_mill()
        purchase.button_confirm()
        late = fields.Datetime.now() + timedelta(days=30)
        purchase.order_line.date_planned = late
        rows = self._rows(order)
        row = rows[purchase.name]
        self.assertTrue(row["is_late"])
        self.assertGreaterEqual(row["days_late"], 10)
        self.assertGreaterEqual(self.chain["rows"][1]["days_late"], 10)
        self.assertIn("days late:", self.chain["waits_for"])

    def test_a_line_bought_to_order_waits_for_its_purchase(self):
        bracket = self._bought("OEM bracket", "BRK-77", self.buy | self.mto)
        order = self._confirmed(4, product=bracket)
        self.assertEqual(
            self._kinds(order),
            {(0, "sale"): 1, (1, "delivery"): 1, (2, "purchase"): 1},
        )

    def test_a_service_bought_for_the_order_is_waited_for(self):
        service = self._bought("Hardening", "SRV-01", type="service", is_storable=False)
        service.service_to_purchase = True
        order = self._confirmed(1, product=service)
        self.assertEqual(self._kinds(order), {(0, "sale"): 1, (1, "purchase"): 1})

    def test_one_purchase_for_two_parts_stands_once_and_names_both(self):
        steel = self._bought("Steel bar", "STB-40", self.buy | self.mto)
        pin = self._made("Pin", "PIN-01", {steel: 1})
        arm = self._made("Arm", "ARM-01", {pin: 1, steel: 2})
        order = self._confirmed(5, product=arm)
        rows = self._rows(order)
        purchases = [row for row in rows.values() if row["kind"] == "purchase"]
        self.assertEqual(len(purchases), 1)
        self.assertEqual(len(purchases[0]["also"]), 1)

    # === DELIVERIES === #

    def test_a_two_step_delivery_shows_who_waits_for_whom(self):
        self.warehouse.delivery_steps = "pick_ship"
        order = self._confirmed(10)
        self._rows(order)
        first = order.picking_ids.sorted("id")[:1]
        self.assertEqual(self.chain["rows"][1]["name"], first.name)
        first.action_assign()
        first.move_ids.picked = True
        first.button_validate()
        kinds = self._kinds(order)
        self.assertEqual(
            kinds, {(0, "sale"): 1, (1, "delivery"): 1, (2, "internal"): 1}
        )
        self.assertEqual(self.chain["rows"][2]["state"], "done")

    def test_a_backorder_stands_beside_what_was_delivered(self):
        order = self._confirmed(10)
        self._deliver(order, 4)
        self.assertEqual(self._kinds(order), {(0, "sale"): 1, (1, "delivery"): 2})
        first, second = self.chain["rows"][1:]
        self.assertEqual((first["state"], second["state"]), ("open", "done"))
        self.assertEqual(first["quantity"][:1], "6")

    def test_a_return_stands_below_its_delivery_and_blocks_nothing(self):
        order = self._confirmed(10)
        picking = self._deliver(order)
        wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
        wizard.product_return_moves.quantity = 3
        wizard.action_create_returns()
        self.assertEqual(self._kinds(order)[2, "return"], 1)
        self.assertEqual(self.chain["waits_for"], "")

    def test_what_is_cancelled_is_shown_and_waited_for_no_more(self):
        knuckle, _steel = self._three_levels()
        order = self._confirmed(10, product=knuckle)
        order._action_cancel()
        self._rows(order)
        self.assertEqual(self.chain["waits_for"], "")
        self.assertEqual(self.chain["rows"][0]["state"], "cancelled")

    # === INVOICES === #

    def test_partial_invoices_and_credit_notes_are_linked(self):
        self.product.invoice_policy = "delivery"
        order = self._confirmed(10)
        self._deliver(order, 4)
        first = order._create_invoices()
        first.action_post()
        self._deliver(order)
        order._create_invoices()
        first._reverse_moves([{}])
        kinds = self._kinds(order)
        self.assertEqual((kinds[1, "invoice"], kinds[2, "refund"]), (2, 1))

    # === THROUGH STOCK === #

    def test_stock_that_comes_in_is_found_though_nothing_links_it(self):
        disc = self._bought("Brake disc", "DSC-12")
        purchase = self._purchase(disc, 30)
        purchase.button_confirm()
        order = self._confirmed(12, product=disc)
        kinds = self._kinds(order)
        self.assertEqual(kinds[2, "purchase"], 1)
        self.assertEqual(kinds[3, "receipt"], 1)
        self.assertIn(purchase.name, self.chain["waits_for"])

    def _purchase(self, product, quantity):
        return self.env["purchase.order"].create(
            {
                "partner_id": self.mill.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_qty": quantity})
                ],
            }
        )

    def test_who_comes_first_gets_what_comes_in_first(self):
        disc = self._bought("Brake disc", "DSC-12", stock=0)
        first, second = self._purchase(disc, 10), self._purchase(disc, 10)
        (first | second).button_confirm()
        first.order_line.date_planned = fields.Datetime.now() + timedelta(days=2)
        second.order_line.date_planned = fields.Datetime.now() + timedelta(days=9)
        early = self._confirmed(10, product=disc, days=10)
        late = self._confirmed(10, product=disc, days=12)
        self.assertIn(first.name, self._rows(early))
        self.assertNotIn(second.name, self._rows(early))
        self.assertIn(second.name, self._rows(late))

    def test_the_hub_sees_what_odoos_forecast_sees(self):
        disc = self._bought("Brake disc", "DSC-12", stock=5)
        purchase = self._purchase(disc, 30)
        purchase.button_confirm()
        purchase.order_line.date_planned = fields.Datetime.now() + timedelta(days=4)
        order = self._confirmed(12, product=disc)
        order.picking_ids.do_unreserve()
        move = order.picking_ids.move_ids
        move.invalidate_recordset()
        expected = move.forecast_expected_date
        node = self._view(order).chain.nodes[f"purchase.order,{purchase.id}"]
        self.assertEqual(node.ends.date(), expected.date())

    def _view(self, order):
        utc = order.with_user(self.buyer).with_context(tz="UTC")
        return utc._hub_chains()[order.id]

    def test_components_made_to_stock_are_followed_through_stock(self):
        steel = self._bought("Steel bar", "STB-40")
        blank = self._made("Blank", "BLK-01", {steel: 2}, routes=self.make)
        knuckle = self._made("Knuckle", "KNU-02", {blank: 1}, routes=self.make)
        for product in (blank, knuckle):
            self.env["mrp.production"].create(
                {"product_id": product.id, "product_qty": 10}
            ).action_confirm()
        self._purchase(steel, 20)
        order = self._confirmed(10, product=knuckle)
        self.assertEqual(
            self._kinds(order),
            {
                (0, "sale"): 1,
                (1, "delivery"): 1,
                (2, "manufacture"): 1,
                (3, "manufacture"): 1,
                (4, "purchase"): 1,
            },
        )
        self.assertIn("RFQ", self.chain["waits_for"])

    def test_what_nobody_has_planned_is_said(self):
        disc = self._bought("Brake disc", "DSC-12", stock=5)
        order = self._confirmed(12, product=disc)
        rows = self._rows(order)
        gap = next(row for row in rows.values() if row["kind"] == "missing")
        self.assertEqual(gap["quantity"][:1], "7")
        self.assertTrue(gap["is_late"])
        self.assertIn("nothing is planned", self.chain["waits_for"])

    def test_what_lies_in_stock_is_waited_for_by_nobody(self):
        order = self._confirmed(10)
        self._rows(order)
        self.assertEqual(len(self.chain["rows"]), 2)
        self.assertIn("Everything is there", self.chain["waits_for"])

    def test_an_order_that_is_not_confirmed_waits_for_nothing(self):
        order = self._order(10)
        self._rows(order)
        self.assertEqual(len(self.chain["rows"]), 1)
        self.assertEqual(self.chain["waits_for"], "")

    # === HOW MUCH IT ASKS === #

    def test_the_chain_costs_a_bounded_number_of_queries_however_long_it_is(self):
        knuckle, steel = self._three_levels()
        disc = self._bought("Brake disc", "DSC-12")
        self._purchase(disc, 3)
        many = [self._made(f"Part {n}", f"PRT-{n}", {steel: 1}) for n in range(30)]
        order = self._order(10, product=knuckle)
        order.order_line = [
            Command.create({"product_id": product.id, "product_uom_qty": 2})
            for product in [disc, self.product, *many]
        ]
        order.action_confirm()
        self._of_mill().filtered(
            lambda bought: bought.order_line.product_id == steel
        ).button_confirm()
        self.assertGreater(len(self._rows(order)), 35)
        self.assertLessEqual(self._cost(order), 25)

    def _cost(self, order):
        order.with_user(self.buyer).hub_chain()  # warm up
        return self._queries(lambda: order.with_user(self.buyer).hub_chain())

    def test_a_deep_chain_through_stock_is_bounded_too(self):
        part = self._bought("Steel bar", "STB-40")
        self._purchase(part, 100)
        for level in range(8):
            part = self._made(f"Level {level}", f"LVL-{level}", {part: 1}, self.make)
            self.env["mrp.production"].create(
                {"product_id": part.id, "product_qty": 10}
            ).action_confirm()
        order = self._confirmed(10, product=part)
        self.assertEqual(max(row["depth"] for row in self._rows(order).values()), 6)
        self.assertLessEqual(self._cost(order), 30)

    def test_fifty_orders_are_asked_together(self):
        knuckle, _steel = self._three_levels()
        orders = self._orders(50)
        orders[:5].order_line.product_id = knuckle
        orders.action_confirm()
        orders = orders.with_user(self.buyer)
        orders[0]._hub_wait_sentences()
        queries = self._queries(orders._hub_wait_sentences)
        self.assertLessEqual(queries, 40)

    # === FROM THE WRONG SIDE === #

    def test_without_purchase_rights_a_purchase_is_a_number_and_a_state(self):
        knuckle, _steel = self._three_levels()
        order = self._confirmed(10, product=knuckle, user=self.sales)
        rows = self._rows(order, self.sales)
        row = next(row for row in rows.values() if row["kind"] == "purchase")
        self.assertTrue(row["name"] and row["state_label"])
        self.assertEqual((row["id"], row["model"]), (0, ""))
        self.assertEqual((row["partner"], row["goods"], row["amount"]), ("", "", ""))
        self.assertNotIn("Taihu Steel", str(self.chain))
        self._of_mill().button_confirm()
        self.assertEqual(self._kinds(order, self.sales)[5, "receipt"], 1)
        self.assertNotIn("Taihu Steel", str(self.chain))
        answer = self.env["order.hub.api"].with_user(self.sales)
        answer = answer.order_chain(hub_ref=order.hub_ref)
        self.assertNotIn("Taihu Steel", str(answer))
        self.assertIn(row["name"], answer["waits_for"])

    def test_a_document_of_another_company_is_not_there(self):
        knuckle, _steel = self._three_levels()
        order = self._confirmed(10, product=knuckle)
        purchase = self._of_mill()
        other = self.env["res.company"].create({"name": "Other works"})
        self.env.cr.execute(
            "UPDATE purchase_order SET company_id = %s WHERE id = %s",
            [other.id, purchase.id],
        )
        self.env.invalidate_all()
        self.assertNotIn(purchase.name, self._rows(order))
        self.assertNotIn(purchase.name, str(self.chain))

    def test_who_may_not_read_the_order_gets_nothing(self):
        order = self._confirmed(10)
        portal = self._user("hub_portal_chain", "base.group_portal")
        order.partner_id = portal.partner_id
        foreign = self._user("hub_foreign", "order_hub.order_hub_group_user")
        for user in (portal, foreign):
            with self.assertRaises(AccessError):
                order.with_user(user).hub_chain()

    def test_programs_get_the_tree_without_prices(self):
        knuckle, _steel = self._three_levels()
        order = self._confirmed(10, product=knuckle)
        api = self.env["order.hub.api"].with_user(self.buyer)
        answer = api.order_chain(hub_ref=order.hub_ref)
        self.assertTrue(answer["ok"])
        self.assertEqual(len(answer["documents"]), 5)
        last = answer["documents"][-1]
        self.assertEqual(last["kind"], "purchase")
        self.assertRegex(last["planned"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertNotIn("amount", last)
