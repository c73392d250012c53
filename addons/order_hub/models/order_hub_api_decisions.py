from odoo import api, models

from ..const import DECISION_KINDS
from ..engine.plain import without_none


class OrderHubApi(models.AbstractModel):
    """Why: the decisions about an order, for programs."""

    _inherit = "order.hub.api"

    @api.model
    def order_decisions(self, hub_ref=None, channel=None, external_ref=None):
        """Say what was decided about an order, by what, on which figures.

        :param str hub_ref: as printed; or ``channel`` and ``external_ref``
        :return: ``{"ok": True, "hub_ref", "decisions": [{"kind", "chosen",
            "because", "source", "rule", "rule_version", "date", "value",
            "figures"}]}``: of each kind the decision in force, texts in the
            caller's language, moments in UTC
        """
        return self._answer(
            lambda: self._decisions(self._find_order(hub_ref, channel, external_ref))
        )

    def _decisions(self, order):
        found = self.env["order.hub.decision"]._in_force(order)
        kinds = [kind for kind, _label in DECISION_KINDS if (order.id, kind) in found]
        return {
            "hub_ref": order.hub_ref,
            "decisions": [self._decision(found[order.id, kind]) for kind in kinds],
        }

    def _decision(self, decision):
        rule = decision._rule_label() or {}
        return {
            "kind": decision.kind,
            "chosen": decision.chosen_text or "",
            "because": decision.because_text or "",
            "source": decision.source,
            "rule": rule.get("name", ""),
            "rule_version": rule.get("version", ""),
            "date": self._iso(decision.date),
            "value": without_none(decision.value),
            "figures": without_none(decision.figures),
        }
