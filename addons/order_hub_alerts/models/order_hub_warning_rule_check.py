from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..engine import inhibition
from ..engine.hysteresis import ABOVE, Limits
from ..engine.subjects import KINDS, Draft, domain_fields, mistakes, parse_domain

#: What a rule measures: another one means other warnings.
IDENTITY = frozenset({"kind", "res_model", "company_id"})

#: What decides whether a rule can work.
CHECKED = (
    "kind",
    "res_model",
    "threshold",
    "has_clear_threshold",
    "clear_threshold",
    "direction",
    "minutes",
    "period_days",
    "min_samples",
    "domain",
    "group_by",
)


class OrderHubWarningRule(models.Model):
    """What is wrong with a rule, in words; and what happens when it changes."""

    _inherit = "order.hub.warning.rule"

    problem_text = fields.Text("What Is Wrong", compute="_compute_problem_text")
    unit_text = fields.Char("Unit", compute="_compute_unit_text")

    # === CHECKS === #

    @api.depends(*CHECKED)
    @api.depends_context("lang")
    def _compute_problem_text(self):
        for rule in self:
            rule.problem_text = "\n".join(rule._problems())

    @api.constrains(*CHECKED)
    def _check_can_work(self):
        for rule in self:
            if problems := rule._problems():
                raise ValidationError(
                    self.env._(
                        "Rule “%(rule)s” cannot work.\n%(problems)s",
                        rule=rule.name,
                        problems="\n".join(problems),
                    )
                )

    @api.constrains("inhibits_ids")
    def _check_no_circle(self):
        edges = self.env["order.hub.warning.cycle"].sudo()._edges()
        if circle := inhibition.loop(edges):
            rules = self.sudo().with_context(active_test=False)
            raise ValidationError(
                self.env._(
                    "These rules silence each other in a circle, so that nobody would "
                    "be told: %(rules)s. Take one of the links away.",
                    rules=" → ".join(rules.browse(id_).name for id_ in circle),
                )
            )

    def _problems(self):
        """Return what is wrong with the rule, one sentence each."""
        self.ensure_one()
        found = mistakes(self._draft())
        if found:
            return [self._mistake_text(mistake) for mistake in found]
        unknown = self._unknown_fields()
        if unknown:
            return [
                self.env._(
                    "%(model)s has no field “%(field)s”. Choose the condition again.",
                    model=self._model_name(),
                    field=unknown[0],
                )
            ]
        return self._search_problems()

    def _draft(self):
        """Return the rule as typed, for the engine."""
        return Draft(
            self.kind or "",
            self.res_model or "",
            self.threshold,
            self.clear_threshold if self.has_clear_threshold else None,
            self.direction or ABOVE,
            self.minutes if self.kind != "domain" else self.minutes or None,
            self.period_days or None,
            self.min_samples or None,
            self.domain or "",
            self.group_by or "none",
        )

    def _unknown_fields(self):
        """Return the paths of the domain that lead nowhere."""
        return [
            path
            for path in sorted(domain_fields(parse_domain(self.domain or "[]")))
            if not self._leads_somewhere(path)
        ]

    def _leads_somewhere(self, path):
        model = self.env[self.res_model]
        for step in path.split("."):
            if model is None or step not in model._fields:
                return False
            name = model._fields[step].comodel_name
            model = self.env[name] if name else None
        return True

    def _search_problems(self):
        """Return why the database could not search so; a field may be unsearchable."""
        try:
            domain = Domain(parse_domain(self.domain or "[]"))
            self.env[self.res_model].sudo()._search(domain)
        except (UserError, ValueError, TypeError, KeyError, NotImplementedError) as why:
            return [
                self.env._(
                    "The condition cannot be searched for: %(why)s",
                    why=str(why).splitlines()[0][:200],
                )
            ]
        return []

    def _mistake_text(self, mistake):
        """Return a sentence for ``engine.subjects.Mistake``."""
        words = {
            "unknown": self.env._("“%(what)s” is not known here. Choose another."),
            "mismatch": self.env._(
                "What is measured does not go together with “%(field)s”: %(what)s."
            ),
            "missing": self.env._("Fill in “%(field)s”."),
            "negative": self.env._("“%(field)s” must not be below zero."),
            "number": self.env._("“%(field)s” is no number."),
            "clear": self.env._(
                "The warning would open again at once: it closes beyond its "
                "threshold. Choose another value for “%(field)s”."
            ),
            "domain": self.env._("The condition cannot be read: %(what)s."),
            "operator": self.env._("“%(what)s” is not allowed in a condition."),
            "field": self.env._(
                "“%(what)s” may not be asked about in a condition: it is no field, "
                "or one with a secret in it."
            ),
        }
        return words[mistake.code] % {
            "field": self._field_label(mistake.field),
            "what": mistake.detail or mistake.field,
        }

    def _field_label(self, name):
        own = {"model": "res_model", "clear": "clear_threshold"}.get(name, name)
        return self._fields[own]._description_string(self.env)

    def _model_name(self):
        return self.env["ir.model"].sudo()._get(self.res_model).name or self.res_model

    @api.depends("kind")
    @api.depends_context("lang")
    def _compute_unit_text(self):
        words = {
            "hours": self.env._("hours"),
            "ratio": self.env._("times"),
            "count": self.env._("in number"),
            "days": self.env._("days"),
            "percent": self.env._("percent"),
            "minutes": False,
            "own": self.env._("in the unit of the indicator"),
        }
        for rule in self:
            rule.unit_text = words[KINDS[rule.kind].unit] if rule.kind else ""

    # === FOR THE ENGINE === #

    def _direction(self):
        """Return whether great or small values are bad: the kind's, else the rule's."""
        self.ensure_one()
        return KINDS[self.kind].direction or self.direction

    def _clear(self):
        """Return the value at which a warning closes."""
        self.ensure_one()
        if self.kind == "domain":
            return 0.0
        return self.clear_threshold if self.has_clear_threshold else self.threshold

    def _limits(self):
        """Return where warnings open and close; a condition that lasts is 1 or 0."""
        self.ensure_one()
        if self.kind == "domain":
            return Limits(0.0)
        return Limits(self.threshold, self._clear(), self._direction())

    # === CHANGES === #

    def write(self, vals):
        stopped = self.browse()
        if vals.get("active") is False or IDENTITY & set(vals):
            stopped = self
        result = super().write(vals)
        stopped._close_warnings()
        return result

    def _close_warnings(self):
        """Close the warnings of rules that do not watch them any more."""
        if not self:
            return
        warnings = (
            self.env["order.hub.warning"]
            .sudo()
            .search([("rule_id", "in", self.ids), ("state", "!=", "resolved")])
        )
        pending = warnings.filtered(lambda warning: warning.state == "pending")
        pending.unlink()
        rest = (warnings - pending).with_context(mail_notrack=True)
        rest.write(
            {
                "state": "resolved",
                "resolved_at": fields.Datetime.now(),
                "resolved_how": "itself",
                "snoozed_until": False,
                "next_escalation_at": False,
                "inhibited_by_id": False,
            }
        )
        rest._close_todos()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        used = (
            self.env["order.hub.warning"]
            .sudo()
            .search([("rule_id", "in", self.ids)], limit=1)
            .rule_id
        )
        if used:
            raise UserError(
                self.env._(
                    "Rule “%(rule)s” has warnings, which are kept. Archive it: it "
                    "then watches nothing any more.",
                    rule=used.name,
                )
            )

    # === SCREENS === #

    def action_try(self):
        """Show what the rule would warn of now."""
        self.ensure_one()
        self.check_access("write")
        return self.env["order.hub.warning.try"]._open(self)

    def action_open_warnings(self):
        """Open the warnings of the rule that are in sight."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "order_hub_alerts.order_hub_warning_action"
        )
        return {
            **action,
            "domain": [("rule_id", "=", self.id), ("state", "!=", "pending")],
            "context": {"search_default_seen": 1},
        }
