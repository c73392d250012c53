from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.i18n import format_list

from ..engine import rule_check


class OrderHubRoutingRule(models.Model):
    """What is wrong with a rule: it cannot be meant, or others get in its way."""

    _inherit = "order.hub.routing.rule"

    problem = fields.Char(compute="_compute_problem")

    # === CANNOT BE MEANT === #

    @api.constrains(lambda self: self._content_fields())
    def _check_rule(self):
        for rule in self:
            rule._checked_domain()
            problem = rule._contradiction()
            if problem:
                raise ValidationError(
                    self.env._(
                        "Rule “%(rule)s”: %(problem)s", rule=rule.name, problem=problem
                    )
                )

    def _contradiction(self):
        """Return what cannot be meant, or ``None``."""
        if not self._decisions():
            return self.env._("it decides nothing. Fill in what it should do.")
        if self.amount_from and 0 < self.amount_below <= self.amount_from:
            return self.env._(
                "the amount must be below a limit that is under its start."
            )
        if self.hours_from and 0 < self.hours_up_to <= self.hours_from:
            return self.env._("the hours left end before they begin.")
        if self.approval_path == "short" and not self.approver_id:
            return self.env._("name the one who approves.")
        if self.approver_id and self.approval_path != "short":
            return self.env._(
                "an approver is named, but the approval is not left to one."
            )
        types = self.order_type_ids
        if self.rush == "yes" and types and not any(types.mapped("is_rush")):
            return self.env._("it asks for rush, but none of its order types is rush.")
        return None

    def _checked_domain(self):
        self.ensure_one()
        return self._order_domain(self.condition, self.name)

    # === OTHERS IN ITS WAY === #

    @api.depends(lambda self: [*self._content_fields(), "sequence", "active"])
    def _compute_problem(self):
        for ruleset, rules in self.grouped("ruleset_id").items():
            known = ruleset.rule_ids | rules
            ordered = known.sorted(
                lambda r: (r.sequence, r._origin.id or r.id.origin or 0)
            )
            found = rule_check.check(
                [rule._as_engine_rule() for rule in ordered if rule.active]
            )
            by_rule = {finding.rule_id: finding for finding in reversed(found)}
            for rule in rules:
                finding = by_rule.get(rule.id)
                rule.problem = finding and rule._finding_text(finding, ordered)

    def _finding_text(self, finding, rules):
        other = rules.filtered(lambda rule: rule.id == finding.other_id)[:1].name
        if finding.code == rule_check.EMPTY_RANGE:
            return self.env._("No order can meet its conditions: look at the limits.")
        if finding.code == rule_check.UNREACHABLE:
            return self.env._(
                "Never applies: “%s” comes first and takes all its orders. "
                "Drag this rule above it.",
                other,
            )
        kinds = dict(
            self.env["order.hub.decision"]
            ._fields["kind"]
            ._description_selection(self.env)
        )
        return self.env._(
            "Overlaps with “%(other)s”: for orders that fit both, that one decides "
            "(%(kinds)s). Narrow one of them if that is not meant.",
            other=other,
            kinds=format_list(self.env, [kinds[kind] for kind in finding.kinds]),
        )
