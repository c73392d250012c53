from odoo import fields, models

from odoo.addons.base.models.res_partner import _tz_get


class OrderHubDutyRoster(models.Model):
    """Who is on duty when: warnings go to whoever is there."""

    _name = "order.hub.duty.roster"
    _description = "Duty Roster"
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self.env.company,
    )
    tz = fields.Selection(
        _tz_get,
        "Time Zone",
        required=True,
        default=lambda self: (
            self.env.company.resource_calendar_id.tz or self.env.user.tz or "UTC"
        ),
    )
    line_ids = fields.One2many(
        "order.hub.duty.roster.line", "roster_id", "Shifts", copy=True
    )
    fallback_user_id = fields.Many2one(
        "res.users",
        "If Nobody Is",
        check_company=True,
        help="Who is told when no shift covers the moment.",
    )

    def _on_duty(self, now):
        """Return who is on duty at a moment; shifts of one day come before a week's.

        :param now: naive UTC
        :return: ``res.users``
        """
        self.ensure_one()
        there = self.line_ids.filtered(lambda line: line._covers(now))
        once = there.filtered(lambda line: line.kind == "once")
        return (once or there).user_id or self.fallback_user_id
