from odoo import fields, models
from odoo.tools import SQL

from ..engine.nps import Z95

SPLITS = [
    ("total", "Whole Company"),
    ("team", "Sales Team"),
    ("line", "Product Line"),
]


class OrderHubSurveyMonth(models.Model):
    """Index and net promoter score of a month: whole, by team, by product line.

    The interval is that of ``engine.nps.score``, in SQL.
    """

    _name = "order.hub.survey.month"
    _description = "Monthly Index"
    _auto = False
    _order = "month desc, company_id, split desc, asked_count desc, id"
    _rec_name = "month"
    _depends = {
        "order.hub.survey.draw": [
            "round_id",
            "company_id",
            "team_id",
            "categ_id",
            "state",
            "sent_at",
            "has_index",
            "experience_index",
            "nps_group",
        ],
        "order.hub.survey.round": ["month"],
    }

    month = fields.Date(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    split = fields.Selection(SPLITS, "Of", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    categ_id = fields.Many2one("product.category", "Product Line", readonly=True)
    asked_count = fields.Integer("Asked", readonly=True)
    answered_count = fields.Integer("Answered", readonly=True)
    experience_index = fields.Float("Index", readonly=True, aggregator=None)
    nps = fields.Float("NPS", readonly=True, aggregator=None)
    nps_low = fields.Float("NPS from (95 %)", readonly=True, aggregator=None)
    nps_high = fields.Float("NPS to (95 %)", readonly=True, aggregator=None)

    @property
    def _table_query(self):
        return SQL(
            """WITH asked AS (
                SELECT month.month, draw.company_id,
                       COALESCE(draw.team_id, 0) AS team,
                       COALESCE(draw.categ_id, 0) AS line, draw.state,
                       CASE WHEN draw.has_index THEN draw.experience_index END AS index,
                       draw.nps_group
                  FROM order_hub_survey_draw draw
                  JOIN order_hub_survey_round month ON month.id = draw.round_id
                 WHERE draw.sent_at IS NOT NULL),
            counted AS (
                SELECT month, company_id, team, line,
                       grouping(team) AS no_team, grouping(line) AS no_line,
                       count(*) AS asked,
                       count(*) FILTER (WHERE state = 'answered') AS answered,
                       avg(index) AS index,
                       count(*) FILTER (WHERE nps_group = 'promoter')::float AS up,
                       count(*) FILTER (WHERE nps_group = 'detractor')::float AS down,
                       count(nps_group)::float AS size
                  FROM asked
              GROUP BY month, company_id,
                       GROUPING SETS ((), (team), (line))),
            interval AS (
                SELECT *, (up - down) / (size + 3) AS middle,
                       %(z)s * sqrt(((up + down + 1.5) / (size + 3)
                           - power((up - down) / (size + 3), 2)) / (size + 3)) AS margin
                  FROM counted)
            SELECT row_number() OVER (
                       ORDER BY company_id, month, no_team, no_line, team, line) AS id,
                   month, company_id,
                   CASE WHEN no_team = 0 THEN 'team' WHEN no_line = 0 THEN 'line'
                        ELSE 'total' END AS split,
                   NULLIF(team, 0) AS team_id, NULLIF(line, 0) AS categ_id,
                   asked AS asked_count, answered AS answered_count,
                   index AS experience_index,
                   100 * (up - down) / NULLIF(size, 0) AS nps,
                   CASE WHEN size > 0
                        THEN greatest(-100, 100 * (middle - margin)) END AS nps_low,
                   CASE WHEN size > 0
                        THEN least(100, 100 * (middle + margin)) END AS nps_high
              FROM interval""",
            z=Z95,
        )
