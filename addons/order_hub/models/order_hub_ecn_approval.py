from odoo import api, fields, models


class OrderHubEcnApproval(models.Model):
    """Who agreed to a change or did not, in which role, and on which figures.

    Rows are made by ``order.hub.ecn._decide`` alone, for the user who pressed the
    button; nobody changes them.
    """

    _name = "order.hub.ecn.approval"
    _inherit = ["order.hub.append.only"]
    _description = "Decision about an Engineering Change"
    _order = "id desc"
    _rec_name = "user_id"
    _log_access = False

    ecn_id = fields.Many2one(
        "order.hub.ecn", readonly=True, ondelete="restrict", index=True
    )
    role_id = fields.Many2one(
        "order.hub.ecn.role", readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one("res.company", readonly=True)
    user_id = fields.Many2one("res.users", "Decided By", readonly=True, index=True)
    date = fields.Datetime("Decided On", readonly=True)
    verdict = fields.Selection(
        [("approve", "Approved"), ("reject", "Rejected")], readonly=True
    )
    reason = fields.Text(readonly=True)
    round = fields.Integer(readonly=True, aggregator=None)
    fingerprint = fields.Char(
        readonly=True, help="Of the drafts and the choices that were decided about."
    )
    impact_at = fields.Datetime("Impact Made On", readonly=True)
    figures = fields.Json(readonly=True, help="What the impact report said then.")

    _role_uniq = models.UniqueIndex(
        "(ecn_id, role_id, round, fingerprint)",
        "This role has decided in the meantime. Look again.",
    )

    def _append_only_message(self):
        return self.env._(
            "Decisions about engineering changes are kept as they were taken. "
            "Approve or reject the change itself."
        )

    @api.model
    def _keep(self, rows):
        """Insert decisions of the current user, one query.

        :param rows: list of dicts with the columns but for who and when
        """
        now = fields.Datetime.now()
        rows = [{**row, "user_id": self.env.uid, "date": now} for row in rows]
        return self.env["order.hub.writer"]._insert(self, rows)
