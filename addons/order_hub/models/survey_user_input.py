from odoo import models

from ..engine import notice, nps


class SurveyUserInput(models.Model):
    """A sheet that belongs to a finished order."""

    _inherit = "survey.user_input"

    def _mark_done(self):
        """Hand over to the order what a customer has sent off."""
        result = super()._mark_done()
        Draw = self.env["order.hub.survey.draw"].sudo()
        if self.env["order.hub.survey.scheme"]._is_used():
            Draw._take_answers(self.filtered(lambda sheet: not sheet.test_entry))
        return result

    def _hub_draw(self):
        """Return the surveyed order that a sheet belongs to, if any (sudo)."""
        if not self or not self.env["order.hub.survey.scheme"]._is_used():
            return self.env["order.hub.survey.draw"].sudo()
        return (
            self.env["order.hub.survey.draw"]
            .sudo()
            .search([("input_id", "in", self.ids)])
        )


class SurveyUserInputLine(models.Model):
    """The answers on a sheet, as points, claim and words."""

    _inherit = "survey.user_input.line"

    def _hub_points(self):
        """Return ``{question: points}`` of the answers that count.

        ``None``: the customer says there was nothing to judge. What is not among the
        answers offered is left out.
        """
        points = {}
        for line in self.filtered(lambda line: not line.skipped):
            question = line.question_id
            if not question.hub_role or line.answer_type not in ("scale", "suggestion"):
                continue
            if line.answer_type == "scale":
                value = nps.scaled(
                    line.value_scale, question.scale_min, question.scale_max
                )
                if value is not None:
                    points[question.hub_role] = value
            elif claim := line._hub_own_claim():
                points[question.hub_role] = notice.POINTS[claim]
        return points

    def _hub_own_claim(self):
        """Return what a choice says, if it is one of its own question."""
        choice = self.suggested_answer_id
        return choice.question_id == self.question_id and choice.hub_claim

    def _hub_claim(self):
        """Return how soon the customer says to have been told, or False."""
        for line in self:
            if line.question_id.hub_role == "notice" and line.suggested_answer_id:
                return line._hub_own_claim()
        return False

    def _hub_comment(self):
        """Return what the customer wrote, or False."""
        words = [
            text.strip()
            for line in self
            for text in (line.value_char_box, line.value_text_box)
            if text and text.strip()
        ]
        return "\n".join(words) or False
