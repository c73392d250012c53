import hashlib
import json
import re

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_amount

from ..adapters.base import Message

MAX_PRODUCTS = 60
MAX_LINES = 100
MAX_QUANTITY = 1_000_000
#: Bought in this time: what a customer is offered first.
MONTHS = 18
MAX_NOTE = 2000
FORM_KEY = re.compile(r"[0-9a-f]{32}")


class OrderHubPortalOrder(models.AbstractModel):
    """The order form of the customer portal: what is offered, what is sent.

    The customer says product, quantity, date and remark; prices and the customer
    are the server's.
    """

    _name = "order.hub.portal.order"
    _description = "Order Form of the Customer Portal"

    # === OFFER === #

    @api.model
    def _channel(self, company):
        """Return the channel for orders from the portal, if it is on."""
        return (
            self.env["order.hub.channel"]
            .sudo()
            .search(
                [
                    ("adapter", "=", "portal"),
                    ("intake_state", "=", "on"),
                    ("company_id", "=", company.id),
                ],
                limit=1,
            )
        )

    @api.model
    def _offer(self, channel, partner, words=""):
        """Return what a customer may order, what was bought most often first.

        :param partner: ``res.partner`` of who is logged in
        :param str words: searched in code and name; only where the channel offers
            its whole catalogue
        :return: ``[{"product", "code", "name", "unit", "price", "price_text",
            "last_quantity", "last_date"}]``, prices in the customer's currency for
            one unit
        """
        bought = self._bought(channel, partner)
        products = self.env["product.product"].sudo().browse(bought)
        if channel.portal_offers == "all":
            products |= self._found(channel, words)
        products = products.filtered(
            lambda p: self._is_orderable(channel, p) and self._fits(p, words)
        )[:MAX_PRODUCTS]
        prices = self._prices(channel, partner, products)
        return [self._row(p, bought.get(p.id), *prices[p.id]) for p in products]

    def _bought(self, channel, partner):
        """Return ``{product id: (times, last quantity, last date)}``, often first."""
        rows = self.env.execute_query(
            SQL(
                """SELECT line.product_id, count(*),
                          (array_agg(line.product_uom_qty
                                     ORDER BY o.date_order DESC))[1],
                          max(o.date_order)
                     FROM sale_order_line line
                     JOIN sale_order o ON o.id = line.order_id
                     JOIN res_partner payer ON payer.id = o.partner_id
                     JOIN product_product product ON product.id = line.product_id
                     JOIN product_template template
                          ON template.id = product.product_tmpl_id
                    WHERE payer.commercial_partner_id = %s AND o.company_id = %s
                      AND o.state = 'sale' AND template.type = 'consu'
                      AND o.date_order > now() - make_interval(months => %s)
                    GROUP BY line.product_id ORDER BY 2 DESC, 4 DESC LIMIT %s""",
                partner.commercial_partner_id.id,
                channel.company_id.id,
                MONTHS,
                MAX_PRODUCTS,
            )
        )
        return {row[0]: row[1:] for row in rows}

    def _found(self, channel, words):
        domain = [
            ("sale_ok", "=", True),
            ("type", "=", "consu"),
            ("default_code", "!=", False),
            ("company_id", "in", (False, channel.company_id.id)),
        ]
        if words:
            domain += ["|", ("default_code", "ilike", words), ("name", "ilike", words)]
        return self.env["product.product"].sudo().search(domain, limit=MAX_PRODUCTS)

    def _is_orderable(self, channel, product):
        """A product is named by its code on the way, so it needs one."""
        company = product.company_id
        return (
            product.sale_ok
            and product.active
            and bool(product.default_code or product.barcode)
            and (not company or company == channel.company_id)
        )

    def _fits(self, product, words):
        text = f"{product.default_code or ''} {product.name}".casefold()
        return all(word in text for word in words.casefold().split())

    def _prices(self, channel, partner, products):
        """Return ``{product id: (price, price as text)}`` of the own price list."""
        partner = partner.with_company(channel.company_id)
        pricelist = partner.sudo().commercial_partner_id.property_product_pricelist
        currency = pricelist.currency_id or channel.company_id.currency_id
        found = pricelist._get_products_price(products, 1.0) if pricelist else {}
        return {
            p.id: (
                price := found.get(p.id, p.lst_price),
                format_amount(self.env, price, currency),
            )
            for p in products
        }

    def _row(self, product, bought, price, price_text):
        _times, quantity, date = bought or (0, 0, None)
        return {
            "product": product.id,
            "code": product.default_code or "",
            "name": product.name,
            "unit": product.uom_id.name,
            "price": price,
            "price_text": price_text,
            "last_quantity": quantity,
            "last_date": date and fields.Date.to_date(date),
        }

    @api.model
    def _addresses(self, partner):
        """Return where the customer's goods may go."""
        payer = partner.sudo().commercial_partner_id
        return payer | payer.child_ids.filtered(lambda p: p.type == "delivery")

    # === ORDER === #

    @api.model
    def _submit(self, channel, partner, form):
        """Take in what a customer sends; the same form twice is one order.

        :param dict form: ``key`` (of the form, 32 hexadecimal digits),
            ``quantities`` ``{product id: quantity}``, ``ship_to`` (partner id),
            ``date`` (ISO, optional), ``reference``, ``note``
        :return: ``order.hub.inbound``
        :raise UserError: what is missing or too much, in the customer's words
        """
        values = self._values(channel, partner, form)
        self._know(channel, partner)
        number = self._number(partner, form["key"])
        message = Message("order", number, json.dumps(values).encode())
        Inbound = self.env["order.hub.inbound"].sudo()
        Inbound._receive(channel, [message])
        inbound = Inbound.search(
            [
                ("channel_id", "=", channel.id),
                ("kind", "=", "order"),
                ("external_ref", "=", message.external_ref),
            ]
        )
        if inbound.state == "received":
            inbound._process(channel)
        return inbound

    def _number(self, partner, key):
        """Return the number of a form; nobody's key leads to another one's order."""
        digest = hashlib.sha256(f"{partner.id} {key}".encode()).hexdigest()
        return f"P-{digest[:12].upper()}"

    def _values(self, channel, partner, form):
        if not FORM_KEY.fullmatch(form.get("key") or ""):
            raise UserError(self.env._("This form is out of date. Open it again."))
        values = {
            "customer": {"external_ref": str(partner.id), "name": partner.name},
            "ship_to": self._address(self._ship_to(partner, form)),
            "lines": self._lines(channel, partner, form.get("quantities") or {}),
            "customer_ref": (form.get("reference") or "")[:60],
            "special_request": (form.get("note") or "")[:MAX_NOTE],
        }
        if form.get("date"):
            values["promised_date"] = f"{self._date(form['date'])}T10:00:00Z"
        return {name: value for name, value in values.items() if value}

    def _address(self, row):
        """Return an address of the customer's as an order carries it."""
        row = row.sudo()
        values = {
            "name": row.name or row.commercial_partner_id.name,
            "phone": row.phone,
            "street": row.street,
            "street2": row.street2,
            "city": row.city,
            "zip": row.zip,
            "state": row.state_id.code,
            "country": row.country_id.code,
        }
        return {name: value for name, value in values.items() if value}

    def _date(self, text):
        try:
            date = fields.Date.to_date(text[:10])
        except ValueError:
            date = None
        if not date or date < fields.Date.context_today(self):
            raise UserError(self.env._("Choose a delivery date that is still to come."))
        return date.isoformat()

    def _ship_to(self, partner, form):
        addresses = self._addresses(partner)
        wanted = addresses.filtered(lambda row: str(row.id) == str(form.get("ship_to")))
        return wanted or partner

    def _lines(self, channel, partner, quantities):
        offered = {
            str(row.id): row for row in self._allowed(channel, partner, quantities)
        }
        lines = []
        for product_id, text in quantities.items():
            quantity = self._quantity(text)
            if quantity and product_id in offered:
                lines.append(self._line(offered[product_id], quantity))
        if not lines:
            raise UserError(self.env._("Enter a quantity for at least one product."))
        if len(lines) > MAX_LINES:
            raise UserError(
                self.env._("An order here has at most %s lines.", MAX_LINES)
            )
        return lines

    def _allowed(self, channel, partner, quantities):
        """Return those of the products asked for that this customer may order."""
        ids = [int(key) for key in quantities if key.isascii() and key.isdigit()]
        products = self.env["product.product"].sudo().browse(ids[:MAX_LINES]).exists()
        products = products.filtered(lambda p: self._is_orderable(channel, p))
        if channel.portal_offers == "all":
            return products
        bought = self._bought(channel, partner)
        return products.filtered(lambda p: p.id in bought)

    def _quantity(self, text):
        try:
            quantity = float((text or "0").strip() or 0)
        except ValueError:
            quantity = -1.0
        if not 0 <= quantity <= MAX_QUANTITY:
            raise UserError(
                self.env._("“%s” is no quantity that can be ordered.", text[:20])
            )
        return quantity

    def _line(self, product, quantity):
        return {
            "sku": product.default_code or product.barcode,
            "name": product.display_name,
            "quantity": quantity,
        }

    def _know(self, channel, partner):
        """Have the customer known by number in this channel."""
        numbers = self.env["order.hub.channel.partner"].sudo()
        mine = [("channel_id", "=", channel.id), ("external_ref", "=", str(partner.id))]
        if not numbers.search_count(mine, limit=1):
            numbers.create(
                {
                    "channel_id": channel.id,
                    "external_ref": str(partner.id),
                    "partner_id": partner.id,
                }
            )
