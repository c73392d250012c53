from odoo import fields, models
from odoo.exceptions import AccessError, UserError

#: Longest reason that is kept.
MAX_REASON = 500


class SaleOrder(models.Model):
    """People overrule: a person's decision replaces a rule's, which stays visible."""

    _inherit = "sale.order"

    def _hub_overrule(self, kind, value, reason):
        """Decide one kind by hand; from then on no rule touches it.

        :param kind: a kind of ``const.DECISION_KINDS`` that can be overruled
        :param value: as ``order.hub.decision.value`` of that kind has it
        :param reason: why; kept with the decision
        :raise AccessError: when the user's role may not overrule this kind
        :raise UserError: without a reason, or when the order is too far on
        """
        self.check_access("read")
        self._hub_check_overrule_reason(reason)
        for order in self:
            if not order._hub_may_overrule(kind):
                raise AccessError(order._hub_overrule_refusal(kind))
        getattr(self.sudo(), f"_hub_overrule_{kind}")(value)
        self.env["order.hub.decision"].sudo()._record(
            [
                {
                    "order": order,
                    "kind": kind,
                    "source": "person",
                    "value": value,
                    "reason": reason.strip()[:MAX_REASON],
                }
                for order in self
            ]
        )

    def _hub_check_overrule_reason(self, reason):
        if not (reason or "").strip():
            raise UserError(
                self.env._("Say why: those who follow want to learn from it.")
            )

    def _hub_overrule_refusal(self, kind):
        """Return who may overrule a kind, or that the order is too far on."""
        labels = self.env["order.hub.decision"]._fields["kind"]
        label = dict(labels._description_selection(self.env))[kind]
        group = self._hub_overrule_groups().get(kind)
        if group and self.env.user.has_group(group):
            return self.env._(
                "Order %(order)s is too far on to decide “%(kind)s” otherwise.",
                order=self.name,
                kind=label,
            )
        return self.env._(
            "“%(kind)s” of order %(order)s is decided otherwise by: %(group)s.",
            kind=label,
            order=self.name,
            group=self.env.ref(group).full_name if group else "–",
        )

    # === HOW EACH KIND IS MADE TRUE === #

    def _hub_write_column(self, values):
        """Write the hub's own columns of all orders in one query."""
        self.env["order.hub.writer"]._update(
            self, {order.id: dict(values) for order in self}
        )

    def _hub_overrule_order_type(self, value):
        self._hub_inside_routing().write(
            {"hub_order_type_id": value, "hub_is_type_manual": True}
        )
        self._hub_retype()

    def _hub_overrule_flow(self, value):
        flow = self.env["order.hub.flow"].browse(value)
        types = {order.id: order.hub_order_type_id for order in self}
        self._hub_enter_first_stage(types, dict.fromkeys(self.ids, flow))

    def _hub_overrule_priority(self, value):
        self._hub_write_column({"hub_priority": value})
        self._hub_after_routing(fresh=False)

    def _hub_overrule_quality(self, value):
        self._hub_write_column({"hub_quality_level": value})

    def _hub_overrule_policy(self, value):
        self._hub_write_column({"hub_sourcing_policy_id": value})
        self._hub_after_routing(fresh=False)

    def _hub_overrule_approval(self, value):
        self._hub_write_column(
            {"hub_approval_path": value["path"], "hub_approver_id": value["approver"]}
        )
        self._hub_after_routing(fresh=False)

    def _hub_overrule_owner(self, value):
        self._hub_inside_routing().write({"hub_owner_id": value})

    def _hub_overrule_team(self, value):
        self._hub_inside_routing().write({"team_id": value})

    def _hub_overrule_tags(self, value):
        self._hub_inside_routing().write({"tag_ids": [fields.Command.set(value)]})

    def _hub_overrule_shipping(self, value):
        self._hub_inside_routing().write(
            {"hub_shipping_constraint_ids": [fields.Command.set(value)]}
        )
        self._hub_after_routing(fresh=False)

    def _hub_overrule_sourcing(self, value):
        """A person names the warehouse: ``{"warehouse_id": id}``."""
        self._hub_inside_routing().write({"warehouse_id": value["warehouse_id"]})

    def _hub_overrule_carrier(self, value):
        """A person names the carrier: ``{"carrier_id": id}``."""
        self._hub_inside_routing().write({"carrier_id": value["carrier_id"]})

    # === CHANGED STRAIGHT ON THE ORDER === #

    def _hub_note_by_hand(self, vals):
        """Keep it as a person's decision when somebody writes a routed field itself.

        Only where a rule had decided: whoever fills in an empty field overrules
        nothing.
        """
        kinds = {"hub_owner_id": "owner", "team_id": "team"}
        written = {kinds[name]: vals[name] for name in kinds if name in vals}
        if not written or not self.env["order.hub.routing.ruleset"]._any_live():
            return
        Decision = self.env["order.hub.decision"].sudo()
        known = Decision._in_force(self, list(written))
        reason = (self.env.context.get("order_hub_reason") or "").strip()
        Decision._record(
            [
                {
                    "order": order,
                    "kind": kind,
                    "source": "person",
                    "value": value or None,
                    "reason": reason[:MAX_REASON] or None,
                }
                for order in self
                for kind, value in written.items()
                if (order.id, kind) in known and known[order.id, kind].value != value
            ]
        )
