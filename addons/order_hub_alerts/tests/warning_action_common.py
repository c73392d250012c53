"""Builders for tests of what warnings have done."""

from datetime import datetime, timedelta

from odoo.fields import Command

from odoo.addons.order_hub.tests.common import OrderHubCommon

NOW = datetime(2026, 3, 3, 9)


class WarningActionCommon(OrderHubCommon):
    """The classic case: 24 hours in *preparing*, for want of a bought part.

    The purchaser has ordered it; the order goes on by itself when it is reserved.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["order.hub.warning.rule"].search([]).active = False
        cls.buyer = cls._user(
            "hub_buyer", "order_hub.order_hub_group_user,purchase.group_purchase_user"
        )
        cls.foreman = cls._user(
            "hub_foreman", "order_hub.order_hub_group_operator,stock.group_stock_user"
        )
        cls.manager = cls._user("hub_manager", "order_hub.order_hub_group_manager")
        cls.flow.stage_ids[3].write({"name": "Picked", "milestone": "picked"})
        cls.flow.stage_ids[3].trigger = "reserved"
        cls.part = cls._product("Brake disc", "BD-280")
        cls.vendor = cls.env["res.partner"].create({"name": "Steel Works"})
        cls.partner.name = "Taihu Auto Repair"
        cls.track = cls.env["order.hub.talk.track"].create(
            {
                "name": "Waits for parts",
                "body": "Dear {{ customer }}, {{ order }} waits for "
                "{{ missing_parts ||| nothing }}: {{ new_date ||| soon }}.",
            }
        )
        cls.rule = cls._rule("24 hours in preparing", kind="stage_fixed", threshold=24)
        cls.todo = cls._action("activity", "buyer", only_missing=True, summary="Chase")
        cls.list = cls._action("document", cls.foreman, only_missing=True)
        cls.text = cls._action("talk_track", "salesperson", talk_track_id=cls.track.id)

    @classmethod
    def _rule(cls, name, **vals):
        return cls.env["order.hub.warning.rule"].create(
            {
                "name": name,
                "domain": "[('hub_milestone', '=', 'preparing')]",
                "company_id": cls.company.id,
                **vals,
            }
        )

    @classmethod
    def _action(cls, kind, who, rule=None, **vals):
        """Create an action for a kind of person, a user or nobody (``None``)."""
        recipient = {"who": who}
        if who and not isinstance(who, str):
            recipient = {"who": "user", "user_id": who.id}
        people = [Command.create(recipient)] if who else []
        return cls.env["order.hub.warning.action"].create(
            {
                "rule_id": (rule or cls.rule).id,
                "kind": kind,
                "recipient_ids": people,
                **vals,
            }
        )

    @classmethod
    def _purchase(cls, quantity=10, days=4, user=None, product=None):
        return cls.env["purchase.order"].create(
            {
                "partner_id": cls.vendor.id,
                "user_id": (user or cls.buyer).id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": (product or cls.part).id,
                            "product_qty": quantity,
                            "date_planned": NOW + timedelta(days=days),
                        }
                    )
                ],
            }
        )

    @classmethod
    def _receive(cls, purchase):
        purchase.button_confirm()
        picking = purchase.picking_ids
        for move in picking.move_ids:
            move.quantity, move.picked = move.product_uom_qty, True
        picking.button_validate()

    @classmethod
    def _preparing(cls, orders, hours=24.5, now=NOW):
        """Confirm orders and let them have been in preparing for hours."""
        orders.action_confirm()
        orders.hub_stage_id = cls.preparing
        vals = {
            "hub_stage_since": now - timedelta(hours=hours),
            "hub_promised_date": now + timedelta(days=2),
        }
        by_id = {order.id: vals for order in orders}
        cls.env["order.hub.writer"]._update(orders, by_id)
        return orders

    @classmethod
    def _waiting(cls, count=1, **vals):
        """Return orders of the part that nobody has, preparing since yesterday."""
        line = {"product_id": cls.part.id, "product_uom_qty": 10}
        orders = cls._orders(count, order_line=[Command.create(line)], **vals)
        return cls._preparing(orders)

    def _cycle(self, now=NOW, rules=None):
        """Run the rules, and carry out and end what they have done."""
        done = self.env["order.hub.warning.cycle"]._run(now, rules or self.rule)
        self._job(now)
        return done

    def _job(self, now=NOW):
        job = self.env["order.hub.warning.action.job"]
        job._carry_out(now)
        job._close_over(now)
        job._look_after(now)

    def _todos(self, user, model="order.hub.warning"):
        return self.env["mail.activity"].search(
            [("user_id", "=", user.id), ("res_model", "=", model)]
        )

    def _runs(self, action):
        return self.env["order.hub.warning.action.run"].search(
            [("action_id", "=", action.id)]
        )

    def _warnings(self, rule=None):
        return self.env["order.hub.warning"].search(
            [("rule_id", "=", (rule or self.rule).id)], order="id"
        )
