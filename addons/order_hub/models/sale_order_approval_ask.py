from odoo import models
from odoo.exceptions import UserError

from ..const import UNATTENDED_SOURCES


class SaleOrder(models.Model):
    """Approvals: asking for them, by a person or where nobody waits."""

    _inherit = "sale.order"

    def action_hub_ask_approval(self):
        """Ask for the approval of the orders as they are now.

        :raise AccessError: for who may not change the order
        :raise UserError: for orders that are cancelled or empty
        :return: a message for the web client: who decides, or that nobody has to
        """
        self.check_access("write")
        self._hub_check_can_ask()
        self.sudo()._hub_ask_approval()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": "\n".join(self.sudo()._hub_asked_words()),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _hub_check_can_ask(self):
        for order in self.sudo():
            if order.state == "cancel":
                raise UserError(
                    self.env._(
                        "Order %s is cancelled. Set it to quotation before you ask "
                        "for approval.",
                        order.name,
                    )
                )
            if not order._hub_content_lines():
                raise UserError(
                    self.env._("Order %s has no lines to be approved.", order.name)
                )

    def _hub_ask_approval(self):
        """Open requests where approval is due and not asked for (sudo)."""
        orders = self._hub_lock()
        orders._hub_reopen_requests(orders._hub_standings())
        freed = orders._hub_mark_approvals(asked=True)
        freed._hub_approved()

    def _hub_reopen_requests(self, standings):
        """Replace requests that no longer ask for what is needed (sudo)."""
        due = {o: s for o, s in standings.items() if s.is_due and not s.is_asked}
        over = [
            s.waiting.id for s in standings.values() if s.waiting and not s.is_asked
        ]
        Approval = self.env["order.hub.approval"].sudo()
        Approval.browse(over)._give_up("superseded")
        self._hub_add_rules(due)
        requests = Approval._open(
            {
                order: {
                    "need": found.need,
                    "content": found.content,
                    "fingerprint": found.fingerprint,
                    "figures": found.figures,
                    "previous": found.previous,
                    "rounds": found.rounds,
                }
                for order, found in due.items()
            }
        )
        return requests

    def _hub_add_rules(self, standings):
        """Put the rule that chose the path into the figures, by its name of now, too.

        The name is for the day on which the rule is gone.
        """
        orders = self.browse(
            o.id for o, s in standings.items() if s.need.path != "full"
        )
        if orders:
            Decision = self.env["order.hub.decision"]
            for (order_id, _kind), found in Decision._in_force(
                orders, ["approval"]
            ).items():
                figures = standings[self.browse(order_id)].figures
                figures["rule"] = found.rule_id.name or found.reason or ""
                figures["rule_id"] = found.rule_id.id

    # === WHERE NOBODY WAITS === #

    def _hub_run_actions(self, stage, source):
        """Ask for orders that a stage was to confirm, where nobody waits."""
        result = super()._hub_run_actions(stage, source)
        confirms = "confirm_sale" in stage.action_ids.mapped("kind")
        if confirms and source in UNATTENDED_SOURCES:
            self._hub_ask_unattended()
        return result

    def _hub_ask_unattended(self):
        """Ask for orders whose confirmation was refused while nobody waits.

        What was rejected is not asked again by itself.
        """
        orders = self.sudo().filtered(lambda o: o.state in ("draft", "sent"))
        orders = orders._hub_under_approval()
        if not orders:
            return
        standings = orders._hub_standings()
        due = orders.filtered(
            lambda o: standings[o].is_due and not standings[o].rejected
        )
        self.env["order.hub.writer"]._update(
            due, {order.id: {"hub_confirm_wanted": True} for order in due}
        )
        if due:
            due._hub_ask_approval()
