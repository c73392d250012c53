from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..engine import bucket
from ..engine.digest_kept import dump, load, merge
from ..engine.job import Job
from ..engine.robots import Letter
from ..engine.robots.outcome import ADDRESS, SECRET, Outcome
from .order_hub_message_tell import _key

#: Messages that are looked at at once; more than any robot may say in an hour.
MOST_WAITING = 2_000


class OrderHubMessage(models.Model):
    """Messages to group chats: as fast as the robot may talk, and no faster."""

    _inherit = "order.hub.message"

    def _claim_of_robot(self, robot_id, now):
        """Take the next message of a robot, if it may talk.

        :return: job or ``None``, and seconds to wait
        """
        pace = self.env["order.hub.robot.pace"]
        robot = self.env["order.hub.robot"].browse(robot_id)
        is_locked, state = pace._lock(robot)
        if not is_locked:  # another worker has it talk right now
            return None, None
        if robot._turns_away(robot.company_id):
            return None, self._turn_away(robot, now)
        wait = bucket.wait(state, robot._limits(), now)
        if wait:
            return None, wait
        self._put_together(robot, bucket.soon(state, robot._limits(), now), now)
        message = self._next(SQL("robot_id = %s", robot_id), now)
        if not message:
            return None, None
        job = message._job(now)
        if job:
            pace._keep(robot, bucket.take(state, robot._limits(), now).state)
        return job, 0.0

    def _job(self, now):
        """Return the job of sending the next part, or ``None``: it went elsewhere."""
        if self.sending_since and not self._goes_on(now):
            return None
        try:
            engine = self.robot_id._engine()
        except UserError as error:
            self._lease(now)
            self._record(
                self.robot_id, Outcome(_missing(self.robot_id), "", str(error)), now
            )
            return None
        letters = self._letters(engine)
        letter = letters[min(self.parts_done, len(letters) - 1)]
        self._lease(now)
        message, robot, parts = self, self.robot_id, len(letters)
        return Job(
            send=lambda at: engine.send(letter, at),
            record=lambda outcome, at: message._record(robot, outcome, at, parts),
        )

    def _letters(self, engine):
        """Return the requests that the message takes (``engine.robots.Letter``)."""
        account = self.env["order.hub.robot.account"]
        robot = self.robot_id
        called = account._mentions(self.user_ids, robot.platform)
        letter = Letter(
            subject=self.subject,
            body=self.body or "",
            mentions=called if robot.is_calling else (),
            severity=self.severity,
            key=self.key,
        )
        if not self.is_short:
            return engine.fit(letter)
        return engine.fit(engine.shortened(engine.fit(letter, 1)[0]), 1)

    # === TOO MANY === #

    def _put_together(self, robot, room, now):
        """Have what cannot go within a minute told by one message.

        The gravest go as they are; those that have begun to be sent too.

        :param room: messages that can go within a minute
        """
        waiting = self._count_due(robot, now)
        if waiting <= room:
            return
        rows = self._next(SQL("robot_id = %s", robot.id), now, MOST_WAITING)
        rest = rows[max(room - 1, 0) :].filtered(
            lambda row: row.digest and not row.sending_since and not row.parts_done
        )
        if len(rest) > 1:
            rest._told_together(robot, now)

    def _count_due(self, robot, now):
        self.flush_model()
        [[count]] = self.env.execute_query(
            SQL(
                """SELECT count(*) FROM order_hub_message
                    WHERE robot_id = %s AND next_try_at <= %s
                      AND state IN ('waiting', 'failed')""",
                robot.id,
                now,
            )
        )
        return count

    def _told_together(self, robot, now):
        """Tell several messages of a robot by one."""
        whole = merge([load(row.digest) for row in self])
        lang = robot.lang or self.env.lang
        subject, body = self._words_of(whole, lang, self._rules_of([whole]))
        companies = self.company_id
        made = self._write_down(
            [
                self._row(
                    key=_key(now, whole),
                    kind="robot",
                    subject=subject,
                    body=body,
                    users=self._called(whole, self._facts(_shown(whole))),
                    robot=robot,
                    company=companies if len(companies) == 1 else robot.company_id,
                    severity=whole.severity,
                    warnings=whole.ids,
                    digest=dump(whole),
                )
            ],
            now,
        )
        if not made:
            return
        made.due_at = min(self.mapped("due_at"))
        self.write({"state": "digested", "digest_id": made.id, "next_try_at": False})

    # === ANOTHER WAY === #

    def _turn_away(self, robot, now):
        """Send what waits for a robot that is off or broken another way, or nowhere.

        :return: seconds to wait: something may be due another way now
        """
        rows = self._next(SQL("robot_id = %s", robot.id), now, MOST_WAITING)
        robot_says = (
            robot.reason
            if robot.is_active
            else self.env._("%s is not in use.", robot.name)
        )
        for row in rows:
            row._go_elsewhere(robot_says or "", now)
        return 0.0 if rows else None

    def _go_elsewhere(self, answer, now):
        """Take the fallback of the robot, else give the message up."""
        robot = self.robot_id
        vals = self._vals_of_other_way()
        if not vals:
            self.write({"state": "given_up", "sending_since": False, "answer": answer})
            robot._tell_given_up(answer)
            return
        self.write(
            {
                **vals,
                "first_robot_id": self.first_robot_id.id or robot.id,
                "state": "waiting",
                "attempts": 0,
                "unsure": 0,
                "parts_done": 0,
                "is_short": False,
                "sending_since": False,
                "answer": answer,
                "next_try_at": now,
                "due_at": now,
            }
        )

    def _vals_of_other_way(self):
        """Return what to write so that the message takes another way, if any."""
        if self.robot_id:
            return self.robot_id._other_way(self.company_id)
        # An e-mail that does not get through is in the inbox at least.
        return {"kind": "inbox"} if self.kind == "mail" and self.user_ids else {}


def _missing(robot):
    """Return which setting is to be entered again."""
    return SECRET if robot.sudo().address_sealed else ADDRESS


def _shown(row):
    return [notice for section in row.sections for notice in section.shown]
