from odoo import fields, models

DECISIONS = [
    ("merged", "Merged"),
    ("kept", "Kept both"),
    ("undone", "Taken back"),
]


class OrderHubDuplicateDecision(models.Model):
    """Who decided what about a likely repeat, and when; kept as it was."""

    _name = "order.hub.duplicate.decision"
    _inherit = "order.hub.append.only"
    _description = "Decision on a Likely Repeat"
    _order = "id desc"
    _rec_name = "decision"
    _log_access = False
    _created_through_orm = True

    duplicate_id = fields.Many2one(
        "order.hub.duplicate",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    decision = fields.Selection(DECISIONS, required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", required=True, readonly=True, ondelete="restrict"
    )
    date = fields.Datetime(required=True, readonly=True)
    score = fields.Float(readonly=True, digits=(4, 1))
    order_id = fields.Many2one(
        "sale.order", readonly=True, ondelete="set null", index="btree_not_null"
    )
    added_line_ids = fields.Json("Lines Added", readonly=True)

    def _append_only_message(self):
        return self.env._(
            "Decisions on repeats are kept as they were made. Undo the last one and "
            "decide anew."
        )
