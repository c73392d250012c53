"""Story 2: forty orders waiting, one line."""

from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .warning_action_common import NOW, WarningActionCommon


class BreakerCommon(WarningActionCommon):
    """A stamping line, brackets that pass it, and a rule that allows eight orders."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.center = cls.env["mrp.workcenter"].create({"name": "Stamping line"})
        cls.made = cls._product("Bracket", "BR-1")
        mto = cls.env.ref("stock.route_warehouse0_mto")
        mto.active = True
        make = cls.warehouse.manufacture_pull_id.route_id
        cls.made.route_ids = mto | make
        cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": cls.made.product_tmpl_id.id,
                "bom_line_ids": [
                    Command.create({"product_id": cls.product.id, "product_qty": 1})
                ],
                "operation_ids": [
                    Command.create({"name": "Stamp", "workcenter_id": cls.center.id})
                ],
            }
        )
        cls.queue_rule = cls._rule(
            "Queue before a work center",
            kind="workcenter_queue",
            threshold=8,
            domain="[]",
            severity="critical",
        )
        cls.trip = cls._action("breaker", cls.manager, cls.queue_rule)

    def _made_orders(self, count):
        line = {"product_id": self.made.id, "product_uom_qty": 1}
        orders = self._orders(count, order_line=[Command.create(line)])
        orders.action_confirm()
        orders._hub_documents("mrp.production").action_confirm()
        return orders

    def _finish(self, orders):
        for production in orders._hub_documents("mrp.production"):
            production.workorder_ids.write({"state": "done"})

    def _breaker(self):
        return self.env["order.hub.breaker"].search(
            [("workcenter_id", "=", self.center.id)]
        )

    def _told(self):
        return self.env["mail.message"].search(
            [("model", "=", "order.hub.breaker"), ("subject", "like", "Stamping line")]
        )

    def _queue(self, now=NOW):
        self._cycle(now, self.queue_rule)

    def _wall(self, user=None):
        return self.env["order.hub.wall"].with_user(user or self.user).wall_data()


@tagged("post_install", "-at_install")
class TestBreaker(BreakerCommon):
    def test_eight_orders_are_no_trouble(self):
        self._made_orders(8)
        self._queue()
        self.assertFalse(self._breaker())
        self.assertEqual(self._wall()["breakers"], [])

    def test_the_ninth_turns_the_wall_red_and_names_the_work_center(self):
        self._made_orders(9)
        self._queue()
        [row] = self._wall()["breakers"]
        self.assertEqual((row["name"], row["queue"], row["allowed"]),
                         ("Stamping line", 9, 8))  # fmt: skip
        self.assertEqual(row["since"], "2026-03-03 09:00:00")

    def test_management_is_told_once_and_not_forty_times(self):
        self._made_orders(9)
        self._queue()
        [message] = self._told()
        self.assertEqual(message.notified_partner_ids, self.manager.partner_id)
        self._made_orders(31)
        for minutes in (5, 10, 15):
            self._queue(NOW + timedelta(minutes=minutes))
        self.assertEqual(len(self._told()), 1)
        self.assertEqual(len(self._breaker()), 1)
        self.assertEqual(self._breaker().peak, 40)

    def test_back_at_eight_it_closes_by_itself_and_says_how_long_and_who(self):
        orders = self._made_orders(9)
        self._queue()
        late = self._made_orders(1)
        self._queue(NOW + timedelta(minutes=30))
        self._finish(orders[:1])
        self._queue(NOW + timedelta(minutes=60))
        self.assertEqual(self._breaker().state, "tripped")
        self._finish(orders[1])
        self._queue(NOW + timedelta(minutes=90))
        breaker = self._breaker()
        self.assertEqual(breaker.state, "closed")
        self.assertEqual(breaker.hours, 1.5)
        self.assertEqual(breaker.order_ids.order_id, orders | late)
        hours = {row.order_id: row.hours for row in breaker.order_ids}
        self.assertEqual(hours[orders[0]], 1.0)
        self.assertEqual(hours[late], 1.0)
        self.assertEqual(hours[orders[5]], 1.5)
        self.assertEqual(self._wall()["breakers"], [])

    def test_it_may_trip_again_and_that_is_another_record(self):
        orders = self._made_orders(9)
        self._queue()
        self._finish(orders[:1])
        self._queue(NOW + timedelta(minutes=5))
        self._made_orders(1)
        self._queue(NOW + timedelta(minutes=10))
        self.assertEqual(len(self._breaker()), 2)
        self.assertEqual(len(self._told()), 2)

    def test_a_record_opens_its_orders_and_finds_them(self):
        orders = self._made_orders(9)
        self._queue()
        action = self._breaker().with_user(self.supervisor).action_view_orders()
        self.assertEqual(self.env["sale.order"].search(action["domain"]), orders)
        tripped = self.env["order.hub.breaker"].search([("state", "=", "tripped")])
        self.assertEqual(tripped, self._breaker())
        self.assertFalse(tripped.search([("state", "=", "closed")]))

    def test_nobody_changes_the_record_and_another_company_does_not_see_it(self):
        self._made_orders(9)
        self._queue()
        breaker = self._breaker()
        for operation in ({"closed_at": NOW}, {"threshold": 99}):
            with self.assertRaises(AccessError):
                breaker.with_user(self.manager).write(operation)
        with self.assertRaises(AccessError):
            breaker.with_user(self.manager).unlink()
        other = self.env["res.company"].create({"name": "Abroad Ltd."})
        stranger = self._user("hub_stranger", "order_hub.order_hub_group_manager")
        stranger.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        self.assertFalse(
            breaker.with_user(stranger).with_company(other).search([]) & breaker
        )
        self.assertEqual(self._wall(stranger)["breakers"], [])
        with self.assertRaises(AccessError):
            breaker.with_user(self._user("hub_portal", "base.group_portal")).read()

    def test_a_calm_wall_costs_no_query_more(self):
        wall = self.env["order.hub.wall"]
        wall._breakers()
        self.assertEqual(self._queries(wall._breakers), 0)
