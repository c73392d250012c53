from odoo import fields, models


class OrderHubWarningMute(models.Model):
    """When a rule may see but not speak; what is still open then is told after it."""

    _name = "order.hub.warning.mute"
    _description = "Mute Time"
    _order = "rule_id, id"

    rule_id = fields.Many2one(
        "order.hub.warning.rule", required=True, ondelete="cascade", index=True
    )
    name = fields.Char("Why")
    mon = fields.Boolean("Monday", default=True)
    tue = fields.Boolean("Tuesday", default=True)
    wed = fields.Boolean("Wednesday", default=True)
    thu = fields.Boolean("Thursday", default=True)
    fri = fields.Boolean("Friday", default=True)
    sat = fields.Boolean("Saturday", default=True)
    sun = fields.Boolean("Sunday", default=True)
    hour_from = fields.Float("From")
    hour_to = fields.Float(
        "To", default=24.0, help="Not after the beginning: on the next day."
    )
    date_from = fields.Date("First Day")
    date_to = fields.Date("Last Day")
    is_public_holiday = fields.Boolean(
        "On Public Holidays Only", help="China's public holidays and days off."
    )
    is_outside_working_time = fields.Boolean("Outside of Working Time Only")
    calendar_id = fields.Many2one(
        "resource.calendar",
        "Working Time",
        ondelete="restrict",
        help="Empty: that of the company.",
    )
