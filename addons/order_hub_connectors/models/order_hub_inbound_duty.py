from decimal import Decimal

from odoo import fields, models

from ..engine import duty as engine
from ..engine.price import decimal
from .order_hub_duty import Parcel


class OrderHubInbound(models.Model):
    """Step: what customs will ask for goods that leave the country."""

    _inherit = "order.hub.inbound"

    def _note_destinations(self, channel, works):
        """Put the two-letter code of the country the goods go to in each work.

        It is the delivery address's; while the customer is unknown, the message's.
        """
        ids = {
            work.inbound_id: work.found.get("shipping_id")
            or work.found.get("partner_id")
            for work in works
        }
        partners = self.env["res.partner"].sudo().browse(set(ids.values()) - {None, 0})
        partners.fetch(["country_id"])
        codes = {partner.id: partner.country_id.code or "" for partner in partners}
        for work in works:
            said = codes.get(ids[work.inbound_id]) or self._said_country(work)
            work.found["destination"] = said

    def _said_country(self, work):
        for name in ("ship_to", "customer"):
            country = (work.values.get(name) or {}).get("country") or ""
            if len(country) == 2:
                return country.upper()
        return ""

    def _step_duty(self, channel, works):
        """Calculate duty where the goods cross a border; say what is missing."""
        own = channel.company_id.country_id.code
        leaving = [
            w for w in works if w.found.get("destination") not in ("", None, own)
        ]
        if not leaving or not own:
            return
        currencies = self._currencies(leaving)
        goods = self._goods(leaving)
        parcels = [self._parcel(work, currencies, goods) for work in leaving]
        duty = self.env["order.hub.duty"].sudo()
        quotes = duty._quotes(channel.company_id, parcels)
        for work, parcel, quote in zip(leaving, parcels, quotes, strict=True):
            labels = {n: line["product_id"] for n, line in self._shipped(work, goods)}
            self._keep_duty(work, parcel, quote, duty._kept(parcel, quote, labels))
            self._say_duty(work, parcel, quote)
            self._charge_duty(channel, work, quote)

    # === WHAT LEAVES === #

    def _currencies(self, works):
        names = {work.found["currency"] for work in works}
        rows = self.env["res.currency"].sudo().with_context(active_test=False)
        found = rows.search([("name", "in", list(names))])
        return {currency.name: currency for currency in found}

    def _goods(self, works):
        """Return ``{id: product}`` of the goods in the works; services cross freely."""
        ids = {line.get("product_id") for work in works for line in work.lines}
        products = self.env["product.product"].sudo().browse(ids - {None})
        products.product_tmpl_id.fetch(["type", "hs_code", "country_of_origin"])
        return {p.id: p for p in products if p.type != "service"}

    def _shipped(self, work, goods):
        """Return ``(number, line)`` of the lines that are goods."""
        return [
            (n, line)
            for n, line in enumerate(work.lines)
            if line.get("product_id") in goods
        ]

    def _parcel(self, work, currencies, goods):
        own = self.env.company.currency_id
        items = [
            engine.Item(
                n,
                goods[line["product_id"]].hs_code or "",
                goods[line["product_id"]].country_of_origin.code or "",
                line.get("quantity") or 0.0,
                self._amount_of(line, work.found["coin"]) or Decimal(0),
            )
            for n, line in self._shipped(work, goods)
        ]
        day = work.values.get("date") or work.received_at
        return Parcel(
            work.found["destination"],
            fields.Datetime.context_timestamp(self, day).date(),
            currencies.get(work.found["currency"], own),
            items,
            decimal(work.values.get("shipping_price", 0.0)),
        )

    # === WHAT COMES OF IT === #

    def _keep_duty(self, work, parcel, quote, kept):
        work.found["duty"] = quote
        work.extra.update(
            hub_duty_state=quote.state,
            hub_duty_amount=float(quote.total),
            hub_duty_table_id=quote.table.id if quote.table else False,
            hub_duty=kept,
        )

    def _say_duty(self, work, parcel, quote):
        if quote.table is None:
            work.problem(
                "duty",
                "no_table",
                value=parcel.destination,
                blocking=False,
                day=parcel.day.isoformat(),
            )
            return
        work.note(
            "duty",
            "calculated",
            amount=f"{quote.total:,f} {parcel.currency.name}",
            country=parcel.destination,
            version=quote.table.version,
            rules="; ".join(dict.fromkeys(self._rule_text(q) for q in quote.lines)),
        )
        missing = {}
        for line in quote.lines:
            if line.state in engine.MISSING:
                product = work.lines[line.n]["product_id"]
                missing.setdefault((product, line.state), line)
        for line in missing.values():
            self._say_missing(work, line)

    def _rule_text(self, line):
        """Return the rate used as figures: ``HS 8708: 2.5 %``."""
        if not line.rate:
            return f"HS {line.hs_code or '–'}: ?"
        free = " = 0" if line.state == engine.BELOW else ""
        return f"HS {line.rate.prefix}: {line.rate.percent:g} %{free}"

    def _say_missing(self, work, line):
        source = work.lines[line.n]
        product = self.env["product.product"].sudo().browse(source["product_id"])
        work.problem(
            "duty",
            line.state,
            f"lines[{source['n']}].sku",
            source.get("sku") or product.default_code or "",
            blocking=False,
            product=product.display_name,
            hs=line.hs_code,
            country=work.found["destination"],
        )

    def _charge_duty(self, channel, work, quote):
        """Add the duty as a line, and to the total that is expected."""
        product = channel.sudo().duty_product_id
        if not product or not quote.total:
            return
        work.lines.append(
            {
                "n": -1,
                "product_id": product.id,
                "uom_id": product.uom_id.id,
                "quantity": 1.0,
                "unit_price": float(quote.total),
                "discount": 0.0,
            }
        )
        if "total" in work.values:
            total = decimal(work.values["total"]) + quote.total
            work.values["total"] = float(total)
        work.note(
            "duty", "charged", amount=f"{quote.total:,f} {work.found['currency']}"
        )

    def _inbound_words(self):
        return {
            **super()._inbound_words(),
            "duty.calculated": self.env._(
                "Duty to %(country)s: %(amount)s, table version %(version)s "
                "(%(rules)s)."
            ),
            "duty.charged": self.env._(
                "The duty of %(amount)s is a line of the order, and part of its total."
            ),
            "duty.no_table": self.env._(
                "No duty table is in force for %(value)s on %(day)s: the duty is "
                "unknown. Publish a table for the country."
            ),
            "duty.no_code": self.env._(
                "%(product)s has no HS code: its duty to %(country)s is unknown. Enter "
                "the code on the product."
            ),
            "duty.no_origin": self.env._(
                "The duty on %(product)s (HS %(hs)s) to %(country)s depends on its "
                "origin. Enter the country of origin on the product."
            ),
            "duty.no_rate": self.env._(
                "The table for %(country)s has no rate for HS %(hs)s (%(product)s): "
                "its duty is unknown. Add the rate in a new version of the table."
            ),
        }
