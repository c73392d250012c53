import random
from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from ..engine import grade as engine
from .common import OrderHubCommon


class GradeCommon(OrderHubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scheme = cls.env["order.hub.grade.scheme"].create({})
        cls.product.standard_price = 100

    @classmethod
    def _customer(cls, name, **vals):
        return cls.env["res.partner"].create({"name": name, **vals})

    @classmethod
    def _confirmed(cls, partner, count=1, days_ago=5, **vals):
        orders = cls._orders(count, partner_id=partner.id, **vals)
        orders.action_confirm()
        orders.date_order = fields.Datetime.now() - timedelta(days=days_ago)
        return orders

    def _graded(self, partner):
        self.env["order.hub.grade"]._grade(self.scheme)
        return self.env["order.hub.grade"].search(
            [("partner_id", "=", partner.id), ("company_id", "=", self.company.id)]
        )


@tagged("post_install", "-at_install")
class TestGrade(GradeCommon):
    # === FORMULA === #

    def test_the_statement_gives_what_the_reference_gives(self):
        dice = random.Random(7)
        customers = [self._customer(f"C{number}") for number in range(12)]
        figures = {c.id: self._random_history(dice, c) for c in customers}
        self._refer(dice, customers, figures)
        for options in (
            {},
            {"full_orders": 3, "full_margin": 500, "worst_after_sales": 50},
            {"weight_margin": 0, "weight_frequency": 55, "no_history_grade": "d"},
        ):
            self.scheme.write(options)
            self._compare(figures)

    def _random_history(self, dice, customer):
        """Give a customer orders, invoices and returns; return the figures."""
        count = dice.choice([0, 1, 1, 2, 3, 5])
        orders = self._confirmed(customer, count) if count else self.env["sale.order"]
        troubled = dice.randint(0, count)
        for order in orders[:troubled]:
            self._return(order)
        due = dice.randint(0, 3)
        on_time = dice.randint(0, due)
        for number in range(due):
            self._invoice(customer, paid_on_time=number < on_time)
        # 160 less 100 a piece, one piece an order
        return {
            "orders": count,
            "margin": 60.0 * count if count else None,
            "due": due,
            "on_time": on_time,
            "troubled": troubled,
        }

    def _refer(self, dice, customers, figures):
        for customer in customers:
            referrer = dice.choice(customers)
            if referrer == customer:
                continue
            customer.hub_referrer_id = referrer
            if figures[customer.id]["orders"]:
                known = figures[referrer.id]
                known["referrals"] = known.get("referrals", 0) + 1

    def _compare(self, figures):
        self.env["order.hub.grade"]._grade(self.scheme)
        rows = self.env["order.hub.grade"].search([("partner_id", "in", list(figures))])
        expected = engine.grades(
            {id_: engine.Figures(**known) for id_, known in figures.items()},
            self._reference_scheme(),
        )
        ordered = {id_ for id_, known in figures.items() if known["orders"]}
        self.assertEqual(set(rows.partner_id.ids) | ordered, set(rows.partner_id.ids))
        for row in rows:
            found = expected[row.partner_id.id]
            self.assertEqual(row.grade, found.letter, row.partner_id.name)
            self.assertAlmostEqual(row.score, found.score or 0, delta=0.011)
            for name in engine.COMPONENTS:
                points, of = found.points.get(name, (0, 0))
                self.assertAlmostEqual(row[f"{name}_points"], points, places=6)
                self.assertAlmostEqual(row[f"{name}_weight"], of, places=6)

    def _reference_scheme(self):
        scheme = self.scheme
        return engine.Scheme(
            weights=engine.Weights(**scheme._weights()),
            full_orders=scheme.full_orders,
            full_margin=scheme.full_margin,
            full_referrals=scheme.full_referrals,
            worst_after_sales=scheme.worst_after_sales / 100,
            limits=(scheme.limit_a, scheme.limit_b, scheme.limit_c),
            no_history=scheme.no_history_grade,
        )

    def _return(self, order):
        """Take the goods of an order back, as a customer who is not content."""
        picking = self._deliver(order)
        move = picking.move_ids
        back = move.copy(
            {
                "location_id": move.location_dest_id.id,
                "location_dest_id": move.location_id.id,
                "origin_returned_move_id": move.id,
                "picking_id": False,
                "sale_line_id": move.sale_line_id.id,
            }
        )
        back._action_confirm()
        back.write({"quantity": 1, "picked": True})
        back._action_done()

    def _invoice(self, customer, paid_on_time, days_ago=10):
        """Post an invoice that fell due, paid a day before or four days after."""
        due = fields.Date.context_today(self.scheme) - timedelta(days=days_ago)
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": customer.id,
                "invoice_date": due - timedelta(days=10),
                "invoice_date_due": due,
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Parts", "price_unit": 100, "tax_ids": [(5,)]}
                    )
                ],
            }
        )
        invoice.action_post()
        paid = due - timedelta(days=1) if paid_on_time else due + timedelta(days=4)
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"payment_date": paid})._create_payments()
        return invoice

    def test_only_orders_of_the_period_count(self):
        self._confirmed(self.partner, days_ago=400)
        self._confirmed(self.partner, count=2, days_ago=3)
        self.assertEqual(self._graded(self.partner).order_count, 2)
        self._orders(1)
        self.assertEqual(self._graded(self.partner).order_count, 2)

    def test_orders_of_contacts_count_for_their_company(self):
        contact = self._customer("Buyer", parent_id=self.partner.id)
        self._confirmed(contact)
        graded = self._graded(self.partner)
        self.assertEqual(graded.order_count, 1)
        self.assertEqual(contact.hub_grade, graded.grade)
        grades = self.env["order.hub.grade"]._grades(
            [contact.id, self.partner.id], self.company
        )
        self.assertEqual(set(grades.values()), {graded.grade})

    def test_an_order_complained_about_counts_once_however_often(self):
        orders = self._confirmed(self.partner, count=4)
        cause = self.env["order.hub.complaint.cause"].create(
            {
                "name": "Scratches",
                "code": "scratches_test",
                "check_ids": [
                    Command.create({"name": "Surface"}),
                ],
            }
        )
        self.env["order.hub.complaint"].create(
            [
                {"name": "Scratched", "cause_id": cause.id, "order_id": orders[0].id}
                for _number in range(2)
            ]
        )
        self._return(orders[0])
        self.assertEqual(self._graded(self.partner).trouble_count, 1)

    def test_margin_is_counted_in_the_currency_of_the_company(self):
        currency = self.env["res.currency"].create({"name": "HUB", "symbol": "H"})
        currency.rate_ids = [Command.create({"name": "2020-01-01", "rate": 4})]
        pricelist = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": currency.id}
        )
        order = self._confirmed(self.partner, pricelist_id=pricelist.id)
        self.assertEqual(order.amount_untaxed, 640)
        self.assertAlmostEqual(self._graded(self.partner).margin, 60)

    def test_margin_reads_quantities_in_their_unit(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self._order(1, partner_id=self.partner.id)
        order.order_line.write({"product_uom_id": dozen.id, "price_unit": 1500})
        order.action_confirm()
        self.assertAlmostEqual(self._graded(self.partner).margin, 1500 - 12 * 100)

    def test_margin_is_left_out_where_no_product_has_a_cost(self):
        self.product.standard_price = 0
        self._confirmed(self.partner)
        graded = self._graded(self.partner)
        self.assertFalse(graded.margin_weight)
        self.assertIn("no product sold has a cost", graded.explanation)

    def test_invoices_not_yet_due_do_not_count(self):
        self._confirmed(self.partner)
        self._invoice(self.partner, paid_on_time=True, days_ago=0)
        self.assertFalse(self._graded(self.partner).due_count)

    def test_an_order_with_trouble_counts_once(self):
        order = self._confirmed(self.partner, count=2)[0]
        self._return(order)
        sources = type(self.env["order.hub.grade"])._after_sales_sources
        twice = patch.object(
            type(self.env["order.hub.grade"]),
            "_after_sales_sources",
            lambda self: sources(self) * 2,
        )
        with twice:
            self.assertEqual(self._graded(self.partner).trouble_count, 1)

    def test_credit_notes_are_trouble(self):
        order = self._confirmed(self.partner)
        self._deliver(order)
        invoice = order._create_invoices()
        invoice.action_post()
        self.assertFalse(self._graded(self.partner).trouble_count)
        invoice._reverse_moves(cancel=True)
        self.assertEqual(self._graded(self.partner).trouble_count, 1)

    # === HISTORY === #

    def test_every_change_of_grade_is_kept_and_nothing_else(self):
        self._confirmed(self.partner)
        graded = self._graded(self.partner)
        self._graded(self.partner)
        self.assertEqual(len(graded.history_ids), 1)
        self.assertFalse(graded.previous_grade)
        first = graded.grade
        self.scheme.full_orders = self.scheme.full_margin = 10_000
        self._graded(self.partner)
        self.assertEqual(len(graded.history_ids), 2)
        self.assertEqual(graded.previous_grade, first)
        self.assertEqual(graded.history_ids[0].previous_grade, first)
        self.assertEqual(graded.history_ids[0].grade, graded.grade)
        self.assertNotEqual(graded.grade, first)

    def test_who_orders_no_more_gets_the_grade_without_history(self):
        order = self._confirmed(self.partner)
        self._graded(self.partner)
        order.date_order = fields.Datetime.now() - timedelta(days=800)
        graded = self._graded(self.partner)
        self.assertEqual((graded.grade, graded.score), ("c", 0))
        self.assertEqual(graded.summary, "No order in the period.")

    def test_grades_are_made_by_the_weekly_job(self):
        self._confirmed(self.partner)
        cron = self.env.ref("order_hub.ir_cron_grade")
        self.assertEqual(cron.interval_type, "weeks")
        self.assertEqual(cron.nextcall.weekday(), 0)
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertTrue(self.partner.hub_grade)
        self.assertTrue(self.scheme.graded_on)

    # === READ === #

    def test_grades_are_read_in_one_query_or_none(self):
        partners = self.partner | self._customer("B") | self._customer("C")
        self._confirmed(self.partner)
        best = self._graded(self.partner).grade
        Grade = self.env["order.hub.grade"]
        Grade._grades(partners.ids, self.company)
        self.env.flush_all()
        with self.assertQueryCount(1):
            found = Grade._grades(partners.ids, self.company)
        self.assertEqual(found[self.partner.id], best)
        self.assertEqual({found[p.id] for p in partners[1:]}, {"c"})
        self.scheme.active = False
        Grade._grades(partners.ids, self.company)
        self.env.flush_all()
        with self.assertQueryCount(0):
            self.assertEqual(Grade._grades(partners.ids, self.company), {})

    def test_partners_are_found_by_grade(self):
        self._confirmed(self.partner)
        graded = self._graded(self.partner)
        Partner = self.env["res.partner"]
        self.assertIn(self.partner, Partner.search([("hub_grade", "=", graded.grade)]))
        others = Partner.search([("hub_grade", "!=", graded.grade)])
        self.assertNotIn(self.partner, others)
        self.assertIn(self.env.company.partner_id, others)
        self.assertNotIn(self.partner, Partner.search([("hub_grade", "=", False)]))

    def test_every_component_says_the_figure_it_was_earned_on(self):
        self._confirmed(self.partner, count=2)
        self._invoice(self.partner, paid_on_time=False)
        graded = self._graded(self.partner)
        self.assertIn("2 orders in the period", graded.explanation)
        self.assertIn("0 of 1 invoices paid by their due date", graded.explanation)
        total = sum(graded[f"{name}_points"] for name in engine.COMPONENTS)
        self.assertAlmostEqual(graded.score, total, delta=0.011)

    # === FROM THE WRONG SIDE === #

    def test_nobody_writes_a_grade_not_even_an_administrator(self):
        self._confirmed(self.partner)
        graded = self._graded(self.partner)
        for user in (self.sales, self.supervisor):
            with self.assertRaises(UserError):
                graded.with_user(user).write({"grade": "a"})
            with self.assertRaises(UserError):
                graded.with_user(user).unlink()
        with self.assertRaises(UserError):
            graded.sudo().write({"grade": "a"})
        with self.assertRaises(UserError):
            graded.sudo().create({"partner_id": self.partner.id, "grade": "a"})
        with self.assertRaises(UserError):
            graded.history_ids.sudo().write({"grade": "a"})
        loaded = graded.sudo().load(
            ["id", "grade"], [[graded.export_data(["id"])["datas"][0][0], "A"]]
        )
        self.assertFalse(loaded["ids"])

    def test_a_salesperson_reads_grades_and_changes_no_grading(self):
        self._confirmed(self.partner)
        graded = self._graded(self.partner)
        self.assertTrue(graded.with_user(self.sales).score)
        self.assertTrue(self.partner.with_user(self.sales).hub_grade)
        for call in (
            lambda: self.scheme.with_user(self.sales).write({"limit_a": 1}),
            lambda: self.scheme.with_user(self.sales).action_grade_now(),
        ):
            with self.assertRaises(AccessError):
                call()

    def test_who_has_no_part_in_the_hub_sees_no_grade(self):
        self._confirmed(self.partner)
        graded = self._graded(self.partner)
        stranger = new_test_user(self.env, "stranger", groups="base.group_user")
        self.assertFalse(graded.with_user(stranger).has_access("read"))
        with self.assertRaises(AccessError):
            self.partner.with_user(stranger).read(["hub_grade"])

    def test_companies_do_not_see_each_other_s_grades(self):
        self._confirmed(self.partner)
        graded = self._graded(self.partner)
        other = self.env["res.company"].create({"name": "Other Works"})
        foreigner = new_test_user(
            self.env,
            "grade_foreigner",
            groups="order_hub.order_hub_group_configurator",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        for record in (graded, graded.history_ids, self.scheme):
            self.assertFalse(record.with_user(foreigner).has_access("read"))
        self.assertFalse(self.partner.with_user(foreigner).hub_grade)
        self.assertEqual(
            self.env["order.hub.grade"]._grades(self.partner.ids, other), {}
        )

    def test_a_grading_that_makes_no_sense_is_refused_in_words(self):
        for vals, words in (
            ({"weight_margin": 30}, "add up to 105"),
            ({"weight_margin": -25, "weight_frequency": 80}, "none may be negative"),
            ({"limit_b": 90}, "must go down"),
            ({"limit_a": 101}, "must go down"),
            ({"period_days": 0}, "1 day to ten years"),
            ({"full_margin": -1}, "cannot be negative"),
            ({"full_referrals": 0}, "must be above 0"),
            ({"worst_after_sales": 0}, "must be above 0"),
        ):
            with self.assertRaises(ValidationError) as caught:
                self.scheme.write(vals)
            self.assertIn(words, str(caught.exception))

    def test_nobody_refers_himself(self):
        contact = self._customer("Buyer", parent_id=self.partner.id)
        for referrer in (self.partner, contact):
            with self.assertRaises(ValidationError):
                self.partner.hub_referrer_id = referrer

    def test_grading_costs_one_statement_however_many_customers(self):
        self._confirmed(self.partner)
        self._graded(self.partner)
        one = self._queries()
        for number in range(10):
            self._confirmed(self._customer(f"C{number}"))
        self.assertLessEqual(self._queries(), one)

    def _queries(self):
        self.env.flush_all()
        before = self.cr.sql_log_count
        self.env["order.hub.grade"]._grade(self.scheme)
        return self.cr.sql_log_count - before
