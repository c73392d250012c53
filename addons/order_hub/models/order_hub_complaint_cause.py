from odoo import api, fields, models, tools

from ..engine.history import Cause


class OrderHubComplaintCause(models.Model):
    """What customers complain about, and the checks that follow in time."""

    _name = "order.hub.complaint.cause"
    _description = "Cause of Complaints"
    _inherit = ["order.hub.plan"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, copy=False, help="The word that integrations use."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: a cause in every company.")
    check_ids = fields.Many2many(
        "order.hub.quality.check",
        "order_hub_complaint_cause_check_rel",
        "cause_id",
        "check_id",
        "Checks",
        check_company=True,
        help="Orders of a customer get these after as many complaints of this cause "
        "in a row.",
    )
    in_a_row = fields.Integer(
        "Complaints in a Row",
        default=3,
        required=True,
        help="So many of the customer's newest complaints must share this cause.",
    )
    window_days = fields.Integer(
        "Within (Days)",
        default=365,
        required=True,
        help="Older complaints are forgotten. 0: none is.",
    )
    problem = fields.Char(compute="_compute_problem")

    _code_company_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))", "Another cause has this code."
    )
    _in_a_row_positive = models.Constraint(
        "CHECK(in_a_row BETWEEN 1 AND 50)",
        "Between 1 and 50 complaints in a row can lead to a check.",
    )
    _window_not_negative = models.Constraint(
        "CHECK(window_days >= 0)", "The window of a cause cannot be negative."
    )

    @api.depends("check_ids.active", "active", "in_a_row", "window_days")
    def _compute_problem(self):
        for cause in self:
            cause.problem = cause._problem() if cause.active else False

    def _problem(self):
        """Return what cannot be meant by the configuration, or ``False``."""
        if not self.with_context(active_test=False).check_ids:
            return self.env._(
                "No check is chosen: complaints of this cause are counted, but lead "
                "to nothing. Choose the checks that orders should get."
            )
        if not self.check_ids.filtered("active"):
            return self.env._(
                "All its checks are archived: complaints of this cause lead to "
                "nothing. Choose others, or take one out of the archive."
            )
        if self.in_a_row == 1:
            return self.env._(
                "A single complaint leads to the check. Set 2 or more if a row is "
                "meant."
            )
        return False

    # === FOR THE ENGINE === #

    @api.model
    @tools.ormcache("company_id")
    def _live(self, company_id):
        """Return the causes of a company that lead to checks, for the engine.

        :rtype: tuple of ``engine.history.Cause``; empty: nothing is configured
        """
        causes = self.sudo().search(
            [("company_id", "in", (False, company_id)), ("check_ids", "!=", False)]
        )
        found = (
            Cause(
                cause.id,
                tuple(cause.check_ids.filtered("active").sorted().ids),
                cause.in_a_row,
                cause.window_days,
            )
            for cause in causes
        )
        return tuple(cause for cause in found if cause.checks)
