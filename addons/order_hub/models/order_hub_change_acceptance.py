from odoo import fields, models

from ..const import CHANGE_ROLES


class OrderHubChangeAcceptance(models.Model):
    """Somebody whose yes a customer change needs, and what was answered."""

    _name = "order.hub.change.acceptance"
    _description = "Acceptance of a Customer Change"
    _order = "request_id, id"

    request_id = fields.Many2one(
        "order.hub.change.request", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="request_id.company_id", store=True, index=True
    )
    role = fields.Selection(CHANGE_ROLES, required=True, readonly=True)
    state = fields.Selection(
        [("waiting", "Waiting"), ("accepted", "Accepted"), ("declined", "Declined")],
        default="waiting",
        required=True,
        readonly=True,
    )
    user_id = fields.Many2one("res.users", "Answered By", readonly=True)
    answered_at = fields.Datetime(readonly=True)
    agreed_to = fields.Char(
        readonly=True, help="Total, promise and quantities that were accepted."
    )
    note = fields.Char(
        readonly=True, help="How the answer came: by phone, by mail, by letter."
    )

    _role_uniq = models.UniqueIndex(
        "(request_id, role)", "This acceptance has been asked for already."
    )
