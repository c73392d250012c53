import logging
import random
from datetime import timedelta, timezone

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.order_hub.const import MILESTONES

from ..adapters.base import (
    AdapterError,
    AuthenticationFailed,
    ChannelDown,
    Refused,
    StatusUpdate,
    Throttled,
)
from ..engine.outbox import MAX_TRIES, Telling, plan, wait

_logger = logging.getLogger(__name__)

RANKS = {code: number for number, (code, _label) in enumerate(MILESTONES)}
#: Answers are kept short.
MAX_ANSWER = 500


class OrderHubOutbox(models.Model):
    """Telling: one order after the other, each order's news in their order.

    Whoever tells an order holds the lock of its oldest open row. No other worker
    gets at a later one meanwhile, because that is never the oldest.
    """

    _inherit = "order.hub.outbox"

    @api.model
    def _send_due(self, channel, limit, keep=None):
        """Tell a channel what is due.

        :param channel: ``order.hub.channel``
        :param limit: at most so many orders
        :param keep: called after each one, to end the transaction
        :return: how many were told, and whether more is due
        """
        if channel.intake_state != "on" or not channel.is_status_sent:
            return 0, False
        adapter, count = channel.sudo()._adapter(), 0
        outbox = self.sudo()
        for _number in range(limit):
            rows = outbox._claim(channel)
            if not rows:
                return outbox._all_told(channel, count, keep), False
            told, goes_on = outbox._tell(channel, adapter, rows)
            count += told
            if keep:
                keep()
            if not goes_on:
                return count, False
        return outbox._all_told(channel, count, keep), True

    def _all_told(self, channel, count, keep):
        if count:
            channel._worked()
            if keep:
                keep()
        return count

    # === CLAIM === #

    def _claim(self, channel):
        """Lock the oldest open row of an order that is due, past those in work.

        :return: all rows of that order that were sent or are still open, oldest
            first; none if nothing is due
        """
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT head.external_ref FROM order_hub_outbox head
                    WHERE head.channel_id = %(channel)s
                      AND head.state IN ('waiting', 'failed')
                      AND head.next_try_at <= %(now)s
                      AND NOT EXISTS (
                          SELECT FROM order_hub_outbox older
                           WHERE older.channel_id = head.channel_id
                             AND older.external_ref = head.external_ref
                             AND older.id < head.id
                             AND older.state IN ('waiting', 'failed'))
                 ORDER BY head.next_try_at, head.id
                    LIMIT 1 FOR UPDATE OF head SKIP LOCKED""",
                channel=channel.id,
                now=fields.Datetime.now(),
            )
        )
        if not rows:
            return self.browse()
        return self.search(
            [
                ("channel_id", "=", channel.id),
                ("external_ref", "=", rows[0][0]),
                ("state", "in", ("sent", "waiting", "failed")),
            ],
            order="id",
        )

    # === TELL === #

    def _tell(self, channel, adapter, rows):
        """Tell the next thing of one order, and put aside what is not needed.

        :return: how many were told (0 or 1), and whether the channel listens
        """
        send, left_out = plan([row._telling() for row in rows])
        words = self._left_out_words()
        for row_id, reason in left_out.items():
            self.browse(row_id).write({"state": "overtaken", "answer": words[reason]})
        if not send:
            return 0, True
        row = self.browse(send[0])
        try:
            answer = adapter.send_status(row._update())
        except AdapterError as error:
            return 0, row._not_told(channel, error)
        except Exception as error:
            _logger.exception("Channel %s: row %s cannot be told", channel.code, row.id)
            row._try_later(f"{type(error).__name__}: {error}")
            return 0, True
        row._told(answer)
        return 1, True

    def _left_out_words(self):
        return {
            "same": self.env._("The channel knows this already."),
            "behind": self.env._("The channel was told something later already."),
            "parts": self.env._("Its shipments say it."),
            "later": self.env._("Something later was told instead."),
        }

    def _telling(self):
        self.ensure_one()
        return Telling(
            id=self.id,
            kind=self.kind,
            word=self.word,
            rank=RANKS.get(self.milestone, 0),
            part=self.part or "",
            is_partial=bool((self.payload or {}).get("is_partial")),
            is_firm=self.is_firm,
            is_sent=self.state == "sent",
        )

    def _update(self):
        """Return what the adapter sends."""
        self.ensure_one()
        payload = dict(self.payload or {})
        moment = fields.Datetime.to_datetime(payload.get("at"))
        return StatusUpdate(
            external_ref=self.external_ref,
            status=self.word,
            milestone=self.milestone or "",
            at=moment and moment.replace(tzinfo=timezone.utc),
            tracking=payload.get("tracking", ""),
            carrier=payload.get("carrier", ""),
            tracking_url=payload.get("tracking_url", ""),
            lines=tuple(payload.get("lines", ())),
            hub_ref=self.hub_ref or "",
            key=f"{self.hub_ref}-{self.key}",
            is_partial=bool(payload.get("is_partial")),
        )

    # === WHAT CAME OF IT === #

    def _told(self, answer):
        self.write(
            {
                "state": "sent",
                "answer": (answer or "")[:MAX_ANSWER],
                "attempts": self.attempts + 1,
                "sent_at": fields.Datetime.now(),
            }
        )
        if self.order_id.hub_hold_count:
            self.env["order.hub.exception"]._settle("channel_send", self.order_id)

    def _not_told(self, channel, error):
        """Decide when to try again, or give up; say whether others may go on."""
        if isinstance(error, Refused):
            self._give_up(str(error))
            return True
        if isinstance(error, Throttled):
            self._try_later(str(error), at_least=error.retry_after, counts=False)
            return False
        if isinstance(error, AuthenticationFailed):
            channel._failed(error)
            self._try_later(str(error), counts=False)
            return False
        self._try_later(str(error))
        return not isinstance(error, ChannelDown)

    def _try_later(self, answer, at_least=0.0, counts=True):
        """Try again after a while, longer each time; after the last try give up.

        :param at_least: seconds
        :param counts: whether the try is one of those that end some time
        """
        tries = self.attempts + 1
        if counts and tries >= MAX_TRIES:
            self._give_up(answer)
            return
        seconds = wait(tries, random.random, at_least)
        self.write(
            {
                "state": "failed",
                "attempts": tries if counts else self.attempts,
                "answer": answer[:MAX_ANSWER],
                "next_try_at": fields.Datetime.now() + timedelta(seconds=seconds),
            }
        )

    def _give_up(self, answer):
        """Stop trying, and tell whoever looks after the order; it goes on."""
        self.write(
            {
                "state": "given_up",
                "attempts": self.attempts + 1,
                "answer": answer[:MAX_ANSWER],
            }
        )
        if self.order_id:
            self.env["order.hub.exception"]._note(
                "channel_send", {self.order_id: self._given_up_words(answer)}
            )

    def _given_up_words(self, answer):
        name = self.env._(
            "%(channel)s was not told “%(word)s”",
            channel=self.channel_id.name,
            word=self.word,
        )
        text = self.env._(
            "The channel answered: %(answer)s\nMend it there or in the channel's "
            "status words, then try again under Intake / Told to Channels.",
            answer=answer[:MAX_ANSWER],
        )
        return name, text
