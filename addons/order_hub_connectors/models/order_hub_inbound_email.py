from odoo import api, models
from odoo.exceptions import AccessError, UserError


class OrderHubInbound(models.Model):
    """Orders that come by e-mail; the e-mail itself is the start of the talk."""

    _name = "order.hub.inbound"
    _inherit = ["order.hub.inbound", "mail.thread"]
    _mail_post_access = "read"

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Store the orders of an e-mail; return the one that its talk belongs to."""
        if not self.env.su:
            raise AccessError(self.env._("E-mails come in through the mail gateway."))
        channel = (
            self.env["order.hub.channel"]
            .sudo()
            .browse((custom_values or {}).get("channel_id"))
            .exists()
        )
        if not channel or not channel._stores() or channel.adapter != "email":
            raise UserError(
                self.env._(
                    "This address takes no orders at the moment. Switch its channel on."
                )
            )
        return channel._receive_mail(msg_dict)[:1]

    def _creation_subtype(self):
        return self.env.ref("mail.mt_note")
