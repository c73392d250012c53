import ast

from odoo import fields, models
from odoo.tools import html2plaintext
from odoo.tools.mail import parse_contact_from_email

from ..adapters.base import MAX_BODY


class OrderHubChannel(models.Model):
    """The address of a channel that orders are e-mailed to."""

    _name = "order.hub.channel"
    _inherit = ["order.hub.channel", "mail.alias.mixin.optional"]

    #: Not what an alias fills in: its e-mails go to its own channel.
    ALIAS_WRITEABLE_FIELDS = [
        "alias_domain_id",
        "alias_name",
        "alias_contact",
        "alias_bounced_content",
    ]

    alias_id = fields.Many2one(
        help="Orders sent to this address arrive in this channel: order lines in the "
        "text, or a table attached."
    )

    def _alias_get_creation_values(self):
        values = super()._alias_get_creation_values()
        values["alias_model_id"] = self.env["ir.model"]._get_id("order.hub.inbound")
        if self.id:
            defaults = ast.literal_eval(self.alias_defaults or "{}")
            values["alias_defaults"] = {**defaults, "channel_id": self.id}
        return values

    def _receive_mail(self, msg_dict):
        """Store the orders of one e-mail.

        :param dict msg_dict: as ``mail.thread.message_parse`` gives it
        :return: ``order.hub.inbound`` of them, also those known already
        """
        self.ensure_one()
        adapter = self._adapter()
        name, email = parse_contact_from_email(msg_dict.get("email_from") or "")
        mail = {
            "message_id": msg_dict.get("message_id") or "",
            "name": name,
            "email": email,
            "subject": msg_dict.get("subject") or "",
            "text": self._mail_text(msg_dict),
        }
        messages = adapter.messages(mail, self._mail_files(msg_dict))
        Inbound = self.env["order.hub.inbound"].sudo()
        Inbound._receive(self, messages)
        return Inbound.search(
            [
                ("channel_id", "=", self.id),
                ("kind", "=", "order"),
                ("external_ref", "in", [m.external_ref for m in messages]),
            ],
            order="id",
        )

    def _mail_text(self, msg_dict):
        return html2plaintext(msg_dict.get("body") or "")

    def _mail_files(self, msg_dict):
        """Return ``[(name, bytes)]`` of what is attached and not too large."""
        files = []
        for attachment in msg_dict.get("attachments") or ():
            name, content = attachment[0], attachment[1]
            raw = content.encode() if isinstance(content, str) else content
            if isinstance(raw, bytes) and len(raw) <= 5 * MAX_BODY:
                files.append((name or "", raw))
        return files
