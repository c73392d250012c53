from odoo import models
from odoo.tools import plaintext2html


class OrderHubChangeRequest(models.Model):
    """Customer changes: everybody concerned is told once it is closed."""

    _inherit = "order.hub.change.request"

    def _tell_closed(self):
        """Tell the order's followers and the customer how it came out (sudo)."""
        self.ensure_one()
        self.order_id.message_post(body=plaintext2html(self._closed_words()))
        if self.state == "withdrawn":
            return
        self._tell_asker()
        self._mail_customer()

    def _tell_asker(self):
        """Tell the salesperson, unless it was the salesperson who did it."""
        seller = self.order_id.user_id
        if not seller or seller == self.env.user:
            return
        told = self.with_context(lang=seller.lang)
        told.message_notify(
            partner_ids=seller.partner_id.ids,
            subject=told._summary(),
            body=plaintext2html(told._closed_words()),
        )

    def _mail_customer(self):
        """Write to the customer: done with the new figures, or why not and what can
        still be done. A broken mail server stops no change."""
        template = self.env.ref(
            "order_hub.mail_template_change_closed", raise_if_not_found=False
        )
        if template and self.partner_id.email:
            self.message_post_with_source(
                template,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.partner_id.ids,
            )
