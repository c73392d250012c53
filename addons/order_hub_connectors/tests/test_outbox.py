from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..adapters.base import AuthenticationFailed, ChannelDown, Refused, Throttled
from ..engine.outbox import MAX_TRIES
from .common import PaperShop
from .outward import OutwardCommon


@tagged("post_install", "-at_install")
class TestOutbox(OutwardCommon):
    """What channels are told about their orders."""

    # === WHAT IS WRITTEN === #

    def test_a_delivery_that_leaves_is_told_with_its_tracking_number(self):
        order = self._sold("S-1")
        order.picking_ids.carrier_tracking_ref = "SF123"
        self._deliver(order)
        self.assertEqual(self._tell(), [("S-1", "sent")])
        update = PaperShop.sent[0]
        self.assertEqual(update.tracking, "SF123")
        self.assertEqual(update.hub_ref, order.hub_ref)
        self.assertEqual(
            update.lines,
            ({"external_ref": "L1", "sku": "ZXJ-0123", "quantity": 2.0},),
        )

    def test_every_part_of_a_split_delivery_is_told_with_what_is_in_it(self):
        order = self._sold("S-2", ("ZXJ-0123", 5), ("BZ-0456", 3))
        first = order.picking_ids
        first.action_assign()
        knuckle = first.move_ids.filtered(lambda m: m.product_id == self.knuckle)
        knuckle.quantity, knuckle.picked = 2, True
        (first.move_ids - knuckle).quantity = 0
        first.carrier_tracking_ref = "A1"
        first.with_context(skip_backorder=True).button_validate()
        self._deliver(order)
        self._tell()
        told = [
            (u.tracking, [(row["external_ref"], row["quantity"]) for row in u.lines])
            for u in PaperShop.sent
        ]
        self.assertEqual(
            told, [("A1", [("L1", 2.0)]), ("", [("L1", 3.0), ("L2", 3.0)])]
        )

    def test_the_stage_is_not_told_again_when_its_shipments_said_it(self):
        order = self._sold("S-3")
        self._deliver(order)
        self.assertEqual(self._tell(), [("S-3", "sent")])
        status = self._outbox(order).filtered(lambda row: row.kind == "status")
        self.assertEqual(status.state, "overtaken")
        self.assertEqual(status.answer, "Its shipments say it.")

    def test_a_kit_is_told_with_the_delivery_that_completes_it(self):
        kit = self._product("Brake kit", "KIT-1", stock=0)
        self.env["mrp.bom"].create(
            {
                "product_tmpl_id": kit.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": self.knuckle.id, "product_qty": 1}),
                    Command.create({"product_id": self.pads.id, "product_qty": 2}),
                ],
            }
        )
        order = self._sold("S-4", ("KIT-1", 4))
        first = order.picking_ids
        for move in first.move_ids:
            move.quantity = 4 if move.product_id == self.knuckle else 2
            move.picked = True
        first.with_context(skip_backorder=True).button_validate()
        self._deliver(order)
        self._tell()
        quantities = [[r["quantity"] for r in u.lines] for u in PaperShop.sent]
        self.assertEqual(quantities, [[1.0], [3.0]])

    def test_a_tracking_number_that_comes_later_is_told_later(self):
        order = self._sold("S-5")
        picking = self._deliver(order)
        self._tell()
        picking.carrier_tracking_ref = "LATE-1"
        self._tell()
        self.assertEqual([u.tracking for u in PaperShop.sent], ["LATE-1"])

    def test_another_number_before_the_first_was_told_takes_its_place(self):
        order = self._sold("S-6")
        picking = self._deliver(order)
        picking.carrier_tracking_ref = "WRONG"
        picking.carrier_tracking_ref = "RIGHT"
        self._tell()
        self.assertEqual([u.tracking for u in PaperShop.sent], ["RIGHT"])

    def test_what_the_channel_brought_is_not_told_back_to_it(self):
        self.words.filtered(lambda w: w.milestone == "received").is_silent = False
        self._word("cancelled", "void")
        order = self._sold("S-7")
        self._event("cancel", "S-7")
        self.assertEqual(order.state, "cancel")
        self.assertNotIn("void", self._outbox(order).mapped("word"))

    def test_orders_of_no_channel_are_told_to_nobody(self):
        order = self._order()
        order.action_confirm()
        self._deliver(order)
        told = self.env["order.hub.outbox"].search([("order_id", "=", order.id)])
        self.assertFalse(told)

    def test_nothing_is_written_while_the_channel_is_not_to_be_told(self):
        self.channel.is_status_sent = False
        order = self._sold("S-8")
        self._deliver(order)
        self.assertFalse(self._outbox(order))

    def test_what_is_rolled_back_is_not_told(self):
        order = self._sold("S-9")
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self._deliver(order)
            self.assertTrue(self._outbox(order))
            raise ZeroDivisionError
        self.assertFalse(self._outbox(order))

    # === JOBS === #

    def _jobs(self):
        jobs = self.env["queue.job"].search(
            [("method_name", "=", "_job_outbox"), ("state", "=", "pending")]
        )
        return jobs.filtered(lambda job: job.records == self.channel)

    def test_a_transaction_asks_for_one_job_a_channel(self):
        for number in "ab":
            self._deliver(self._sold(f"J-1{number}"))
        self.channel._issue_outbox_tickets()
        self.assertEqual(len(self._jobs()), 1)
        self._deliver(self._sold("J-1c"))
        self.channel._issue_outbox_tickets()
        self.assertEqual(len(self._jobs()), 1)

    def test_a_job_that_was_lost_is_made_again_when_something_is_due(self):
        order = self._sold("J-2")
        self._deliver(order)
        later = fields.Datetime.add(fields.Datetime.now(), hours=1)
        self._outbox(order).write({"next_try_at": later})
        self.env.flush_all()
        self.env["order.hub.channel"]._cron_outbox()
        self.assertFalse(self._jobs())
        self._outbox(order).write({"next_try_at": fields.Datetime.now()})
        self.env.flush_all()
        self.env["order.hub.channel"]._cron_outbox()
        self.assertEqual(len(self._jobs()), 1)

    def test_a_channel_is_told_from_the_moment_it_has_an_address(self):
        hooks = self.env["order.hub.channel"].create(
            {"name": "Hooks", "code": "hooks-told", "adapter": "webhook"}
        )
        hooks.parameter_ids.filtered(lambda row: row.name == "secret").value = "s"
        hooks.action_switch_on()
        self.assertNotIn(hooks.id, hooks._telling())
        address = hooks.parameter_ids.filtered(lambda row: row.name == "status_url")
        address.value = "https://shop.example.com/status"
        self.assertIn(hooks.id, hooks._telling())

    # === WORDS === #

    def _word(self, milestone, word, **vals):
        return self.env["order.hub.status.out"].create(
            {
                "channel_id": self.channel.id,
                "milestone": milestone,
                "word": word,
                **vals,
            }
        )

    def test_the_words_of_the_platform_are_there_from_the_start(self):
        words = {row.milestone: (row.word, row.is_silent) for row in self.words}
        self.assertEqual(
            words, {"received": ("paid", True), "shipped": ("sent", False)}
        )
        self.assertEqual(
            set(self.channel.status_map_ids.mapped("external_status")), {"paid", "sent"}
        )

    def test_a_word_for_a_stage_comes_before_the_one_for_its_milestone(self):
        self._word("preparing", "working")
        self.env["order.hub.status.out"].create(
            {
                "channel_id": self.channel.id,
                "stage_id": self.preparing.id,
                "word": "packing",
            }
        )
        order = self._sold("S-10")
        order._hub_request_stage(self.preparing)
        self.assertEqual(self._tell(), [("S-10", "packing")])

    def test_send_nothing_means_nothing(self):
        self._word("preparing", "working")
        self.env["order.hub.status.out"].create(
            {
                "channel_id": self.channel.id,
                "stage_id": self.preparing.id,
                "is_silent": True,
            }
        )
        order = self._sold("S-11")
        order._hub_request_stage(self.preparing)
        self.assertFalse(self._outbox(order))

    def test_a_word_needs_one_place_and_a_text(self):
        with self.assertRaisesRegex(ValidationError, "one of both"):
            self._word("preparing", "x", stage_id=self.preparing.id)
        with self.assertRaisesRegex(ValidationError, "Send Nothing"):
            self._word("preparing", " ")

    def test_a_changed_word_stays_when_the_platform_is_chosen_again(self):
        sent = self.words.filtered(lambda w: w.milestone == "shipped")
        sent.word = "on its way"
        self.channel.adapter = False
        self.channel.adapter = PaperShop.code
        words = {r.milestone: r.word for r in self.channel.status_out_ids}
        self.assertEqual(words["shipped"], "on its way")

    # === IN WHICH ORDER === #

    def test_something_earlier_is_not_told_after_something_later(self):
        self._word("approved", "accepted")
        self._word("preparing", "working")
        order = self._sold("S-12")
        order._hub_request_stage(self.preparing)
        self.assertEqual(self._tell(), [("S-12", "working")])
        accepted = self._outbox(order)[0]
        self.assertEqual((accepted.word, accepted.state), ("accepted", "overtaken"))

    def test_a_step_that_is_always_told_is_told_first(self):
        self._word("approved", "accepted", is_firm=True)
        self._word("preparing", "working")
        order = self._sold("S-13")
        order._hub_request_stage(self.preparing)
        self.assertEqual(self._tell(), [("S-13", "accepted"), ("S-13", "working")])

    def test_moving_back_is_not_told(self):
        self._word("approved", "accepted")
        self._word("preparing", "working")
        order = self._sold("S-14")
        order._hub_request_stage(self.preparing)
        self._tell()
        order.with_user(self.supervisor)._hub_request_stage(self.approved, note="back")
        self.assertFalse(self._tell())
        self.assertEqual(self._outbox(order)[-1].state, "overtaken")

    def test_what_waits_for_a_second_try_holds_back_what_came_later(self):
        self._word("approved", "accepted", is_firm=True)
        self._word("preparing", "working")
        order = self._sold("S-15")
        PaperShop.error = ChannelDown("500")
        self._tell()
        PaperShop.error = None
        order._hub_request_stage(self.preparing)
        self.assertFalse(self._tell())
        self._outbox(order)[0].next_try_at = fields.Datetime.now()
        self.assertEqual(self._tell(), [("S-15", "accepted"), ("S-15", "working")])

    # === WHEN IT DOES NOT WORK === #

    def _failing(self, error, number):
        order = self._sold(number)
        self._deliver(order)
        PaperShop.error = error
        self._tell()
        PaperShop.error = None
        return order, self._outbox(order).filtered(lambda r: r.kind == "tracking")

    def test_a_channel_that_is_down_is_tried_again_later_each_time(self):
        _order, row = self._failing(ChannelDown("No answer."), "F-1")
        self.assertEqual((row.state, row.attempts), ("failed", 1))
        self.assertEqual(row.answer, "No answer.")
        wait = (row.next_try_at - fields.Datetime.now()).total_seconds()
        self.assertTrue(40 < wait < 80, wait)

    def test_throttling_waits_as_long_as_the_platform_says_and_gives_nothing_up(self):
        _order, row = self._failing(Throttled("Slow down.", 900), "F-2")
        wait = (row.next_try_at - fields.Datetime.now()).total_seconds()
        self.assertTrue(wait > 890, wait)
        self.assertEqual((row.state, row.attempts), ("failed", 0))

    def test_a_refusal_opens_a_problem_that_stops_nothing(self):
        order, row = self._failing(Refused("Unknown order."), "F-3")
        self.assertEqual(row.state, "given_up")
        problem = self._problem(order, "channel_send")
        self.assertIn("Unknown order.", problem.description)
        self.assertFalse(problem.is_blocking)
        self.assertFalse(order.hub_is_held)
        self.assertEqual(order.hub_stage_id, self.shipped)

    def test_what_is_told_in_the_end_closes_the_problem(self):
        order, row = self._failing(Refused("No tracking number."), "F-9")
        row.order_id.picking_ids.carrier_tracking_ref = "SF9"
        self.assertEqual(self._tell(), [("F-9", "sent")])
        self.assertFalse(self._problem(order, "channel_send"))

    def test_after_the_last_try_a_problem_is_opened(self):
        order, row = self._failing(ChannelDown("down"), "F-4")
        row.write({"attempts": MAX_TRIES - 1, "next_try_at": fields.Datetime.now()})
        PaperShop.error = ChannelDown("down")
        self._tell()
        PaperShop.error = None
        self.assertEqual(row.state, "given_up")
        self.assertTrue(self._problem(order, "channel_send"))

    def test_refused_credentials_count_against_the_channel_not_the_order(self):
        order, row = self._failing(AuthenticationFailed("No."), "F-5")
        self.assertEqual(self.channel.failed_logins, 1)
        self.assertEqual((row.state, row.attempts), ("failed", 0))
        self.assertFalse(self._problem(order, "channel_send"))

    def test_a_fault_in_the_adapter_harms_one_order_only(self):
        orders = [self._sold(f"F-6{n}") for n in "ab"]
        for order in orders:
            self._deliver(order)
        real = PaperShop.send_status

        def send(adapter, update):
            if update.external_ref == "F-6a":
                raise KeyError("tracking")
            return real(adapter, update)

        with (
            patch.object(PaperShop, "send_status", send),
            mute_logger(
                "odoo.addons.order_hub_connectors.models.order_hub_outbox_send"
            ),
        ):
            self.assertEqual(self._tell(), [("F-6b", "sent")])
        row = self._outbox(orders[0]).filtered(lambda r: r.state == "failed")
        self.assertIn("KeyError", row.answer)

    def test_a_crash_after_sending_sends_the_same_again_with_the_same_key(self):
        order = self._sold("F-7")
        self._deliver(order)
        Outbox = self.env.registry["order.hub.outbox"]
        with patch.object(Outbox, "_told", side_effect=KeyboardInterrupt):
            with self.assertRaises(KeyboardInterrupt), self.env.cr.savepoint():
                self._tell()
        first = list(PaperShop.sent)
        self.env.invalidate_all()
        self._tell()
        self.assertEqual(first, PaperShop.sent)
        self.assertFalse(self._tell())

    def test_a_channel_that_is_paused_is_told_when_it_is_on_again(self):
        order = self._sold("F-8")
        self.channel.action_pause()
        self._deliver(order)
        self.assertFalse(self._tell())
        self.channel.action_switch_on()
        self.assertEqual(self._tell(), [("F-8", "sent")])

    # === PEOPLE === #

    def test_an_operator_tries_again_what_was_given_up(self):
        order, row = self._failing(Refused("Unknown order."), "P-1")
        row.with_user(self.operator).action_retry()
        self.assertEqual(self._tell(), [("P-1", "sent")])
        self.assertEqual(row.state, "sent")
        with self.assertRaisesRegex(UserError, "nothing left"):
            row.with_user(self.operator).action_retry()
        self.assertTrue(order)

    def test_an_operator_gives_up_what_nobody_needs(self):
        _order, row = self._failing(ChannelDown("down"), "P-2")
        row.with_user(self.operator).action_give_up()
        self.assertEqual(row.state, "given_up")
        self.assertIn(self.operator.name, row.answer)

    def test_a_salesperson_does_not_read_what_channels_are_told(self):
        order = self._sold("P-3")
        self._deliver(order)
        rows = self._outbox(order).with_user(self.sales)
        with self.assertRaises(AccessError):
            rows.read(["payload"])
        with self.assertRaises(AccessError):
            rows.action_retry()

    def test_nobody_writes_what_channels_are_told(self):
        order = self._sold("P-4")
        self._deliver(order)
        for user in (self.operator, self.configurator, self.env.ref("base.user_admin")):
            rows = self._outbox(order).with_user(user)
            with self.assertRaises(AccessError):
                rows.write({"word": "cancelled"})
            with self.assertRaises(AccessError):
                rows.create({"channel_id": self.channel.id, "external_ref": "P-4"})
            with self.assertRaises(UserError):
                rows.unlink()

    def test_another_company_does_not_see_what_is_told_here(self):
        order = self._sold("P-5")
        self._deliver(order)
        other = self.env["res.company"].create({"name": "Other"})
        self.operator.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        Outbox = self.env["order.hub.outbox"].with_user(self.operator)
        self.assertFalse(Outbox.search([("external_ref", "=", "P-5")]))

    def test_a_context_from_outside_cannot_silence_a_channel(self):
        order = self._sold("P-6")
        forged = order.with_context(order_hub_told_by=self.channel.id)
        self._deliver(forged)
        self.assertTrue(self._outbox(order))

    # === COST === #

    def test_it_costs_no_query_where_no_channel_is_told(self):
        orders = self._orders(20)
        orders.action_confirm()
        Outbox = self.env["order.hub.outbox"].sudo()
        rows = [
            {
                "order_id": order.id,
                "stage_id": self.shipped.id,
                "milestone": "shipped",
                "date": fields.Datetime.now(),
            }
            for order in orders
        ]
        Outbox._tell_events(rows, list(range(20)))
        orders.mapped("hub_channel_id")
        before = self.cr.sql_log_count
        Outbox._tell_events(rows, list(range(20)))
        self.assertEqual(self.cr.sql_log_count, before)

    def test_stage_events_of_50_orders_cost_one_more_query_than_of_1(self):
        self._word("preparing", "working")
        orders = [self._sold(f"Q-{n}") for n in range(51)]
        orders = self.env["sale.order"].union(*orders)
        one = self._queries(lambda: orders[:1]._hub_request_stage(self.preparing))
        many = self._queries(lambda: orders[1:]._hub_request_stage(self.preparing))
        self.assertEqual(len(self.channel.outbox_ids), 51)
        self.assertLessEqual(many, one + 12)

    def test_old_rows_do_not_make_the_next_one_slow(self):
        order = self._sold("Q-x")
        self._deliver(order)
        self._tell()
        cost = self._queries(
            lambda: self.env["order.hub.outbox"]._send_due(self.channel, 5)
        )
        self.assertLessEqual(cost, 12)
