"""What people may do with warnings and rules, tried from the wrong side, too."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .warning_common import NOW, WarningCommon, later


@tagged("post_install", "-at_install")
class TestWarningAccess(WarningCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._rule(threshold=24)
        cls._waiting(25)
        cls.Cycle._run(NOW)
        cls.warning = cls.Warning.search([("rule_id", "=", cls.rule.id)])
        other = cls.env["res.company"].create({"name": "Second company"})
        cls.stranger = cls._user("hub_stranger", "order_hub.order_hub_group_manager")
        cls.stranger.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        cls.portal = new_test_user(cls.env, "hub_portal", groups="base.group_portal")
        cls.clerk = new_test_user(cls.env, "hub_clerk", groups="base.group_user")

    def test_a_colleague_takes_snoozes_hands_on_and_closes_a_warning(self):
        mine = self.warning.with_user(self.user)
        self.assertIs(mine.action_acknowledge(), True)
        self.assertEqual(self.warning.user_id, self.user)
        until = fields.Datetime.now() + timedelta(hours=1)
        self.assertIs(mine.action_snooze(fields.Datetime.to_string(until)), True)
        self.assertEqual(self.warning.state, "snoozed")
        self.assertIs(mine.action_assign(self.supervisor.id), True)
        self.assertEqual(self.warning.user_id, self.supervisor)
        self.assertEqual(self.warning.activity_ids.user_id, self.supervisor)
        self.assertIs(mine.action_reopen(), True)
        self.assertEqual(self.warning.state, "open")
        self.assertIs(mine.action_resolve(), True)
        self.assertEqual(self.warning.resolved_how, "hand")
        self.assertFalse(self.warning.activity_ids)

    def test_what_was_closed_by_hand_opens_anew_while_it_lasts(self):
        self.warning.with_user(self.user).action_resolve()
        self._run(later(minutes=5))
        self.assertEqual(len(self._of(self.rule)), 1)
        self.assertNotEqual(self._of(self.rule), self.warning)

    def test_a_comment_can_be_left_by_who_reads(self):
        message = self.warning.with_user(self.user).message_post(body="Called them")
        self.assertEqual(message.author_id, self.user.partner_id)

    def test_what_is_over_cannot_be_taken(self):
        self.warning.action_resolve()
        for act in ("action_acknowledge", "action_resolve", "action_reopen"):
            with self.assertRaisesRegex(UserError, "over already"):
                getattr(self.warning.with_user(self.user), act)()
        with self.assertRaises(UserError):
            self.warning.with_user(self.user).action_assign(self.user.id)

    def test_nobody_snoozes_into_the_past(self):
        past = fields.Datetime.now() - timedelta(minutes=1)
        with self.assertRaisesRegex(UserError, "moment to come"):
            self.warning.with_user(self.user).action_snooze(past)
        with self.assertRaises(UserError):
            self.warning.with_user(self.user).action_snooze(False)

    def test_nobody_from_another_company_or_outside_handles_a_warning(self):
        until = fields.Datetime.now() + timedelta(hours=1)
        for user in (self.stranger, self.portal, self.clerk):
            own = self.warning.with_user(user)
            for act in (
                own.action_acknowledge,
                own.action_resolve,
                own.action_reopen,
                own.action_assign,
                own.action_open_subject,
                own.action_ask_until,
                lambda own=own: own.action_snooze(until),
                lambda own=own: own.read(["state", "subject"]),
            ):
                with self.subTest(user.login), self.assertRaises(AccessError):
                    act()
        self.assertEqual(self.warning.state, "open")

    def test_nobody_writes_the_columns_of_a_warning(self):
        for user in (self.user, self.supervisor, self.manager):
            own = self.warning.with_user(user)
            with self.assertRaises(AccessError):
                own.write({"state": "resolved"})
            with self.assertRaises(AccessError):
                own.unlink()
            with self.assertRaises(AccessError):
                own.create(
                    {
                        "rule_id": self.rule.id,
                        "res_model": "sale.order",
                        "res_id": self.warning.res_id,
                    }
                )

    def test_a_warning_is_given_to_colleagues_of_its_company_alone(self):
        own = self.warning.with_user(self.user)
        for user in (self.stranger, self.portal):
            with self.assertRaises(UserError):
                own.action_assign(user.id)
        with self.assertRaises(UserError):
            own.action_assign(10**8)

    def test_rules_are_changed_by_managers_alone(self):
        for user in (self.user, self.operator, self.supervisor):
            with self.assertRaises(AccessError):
                self.rule.with_user(user).threshold = 1
            with self.assertRaises(AccessError):
                self.rule.with_user(user).action_try()
        self.rule.with_user(self.manager).threshold = 30
        with self.assertRaises(AccessError):
            self.rule.with_user(self.stranger).threshold = 1

    def test_a_portal_user_reads_nothing_of_warnings(self):
        for model in (
            "order.hub.warning",
            "order.hub.warning.rule",
            "order.hub.warning.recipient",
            "order.hub.warning.escalation",
            "order.hub.warning.mute",
            "order.hub.duty.roster",
            "order.hub.duty.roster.line",
        ):
            for user in (self.portal, self.clerk):
                with self.subTest(model), self.assertRaises(AccessError):
                    self.env[model].with_user(user).search([])

    def test_a_rule_says_in_words_why_it_cannot_work(self):
        for vals, words in (
            ({"threshold": -1}, "below zero"),
            ({"domain": "[('name', '=', user.name)]"}, "cannot be read"),
            ({"domain": "[('no_such', '=', 1)]"}, "no field"),
            ({"domain": "[('partner_id.signup_token', '=', 'a')]"}, "secret"),
            ({"domain": "[('name', 'exec', 'a')]"}, "not allowed"),
            ({"kind": "stage_mean", "min_samples": 0}, "Fill in"),
            ({"group_by": "workcenter"}, "go together"),
            ({"has_clear_threshold": True, "clear_threshold": 25}, "at once"),
        ):
            draft = self.Rule.new({"name": "x", "threshold": 24, **vals})
            if "kind" not in vals:
                self.assertIn(words, draft.problem_text)
            with self.subTest(words), self.assertRaisesRegex(ValidationError, words):
                self._rule(vals.pop("kind", "stage_fixed"), **{"threshold": 24, **vals})

    def test_rules_reach_only_the_models_of_the_list(self):
        with self.assertRaises(ValidationError):
            self._rule("domain", res_model="res.users", domain="[(1, '=', 1)]")

    def test_snoozing_offers_two_in_the_afternoon_of_the_users_clock(self):
        wizard = (
            self.env["order.hub.warning.snooze"]
            .with_user(self.user)
            .with_context(tz="Asia/Shanghai")
            .create({"warning_ids": self.warning.ids, "choice": "noon"})
        )
        self.assertEqual((wizard.until.hour, wizard.until.minute), (6, 0))
        wizard.action_confirm()
        self.assertEqual(self.warning.snoozed_until, wizard.until)
