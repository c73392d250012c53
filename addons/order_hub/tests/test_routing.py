from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import OrderHubCommon


class RoutingCommon(OrderHubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.configurator = cls._user(
            "hub_configurator", "order_hub.order_hub_group_configurator"
        )
        cls.manager = cls._user(
            "hub_manager",
            "order_hub.order_hub_group_manager,sales_team.group_sale_salesman_all_leads",
        )
        cls.rush_type = cls.env["order.hub.order.type"].create(
            {
                "name": "Rush",
                "code": "test_rush",
                "sequence": 1,
                "is_rush": True,
                "condition": "[('hub_hours_left', '<', 8),"
                " ('hub_is_prepaid', '=', True)]",
            }
        )
        cls.tag_urgent, cls.tag_export = cls.env["crm.tag"].create(
            [{"name": "Urgent (test)"}, {"name": "Export (test)"}]
        )

    @classmethod
    def _ruleset(cls, *rules, publish=True, **vals):
        """Create a version with rules (dicts), published unless said otherwise."""
        ruleset = cls.env["order.hub.routing.ruleset"].create(
            {"name": "Test rules", "company_id": cls.company.id, **vals}
        )
        cls.env["order.hub.routing.rule"].create(
            [
                {
                    "name": f"Rule {number}",
                    "sequence": number,
                    "ruleset_id": ruleset.id,
                    **rule,
                }
                for number, rule in enumerate(rules, 1)
            ]
        )
        if publish:
            ruleset.action_publish()
        return ruleset

    @classmethod
    def _rush_order(cls, amount, **vals):
        return cls._order(
            quantity=amount / 160,
            commitment_date=fields.Datetime.now() + timedelta(hours=4),
            hub_amount_prepaid=amount,
            **vals,
        )

    def _decided(self, order, kind):
        found = self.env["order.hub.decision"]._in_force(order, [kind])
        return found.get((order.id, kind), self.env["order.hub.decision"])


@tagged("post_install", "-at_install")
class TestRoutingRules(RoutingCommon):
    def test_without_a_live_version_nothing_is_decided(self):
        self._ruleset({"set_priority": "2"}, publish=False)
        order = self._order()
        self.assertFalse(order.hub_decision_ids)
        self.assertEqual(order.hub_priority, "0")

    def test_a_rush_order_under_50000_goes_to_one_approver_and_52000_to_all(self):
        """The story of the steering knuckles."""
        self._ruleset(
            {
                "name": "Rush and small",
                "rush": "yes",
                "amount_below": 50_000,
                "approval_path": "short",
                "approver_id": self.supervisor.id,
                "set_priority": "2",
            }
        )
        small, large = self._rush_order(48_000), self._rush_order(52_000)
        self.assertEqual((small + large).mapped("hub_order_type_id"), self.rush_type)
        self.assertEqual(small.hub_approval_path, "short")
        self.assertEqual(small.hub_approver_id, self.supervisor)
        self.assertEqual(small.hub_priority, "2")
        self.assertFalse(large.hub_approval_path)
        self.assertEqual(large.hub_priority, "0")
        decision = self._decided(small, "approval")
        self.assertEqual(decision.rule_id.name, "Rush and small")
        self.assertEqual(decision.ruleset_id.state, "live")
        figures = self._decided(small, "route").figures
        self.assertEqual(figures["amount"], 48_000)
        self.assertTrue(figures["is_rush"])

    def test_every_ready_made_condition_is_asked_of_the_order(self):
        channel = self.env["order.hub.channel"].create({"name": "Shop", "code": "shp"})
        category = self.env["product.category"].create({"name": "Brakes"})
        below = self.env["product.category"].create(
            {"name": "Discs", "parent_id": category.id}
        )
        disc = self._product("Disc", "DSC-1", categ_id=below.id)
        cn, state = self.env.ref("base.cn"), self.env.ref("base.state_cn_SH")
        shanghai = self.partner.create(
            {
                "name": "Shanghai dealer",
                "city": "Shanghai",
                "state_id": state.id,
                "country_id": cn.id,
            }
        )
        order = self._order(
            product=disc,
            partner_id=shanghai.id,
            hub_channel_id=channel.id,
            note="<p>请 <b>加急</b></p>",
            commitment_date=fields.Datetime.now() + timedelta(hours=30),
        )
        fitting = [
            {"channel_ids": channel.ids},
            {"order_type_ids": self.order_type.ids},
            {"amount_from": 1600, "amount_below": 1601},
            {"rush": "no"},
            {"hours_from": 20, "hours_up_to": 31},
            {"category_ids": category.ids},
            {"country_ids": cn.ids, "state_ids": state.ids},
            {"city_words": "wuxi，shanghai"},
            {"remark_words": "急件, 加急"},
            {"condition": "[('partner_id.name', 'ilike', 'dealer')]"},
        ]
        failing = [
            {"amount_from": 1601},
            {"rush": "yes"},
            {"hours_up_to": 20},
            {"city_words": "wuxi"},
            {"remark_words": "急件"},
            {"grade_a": True},
            {"condition": "[('partner_id.name', 'ilike', 'carmaker')]"},
        ]
        ruleset = self._ruleset(
            *({**rule, "tag_ids": self.tag_urgent.ids} for rule in fitting + failing),
            publish=False,
        )
        types = {order.id: order.hub_order_type_id}
        outcome = ruleset._route(order, types)[order.id]
        expected = ruleset.rule_ids.sorted("sequence")[: len(fitting)]
        self.assertEqual(list(outcome.matched), expected.ids)

    def test_first_match_strongest_and_together_are_kept_apart(self):
        self._ruleset(
            {
                "set_priority": "1",
                "owner_ids": self.user.ids,
                "tag_ids": self.tag_urgent.ids,
            },
            {
                "amount_from": 1,
                "set_priority": "2",
                "owner_ids": self.operator.ids,
                "tag_ids": self.tag_export.ids,
            },
        )
        order = self._order()
        self.assertEqual(order.hub_owner_id, self.user)
        self.assertEqual(order.hub_priority, "2")
        self.assertEqual(order.tag_ids, self.tag_urgent | self.tag_export)

    def test_a_rule_that_sets_the_type_is_asked_before_rules_that_ask_for_it(self):
        rush_flow = self._flow(
            "Rush flow",
            [("In", "received", {}), ("Out", "shipped", {})],
            order_type_ids=[Command.set(self.rush_type.ids)],
        )
        self._ruleset(
            {"rush": "yes", "set_priority": "2"},
            {"remark_words": "加急", "set_order_type_id": self.rush_type.id},
        )
        order = self._order(note="加急")
        self.assertEqual(order.hub_order_type_id, self.rush_type)
        self.assertEqual(order.hub_flow_id, rush_flow)
        self.assertEqual(order.hub_priority, "2")

    def test_a_rule_can_name_the_flow(self):
        other = self._flow("Other flow", [("Begin", "received", {})], sequence=90)
        self._ruleset({"set_flow_id": other.id})
        order = self._order()
        self.assertEqual(order.hub_flow_id, other)
        self.assertEqual(order.hub_stage_id, other.stage_ids)

    def test_a_hold_by_rule_stops_the_order_and_ends_when_the_rule_does_not_fit(self):
        self._ruleset({"amount_from": 1000, "hold_reason": "Look at the drawing"})
        order = self._order()
        self.assertTrue(order.hub_is_held)
        self.assertEqual(order.hub_exception_ids.name, "Look at the drawing")
        with self.assertRaisesRegex(UserError, "Look at the drawing"):
            order.action_confirm()
        order.order_line.product_uom_qty = 1
        self.assertFalse(order.hub_is_held)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_the_owner_goes_round_in_turns_over_batches(self):
        pool = self.user | self.operator | self.supervisor
        self._ruleset({"owner_ids": pool.ids, "owner_mode": "turns"})
        first = self._orders(4)
        owners = [order.hub_owner_id for order in first]
        self.assertEqual(len(set(owners[:3])), 3)
        later = [order.hub_owner_id for order in self._orders(2)]
        self.assertEqual(set([owners[3], *later]), set(pool))

    def test_the_owner_with_least_to_do_gets_the_order(self):
        self._orders(3).write({"hub_owner_id": self.user.id})
        self._ruleset(
            {"owner_ids": (self.user | self.operator).ids, "owner_mode": "load"}
        )
        orders = self._orders(3)
        self.assertEqual(orders.hub_owner_id, self.operator)

    def test_whoever_has_an_order_keeps_it_when_it_is_looked_at_again(self):
        pool = self.user | self.operator
        self._ruleset({"owner_ids": pool.ids, "owner_mode": "turns"})
        order = self._order()
        owner = order.hub_owner_id
        for quantity in (11, 12, 13):
            order.order_line.product_uom_qty = quantity
        self.assertEqual(order.hub_owner_id, owner)
        self.assertEqual(
            len(order.hub_decision_ids.filtered(lambda d: d.kind == "owner")), 1
        )

    def test_a_changed_draft_is_routed_again_and_an_accepted_order_is_not(self):
        self._ruleset(
            {"amount_below": 1000, "set_priority": "2", "tag_ids": self.tag_urgent.ids}
        )
        order = self._order()
        self.assertEqual(order.hub_priority, "0")
        order.order_line.product_uom_qty = 2
        self.assertEqual((order.hub_priority, order.tag_ids), ("2", self.tag_urgent))
        order.order_line.product_uom_qty = 20
        self.assertEqual(order.hub_priority, "0")
        self.assertFalse(order.tag_ids)
        self.assertEqual(self._decided(order, "priority").source, "default")
        order.action_confirm()
        order.order_line.product_uom_qty = 2
        self.assertEqual(order.hub_priority, "0")

    def test_tags_that_a_person_gave_stay_when_a_rule_takes_its_own_away(self):
        self._ruleset({"amount_below": 1000, "tag_ids": self.tag_urgent.ids})
        order = self._order(quantity=1)
        order.tag_ids = [Command.link(self.tag_export.id)]
        order.order_line.product_uom_qty = 100
        self.assertEqual(order.tag_ids, self.tag_export)

    def test_orders_of_another_company_follow_their_own_rules(self):
        self._ruleset({"set_priority": "2"})
        other = self.env["res.company"].create({"name": "Other works"})
        order = (
            self.env["sale.order"]
            .with_company(other)
            .create({"partner_id": self.partner.id, "company_id": other.id})
        )
        self.assertEqual(order.hub_priority, "0")
        self.assertFalse(order.hub_decision_ids)

    def test_routing_50_orders_costs_as_many_queries_as_routing_one(self):
        self._ruleset(
            *(
                {
                    "amount_from": number,
                    "set_priority": "1",
                    "tag_ids": self.tag_urgent.ids,
                }
                for number in range(1, 20)
            ),
            {"owner_ids": (self.user | self.operator).ids, "owner_mode": "turns"},
            {
                "condition": "[('partner_id.name', '=', 'Nobody')]",
                "quality_level": "full",
            },
        )
        orders = self._orders(51)
        types = {order.id: order.hub_order_type_id for order in orders}
        counts = []
        for batch in (orders[0], orders[0], orders[1:]):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            outcomes = batch._hub_route(types)
            self.assertEqual(len(outcomes), len(batch))
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[2], counts[1] + 1)


@tagged("post_install", "-at_install")
class TestRoutingVersions(RoutingCommon):
    def test_a_published_version_is_never_changed(self):
        ruleset = self._ruleset({"set_priority": "1"})
        rule = ruleset.rule_ids
        for attempt in (
            lambda: rule.write({"set_priority": "2"}),
            lambda: rule.unlink(),
            lambda: ruleset.unlink(),
            lambda: ruleset.write({"rule_ids": [Command.clear()]}),
            lambda: rule.copy({"ruleset_id": ruleset.id}),
            lambda: self.env["order.hub.routing.rule"].create(
                {"name": "More", "ruleset_id": ruleset.id, "set_priority": "2"}
            ),
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                attempt()

    def test_nobody_publishes_but_by_the_button(self):
        ruleset = self._ruleset({"set_priority": "1"}, publish=False)
        for vals in ({"state": "live"}, {"version": 99}, {"published_by_id": 1}):
            with self.assertRaises(UserError):
                ruleset.with_user(self.configurator).write(vals)
        forged = (
            self.env["order.hub.routing.ruleset"]
            .with_user(self.configurator)
            .create({"name": "Forged", "state": "live"})
        )
        self.assertEqual(forged.state, "draft")
        with self.assertRaises(AccessError):
            ruleset.with_user(self.supervisor).action_publish()
        ruleset.with_user(self.configurator).action_publish()
        self.assertEqual(ruleset.published_by_id, self.configurator)

    def test_a_draft_changes_nothing_until_it_is_published(self):
        live = self._ruleset({"name": "Prio", "set_priority": "1"})
        live.action_new_draft()
        draft = self.env["order.hub.routing.ruleset"].search([("state", "=", "draft")])
        self.assertEqual(draft.version, live.version + 1)
        draft.rule_ids.set_priority = "2"
        self.assertEqual(self._order().hub_priority, "1")
        draft.action_publish()
        self.assertEqual((live.state, draft.state), ("retired", "live"))
        self.assertEqual(self._order().hub_priority, "2")
        self.assertEqual(live.rule_ids.key, draft.rule_ids.key)

    def test_decisions_name_the_version_they_were_taken_by(self):
        live = self._ruleset({"set_priority": "1"})
        order = self._order()
        live.action_new_draft()
        draft = self.env["order.hub.routing.ruleset"].search([("state", "=", "draft")])
        draft.action_publish()
        self.assertEqual(self._decided(order, "priority").ruleset_id, live)
        self.assertEqual(self._decided(self._order(), "priority").ruleset_id, draft)

    def test_a_copied_rule_is_another_rule(self):
        ruleset = self._ruleset({"set_priority": "1"}, publish=False)
        copy = ruleset.rule_ids.copy()
        self.assertNotEqual(copy.key, ruleset.rule_ids.sorted("id")[0].key)
        forged = self.env["order.hub.routing.rule"].create(
            {
                "name": "Forged",
                "ruleset_id": ruleset.id,
                "set_priority": "2",
                "key": copy.key,
            }
        )
        self.assertNotEqual(forged.key, copy.key)

    def test_a_rule_that_cannot_be_meant_is_refused_when_saved(self):
        for vals, words in (
            ({}, "decides nothing"),
            ({"set_priority": "1", "amount_from": 9, "amount_below": 5}, "amount"),
            ({"set_priority": "1", "hours_from": 9, "hours_up_to": 5}, "hours"),
            ({"approval_path": "short"}, "approves"),
            ({"approval_path": "none", "approver_id": self.user.id}, "approver"),
            (
                {
                    "rush": "yes",
                    "order_type_ids": self.order_type.ids,
                    "set_priority": "1",
                },
                "rush",
            ),
            ({"set_priority": "1", "condition": "[('nonsense', '=', 1)]"}, "read"),
        ):
            with self.assertRaisesRegex(ValidationError, words), self.cr.savepoint():
                self._ruleset(vals, publish=False)

    def test_a_rule_behind_a_wider_one_is_said_at_once_and_not_published(self):
        ruleset = self._ruleset(
            {"name": "Wide", "amount_below": 50_000, "approval_path": "none"},
            {"name": "Narrow", "amount_below": 10_000, "approval_path": "full"},
            publish=False,
        )
        narrow = ruleset.rule_ids.filtered(lambda rule: rule.name == "Narrow")
        self.assertIn("Wide", narrow.problem)
        self.assertIn("Narrow", ruleset.problems)
        with self.assertRaisesRegex(ValidationError, "never apply"):
            ruleset.action_publish()
        narrow.sequence = 0
        self.assertFalse(narrow.problem)
        ruleset.action_publish()

    def test_the_form_says_of_a_new_rule_that_it_never_applies(self):
        ruleset = self._ruleset(
            {"name": "All", "set_flow_id": self.flow.id}, publish=False
        )
        rule = self.env["order.hub.routing.rule"].create(
            {
                "name": "Late",
                "ruleset_id": ruleset.id,
                "sequence": 50,
                "set_flow_id": self.flow.id,
                "amount_from": 5,
            }
        )
        self.assertIn("All", rule.problem)

    def test_only_configurators_write_rules_and_users_of_the_company_read_them(self):
        ruleset = self._ruleset({"set_priority": "1"}, publish=False)
        self.assertTrue(ruleset.rule_ids.with_user(self.sales).name)
        with self.assertRaises(AccessError):
            ruleset.rule_ids.with_user(self.manager).write({"set_priority": "2"})
        other = self.env["res.company"].create({"name": "Other works"})
        stranger = self._user("hub_stranger", "order_hub.order_hub_group_configurator")
        stranger.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        with self.assertRaises(AccessError):
            _name = ruleset.with_user(stranger).with_company(other).name

    def test_who_may_not_change_rules_has_no_buttons_for_it(self):
        ruleset = self._ruleset({"set_priority": "2"})
        Ruleset = self.env["order.hub.routing.ruleset"]
        for user, wanted in ((self.supervisor, False), (self.configurator, True)):
            arch = Ruleset.with_user(user).get_view(view_type="form")["arch"]
            for name in ("action_try", "action_publish", "action_retire"):
                self.assertEqual(f'name="{name}"' in arch, wanted)
        with self.assertRaises(AccessError):
            ruleset.with_user(self.supervisor).action_retire()


@tagged("post_install", "-at_install")
class TestRoutingTrial(RoutingCommon):
    def _trial(self, ruleset, scope="past", limit=50, user=None):
        trial = (
            self.env["order.hub.routing.trial"]
            .with_user(user or self.env.user)
            .create({"ruleset_id": ruleset.id, "scope": scope, "limit": limit})
        )
        trial.action_run()
        return trial

    def test_a_trial_shows_order_by_order_what_would_be_different(self):
        live = self._ruleset({"amount_below": 1000, "set_priority": "1"})
        small, large = self._order(quantity=1), self._order(quantity=50)
        live.action_new_draft()
        draft = self.env["order.hub.routing.ruleset"].search([("state", "=", "draft")])
        draft.rule_ids.write(
            {"amount_below": 0, "amount_from": 5000, "set_priority": "2"}
        )
        trial = self._trial(draft, limit=2)
        found = {
            (line.order_id, line.before_text, line.after_text)
            for line in trial.line_ids
        }
        self.assertEqual(found, {(small, "High", "–"), (large, "–", "Urgent")})
        self.assertEqual((trial.order_count, trial.changed_count), (2, 2))
        self.assertIn("2 × Priority", trial.summary)

    def test_a_trial_writes_nothing_to_orders_and_decisions(self):
        ruleset = self._ruleset(
            {
                "set_priority": "2",
                "hold_reason": "Stop",
                "tag_ids": self.tag_urgent.ids,
                "owner_ids": self.user.ids,
            },
            publish=False,
        )
        order = self._order()
        self.env.flush_all()
        stamp = order.write_date
        count = self.env["order.hub.decision"].search_count([])
        trial = self._trial(ruleset, limit=5)
        self.assertIn(order, trial.line_ids.order_id)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(order.write_date, stamp)
        self.assertEqual(order.hub_priority, "0")
        self.assertFalse(order.hub_exception_ids)
        self.assertEqual(self.env["order.hub.decision"].search_count([]), count)

    def test_the_same_rules_would_decide_nothing_differently(self):
        pool = (self.user | self.operator).ids
        ruleset = self._ruleset(
            {"owner_ids": pool, "owner_mode": "turns", "tag_ids": self.tag_urgent.ids},
            {"hours_up_to": 48, "set_priority": "2"},
        )
        self._orders(5, commitment_date=fields.Datetime.now() + timedelta(hours=40))
        trial = self._trial(ruleset, limit=5)
        self.assertEqual((trial.order_count, trial.changed_count), (5, 0))

    def test_what_a_person_overruled_is_compared_with_what_the_rule_said(self):
        ruleset = self._ruleset({"set_priority": "1"})
        order = self._order()
        order.with_user(self.supervisor)._hub_overrule("priority", "2", "Called")
        self.assertEqual(self._trial(ruleset, limit=1).changed_count, 0)

    def test_a_live_version_is_applied_to_waiting_orders_only(self):
        waiting, accepted = self._order(), self._order()
        accepted.action_confirm()
        ruleset = self._ruleset({"set_priority": "2"})
        trial = self._trial(ruleset, scope="waiting", limit=500)
        self.assertIn(waiting, trial.line_ids.order_id)
        self.assertNotIn(accepted, trial.line_ids.order_id)
        trial.action_apply()
        self.assertEqual((waiting.hub_priority, accepted.hub_priority), ("2", "0"))
        self.assertNotIn(waiting, trial.line_ids.order_id)

    def test_what_a_person_decided_about_a_waiting_order_is_no_difference(self):
        ruleset = self._ruleset({"set_priority": "1"})
        order, other = self._order(), self._order()
        order.with_user(self.supervisor)._hub_overrule("priority", "0", "Called")
        ruleset.action_new_draft()
        draft = self.env["order.hub.routing.ruleset"].search([("state", "=", "draft")])
        draft.rule_ids.set_priority = "2"
        found = self._trial(draft, scope="waiting").line_ids.order_id
        self.assertIn(other, found)
        self.assertNotIn(order, found)

    def test_an_approval_that_nobody_may_shorten_by_hand_is_no_difference(self):
        order = self._order(user_id=self.sales.id)
        order.with_user(self.sales).hub_order_type_id = self.rush_type
        ruleset = self._ruleset(
            {"order_type_ids": self.rush_type.ids, "approval_path": "none"}
        )
        trial = self._trial(ruleset, scope="waiting")
        self.assertNotIn(order, trial.line_ids.order_id)
        trial.action_apply()
        self.assertFalse(order.hub_approval_path)
        self.assertEqual(trial.changed_count, 0)

    def test_a_draft_is_never_applied(self):
        ruleset = self._ruleset({"set_priority": "2"}, publish=False)
        order = self._order()
        trial = self._trial(ruleset, scope="waiting")
        with self.assertRaisesRegex(UserError, "Publish"):
            trial.action_apply()
        self.assertEqual(order.hub_priority, "0")

    def test_only_configurators_try_and_apply(self):
        ruleset = self._ruleset({"set_priority": "2"})
        with self.assertRaises(AccessError):
            self._trial(ruleset, user=self.supervisor)


@tagged("post_install", "-at_install")
class TestWhy(RoutingCommon):
    def test_a_rule_that_does_not_match_names_the_condition_and_the_value_it_saw(self):
        ruleset = self._ruleset(
            {"name": "Rush", "rush": "yes", "set_priority": "2"},
            {"name": "Large", "amount_from": 9999, "set_priority": "1"},
            {
                "name": "Carmaker",
                "condition": "[('partner_id.name', 'ilike', 'carmaker'),"
                " ('id', '>', 0)]",
                "set_priority": "1",
            },
            {"name": "All", "tag_ids": self.tag_urgent.ids},
        )
        order = self._order()
        answer = order.with_user(self.sales).hub_rules_explained()
        self.assertEqual(answer["version"], ruleset.display_name)
        rush, large, carmaker, everything = answer["rules"]
        self.assertEqual(
            [r["fits"] for r in answer["rules"]], [False, False, False, True]
        )
        self.assertIn("rush: yes", rush["why"])
        self.assertIn("1,600.00", large["why"])
        self.assertIn("9,999.00", large["why"])
        self.assertIn("Taihu Auto Repair", carmaker["why"])
        self.assertIn("carmaker", carmaker["why"])
        self.assertIn("any order", everything["why"])

    def test_the_panel_says_what_was_decided_and_by_which_rule(self):
        self._ruleset({"name": "Small", "amount_below": 5000, "set_priority": "1"})
        order = self._order()
        [row] = [
            row
            for row in order.with_user(self.sales).hub_why()["decisions"]
            if row["kind"] == "priority"
        ]
        self.assertEqual((row["chosen"], row["source"]), ("High", "rule"))
        self.assertIn("Small", row["because"])
        self.assertIn("5,000.00", row["because"])
        self.assertEqual(row["rule"]["name"], "Small")
        self.assertFalse(row["can_overrule"])

    def test_why_is_not_told_to_those_who_may_not_read_the_order(self):
        self._ruleset({"set_priority": "1"})
        order = self._order()
        stranger = self._user(
            "hub_other_sales",
            "order_hub.order_hub_group_user,sales_team.group_sale_salesman",
        )
        portal = self._user("hub_portal", "base.group_portal")
        for user in (stranger, portal):
            for method in ("hub_why", "hub_rules_explained"):
                with self.assertRaises(AccessError):
                    getattr(order.with_user(user), method)()
            self.assertFalse(
                user != portal
                and self.env["order.hub.decision"]
                .with_user(user)
                .search([("order_id", "=", order.id)])
            )

    def test_a_program_reads_decisions_of_orders_that_its_user_sees(self):
        self._ruleset({"name": "Small", "amount_below": 5000, "set_priority": "1"})
        order = self._order()
        api = self.env["order.hub.api"]
        answer = api.with_user(self.sales).order_decisions(order.hub_ref)
        found = {row["kind"]: row for row in answer["decisions"]}
        self.assertEqual(found["priority"]["value"], "1")
        self.assertEqual(found["priority"]["rule"], "Small")
        self.assertEqual(found["route"]["figures"]["amount"], 1600.0)
        stranger = api.with_user(self.user).order_decisions(order.hub_ref)
        self.assertFalse(stranger["ok"])

    def test_decisions_are_kept_as_they_are(self):
        self._ruleset({"set_priority": "1"})
        order = self._order()
        decision = self._decided(order, "priority")
        for attempt in (
            lambda: decision.write({"value": "2"}),
            lambda: decision.unlink(),
            lambda: decision.create({"order_id": order.id, "kind": "approval"}),
            lambda: order.write({"hub_decision_ids": [Command.clear()]}),
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                attempt()

    def test_decisions_in_force_can_be_searched(self):
        self._ruleset({"amount_below": 1000, "set_priority": "1"})
        order = self._order(quantity=1)
        order.order_line.product_uom_qty = 100
        Decision = self.env["order.hub.decision"]
        own = [("order_id", "=", order.id), ("kind", "=", "priority")]
        self.assertEqual(Decision.search_count(own), 2)
        current = Decision.search([*own, ("is_current", "=", True)])
        self.assertEqual(current.source, "default")
        self.assertTrue(current.is_current)


@tagged("post_install", "-at_install")
class TestOverruling(RoutingCommon):
    def setUp(self):
        super().setUp()
        self.ruleset = self._ruleset(
            {
                "name": "Small",
                "amount_below": 5000,
                "set_priority": "1",
                "owner_ids": self.operator.ids,
                "approval_path": "full",
            }
        )

    def test_a_person_overrules_and_what_the_rule_said_stays_visible(self):
        order = self._order()
        order.with_user(self.supervisor)._hub_overrule(
            "priority", "2", "Customer called"
        )
        self.assertEqual(order.hub_priority, "2")
        [row] = [r for r in order.hub_why()["decisions"] if r["kind"] == "priority"]
        self.assertEqual((row["chosen"], row["source"]), ("Urgent", "person"))
        self.assertEqual(row["overruled"]["chosen"], "High")
        self.assertIn("Customer called", row["because"])

    def test_no_rule_touches_what_a_person_decided(self):
        order = self._order()
        order.with_user(self.supervisor)._hub_overrule("priority", "0", "Has time")
        order.with_user(self.sales)._hub_overrule("owner", self.user.id, "On leave")
        order.order_line.product_uom_qty = 12
        self.assertEqual((order.hub_priority, order.hub_owner_id), ("0", self.user))

    def test_the_wizard_takes_the_decision(self):
        order = self._order()
        action = order.with_user(self.supervisor).action_hub_overrule("quality")
        wizard = Form(
            self.env["order.hub.overrule"]
            .with_user(self.supervisor)
            .with_context(**action["context"])
        )
        wizard.quality_level = "full"
        wizard.reason = "New operator on the line"
        wizard.save().action_overrule()
        self.assertEqual(order.hub_quality_level, "full")

    def test_overruling_wants_a_reason(self):
        for reason in (None, "", "   "):
            with self.assertRaisesRegex(UserError, "why"):
                self._order()._hub_overrule("priority", "2", reason)

    def test_each_kind_is_overruled_by_the_roles_that_may(self):
        order = self._order()
        for kind, value, user in (
            ("priority", "2", self.sales),
            ("approval", {"path": "none", "approver": None}, self.sales),
            ("approval", {"path": "none", "approver": None}, self.supervisor),
            ("credit", {"ok": True}, self.manager),
            ("route", [], self.manager),
            ("hold", [], self.supervisor),
        ):
            with self.assertRaises(AccessError, msg=(kind, user.login)):
                order.with_user(user)._hub_overrule(kind, value, "I want it")
        order.with_user(self.manager)._hub_overrule(
            "approval", {"path": "none", "approver": None}, "Signed on paper"
        )
        self.assertEqual(order.hub_approval_path, "none")

    def test_routed_columns_are_not_written_by_hand(self):
        order = self._order()
        for vals in (
            {"hub_priority": "2"},
            {"hub_approval_path": "none"},
            {"hub_approver_id": self.sales.id},
            {"hub_quality_level": "normal"},
            {"hub_sourcing_policy_id": False},
            {"hub_shipping_constraint_ids": [Command.clear()]},
        ):
            for context in (
                {},
                {"order_hub_routing": True},
                {"order_hub_routing": "INTERNAL"},
            ):
                with self.assertRaises(UserError):
                    order.with_user(self.sales).with_context(**context).write(vals)
            with self.assertRaises(UserError):
                self._order(**vals)

    def test_a_default_in_the_context_sets_no_routed_column(self):
        order = (
            self.env["sale.order"]
            .with_context(default_hub_approval_path="none")
            .create({"partner_id": self.partner.id})
        )
        self.assertNotEqual(order.hub_approval_path, "none")

    def test_changing_the_owner_on_the_order_counts_as_overruling(self):
        order = self._order()
        order.with_user(self.sales).write(
            {"hub_owner_id": self.user.id, "hub_change_reason": "Knows the customer"}
        )
        decision = self._decided(order, "owner")
        self.assertEqual(
            (decision.source, decision.reason), ("person", "Knows the customer")
        )
        self.assertTrue(decision.is_overruling)

    def test_the_share_of_overruled_decisions_is_counted_per_rule(self):
        orders = self._orders(4)
        orders[0].with_user(self.supervisor)._hub_overrule("priority", "2", "Called")
        rule = self.ruleset.rule_ids
        rule.invalidate_recordset()
        self.assertEqual(rule.decided_count, 12)
        self.assertEqual(rule.overruled_count, 1)
        self.assertAlmostEqual(rule.overruled_share, 100 / 12)

    def test_an_accepted_order_keeps_its_type_and_approval(self):
        order = self._order()
        order.action_confirm()
        with self.assertRaisesRegex(AccessError, "too far"):
            order.with_user(self.manager)._hub_overrule(
                "approval", {"path": "none", "approver": None}, "Late"
            )
