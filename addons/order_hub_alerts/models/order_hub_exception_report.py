from odoo import fields, models
from odoo.tools import SQL

#: Kinds are ranked by what happened in so many days.
RANKED_DAYS = 30


class OrderHubExceptionReport(models.Model):
    """Exceptions to be counted: by kind, salesperson, hour of the day, stage …

    Hours and days are those of the company's calendar.
    """

    _name = "order.hub.exception.report"
    _description = "Exceptions TOP 10"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "exception_id"

    exception_id = fields.Many2one("order.hub.exception", readonly=True)
    order_id = fields.Many2one("sale.order", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    kind_id = fields.Many2one("order.hub.exception.kind", readonly=True)
    kind_rank = fields.Integer(
        "Rank of the Kind",
        readonly=True,
        aggregator="min",
        help="1 is the kind that came up most in the last 30 days.",
    )
    state = fields.Selection(
        [("open", "Open"), ("solved", "Solved"), ("dropped", "Dropped")], readonly=True
    )
    is_blocking = fields.Boolean("Stops the Order", readonly=True)
    is_automatic = fields.Boolean("Found by the Hub", readonly=True)
    owner_id = fields.Many2one("res.users", readonly=True)
    salesperson_id = fields.Many2one("res.users", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    order_type_id = fields.Many2one("order.hub.order.type", readonly=True)
    stage_id = fields.Many2one("order.hub.stage", readonly=True)
    date = fields.Datetime("Began On", readonly=True)
    day = fields.Date(readonly=True)
    hour = fields.Selection(
        [(f"{hour:02d}", f"{hour:02d}:00") for hour in range(24)],
        "Hour of the Day",
        readonly=True,
    )
    weekday = fields.Selection(
        [
            ("1", "Monday"),
            ("2", "Tuesday"),
            ("3", "Wednesday"),
            ("4", "Thursday"),
            ("5", "Friday"),
            ("6", "Saturday"),
            ("7", "Sunday"),
        ],
        readonly=True,
    )
    hours = fields.Float("Hours to Solve", readonly=True, aggregator="avg")

    @property
    def _table_query(self):
        """One row an exception; the rank of its kind is that of its company."""
        return SQL(
            """SELECT problem.id, problem.id AS exception_id, problem.order_id,
                      problem.company_id, problem.kind_id, ranked.kind_rank,
                      problem.state, problem.is_blocking, problem.is_automatic,
                      problem.owner_id, o.user_id AS salesperson_id, o.team_id,
                      o.partner_id, o.hub_order_type_id AS order_type_id,
                      o.hub_stage_id AS stage_id, problem.create_date AS date,
                      local.moment::date AS day,
                      to_char(local.moment, 'HH24') AS hour,
                      to_char(local.moment, 'ID') AS weekday,
                      extract(epoch FROM problem.solved_date - problem.create_date)
                      / 3600 AS hours
                 FROM order_hub_exception problem
                 JOIN sale_order o ON o.id = problem.order_id
                 JOIN res_company company ON company.id = problem.company_id
                 JOIN res_partner partner ON partner.id = company.partner_id
            LEFT JOIN resource_calendar calendar
                      ON calendar.id = company.resource_calendar_id
           CROSS JOIN LATERAL (
                      SELECT problem.create_date AT TIME ZONE 'UTC'
                             AT TIME ZONE COALESCE(
                                 calendar.tz, partner.tz, 'UTC') AS moment) local
            LEFT JOIN (SELECT company_id, kind_id,
                              rank() OVER (PARTITION BY company_id
                                           ORDER BY count(*) DESC) AS kind_rank
                         FROM order_hub_exception
                        WHERE create_date >= (now() AT TIME ZONE 'UTC')
                                             - %s * interval '1 day'
                     GROUP BY company_id, kind_id) ranked
                      ON ranked.company_id = problem.company_id
                     AND ranked.kind_id = problem.kind_id""",
            RANKED_DAYS,
        )

    def action_open_exception(self):
        """Open the exception itself."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "order.hub.exception",
            "res_id": self.exception_id.id,
            "views": [(False, "form")],
        }
