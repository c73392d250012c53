from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.queue_job.exception import RetryableJobError

from ...adapters.base import (
    AdapterError,
    AuthenticationFailed,
    ChannelDown,
    Throttled,
)
from ...adapters.chat.adapter import TextAdapter
from ...adapters.registry import ADAPTERS
from ...const import TICKETS
from ...engine.chat_message import from_json

CHAT_REPLY = [
    ("none", "Nothing"),
    ("orders", "What was understood, and the order's number"),
    ("all", "That, and that a question was received"),
]


class OrderHubChannel(models.Model):
    """Channels on which people write in their own words."""

    _inherit = "order.hub.channel"

    chat_reply = fields.Selection(
        CHAT_REPLY,
        "Answer in the Chat",
        default="orders",
        required=True,
        help="What whoever wrote is told: lines, date and doubts as understood, one "
        "link to confirm or mend, then the order's reference.",
    )
    is_chat = fields.Boolean(compute="_compute_is_chat")
    can_say = fields.Boolean(compute="_compute_is_chat")

    @api.depends("adapter")
    def _compute_is_chat(self):
        for channel in self:
            adapter = channel._chat_adapter_class()
            channel.is_chat = bool(adapter)
            channel.can_say = bool(adapter and adapter.can_say)

    def _chat_adapter_class(self):
        """Return the adapter's class where people write in words, else ``None``."""
        adapter = ADAPTERS.get(self.adapter)
        return adapter if adapter and issubclass(adapter, TextAdapter) else None

    # === ONE AFTER ANOTHER === #

    def _issue_tickets(self, most=TICKETS, after=None):
        """Messages of a talk follow each other: one job at a time."""
        chats = self.sudo().filtered(lambda channel: channel._chat_adapter_class())
        super(OrderHubChannel, self - chats)._issue_tickets(most, after)
        return super(OrderHubChannel, chats)._issue_tickets(1, after)

    def _chat_lock(self):
        """Take the channel's messages for this transaction; tell whether it is ours.

        Taken before messages are claimed: nobody reads *make it 200* while somebody
        else still reads what it is about.
        """
        [[is_ours]] = self.env.execute_query(
            SQL("SELECT pg_try_advisory_xact_lock(%s, %s)", 8_174_001, self.id)
        )
        return is_ours

    # === ANSWERS === #

    def _chat_say(self, key, text, inbound=None):
        """Have a text said in a chat of the channel; a job sends it, and again.

        :param key: name of the talk, or an ``order.hub.chat``
        :param inbound: the message that it answers; the same is not said twice
        :return: ``order.hub.chat.reply``; empty where there is no such chat, or the
            channel cannot say anything
        """
        self.ensure_one()
        Chat = self.env["order.hub.chat"].sudo()
        if isinstance(key, str):
            chat = Chat.search([("channel_id", "=", self.id), ("key", "=", key)])
        else:
            chat = key.sudo()
        Reply = self.env["order.hub.chat.reply"]
        if not chat or not self.can_say or not (text or "").strip():
            return Reply.sudo()
        return Reply._say([(chat, inbound, text)])

    def _say_later(self, after=None):
        """Have a job say what waits."""
        for channel in self.sudo():
            channel.with_delay(
                description=f"Answers {channel.code}",
                identity_key=f"order_hub_say_{channel.id}_{bool(after)}",
                eta=after,
            )._job_say()

    def _job_say(self):
        """Say what waits (a job).

        :return: a sentence for the list of jobs
        """
        self.ensure_one()
        if self.intake_state == "off" or not self.can_say:
            return self.env._("%s is off.", self.name)
        Reply = self.env["order.hub.chat.reply"]
        rows, adapter = Reply._due(self), self._adapter()
        pauses = [row._send(adapter) for row in rows]
        later = [pause for pause in pauses if pause]
        if later:
            self._say_later(after=min(later))
        return self.env._("%s answers.", len(rows))

    @api.model
    def _cron_tickets(self):
        """Also issue the jobs for answers that a crash lost."""
        result = super()._cron_tickets()
        due = (
            self.env["order.hub.chat.reply"]
            .sudo()
            ._read_group(
                [
                    ("state", "=", "waiting"),
                    ("next_try_at", "<=", fields.Datetime.now()),
                ],
                ["channel_id"],
            )
        )
        for (channel,) in due:
            channel._say_later()
        return result

    # === PICTURES === #

    def _job_chat_picture(self, inbound_id):
        """Fetch a picture that was sent, and hand it to who reads pictures (a job)."""
        self.ensure_one()
        inbound = self.env["order.hub.inbound"].sudo().browse(inbound_id).exists()
        work = inbound._works()[0]
        adapter = self._adapter()
        message = adapter.message_of(work.raw, work.content_type)
        try:
            name, raw = adapter.picture(message.media_id)
            made = self._receive_picture(
                name, raw, message.sender_name or message.sender
            )
        except (AdapterError, UserError) as error:
            inbound.write({"state": "attention", "error": str(error)[:500]})
            return str(error)
        return self.env._("Stored as %s.", made.external_ref)

    # === APPROVALS === #

    def _job_chat_approval(self, inbound_id):
        """Fetch the form of an approval, and hear it if it names an order (a job).

        :raise RetryableJobError: the platform is busy or down
        """
        self.ensure_one()
        inbound = self.env["order.hub.inbound"].sudo().browse(inbound_id).exists()
        if not inbound or self.intake_state == "off":
            return self.env._("%s is off.", self.name)
        adapter = self._adapter()
        try:
            return inbound._hear_form(self, adapter)
        except (Throttled, ChannelDown) as error:
            seconds = getattr(error, "retry_after", None) or 120
            raise RetryableJobError(str(error), seconds=int(seconds)) from error
        except AdapterError as error:
            if isinstance(error, AuthenticationFailed):
                self._failed(error)
            inbound.write({"state": "attention", "error": str(error)[:500]})
            return str(error)

    # === WHERE AN ANSWER GOES === #

    @api.model
    def _chat_message(self, document):
        """Return the ``ChatMessage`` of a payload as its adapter has read it."""
        return from_json(document.get("chat") if isinstance(document, dict) else {})
