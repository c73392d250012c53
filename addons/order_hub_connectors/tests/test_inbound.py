import json

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..adapters.base import Message
from .common import ConnectorsCommon


@tagged("post_install", "-at_install")
class TestInbound(ConnectorsCommon):
    """From a message as it came to an order, and back."""

    def test_a_message_is_kept_as_it_came(self):
        raw = b'{"external_ref": "A-1", "lines": [], "odd": "\xe4\xb8\xad"}  '
        inbound = self._take(Message("order", "A-1", raw, headers={"x-topic": "new"}))
        self.assertEqual(inbound.with_context(bin_size=False).payload, _base64(raw))
        self.assertEqual(inbound.size, len(raw))
        self.assertEqual(inbound.headers, {"x-topic": "new"})

    def test_an_order_without_doubts_is_taken_in_and_confirmed(self):
        inbound = self._take(self._message("A-2"))
        self.assertEqual(inbound.state, "done", inbound.trace)
        self.assertEqual(inbound.order_id.state, "sale")
        self.assertEqual(inbound.order_id.partner_id, self.customer)
        self.assertEqual(inbound.order_id.amount_untaxed, 320)
        self.assertEqual(inbound.order_id.hub_inbound_id, inbound)

    def test_what_is_not_an_order_waits_for_a_person_with_the_payload_kept(self):
        inbound = self._take(Message("order", "A-3", b"{nope"))
        self.assertEqual(inbound.state, "attention")
        self.assertIn("JSON", inbound.problem_ids.message)
        self.assertTrue(inbound.payload)

    def test_everything_wrong_is_told_at_once_with_its_field(self):
        inbound = self._take(
            self._message(
                "A-4",
                lines=[{"sku": "ZXJ-0123", "quantity": -2}, {"quantity": 1e12}],
                date="soon",
            )
        )
        self.assertEqual(inbound.state, "attention")
        told = set(inbound.problem_ids.mapped("field"))
        self.assertLessEqual(
            {"lines[0].quantity", "lines[1].quantity", "date"}, told, told
        )

    def test_places_are_named_for_people(self):
        words = self.env["order.hub.inbound"]._place_words
        self.assertEqual(words("lines[0].sku"), "Line 1: code")
        self.assertEqual(words("ship_to.city"), "Ship to: city")
        self.assertEqual(words("promissed_date"), "promissed_date")

    def test_ten_thousand_lines_are_refused_in_words(self):
        lines = [{"sku": "ZXJ-0123", "quantity": 1}] * 10_000
        inbound = self._take(self._message("A-5", lines=lines))
        self.assertEqual(inbound.state, "attention")
        self.assertIn("2000 lines", inbound.problem_ids[:1].message)

    def test_a_line_whose_amount_does_not_add_up_says_so(self):
        lines = [{"sku": "ZXJ-0123", "quantity": 2, "unit_price": 160, "amount": 300}]
        inbound = self._take(self._message("A-6", lines=lines))
        self.assertIn(("map", "amounts"), self._codes(inbound))

    def test_a_corrected_value_takes_the_order_in_and_is_remembered(self):
        inbound = self._take(
            self._message("A-7", lines=[{"sku": "ZXJ-O123", "quantity": 1}])
        )
        self.assertEqual(inbound.state, "attention")
        inbound.with_user(self.operator).correct({"lines[0].sku": "ZXJ-0123"})
        self.assertEqual(inbound.state, "done", inbound.trace)
        self.assertEqual(inbound.order_id.order_line.product_id, self.products[0])
        self.assertTrue(inbound.is_corrected)
        self.assertEqual(inbound.correction_ids.old, '"ZXJ-O123"')
        self.assertEqual(inbound.correction_ids.user_id, self.operator)

    def test_one_bad_message_stops_none_of_its_batch(self):
        messages = [self._message(f"B-{n}") for n in range(9)]
        messages.insert(4, self._message("B-bad", currency="XTS"))
        rows = self._take(*messages)
        by_ref = {row.external_ref: row for row in rows}
        self.assertEqual(by_ref.pop("B-bad").state, "attention")
        self.assertEqual({row.state for row in by_ref.values()}, {"done"})

    def test_an_error_that_nobody_foresaw_fails_one_message_and_no_other(self):
        messages = [self._message(f"C-{n}") for n in range(5)]
        Intake = self.registry["order.hub.intake"]
        whole = Intake._own_vals

        def fail_for_one(intake, channel, item, owners):
            if item["external_ref"] == "C-3":
                raise ZeroDivisionError("boom")
            return whole(intake, channel, item, owners)

        self.patch(Intake, "_own_vals", fail_for_one)
        with self.assertLogs("odoo.addons.order_hub_connectors", level="ERROR"):
            rows = self._take(*messages)
        states = {row.external_ref: row.state for row in rows}
        self.assertEqual(states.pop("C-3"), "failed")
        self.assertEqual(set(states.values()), {"done"})
        failed = rows.filtered(lambda row: row.state == "failed")
        self.assertIn("boom", failed.error)
        self.assertEqual(failed.attempts, 1)

    def test_replaying_a_finished_message_makes_no_second_order(self):
        inbound = self._take(self._message("D-1"))
        order = inbound.order_id
        with self.assertRaises(UserError):
            inbound.action_replay()
        inbound.sudo().write({"state": "received"})
        inbound.action_replay()
        self.assertEqual(inbound.order_id, order)
        self.assertIn(("submit", "known"), self._codes(inbound))

    def test_a_refused_confirmation_leaves_a_quotation_with_its_problem(self):
        before = self.registry["sale.order"]._hub_confirm_refusals

        def refuse(orders):
            found = before(orders)
            for order in orders.filtered(lambda o: o.hub_external_ref == "E-1"):
                found.setdefault(order, []).append("Not today.")
            return found

        self.patch(self.registry["sale.order"], "_hub_confirm_refusals", refuse)
        rows = self._take(self._message("E-1"), self._message("E-2"))
        first, second = rows.sorted("external_ref")
        self.assertEqual((first.state, second.state), ("done", "done"))
        self.assertEqual(first.order_id.state, "draft")
        self.assertEqual(second.order_id.state, "sale")
        self.assertIn("Not today.", first.order_id.hub_exception_ids.description)

    # === FROM THE WRONG SIDE === #

    def test_nobody_writes_an_inbound_order(self):
        inbound = self._take(self._message("F-1"))
        for user in (self.user, self.operator, self.supervisor):
            with self.assertRaises(AccessError):
                inbound.with_user(user).write({"state": "received"})
            with self.assertRaises(AccessError):
                self.env["order.hub.inbound"].with_user(user).create(
                    {"channel_id": self.channel.id, "external_ref": "F-2"}
                )
        with self.assertRaises(UserError):
            inbound.unlink()

    def test_a_salesperson_sees_only_what_became_their_orders(self):
        mine, other = self._take(self._message("G-1"), self._message("G-2"))
        mine.order_id.user_id = self.sales
        other.order_id.user_id = self.supervisor
        seen = self.env["order.hub.inbound"].with_user(self.sales).search([])
        self.assertEqual(seen, mine)
        with self.assertRaises(AccessError):
            mine.with_user(self.sales).correct({"note": "mine"})

    def test_corrections_are_bounded_and_stay(self):
        inbound = self._take(
            self._message("H-1", lines=[{"sku": "?", "quantity": 1}])
        ).with_user(self.operator)
        for wrong in ({"x" * 100: 1}, {"note": "y" * 5000}, {"note": [1]}, ["note"]):
            with self.assertRaises(UserError):
                inbound.correct(wrong)
        inbound.correct({"lines[7].sku": "ZXJ-0123"})
        self.assertIn(("map", "no_place"), self._codes(inbound.sudo()))
        with self.assertRaises(UserError):
            inbound.sudo().correction_ids.write({"new": "other"})

    # === COST === #

    def test_an_order_needs_no_more_queries_than_odoo_itself_takes(self):
        self._take(self._message("warm"))
        with self._switched(auto_confirm=False):
            one = self._count(["Q-1"])
            fifty = self._count([f"Q-{n}" for n in range(2, 52)])
        more = self._plain(50) - self._plain(1)
        self.assertLessEqual(fifty - one, more, f"{one} for one, {fifty} for fifty")

    def _plain(self, count):
        """Return the queries of creating orders as everybody does."""
        line = Command.create({"product_id": self.products[0].id, "price_unit": 160})
        vals = {"partner_id": self.customer.id, "order_line": [line]}
        self.env.flush_all()

        def create():
            self.env["sale.order"].create([vals] * count)
            self.env.flush_all()

        return self._queries(create)

    def _count(self, numbers):
        Inbound = self.env["order.hub.inbound"].sudo()
        new = Inbound._receive(self.channel, [self._message(n) for n in numbers])
        rows = Inbound.browse(new["new"])
        self.env.flush_all()
        return self._queries(lambda: rows._process(self.channel))


def _base64(raw):
    import base64

    return base64.b64encode(raw)


@tagged("post_install", "-at_install")
class TestReceive(ConnectorsCommon):
    """Stored once, however often it is delivered."""

    def _receive(self, *messages):
        return (
            self.env["order.hub.inbound"].sudo()._receive(self.channel, list(messages))
        )

    def test_the_same_order_twice_is_stored_once_and_counted(self):
        first = self._receive(self._message("R-1"))
        again = self._receive(self._message("R-1"))
        self.assertEqual((len(first["new"]), again), (1, {"new": [], "repeated": 1}))
        row = self.env["order.hub.inbound"].sudo().browse(first["new"])
        self.assertEqual(row.repeat_count, 1)

    def test_repeats_are_added_up_at_night_and_none_is_lost(self):
        [id_] = self._receive(self._message("R-9"))["new"]
        for _time in range(3):
            self._receive(self._message("R-9"))
        row = self.env["order.hub.inbound"].sudo().browse(id_)
        self.env["order.hub.inbound.repeat"].sudo()._fold()
        self.assertEqual((row.repeats_added, row.repeat_count), (3, 3))
        self._receive(self._message("R-9"))
        self.assertEqual(row.repeat_count, 4)
        self.assertGreaterEqual(row.last_seen_at, row.received_at)

    def test_the_same_order_twice_in_one_page_is_stored_once(self):
        result = self._receive(self._message("R-2"), self._message("R-2"))
        self.assertEqual((len(result["new"]), result["repeated"]), (1, 1))

    def test_other_content_for_a_known_number_is_a_change(self):
        [first] = self._receive(self._message("R-3"))["new"]
        [second] = self._receive(self._message("R-3", note="hurry"))["new"]
        again = self._receive(self._message("R-3", note="hurry"))
        rows = self.env["order.hub.inbound"].sudo().browse([first, second])
        self.assertEqual(rows.mapped("kind"), ["order", "change"])
        self.assertEqual(again["new"], [])

    def test_the_same_delivery_number_is_stored_once_whatever_it_holds(self):
        one = self._message("R-4")
        two = self._message("R-5")
        first = self._receive(Message("order", "R-4", one.raw, event_id="d-1"))
        again = self._receive(Message("order", "R-5", two.raw, event_id="d-1"))
        self.assertEqual((len(first["new"]), len(again["new"])), (1, 0))

    def test_two_channels_may_use_the_same_number(self):
        other = self._paper_channel("paper2")
        Inbound = self.env["order.hub.inbound"].sudo()
        first = Inbound._receive(self.channel, [self._message("R-6")])
        second = Inbound._receive(other, [self._message("R-6")])
        self.assertEqual((len(first["new"]), len(second["new"])), (1, 1))

    def test_receiving_costs_the_same_for_one_and_for_fifty(self):
        one = self._queries(lambda: self._receive(self._message("S-0")))
        many = [self._message(f"S-{n}") for n in range(1, 51)]
        fifty = self._queries(lambda: self._receive(*many))
        self.assertLessEqual(fifty, one + 1)

    def test_what_a_worker_has_claimed_another_one_leaves_alone(self):
        ids = self._receive(*[self._message(f"T-{n}") for n in range(3)])["new"]
        rows = self.env["order.hub.inbound"].sudo()._claim(self.channel, limit=2)
        self.assertEqual(rows.ids, ids[:2])

    def test_a_failed_message_is_tried_again_later_and_not_for_ever(self):
        [id_] = self._receive(self._message("U-1"))["new"]
        row = self.env["order.hub.inbound"].sudo().browse(id_)
        row.write(
            {"state": "failed", "attempts": 1, "processed_at": "2020-01-01 00:00:00"}
        )
        self.env.flush_all()
        self.assertEqual(row._claim(self.channel), row)
        row.write({"attempts": 3})
        self.env.flush_all()
        self.assertFalse(row._claim(self.channel))

    def test_a_message_whose_order_never_comes_is_put_aside(self):
        ids = self._receive(
            self._message("Y-1", kind="cancel"), self._message("Y-2", kind="cancel")
        )["new"]
        old, fresh = self.env["order.hub.inbound"].sudo().browse(ids)
        (old | fresh).write({"state": "waiting"})
        old.write({"received_at": "2020-01-01 00:00:00"})
        self.env["order.hub.inbound"].sudo()._cron_waiting()
        self.assertEqual((old.state, fresh.state), ("ignored", "waiting"))

    def test_a_paused_channel_stores_and_works_on_nothing(self):
        self.channel.action_pause()
        [id_] = self._receive(self._message("W-1"))["new"]
        self.channel.sudo()._job_intake()
        row = self.env["order.hub.inbound"].sudo().browse(id_)
        self.assertEqual(row.state, "received")

    def test_a_pull_stores_page_by_page_and_asks_again_for_the_overlap(self):
        from .common import PaperShop

        PaperShop.pages = [[self._message("X-1")], [self._message("X-2")]]
        self.channel.sudo()._job_pull()
        self.channel.sudo()._job_pull()
        rows = (
            self.env["order.hub.inbound"]
            .sudo()
            .search([("channel_id", "=", self.channel.id)])
        )
        self.assertEqual(sorted(rows.mapped("external_ref")), ["X-1", "X-2"])
        self.assertEqual(rows.mapped("repeat_count"), [1, 1])
        self.assertTrue(self.channel.pulled_at)

    def test_five_refused_logins_switch_the_channel_off(self):
        from .common import PaperShop

        PaperShop.error = None
        token = self.channel.parameter_ids.filtered(lambda row: row.name == "token")
        token.value = "wrong"
        for _time in range(5):
            self.channel.sudo()._job_pull()
        self.assertEqual(self.channel.intake_state, "broken")
        self.assertIn("not accepted", self.channel.intake_reason)


@tagged("post_install", "-at_install")
class TestSecrets(ConnectorsCommon):
    """A credential is written and never read again."""

    def _row(self):
        return self.channel.parameter_ids.filtered(lambda row: row.name == "token")

    def test_no_read_export_or_search_shows_a_secret(self):
        row = self._row().with_user(self.configurator)
        row.value = "hush-hush"
        self.env.flush_all()
        shown = row.read()[0]
        shown.update(exported=row.export_data(["name", "value"])["datas"])
        self.assertNotIn("hush-hush", json.dumps(shown, default=str))
        for name in ("sealed", "plain"):
            with self.assertRaises(AccessError):
                row.read([name])
            with self.assertRaises(AccessError):
                row.search([(name, "like", "a")])

    def test_a_secret_typed_in_the_form_is_kept_and_not_shown_again(self):
        row = self._row().with_user(self.configurator)
        row.new_secret = "typed-in-the-form"
        self.env.flush_all()
        self.assertEqual(self._row()._text(), "typed-in-the-form")
        self.assertFalse(row.new_secret or row.value)

    def test_the_database_holds_it_encrypted(self):
        row = self._row()
        row.value = "hush-hush"
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT plain, sealed FROM order_hub_channel_parameter WHERE id = %s",
            [row.id],
        )
        plain, sealed = self.env.cr.fetchone()
        self.assertFalse(plain)
        self.assertNotIn("hush", sealed)
        self.assertEqual(row._text(), "hush-hush")

    def test_another_key_of_the_server_opens_nothing_and_says_so(self):
        self._row().value = "hush-hush"
        with self.assertRaisesRegex(UserError, "another key"):
            self.patch(
                self.registry["order.hub.channel.parameter"],
                "_vault_key",
                lambda row: "other",
            )
            self._row()._text()

    def test_an_empty_value_keeps_the_secret(self):
        self._row().value = "hush-hush"
        self._row().value = ""
        self.assertEqual(self._row()._text(), "hush-hush")

    def test_only_configurators_see_the_settings(self):
        for user in (self.user, self.operator, self.supervisor):
            with self.assertRaises(AccessError):
                self.channel.with_user(user).parameter_ids.read(["name"])
            with self.assertRaises(AccessError):
                self.channel.with_user(user).read(["receive_token"])
            with self.assertRaises(AccessError):
                self.channel.with_user(user).action_switch_off()

    def test_secrets_stay_out_of_a_copy(self):
        self.assertFalse(
            self.channel.copy({"code": "paper3"})
            .parameter_ids.filtered("is_set")
            .filtered("is_secret")
        )
