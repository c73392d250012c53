from odoo import fields, models

from ..engine.escalation import Step


class OrderHubWarningEscalation(models.Model):
    """Whom a warning is told to next when nobody has taken it."""

    _name = "order.hub.warning.escalation"
    _description = "Escalation Step"
    _order = "minutes, id"
    _rec_name = "minutes"

    rule_id = fields.Many2one(
        "order.hub.warning.rule", required=True, ondelete="cascade", index=True
    )
    minutes = fields.Integer(
        "After (min)",
        default=30,
        required=True,
        help="Minutes after the first notice, in which nobody has taken the warning.",
    )
    severity = fields.Selection(
        [("warning", "Warning"), ("critical", "Critical")],
        "Becomes",
        help="How grave the warning is from then on; empty: as before.",
    )
    recipient_ids = fields.One2many(
        "order.hub.warning.recipient", "escalation_id", "Recipients", copy=True
    )

    _minutes_check = models.Constraint(
        "CHECK (minutes >= 1)",
        "A step comes at least a minute after the first notice.",
    )
    _minutes_uniq = models.UniqueIndex(
        "(rule_id, minutes)", "The rule has a step at this minute already."
    )

    def _step(self):
        """Return the step for the engine."""
        self.ensure_one()
        return Step(self.id, self.minutes, self.severity or "")
