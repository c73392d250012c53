from odoo import api, fields, models


class OrderHubReconciliationTotal(models.Model):
    """Counts and money of one currency, there and here."""

    _name = "order.hub.reconciliation.total"
    _description = "Total of a Reconciliation"
    _order = "currency, id"
    _rec_name = "currency"
    _log_access = False

    reconciliation_id = fields.Many2one(
        "order.hub.reconciliation",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    currency = fields.Char(required=True, readonly=True)
    count_there = fields.Integer("Orders There", readonly=True)
    count_here = fields.Integer("Orders Here", readonly=True)
    amount_there = fields.Float("There", readonly=True, digits=(16, 2))
    amount_here = fields.Float("Here", readonly=True, digits=(16, 2))
    difference = fields.Float(compute="_compute_difference", digits=(16, 2))

    @api.depends("amount_there", "amount_here")
    def _compute_difference(self):
        for row in self:
            row.difference = row.amount_here - row.amount_there
