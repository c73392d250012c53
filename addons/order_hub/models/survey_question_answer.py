from odoo import fields, models

from .order_hub_survey_draw_answer import NOTICES


class SurveyQuestionAnswer(models.Model):
    """A choice that says how soon the customer was told of a change."""

    _inherit = "survey.question.answer"

    hub_claim = fields.Selection(
        NOTICES,
        "Says the Customer Was Told",
        help="Set against the time at which messages were really sent. At once 10 "
        "points, the same day 7, later 3, not at all 0; nothing changed does not "
        "count.",
    )
