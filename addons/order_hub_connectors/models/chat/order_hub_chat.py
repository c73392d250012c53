from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError


class OrderHubChat(models.Model):
    """A talk: one sender of a channel, in one group or alone, and whose he is.

    Made when the first message is read. A person says for which customer the sender
    orders, or that he is a salesperson who orders for many.
    """

    _name = "order.hub.chat"
    _description = "Chat"
    _order = "last_at desc, id desc"
    _rec_name = "sender_name"
    _check_company_auto = True

    channel_id = fields.Many2one(
        "order.hub.channel",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(
        related="channel_id.company_id", store=True, index=True, precompute=True
    )
    key = fields.Char(required=True, readonly=True)
    sender = fields.Char(
        "Sender's ID", required=True, readonly=True, help="As the channel says it."
    )
    sender_name = fields.Char("Sender")
    group = fields.Char("Group's ID", readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        "Orders For",
        check_company=True,
        ondelete="set null",
        index="btree_not_null",
        help="The customer that this sender always orders for. Empty: each message "
        "says for whom it is, as salespeople's do.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Is Our",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        ondelete="set null",
        index="btree_not_null",
        help="The salesperson who writes here. May choose between customers on the "
        "page to confirm, and is told the numbers of orders.",
    )
    last_at = fields.Datetime("Last Message", readonly=True)
    reply_to = fields.Json(readonly=True, groups=fields.NO_ACCESS, copy=False)
    inbound_id = fields.Many2one(
        "order.hub.inbound",
        "Running Order",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )

    _key_uniq = models.UniqueIndex(
        "(channel_id, key)", "The channel has this chat already."
    )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(
                self.env._("Chats begin when somebody writes; they are not typed in.")
            )
        return super().create(vals_list)

    @api.constrains("user_id")
    def _check_user(self):
        if any(chat.user_id.share for chat in self.sudo()):
            raise ValidationError(
                self.env._("Only an internal user can be the salesperson of a chat.")
            )

    @api.model
    def _talks(self, channel, messages):
        """Return ``{name of the talk: chat}`` (sudo); those that are new are made.

        :param messages: ``engine.chat_message.ChatMessage``, with a sender
        """
        first = {}
        for message in messages:
            if message.sender:
                first.setdefault(message.talk, message)
        chats = self.sudo().search(
            [("channel_id", "=", channel.id), ("key", "in", list(first))]
        )
        known = set(chats.mapped("key"))
        chats |= self.sudo().create(
            [
                {
                    "channel_id": channel.id,
                    "key": key,
                    "sender": message.sender,
                    "sender_name": message.sender_name or message.sender,
                    "group": message.group,
                }
                for key, message in first.items()
                if key not in known
            ]
        )
        return {chat.key: chat for chat in chats}

    def _heard(self, news):
        """Keep what the last messages of talks say, in one query.

        :param news: ``{chat id: {"sender_name", "reply_to", "inbound_id"}}``
        """
        now = fields.Datetime.now()
        rows = {
            chat.id: {
                "last_at": now,
                "sender_name": chat.sender_name,
                "reply_to": chat.reply_to,
                "inbound_id": chat.inbound_id.id,
                **news[chat.id],
            }
            for chat in self.sudo()
        }
        self.env["order.hub.writer"]._update(self.sudo(), rows)
