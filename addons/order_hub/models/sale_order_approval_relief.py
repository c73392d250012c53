from odoo import models

#: Paths that are shorter than all levels.
RELIEFS = ("short", "none")


class SaleOrder(models.Model):
    """Approvals: a rule's shorter way holds for the case that the rule is about."""

    _inherit = "sale.order"

    def _hub_content_changed(self):
        self.sudo()._hub_under_approval()._hub_end_reliefs()
        return super()._hub_content_changed()

    def _hub_end_reliefs(self):
        """Take a shorter way from changed orders that are the rule's case no more.

        Orders at the beginning of their flow are routed anew as a whole. Others keep
        what was decided, but not a relief that another promise or amount had earned:
        a rush order that is put off after it was accepted is asked for (sudo).
        """
        eased = self.filtered(
            lambda order: (
                order.hub_approval_path in RELIEFS
                and not (order.state in ("draft", "sent") and order._hub_is_at_start())
            )
        )
        if not eased:
            return
        Decision = self.env["order.hub.decision"].sudo()
        by_hand = Decision._by_hand(eased, ["approval"])
        eased = eased.filtered(lambda order: (order.id, "approval") not in by_hand)
        outcomes = eased._hub_route(eased._hub_find_types())
        routed = eased.filtered(lambda order: order.id in outcomes)
        choices = routed._hub_open_choices(outcomes, {})
        ended = routed.filtered(
            lambda order: not order._hub_is_eased(choices[order.id])
        )
        ended._hub_write_column({"hub_approval_path": None, "hub_approver_id": None})
        ended._hub_record_need(fresh=False)

    def _hub_is_eased(self, choices):
        """Tell whether the rules would still choose the way that the order has."""
        self.ensure_one()
        choice = choices.get("approval")
        return bool(choice) and (
            choice.value["path"] == self.hub_approval_path
            and (choice.value["approver"] or None) == (self.hub_approver_id.id or None)
        )
