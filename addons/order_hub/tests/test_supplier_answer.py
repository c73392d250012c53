from psycopg2.errors import UniqueViolation

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..engine.answer import Part
from .answer_common import AnswerCommon


@tagged("post_install", "-at_install")
class TestSupplierAnswer(AnswerCommon):
    """What a supplier says is kept, measured, and taken or put before the buyer."""

    # === TAKEN AT ONCE === #

    def test_an_order_waits_for_its_supplier_once_confirmed(self):
        self.assertEqual(self.bought.hub_answer_state, "waiting")
        draft = self.bought.copy()
        self.assertEqual(draft.hub_answer_state, "none")

    def test_confirmed_as_asked_is_taken_at_once(self):
        answer = self._say(self.bought)
        self.assertEqual(answer.state, "accepted")
        self.assertEqual(self.bought.hub_answer_state, "confirmed")
        self.assertTrue(self.bought.acknowledged)
        self.assertEqual(self._plan(self.bought), [(15, 7)])
        self.assertFalse(self.bought.activity_ids)

    def test_an_answer_within_the_tolerance_is_taken_and_carried_out(self):
        self.company.write({"hub_answer_days": 3, "hub_answer_percent": 20})
        answer = self._say(
            self.bought, "split", [(12, 10)], refused=3, reason_id=self.reason.id
        )
        self.assertEqual(answer.state, "accepted")
        self.assertEqual(self.bought.hub_answer_state, "settled")
        self.assertEqual(self._plan(self.bought), [(12, 10)])
        self.assertEqual(self._coming(self.bought), [(12, 10)])

    def test_a_day_beyond_the_tolerance_waits_for_the_buyer(self):
        self.company.hub_answer_days = 2
        self._say(self.bought, "split", [(15, 10)])
        self.assertEqual(self.bought.hub_answer_state, "differs")
        self.assertEqual(self._plan(self.bought), [(15, 7)])

    # === FOR THE BUYER === #

    def test_a_split_waits_for_the_buyer_with_the_figures(self):
        answer = self._say(self.bought, "split", [(12, 7), (3, 10)])
        self.assertEqual(
            (answer.late, answer.refused, answer.state), (3, 0, "proposed")
        )
        self.assertEqual(self.bought.hub_answer_state, "differs")
        todo = self.bought.activity_ids
        self.assertEqual(todo.user_id, self.buyer)
        self.assertIn("3 days later", self.bought.hub_pending_text)

    def test_accepting_a_split_cuts_lines_and_receipts(self):
        self._say(self.bought, "split", [(12, 7), (3, 10)])
        self.bought.with_user(self.buyer).action_hub_accept_answers()
        self.assertEqual(self._plan(self.bought), [(3, 10), (12, 7)])
        self.assertEqual(self._coming(self.bought), [(3, 10), (12, 7)])
        self.assertEqual(self.bought.hub_answer_state, "settled")
        self.assertEqual(set(self.bought.order_line.mapped("price_unit")), {99.5})
        self.assertFalse(self.bought.activity_ids)
        further = self.bought.order_line - self.line
        self.assertEqual(further.hub_split_from_id, self.line)

    def test_accepting_a_refusal_takes_the_line_off(self):
        self._say(self.bought, "refuse", reason_id=self.reason.id)
        self.assertEqual(self.bought.hub_answer_state, "refused")
        self.bought.with_user(self.buyer).action_hub_accept_answers()
        self.assertEqual(self.line.product_qty, 0)
        self.assertEqual(self._coming(self.bought), [])

    def test_what_was_received_stays_on_the_line(self):
        self._receive(self.bought, 5)
        self._say(self.bought, "split", [(6, 7), (4, 12)])
        self.bought.with_user(self.buyer).action_hub_accept_answers()
        self.assertEqual(self._plan(self.bought), [(4, 12), (11, 7)])
        self.assertEqual(self.line.qty_received, 5)
        self.assertEqual(self._coming(self.bought), [(4, 12), (6, 7)])

    def test_what_was_received_cannot_be_answered(self):
        self._receive(self.bought, 15)
        with self.assertRaisesRegex(UserError, "cannot be answered"):
            self.bought._hub_answer([self._word(self.line)], "buyer")

    def test_whoever_waits_for_the_goods_waits_for_every_part(self):
        order, waiting = self._chained(15)
        self._say(order, "split", [(9, 7), (6, 10)])
        order.with_user(self.buyer).action_hub_accept_answers()
        self.assertEqual(self._coming(order), [(6, 10), (9, 7)])
        self.assertEqual(sum(waiting.move_orig_ids.mapped("product_uom_qty")), 15)
        self.assertEqual(waiting.move_orig_ids, order.picking_ids.move_ids)

    def test_a_part_changed_later_moves_its_own_share_only(self):
        order, _waiting = self._chained(15)
        self._say(order, "split", [(9, 7), (6, 10)])
        order.action_hub_accept_answers()
        further = order.order_line.filtered("hub_split_from_id")
        agreed = {"price_unit": further.price_unit, "date_planned": self._noon(10)}
        further.write({**agreed, "product_qty": 4})
        self.assertEqual(self._coming(order), [(4, 10), (9, 7)])

    def test_more_than_what_waits_is_cut_as_said(self):
        order, _waiting = self._chained(10, bought=15)
        self._say(order, "split", [(12, 7)], refused=3, reason_id=self.reason.id)
        order.action_hub_accept_answers()
        self.assertEqual(sum(quantity for quantity, _day in self._coming(order)), 12)

    def _chained(self, needed, bought=15):
        """Return an order whose goods a move waits for."""
        waiting = self.env["stock.move"].create(
            {
                "product_id": self.sheet.id,
                "product_uom_qty": needed,
                "product_uom": self.sheet.uom_id.id,
                "location_id": self.warehouse.lot_stock_id.id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
                "procure_method": "make_to_order",
            }
        )
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.steel.id,
                "user_id": self.buyer.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.sheet.id,
                            "product_qty": bought,
                            "date_planned": self._noon(7),
                            "move_dest_ids": [Command.link(waiting.id)],
                        }
                    )
                ],
            }
        )
        order.button_confirm()
        return order, waiting

    # === COUNTER === #

    def test_the_buyer_asks_for_something_else_and_the_supplier_confirms_it(self):
        self._say(self.bought, "split", [(12, 7), (3, 20)])
        self._counter([(12, 7), (3, 10)])
        self.assertEqual(self.bought.hub_answer_state, "waiting")
        self.assertEqual(self._plan(self.bought), [(15, 7)])
        answer = self._say(self.bought)
        self.assertEqual(answer.state, "accepted")
        self.assertEqual(self.bought.hub_answer_state, "settled")
        self.assertEqual(self._plan(self.bought), [(3, 10), (12, 7)])

    def test_the_form_of_the_buyer_starts_with_what_was_asked(self):
        self._say(self.bought, "split", [(15, 20)])
        action = self.bought.with_user(self.buyer).action_hub_counter_answers()
        Counter = self.env[action["res_model"]].with_user(self.buyer)
        form = Form(Counter.with_context(**action["context"]))
        with form.line_ids.edit(0) as row:
            self.assertEqual(row.quantity, 15)
            self.assertEqual(row.day, self._in(7))
            row.day = self._in(9)
        form.save().action_ask()
        settlement = self.env["order.hub.supplier.settlement"].search(
            [("order_id", "=", self.bought.id)]
        )
        self.assertEqual(settlement.kind, "countered")
        self.assertEqual(settlement.user_id, self.buyer)
        self.assertEqual(settlement.parts[0]["date"], self._in(9).isoformat())

    def test_what_is_asked_instead_adds_up_too(self):
        self._say(self.bought, "split", [(15, 20)])
        with self.assertRaisesRegex(UserError, "are open"):
            self._counter([(12, 7)])

    def _counter(self, parts, note="Please"):
        pending = self.bought._hub_pending()
        rows = [Part(self._in(days), quantity) for quantity, days in parts]
        self.bought.with_user(self.buyer)._hub_counter({pending: rows}, note)

    def test_the_supplier_is_told_what_was_decided(self):
        self._say(self.bought, "split", [(15, 10)])
        self.bought.with_user(self.buyer).action_hub_accept_answers()
        message = self.bought.message_ids.filtered(
            lambda message: self.steel in message.partner_ids
        )[:1]
        self.assertIn("agreed", message.body)
        self.assertIn(f"/my/supply/orders/{self.bought.id}", message.body)

    # === OVERTAKEN === #

    def test_a_new_answer_overtakes_the_one_before(self):
        first = self._say(self.bought, "split", [(15, 10)])
        second = self._say(self.bought, "split", [(15, 8)])
        self.assertEqual((first.state, second.state), ("superseded", "proposed"))
        self.assertEqual((first.number, second.number), (1, 2))
        with self.assertRaisesRegex(UserError, "waits for your decision"):
            first.action_accept()

    def test_an_order_that_is_changed_is_to_be_answered_again(self):
        answer = self._say(self.bought)
        self.line.product_qty = 20
        self.assertEqual(self.bought.hub_answer_state, "waiting")
        self.assertEqual(answer.state, "accepted")
        self.assertEqual(self.line._hub_asked().open, 20)

    def test_writing_the_same_again_changes_nothing(self):
        self._say(self.bought)
        self.line.write({"product_qty": 15, "date_planned": self._noon(7)})
        self.assertEqual(self.bought.hub_answer_state, "confirmed")

    def test_a_cancelled_order_waits_for_nobody(self):
        self._say(self.bought, "split", [(15, 10)])
        self.bought.button_cancel()
        self.assertEqual(self.bought.hub_answer_state, "none")
        self.assertFalse(self.bought.activity_ids)
        self.bought.button_draft()
        self.bought.button_confirm()
        self.assertEqual(self.bought.hub_answer_state, "waiting")

    def test_an_answer_to_an_older_page_is_refused(self):
        mark = self.bought._hub_answer_mark()
        self._say(self.bought, "split", [(15, 10)])
        with self.assertRaisesRegex(UserError, "Nothing of yours was stored"):
            self.bought._hub_answer([self._word(self.line)], "portal", mark=mark)

    # === WRONG === #

    def test_all_that_is_wrong_is_said_at_once_and_nothing_is_stored(self):
        order = self._bought_order(lines=2)
        first, second = order.order_line
        words = [
            self._word(first, "split", [(12, 7)]),
            self._word(second, "refuse"),
        ]
        with self.assertRaises(UserError) as caught:
            order._hub_answer(words, "portal")
        self.assertIn(
            "12 Units were answered, 15 Units are open", str(caught.exception)
        )
        self.assertIn("say why", str(caught.exception))
        self.assertFalse(self._answers(order))

    def test_lines_of_other_orders_cannot_be_answered(self):
        other = self._bought_order()
        with self.assertRaisesRegex(UserError, "cannot be answered"):
            self.bought._hub_answer([self._word(other.order_line)], "portal")

    def test_answers_are_neither_changed_nor_deleted(self):
        answer = self._say(self.bought, "split", [(15, 10)])
        self.bought.action_hub_accept_answers()
        for row in (answer, answer.settlement_ids):
            with self.assertRaises(UserError):
                row.write({"company_id": self.company.id})
            with self.assertRaises(UserError):
                row.unlink()

    def test_nobody_writes_what_a_supplier_says(self):
        for record, vals in (
            (self.line, {"hub_answer_state": "confirmed"}),
            (self.line, {"hub_answer_id": False}),
            (self.bought, {"hub_answer_state": "confirmed"}),
        ):
            with self.assertRaisesRegex(UserError, "cannot be written"):
                record.with_user(self.buyer).write(vals)

    def test_the_database_takes_one_answer_at_a_time(self):
        answer = self._say(self.bought, "split", [(15, 10)])
        [values] = answer.copy_data()
        values["number"] = answer.number
        with (
            self.assertRaises(UniqueViolation),
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            answer.create(values)

    # === WHO === #

    def test_only_buyers_decide(self):
        self._say(self.bought, "split", [(15, 10)])
        for user in (self.user, self.sales, self.operator):
            with self.assertRaises(AccessError):
                self.bought.with_user(user).action_hub_accept_answers()
            with self.assertRaises(AccessError):
                self.bought.with_user(user).action_hub_counter_answers()
            with self.assertRaises(AccessError):
                self.bought.with_user(user).hub_answer([])

    def test_another_company_sees_no_answer(self):
        self._say(self.bought)
        other = self.env["res.company"].create({"name": "Other Works"})
        stranger = self._user("hub_buyer_2", "purchase.group_purchase_user")
        stranger.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        Answer = self.env["order.hub.supplier.answer"].with_user(stranger)
        self.assertFalse(Answer.search([("order_id", "=", self.bought.id)]))
        with self.assertRaises(AccessError):
            self.bought.with_user(stranger).action_hub_accept_answers()

    # === ODOO'S OWN WAYS AND PROGRAMS === #

    def test_a_buyer_who_acknowledges_confirms_what_waits(self):
        self.bought.with_user(self.buyer).action_acknowledge()
        self.assertTrue(self.bought.acknowledged)
        self.assertEqual(self.bought.hub_answer_state, "confirmed")
        self.assertEqual(self.line.hub_answer_id.source, "buyer")
        self.assertEqual(self.line.hub_answer_id.user_id, self.buyer)

    def test_acknowledging_does_not_confirm_a_day_that_has_passed(self):
        late = self._bought_order(days=-3)
        late.with_user(self.buyer).action_acknowledge()
        self.assertTrue(late.acknowledged)
        self.assertEqual(late.hub_answer_state, "waiting")

    def test_programs_answer_by_line(self):
        reply = self.bought.with_user(self.buyer).hub_answer(
            [
                {
                    "line_id": self.line.id,
                    "kind": "split",
                    "parts": [{"quantity": 12, "date": self._in(9).isoformat()}],
                    "refused": 3,
                    "reason": "capacity",
                }
            ]
        )
        self.assertEqual(reply["state"], "differs")
        [line] = reply["lines"]
        self.assertEqual((line["late"], line["refused"]), (2, 3))

    def test_programs_are_told_what_cannot_be_read(self):
        order = self.bought.with_user(self.buyer)
        line = {"line_id": self.line.id, "kind": "split"}
        for lines in (
            "nothing",
            ["nothing"],
            [{"line_id": self.line.id}],
            [{**line, "parts": [{"quantity": "x", "date": "2026-11-09"}]}],
            [{**line, "parts": [{"quantity": 1, "date": "9 Nov"}]}],
            [{**line, "reason": "unheard of"}],
            [{**line, "kind": "perhaps"}],
        ):
            with self.assertRaises(UserError):
                order.hub_answer(lines)

    # === THE LIST === #

    def test_the_list_finds_answers_by_what_became_of_them(self):
        first = self._say(self.bought, "split", [(15, 10)])
        second = self._say(self.bought, "split", [(15, 8)])
        third = self._say(self._bought_order())
        Answer = self.env["order.hub.supplier.answer"]
        mine = [("id", "in", (first | second | third).ids)]
        for state, found in (
            ("superseded", first),
            ("proposed", second),
            ("accepted", third),
        ):
            self.assertEqual(Answer.search([*mine, ("state", "=", state)]), found)
        second.with_user(self.buyer).action_accept()
        self.assertEqual(second.state, "accepted")
        self.assertFalse(Answer.search([*mine, ("state", "=", "proposed")]))

    # === COST === #

    def test_confirming_fifty_lines_costs_no_more_queries_than_one(self):
        one, many = self._bought_order(), self._bought_order(lines=50)
        self._say(self._bought_order())
        few = self._queries(lambda: self._say(one))
        self.assertLessEqual(self._queries(lambda: self._say(many)), few + 3)

    def test_days_are_those_of_the_order_not_of_the_server(self):
        late = fields.Datetime.to_datetime(self._in(7))  # 08:00 in Shanghai
        self.line.date_planned = late.replace(hour=17)  # 01:00 the day after
        [part] = self.line._hub_asked().parts
        self.assertEqual(part.day, self._in(8))
