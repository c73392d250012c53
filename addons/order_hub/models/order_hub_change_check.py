from odoo import fields, models

from ..const import CHANGE_CHECKS, CHECK_RESULTS


class OrderHubChangeCheck(models.Model):
    """One thing looked at before an order is changed, with the figures used."""

    _name = "order.hub.change.check"
    _description = "Check of a Customer Change"
    _order = "request_id, sequence, id"

    request_id = fields.Many2one(
        "order.hub.change.request", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="request_id.company_id", store=True, index=True
    )
    sequence = fields.Integer(readonly=True)
    kind = fields.Selection(CHANGE_CHECKS, required=True, readonly=True)
    result = fields.Selection(CHECK_RESULTS, required=True, readonly=True)
    code = fields.Char(required=True, readonly=True)
    figures = fields.Json(readonly=True)
