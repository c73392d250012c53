from markupsafe import Markup

from odoo import models

TODO = "order_hub.mail_activity_data_supplier_delay"


class PurchaseOrder(models.Model):
    """The buyer hears of what a supplier brings too late."""

    _inherit = "purchase.order"

    def _hub_tell_delay(self, changed):
        """Keep one to-do an order for its buyer, and say what changed in the chatter.

        Notes are internal: a supplier never reads them.

        :param changed: orders of customers whose day moved
        """
        for purchase in self:
            bought = purchase.order_line
            news = changed.filtered(lambda o, ours=bought: o.hub_late_line_ids & ours)
            late = bought._hub_orders_held_up()
            if news:
                purchase._hub_note_delay(news)
            purchase._hub_keep_delay_todo(late)

    def _hub_note_delay(self, orders):
        """Write an internal note that names the orders that come too late."""
        words = self.env._("By what the supplier says, these orders come too late:")
        names = [order._hub_expected_words() for order in orders]
        items = Markup().join(Markup("<li>%s</li>") % name for name in names)
        self.message_post(
            body=Markup("<p>%s</p><ul>%s</ul>") % (words, items),
            subtype_xmlid="mail.mt_note",
        )

    def _hub_keep_delay_todo(self, late):
        """Open, rewrite or close the to-do of the buyer.

        :param late: orders of customers that come too late by this purchase
        """
        todos = self.activity_ids.filtered(
            lambda todo: todo.activity_type_id == self.env.ref(TODO)
        )
        if not late:
            todos.unlink()
            return
        note = ", ".join(order._hub_expected_words() for order in late)
        if todos:
            todos.write({"note": note})
        elif self.user_id:
            self.activity_schedule(
                TODO,
                summary=self.env._("Supplier is late: %s orders wait", len(late)),
                note=note,
                user_id=self.user_id.id,
            )
