"""The live wall: figures, the lists behind them, who sees what, at what cost."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged
from odoo.tests.common import new_test_user, warmup

from .common import OrderHubCommon


class WallCommon(OrderHubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kind = cls.env["order.hub.exception.kind"].create(
            {"name": "Machine down", "code": "test_machine", "is_blocking": True}
        )

    @classmethod
    def _hold(cls, order, name="Machine down"):
        return cls.env["order.hub.exception"].create(
            {"order_id": order.id, "kind_id": cls.kind.id, "name": name}
        )

    @classmethod
    def _since(cls, orders, hours, limit=0):
        """Let the orders have been in their stage for hours, of a limit of hours."""
        since = fields.Datetime.now() - timedelta(hours=hours)
        deadline = limit and since + timedelta(hours=limit)
        vals = {"hub_stage_since": since, "hub_stage_deadline": deadline}
        cls.env["order.hub.writer"]._update(
            orders, {order.id: dict(vals) for order in orders}
        )

    def _wall(self, user=None, flow=None, company=None):
        wall = self.env["order.hub.wall"].with_user(user or self.supervisor)
        if company:
            wall = wall.with_company(company)
        return wall.wall_data(flow.id if flow else None)

    def _count(self, data, name, milestone=None):
        if milestone is None:
            return data["totals"]["figures"][name]["count"]
        [row] = [row for row in data["milestones"] if row["key"] == milestone]
        return row["figures"][name]["count"]


@tagged("post_install", "-at_install")
class TestWall(WallCommon):
    def test_counts_open_overdue_and_held_orders_by_milestone(self):
        orders = self._orders(5)
        orders[:2].hub_stage_id = self.approved
        self._since(orders[0], hours=5, limit=4)
        self._hold(orders[4])
        data = self._wall(flow=self.flow)
        self.assertEqual(self._count(data, "open"), 5)
        self.assertEqual(self._count(data, "open", "received"), 3)
        self.assertEqual(self._count(data, "open", "approved"), 2)
        self.assertEqual(self._count(data, "overdue", "approved"), 1)
        self.assertEqual(self._count(data, "overdue", "received"), 0)
        self.assertEqual(self._count(data, "held", "received"), 1)
        self.assertEqual(self._count(data, "urgent"), 2)

    def test_shows_the_milestones_of_open_orders_in_the_order_of_life(self):
        self.assertEqual(
            [row["key"] for row in self._wall()["milestones"]],
            [
                "received",
                "approved",
                "scheduled",
                "preparing",
                "picked",
                "shipped",
                "delivered",
            ],
        )

    def test_an_order_that_is_closed_or_cancelled_is_not_counted(self):
        closed, cancelled = self._orders(2)
        closed.with_user(self.supervisor)._hub_request_stage(self.signed)
        cancelled.action_cancel()
        self.assertEqual(self._count(self._wall(flow=self.flow), "open"), 0)

    def test_delivered_goods_cannot_break_their_promise_any_more(self):
        late, delivered = self._orders(2)
        (late + delivered).commitment_date = fields.Datetime.now() - timedelta(days=1)
        self.flow.stage_ids[3].milestone = "delivered"
        delivered.hub_stage_id = self.shipped
        data = self._wall(flow=self.flow)
        self.assertEqual(delivered.hub_milestone, "delivered")
        self.assertEqual(self._count(data, "broken"), 1)
        broken = {row["id"]: row["is_broken"] for row in data["queue"]}
        self.assertEqual(broken, {late.id: True, delivered.id: False})

    def test_every_figure_and_the_list_behind_it_agree(self):
        orders = self._orders(6)
        orders[:3].hub_stage_id = self.approved
        self._since(orders[:2], hours=30, limit=24)
        self._hold(orders[5])
        orders[4].commitment_date = fields.Datetime.now() - timedelta(hours=1)
        for flow in (None, self.flow):
            data = self._wall(flow=flow)
            Order = self.env["sale.order"].with_user(self.supervisor)
            for part in (data["totals"], *data["milestones"]):
                for name, figure in part["figures"].items():
                    with self.subTest(flow=flow, part=part.get("key"), figure=name):
                        behind = Order.search_count(figure["domain"])
                        self.assertEqual(figure["count"], behind)

    def test_value_is_in_the_currency_of_the_company(self):
        currency = self.env["res.currency"].create(
            {
                "name": "TST",
                "symbol": "T",
                "rate_ids": [Command.create({"name": "2020-01-01", "rate": 4.0})],
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Abroad", "currency_id": currency.id}
        )
        own = self._order(quantity=1)
        abroad = self._order(quantity=1, pricelist_id=pricelist.id)
        data = self._wall(flow=self.flow)
        self.assertEqual(abroad.currency_id, currency)
        self.assertAlmostEqual(
            data["totals"]["value"], own.amount_total + abroad.amount_total / 4
        )

    def test_the_filter_by_flow_leaves_out_the_others(self):
        other = self._flow("Other flow", [("In", "received", {})], sequence=2)
        self._order()
        data = self._wall(flow=other)
        self.assertEqual(self._count(data, "open"), 0)
        self.assertEqual(data["queue"], [])
        self.assertIn({"id": other.id, "name": "Other flow"}, data["flows"])

    # === THE LIST === #

    def test_held_orders_come_first_and_calm_ones_fill_up(self):
        calm, late, held = self._orders(3)
        late.commitment_date = fields.Datetime.now() - timedelta(days=2)
        calm.commitment_date = fields.Datetime.now() + timedelta(days=2)
        self._hold(held, "Label printer down")
        queue = self._wall(flow=self.flow)["queue"]
        self.assertEqual([row["id"] for row in queue], [held.id, late.id, calm.id])
        self.assertEqual(queue[0]["problem"], "Label printer down")
        self.assertEqual(queue[0]["customer"], "Taihu Auto Repair")
        self.assertTrue(queue[1]["is_broken"])
        self.assertFalse(queue[2]["is_held"] or queue[2]["is_broken"])

    def test_the_list_shows_twelve_orders_at_most(self):
        orders = self._orders(20)
        self._since(orders, hours=9, limit=8)
        data = self._wall(flow=self.flow)
        self.assertEqual(len(data["queue"]), 12)
        self.assertEqual(self._count(data, "urgent"), 20)

    # === WHO SEES WHAT === #

    def test_a_user_counts_own_orders_only_and_an_operator_all(self):
        self._order(user=self.sales)
        self._order(user=self.user)
        self.assertEqual(self._count(self._wall(self.user, self.flow), "open"), 1)
        self.assertEqual(self._count(self._wall(self.operator, self.flow), "open"), 2)

    def test_a_colleague_who_has_the_order_sees_it(self):
        self._order(user=self.sales, hub_owner_id=self.user.id)
        queue = self._wall(self.user, self.flow)["queue"]
        self.assertEqual([row["owner"] for row in queue], [self.user.name])

    def test_orders_of_another_company_are_not_counted(self):
        company = self.env["res.company"].create({"name": "Abroad Ltd."})
        self.supervisor.company_ids += company
        before = self._count(self._wall(), "open")
        self.env["sale.order"].with_company(company).create(
            {"partner_id": self.partner.id, "company_id": company.id}
        )
        wall = self.env["order.hub.wall"].with_user(self.supervisor)
        wall = wall.with_context(allowed_company_ids=[self.company.id, company.id])
        here = wall.wall_data()
        self.assertEqual(self._count(here, "open"), before)
        self.assertEqual(here["company_id"], self.company.id)

    def test_the_wall_follows_the_company_of_the_user(self):
        company = self.env["res.company"].create({"name": "Abroad Ltd."})
        self.supervisor.company_ids += company
        self._order()
        data = self._wall(company=company)
        self.assertEqual(data["company_id"], company.id)
        self.assertEqual(self._count(data, "open"), 0)

    def test_the_flows_of_another_company_cannot_be_looked_into(self):
        company = self.env["res.company"].create({"name": "Abroad Ltd."})
        foreign = self._flow(
            "Foreign",
            [("In", "received", {})],
            company_id=company.id,
            order_type_ids=[],
        )
        data = self._wall(flow=foreign)
        self.assertEqual(self._count(data, "open"), 0)
        self.assertNotIn(foreign.id, [flow["id"] for flow in data["flows"]])

    def test_a_customer_has_no_wall(self):
        portal = new_test_user(self.env, "wall_portal", groups="base.group_portal")
        with self.assertRaises(AccessError):
            self._wall(portal)

    # === COST === #

    @warmup
    def test_the_number_of_queries_does_not_depend_on_the_number_of_orders(self):
        orders = self._orders(3)
        self._hold(orders[0])
        self._assert_wall_queries()

    @warmup
    def test_two_hundred_orders_cost_no_more_queries_than_three(self):
        orders = self._orders(210)
        orders[:100].hub_stage_id = self.approved
        self._since(orders[50:150], hours=9, limit=8)
        for order in orders[::20]:
            self._hold(order)
        self._assert_wall_queries()

    def _assert_wall_queries(self):
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(WALL_QUERIES):
            self._wall()


#: A handful of grouped ones and what reading twelve orders takes; measured at 3
#: and at 210 orders.
WALL_QUERIES = 22


@tagged("post_install", "-at_install")
class TestWallTour(WallCommon, HttpCase):
    browser_size = "1440x900"

    def test_the_wall_follows_a_move_without_reload_and_drills_down(self):
        self._orders(2, client_order_ref="WALL-TOUR")
        self.start_tour(
            f"/odoo/order-wall?flow={self.flow.id}",
            "order_hub_wall_live",
            login="hub_supervisor",
        )
