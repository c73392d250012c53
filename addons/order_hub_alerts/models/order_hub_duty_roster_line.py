from odoo import fields, models


class OrderHubDutyRosterLine(models.Model):
    """One shift of a person: between two moments, or hours of a weekday."""

    _name = "order.hub.duty.roster.line"
    _description = "Duty Shift"
    _order = "roster_id, date_from, weekday, hour_from, id"
    _rec_name = "user_id"
    _check_company_auto = True

    roster_id = fields.Many2one(
        "order.hub.duty.roster", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="roster_id.company_id")
    user_id = fields.Many2one(
        "res.users", "Person", required=True, ondelete="cascade", check_company=True
    )
    kind = fields.Selection(
        [("weekly", "Every Week"), ("once", "Once")], default="weekly", required=True
    )
    weekday = fields.Selection(
        [
            ("0", "Monday"),
            ("1", "Tuesday"),
            ("2", "Wednesday"),
            ("3", "Thursday"),
            ("4", "Friday"),
            ("5", "Saturday"),
            ("6", "Sunday"),
        ],
    )
    hour_from = fields.Float("From")
    hour_to = fields.Float("To", help="Not after the beginning: on the next day.")
    date_from = fields.Datetime("Begins")
    date_to = fields.Datetime("Ends")
