from odoo import models
from odoo.tools import SQL


class OrderHubIndicatorMeasure(models.AbstractModel):
    """What customers answer when they are asked about a delivery."""

    _inherit = "order.hub.indicator.measure"

    def _answers_of(self, part, where):
        """Answers that came in the window, by sales team; each counts once."""
        return SQL(
            """SELECT period.company_id, draw.id AS res_id,
                      'crm.team,' || team.id AS dimension, %s AS label,
                      %s AS part, 1 AS whole
                 FROM period
                 JOIN order_hub_survey_draw draw
                      ON draw.company_id = period.company_id
                     AND draw.state = 'answered' AND %s
            LEFT JOIN crm_team team ON team.id = draw.team_id
                WHERE %s""",
            self._text(SQL("team.name")),
            part,
            self._in_period("draw.answered_at"),
            where,
        )

    def _rows_nps(self):
        """Promoters count 100, detractors -100: their mean is the score."""
        return self._answers_of(
            SQL(
                """CASE draw.nps_group WHEN 'promoter' THEN 100
                    WHEN 'detractor' THEN -100 ELSE 0 END"""
            ),
            SQL("draw.nps_group IS NOT NULL"),
        )

    def _rows_experience_index(self):
        return self._answers_of(SQL("draw.experience_index"), SQL("draw.has_index"))
