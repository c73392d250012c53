"""Carriers for orders that are not to travel with just anybody."""

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..models.delivery_carrier import Prices
from .common import OrderHubCommon


class CarrierCommon(OrderHubCommon):
    """A cold chain by road for Shanghai at 300, one by air for China at 820."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.china = cls.env.ref("base.cn")
        cls.shanghai = cls.env.ref("base.state_cn_SH")
        cls.xinjiang = cls.env.ref("base.state_cn_XJ")
        cls.env["delivery.carrier"].search([]).active = False
        cls.road = cls._carrier(
            "Road cold chain",
            300,
            hub_is_cold_chain=True,
            hub_is_preferred=True,
            country_ids=[Command.set(cls.china.ids)],
            state_ids=[Command.set(cls.shanghai.ids)],
        )
        cls.air = cls._carrier(
            "Air cold chain",
            820,
            hub_is_cold_chain=True,
            country_ids=[Command.set(cls.china.ids)],
        )
        cls.parcel = cls._carrier("Parcel", 12)
        cls.glue = cls._product(
            "Structural adhesive", "JGJ-50", stock=100, hub_needs_cold_chain=True
        )
        cls.urumqi = cls._customer("Urumqi", cls.xinjiang, "830000")
        cls.pudong = cls._customer("Shanghai", cls.shanghai, "200135")

    @classmethod
    def _carrier(cls, name, price, **vals):
        product = cls.env["product.product"].create(
            {"name": name, "type": "service", "taxes_id": False}
        )
        return cls.env["delivery.carrier"].create(
            {"name": name, "product_id": product.id, "fixed_price": price, **vals}
        )

    @classmethod
    def _customer(cls, city, state, zip_code):
        return cls.env["res.partner"].create(
            {
                "name": f"Glass works of {city}",
                "city": city,
                "country_id": state.country_id.id,
                "state_id": state.id,
                "zip": zip_code,
            }
        )

    def _cold(self, partner, **vals):
        return self._order(product=self.glue, partner_id=partner.id, **vals)

    def _decision(self, order):
        found = self.env["order.hub.decision"]._in_force(order, ["carrier"])
        return found.get((order.id, "carrier"))

    def _problems(self, order):
        open_ = order.hub_exception_ids.filtered(lambda e: e.state == "open")
        return open_.filtered(lambda e: e.kind_id.code == "shipping")


@tagged("post_install", "-at_install")
class TestCarrier(CarrierCommon):
    def test_cold_goods_go_with_the_preferred_cold_chain_where_it_delivers(self):
        order = self._cold(self.pudong)
        self.assertEqual(order.carrier_id, self.road)
        self.assertEqual(
            self._decision(order).value, {"carrier_id": self.road.id, "cost": 300.0}
        )

    def test_outside_its_cover_the_alternative_comes_with_its_cost(self):
        order = self._cold(self.urumqi)
        self.assertEqual(order.carrier_id, self.air)
        decision = self._decision(order)
        self.assertEqual(decision.value, {"carrier_id": self.air.id, "cost": 820.0})
        self.assertEqual(decision.figures["preferred"], self.road.id)
        self.assertEqual(decision.figures["difference"], 520.0)
        rows = {row["carrier_id"]: row for row in decision.figures["candidates"]}
        self.assertEqual(rows[self.road.id]["missing"], ["state"])
        self.assertEqual(rows[self.road.id]["cost"], 300.0)
        self.assertEqual(rows[self.parcel.id]["missing"], ["cold_chain"])
        self.assertTrue(rows[self.parcel.id]["excluded"])

    def test_the_decision_is_told_in_words_and_as_a_table(self):
        decision = self._decision(self._cold(self.urumqi))
        self.assertIn("Air cold chain", decision.chosen_text)
        self.assertIn("820", decision.chosen_text)
        self.assertIn("Road cold chain", decision.because_text)
        self.assertIn("does not deliver to this province", decision.because_text)
        self.assertIn("520", decision.because_text)
        table = decision._candidates()
        self.assertEqual([r["chosen"] for r in table["rows"]], [True, False, False])

    def test_where_nobody_goes_the_order_waits_and_says_what_can_be_done(self):
        self.air.active = False
        order = self._cold(self.urumqi)
        self.assertFalse(order.carrier_id)
        problem = self._problems(order)
        self.assertTrue(problem.is_blocking)
        self.assertIn("does not deliver to this province", problem.description)
        self.assertIn("What can be done", problem.description)

    def test_the_problem_closes_when_the_address_is_one_that_is_delivered_to(self):
        self.air.active = False
        order = self._cold(self.urumqi)
        order.partner_shipping_id = self.pudong
        self.assertFalse(self._problems(order))
        self.assertEqual(order.carrier_id, self.road)

    def test_a_carrier_chosen_by_hand_stays(self):
        self.air.hub_is_cold_chain = False
        by_truck = self._carrier("Own truck", 999, hub_is_cold_chain=True)
        order = self._cold(self.pudong, carrier_id=by_truck.id)
        order.note = "look again"
        self.assertEqual(order.carrier_id, by_truck)
        self.assertEqual(self._decision(order).source, "person")
        self.assertFalse(self._problems(order))

    def test_a_carrier_chosen_by_hand_that_cannot_do_it_is_told(self):
        order = self._cold(self.urumqi)
        order.carrier_id = self.parcel
        self.assertEqual(order.carrier_id, self.parcel)
        self.assertIn("no cold chain", self._problems(order).description)
        self.assertIn("Air cold chain", self._problems(order).description)
        order.carrier_id = self.air
        self.assertFalse(self._problems(order))

    def test_overruling_with_a_reason_is_never_blocked(self):
        order = self._cold(self.urumqi)
        order.carrier_id = self.parcel
        order.with_user(self.sales)._hub_overrule(
            "carrier", {"carrier_id": self.parcel.id}, "dry ice, agreed with customer"
        )
        self.assertFalse(self._problems(order))
        order.note = "look again"
        self.assertFalse(self._problems(order))
        self.assertEqual(order.carrier_id, self.parcel)

    def test_orders_that_need_nothing_are_left_alone(self):
        order = self._order(partner_id=self.urumqi.id)
        self.assertFalse(order.carrier_id)
        self.assertFalse(self._decision(order))

    def test_an_order_that_needs_nothing_any_more_loses_its_carrier(self):
        order = self._cold(self.urumqi)
        order.order_line.product_id = self.product
        self.assertFalse(order.carrier_id)
        self.assertEqual(self._decision(order).source, "default")

    def test_categories_hand_their_cold_chain_down(self):
        above = self.env["product.category"].create({"name": "Chemicals"})
        below = above.create({"name": "Adhesives", "parent_id": above.id})
        self.product.categ_id = below
        self.assertFalse(self._order(partner_id=self.urumqi.id).carrier_id)
        above.hub_needs_cold_chain = True
        self.assertEqual(self._order(partner_id=self.urumqi.id).carrier_id, self.air)
        below.parent_id = False
        self.assertFalse(self._order(partner_id=self.urumqi.id).carrier_id)

    def test_a_constraint_of_a_rule_asks_for_carriers_that_can(self):
        lift = self.env["order.hub.shipping.constraint"].create(
            {"name": "Tail lift", "carrier_ids": [Command.set(self.parcel.ids)]}
        )
        ruleset = self.env["order.hub.routing.ruleset"].create(
            {
                "name": "Test rules",
                "rule_ids": [
                    Command.create(
                        {
                            "name": "Lift",
                            "shipping_constraint_ids": [Command.set(lift.ids)],
                        }
                    )
                ],
            }
        )
        ruleset.action_publish()
        order = self._order(partner_id=self.urumqi.id)
        self.assertEqual(order.hub_shipping_constraint_ids, lift)
        self.assertEqual(order.carrier_id, self.parcel)
        cold = self._cold(self.urumqi)
        self.assertFalse(cold.carrier_id)
        self.assertIn("cannot do “Tail lift”", self._problems(cold).description)

    def test_a_constraint_for_the_warehouse_alone_decides_no_carrier(self):
        papers = self.env["order.hub.shipping.constraint"].create({"name": "Papers"})
        order = self._order(partner_id=self.urumqi.id)
        order._hub_overrule("shipping", papers.ids, "customs")
        self.assertFalse(order.carrier_id)
        self.assertFalse(self._decision(order))

    def test_a_zip_code_outside_is_told_as_such(self):
        prefix = self.env["delivery.zip.prefix"].create({"name": "2001"})
        self.road.zip_prefix_ids = prefix
        self.assertEqual(self._cold(self.pudong).carrier_id, self.road)
        self.pudong.zip = "201600"
        order = self._cold(self.pudong)
        self.assertEqual(order.carrier_id, self.air)
        self.assertIn("zip code", self._decision(order).because_text)

    def test_limits_of_odoo_hold_too(self):
        self.glue.weight = 3
        self.air.max_weight = 20
        order = self._cold(self.urumqi)
        self.assertFalse(order.carrier_id)
        self.assertIn("too heavy", str(self._decision(order)._candidates()))
        self.assertTrue(self._problems(order))

    def test_prices_by_rule_are_odoos_own(self):
        self.air.write(
            {
                "delivery_type": "base_on_rule",
                "price_rule_ids": [
                    Command.create(
                        {
                            "variable": "quantity",
                            "operator": "<=",
                            "max_value": 20,
                            "list_base_price": 500,
                            "list_price": 10,
                            "variable_factor": "quantity",
                        }
                    )
                ],
            }
        )
        self.assertEqual(self._decision(self._cold(self.urumqi)).value["cost"], 600.0)
        beyond = self._cold(self.urumqi)
        beyond.order_line.product_uom_qty = 21
        self.assertFalse(beyond.carrier_id)
        self.assertIn("no price rule", str(self._decision(beyond)._candidates()))

    def test_the_cheapest_goes_where_none_is_preferred(self):
        self.road.hub_is_preferred = False
        self.road.state_ids = False
        cheap = self._carrier("Night cold chain", 90, hub_is_cold_chain=True)
        self.assertEqual(self._cold(self.urumqi).carrier_id, cheap)

    def test_a_copy_of_an_order_is_decided_anew(self):
        order = self._cold(self.urumqi)
        copy = order.copy({"partner_shipping_id": self.pudong.id})
        self.assertEqual(copy.carrier_id, self.road)
        order.carrier_id = self.parcel
        self.assertEqual(order.copy().carrier_id, self.parcel)

    def test_a_confirmed_order_keeps_its_carrier_and_says_if_it_does_not_fit(self):
        order = self._cold(self.pudong)
        order.action_confirm()
        order.partner_shipping_id = self.urumqi
        self.assertEqual(order.carrier_id, self.road)
        self.assertIn("Air cold chain", self._problems(order).description)
        order.carrier_id = self.air
        self.assertFalse(self._problems(order))

    def test_carriers_of_another_company_are_not_considered(self):
        other = self.env["res.company"].create({"name": "Other company"})
        self.air.product_id.company_id = other
        self.assertFalse(self._cold(self.urumqi).carrier_id)

    def test_no_caller_pretends_that_a_carrier_goes_anywhere(self):
        for value in (True, 1, {}, {"1": 2}, object()):
            road = self.road.with_context(order_hub_prices=value)
            self.assertFalse(road._match_address(self.urumqi))
        own = self.road.with_context(order_hub_prices=Prices())
        self.assertTrue(own._match_address(self.urumqi))

    def test_wrong_configuration_is_told_when_it_is_saved(self):
        self.assertFalse(self.road.hub_problem)
        endless = self._carrier("Endless", 1, hub_is_cold_chain=True)
        self.assertIn("everywhere", endless.hub_problem)
        constraint = self.env["order.hub.shipping.constraint"].create(
            {"name": "2–8 °C", "is_cold_chain": True}
        )
        self.assertFalse(constraint.problem)
        constraint.carrier_ids = self.parcel
        self.assertIn("None of the carriers", constraint.problem)
        self.env["delivery.carrier"].search([]).hub_is_cold_chain = False
        constraint.invalidate_recordset(["problem"])
        self.assertIn("No delivery method has a cold chain", constraint.problem)

    def test_an_order_that_nobody_can_bring_is_not_confirmed(self):
        self.air.active = False
        order = self._cold(self.urumqi)
        with self.assertRaises(UserError):
            order.action_confirm()


@tagged("post_install", "-at_install")
class TestCarrierPerformance(CarrierCommon):
    def _cold_orders(self, count):
        line = Command.create({"product_id": self.glue.id, "product_uom_qty": 1})
        return self._orders(count, partner_id=self.urumqi.id, order_line=[line])

    def test_choosing_carriers_costs_a_fixed_number_of_queries(self):
        orders = self._cold_orders(51)
        self.assertEqual(orders.carrier_id, self.air)
        orders[0]._hub_decide_carrier()
        one = self._queries(lambda: orders[0]._hub_decide_carrier())
        fifty = self._queries(lambda: orders[1:]._hub_decide_carrier())
        self.assertLessEqual(fifty, one + 1)
        self.assertLessEqual(fifty, 45)

    def test_where_nothing_is_to_be_kept_cold_orders_cost_no_query(self):
        self.glue.hub_needs_cold_chain = False
        self.env["product.category"].search([]).hub_needs_cold_chain = False
        self.env["order.hub.shipping.constraint"].search([]).unlink()
        orders = self._orders(5)
        orders._hub_decide_carrier()
        self.assertEqual(self._queries(lambda: orders._hub_decide_carrier()), 0)
