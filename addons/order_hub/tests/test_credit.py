import random
from datetime import timedelta

from odoo import SUPERUSER_ID, fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import SQL

from .common import OrderHubCommon

NOW = fields.Datetime.to_datetime("2031-03-10 07:20:00")


class CreditCommon(OrderHubCommon):
    """A dealer with a limit of 20,000 and orders of which 7,700 are used."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Credit = cls.env["order.hub.credit"]
        cls.Grant = cls.env["order.hub.credit.grant"]
        cls.company.write({"hub_credit_check": "block", "hub_credit_ratio": 1.0})
        cls.part = cls.env["product.product"].create(
            {
                "name": "Brake pad",
                "type": "service",
                "invoice_policy": "order",
                "list_price": 100.0,
                "taxes_id": False,
            }
        )
        cls.product = cls.part
        cls.partner.credit_limit = 20_000
        cls.other_supervisor = cls._user(
            "hub_supervisor_2", "order_hub.order_hub_group_supervisor"
        )
        cls._settle_marks()

    @classmethod
    def _settle_marks(cls):
        """Do what a commit does: write, then work out what was touched."""
        cls.env.flush_all()
        cls.Credit._apply_marks()

    def _credit(self, partner=None, company=None):
        """Return the stored row of a customer as it is after a commit."""
        self._settle_marks()
        return self.Credit.search(
            [
                ("partner_id", "=", (partner or self.partner).id),
                ("company_id", "=", (company or self.company).id),
            ]
        )

    def _sale(self, amount, **vals):
        """Return a draft of one line at a price of its own."""
        order = self._order(quantity=1, **vals)
        order.order_line.price_unit = amount
        return order

    def _confirmed(self, amount, **vals):
        order = self._sale(amount, **vals)
        order.action_confirm()
        self._settle_marks()
        return order

    def _refused(self, work, *figures):
        """Run what must be refused; return the sentence with its figures."""
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            work()
        for figure in figures:
            self.assertIn(figure, str(caught.exception))
        return str(caught.exception)

    def _grant(self, amount=50_000, user=None, **vals):
        grant = self.Grant.with_user(user or self.sales).create(
            {"partner_id": self.partner.id, "amount": amount, "reason": "Paid", **vals}
        )
        return grant.sudo(False).with_user(self.supervisor)

    def _granted(self, amount=50_000, **vals):
        grant = self._grant(amount, **vals)
        grant.action_approve()
        return grant

    def _at(self, moment):
        """Let the check believe it is another moment."""
        return self.patch(fields.Datetime, "now", staticmethod(lambda *args: moment))

    def _invoice(self, order, post=True):
        invoice = order._create_invoices()
        if post:
            invoice.action_post()
        return invoice

    def _pay(self, invoice, amount=None):
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"amount": amount or invoice.amount_residual})
        )
        wizard._create_payments()


@tagged("post_install", "-at_install")
class TestCreditFigures(CreditCommon):
    """What counts against the limit, and that it is kept right by itself."""

    def _figures(self, partner=None):
        credit = self._credit(partner)
        return (credit.receivable, credit.uninvoiced, credit.in_approval)

    def test_a_confirmed_order_counts_with_its_total(self):
        self._sale(500)
        self._confirmed(7_700)
        self.assertEqual(self._figures(), (0, 7_700, 0))
        self.assertEqual(self._credit().headroom, 12_300)

    def test_an_invoiced_order_counts_once(self):
        order = self._confirmed(7_700)
        draft = self._invoice(order, post=False)
        self.assertEqual(self._figures(), (0, 7_700, 0))
        draft.action_post()
        self.assertEqual(self._figures(), (7_700, 0, 0))

    def test_a_payment_frees_credit_and_taking_it_back_uses_it_again(self):
        invoice = self._invoice(self._confirmed(7_700))
        self._pay(invoice, 7_000)
        self.assertEqual(self._figures(), (700, 0, 0))
        invoice.line_ids.remove_move_reconcile()
        self.env.flush_all()
        self.assertEqual(sum(self._figures()), 700)
        invoice.button_draft()
        self.assertEqual(self._figures(), (-7_000, 7_700, 0))

    def test_a_partly_invoiced_order_counts_the_rest(self):
        order = self._order(quantity=10)
        order.action_confirm()
        invoice = self._invoice(order, post=False)
        invoice.invoice_line_ids.quantity = 4
        invoice.action_post()
        self.assertEqual(self._figures(), (400, 600, 0))

    def test_a_down_payment_does_not_count_twice(self):
        order = self._confirmed(10_000)
        wizard = self.env["sale.advance.payment.inv"].with_context(
            active_model="sale.order", active_ids=order.ids
        )
        wizard.create(
            {"advance_payment_method": "percentage", "amount": 30}
        ).create_invoices()
        advance = order.invoice_ids
        advance.action_post()
        self.assertEqual(self._figures(), (3_000, 7_000, 0))
        self._pay(advance)
        self.assertEqual(self._figures(), (0, 7_000, 0))
        order._create_invoices(final=True).action_post()
        self.assertEqual(self._figures(), (7_000, 0, 0))

    def test_a_refund_frees_what_was_owed(self):
        order = self._confirmed(7_700)
        invoice = self._invoice(order)
        reversal = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        wizard = reversal.create({"journal_id": invoice.journal_id.id})
        wizard.refund_moves()
        invoice.reversal_move_ids.action_post()
        # Odoo asks for the order again after a credit note: it is not invoiced.
        self.assertEqual(self._figures(), (0, 7_700, 0))

    def test_an_invoice_without_an_order_counts_too(self):
        self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.partner.id,
                "invoice_line_ids": [
                    Command.create({"name": "Repair", "price_unit": 1_234})
                ],
            }
        ).action_post()
        credit = self._credit()
        tax = credit.receivable - 1_234
        self.assertGreaterEqual(tax, 0)
        self.assertEqual(credit.uninvoiced, 0)

    def test_orders_of_a_contact_count_for_its_company(self):
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.partner.id}
        )
        self._confirmed(1_000, partner_id=contact.id)
        self.assertEqual(self._figures(), (0, 1_000, 0))

    def test_what_is_delivered_later_counts_from_the_confirmation_on(self):
        self.part.invoice_policy = "delivery"
        self._confirmed(7_700)
        self.assertEqual(self._figures(), (0, 7_700, 0))

    def test_what_will_never_be_delivered_is_not_owed(self):
        goods = self._product("Disc", "D-1", stock=10, invoice_policy="delivery")
        order = self._order(quantity=10, product=goods)
        order.action_confirm()
        self.assertEqual(self._figures(), (0, 1_600, 0))
        order.picking_ids.move_ids.write({"quantity": 8, "picked": True})
        order.picking_ids.with_context(skip_backorder=True).button_validate()
        rest = order.picking_ids.filtered(lambda p: p.state != "done")
        self.assertEqual(self._figures(), (0, 1_600, 0))
        rest.action_cancel()
        self.assertEqual(self._figures(), (0, 1_280, 0))

    def test_an_order_in_another_currency_counts_at_its_own_rate(self):
        order = self._foreign(1_000)
        order.action_confirm()
        self.assertEqual(self._figures()[1], 4_000)

    def _foreign(self, amount):
        """Return a draft in a currency of which one is worth four of ours."""
        currency = self.env["res.currency"].create(
            {
                "name": "QQQ",
                "symbol": "Q",
                "rounding": 0.01,
                "rate_ids": [Command.create({"name": "2020-01-01", "rate": 0.25})],
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Q", "currency_id": currency.id}
        )
        return self._sale(amount, pricelist_id=pricelist.id)

    def test_tax_and_discounts_count(self):
        tax = self.env["account.tax"].create(
            {"name": "13 %", "amount": 13, "type_tax_use": "sale"}
        )
        order = self._sale(1_000)
        order.order_line.write({"tax_ids": [Command.set(tax.ids)], "discount": 10})
        self.env["sale.order.line"].create(
            {
                "order_id": order.id,
                "product_id": self.part.id,
                "price_unit": -100,
                "tax_ids": [Command.set(tax.ids)],
            }
        )
        order.action_confirm()
        self.assertEqual(self._figures(), (0, 904, 0))

    def test_a_customer_without_a_limit_has_no_row_and_one_who_loses_it_neither(self):
        stranger = self.env["res.partner"].create({"name": "No limit"})
        self._confirmed(7_700, partner_id=stranger.id)
        self.assertFalse(self._credit(stranger))
        stranger.credit_limit = 10_000
        self.assertEqual(self._credit(stranger).exposure, 7_700)
        stranger.credit_limit = 0
        self.assertFalse(self._credit(stranger))

    def test_a_limit_for_everybody_counts_for_everybody(self):
        stranger = self.env["res.partner"].create({"name": "Everybody"})
        self._confirmed(700, partner_id=stranger.id)
        self.env["ir.default"].set(
            "res.partner", "credit_limit", 1_000, company_id=self.company.id
        )
        self.assertEqual(self._credit(stranger).headroom, 300)
        order = self._sale(301, partner_id=stranger.id)
        self._refused(order.action_confirm, "300", "301")

    def test_companies_count_apart(self):
        other = self.env["res.company"].create({"name": "Other"})
        self._confirmed(7_700)
        self.assertFalse(self._credit(company=other))
        self.partner.with_company(other).credit_limit = 5_000
        self.assertEqual(self._credit(company=other).exposure, 0)
        self.assertEqual(self._credit().exposure, 7_700)

    def test_a_contact_moved_to_another_company_takes_its_orders_along(self):
        mother = self.env["res.partner"].create(
            {"name": "Mother", "is_company": True, "credit_limit": 9_000}
        )
        self.partner.is_company = False
        self._confirmed(1_000)
        self.partner.parent_id = mother
        self.assertEqual(self._credit(mother).exposure, 1_000)

    def test_orders_in_approval_count_where_approvals_say_so(self):
        self.patch(
            type(self.Credit),
            "_hub_reserves_credit_sql",
            lambda self: SQL("o.client_order_ref = 'ask'"),
        )
        asked = self._sale(12_000, client_order_ref="ask")
        asked._hub_touch_credit()
        self.assertEqual(self._figures(), (0, 0, 12_000))
        found = self.env["sale.order"].search(
            self._credit().action_open_in_approval()["domain"]
        )
        self.assertEqual(found, asked)
        self._refused(self._sale(8_001).action_confirm, "8,000", "12,000")
        asked.action_confirm()
        self.assertEqual(self._figures(), (0, 12_000, 0))

    def test_the_nightly_job_finds_mends_and_reports_drift(self):
        self._confirmed(7_700)
        credit = self._credit()
        self.env.cr.execute(
            "UPDATE order_hub_credit SET uninvoiced = 1, exposure = 1 WHERE id = %s",
            [credit.id],
        )
        credit.invalidate_recordset()
        with self.enter_registry_test_mode():
            self.env.ref("order_hub.ir_cron_credit_check").method_direct_trigger()
        credit.invalidate_recordset()
        self.assertEqual(credit.exposure, 7_700)
        self.assertIn("mended", "".join(self.partner.message_ids.mapped("body")))

    def test_without_drift_the_nightly_job_changes_nothing(self):
        self._confirmed(7_700)
        self.assertEqual(self.Credit._mend(self.Credit._all_pairs()), {})

    def _night(self):
        """Do what the nightly job does."""
        self._settle_marks()
        self.Credit._mend(self.Credit._all_pairs())
        self.env["sale.order"].invalidate_model(["hub_takes_no_credit"])

    def _set_aside(self, orders):
        return orders.sudo().filtered("hub_takes_no_credit")

    def _taking(self, orders):
        """Return the orders that take credit when all of them are added up."""
        self.env.flush_all()
        with self.env.cr.savepoint() as mark:
            self.env.cr.execute("UPDATE sale_order SET hub_takes_no_credit = NULL")
            pairs = {order._hub_credit_pair() for order in orders}
            rows = self.Credit._exposure_rows(sorted(pairs), orders.ids)
            mark.rollback()
        return orders.browse(row[3] for row in rows if row[3] and row[4])

    def test_an_order_invoiced_in_full_or_cancelled_is_set_aside_at_night(self):
        invoiced, waiting, cancelled = (self._confirmed(100) for _number in range(3))
        self._invoice(invoiced)
        cancelled._action_cancel()
        orders = invoiced | waiting | cancelled
        self.assertFalse(self._set_aside(orders))
        self._night()
        self.assertEqual(self._set_aside(orders), invoiced | cancelled)
        self.assertEqual(self._figures(), (100, 100, 0))

    def test_an_order_invoiced_in_part_or_by_a_draft_is_not_set_aside(self):
        half, drafted = self._order(quantity=10), self._confirmed(100)
        half.action_confirm()
        invoice = self._invoice(half, post=False)
        invoice.invoice_line_ids.quantity = 4
        invoice.action_post()
        self._invoice(drafted, post=False)
        self._night()
        self.assertFalse(self._set_aside(half | drafted))
        self.assertEqual(self._figures(), (400, 700, 0))

    def test_touching_an_order_that_was_set_aside_adds_it_up_again_at_once(self):
        order = self._confirmed(5_000)
        self._invoice(order)
        self._night()
        self.assertEqual(self._set_aside(order), order)
        line = {"product_id": self.part.id, "product_uom_qty": 30}
        order.order_line = [Command.create(line)]
        self.env.flush_all()
        self._refused(self._sale(12_001).action_confirm, "12,000", "3,000")
        self.assertFalse(self._set_aside(order))
        self.assertEqual(self._figures(), (5_000, 3_000, 0))

    def test_a_refund_of_an_order_that_was_set_aside_adds_it_up_again(self):
        order = self._confirmed(5_000)
        invoice = self._invoice(order)
        self._night()
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id})
        )
        refund = self.env["account.move"].browse(wizard.refund_moves()["res_id"])
        refund.action_post()
        self._settle_marks()
        self.assertFalse(self._set_aside(order))
        self.assertEqual(self._figures()[1], 5_000)

    def test_more_delivered_than_invoiced_is_not_set_aside(self):
        self.part.invoice_policy = "delivery"
        order = self._confirmed(100)
        order.order_line.qty_delivered = 1
        self._invoice(order)
        self._night()
        self.assertEqual(self._set_aside(order), order)
        order.order_line.qty_delivered = 3
        self.assertEqual(self._figures(), (100, 200, 0))
        self._night()
        self.assertFalse(self._set_aside(order))

    def test_the_nightly_job_takes_back_what_was_set_aside_wrongly(self):
        order = self._confirmed(7_700)
        self._settle_marks()
        self.env.cr.execute(
            "UPDATE sale_order SET hub_takes_no_credit = TRUE WHERE id = %s",
            [order.id],
        )
        self.Credit._refresh([order._hub_credit_pair()])
        self.assertEqual(self._figures(), (0, 0, 0))
        self._night()
        self.assertFalse(self._set_aside(order))
        self.assertEqual(self._figures(), (0, 7_700, 0))

    def test_what_was_set_aside_before_credit_was_given_up_does_not_count(self):
        order = self._confirmed(7_700)
        self._invoice(order)
        self._night()
        self.env["res.partner"].search([("credit_limit", ">", 0)]).credit_limit = 0
        self._settle_marks()
        self.env.registry.clear_cache()
        self.assertFalse(self.Credit.search_count([]))
        line = {"product_id": self.part.id, "product_uom_qty": 3}
        order.order_line = [Command.create(line)]
        self._settle_marks()
        self.partner.credit_limit = 20_000
        self.assertEqual(self._figures(), (7_700, 300, 0))

    def test_an_order_touched_again_after_a_failed_attempt_is_added_up(self):
        order = self._confirmed(100)
        self._invoice(order)
        self._night()
        line = {"product_id": self.part.id, "product_uom_qty": 2}
        for _attempt in range(3):
            with self.env.cr.savepoint() as mark:
                order.order_line = [Command.create(line)]
                self.assertEqual(self._figures(), (100, 200, 0))
                mark.rollback()
            self.env.invalidate_all()
            self.assertEqual(self._set_aside(order), order)
        order.order_line = [Command.create(line)]
        self.assertEqual(self._figures(), (100, 200, 0))

    def test_nobody_sets_an_order_aside_by_hand(self):
        order = self._sale(100, user_id=self.sales.id)
        for user in (self.sales, self.env.ref("base.user_admin")):
            with self.assertRaises(UserError):
                order.with_user(user).write({"hub_takes_no_credit": True})
        copy = order.copy()
        self.assertFalse(copy.sudo().hub_takes_no_credit)

    def test_after_any_sequence_of_steps_the_stored_equals_the_recomputed(self):
        second = self.env["res.partner"].create(
            {"name": "Second", "credit_limit": 10**9}
        )
        self.partner.credit_limit = 10**9
        self._settle_marks()
        for seed in range(6):
            self._walk(random.Random(seed), (self.partner, second))

    def _walk(self, chance, partners):
        """Do twelve random steps; after each the figures are the true ones."""
        steps = [
            self._step_confirm,
            self._step_confirm,
            self._step_price,
            self._step_line,
            self._step_cancel,
            self._step_reopen,
            self._step_invoice,
            self._step_pay,
            self._step_unpay,
            self._step_refund,
            self._step_customer,
            self._step_limit,
        ]
        orders = self.env["sale.order"]
        for number in range(12):
            step = chance.choice(steps)
            with self.subTest(step=step.__name__, number=number):
                orders = step(chance, orders, partners)
                self._settle_marks()
                self.assertEqual(self.Credit._mend(self.Credit._all_pairs()), {})
                self.assertFalse(self._set_aside(orders) & self._taking(orders))

    def _some(self, chance, orders, condition):
        found = orders.filtered(condition)
        return chance.choice(found) if found else orders.browse()

    def _step_confirm(self, chance, orders, partners):
        order = self._sale(
            chance.randint(1, 9_999), partner_id=chance.choice(partners).id
        )
        order.action_confirm()
        return orders | order

    def _step_price(self, chance, orders, partners):
        order = self._some(chance, orders, lambda o: o.state == "sale")
        order.order_line[:1].price_unit = chance.randint(1, 9_999)
        return orders

    def _step_line(self, chance, orders, partners):
        order = self._some(
            chance, orders, lambda o: o.state == "sale" and not o.invoice_ids
        )
        if order and len(order.order_line) > 1:
            order.order_line[-1].product_uom_qty = 0
        elif order:
            line = {"product_id": self.part.id, "product_uom_qty": 3}
            order.order_line = [Command.create(line)]
        return orders

    def _step_cancel(self, chance, orders, partners):
        order = self._some(
            chance, orders, lambda o: o.state == "sale" and not o.invoice_ids
        )
        if order:
            order._action_cancel()
        return orders

    def _step_reopen(self, chance, orders, partners):
        order = self._some(chance, orders, lambda o: o.state == "cancel")
        if order:
            order.action_draft()
            order.action_confirm()
        return orders

    def _step_invoice(self, chance, orders, partners):
        order = self._some(chance, orders, lambda o: o.invoice_status == "to invoice")
        if order:
            self._invoice(order)
        return orders

    def _step_pay(self, chance, orders, partners):
        order = self._some(
            chance,
            orders,
            lambda o: any(
                i.move_type == "out_invoice" and i.amount_residual > 1
                for i in o.invoice_ids
            ),
        )
        open_ = order.invoice_ids.filtered(
            lambda i: i.move_type == "out_invoice" and i.amount_residual > 1
        )[:1]
        if open_:
            self._pay(open_, chance.choice((1, open_.amount_residual)))
        return orders

    def _step_unpay(self, chance, orders, partners):
        orders.invoice_ids.line_ids.remove_move_reconcile()
        return orders

    def _step_refund(self, chance, orders, partners):
        invoice = orders.invoice_ids.filtered(
            lambda i: i.move_type == "out_invoice" and i.state == "posted"
        )[:1]
        if invoice:
            invoice._reverse_moves([{}], cancel=False).action_post()
        return orders

    def _step_customer(self, chance, orders, partners):
        order = self._some(
            chance, orders, lambda o: o.state == "sale" and not o.invoice_ids
        )
        if order:
            order.partner_invoice_id = chance.choice(partners)
        return orders

    def _step_limit(self, chance, orders, partners):
        chance.choice(partners).credit_limit = chance.choice((0, 10**8, 10**9))
        return orders


@tagged("post_install", "-at_install")
class TestCreditCheck(CreditCommon):
    """Every road that confirms, and everything one might try to get round it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls._order(quantity=77)
        cls.first.action_confirm()
        cls._settle_marks()

    def _short(self, **vals):
        """Return a draft of 40,000 where 12,300 are left."""
        return self._sale(40_000, **vals)

    # -- roads ---------------------------------------------------------------

    def test_the_sentence_says_what_is_left_what_is_needed_and_what_to_do(self):
        order = self._short()
        said = self._refused(
            order.with_user(self.sales).action_confirm, "12,300", "40,000", "27,700"
        )
        self.assertIn("temporary credit", said)

    def test_the_last_cent_passes_and_one_more_does_not(self):
        self._refused(self._sale(12_300.01).action_confirm)
        self._confirmed(12_300)
        self.assertEqual(self._credit().headroom, 0)
        self._refused(self._sale(0.01).action_confirm)

    def test_every_road_that_confirms_is_blocked(self):
        order = self._short()
        approve = {"hub_stage_id": self.approved.id}
        for road in (
            lambda: order.action_confirm(),
            lambda: order.write({"state": "sale"}),
            lambda: order.with_user(self.sales).write({"state": "sale"}),
            lambda: order.sudo().action_confirm(),
            lambda: order.with_context(order_hub_checked=[order.id]).action_confirm(),
            lambda: order.with_context(order_hub_defer=True).action_confirm(),
            lambda: self._order(quantity=400, state="sale"),
        ):
            self._refused(road)
        self._gate_less_action()
        self._refused(lambda: order.write(approve))
        self.assertEqual(order.state, "draft")

    def _gate_less_action(self):
        self.env["order.hub.stage.action"].create(
            {"stage_id": self.approved.id, "kind": "confirm_sale"}
        )

    def test_an_import_that_confirms_is_blocked(self):
        names = ["partner_id/.id", "state", "order_line/product_id/.id"]
        names += ["order_line/product_uom_qty", "order_line/price_unit"]
        row = [str(self.partner.id), "sale", str(self.part.id), "1", "40000"]
        result = self.env["sale.order"].load(names, [row])
        self.assertFalse(result["ids"])
        self.assertIn("12,300", result["messages"][0]["message"])

    def test_what_a_customer_signed_waits_with_the_figures_and_is_decided(self):
        order = self._short()
        order._validate_order()
        self.assertEqual(order.state, "draft")
        self.assertIn("12,300", order.hub_exception_ids.description)
        decision = self._decision(order)
        self.assertEqual(decision.value, {"ok": False, "at": "confirm"})

    def test_a_batch_takes_credit_order_by_order(self):
        orders = self._sale(7_000) | self._sale(7_000)
        self._refused(orders.action_confirm, "5,300", "7,000")
        orders[0].action_confirm()

    def test_a_customer_without_a_limit_buys_what_they_like(self):
        stranger = self.env["res.partner"].create({"name": "Cash"})
        self._confirmed(10**7, partner_id=stranger.id)

    def test_a_company_may_only_warn_or_not_check(self):
        self.company.hub_credit_check = "warn"
        order = self._confirmed(40_000)
        self.assertIn("12,300", "".join(order.message_ids.mapped("body")))
        self.assertFalse(self._decision(order).value["ok"])
        self.company.hub_credit_check = "off"
        silent = self._confirmed(40_000)
        self.assertFalse(self._decision(silent))

    def test_a_company_may_want_more_than_the_order(self):
        self.company.hub_credit_ratio = 1.2
        self._refused(self._sale(10_251).action_confirm, "12,301.20")
        self._confirmed(10_250)

    def test_the_gate_knows_temporary_credit(self):
        self._gate(self.preparing, "credit_headroom", ratio=1.2)
        order = self._sale(12_000)
        stage = {"hub_stage_id": self.preparing.id}
        self._refused(lambda: order.write(stage), "12,300", "14,400")
        self._granted(2_100, use="revolving")
        order.write(stage)
        self.assertEqual(order.hub_stage_id, self.preparing)

    def test_the_gate_does_not_count_a_confirmed_order_against_itself(self):
        order = self._confirmed(10_000)
        self._gate(self.preparing, "credit_headroom", ratio=1.2)
        order.write({"hub_stage_id": self.preparing.id})
        self.assertEqual(order.hub_stage_id, self.preparing)

    # -- afterwards ----------------------------------------------------------

    def test_a_confirmed_order_cannot_grow_beyond_the_credit(self):
        order = self._confirmed(12_000)
        mine = order.with_user(self.sales)
        line = mine.order_line
        product = {"product_id": self.part.id, "product_uom_qty": 4}
        for growth in (
            lambda: line.write({"price_unit": 12_301}),
            lambda: line.write({"product_uom_qty": 2}),
            lambda: mine.write({"order_line": [Command.create(product)]}),
            lambda: mine.order_line.create({"order_id": order.id, **product}),
            lambda: line.write({"price_unit": 13_000, "discount": 1}),
            lambda: self._import_price(mine, 12_400),
        ):
            self._refused(growth, order.name)
        line.write({"price_unit": 12_300})
        self.assertEqual(self._credit().headroom, 0)

    def _import_price(self, order, price):
        names = [".id", "order_line/.id", "order_line/price_unit"]
        row = [str(order.id), str(order.order_line.id), str(price)]
        result = order.browse().load(names, [row])
        if not result["ids"]:
            raise UserError(result["messages"][0]["message"])

    def test_a_form_that_raises_a_confirmed_order_is_refused_with_figures(self):
        order = self._confirmed(12_000)

        def edit():
            with (
                Form(order.with_user(self.sales)) as form,
                form.order_line.edit(0) as line,
            ):
                line.price_unit = 12_500

        self._refused(edit, "12,300", "12,500")

    def test_lowering_is_possible_however_deep_in_debt(self):
        order = self._confirmed(12_000)
        self.partner.credit_limit = 100
        self._settle_marks()
        order.order_line.with_user(self.sales).price_unit = 11_000
        self._settle_marks()
        line = order.order_line.with_user(self.sales)
        self._refused(lambda: line.write({"price_unit": 11_001}))

    def test_another_customer_s_credit_is_asked_when_the_invoice_goes_there(self):
        other = self.env["res.partner"].create({"name": "Poor", "credit_limit": 100})
        order = self._confirmed(12_000).with_user(self.sales)
        self._refused(lambda: order.write({"partner_invoice_id": other.id}), "100")
        rich = self.env["res.partner"].create({"name": "Rich", "credit_limit": 10**6})
        self._settle_marks()
        order.partner_invoice_id = rich
        self.assertEqual(self._credit(rich).exposure, 12_000)
        self.assertEqual(self._credit().exposure, 7_700)

    def test_copying_and_reopening_are_checked_like_anything_else(self):
        order = self._confirmed(12_000)
        self._refused(order.copy().action_confirm, "300")
        order._action_cancel()
        self._settle_marks()
        other = self._confirmed(5_000)
        order.action_draft()
        self._refused(order.action_confirm, "7,300", "12,000")
        self.assertEqual(other.state, "sale")

    def test_splitting_into_two_orders_does_not_help(self):
        self._confirmed(7_000)
        self._refused(self._sale(7_000).action_confirm, "5,300")

    def test_another_currency_does_not_help(self):
        order = self._confirmed(12_000).with_user(self.sales)
        currency = self.env["res.currency"].create(
            {
                "name": "QQQ",
                "symbol": "Q",
                "rate_ids": [Command.create({"name": "2020-01-01", "rate": 0.25})],
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Q", "currency_id": currency.id}
        )
        self._refused(lambda: order.write({"pricelist_id": pricelist.id}))
        draft = self._sale(4_000, pricelist_id=pricelist.id)
        self._refused(draft.action_confirm, "16,000")

    def test_totals_and_rates_cannot_be_written(self):
        order = self._short()
        for vals in (
            {"amount_total": 1},
            {"currency_rate": 1000},
            {"order_line": [Command.update(order.order_line.id, {"price_total": 1})]},
        ):
            self._refused(lambda vals=vals: order.with_user(self.sales).write(vals))
        for name in ("price_subtotal", "untaxed_amount_invoiced"):
            line = order.order_line.with_user(self.sales)
            self._refused(lambda line=line, name=name: line.write({name: 1}))
        sales = self.env(user=self.sales)["sale.order"]
        vals = {"partner_id": self.partner.id, "amount_total": 1}
        self._refused(lambda: sales.create(vals))

    def test_a_line_disguised_as_a_down_payment_counts(self):
        order = self._short()
        order.order_line.is_downpayment = True
        self._refused(order.action_confirm)

    def test_what_the_hub_itself_changes_is_noted_not_refused(self):
        order = self._confirmed(12_000)
        order.order_line.with_user(SUPERUSER_ID).price_unit = 12_400
        self.assertIn("12,300", "".join(order.message_ids.mapped("body")))

    # -- told ----------------------------------------------------------------

    def _decision(self, order):
        found = self.env["order.hub.decision"]._in_force(order, ["credit"])
        return found.get((order.id, "credit"), self.env["order.hub.decision"])

    def test_a_draft_says_from_the_beginning_what_is_left(self):
        order = self._short()
        decision = self._decision(order)
        self.assertEqual(decision.value["ok"], False)
        self.assertEqual(
            decision.figures | {"currency": "-"},
            {
                "limit": 20_000,
                "receivable": 0,
                "uninvoiced": 7_700,
                "in_approval": 0,
                "temporary": 0,
                "headroom": 12_300,
                "order_total": 40_000,
                "ratio": 1,
                "currency": "-",
            },
        )
        self.assertIn("12,300", decision.chosen_text)
        self.assertIn("40,000", decision.chosen_text)
        self.assertIn("27,700", decision.because_text)

    def test_a_passed_order_keeps_the_figures_it_passed_with(self):
        order = self._confirmed(12_000)
        decision = self._decision(order)
        self.assertEqual(decision.value, {"ok": True, "at": "confirm"})
        self.assertIn("12,300", decision.chosen_text)

    def test_the_form_tells_who_may_see_it(self):
        order = self._short().with_user(self.sales)
        self.assertIn("12,300", order.hub_credit_text)
        self.assertEqual(order.hub_credit_state, "short")
        with self.assertRaises(AccessError):
            order.with_user(self.operator).read(["hub_credit_text"])

    def test_every_number_opens_what_is_behind_it(self):
        credit = self._credit()
        orders = self.env["sale.order"].search(credit.action_open_orders()["domain"])
        self.assertEqual(orders, self.first)
        self._invoice(self.first)
        credit = self._credit()
        items = self.env["account.move.line"].search(
            credit.action_open_invoices()["domain"]
        )
        self.assertEqual(sum(items.mapped("amount_residual")), credit.receivable)
        self.assertFalse(
            self.env["sale.order"].search(credit.action_open_in_approval()["domain"])
        )

    def test_lists_find_who_is_over_near_or_helped(self):
        def find(*condition):
            return self.partner in self.Credit.search([condition]).partner_id

        self._settle_marks()
        self.assertTrue(find("state", "=", "ok"))
        self.assertTrue(find("headroom", "<=", 12_300))
        self.assertFalse(find("temporary", ">", 0))
        self._granted(100, use="revolving")
        self.assertTrue(find("temporary", "=", 100))
        self.partner.credit_limit = 7_800
        self._settle_marks()
        self.assertTrue(find("state", "=", "near"))
        self.partner.credit_limit = 100
        self._settle_marks()
        self.assertTrue(find("state", "in", ["over", "near"]))
        self.assertFalse(find("state", "!=", "over"))

    def test_nobody_writes_the_figures(self):
        credit = self._credit().with_user(self.supervisor)
        for work in (
            lambda: credit.write({"credit_limit": 10**9}),
            lambda: credit.unlink(),
            lambda: self.Credit.with_user(self.supervisor).create(
                {"partner_id": self.partner.id, "company_id": self.company.id}
            ),
            lambda: self._credit().with_user(self.sales).read(["headroom"]),
        ):
            with self.assertRaises(AccessError):
                work()


@tagged("post_install", "-at_install")
class TestTemporaryCredit(CreditCommon):
    """Asked for, approved by another person, used once, gone by itself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls._order(quantity=77)
        cls.first.action_confirm()
        cls._settle_marks()

    def test_it_is_asked_from_the_order_and_approved_by_a_supervisor(self):
        order = self._sale(40_000)
        action = order.with_user(self.sales).action_hub_ask_credit()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.sales)
            .with_context(**action["context"])
            .create({"reason": "The transfer is under way"})
        )
        self.assertIn("12,300", wizard.credit_text)
        self.assertEqual((wizard.amount, wizard.hours), (50_000, 24))
        wizard.action_ask()
        grant = order.hub_credit_grant_ids
        self.assertEqual(grant.state, "asked")
        self.assertEqual(grant.asked_by_id, self.sales)
        self.assertIn(self.supervisor, grant.activity_ids.user_id)
        self._refused(order.action_confirm)
        grant.with_user(self.supervisor).action_approve()
        self.assertFalse(grant.activity_ids)
        order.with_user(self.sales).action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertEqual(grant.state, "used")
        self.assertEqual(grant.used_order_id, order)
        self.assertEqual(
            grant.event_ids.sorted("id").mapped("kind"), ["asked", "approved", "used"]
        )

    def test_used_once_it_serves_no_other_order(self):
        for use in ("single", "revolving"):
            with self.subTest(use=use), self.env.cr.savepoint() as point:
                self._granted(use=use)
                self._confirmed(45_000)
                self._refused(self._sale(45_000).action_confirm)
                small = self._sale(1_000)
                if use == "single":
                    self._refused(small.action_confirm)
                else:
                    small.action_confirm()
                point.rollback()
                self.env.invalidate_all()

    def test_an_order_that_fits_leaves_it_for_another(self):
        grant = self._granted()
        self._confirmed(12_000)
        self.assertEqual(grant.state, "approved")
        self._confirmed(40_000)
        self.assertEqual(grant.state, "used")

    def test_it_ends_on_the_minute_without_any_job(self):
        self._at(NOW)
        order, late = self._sale(45_000), self._sale(4_000)
        self._granted(use="revolving")
        self._at(NOW + timedelta(hours=23, minutes=59, seconds=59))
        order.action_confirm()
        self._settle_marks()
        self._at(NOW + timedelta(hours=24))
        self._refused(late.action_confirm)
        line = order.order_line.with_user(self.sales)
        self._refused(lambda: line.write({"price_unit": 45_001}))
        self.assertEqual(order.state, "sale")

    def test_after_its_end_reopening_and_copying_do_not_help(self):
        self._at(NOW)
        self._granted()
        order = self._confirmed(45_000)
        self._at(NOW + timedelta(hours=25))
        self._refused(order.copy().action_confirm)
        order._action_cancel()
        order.action_draft()
        self._settle_marks()
        self._refused(order.action_confirm, "12,300", "45,000")

    def test_while_it_is_valid_the_order_it_serves_may_grow_within_it(self):
        self._granted()
        line = self._confirmed(45_000).order_line.with_user(self.sales)
        line.price_unit = 62_300
        self._refused(lambda: line.write({"price_unit": 62_301}))

    def test_the_job_only_tidies_and_tells(self):
        self._at(NOW)
        grant, other = self._granted(1_000), self._granted(2_000)
        self._at(NOW + timedelta(hours=24))
        self.assertFalse(grant.is_valid)
        self.assertEqual(grant.state, "approved")
        self.Grant._cron_tidy()
        self.assertEqual((grant | other).mapped("state"), ["expired", "expired"])
        self.assertEqual(grant.event_ids[:1].kind, "expired")

    def test_nobody_approves_their_own(self):
        grant = self._grant(user=self.supervisor)
        self._refused(grant.action_approve, "themselves")
        grant.with_user(self.other_supervisor).action_approve()
        self.assertEqual(grant.state, "approved")

    def test_only_supervisors_decide(self):
        grant = self._grant()
        for user in (self.sales, self.user, self.operator):
            with self.assertRaises(AccessError):
                grant.with_user(user).action_approve()
            with self.assertRaises(AccessError):
                grant.with_user(user)._close("rejected", "No")

    def test_nothing_is_decided_twice(self):
        grant = self._granted()
        self._refused(grant.action_approve, "already")
        self._refused(lambda: grant._close("rejected", "No"), "already")

    def test_a_rejection_and_a_revocation_need_a_reason_and_tell_the_asker(self):
        grant = self._grant()
        self._refused(lambda: grant._close("rejected", "  "))
        Close = self.env["order.hub.credit.close"].with_user(self.supervisor)
        action = grant.action_reject()
        Close.with_context(**action["context"]).create(
            {"reason": "Two invoices are over"}
        ).action_close()
        self.assertEqual(grant.state, "rejected")
        self.assertIn("Two invoices", grant.message_ids[:1].body)
        self.assertIn(self.sales.partner_id, grant.message_ids[:1].partner_ids)
        self._refused(self._sale(40_000).action_confirm)
        other = self._granted(use="revolving")
        other._close("revoked", "A mistake")
        self._refused(self._sale(40_000).action_confirm)

    def test_revoked_after_use_the_order_stays_and_nothing_new_passes(self):
        grant = self._granted()
        order = self._confirmed(45_000)
        grant._close("revoked", "The cheque bounced")
        self.assertEqual(order.state, "sale")
        line = order.order_line.with_user(self.sales)
        self._refused(lambda: line.write({"price_unit": 45_001}))

    def test_nobody_forges_an_approval(self):
        Grant = self.Grant.with_user(self.sales)
        vals = {"partner_id": self.partner.id, "amount": 10, "reason": "Please"}
        for forged in (
            {"state": "approved"},
            {"approved_by_id": self.supervisor.id},
            {"valid_until": "2099-01-01 00:00:00"},
            {"asked_by_id": self.supervisor.id},
            {"used_order_id": self.first.id},
        ):
            for model in (Grant, self.Grant, self.Grant.sudo()):
                self._refused(lambda m=model, f=forged: m.create({**vals, **f}))
        for context in (
            {"default_state": "approved", "default_valid_until": "2099-01-01 00:00:00"},
            {"order_hub_credit": True, "default_state": "approved"},
            {"order_hub_credit": "INTERNAL"},
        ):
            grant = Grant.with_context(**context).create(dict(vals))
            self.assertEqual(grant.state, "asked")
            self.assertFalse(grant.valid_until)
        names = ["partner_id/.id", "amount", "reason", "state"]
        rows = [[str(self.partner.id), "10", "Please", "Approved"]]
        self.assertFalse(Grant.load(names, rows)["ids"])

    def test_nobody_writes_what_the_methods_decide(self):
        grant = self._grant()
        for user in (self.supervisor, self.env.user):
            for context in ({}, {"order_hub_credit": True}):
                forger = grant.with_user(user).with_context(**context)
                self._refused(lambda g=forger: g.write({"state": "approved"}))
        with self.assertRaises(AccessError):
            grant.with_user(self.sales).write({"amount": 10**6})

    def test_terms_change_before_the_decision_only_and_leave_a_trail(self):
        grant = self._grant()
        grant.write({"amount": 20_000})
        self.assertEqual(grant.event_ids[:1].kind, "changed")
        self.assertEqual(grant.event_ids[:1].amount, 20_000)
        self._refused(lambda: grant.write({"partner_id": self.user.partner_id.id}))
        grant.action_approve()
        self._refused(lambda: grant.write({"amount": 10**6}))
        self._refused(lambda: grant.sudo().write({"hours": 10**6}))

    def test_a_copy_is_a_new_request(self):
        copy = self._granted().with_user(self.sales).copy()
        self.assertEqual(copy.state, "asked")
        self.assertEqual(copy.asked_by_id, self.sales)
        self.assertFalse(copy.valid_until)

    def test_neither_it_nor_its_trail_is_ever_deleted(self):
        grant = self._granted()
        self._refused(lambda: grant.sudo().unlink())
        event = grant.event_ids[:1].sudo()
        self._refused(lambda: event.write({"amount": 1}))
        self._refused(lambda: event.unlink())
        self._refused(lambda: self.env[event._name].create({"kind": "approved"}))

    def test_a_salesperson_sees_their_own_and_no_other_company_s(self):
        other = self._user(
            "hub_sales_2",
            "order_hub.order_hub_group_user,sales_team.group_sale_salesman",
        )
        grant = self._grant()
        Grant = self.Grant
        self.assertIn(grant, Grant.with_user(self.sales).search([]))
        self.assertNotIn(grant, Grant.with_user(other).search([]))
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self._user("hub_boss_2", "order_hub.order_hub_group_supervisor")
        stranger.write(
            {"company_id": company.id, "company_ids": [Command.set(company.ids)]}
        )
        self.assertNotIn(grant, Grant.with_user(stranger).search([]))
        with self.assertRaises(AccessError):
            grant.with_user(stranger).action_approve()

    def test_it_helps_only_the_customer_and_company_it_was_approved_for(self):
        self._granted(use="revolving")
        other = self.env["res.partner"].create({"name": "Poor", "credit_limit": 100})
        self._settle_marks()
        self._refused(self._sale(101, partner_id=other.id).action_confirm, "100")


@tagged("post_install", "-at_install")
class TestCreditCost(CreditCommon):
    """What is not configured costs nothing; what is costs the same for 1 and 50."""

    def _queries(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        work()
        self.env.flush_all()
        self.Credit._apply_marks()
        return self.cr.sql_log_count - before

    def _credit_queries(self, work):
        """Return the queries that touch the tables of credit."""
        told, execute = [], type(self.cr).execute

        def listen(cursor, query, *args, **kwargs):
            told.append(getattr(query, "code", query))
            return execute(cursor, query, *args, **kwargs)

        self.env.flush_all()
        self.env.invalidate_all()
        self.patch(type(self.cr), "execute", listen)
        work()
        self.env.flush_all()
        self.Credit._apply_marks()
        self.patch(type(self.cr), "execute", execute)
        return [
            code for code in told if "credit" in code and 'INSERT INTO "' not in code
        ]

    def test_the_check_costs_the_same_for_one_order_and_for_fifty(self):
        self.partner.credit_limit = 10**9
        self._settle_marks()
        orders = self._orders(102)
        self._settle_marks()
        orders[0].sudo()._hub_credit_refusals()
        one = self._queries(lambda: orders[1].sudo()._hub_credit_refusals())
        fifty = self._queries(lambda: orders[2:52].sudo()._hub_credit_refusals())
        hundred = self._queries(lambda: orders[2:].sudo()._hub_credit_refusals())
        self.assertLessEqual(fifty, one + 2)
        self.assertLessEqual(hundred, one + 2)
        self.assertLessEqual(hundred, 25)

    def test_confirming_without_any_limit_asks_nothing_about_credit(self):
        self._no_limits()
        self._orders(2).action_confirm()
        orders = self._orders(100)
        asked = self._credit_queries(orders.action_confirm)
        self.assertEqual([code for code in asked if "order_hub_credit" in code], [])

    def _no_limits(self):
        self.env["res.partner"].search([("credit_limit", ">", 0)]).credit_limit = 0
        self.env["ir.default"].search([("field_id.name", "=", "credit_limit")]).unlink()
        self._settle_marks()
        self.env.registry.clear_cache()
        self.assertFalse(self.Credit._is_used())

    def test_new_orders_are_not_asked_whether_they_were_set_aside(self):
        self.partner.credit_limit = 10**9
        self._orders(1).action_confirm()
        self._settle_marks()
        asked = self._credit_queries(lambda: self._orders(20).action_confirm())
        self.assertEqual([code for code in asked if "SET hub_takes_no" in code], [])

    def test_confirming_asks_once_whether_orders_were_set_aside(self):
        self.partner.credit_limit = 10**9
        orders = self._orders(20)
        self._settle_marks()
        self.env.cr.precommit.data.clear()
        asked = self._credit_queries(orders.action_confirm)
        found = [code for code in asked if "SET hub_takes_no" in code]
        self.assertEqual(len(found), 1)

    def test_confirming_a_hundred_orders_adds_a_constant_number_of_queries(self):
        self.partner.credit_limit = 10**9
        self._settle_marks()
        self._orders(2).action_confirm()
        self._settle_marks()
        counts = []
        for number in (1, 100):
            orders = self._orders(number)
            self._settle_marks()
            asked = self._credit_queries(orders.action_confirm)
            counts.append(len([code for code in asked if "order_hub_credit" in code]))
        self.assertLessEqual(counts[1], counts[0] + 1)
        self.assertLessEqual(counts[1], 12)

    def test_the_list_costs_the_same_for_one_customer_and_for_fifty(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Dealer {n}", "credit_limit": 10} for n in range(51)]
        )
        self._settle_marks()
        rows = self.Credit.search([("partner_id", "in", partners.ids)])
        self.assertEqual(len(rows), 51)
        names = ["partner_id", "credit_limit", "exposure", "temporary", "headroom"]
        rows[0].read([*names, "state"])
        one = self._queries(lambda: rows[0].read([*names, "state"]))
        fifty = self._queries(lambda: rows[1:].read([*names, "state"]))
        self.assertLessEqual(fifty, one)
