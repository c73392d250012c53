from functools import reduce

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools.i18n import format_list


class OrderHubRoutingRule(models.Model):
    """Routing rules in words: what they say, and why one does not fit an order."""

    _inherit = "order.hub.routing.rule"

    condition_text = fields.Char("When", compute="_compute_texts")
    decision_text = fields.Char("Then", compute="_compute_texts")

    # === WHAT IT SAYS === #

    @api.depends(lambda self: self._content_fields())
    @api.depends_context("lang")
    def _compute_texts(self):
        for rule in self:
            labels = rule._labels()
            sentences = [labels.condition(c) for c in rule._conditions()]
            if rule._has_domain():
                sentences.append(self.env._("its own condition holds"))
            found = [labels.decision(k, v) for k, v in rule._decisions().items()]
            rule.condition_text = self._all_of(sentences or [self.env._("any order")])
            rule.decision_text = self._one_by_one(found)

    def _all_of(self, sentences):
        """Return conditions as one sentence: every one of them must hold."""
        return reduce(
            lambda one, other: self.env._(
                "%(one)s and %(other)s", one=one, other=other
            ),
            sentences,
        )

    def _one_by_one(self, found):
        """Return decisions in one line; each may have commas of its own."""
        return reduce(
            lambda one, other: self.env._("%(one)s; %(other)s", one=one, other=other),
            found or [""],
        )

    def _labels(self):
        return self.env["order.hub.routing.words"]._for_company(self.company_id)

    # === WHY NOT === #

    def _why_not(self, order, facts, words):
        """Return why the rule does not fit an order, or ``None`` when it does.

        :param facts: ``engine.routing.Facts`` of the order
        :param words: ``order.hub.routing.words`` for the company
        """
        self.ensure_one()
        failing = self._as_engine_rule().failing(facts)
        if failing:
            return words.failed(failing, facts)
        return self._why_not_domain(order) if self._has_domain() else None

    def _why_not_domain(self, order):
        """Return the first part of the rule's own condition that does not hold."""
        domain = self._checked_domain()
        parts = (
            domain.children if getattr(domain, "OPERATOR", None) == "&" else [domain]
        )
        for part in parts:
            if not order.filtered_domain(part):
                return self.env._(
                    "Its own condition fails at %(part)s; the order has %(seen)s.",
                    part=self._part_text(part),
                    seen=self._part_seen(part, order),
                )
        return None

    def _part_text(self, part):
        """Return one part of a domain with the labels a reader knows."""
        conditions = list(part.iter_conditions())
        return format_list(
            self.env,
            [
                f"{self._path_label(c.field_expr)} {self._operator_text(c.operator)} "
                f"{_plain(c.value)}"
                for c in conditions[:3]
            ],
        )

    def _operator_text(self, operator):
        return {
            "=": self.env._("is"),
            "!=": self.env._("is not"),
            "in": self.env._("is one of"),
            "not in": self.env._("is none of"),
            "ilike": self.env._("contains"),
            "not ilike": self.env._("does not contain"),
            "=like": self.env._("looks like"),
        }.get(operator, operator)

    def _part_seen(self, part, order):
        paths = {c.field_expr for c in part.iter_conditions()}
        return format_list(
            self.env, [self._seen_text(order, path) for path in sorted(paths)[:3]]
        )

    def _path_label(self, path):
        model, labels = self.env["sale.order"], []
        for name in path.split("."):
            field = model._fields.get(name)
            if field is None:
                break
            labels.append(field.get_description(self.env, ["string"])["string"])
            model = self.env[field.comodel_name] if field.relational else model
        return " › ".join(labels) or path

    def _seen_text(self, order, path):
        """Return what the order has there, with the reader's own rights."""
        value = order.sudo(False)
        try:
            for name in path.split("."):
                if not isinstance(value, models.BaseModel) or name not in value._fields:
                    break
                value = value.mapped(name)
        except AccessError:
            return self.env._("(not shown to you)")
        if isinstance(value, models.BaseModel):
            return format_list(self.env, value.mapped("display_name")) or "–"
        return format_list(self.env, [_plain(item) for item in value]) or "–"


def _plain(value):
    """Return a value of a domain for a reader: lists without brackets, cut short."""
    if isinstance(value, (str, bytes)) or not hasattr(value, "__iter__"):
        return str(value)[:60]
    return ", ".join(sorted(str(item) for item in value))[:60]
