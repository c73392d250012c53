from odoo.tests import tagged

from odoo.addons.order_hub.tests.survey_common import SurveyCommon

from .indicator_common import NOW, IndicatorCommon, at


@tagged("post_install", "-at_install")
class TestIndicatorsSurvey(IndicatorCommon, SurveyCommon):
    """Index and net promoter score as the dashboard shows them."""

    def _answers(self, marks_by_team):
        """Answers by team: pairs of delivery and recommendation."""
        for team, marks in marks_by_team.items():
            self._finished(len(marks), at=at(2), team_id=team.id)
        draws = self._ask(at(4))
        for team, marks in marks_by_team.items():
            own = draws.filtered(lambda draw, team=team: draw.team_id == team)
            for draw, (delivery, recommend) in zip(own, marks, strict=True):
                self._answer(draw, delivery, "at_once", recommend)
        self._set(draws, answered_at=at(6))
        return draws

    def test_index_and_score_are_means_of_the_answers_by_team(self):
        north, south = self.env["crm.team"].create(
            [{"name": "North"}, {"name": "South"}]
        )
        self._answers({north: [(10, 10), (5, 0)], south: [(10, 9), (10, 8)]})
        self._assert_figure("nps", 100 * (2 - 1) / 4, 4)
        self._assert_split("nps", {"North": 0.0, "South": 50.0})
        indexes = (100, 20 + 30, 40 + 30 + 27, 40 + 30 + 24)
        self._assert_figure("experience_index", sum(indexes) / 4, 4)

    def test_answers_before_the_window_do_not_count(self):
        team = self.env["crm.team"].create({"name": "North"})
        draws = self._answers({team: [(1, 1)]})
        self._set(draws, answered_at=NOW.replace(month=1))
        self._assert_figure("nps", None, 0)
        self._assert_figure("experience_index", None, 0)
