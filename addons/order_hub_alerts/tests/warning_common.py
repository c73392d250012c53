"""Builders for tests of warnings: rules, a fixed moment, what was told."""

from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.addons.order_hub.tests.common import OrderHubCommon

#: A Monday, 14:00 in Shanghai: naive UTC, as the ORM keeps it.
NOW = datetime(2026, 3, 16, 6, 0)


def later(minutes=0, hours=0, days=0):
    """Return a moment after :data:`NOW`."""
    return NOW + timedelta(minutes=minutes, hours=hours, days=days)


class WarningCommon(OrderHubCommon):
    """Rules of the database are put away: each test makes the ones it is about."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Rule = cls.env["order.hub.warning.rule"]
        cls.Warning = cls.env["order.hub.warning"]
        cls.Cycle = cls.env["order.hub.warning.cycle"]
        cls.Rule.search([]).active = False
        cls.manager = cls._user("hub_manager", "order_hub.order_hub_group_manager")
        cls.told = []

    def setUp(self):
        super().setUp()
        self.told = []
        watcher = patch.object(
            type(self.Cycle),
            "_send",
            lambda cycle, spoken, now: self._heard(cycle, spoken, now),
        )
        watcher.start()
        self.addCleanup(watcher.stop)

    def _heard(self, cycle, spoken, now):
        self.told.extend(cycle._notices(spoken, now))

    @classmethod
    def _rule(cls, kind="stage_fixed", **vals):
        """Make a rule that tells the salesperson."""
        return cls.Rule.create(
            {
                "name": f"Test {kind}",
                "kind": kind,
                "recipient_ids": [(0, 0, {"who": "salesperson"})],
                **vals,
            }
        )

    @classmethod
    def _waiting(cls, hours, count=1, now=NOW, **vals):
        """Make orders that have been in their stage for some hours."""
        orders = cls._orders(count)
        cls._since(orders, now - timedelta(hours=hours), **vals)
        return orders

    @classmethod
    def _since(cls, orders, moment, **vals):
        """Put the clock of orders back; ``vals``: other columns."""
        cls.env.flush_all()
        columns = {"hub_stage_since": moment, "hub_is_open": True, **vals}
        names = ", ".join(f"{name} = %s" for name in columns)
        cls.env.cr.execute(
            f"UPDATE sale_order SET {names} WHERE id = ANY(%s)",
            [*columns.values(), orders.ids],
        )
        orders.invalidate_recordset()

    def _run(self, now=NOW, rules=None):
        return self.Cycle._run(now, rules)

    def _of(self, rule, state="open"):
        return self.Warning.search([("rule_id", "=", rule.id), ("state", "=", state)])

    def _heard_by(self):
        """Return ids of warnings by the login of who was told."""
        users = self.env["res.users"]
        found = {}
        for notice in self.told:
            login = users.browse(int(notice.recipient)).login
            found.setdefault(login, []).append(notice.id)
        return found
