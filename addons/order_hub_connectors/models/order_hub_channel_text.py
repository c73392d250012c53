from odoo import models

from ..adapters.base import Message


class OrderHubChannel(models.Model):
    """Messages handed in as text, by programs that hold them already."""

    _inherit = "order.hub.channel"

    def _receive_texts(self, rows):
        """Store messages and work on them at once.

        :param rows: ``[(kind, external number, payload as text), …]``, where it is no
            JSON also its content type
        :return: how many were new
        """
        self.ensure_one()
        messages = [
            Message(kind, number, text.strip().encode(), *content_type)
            for kind, number, text, *content_type in rows
        ]
        Inbound = self.env["order.hub.inbound"].sudo()
        new = Inbound._receive(self, messages)["new"]
        Inbound.browse(new)._process(self)
        return len(new)
