from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...adapters.base import AdapterError, AuthenticationFailed, Throttled
from ...engine.chat_message import from_json

#: Seconds before the next try, by how many there were.
PAUSES = (15, 60, 300, 900, 3600, 3 * 3600)
BATCH = 40


class OrderHubChatReply(models.Model):
    """Something the hub says in a chat: kept first, sent by a job, tried again."""

    _name = "order.hub.chat.reply"
    _description = "Answer in a Chat"
    _order = "id desc"
    _rec_name = "text"
    _log_access = False

    chat_id = fields.Many2one(
        "order.hub.chat", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="chat_id.company_id", store=True, index=True, precompute=True
    )
    channel_id = fields.Many2one(
        related="chat_id.channel_id", store=True, index=True, precompute=True
    )
    inbound_id = fields.Many2one(
        "order.hub.inbound", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    text = fields.Text(required=True, readonly=True)
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("sent", "Told"),
            ("given_up", "Given Up"),
        ],
        required=True,
        default="waiting",
        readonly=True,
    )
    attempts = fields.Integer("Tries", readonly=True)
    next_try_at = fields.Datetime("Next Try", readonly=True)
    said_at = fields.Datetime("Told On", readonly=True)
    answer = fields.Char(readonly=True, help="What the channel said.")

    _due_index = models.Index("(channel_id, next_try_at) WHERE state = 'waiting'")

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(
                self.env._("Answers follow from what happens to an order.")
            )
        return super().create(vals_list)

    @api.model
    def _say(self, rows):
        """Keep answers, each once for its message, and have them sent.

        :param rows: ``[(chat, inbound or nothing, text)]``
        """
        last = self._last([inbound.id for _chat, inbound, _text in rows if inbound])
        now = fields.Datetime.now()
        made = self.sudo().create(
            [
                {
                    "chat_id": chat.id,
                    "inbound_id": inbound.id if inbound else False,
                    "text": text,
                    "next_try_at": now,
                }
                for chat, inbound, text in rows
                if not inbound or last.get(inbound.id) != text
            ]
        )
        made.channel_id._say_later()
        return made

    def _last(self, inbound_ids):
        """Return ``{inbound id: what was said last about it}``."""
        rows = self.sudo().search([("inbound_id", "in", inbound_ids)], order="id")
        return {row.inbound_id.id: row.text for row in rows}

    @api.model
    def _due(self, channel):
        return self.sudo().search(
            [
                ("channel_id", "=", channel.id),
                ("state", "=", "waiting"),
                ("next_try_at", "<=", fields.Datetime.now()),
            ],
            order="id",
            limit=BATCH,
        )

    def _send(self, adapter):
        """Send one answer.

        :return: seconds before it is tried again, 0 when nothing is left to do
        """
        self.ensure_one()
        chat = self.chat_id.sudo()
        to = from_json(
            {**(chat.reply_to or {}), "sender": chat.sender, "group": chat.group or ""}
        )
        try:
            answer = adapter.say(to, self.text)
        except AdapterError as error:
            return self._not_taken(error)
        self.write(
            {
                "state": "sent",
                "attempts": self.attempts + 1,
                "said_at": fields.Datetime.now(),
                "answer": answer[:200],
            }
        )
        return 0

    def _not_taken(self, error):
        """Put off what may be taken later; give up what is refused for good."""
        tries = self.attempts + 1
        is_final = tries > len(PAUSES) or not _may_pass(error)
        pause = 0 if is_final else self._pause_after(error, tries)
        self.write(
            {
                "state": "given_up" if is_final else "waiting",
                "attempts": tries,
                "next_try_at": fields.Datetime.now() + timedelta(seconds=pause),
                "answer": str(error)[:200],
            }
        )
        return pause

    def _pause_after(self, error, tries):
        if isinstance(error, Throttled):
            return max(int(error.retry_after), PAUSES[0])
        return PAUSES[tries - 1]

    def action_retry(self):
        """Try again what was given up."""
        if not self.env.user.has_group("order_hub.order_hub_group_operator"):
            raise AccessError(
                self.env._("Only operators of the Order Hub send answers again.")
            )
        self.check_access("read")
        rows = self.sudo().filtered(lambda row: row.state == "given_up")
        if not rows:
            raise UserError(self.env._("None of these answers was given up."))
        rows.write(
            {
                "state": "waiting",
                "attempts": 0,
                "next_try_at": fields.Datetime.now(),
            }
        )
        rows.channel_id._say_later()
        return True


def _may_pass(error):
    """Tell whether the same call may be taken later: keys can be mended, a channel
    that is down comes back; what is refused is refused again."""
    from odoo.addons.order_hub.engine.web.errors import Unreachable

    return isinstance(error, Throttled | Unreachable | AuthenticationFailed)
