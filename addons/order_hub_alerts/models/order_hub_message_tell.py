import base64
import hashlib
from dataclasses import replace
from uuid import uuid4

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine import digest as digests
from ..engine.digest_kept import dump
from .order_hub_message import RANKS

#: Letters of a key: sixty bits, short enough to be read aloud.
KEY_LETTERS = 12
#: People who are called by one message to a group chat.
MAX_CALLED = 20


class OrderHubMessage(models.Model):
    """What there is to say: many warnings, few messages."""

    _inherit = "order.hub.message"

    @api.model
    def _tell(self, notices, now):
        """Keep the messages for a heap of warnings; few statements for all.

        At most 50 messages, more only where there are more channels than that. Saying
        the same twice at one moment is saying it once.

        :param notices: ``engine.digest.Notice``; ``channel`` is ``inbox``,
            ``activity`` or ``mail`` with the id of a user as ``recipient``, or
            ``robot,<id>`` with an empty one
        :param now: naive UTC
        :return: the new messages
        """
        facts = self._facts(notices)
        planned = digests.plan(self._allowed(notices, facts))
        rules = self._rules_of(planned)
        rows = [self._told(row, facts, rules, now) for row in planned]
        return self._write_down(rows, now)

    @api.model
    def _post(self, rows, now):
        """Keep messages that are no digest of warnings.

        :param rows: dicts with ``key`` (unique for ever: a second one is left out),
            ``kind``, ``subject``, ``body`` (markdown); and as needed ``users``
            (``res.users``), ``robot``, ``company``, ``severity``, ``warnings`` (ids)
        :param now: naive UTC
        :return: the new messages
        """
        return self._write_down([self._row(**row) for row in rows], now)

    def _keep_test(self, robot, outcome, now):
        """Keep what came of a test message.

        :param outcome: ``engine.robots.Outcome``
        """
        key = f"TEST-{uuid4().hex[:KEY_LETTERS]}"
        row = self._row(key, "robot", self.env._("Test message"), robot=robot)
        made = self._write_down([row], now)
        made._note_try(outcome, now)
        made.write(
            {
                "is_test": True,
                "company_id": robot.company_id.id,
                "attempts": 1,
                "state": "sent" if outcome.is_sent else "given_up",
                "sent_at": now if outcome.is_sent else False,
                "next_try_at": False,
            }
        )

    # === WHO MAY BE TOLD WHAT === #

    def _facts(self, notices):
        """Return ``{warning id: (company id, id of who has it)}``, one query."""
        ids = tuple({notice.id for notice in notices})
        if not ids:
            return {}
        self.env["order.hub.warning"].flush_model(["company_id", "user_id", "order_id"])
        self.env["sale.order"].flush_model(["hub_owner_id", "user_id"])
        rows = self.env.execute_query(
            SQL(
                """SELECT w.id, w.company_id,
                          COALESCE(w.user_id, o.hub_owner_id, o.user_id)
                     FROM order_hub_warning w
                LEFT JOIN sale_order o ON o.id = w.order_id
                    WHERE w.id IN %s""",
                ids,
            )
        )
        return {id_: (company, user) for id_, company, user in rows}

    def _allowed(self, notices, facts):
        """Leave out what somebody must not hear; who has no e-mail uses the inbox."""
        ids = {int(n.recipient) for n in notices if n.recipient.isdigit()}
        users = self.env["res.users"].sudo().browse(ids).exists()
        users.mapped("lang")  # of all of them at once, for the words later
        users = {u.id: u for u in users if u.active and not u.share}
        robots = {robot.id: robot for robot in self._robots_of(notices)}
        return [
            allowed
            for notice in notices
            if (allowed := self._checked(notice, facts, users, robots))
        ]

    def _robots_of(self, notices):
        ids = {robot for notice in notices if (robot := _robot_id(notice.channel))}
        return self.env["order.hub.robot"].sudo().browse(ids).exists()

    def _checked(self, notice, facts, users, robots):
        """Return a notice as it may be sent, or ``None``."""
        company_id = facts.get(notice.id, (False, False))[0]
        robot = robots.get(_robot_id(notice.channel))
        if robot:
            foreign = robot.company_id.id not in (False, company_id)
            return None if foreign else notice
        user = users.get(int(notice.recipient)) if notice.recipient.isdigit() else None
        if not user or (company_id and company_id not in user.company_ids.ids):
            return None
        if notice.channel == "mail" and not user.email:
            return replace(notice, channel="inbox")
        return notice

    # === ROWS === #

    def _told(self, row, facts, rules, now):
        """Return the message for an ``engine.digest.Digest``."""
        robot = self.env["order.hub.robot"].sudo().browse(_robot_id(row.channel))
        users = self._called(row, facts) if robot else self._recipients(row)
        lang = robot.lang or self._lang_of(users)
        subject, body = self._words_of(row, lang, rules)
        companies = {facts.get(id_, (False, False))[0] for id_ in row.ids}
        company = companies.pop() if len(companies) == 1 else False
        return self._row(
            key=_key(now, row),
            kind="robot" if robot else row.channel,
            subject=subject,
            body=body,
            users=users,
            robot=robot,
            company=self.env["res.company"].browse(company or robot.company_id.id),
            severity=row.severity,
            warnings=row.ids,
            digest=dump(row) if robot else None,
        )

    def _recipients(self, row):
        return self.env["res.users"].sudo().browse(map(int, row.recipients))

    def _called(self, row, facts):
        """Return who has the orders that a message to a group names, gravest first."""
        shown = [notice.id for section in row.sections for notice in section.shown]
        owners = [facts.get(id_, (False, False))[1] for id_ in shown]
        called = list(dict.fromkeys(filter(None, owners)))[:MAX_CALLED]
        return self.env["res.users"].sudo().browse(called)

    def _row(self, key, kind, subject, body="", **more):
        """Return the columns of a message, and the ids of its people."""
        robot, company = more.get("robot"), more.get("company")
        severity = more.get("severity") or "warning"
        warnings = list(more.get("warnings") or ())
        users = more.get("users")
        return {
            "key": key,
            "kind": kind,
            "subject": subject,
            "body": body,
            "severity": severity,
            "rank": RANKS[severity],
            "company_id": company.id if company else False,
            "robot_id": robot.id if robot else False,
            "warnings": warnings or None,
            "warning_count": len(warnings),
            "digest": more.get("digest"),
        }, users.ids if users else []

    def _write_down(self, rows, now):
        """Insert messages in one statement; those that are known stay as they are.

        :param rows: pairs of columns and ids of users
        """
        Message, writer = self.sudo(), self.env["order.hub.writer"].sudo()
        if not rows:
            return Message
        common = {"state": "waiting", "due_at": now, "next_try_at": now}
        common |= {"create_uid": self.env.uid, "create_date": now}
        made = writer._insert(
            Message, [{**row, **common} for row, _people in rows], skip_known=True
        )
        new = Message.browse(made)
        by_key = {message.key: message.id for message in new}
        pairs = [
            (by_key[row["key"]], user)
            for row, people in rows
            if row["key"] in by_key
            for user in people
        ]
        if pairs:
            writer._relate(new, "user_ids", pairs)
        return new


def _robot_id(channel):
    """Return the id in ``robot,<id>``, else ``False``."""
    name, _comma, number = channel.partition(",")
    return int(number) if name == "robot" and number.isdigit() else False


def _key(now, row):
    """Return the same key for the same message of the same moment."""
    told = (fields.Datetime.to_string(now), row.channel, row.recipients, row.ids)
    made = hashlib.sha256(repr(told).encode()).digest()
    return base64.b32encode(made).decode()[:KEY_LETTERS]
