from odoo import api, fields, models


class OrderHubApprovalDecision(models.Model):
    """Who approved or rejected what, when and why: append-only.

    Rows are made by :meth:`order.hub.approval._decide` alone, for the user who
    pressed the button.
    """

    _name = "order.hub.approval.decision"
    _inherit = ["order.hub.append.only"]
    _description = "Decision of an Approver"
    _order = "id desc"
    _rec_name = "user_id"
    _log_access = False

    approval_id = fields.Many2one(
        "order.hub.approval", readonly=True, ondelete="restrict", index=True
    )
    step_id = fields.Many2one(
        "order.hub.approval.step",
        "Level",
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    order_id = fields.Many2one(
        "sale.order", readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one("res.company", readonly=True)
    date = fields.Datetime("Decided On", readonly=True)
    user_id = fields.Many2one("res.users", "Decided By", readonly=True, index=True)
    on_behalf_id = fields.Many2one("res.users", "On Behalf Of", readonly=True)
    verdict = fields.Selection(
        [("approve", "Approved"), ("reject", "Rejected")], readonly=True
    )
    reason = fields.Text(readonly=True)
    fingerprint = fields.Char(
        readonly=True, help="Of the content that was decided about."
    )

    _step_uniq = models.UniqueIndex(
        "(step_id)", "This level has been decided in the meantime. Look again."
    )

    def _append_only_message(self):
        return self.env._(
            "Decisions about orders are kept as they were taken. Approve or reject "
            "the order on its approval."
        )

    @api.model
    def _keep(self, rows):
        """Insert decisions of the current user, one query a batch."""
        prepared = [
            {**row, "user_id": self.env.uid, "date": fields.Datetime.now()}
            for row in rows
        ]
        return self.env["order.hub.writer"]._insert(self, prepared)
