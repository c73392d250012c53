from odoo import fields, models


class OrderHubInbound(models.Model):
    """An order entered with a card is made with the rights of its salesperson."""

    _inherit = "order.hub.inbound"

    card_id = fields.Many2one(
        "order.hub.card",
        "Order Card",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        prefetch=False,
        groups="base.group_user",
    )

    def _process(self, channel):
        """Work on the orders of each salesperson apart: rights differ."""
        if channel.adapter != "card":
            return super()._process(channel)
        for rows in self.grouped(lambda row: row._card_user()).values():
            super(OrderHubInbound, rows)._process(channel)
        return None

    def _card_user(self):
        """Return whose card it came by, none if that person may not order any more."""
        card = self.sudo().card_id
        return card.user_id if card and card._is_for_salesperson() else card.user_id[:0]

    def _acting(self, channel):
        acting = super()._acting(channel)
        user = self[:1]._card_user() if channel.adapter == "card" else None
        return acting.with_user(user) if user else acting

    # === THE ADDRESS === #

    def _parse(self, adapter, work):
        """Take the order out, and remember which of the addresses was chosen."""
        result = super()._parse(adapter, work)
        if adapter.code == "card" and isinstance(work.document, dict):
            is_mended = any(path.startswith("ship_to.") for path in work.corrections)
            chosen = work.document.get("ship_to_id")
            work.found["chosen_address"] = 0 if is_mended else chosen
            work.document = work.document.get("order") or {}
        return result

    def _say_address(self, channel, work, row):
        """An address on record that the salesperson chose is in no doubt."""
        if work.found.get("chosen_address"):
            return None
        return super()._say_address(channel, work, row)

    def _find_addresses(self, channel, works):
        """Make an address that was typed in, though the salesperson may not make
        contacts: it is the customer's, and intake's."""
        acting = self.sudo() if channel.adapter == "card" else self
        return super(OrderHubInbound, acting)._find_addresses(channel, works)

    def _take_address(self, work, owner, family, missing):
        """Take the address that was chosen, if it is this customer's."""
        chosen = work.found.get("chosen_address")
        if chosen and chosen in {owner.id, *(row["id"] for row in family)}:
            work.found["shipping_id"] = chosen
            work.note("customer", "address_found")
            return None
        return super()._take_address(work, owner, family, missing)

    # === THE ORDER === #

    def _item(self, channel, work):
        """The order is the salesperson's, whoever else looks after the customer."""
        item = super()._item(channel, work)
        if channel.adapter == "card" and self[:1]._card_user() == self.env.user:
            item["extra"] = {**item["extra"], "user_id": self.env.uid}
        return item

    def _after_results(self, channel, works):
        """Tell salespeople in their chat the numbers of the orders just made."""
        result = super()._after_results(channel, works)
        if channel.adapter == "card":
            for work in works:
                if any(finding.code == "made" for finding in work.findings):
                    self.browse(work.inbound_id)._tell_card_in_chat()
        return result

    def _tell_card_in_chat(self):
        card = self.card_id.with_context(lang=self.card_id.user_id.lang)
        if card:
            self.invalidate_recordset(["order_id"], flush=False)
            text = card.env["order.hub.card.order"]._text(self, self.order_id.hub_ref)
            card._tell_in_chat(text, self)
