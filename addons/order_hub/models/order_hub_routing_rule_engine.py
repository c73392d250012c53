import re

from odoo import models

from ..const import GRADES
from ..engine.routing import Condition, Rule

_WORDS = re.compile(r"[,;\n，；、]+")


class OrderHubRoutingRule(models.Model):
    """Routing rules as the engine reads them: conditions and decisions."""

    _inherit = "order.hub.routing.rule"

    def _as_engine_rule(self):
        self.ensure_one()
        return Rule(
            id=self.id,
            conditions=self._conditions(),
            decisions=self._decisions(),
            has_domain=self._has_domain(),
            stops=self.stops,
        )

    def _has_domain(self):
        return (self.condition or "[]").strip() not in ("[]", "")

    def _conditions(self):
        """Return the ready-made conditions, the ones that reject most first."""
        self.ensure_one()
        grades = frozenset(grade for grade, _label in GRADES if self[f"grade_{grade}"])
        asked = (
            ("order_type", "one_of", frozenset(self.order_type_ids.ids)),
            ("channel", "one_of", frozenset(self.channel_ids.ids)),
            ("grade", "one_of", grades),
            ("is_rush", "is", self.rush and self.rush == "yes"),
            ("amount", "at_least", self.amount_from or None),
            ("amount", "below", self.amount_below or None),
            ("hours_left", "at_least", self.hours_from or None),
            ("hours_left", "at_most", self.hours_up_to or None),
            ("categories", "any_of", frozenset(self.category_ids.ids)),
            ("country", "one_of", frozenset(self.country_ids.ids)),
            ("state", "one_of", frozenset(self.state_ids.ids)),
            ("city", "contains", _words(self.city_words)),
            ("remark", "contains", _words(self.remark_words)),
        )
        return tuple(
            Condition(fact, test, value)
            for fact, test, value in asked
            if value or (test == "is" and self.rush)
        )

    def _decisions(self):
        """Return ``{kind: value}`` of what the rule decides."""
        self.ensure_one()
        decisions = {
            "order_type": self.set_order_type_id.id,
            "flow": self.set_flow_id.id,
            "priority": self.set_priority,
            "owner": self._owner_decision(),
            "team": self.set_team_id.id,
            "tags": self.tag_ids.ids,
            "approval": self._approval_decision(),
            "policy": self.sourcing_policy_id.id,
            "quality": self.quality_level,
            "checks": self.check_ids.ids,
            "shipping": self.shipping_constraint_ids.ids,
            "hold": [self.hold_reason] if self.hold_reason else [],
            "follow_up": self._follow_up_decision(),
        }
        return {kind: value for kind, value in decisions.items() if value}

    def _owner_decision(self):
        return self.owner_ids and {
            "how": self.owner_mode or "fixed",
            "pool": self.owner_ids.ids,
        }

    def _approval_decision(self):
        return self.approval_path and {
            "path": self.approval_path,
            "approver": self.approver_id.id or None,
        }

    def _follow_up_decision(self):
        return self.follow_up_user_id and {
            "user_id": self.follow_up_user_id.id,
            "hours": self.follow_up_hours,
            "meeting": self.follow_up_meeting,
        }


def _words(text):
    return tuple(word.strip() for word in _WORDS.split(text or "") if word.strip())
