from odoo import fields, models
from odoo.tools import SQL

from .order_hub_survey_draw import STATES
from .order_hub_survey_draw_answer import NOTICES, VERDICTS


class OrderHubSurveyReport(models.Model):
    """One row an order that was asked about, to be split in any way.

    Figures that are not there are NULL, so that a mean leaves them out: the mean of
    the index is the index of whatever is looked at, the mean of 100, 0 and -100 its
    net promoter score.
    """

    _name = "order.hub.survey.report"
    _description = "Survey Analysis"
    _auto = False
    _order = "month desc, id desc"
    _rec_name = "order_id"
    _depends = {
        "order.hub.survey.draw": [
            "round_id",
            "company_id",
            "order_id",
            "partner_id",
            "team_id",
            "categ_id",
            "state",
            "sent_at",
            "has_index",
            "experience_index",
            "nps_group",
            "notice_claim",
            "notice_fact",
            "notice_verdict",
            "notice_hours",
            "is_contradiction",
        ],
        "order.hub.survey.round": ["month"],
        "order.hub.survey.answer": ["draw_id", "question", "has_points", "points"],
    }

    month = fields.Date(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    order_id = fields.Many2one("sale.order", readonly=True)
    partner_id = fields.Many2one("res.partner", "Contact", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    categ_id = fields.Many2one("product.category", "Product Line", readonly=True)
    state = fields.Selection(STATES, readonly=True)
    asked_count = fields.Integer("Asked", readonly=True)
    answered_count = fields.Integer("Answered", readonly=True)
    answer_rate = fields.Float("Answered (%)", readonly=True, aggregator="avg")
    experience_index = fields.Float("Index", readonly=True, aggregator="avg")
    nps = fields.Float("NPS", readonly=True, aggregator="avg")
    delivery_points = fields.Float(
        "On Time and Complete", readonly=True, aggregator="avg"
    )
    notice_points = fields.Float("Kept Informed", readonly=True, aggregator="avg")
    recommend_points = fields.Float(
        "Would Recommend Us", readonly=True, aggregator="avg"
    )
    notice_hours = fields.Float("Hours until Told", readonly=True, aggregator="avg")
    notice_claim = fields.Selection(NOTICES, "Told: Customer", readonly=True)
    notice_fact = fields.Selection(NOTICES, "Told: Hub", readonly=True)
    notice_verdict = fields.Selection(VERDICTS, "Compared", readonly=True)
    contradiction_count = fields.Integer("Contradictions", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """SELECT draw.id, month.month, draw.company_id, draw.order_id,
                      draw.partner_id, draw.team_id, draw.categ_id, draw.state,
                      1 AS asked_count,
                      (draw.state = 'answered')::int AS answered_count,
                      100.0 * (draw.state = 'answered')::int AS answer_rate,
                      CASE WHEN draw.has_index THEN draw.experience_index END
                          AS experience_index,
                      CASE draw.nps_group WHEN 'promoter' THEN 100
                          WHEN 'passive' THEN 0 WHEN 'detractor' THEN -100 END AS nps,
                      points.delivery AS delivery_points,
                      points.notice AS notice_points,
                      points.recommend AS recommend_points,
                      CASE WHEN draw.told_at IS NOT NULL THEN draw.notice_hours END
                          AS notice_hours,
                      draw.notice_claim, draw.notice_fact, draw.notice_verdict,
                      COALESCE(draw.is_contradiction, false)::int
                          AS contradiction_count
                 FROM order_hub_survey_draw draw
                 JOIN order_hub_survey_round month ON month.id = draw.round_id
            LEFT JOIN (
                 SELECT draw_id,
                        max(points) FILTER (WHERE question = 'delivery') AS delivery,
                        max(points) FILTER (WHERE question = 'notice') AS notice,
                        max(points) FILTER (WHERE question = 'recommend') AS recommend
                   FROM order_hub_survey_answer WHERE has_points
               GROUP BY draw_id) points ON points.draw_id = draw.id
                WHERE draw.sent_at IS NOT NULL"""
        )
