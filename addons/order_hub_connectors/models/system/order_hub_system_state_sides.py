from datetime import timedelta

from odoo import models
from odoo.tools import format_datetime

from ...engine.system import RANK, Side, judge


class OrderHubSystemState(models.Model):
    """One last word, compared and put into a sentence."""

    _inherit = "order.hub.system.state"

    def _verdict(self, knows, now):
        self.ensure_one()
        order = self.order_id
        return judge(
            Side(order.hub_milestone or "", order.hub_stage_since or self.said_at),
            Side(self.milestone or "", self.said_at),
            knows,
            timedelta(hours=self.system_id.grace_hours),
            now,
            contradicted=self.agreement == "contradicts",
        )

    def _is_ahead(self):
        here = RANK.get(self.order_id.hub_milestone, -1)
        return RANK.get(self.milestone, -1) > here >= 0

    def _both_sides(self):
        """Return name and description of the problem of one order."""
        order = self.order_id
        names = ", ".join(self.system_id.mapped("name"))
        name = self.env._("%s says otherwise", names)
        here = self.env._(
            "Here: %(stage)s since %(moment)s.",
            stage=order.hub_stage_id.name,
            moment=self._moment(order.hub_stage_since),
        )
        there = [state._their_side() for state in self]
        todo = self.env._(
            "Find out which is right: take theirs or keep ours on the page Other "
            "Systems of the order."
        )
        return name, "\n".join([here, *there, todo])

    def _their_side(self):
        words = {
            "system": self.system_id.name,
            "word": self.word,
            "meaning": dict(self._fields["milestone"]._description_selection(self.env))[
                self.milestone
            ],
            "moment": self._moment(self.said_at),
            "reference": self.reference or "–",
        }
        return self.env._(
            "%(system)s: %(meaning)s (“%(word)s”, %(reference)s) since %(moment)s.",
            **words,
        )

    def _moment(self, moment):
        """Return a moment in the company's zone and language."""
        if not moment:
            return "–"
        zone = self.company_id[:1]._hub_time_zone()
        return format_datetime(
            self.env, moment, tz=str(zone), lang_code=self.env.lang or "en_US"
        )
