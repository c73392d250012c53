from odoo import models
from odoo.tools import SQL

#: Statuses that a customer has to be told of.
TO_TELL = ("late", "later", "held")
#: States of a notification that has left the house.
REACHED = ("sent", "pending")


class SaleOrder(models.Model):
    """The customer page: when the customer was written to about a delay."""

    _inherit = "sale.order"

    def _hub_told_words(self, status):
        """Return when the customer was last written to since the trouble is known.

        :param status: what ``_hub_page_status`` returned
        :return: the moment in the reader's words; empty: not told, or nothing to tell
        """
        self.ensure_one()
        if status["code"] not in TO_TELL:
            return ""
        return self._hub_moment(self._hub_told_on())

    def _hub_told_on(self):
        """Return the moment (naive UTC) of the last message on this order or its
        deliveries that went to the customer after its first open problem or its last
        new promise became known; ``False``: there is none. One query."""
        self.env["mail.message"].flush_model(["model", "res_id", "date"])
        self.env["mail.notification"].flush_model()
        [[told]] = self.env.execute_query(
            SQL(
                """SELECT max(message.date)
                     FROM mail_message message
                     JOIN mail_notification notification
                          ON notification.mail_message_id = message.id
                         AND notification.notification_status IN %(reached)s
                     JOIN res_partner reader
                          ON reader.id = notification.res_partner_id
                    WHERE reader.commercial_partner_id = %(customer)s
                      AND message.date >= %(known)s
                      AND (message.model, message.res_id) IN %(documents)s""",
                reached=REACHED,
                customer=self.partner_id.commercial_partner_id.id,
                known=self._hub_trouble_known(),
                documents=tuple(
                    ("stock.picking", picking.id) for picking in self.picking_ids
                )
                + (("sale.order", self.id),),
            )
        )
        return told or False

    def _hub_trouble_known(self):
        """Return since when the trouble of an order is known (naive UTC)."""
        opened = self.hub_exception_ids.filtered(lambda hold: hold.state == "open")
        moved = self.hub_promise_ids.sorted("id")[-1:]
        dates = opened.mapped("create_date") or moved.mapped("date")
        return min(dates, default=self.hub_promised_date or self.create_date)
