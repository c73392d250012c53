"""One state from many systems: heard, compared, shown with both sides."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.order_hub.tests.common import OrderHubCommon


@tagged("post_install", "-at_install")
class TestSystems(OrderHubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.system = cls.env["order.hub.system"].create(
            {
                "name": "Warehouse East",
                "code": "wms-east",
                "kind": "wms",
                "words_of": "wms",
                "grace_hours": 0,
            }
        )
        cls.order = cls._order()
        cls.order.action_confirm()

    def _hear(self, word, order=None, at=None, **more):
        order = order or self.order
        report = {"hub_ref": order.hub_ref, "word": word, **more}
        if at is not None:
            report["at"] = at
        hub = self.env["order.hub.system"].with_user(self.operator)
        return hub.hear("wms-east", [report])

    def _problem(self, order=None):
        return self.env["order.hub.exception"].search(
            [
                ("order_id", "=", (order or self.order).id),
                ("kind_id.code", "=", "systems_disagree"),
                ("state", "=", "open"),
            ]
        )

    def _state(self):
        return self.order.hub_system_state_ids

    def test_a_word_is_kept_with_its_meaning_and_moment(self):
        done = self._hear("Shipped", at="2026-03-16T03:00:00Z", reference="DN-2231")
        self.assertEqual(done["new"], 1)
        state = self._state()
        self.assertEqual((state.word, state.milestone), ("Shipped", "shipped"))
        self.assertEqual(str(state.said_at), "2026-03-16 03:00:00")
        self.assertEqual(state.reference, "DN-2231")

    def test_shipped_there_and_not_here_is_a_problem_with_both_sides(self):
        stage = self.order.hub_stage_id
        self._hear("shipped", reference="DN-2231")
        problem = self._problem()
        self.assertEqual(len(problem), 1)
        for part in ("Warehouse East", "Shipped", "DN-2231", stage.name):
            self.assertIn(part, problem.description)
        self.assertEqual(self.order.hub_stage_id, stage, "nothing is overwritten")

    def test_the_problem_is_read_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"].search(
            [("name", "in", ("order_hub", "order_hub_connectors"))]
        )._update_translations("zh_CN")
        self._hear("shipped", reference="DN-2231")
        problem = self._problem()
        self.assertIn("says otherwise", problem.sides_name)
        chinese = problem.with_context(lang="zh_CN")
        self.assertNotIn("says otherwise", chinese.sides_name)
        for part in ("Warehouse East", "DN-2231"):
            self.assertIn(part, chinese.sides)
        self.assertRegex(chinese.sides, r"[\u4e00-\u9fff]")
        self.assertNotIn("Find out", chinese.sides)
        problem.action_solve()
        self.assertFalse(problem.sides)

    def test_the_problem_closes_when_the_order_gets_there(self):
        self._hear("picked")
        self.assertTrue(self._problem())
        self._hear("picking")
        self.order._hub_move({self.order: self.preparing})
        self.assertFalse(self._problem())
        self.assertEqual(self._state().agreement, "agrees")

    def test_the_same_report_again_changes_nothing(self):
        self._hear("shipped", at="2026-03-16T03:00:00Z")
        again = self._hear("shipped", at="2026-03-16T03:00:00Z")
        self.assertEqual((again["new"], again["repeated"]), (0, 1))
        self.assertEqual(len(self.order.hub_system_report_ids), 1)
        self.assertEqual(len(self._problem()), 1)

    def test_an_older_word_that_comes_late_is_kept_and_changes_nothing(self):
        self._hear("shipped", at="2026-03-16T03:00:00Z")
        self._hear("picking", at="2026-03-16T01:00:00Z")
        self.assertEqual(self._state().word, "shipped")
        self.assertEqual(len(self.order.hub_system_report_ids), 2)

    def test_a_word_nobody_mapped_is_listed_and_judged_once_it_is(self):
        done = self._hear("已出库")
        self.assertEqual(done["unmapped"], ["已出库"])
        self.assertEqual(self._state().agreement, "unmapped")
        self.assertFalse(self._problem())
        word = self.system.word_ids.filtered(lambda row: row.word == "已出库")
        word.milestone = "shipped"
        self.assertEqual(self._state().agreement, "contradicts")
        self.assertTrue(self._problem())

    def test_spelling_of_a_word_does_not_matter(self):
        self._hear("ＳＨＩＰＰＥＤ ")
        self.assertEqual(self._state().milestone, "shipped")

    def test_a_system_may_be_ahead_for_its_grace_and_not_longer(self):
        self.system.grace_hours = 2
        self._hear("shipped")
        self.assertEqual(self._state().agreement, "ahead")
        self.assertFalse(self._problem())
        later = fields.Datetime.now() + timedelta(hours=3)
        with patch.object(fields.Datetime, "now", return_value=later):
            self.env["order.hub.system"]._cron_look_again()
        self.assertEqual(self._state().agreement, "contradicts")
        self.assertTrue(self._problem())

    def test_an_order_follows_a_system_that_may_carry_it_on(self):
        self.system.moves_orders = True
        self._hear("picking")
        self.assertEqual(self.order.hub_stage_id, self.preparing)
        self.assertEqual(self._state().agreement, "agrees")
        event = self.order.hub_event_ids.sorted("id")[-1]
        self.assertIn("Warehouse East", event.note)

    def test_a_gate_stops_it_and_both_sides_are_shown(self):
        self.system.moves_orders = True
        self.env["order.hub.gate"].create(
            {
                "stage_id": self.preparing.id,
                "kind": "customer_signature",
            }
        )
        self._hear("picking")
        self.assertEqual(self.order.hub_stage_id, self.approved)
        self.assertTrue(self._problem())

    def test_a_person_takes_their_word_through_the_gates(self):
        self._hear("picking")
        self._state().with_user(self.supervisor).action_take_theirs()
        self.assertEqual(self.order.hub_stage_id, self.preparing)
        self.assertFalse(self._problem())

    def test_a_person_keeps_ours_with_a_reason_until_the_next_word(self):
        self._hear("shipped")
        state = self._state().with_user(self.operator)
        with self.assertRaises(UserError):
            state.keep_ours("")
        wizard = self.env["order.hub.system.keep"].with_user(self.operator)
        wizard.create(
            {"state_id": state.id, "reason": "The parcel is still here"}
        ).action_keep()
        self.assertFalse(self._problem())
        self.assertIn("still here", self.order.message_ids[0].body)
        self._hear("delivered")
        self.assertTrue(self._problem(), "it says something else now")

    def test_unknown_orders_are_named_and_the_others_taken(self):
        hub = self.env["order.hub.system"].with_user(self.operator)
        done = hub.hear(
            "wms-east",
            [
                {"hub_ref": "OH-NOWHERE", "word": "shipped"},
                {"hub_ref": self.order.hub_ref, "word": "shipped"},
                {"word": "shipped"},
            ],
        )
        self.assertEqual((done["new"], done["unknown"]), (1, ["OH-NOWHERE"]))
        self.assertEqual(done["refused"][0]["index"], 2)

    def test_its_own_numbers_are_those_of_its_channel(self):
        channel = self.env["order.hub.channel"].create({"name": "K3", "code": "k3"})
        self.order.sudo().write(
            {"hub_channel_id": channel.id, "hub_external_ref": "SEORD001"}
        )
        self.system.channel_id = channel
        done = self.env["order.hub.system"]._hear(
            channel, [{"external_ref": "SEORD001", "word": "shipped"}]
        )
        self.assertEqual(done["new"], 1)

    # === FROM THE WRONG SIDE === #

    def test_who_is_no_operator_says_nothing(self):
        hub = self.env["order.hub.system"].with_user(self.user)
        with self.assertRaises(AccessError):
            hub.hear("wms-east", [])

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.models")
    def test_no_other_company_is_heard_or_named(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            login="hub_stranger",
            groups="order_hub.order_hub_group_operator",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        hub = self.env["order.hub.system"].with_user(stranger)
        with self.assertRaises(UserError):
            hub.hear("wms-east", [{"hub_ref": self.order.hub_ref, "word": "shipped"}])
        mine = self.env["order.hub.system"].create(
            {"name": "Ours", "code": "ours", "company_id": other.id}
        )
        done = hub.hear("ours", [{"hub_ref": self.order.hub_ref, "word": "shipped"}])
        self.assertEqual((done["new"], len(done["unknown"])), (0, 1))
        self.assertFalse(mine.sudo().word_ids)
        self._hear("shipped")
        with self.assertRaises(AccessError):
            self._state().with_user(stranger).read(["word"])

    def test_a_user_reads_what_is_said_of_own_orders_and_decides_nothing(self):
        self._hear("shipped")
        with self.assertRaises(AccessError):
            self._state().with_user(self.user).read(["word"])
        state = self._state().with_user(self.sales)
        self.assertEqual(state.word, "shipped")
        with self.assertRaises(AccessError):
            state.keep_ours("I say so myself")

    def test_nobody_changes_what_was_said(self):
        self._hear("shipped")
        report = self.order.hub_system_report_ids
        with self.assertRaises(UserError):
            report.sudo().write({"word": "picked"})
        with self.assertRaises(UserError):
            report.sudo().unlink()

    def test_too_many_at_once_are_refused(self):
        hub = self.env["order.hub.system"].with_user(self.operator)
        with self.assertRaises(UserError):
            hub.hear("wms-east", [{}] * 5001)

    # === COST === #

    def test_hearing_fifty_costs_hardly_more_queries_than_one(self):
        one, many = self._orders(1), self._orders(50)
        (one | many).action_confirm()
        hub = self.env["order.hub.system"].with_user(self.operator)

        self.env["order.hub.system.word"].create(
            {"system_id": self.system.id, "word": "released", "milestone": "approved"}
        )

        def reports(orders):
            return [{"hub_ref": o.hub_ref, "word": "released"} for o in orders]

        self.env.flush_all()
        first = self._queries(lambda: hub.hear("wms-east", reports(one)))
        fifty = self._queries(lambda: hub.hear("wms-east", reports(many)))
        self.assertLessEqual(first, 40)
        self.assertLessEqual(fifty, first + 12)

    def test_where_no_system_speaks_a_move_costs_no_query(self):
        self.system.active = False
        self.env["order.hub.system"]._any()
        count = self._queries(
            lambda: self.env["order.hub.system"]._look_again(self.order)
        )
        self.assertEqual(count, 0)
