from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests import freeze_time, new_test_user, tagged

from ..engine import supplier_score as engine
from .purchasing_common import NOW, PurchasingCommon

JUNE = date(2025, 6, 1)


@tagged("post_install", "-at_install")
class TestSupplierScore(PurchasingCommon):
    """Scores follow from receipts, answers and complaints, and say what was counted."""

    def _score(self, partner=None, days=3):
        self.env["order.hub.supplier.score"]._score(
            self.company, NOW + timedelta(days=days)
        )
        return self._of(partner or self.mill)

    def _of(self, partner, month=JUNE):
        return self.env["order.hub.supplier.score"].search(
            [("partner_id", "=", partner.id), ("month", "=", month)]
        )

    def _delivered(self, quantity=10, day=0, came=10, **vals):
        """Order 10 for today and receive some of it on a day."""
        order = self._purchase(quantity, due=0, ordered=-9, **vals)
        self._receive(order, came, day)
        return order

    def test_what_came_in_time_earns_everything(self):
        for _number in range(3):
            self._delivered(day=0)
        row = self._score()
        self.assertEqual((row.line_count, row.received_count), (3, 3))
        self.assertEqual((row.on_time, row.quantity, row.quality), (100, 100, 100))

    def test_what_came_a_day_late_earns_nothing_for_time(self):
        self._delivered(day=0)
        self._delivered(day=1)
        self._delivered(day=-3)
        row = self._score()
        self.assertAlmostEqual(row.on_time, 200 / 3, 3)
        self.assertEqual(row.quantity, 100)

    def test_the_last_hour_of_the_agreed_day_is_in_time_where_the_company_is(self):
        order = self._purchase(10, due=0, ordered=-9)
        picking = self._receive(order)
        for hours, on_time in ((11, 1), (12, 0)):  # Shanghai is 8 hours ahead of 04:00
            picking.move_ids.write({"date": NOW + timedelta(hours=hours)})
            self.assertEqual(self._figures().on_time, on_time)

    def _figures(self, partner=None):
        found = self.env["order.hub.supplier.score"]._figures(
            self.company, JUNE, NOW + timedelta(days=3)
        )
        return found[(partner or self.mill).id, JUNE]

    def test_the_statement_reckons_as_the_engine_does(self):
        cases = [(10, 0), (6, 0), (12, -1), (10, 2), (3, 1)]
        for came, day in cases:
            self._delivered(came=came, day=day)
        found = self._figures()
        wanted = [
            engine.line_shares(10, came if day <= 0 else 0, came) for came, day in cases
        ]
        self.assertAlmostEqual(found.on_time, sum(each[0] for each in wanted))
        self.assertAlmostEqual(found.quantity, sum(each[1] for each in wanted))

    def test_what_was_refused_and_let_off_still_counts_as_ordered(self):
        order = self._purchase(10, due=2, ordered=-1)
        reason = self.env["order.hub.answer.reason"].search([], limit=1)
        line = order.order_line
        word = {
            "line_id": line.id,
            "kind": "split",
            "parts": [{"quantity": 8, "date": line._hub_local_day(line.date_planned)}],
            "refused": 2,
            "reason_id": reason.id,
        }
        answers = order._hub_answer([word], "buyer", NOW)
        order._hub_accept(answers)
        self._receive(order, 8, day=1)
        self.assertAlmostEqual(self._figures().quantity, 0.8)

    def test_an_accepted_later_day_is_the_one_that_counts(self):
        order = self._purchase(10, due=0, ordered=-9)
        line = order.order_line
        later = line._hub_local_day(NOW + timedelta(days=1))
        word = {
            "line_id": line.id,
            "kind": "split",
            "parts": [{"quantity": 10, "date": later}],
        }
        order._hub_accept(order._hub_answer([word], "buyer", NOW))
        self.assertEqual(line._hub_local_day(line.hub_agreed_date), later)
        self._receive(order, day=1)
        self.assertEqual(self._figures().on_time, 1)

    def test_a_plan_that_the_buyer_shifts_later_changes_nothing(self):
        order = self._purchase(10, due=0, ordered=-9)
        order.order_line.date_planned = NOW + timedelta(days=9)
        self._receive(order, day=1)
        self.assertEqual(self._figures().on_time, 0)

    def test_lines_of_today_are_not_judged_yet(self):
        self._purchase(10, due=3, ordered=2)
        self.assertFalse(self._score())

    def test_goods_that_went_back_and_complaints_cost_quality(self):
        for _number in range(4):
            order = self._delivered()
        self._give_back(order.picking_ids, 2)
        cause = self.env["order.hub.complaint.cause"].create(
            {"name": "Cracks", "code": "test_cracks"}
        )
        self.env["order.hub.complaint"].create(
            {
                "name": "Cracked",
                "partner_id": self.partner.id,
                "cause_id": cause.id,
                "date": "2025-06-17",
                "supplier_id": self.mill.id,
            }
        )
        row = self._score()
        self.assertEqual((row.received_count, row.bad_count), (4, 2))
        self.assertEqual(row.quality, 50)

    def test_a_fast_answer_earns_more_than_a_slow_one_and_none_earns_nothing(self):
        hours = (12, 60, None)
        for wait in hours:
            order = self._purchase(10, due=20, ordered=-9)
            if wait is not None:
                at = order.date_approve + timedelta(hours=wait)
                word = {"line_id": order.order_line.id, "kind": "confirm"}
                order._hub_answer([word], "buyer", at)
        row = self._score()
        found = row._figures_kept()
        terms = self.company._hub_score_terms_of()
        wanted = sum(engine.answer_share(each, terms) for each in hours)
        self.assertAlmostEqual(found.answer, wanted, 5)
        self.assertEqual((row.asked_count, row.answered_count), (3, 2))
        self.assertAlmostEqual(row.answer_hours, 36, 3)

    def test_too_few_deliveries_are_no_data(self):
        self._delivered()
        row = self._score()
        self.assertFalse(row.has_score)
        self.assertIn("Too little is known", row.summary)

    def test_scoring_twice_changes_nothing_and_late_goods_still_count(self):
        for _number in range(2):
            self._delivered()
        late = self._purchase(10, due=0, ordered=-9)
        row = self._score()
        quantity = row.quantity
        self.assertEqual(self._score(), row)
        self._receive(late, day=2)
        row = self._score()
        self.assertGreater(row.quantity, quantity)
        self.assertAlmostEqual(row.on_time, 200 / 3, 3)

    def test_the_partner_shows_the_score_of_the_year(self):
        for _number in range(3):
            self._delivered()
        self._score()
        found = self.env["order.hub.supplier.score"]._of_partners(
            self.mill, self.company, date(2025, 7, 1)
        )
        self.assertEqual(found[self.mill.id].lines, 3)
        rows = self.env["order.hub.supplier.score"]._component_rows(
            found[self.mill.id], self.company
        )
        self.assertIn("100 %", rows[0]["figure"])

    def test_a_supplier_sees_what_cost_points_of_the_own_lines_only(self):
        self._delivered()
        late = self._delivered(day=2)
        self._delivered(day=2, partner=self.rival)
        self._score()
        page = self.env["order.hub.supplier.score"]._for_supplier(
            self.mill, self.company, NOW + timedelta(days=3)
        )
        self.assertEqual([line["order"] for line in page["lines"]], [late.name])
        self.assertIn("0 Units of 10 Units", page["lines"][0]["why"])
        self.assertEqual(len(page["months"]), 1)

    def test_nobody_writes_a_score(self):
        self._delivered()
        row = self._score()
        for user in (self.buyer, self.supervisor, self.env.ref("base.user_admin")):
            with self.assertRaises(UserError):
                row.with_user(user).write({"score": 100})
        with self.assertRaises(UserError):
            row.sudo().write({"score": 100})

    def test_scores_are_for_buyers_of_the_company(self):
        self._delivered()
        row = self._score()
        self.assertTrue(row.with_user(self.buyer).score is not None)
        portal = new_test_user(
            self.env, "hub_mill", "base.group_portal", partner_id=self.mill.id
        )
        other = self.env["res.company"].create({"name": "Other Works"})
        stranger = new_test_user(
            self.env,
            "hub_other_buyer",
            "purchase.group_purchase_user",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        for user in (portal, self.user):
            with self.assertRaises(AccessError):
                row.with_user(user).read(["score"])
        found = row.with_user(stranger).search(Domain.TRUE)
        self.assertNotIn(row, found)

    def test_scoring_costs_the_same_for_one_and_for_fifty_lines(self):
        self._delivered()
        work = self.env["order.hub.supplier.score"]._figures
        args = (self.company, JUNE, NOW + timedelta(days=3))
        one = self._queries(lambda: work(*args))
        for _number in range(49):
            self._purchase(1, due=0, ordered=-9)
        self.assertEqual(self._queries(lambda: work(*args)), one)

    def test_the_job_scores_every_company_that_buys(self):
        self._delivered()
        with (
            freeze_time(NOW + timedelta(days=3)),
            self.enter_registry_test_mode(),
        ):
            self.env.ref("order_hub.ir_cron_supplier_score").method_direct_trigger()
        self.assertEqual(self._of(self.mill).line_count, 1)

    def test_weights_add_up_to_a_hundred(self):
        with self.assertRaises(Exception) as caught:
            self.company.hub_score_answer = 50
        self.assertIn("140", str(caught.exception))
