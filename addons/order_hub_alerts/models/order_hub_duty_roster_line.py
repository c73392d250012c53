from datetime import timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine import calendars


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
        [("weekly", "Every Week"), ("once", "Once")],
        "How Often",
        default="weekly",
        required=True,
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

    @api.constrains("kind", "weekday", "hour_from", "hour_to", "date_from", "date_to")
    def _check_times(self):
        for line in self:
            if line.kind == "weekly":
                fits = 0 <= line.hour_from < 24 and 0 <= line.hour_to <= 24
                if not line.weekday or not fits:
                    raise ValidationError(
                        self.env._(
                            "A weekly shift of %(user)s needs a weekday, and hours "
                            "between 0:00 and 24:00.",
                            user=line.user_id.name,
                        )
                    )
            elif not (line.date_from and line.date_to) or (
                line.date_from >= line.date_to
            ):
                raise ValidationError(
                    self.env._(
                        "A shift of %(user)s needs a beginning, and an end after it.",
                        user=line.user_id.name,
                    )
                )

    def _covers(self, now):
        """Tell whether a moment (naive UTC) lies in the shift; its end does not."""
        self.ensure_one()
        if self.kind == "once":
            return self.date_from <= now < self.date_to
        zone, moment = ZoneInfo(self.roster_id.tz), calendars.aware(now)
        slot = calendars.Slot(int(self.weekday), self.hour_from, self.hour_to)
        span = (moment - timedelta(days=1), moment + timedelta(days=1))
        intervals = calendars.weekly([slot], zone, *span)
        return any(start <= moment < stop for start, stop in intervals)
