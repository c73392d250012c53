from odoo import fields, models


class OrderHubWarningRule(models.Model):
    _inherit = "order.hub.warning.rule"

    action_ids = fields.One2many(
        "order.hub.warning.action", "rule_id", "Actions", copy=True
    )


class OrderHubWarning(models.Model):
    _inherit = "order.hub.warning"

    action_run_ids = fields.One2many(
        "order.hub.warning.action.run", "warning_id", "Actions Done", readonly=True
    )
