from datetime import datetime

from odoo import models

from ..engine.likeness import Facts, phone_keys, plain


class OrderHubInbound(models.Model):
    """What is compared of an inbound order: what it says, and what steps found."""

    _inherit = "order.hub.inbound"

    def _likeness_facts(self, channel, works):
        """Return ``{inbound id: engine.likeness.Facts}`` of works of one channel."""
        partner_ids = {work.found.get("partner_id") for work in works} - {None, False}
        partners = self.env["res.partner"].sudo().browse(sorted(partner_ids))
        units = self._line_units(works)
        unknown = channel.sudo().fallback_partner_id
        known = {row.id: row for row in partners if row != unknown}
        return {
            work.inbound_id: self._work_facts(
                channel, work, known.get(work.found.get("partner_id")), units
            )
            for work in works
        }

    def _line_units(self, works):
        """Return ``{(unit id, product id): factor into the product's unit}``."""
        pairs = {
            (line["uom_id"], line["product_id"])
            for work in works
            for line in work.lines
            if line.get("uom_id") and line.get("product_id")
        }
        products = self.env["product.product"].sudo().browse({p for _u, p in pairs})
        own = {product.id: product.uom_id for product in products}
        units = self.env["uom.uom"].sudo()
        return {
            (unit, product): units.browse(unit).factor / own[product].factor
            for unit, product in pairs
            if own[product].id != unit
        }

    def _work_facts(self, channel, work, partner, units):
        values = work.values
        customer, ship_to = values.get("customer") or {}, values.get("ship_to") or {}
        said = [row.get(n) for row in (customer, ship_to) for n in ("phone", "mobile")]
        emails = [customer.get("email"), ship_to.get("email")]
        name = customer.get("company") or customer.get("name") or ship_to.get("name")
        remark = values.get("special_request") or values.get("note") or ""
        return Facts(
            customer=partner.commercial_partner_id.id if partner else 0,
            phones=phone_keys([*said, partner and partner.phone]),
            emails=frozenset(
                email.strip().lower()
                for email in [*emails, partner and partner.email_normalized]
                if email
            ),
            name=(partner.name if partner else name) or "",
            products=self._work_goods(work, units),
            at=_moment(values.get("date")) or work.received_at,
            amount=values.get("total"),
            currency=values.get("currency") or channel.company_id.currency_id.name,
            remark=plain(remark),
            reference=plain(values.get("customer_ref") or ""),
        )

    def _work_goods(self, work, units):
        """Return ``{product: quantity}``; a line nobody knows counts by its code."""
        goods = {}
        for line in work.lines:
            product_id = line.get("product_id")
            key = product_id or plain(line.get("sku") or line.get("name") or "")
            if key:
                factor = units.get((line.get("uom_id"), product_id), 1.0)
                quantity = (line.get("quantity") or 0.0) * factor
                goods[key] = goods.get(key, 0.0) + quantity
        return goods


def _moment(value):
    """Return a naive UTC moment of what the clean order says, if it says one."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value.replace(tzinfo=None) if value else None
