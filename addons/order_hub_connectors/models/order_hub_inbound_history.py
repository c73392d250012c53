from odoo import models
from odoo.tools import SQL


class OrderHubInbound(models.Model):
    """What an order does not say is taken from the customer's last one.

    A phone order names the customer and the goods. Address, price list and
    salesperson are those of the last order, where the mapping wants it so; one query
    for the batch, and each value says which order it is from.
    """

    _inherit = "order.hub.inbound"

    def _step_customer(self, channel, works):
        result = super()._step_customer(channel, works)
        mapping = channel._mapping()
        if works and mapping._fills():
            self._fill_from_history(channel, mapping, works)
        return result

    def _fill_from_history(self, channel, mapping, works):
        """Fill gaps of works whose customer is known."""
        known = [work for work in works if work.found.get("partner_id")]
        last = self._last_orders(channel, {w.found["partner_id"] for w in known})
        for work in known:
            row = last.get(work.found["partner_id"])
            if row:
                self._fill(mapping, work, row)

    def _last_orders(self, channel, partner_ids):
        """Return ``{customer id: row}`` of the last order of each, one query."""
        if not partner_ids:
            return {}
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT DISTINCT ON (o.partner_id) o.partner_id, o.name AS order_name,
                          o.partner_shipping_id, o.pricelist_id, o.user_id,
                          ship.name AS ship_name, sales.active AS is_user_active,
                          cur.name AS currency, person.name AS user_name,
                          own.user_id AS own_user_id
                     FROM sale_order o
                     JOIN res_partner own ON own.id = o.partner_id
                LEFT JOIN res_partner ship
                       ON ship.id = o.partner_shipping_id AND ship.active
                LEFT JOIN product_pricelist pl ON pl.id = o.pricelist_id AND pl.active
                LEFT JOIN res_currency cur ON cur.id = pl.currency_id
                LEFT JOIN res_users sales ON sales.id = o.user_id
                LEFT JOIN res_partner person ON person.id = sales.partner_id
                    WHERE o.partner_id IN %s AND o.company_id = %s
                      AND o.state <> 'cancel' AND o.hub_is_history IS NOT TRUE
                 ORDER BY o.partner_id, o.date_order DESC, o.id DESC""",
                tuple(partner_ids),
                channel.company_id.id,
            )
        )
        return {row["partner_id"]: row for row in rows}

    def _fill(self, mapping, work, row):
        """Fill what one order does not say.

        :param row: of :meth:`_last_orders`
        """
        if mapping.is_filled_address and row["ship_name"] and not _has_address(work):
            work.found["shipping_id"] = row["partner_shipping_id"]
            self._note_filled(work, "last_address", row, row["ship_name"])
        currency = work.values.get("currency") or row["currency"]
        if (
            mapping.is_filled_pricelist
            and row["currency"] == currency
            and not any("unit_price" in line for line in work.lines)
        ):
            work.extra["pricelist_id"] = row["pricelist_id"]
            self._note_filled(work, "last_pricelist", row, currency)
        if (
            mapping.is_filled_salesperson
            and row["is_user_active"]
            and not row["own_user_id"]
        ):
            work.extra["user_id"] = row["user_id"]
            self._note_filled(work, "last_salesperson", row, row["user_name"])

    def _note_filled(self, work, code, row, name):
        work.note("customer", code, order=row["order_name"], name=name)

    def _inbound_words(self):
        words = super()._inbound_words()
        words["customer.last_address"] = self.env._(
            "No address was given: %(name)s, as in %(order)s."
        )
        words["customer.last_pricelist"] = self.env._(
            "No prices were given: the price list in %(name)s of %(order)s."
        )
        words["customer.last_salesperson"] = self.env._(
            "Salesperson %(name)s, as in %(order)s."
        )
        return words


def _has_address(work):
    """Tell whether an order says where to deliver."""
    parts = ("street", "city", "address", "zip")
    return any(
        (work.values.get(group) or {}).get(part)
        for group in ("ship_to", "customer")
        for part in parts
    )
