from datetime import timedelta

from odoo.fields import Command
from odoo.tests import tagged

from .common_risk import NOW, RiskCommon


@tagged("post_install", "-at_install")
class TestRiskFacts(RiskCommon):
    """What the radar measures, against records made by hand."""

    # === WORK === #

    def make_to_order(self, hours=8.0, count=1, days=10):
        """Have orders of a product that is made to order at one work centre."""
        self.center = self.env["mrp.workcenter"].create(
            {"name": "Stamping", "resource_calendar_id": self.calendar().id}
        )
        routes = self.warehouse.mto_pull_id.route_id
        routes.active = True
        product = self._product(
            "Bracket",
            "BRK",
            route_ids=[
                Command.set((routes | self.warehouse.manufacture_pull_id.route_id).ids)
            ],
        )
        bom = self.env["mrp.bom"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "bom_line_ids": [
                    Command.create({"product_id": self.product.id, "product_qty": 1})
                ],
                "operation_ids": [
                    Command.create(
                        {
                            "name": "Press",
                            "workcenter_id": self.center.id,
                            "time_mode": "manual",
                            "time_cycle_manual": 60 * hours,
                        }
                    )
                ],
            }
        )
        if hasattr(bom, "_hub_release"):
            bom._hub_release()
        return self._promised(count, days, product)

    def calendar(self):
        """Eight to twelve and one to five, Monday to Friday, in Shanghai."""
        return self.env["resource.calendar"].create(
            {"name": "One shift", "tz": "Asia/Shanghai", "company_id": self.company.id}
        )

    def test_operations_left_are_hours_of_the_clock_by_the_calendar(self):
        self.company.resource_calendar_id = self.calendar()
        [order] = self.make_to_order(hours=16)
        figures = self._factor(order, "progress")["figures"]
        # Tuesday 02:00 to Wednesday 17:00
        self.assertAlmostEqual(figures["left_hours"], 39, 0)

    def test_a_chinese_holiday_leaves_less_time(self):
        self.company.resource_calendar_id = self.calendar()
        [order] = self.make_to_order(hours=16, days=400)
        eve = NOW.replace(year=2025, month=9, day=30, hour=9)  # Tuesday, 17:00
        plain = self._factor(order, "progress", eve)["figures"]["left_hours"]
        self.scheme.has_chinese_holidays = True
        holiday = self._factor(order, "progress", eve)["figures"]["left_hours"]
        self.assertAlmostEqual(plain, 48, 0)
        # 1 to 8 October 2025 are off: work goes on on the 9th
        self.assertAlmostEqual(holiday, 48 + 8 * 24, 0)

    def test_work_centres_with_too_much_work_are_named(self):
        orders = self.make_to_order(hours=12, count=6)
        load = self._factor(orders[0], "load")
        self.assertEqual(load["figures"]["workcenter"], self.center.id)
        self.assertAlmostEqual(load["figures"]["planned_hours"], 72, 0)
        self.assertGreater(load["figures"]["load"], 1)
        self.assertGreater(load["share"], 0.5)

    def test_maintenance_in_the_window_costs_hours(self):
        [order] = self.make_to_order()
        machine = self.env["maintenance.equipment"].create(
            {"name": "Press 3", "workcenter_id": self.center.id}
        )
        request = self.env["maintenance.request"].create(
            {
                "name": "Overhaul",
                "equipment_id": machine.id,
                "schedule_date": NOW + timedelta(days=2),
                "schedule_end": NOW + timedelta(days=5),
            }
        )
        self.assertEqual(request.workcenter_id, self.center)
        factor = self._factor(order, "maintenance")
        self.assertEqual(factor["figures"]["hours"], 72)
        self.assertGreater(factor["share"], 0.2)
        request.archive = True
        self.assertEqual(self._factor(order, "maintenance")["share"], 0)

    def test_time_limits_of_stages_are_the_plan_without_operations(self):
        self.preparing.time_limit = 72
        order = self._promised(1, 4)
        figures = self._factor(order, "progress")["figures"]
        self.assertEqual(figures["left_hours"], 72)
        self.assertEqual(figures["slack_hours"], 24)
        self.assertEqual(
            self.Risk.search([("order_id", "=", order.id)]).colour, "yellow"
        )

    def test_without_any_plan_progress_is_not_known(self):
        factor = self._factor(self._promised(1, 4), "progress")
        self.assertIsNone(factor["share"])

    # === QUALITY === #

    def test_complaints_about_similar_products_count(self):
        brakes = self.env["product.category"].create(
            {
                "name": "Brakes",
                "parent_id": self.env["product.category"].create({"name": "Cars"}).id,
            }
        )
        disc = self._product("Disc", "DISC", stock=50, categ_id=brakes.id)
        pad = self._product("Pad", "PAD", stock=50, categ_id=brakes.id)
        sold = self._promised(10, 5, disc)
        for order in sold:
            self._deliver(order)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET date_order = %s WHERE id = ANY(%s)",
            [NOW - timedelta(days=30), sold.ids],
        )
        cause = self.env["order.hub.complaint.cause"].search([], limit=1)
        cause = cause or cause.create({"name": "Rust", "code": "rust"})
        for order in sold[:3]:
            self.env["order.hub.complaint"].create(
                {
                    "name": "Rusty",
                    "order_id": order.id,
                    "cause_id": cause.id,
                    "date": (NOW - timedelta(days=10)).date(),
                }
            )
        factor = self._factor(self._promised(1, 9, pad), "quality")
        self.assertEqual(factor["figures"]["product"], pad.id)
        self.assertEqual(
            (factor["figures"]["bad"], factor["figures"]["total"]), (3, 10)
        )
        self.assertGreater(factor["share"], 0.9)

    # === SUPPLIERS === #

    def test_goods_of_another_warehouse_are_proposed(self):
        second = self.env["stock.warehouse"].create({"name": "North", "code": "NRT"})
        self.env["stock.quant"]._update_available_quantity(
            self.film, second.lot_stock_id, 5
        )
        order = self._promised(1, 10, self.film)
        self._purchase(self.film_maker, self.film, [1], NOW + timedelta(days=15))
        [risk] = self._judged(order)
        rows = {row["kind"]: row for row in risk.suggestion_view}
        self.assertIn("North", rows["transfer"]["text"])
        action = risk.with_user(self.buyer).action_take(rows["transfer"]["number"])
        self.assertEqual(action["res_model"], "stock.picking")
        self.assertEqual(
            action["context"]["default_location_id"], second.lot_stock_id.id
        )

    def test_a_part_that_is_there_can_leave(self):
        order = self._order(
            order_line=[
                Command.create({"product_id": product.id, "product_uom_qty": 4})
                for product in (self.product, self.film)
            ],
            commitment_date=NOW + timedelta(days=5),
        )
        order.action_confirm()
        self._purchase(self.film_maker, self.film, [4], NOW + timedelta(days=9))
        [risk] = self._judged(order)
        rows = {row["kind"]: row for row in risk.suggestion_view}
        self.assertIn("50 %", rows["split"]["text"])

    def test_a_date_that_has_passed_is_no_date(self):
        order = self._promised(1, 10, self.film)
        purchase = self._purchase(
            self.film_maker, self.film, [1], NOW - timedelta(days=2)
        )
        purchase.button_confirm()
        self.env.flush_all()
        figures = self._factor(order, "supplier")["figures"]
        self.assertEqual(figures["reason"], "unconfirmed")

    def test_where_suppliers_confirm_a_purchase_counts_once_acknowledged(self):
        order = self._promised(1, 10, self.film)
        purchase = self._purchase(
            self.film_maker, self.film, [1], NOW + timedelta(days=5)
        )
        purchase.button_confirm()
        self.assertEqual(
            self._factor(order, "supplier")["figures"]["reason"], "history"
        )
        self.scheme.needs_acknowledgement = True
        self.assertEqual(
            self._factor(order, "supplier")["figures"]["reason"], "unconfirmed"
        )
        purchase.acknowledged = True
        self.assertEqual(
            self._factor(order, "supplier")["figures"]["reason"], "history"
        )

    # === ROUTE === #

    def test_a_typhoon_counts_for_orders_that_go_there_then(self):
        china = self.env.ref("base.cn")
        zhejiang = self.env["res.country.state"].search(
            [("country_id", "=", china.id), ("code", "=", "ZJ")], limit=1
        ) or self.env["res.country.state"].create(
            {"name": "Zhejiang", "code": "ZJ", "country_id": china.id}
        )
        self.partner.write(
            {"country_id": china.id, "state_id": zhejiang.id, "city": "宁波市"}
        )
        order = self._promised(1, 4)
        Notice = self.env["order.hub.risk.notice"]
        notice = Notice.create(
            {
                "name": "Typhoon",
                "severity": "critical",
                "state_ids": [Command.set(zhejiang.ids)],
                "date_from": NOW + timedelta(days=1),
                "date_to": NOW + timedelta(days=3),
            }
        )
        factor = self._factor(order, "route")
        self.assertEqual((factor["share"], factor["figures"]["notice"]), (1, notice.id))
        notice.cities = "宁波, Wenzhou"
        self.assertEqual(self._factor(order, "route")["share"], 1)
        notice.cities = "Hangzhou"
        self.assertEqual(self._factor(order, "route")["share"], 0)
        notice.write(
            {
                "cities": False,
                "date_from": NOW + timedelta(days=9),
                "date_to": NOW + timedelta(days=10),
            }
        )
        self.assertEqual(self._factor(order, "route")["share"], 0)

    # === THE PLAIN RULE === #

    def test_the_plain_rule_is_said_beside(self):
        past = self._promised(11, 5)
        past.hub_stage_id = self.preparing
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE order_hub_stage_event SET duration = 10, date = %s "
            "WHERE from_stage_id = %s",
            [NOW - timedelta(days=2), self.approved.id],
        )
        slow, quick = self._promised(2, 9)
        for order, hours in ((slow, 14), (quick, 12)):
            self.env.cr.execute(
                "UPDATE sale_order SET hub_stage_since = %s WHERE id = %s",
                [NOW - timedelta(hours=hours), order.id],
            )
        self.env.invalidate_all()
        risks = self._judged(slow | quick)
        said = {risk.order_id: risk.rule_call for risk in risks}
        self.assertEqual(said, {slow: "yes", quick: "no"})
