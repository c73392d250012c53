"""The screens of routing: the why page and trials in a browser, the report on rules."""

from odoo import SUPERUSER_ID
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .test_routing import RoutingCommon

#: One for the figures, the others read the sentences of two rules; measured at 1 and
#: at 31 orders.
QUALITY_QUERIES = 20
VERSIONS = "order_hub.order_hub_routing_ruleset_action"


@tagged("post_install", "-at_install")
class TestWhyTour(RoutingCommon, HttpCase):
    browser_size = "1440x900"

    def test_reading_why_and_deciding_otherwise(self):
        self._ruleset(
            {
                "name": "Small orders",
                "amount_below": 50_000,
                "approval_path": "none",
                "owner_ids": [Command.set(self.sales.ids)],
            },
            {"name": "Large orders", "amount_from": 50_000, "approval_path": "full"},
        )
        order = self._order()
        self.start_tour(
            f"/odoo/action-order_hub.sale_order_action_all/{order.id}",
            "order_hub_why",
            login="hub_supervisor",
        )
        self.assertEqual(order.hub_owner_id, self.operator)
        decision = self.env["order.hub.decision"]._in_force(order)[order.id, "owner"]
        self.assertEqual(decision.user_id, self.supervisor)
        self.assertEqual(decision.reason, "She knows the drawing")
        self.assertEqual(decision.overruled_id.value, self.sales.id)


@tagged("post_install", "-at_install")
class TestTrialTour(RoutingCommon, HttpCase):
    """A version is tried and applied, at a desk and on a phone."""

    browser_size = "1440x900"

    def _versions(self):
        return f"/odoo/action-{self.env.ref(VERSIONS).id}"

    def test_trying_a_draft_shows_the_differences_and_changes_nothing(self):
        order = self._order()
        draft = self._ruleset({"set_priority": "2"}, publish=False)
        self.start_tour(
            f"{self._versions()}/{draft.id}",
            "order_hub_trial_draft",
            login="hub_configurator",
        )
        self.assertEqual(order.hub_priority, "0")

    def test_applying_the_live_version_to_the_orders_that_wait(self):
        order = self._order()
        self._ruleset({"set_priority": "2"})
        self.start_tour(
            self._versions(), "order_hub_trial_apply", login="hub_configurator"
        )
        self.assertEqual(order.hub_priority, "2")
        decision = self._decided(order, "priority")
        self.assertEqual(decision.user_id, self.configurator)


@tagged("post_install", "-at_install")
class TestTrialOnPhone(TestTrialTour):
    """The same tours on a screen of 390 pixels."""

    allow_inherited_tests_method = True
    browser_size = "390x844"
    touch_enabled = True


@tagged("post_install", "-at_install")
class TestRuleQuality(RoutingCommon):
    def _quality(self, ruleset, user=SUPERUSER_ID):
        self.env.flush_all()
        self.env.invalidate_all()
        quality = self.env["order.hub.rule.quality"].with_user(user)
        return quality.search([("rule_id", "in", ruleset.rule_ids.ids)])

    def _owner_rules(self):
        return self._ruleset(
            {"name": "Priority", "set_priority": "1"},
            {"name": "Owner", "owner_ids": [Command.set(self.sales.ids)]},
        )

    def _overrule(self, order):
        order.with_user(self.supervisor)._hub_overrule(
            "owner", self.operator.id, "She knows the drawing"
        )

    def test_rules_that_people_overrule_most_stand_on_top(self):
        ruleset = self._owner_rules()
        orders = self._orders(4)
        self._overrule(orders[0])
        found = self._quality(ruleset)
        self.assertEqual(found.rule_id.mapped("name"), ["Owner", "Priority"])
        self.assertEqual(found.mapped("decided_count"), [4, 4])
        self.assertEqual(found.mapped("overruled_count"), [1, 0])
        self.assertEqual(found.mapped("overruled_share"), [0.25, 0.0])

    def test_a_rule_keeps_its_past_in_the_next_version(self):
        ruleset = self._owner_rules()
        self._overrule(self._order())
        ruleset.action_new_draft()
        draft = self.env["order.hub.routing.ruleset"].search(
            [("company_id", "=", self.company.id), ("state", "=", "draft")]
        )
        self.assertFalse(self._quality(draft))
        draft.action_publish()
        self.assertFalse(self._quality(ruleset))
        self.assertEqual(self._quality(draft)[0].overruled_count, 1)

    def test_a_row_opens_what_the_rule_decided(self):
        ruleset = self._owner_rules()
        orders = self._orders(3)
        action = self._quality(ruleset)[0].action_view_decisions()
        decisions = self.env["order.hub.decision"].search(action["domain"])
        self.assertEqual(decisions.order_id, orders)

    def test_the_report_is_for_supervisors_and_nobody_changes_it(self):
        ruleset = self._owner_rules()
        self._order()
        row = self._quality(ruleset, self.supervisor)[0]
        self.assertEqual(row.decided_count, 1)
        with self.assertRaises(AccessError):
            self._quality(ruleset, self.sales)
        with self.assertRaises(AccessError):
            row.write({"overruled_count": 0})

    def test_rules_of_another_company_are_not_counted(self):
        company = self.env["res.company"].create({"name": "Abroad Ltd."})
        ruleset = self._ruleset({"set_priority": "1"}, company_id=company.id)
        self.assertTrue(self._quality(ruleset))
        self.assertFalse(self._quality(ruleset, self.supervisor))

    def test_the_report_costs_the_same_for_few_orders_and_for_many(self):
        ruleset = self._owner_rules()
        for count in (1, 30):
            self._orders(count)
            self._quality(ruleset)
            self.env.flush_all()
            self.env.invalidate_all()
            with self.assertQueryCount(QUALITY_QUERIES):
                self._quality(ruleset).mapped("decision_text")
