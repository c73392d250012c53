import json

import psycopg2

from odoo import fields, models
from odoo.exceptions import UserError

#: Records that the trial names; the others are counted.
SHOWN = 80


class OrderHubWarningTry(models.TransientModel):
    """What a rule would warn of now. Nothing is opened and nobody is told."""

    _name = "order.hub.warning.try"
    _description = "Warning Rule on Trial"

    rule_id = fields.Many2one(
        "order.hub.warning.rule", required=True, readonly=True, ondelete="cascade"
    )
    count = fields.Integer("Would Be Warned Of", readonly=True)
    known_count = fields.Integer("Open Already", readonly=True)
    more_count = fields.Integer("Not Shown", readonly=True)
    line_ids = fields.One2many("order.hub.warning.try.line", "trial_id", readonly=True)

    def _open(self, rule):
        """Try a rule and show what it finds.

        :raise UserError: the rule cannot be measured
        """
        now = fields.Datetime.now()
        try:
            with self.env.cr.savepoint():
                rows = self.env["order.hub.warning.cycle"]._try(rule, now)
        except (psycopg2.Error, ValueError) as error:
            raise UserError(
                self.env._(
                    "“%(rule)s” cannot be measured: %(why)s",
                    rule=rule.name,
                    why=str(error).splitlines()[0],
                )
            ) from error
        own = [row for row in rows if self._may_see(row)]
        trial = self.create(self._values(rule, own))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What the Rule Finds Now"),
            "res_model": self._name,
            "res_id": trial.id,
            "view_mode": "form",
            "target": "new",
        }

    def _may_see(self, row):
        return not row["company_id"] or row["company_id"] in self.env.companies.ids

    def _values(self, rule, rows):
        Warning_ = self.env["order.hub.warning"].sudo()
        known = Warning_.search(
            [("rule_id", "=", rule.id), ("state", "not in", ("resolved", "pending"))]
        )
        standing = {(w.res_id, w.company_id.id or 0) for w in known}
        keys = [(row["res_id"], row["company_id"] or 0) for row in rows]
        shown = list(enumerate(rows[:SHOWN]))
        subjects = Warning_._subjects(
            [(place, rule.res_model, row["res_id"]) for place, row in shown]
        )
        figures = Warning_._figure_texts(
            [
                (
                    place,
                    rule.kind,
                    row["value"],
                    rule.threshold,
                    row["figures"] and json.loads(row["figures"]),
                )
                for place, row in shown
            ]
        )
        return {
            "rule_id": rule.id,
            "count": len(rows),
            "known_count": sum(key in standing for key in keys),
            "more_count": max(len(rows) - SHOWN, 0),
            "line_ids": [
                fields.Command.create(
                    {
                        "res_model": rule.res_model,
                        "res_id": row["res_id"],
                        "subject": subjects[place],
                        "figure_text": figures[place],
                        "value": row["value"],
                        "is_known": keys[place] in standing,
                    }
                )
                for place, row in shown
            ],
        }


class OrderHubWarningTryLine(models.TransientModel):
    """One record that a rule on trial finds."""

    _name = "order.hub.warning.try.line"
    _description = "Warning Rule on Trial: Record"
    _order = "id"

    trial_id = fields.Many2one(
        "order.hub.warning.try", required=True, ondelete="cascade", index=True
    )
    res_model = fields.Char(required=True)
    res_id = fields.Many2oneReference("Record", model_field="res_model")
    subject = fields.Char("About")
    figure_text = fields.Char("Figures")
    value = fields.Float()
    is_known = fields.Boolean("Open Already")
