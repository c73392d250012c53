from odoo import fields, models

from ..engine.likeness import COMPONENTS, Facts


class OrderHubDuplicate(models.Model):
    """Both side by side, as one screen shows it: what is the same and what is not."""

    _inherit = "order.hub.duplicate"

    comparison = fields.Json(compute="_compute_comparison")

    def _compute_comparison(self):
        """Make ``{"left", "right", "score", "points", "rows", "lines"}``.

        The left is the message as it was understood when it was found; the right is
        the other one as it is now.
        """
        Search = self.env["order.hub.likeness.search"].sudo()
        orders = {row.id: row._other_order() for row in self}
        theirs = Search._order_facts([order.id for order in orders.values() if order])
        for row in self:
            kept = row.sudo().facts or {}
            mine = Facts.from_json(kept.get("mine", {}))
            found = theirs.get(orders[row.id].id)
            other = found["facts"] if found else Facts.from_json(kept.get("theirs", {}))
            row.comparison = row._compare(mine, other, orders[row.id])

    def _compare(self, mine, other, order):
        return {
            "score": self.score,
            "left": self._side(self.inbound_id, self.inbound_id.order_id),
            "right": self._side(self.other_inbound_id, order),
            "points": self._points_in_words(),
            "rows": self._rows(mine, other),
            "lines": self._lines(mine, other),
        }

    def _side(self, inbound, order):
        """Return what one side is: its road, its number, what opens it."""
        record = order or inbound
        typed = self.env._("Typed in")
        channel = inbound.channel_id or order.hub_channel_id
        return {
            "channel": channel.name or typed,
            "name": order.name or inbound.external_ref or "",
            "ref": inbound.external_ref or order.client_order_ref or "",
            "model": record._name,
            "id": record.id,
        }

    def _points_in_words(self):
        labels = self._component_words()
        points = self.sudo().points or {}
        return [
            {
                "name": name,
                "label": labels[name],
                "points": points[name][0],
                "of": points[name][1],
            }
            for name in COMPONENTS
            if name in points
        ]

    def _component_words(self):
        """Return what each component is called, in the user's language."""
        Likeness = self.env["order.hub.likeness"]
        strings = Likeness.fields_get(COMPONENTS, ["string"])
        return {name: strings[name]["string"] for name in COMPONENTS}

    # === ROWS === #

    def _rows(self, mine, other):
        labels = self._component_words()
        rows = [
            (labels["customer"], mine.name, other.name),
            (labels["phone"], _phones(mine), _phones(other)),
            (self.env._("E-mail"), _several(mine.emails), _several(other.emails)),
            (labels["date"], self._when(mine), self._when(other)),
            (labels["amount"], self._amount(mine), self._amount(other)),
            (labels["reference"], mine.reference, other.reference),
            (labels["remark"], mine.remark, other.remark),
        ]
        return [
            {"label": label, "left": left, "right": right, "same": left == right}
            for label, left, right in rows
            if left or right
        ]

    def _when(self, facts):
        """Return the moment in the user's time zone, as text."""
        if not facts.at:
            return ""
        local = fields.Datetime.context_timestamp(self, facts.at)
        return local.strftime("%Y-%m-%d %H:%M")

    def _amount(self, facts):
        return f"{facts.amount:,.2f} {facts.currency}" if facts.amount else ""

    def _lines(self, mine, other):
        """Return one row a product: who has how many of it."""
        keys = [*mine.products, *(k for k in other.products if k not in mine.products)]
        names = self._product_names(keys)
        return [
            {
                "label": names[key],
                "left": mine.products.get(key),
                "right": other.products.get(key),
                "same": mine.products.get(key) == other.products.get(key),
            }
            for key in keys
        ]

    def _product_names(self, keys):
        """Return ``{key: name}``; a key that is no product is the channel's code."""
        ids = [key for key in keys if isinstance(key, int)]
        products = self.env["product.product"].sudo().browse(ids).exists()
        names = {product.id: product.display_name for product in products}
        return {key: names.get(key, str(key)) for key in keys}


def _several(words):
    return ", ".join(sorted(words))


def _phones(facts):
    """Return the phones as they are compared: by their last digits."""
    return _several(f"…{key}" for key in facts.phones)
