from odoo import api, models
from odoo.tools import format_datetime

from ..const import DECISION_KINDS
from ..engine.plain import without_none

#: Kinds that the panel leaves out: they are the run of the rules itself.
HIDDEN_KINDS = ("route",)


class SaleOrder(models.Model):
    """Why an order is where it is: its decisions, in words, for the reader."""

    _inherit = "sale.order"

    def hub_why(self):
        """Return the decisions in force for the *why* panel, in reading order.

        :return: dict with ``version`` (str) and ``decisions``: list of dicts with
            id, kind, kind_label, chosen, because, source, source_label, date,
            person, rule (id, name, version) or ``False``, overruled (chosen,
            because) or ``False``, reason, can_overrule, table (columns, rows with
            cells, chosen, note) or ``False``
        :raise AccessError: for anybody who may not read the order
        """
        self.ensure_one()
        self._hub_check_inside()
        self.check_access("read")
        found = (
            self.env["order.hub.decision"]
            .with_context(order_hub_short=True)
            ._in_force(self)
        )
        ruleset = self.env["order.hub.routing.ruleset"]._live(self.company_id)
        rows = [
            self._hub_why_row(found[self.id, kind])
            for kind, _label in DECISION_KINDS
            if (self.id, kind) in found
            and kind not in HIDDEN_KINDS
            and found[self.id, kind]._says_something()
        ]
        return {
            "version": ruleset.display_name if ruleset else "",
            "decisions": without_none(rows),
        }

    def _hub_why_row(self, decision):
        labels = self.env["order.hub.decision"]._fields
        kinds = dict(labels["kind"]._description_selection(self.env))
        sources = dict(labels["source"]._description_selection(self.env))
        overruled = decision.overruled_id
        return {
            "id": decision.id,
            "kind": decision.kind,
            "kind_label": kinds[decision.kind],
            "chosen": decision.chosen_text or "–",
            "because": decision.because_text or "",
            "source": decision.source,
            "source_label": sources[decision.source],
            "date": format_datetime(self.env, decision.date, dt_format="short"),
            "person": decision.user_id.name if decision.source == "person" else "",
            "rule": decision._rule_label(),
            "overruled": overruled
            and {
                "chosen": overruled.chosen_text or "–",
                "because": overruled.because_text or "",
            }
            or None,
            "reason": decision.reason or "",
            "can_overrule": self._hub_may_overrule(decision.kind),
            "table": decision._candidates(),
        }

    def hub_rules_explained(self):
        """Say of every rule of the live version whether it fits the order, and why.

        :return: dict with ``version`` (str) and ``rules``: list of dicts with id,
            name, fits, why (the first condition that failed and the value it saw),
            decides
        :raise AccessError: for anybody who may not read the order
        """
        self.ensure_one()
        self._hub_check_inside()
        self.check_access("read")
        order = self.sudo()
        ruleset = self.env["order.hub.routing.ruleset"]._live(order.company_id)
        return {
            "version": ruleset.display_name if ruleset else "",
            "rules": ruleset._explain(order) if ruleset else [],
        }

    @api.model
    def _hub_overrule_groups(self):
        """Return ``{kind: group}``: the least role that may overrule a kind."""
        supervisor = "order_hub.order_hub_group_supervisor"
        return {
            "order_type": "order_hub.order_hub_group_user",
            "owner": "order_hub.order_hub_group_user",
            "team": "order_hub.order_hub_group_user",
            "tags": "order_hub.order_hub_group_user",
            "sourcing": "order_hub.order_hub_group_user",
            "carrier": "order_hub.order_hub_group_user",
            "flow": supervisor,
            "priority": supervisor,
            "policy": supervisor,
            "quality": supervisor,
            "shipping": supervisor,
            "approval": "order_hub.order_hub_group_manager",
        }

    def _hub_may_overrule(self, kind):
        """Tell whether the user's role may overrule a kind of decision here."""
        self.ensure_one()
        group = self._hub_overrule_groups().get(kind)
        if not group or not self.env.user.has_group(group):
            return False
        if kind in ("order_type", "flow", "approval", "policy", "sourcing"):
            return self.state in ("draft", "sent")
        return self.hub_is_open or self.state in ("draft", "sent")

    def action_hub_overrule(self, kind):
        """Open the form that overrules one kind of decision on this order."""
        self.ensure_one()
        return {
            "name": self.env._("Decide Otherwise"),
            "type": "ir.actions.act_window",
            "res_model": "order.hub.overrule",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_id": self.id, "default_kind": kind},
        }
