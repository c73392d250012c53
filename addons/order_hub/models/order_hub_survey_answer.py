from odoo import fields, models
from odoo.tools import formatLang

#: The questions, as ``engine.nps.QUESTIONS`` names them.
ROLES = [
    ("delivery", "On Time and Complete"),
    ("notice", "Kept Informed"),
    ("recommend", "Would Recommend Us"),
]


class OrderHubSurveyAnswer(models.Model):
    """The points of one of the three questions. Kept as they came."""

    _name = "order.hub.survey.answer"
    _description = "Survey Answer"
    _inherit = ["order.hub.append.only"]
    _created_through_orm = True
    _order = "draw_id desc, id"
    _rec_name = "question"

    draw_id = fields.Many2one(
        "order.hub.survey.draw", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="draw_id.company_id", store=True)
    order_id = fields.Many2one(related="draw_id.order_id")
    question = fields.Selection(ROLES, required=True, readonly=True)
    has_points = fields.Boolean(
        "Applies", readonly=True, help="Off: there was nothing to judge."
    )
    points = fields.Float(
        readonly=True, aggregator="avg", digits=(16, 2), help="0 to 10."
    )
    weight = fields.Float(
        readonly=True, aggregator=None, help="As it was when the answer came."
    )
    is_low = fields.Boolean("Low", readonly=True)

    def _append_only_message(self):
        return self.env._("Answers of customers are kept as they came.")

    def _words(self):
        """Return one line a question: what it is about and its points."""
        labels = dict(self._fields["question"]._description_selection(self.env))
        return [
            self.env._(
                "%(question)s: %(points)s of 10",
                question=labels[answer.question],
                points=formatLang(self.env, answer.points, digits=0),
            )
            for answer in self
            if answer.has_points
        ]
