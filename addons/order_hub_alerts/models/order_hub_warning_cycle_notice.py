from collections import defaultdict

from odoo import models

from ..engine.digest import Notice
from ..engine.hysteresis import Limits


class OrderHubWarningCycle(models.AbstractModel):
    """From warnings that are due to what each person is told."""

    _inherit = "order.hub.warning.cycle"

    def _send(self, spoken, now):
        """Hand the notices over; which messages they become is decided there."""
        Message = self.env.get("order.hub.message")
        if Message is None:
            return
        notices = self._notices(spoken, now)
        if notices:
            Message.sudo()._tell(notices, now)

    def _notices(self, spoken, now):
        """Return one notice for each warning, channel and person.

        :return: list of ``engine.digest.Notice``
        """
        told = self._told_to(spoken, now)
        rows = {one.row.id: one for one in spoken if told.get(one.row.id)}
        words = self._words(rows, told)
        return [
            Notice(
                id=id_,
                channel=channel,
                recipient=recipient,
                rule=rows[id_].row.rule_id,
                rule_name=words[lang]["rules"][rows[id_].row.rule_id],
                severity=rows[id_].severity,
                subject=words[lang]["subjects"][id_],
                figures=words[lang]["figures"][id_],
                excess=words["excess"][id_],
            )
            for id_, people in told.items()
            for channel, recipient, lang in people
        ]

    # === WHO === #

    def _told_to(self, spoken, now):
        """Return ``{warning id: {(channel, recipient, language)}}``."""
        told = defaultdict(set)
        for recipients, ids in self._by_recipients(spoken):
            warnings = self.env["order.hub.warning"].browse(ids)
            recipients = recipients.with_context(hub_now=now)
            for channel, rows in recipients.grouped("channel").items():
                for id_, users in rows._people(warnings).items():
                    told[id_] |= {
                        (channel, str(user.id), user.lang or "en_US") for user in users
                    }
            for id_, robots in recipients._robots(warnings).items():
                told[id_] |= {(f"robot,{robot}", "", "") for robot in robots}
        return told

    def _by_recipients(self, spoken):
        """Return pairs of recipients and ids of the warnings they are told of."""
        found = defaultdict(list)
        for one in spoken:
            steps = tuple(step.id for step in one.notice.steps)
            found[one.row.rule_id, one.notice.is_first, steps].append(one.row.id)
        rules = self._rules({rule for rule, _first, _steps in found})
        Step = self.env["order.hub.warning.escalation"]
        return [
            (
                rules[rule].recipient_ids
                if first
                else Step.browse(steps).recipient_ids,
                ids,
            )
            for (rule, first, steps), ids in found.items()
        ]

    # === WHAT === #

    def _words(self, rows, told):
        """Return names, subjects and figures by language, and the excess of each."""
        langs = {lang for people in told.values() for _c, _r, lang in people}
        due = [one.row for one in rows.values()]
        return {
            "excess": self._excesses(due),
            **{lang: self._words_in(lang, due) for lang in langs},
        }

    def _words_in(self, lang, due):
        Warning_ = self.env["order.hub.warning"].with_context(lang=lang or None)
        rules = self._rules({row.rule_id for row in due})
        kinds = {id_: rule.kind for id_, rule in rules.items()}
        return {
            "rules": {
                id_: rule.with_context(lang=lang or None).name
                for id_, rule in rules.items()
            },
            "subjects": Warning_._subjects(
                [(row.id, row.res_model, row.res_id) for row in due]
            ),
            "figures": Warning_._figure_texts(
                [
                    (row.id, kinds[row.rule_id], row.value, row.threshold, row.figures)
                    for row in due
                ]
            ),
        }

    def _excesses(self, due):
        """Return how far beyond its limit each warning is: 1.0 at the limit."""
        rules = self._rules({row.rule_id for row in due})
        directions = {id_: rule._direction() for id_, rule in rules.items()}
        return {
            row.id: 1.0
            if row.value is None or row.threshold is None
            else Limits(row.threshold, direction=directions[row.rule_id]).excess(
                row.value
            )
            for row in due
        }
