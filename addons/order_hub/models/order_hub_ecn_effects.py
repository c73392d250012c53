from odoo import models


class OrderHubEcn(models.Model):
    """What people have to know or do once the orders have switched."""

    _inherit = "order.hub.ecn"

    def _tell_all(self):
        """Let buyers see to material and salespeople to customers; once.

        Automatic reordering rules start by themselves when an MO changes.
        """
        self.ensure_one()
        self.told_at = self.env.cr.now()
        self._ask_buyers()
        self._ask_salespeople()
        self._notify_people(
            self.requested_by_id,
            self.env._("Applied: %s", self.display_name),
            self._outcome_words(),
        )

    # === MATERIAL === #

    def _ask_buyers(self):
        """Give each buyer one to-do with what is short and what is stranded."""
        by_buyer = {}
        for item in self.item_ids:
            if item.short_quantity > 0 or item.stranded_quantity > 0:
                buyer = item._buyer()
                by_buyer.setdefault(buyer, self.item_ids.browse())
                by_buyer[buyer] |= item
        kind = self.env.ref("mail.mail_activity_data_todo").sudo()
        summary = self.env._(
            "%s: buy what is short, cancel what is stranded", self.name
        )
        for buyer, items in by_buyer.items():
            self._give_todos(kind, {buyer: [(self, summary)]}, items._list_html())

    # === CUSTOMERS === #

    def _ask_salespeople(self):
        """Give salespeople a to-do on orders that come later or must agree."""
        kind = self.env.ref("mail.mail_activity_data_todo").sudo()
        wanted = {}
        for row in self.order_ids:
            summary = row._customer_words()
            user = row.order_id.user_id or row.order_id.hub_owner_id
            if summary and user:
                wanted.setdefault(user, []).append((row.order_id, summary))
        if wanted:
            self._give_todos(kind, wanted)
