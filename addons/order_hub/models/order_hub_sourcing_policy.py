from odoo import fields, models


class OrderHubSourcingPolicy(models.Model):
    _name = "order.hub.sourcing.policy"
    _description = "Sourcing Policy"

    name = fields.Char(required=True)
    company_id = fields.Many2one("res.company", required=True)
