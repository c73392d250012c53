from odoo import fields, models

from ..const import GRADES


class OrderHubGradeHistory(models.Model):
    """One row for every change of a customer's grade, kept as it was."""

    _name = "order.hub.grade.history"
    _inherit = ["order.hub.append.only"]
    _description = "Change of Grade"
    _order = "id desc"
    _rec_name = "grade"
    _log_access = False

    partner_id = fields.Many2one(
        "res.partner", "Customer", readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", readonly=True, ondelete="cascade")
    date = fields.Datetime("Changed On", readonly=True)
    previous_grade = fields.Selection(GRADES, "Before", readonly=True)
    grade = fields.Selection(GRADES, readonly=True)
    score = fields.Float(readonly=True)

    _partner_idx = models.Index("(partner_id, company_id, id)")

    def _append_only_message(self):
        return self.env._(
            "Changes of grade are kept as they happened. Change the grading of the "
            "company instead; the next run grades again."
        )
