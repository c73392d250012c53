from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine import nps
from .order_hub_survey_answer import ROLES


class SurveyQuestion(models.Model):
    """A question that the experience index is reckoned from."""

    _inherit = "survey.question"

    hub_role = fields.Selection(
        ROLES,
        "Counts As",
        help="What this question says of an order. A scale gives its points; choices "
        "give those of what they say about being told of changes.",
    )

    @api.constrains("hub_role", "question_type")
    def _check_hub_role(self):
        for question in self.filtered("hub_role"):
            if question.question_type == "scale":
                continue
            if question.question_type == "simple_choice" and (
                question.hub_role == "notice"
            ):
                continue
            raise ValidationError(
                self.env._(
                    "“%(title)s” counts for the index: make it a scale, or, for being "
                    "kept informed, a choice of one answer.",
                    title=question.title,
                )
            )

    def validate_question(self, answer, comment=None):
        """Refuse what is not among the answers of a question that counts.

        The survey's own page offers only what there is; this is for the others.
        """
        errors = super().validate_question(answer, comment)
        if errors or not self.hub_role or self._hub_is_offered(answer):
            return errors
        return {self.id: self.env._("Please choose one of the answers.")}

    def _hub_is_offered(self, answer):
        """Tell whether an answer, as the page sends it, is one of those offered."""
        self.ensure_one()
        given = answer if isinstance(answer, list) else [answer]
        try:
            [value] = [int(each) for each in given if each not in (None, False, "")]
        except (TypeError, ValueError):
            return False
        if self.question_type == "scale":
            return nps.scaled(value, self.scale_min, self.scale_max) is not None
        return value in self.suggested_answer_ids.ids
