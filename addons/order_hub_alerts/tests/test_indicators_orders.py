from odoo.fields import Command
from odoo.tests import tagged

from .indicator_common import NOW, IndicatorCommon, at


@tagged("post_install", "-at_install")
class TestIndicatorsOrders(IndicatorCommon):
    """Each figure about orders, against one reckoned by hand."""

    def _three_orders(self):
        # 7 days, late by the first promise, in time by the last
        one = self._handed_over(at(1), at(8), promised=at(9), first=at(7))
        # 4 days 11.5 h; 15:30 UTC is 23:30 of the same day in Shanghai: in time
        two = self._handed_over(at(2), at(6, 15, 30), promised=at(6, 1))
        # 4 days 12.5 h; 16:30 UTC is half past midnight of the next day: late
        three = self._handed_over(at(2), at(6, 16, 30), promised=at(6, 1))
        return one | two | three

    def test_on_time_counts_days_of_the_company_and_both_promises(self):
        self._three_orders()
        self._assert_figure("on_time_first", 100 / 3, 3)
        self._assert_figure("on_time_last", 200 / 3, 3)

    def test_no_order_handed_over_is_no_data_not_zero(self):
        row = self._assert_figure("on_time_last", None, 0)
        self.assertEqual(row.text, "No data")
        self.assertEqual(row.verdict, "none")

    def test_lead_time_is_the_mean_from_entry_to_goods(self):
        self._three_orders()
        days = (7 + (4 + 11.5 / 24) + (4 + 12.5 / 24)) / 3
        self._assert_figure("lead_time", days, 3)

    def test_an_order_handed_over_before_does_not_count_again(self):
        order = self._handed_over(at(1), NOW.replace(month=1), promised=at(9))
        self._event(order, self.shipped, at(5))
        self._assert_figure("on_time_last", None, 0)

    def test_stages_left_are_split_by_stage_and_judged_by_their_limit(self):
        self.received.time_limit = 4
        order = self._order()
        self._event(order, self.approved, at(3), self.received, 3)
        self._event(order, self.preparing, at(4), self.approved, 30)
        other = self._order()
        self._event(other, self.approved, at(3), self.received, 9)
        total = self._assert_figure("stage_hours", (3 + 30 + 9) / 3, 3)
        self.assertFalse(total.label)
        self._assert_split(
            "stage_hours", {"Test flow: Received": 6.0, "Test flow: Approved": 30.0}
        )
        self._assert_figure("stage_overdue", 50, 2)

    def test_open_orders_say_how_many_are_late_held_and_how_old_they_are(self):
        self.env["sale.order"].search([]).filtered("hub_is_open")._write(
            {"hub_is_open": False}
        )
        orders = self._orders(4)
        self._set(orders, create_date=at(6, 12), amount_untaxed=100, currency_rate=2)
        self._set(orders[:1], hub_stage_deadline=at(9), hub_is_held=True)
        self._set(orders[1:], hub_stage_deadline=at(20))
        self._assert_figure("overdue_open", 25, 4)
        self._assert_figure("held_open", 25, 4)
        self._assert_figure("backlog_age", 4, 4)
        self._assert_figure("backlog_value", 200, 4)

    def test_intake_is_that_of_the_day_of_the_company(self):
        orders = self._orders(3)
        # 16:00 UTC of the 9th is midnight in Shanghai
        self._set(orders[0], create_date=at(9, 15, 59))
        self._set(orders[1], create_date=at(9, 16, 0))
        self._set(orders[2], create_date=at(10, 11))
        self._assert_figure("orders_entered", 2, 2)
        self._set(orders, state="sale", date_order=at(10), amount_untaxed=50)
        self._set(orders, currency_rate=1)
        self._set(orders[:1], date_order=at(2))
        self._assert_figure("orders_value", 100, 2)

    def test_nothing_entered_is_a_true_zero(self):
        self._assert_figure("orders_entered", 0, 0)

    def test_a_promise_moved_is_a_version_with_another_day(self):
        order = self._order()
        self._promise(order, 1, at(12), at(5))
        self._promise(order, 2, at(12), at(6))
        self._promise(order, 3, at(15), at(7))
        self._assert_figure("promise_moves", 1, 1)

    def test_margin_leaves_out_what_has_no_cost(self):
        self.product.standard_price = 96.0
        other = self._product("Unknown cost", "U-1")
        order = self._order(
            order_line=[
                Command.create({"product_id": self.product.id, "price_unit": 160}),
                Command.create({"product_id": other.id, "price_unit": 500}),
            ]
        )
        self._set(order, state="sale", date_order=at(5), currency_rate=1)
        self._assert_figure("margin", 40, 1)

    def test_credit_used_is_exposure_against_limits(self):
        self.env.cr.execute("DELETE FROM order_hub_credit")
        self._add(
            "order.hub.credit",
            {"partner_id": self.partner.id, "credit_limit": 1000, "exposure": 250},
        )
        self._assert_figure("credit_used", 25, 1)

    def test_freight_counts_only_orders_whose_freight_is_known(self):
        order = self._handed_over(at(1), at(8))
        self._handed_over(at(1), at(8))
        self._set(order, amount_untaxed=400, currency_rate=1)
        order.action_confirm()
        self._set(order.picking_ids, state="done", carrier_price=20)
        self._set(order, amount_untaxed=400)
        self._assert_figure("freight_share", 5, 1)


@tagged("post_install", "-at_install")
class TestIndicatorsWork(IndicatorCommon):
    """Each figure about people and paper, against one reckoned by hand."""

    def test_approvals_decided_in_the_window_say_how_long_they_took(self):
        order = self._order()
        common = {"order_id": order.id, "state": "approved", "name": order.name}
        self._add(
            "order.hub.approval",
            {**common, "round": 1, "hours": 2.0, "decided_date": at(3)},
            {**common, "round": 2, "hours": 6.0, "decided_date": at(4)},
            {**common, "round": 3, "hours": 99.0, "decided_date": at(11)},
        )
        self._assert_figure("approval_hours", 4, 2)

    def test_change_requests_closed_say_how_long_they_took(self):
        order = self._order()
        common = {"order_id": order.id, "kind": "date", "source": "sales"}
        common |= {"requested_at": at(2), "partner_id": self.partner.id}
        self._add(
            "order.hub.change.request",
            {**common, "name": "1", "state": "done", "closed_at": at(3), "minutes": 30},
            {
                **common,
                "name": "2",
                "state": "refused",
                "closed_at": at(3),
                "minutes": 90,
            },
            {
                **common,
                "name": "3",
                "state": "withdrawn",
                "closed_at": at(3),
                "minutes": 1,
            },
        )
        self._assert_figure("change_minutes", 60, 2)

    def test_orders_changed_after_acceptance_are_a_share_of_those_accepted(self):
        orders = self._orders(4)
        self._set(orders, state="sale", date_order=at(5))
        self._add("order.hub.change", {"order_id": orders[0].id, "field_name": "note"})
        self._assert_figure("changed_after", 25, 4)

    def test_gates_passed_with_a_reason_are_a_share_of_stages_entered(self):
        order = self._order()
        self._event(order, self.approved, at(3), is_overruled=True)
        for day in (4, 5, 6, 7):
            self._event(order, self.preparing, at(day))
        self._assert_figure("overruled", 20, 5)

    def test_complaints_are_counted_against_orders_handed_over(self):
        orders = [self._handed_over(at(1), at(8)) for _number in range(4)]
        cause = self.env["order.hub.complaint.cause"].create(
            {"name": "Scratched", "code": "w7_scratch"}
        )
        complaints = self.env["order.hub.complaint"].create(
            [
                {
                    "name": "Scratched",
                    "order_id": orders[0].id,
                    "cause_id": cause.id,
                    "date": day,
                }
                for day in ("2026-03-09", "2026-01-09", "2026-03-10")
            ]
        )
        complaints[2].active = False
        self._assert_figure("complaint_rate", 25, 1)

    def _problems(self):
        kinds = self.env["order.hub.exception.kind"].create(
            [{"name": name, "code": name} for name in ("w7_parts", "w7_price")]
        )
        order = self._order()
        problems = self.env["order.hub.exception"].create(
            [
                {"name": "Missing", "order_id": order.id, "kind_id": kind.id}
                for kind in (kinds[0], kinds[0], kinds[1])
            ]
        )
        self._set(problems, create_date=at(3))
        self._set(problems[1], state="solved", solved_date=at(3, 10))
        self._set(problems[2], state="solved", solved_date=at(20))
        return problems

    def test_exceptions_open_are_those_open_at_the_end_of_the_day(self):
        self._problems()
        # the third was solved after the day that is asked about
        self._assert_figure("exceptions_open", 2, 2)
        self._assert_split("exceptions_open", {"w7_parts": 1.0, "w7_price": 1.0})

    def test_time_to_solve_and_exceptions_per_hundred_orders(self):
        self._problems()
        self._assert_figure("exception_hours", 6, 1)
        orders = self._orders(9)
        self._set(orders, create_date=at(4))
        self._set(self.env["sale.order"].search([]) - orders, create_date=at(4))
        count = self.env["sale.order"].search_count([("state", "!=", "cancel")])
        self._assert_figure("exception_rate", 300 / count, 3)

    def test_figures_of_channels_have_no_data_where_there_are_none(self):
        for code, model in (
            ("entry_corrected", "order.hub.inbound"),
            ("duplicates_caught", "order.hub.duplicate"),
        ):
            row = self._total(code)
            self.assertFalse(row.indicator_id.last_error)
            if model not in self.env:
                self.assertFalse(row.has_data)
