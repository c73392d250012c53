import random
from datetime import timedelta

from odoo import models
from odoo.fields import Datetime

from ..engine import backoff
from ..engine.backoff import History
from ..engine.robots.outcome import DOWN, SAID, SENT, UNSURE, Outcome

#: Tries that a message remembers; the oldest go first.
REMEMBERED = 20


class OrderHubMessage(models.Model):
    """What came of sending, and what follows (``engine.backoff`` decides)."""

    _inherit = "order.hub.message"

    def _record(self, robot, outcome, now, parts=1):
        """Write what came of one request, and decide how it goes on.

        :param robot: that was to deliver it; empty for an e-mail
        :param outcome: ``engine.robots.Outcome``
        :param now: naive UTC
        :param parts: requests that the whole message takes
        """
        self.ensure_one()
        decision = backoff.decide(outcome, self._history(outcome, now), random.random)
        if robot:
            self._tell_robot(robot, outcome, decision, now)
        self._note_try(outcome, now)
        if decision.action == backoff.DONE:
            self._arrived(now, parts)
        elif decision.action == backoff.AGAIN:
            self._again(outcome, decision, now)
        elif decision.action == backoff.SHORTEN:
            self.write(
                {
                    "is_short": True,
                    "parts_done": 0,
                    "sending_since": False,
                    "next_try_at": now,
                }
            )
        else:
            self._go_elsewhere(_said(outcome), now)

    def _history(self, outcome, now):
        """Return what is known about the message, this try included."""
        return History(
            tries=self.attempts,
            unsure=self.unsure + (outcome.kind == UNSURE),
            age=(now - (self.due_at or now)).total_seconds(),
            is_urgent=self.severity == "critical",
            has_fallback=self._has_fallback(),
            was_shortened=self.is_short,
        )

    def _has_fallback(self):
        return bool(self._vals_of_other_way())

    def _tell_robot(self, robot, outcome, decision, now):
        """Let the robot's other messages wait too, and show what is broken."""
        pause = decision.pause or (decision.wait if decision.breaks else 0.0)
        if pause:
            robot._pause(now, pause)
        if decision.breaks:
            robot._break(outcome, now)
        elif outcome.kind == SENT:
            robot._works(now)

    def _arrived(self, now, parts):
        """One request was taken; the message is sent when it was the last one."""
        done = self.parts_done + 1
        vals = {"parts_done": done, "sending_since": False}
        if done >= parts:
            vals |= {"state": "sent", "sent_at": now, "next_try_at": False}
        else:  # the tries of the next part are counted anew
            vals |= {"next_try_at": now, "attempts": 0, "unsure": 0}
        self.write(vals)

    def _again(self, outcome, decision, now):
        self.write(
            {
                "state": "failed",
                "attempts": self.attempts if decision.counts else self.attempts - 1,
                "unsure": self.unsure + (outcome.kind == UNSURE),
                "sending_since": False,
                "next_try_at": now + timedelta(seconds=decision.wait),
            }
        )

    def _goes_on(self, now):
        """Decide what becomes of a message whose worker died while it was sending.

        Nobody knows whether it arrived: it is sent once more, and no oftener.

        :return: whether it is sent now
        """
        outcome = Outcome(UNSURE, "", self.env._("The worker stopped while sending."))
        history = self._history(outcome, now)
        decision = backoff.interrupted(history, random.random)
        self._note_try(outcome, now)
        if decision.action != backoff.AGAIN:
            self._go_elsewhere(_said(outcome), now)
            return False
        self.unsure = history.unsure
        return True

    def _failed_here(self, error, now):
        """Keep what went wrong in this database, and when it is tried again."""
        outcome = Outcome(DOWN, "", f"{type(error).__name__}: {error}"[:SAID])
        self.attempts += 1
        self._record(self.env["order.hub.robot"], outcome, now)

    def _note_try(self, outcome, now):
        """Remember a try: the proof of delivery, or the error."""
        row = {
            "at": Datetime.to_string(now),
            "by": self.robot_id.name or dict(self._fields["kind"].selection)[self.kind],
            "kind": outcome.kind,
            "code": outcome.code,
            "said": outcome.said,
        }
        tries = [*(self.tries or ()), row][-REMEMBERED:]
        self.write({"tries": tries, "answer": _said(outcome)})


def _said(outcome):
    """Return what stands in the list: kind, code and the platform's words."""
    return " ".join(filter(None, (outcome.kind, outcome.code, outcome.said)))
