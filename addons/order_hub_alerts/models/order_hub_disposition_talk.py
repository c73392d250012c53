from odoo import fields, models

#: Characters of a card that a text for customers begins with.
MAX_STEPS = 3_000


class OrderHubDisposition(models.Model):
    """A text for customers that grows from a card."""

    _inherit = "order.hub.disposition"

    talk_track_id = fields.Many2one(
        "order.hub.talk.track",
        "Talk-Track",
        check_company=True,
        ondelete="set null",
        copy=False,
        help="What to tell customers whose order has this problem.",
    )

    def action_talk_track(self):
        """Open the text for customers of a card; begin one where there is none.

        :return: window action on ``order.hub.talk.track``
        :raise AccessError: for those who may not write such texts, or this card
        """
        self.ensure_one()
        if not self.talk_track_id:
            self.check_access("write")
            track = self.env["order.hub.talk.track"].create(self._talk_track_values())
            self.talk_track_id = track
        return {
            "type": "ir.actions.act_window",
            "res_model": "order.hub.talk.track",
            "res_id": self.talk_track_id.id,
            "views": [(False, "form")],
        }

    def _talk_track_values(self):
        """Return a text to begin with: what happened, what is done, the new date."""
        return {
            "name": self.name,
            "company_id": self.company_id.id,
            "body": self.env._(
                "Dear {{ contact ||| customer }},\n\n"
                "about your order {{ order }}: %(problem)s.\n\n"
                "What we are doing about it:\n%(steps)s\n\n"
                "You get your goods on {{ new_date ||| a day that we confirm soon }}."
                "\n\n{{ salesperson }}\n{{ company }}",
                problem=self._as_words(self.name),
                steps=self._as_words(self.steps[:MAX_STEPS]),
            ),
        }

    def _as_words(self, text):
        """Return a text in which nothing is taken for a fact."""
        return text.replace("{{", "{").replace("}}", "}")
