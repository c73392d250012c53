from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_amount

#: Bought in these days: what is offered, and who counts as a customer of one's own.
DAYS = 548
MAX_CUSTOMERS = 40
MAX_PRODUCTS = 60
MAX_RECENT = 300


class OrderHubCardOffer(models.AbstractModel):
    """What the phone form fills in: customers, what they buy, prices, addresses.

    Everything is read with the salesperson's own rights: the records that rules hide
    in Odoo are hidden here.
    """

    _name = "order.hub.card.offer"
    _description = "What an Order Card Offers"

    # === CUSTOMERS === #

    @api.model
    def _customers(self, card, words=""):
        """Return customers, one's own first, of these who ordered last.

        :param words: searched in name, reference, phone, tax number and contacts;
            empty: one's own only
        :return: ``[{"id", "name", "place", "is_own", "last_date"}]``
        """
        recent = self._recent(card)
        domain = self._customer_domain(card)
        own = Domain("user_id", "=", self.env.uid) | Domain("id", "in", list(recent))
        found = self.env["res.partner"]
        for each in (domain & own, domain) if words else (domain & own,):
            each &= self._customer_words(words)
            found |= found.search(each, limit=MAX_CUSTOMERS)
        rows = [self._customer_row(partner, recent) for partner in found]
        rows.sort(key=self._customer_order)
        return rows[:MAX_CUSTOMERS]

    def _customer_order(self, row):
        """Return what sorts: own ones first, then the latest, then by name."""
        last = row["last_date"]
        days = last.toordinal() if last else 0
        return not row["is_own"], -days, row["name"].casefold()

    def _customer_domain(self, card):
        return Domain(
            [
                ("parent_id", "=", False),
                ("partner_share", "=", True),
                ("company_id", "in", (False, card.company_id.id)),
            ]
        )

    def _customer_words(self, words):
        """Return a domain: each word in one of the names of a customer."""
        names = ("name", "ref", "phone", "vat", "city", "child_ids.name")
        return Domain.AND(
            Domain.OR(Domain(name, "ilike", word) for name in names)
            for word in words.split()[:5]
        )

    def _recent(self, card):
        """Return ``{customer id: date of the last order}`` of one's own orders."""
        domain = [
            ("user_id", "=", self.env.uid),
            ("company_id", "=", card.company_id.id),
            ("date_order", ">", self._since()),
        ]
        rows = self.env["sale.order"]._read_group(
            domain,
            ["partner_id"],
            ["date_order:max"],
            limit=MAX_RECENT,
            order="date_order:max DESC",
        )
        recent = {}
        for partner, moment in rows:
            recent.setdefault(partner.sudo().commercial_partner_id.id, moment.date())
        return recent

    def _since(self):
        return fields.Datetime.now() - timedelta(days=DAYS)

    def _customer_row(self, partner, recent):
        is_own = partner.user_id.id == self.env.uid or partner.id in recent
        return {
            "id": partner.id,
            "name": partner.name or partner.display_name,
            "place": partner.city or partner.state_id.name or "",
            "is_own": is_own,
            "last_date": recent.get(partner.id),
        }

    @api.model
    def _customer(self, card, customer_id):
        """Return a customer that the salesperson may see, or none."""
        domain = self._customer_domain(card) & Domain("id", "=", customer_id)
        return self.env["res.partner"].search(domain)

    @api.model
    def _addresses(self, customer):
        """Return where the customer's goods may go, the own address first."""
        children = customer.child_ids.filtered(lambda row: row.type == "delivery")
        return customer | children

    @api.model
    def _address_rows(self, customer):
        return [
            {"id": row.id, "name": self._address_text(row, customer)}
            for row in self._addresses(customer)
        ]

    def _address_text(self, row, customer):
        """Return an address in one line."""
        parts = (row.street, row.street2, row.city, row.state_id.name, row.zip)
        who = row.name if row != customer else ""
        return ", ".join(part for part in (who, *parts) if part) or customer.name

    # === PRODUCTS === #

    @api.model
    def _bought(self, card, customer):
        """Return what a customer bought, as rows, the most often bought first."""
        last = self._last_lines(card, customer)
        lines = self.env["sale.order.line"].browse(last.values())
        products = lines.product_id.filtered(lambda p: self._is_orderable(card, p))
        prices = self._prices(card, customer, products)
        return [
            {
                **self._product_row(line.product_id, prices),
                **self._last(line),
            }
            for line in lines
            if line.product_id in products
        ]

    def _last_lines(self, card, customer):
        """Return ``{product id: id of the last order line}``, often bought first."""
        lines = self.env["sale.order.line"]._search(
            [
                ("order_id.partner_id", "child_of", customer.id),
                ("company_id", "=", card.company_id.id),
                ("state", "=", "sale"),
                ("display_type", "=", False),
                ("product_id.type", "=", "consu"),
                ("order_id.date_order", ">", self._since()),
            ]
        )
        rows = self.env.execute_query(
            SQL(
                """SELECT line.product_id,
                          (array_agg(line.id ORDER BY o.date_order DESC, line.id))[1]
                     FROM sale_order_line line
                     JOIN sale_order o ON o.id = line.order_id
                    WHERE line.id IN %s
                    GROUP BY line.product_id
                    ORDER BY count(*) DESC, max(o.date_order) DESC LIMIT %s""",
                lines.subselect(),
                MAX_PRODUCTS,
            )
        )
        return dict(rows)

    def _last(self, line):
        """Return what was bought last, in the product's own unit."""
        unit, product_unit = line.product_uom_id, line.product_id.uom_id
        price = line.price_unit * (1 - (line.discount or 0.0) / 100)
        price = unit._compute_price(price, product_unit)
        return {
            "last_quantity": unit._compute_quantity(
                line.product_uom_qty, product_unit, round=False
            ),
            "last_date": line.order_id.date_order.date(),
            "last_price_text": format_amount(self.env, price, line.currency_id),
        }

    @api.model
    def _products(self, card, customer, words):
        """Return products for sale by words, code or bar code, as rows.

        Products that share a code are all offered: a person chooses.
        """
        Product = self.env["product.product"]
        exact = Domain("barcode", "=", words) | Domain("default_code", "=", words)
        found = Product.search(self._product_domain(card) & exact, limit=MAX_PRODUCTS)
        if not found:
            domain = self._product_domain(card) & self._product_words(words)
            found = Product.search(domain, limit=MAX_PRODUCTS)
        prices = self._prices(card, customer, found)
        return [self._product_row(product, prices) for product in found]

    def _product_domain(self, card):
        return Domain(
            [
                ("sale_ok", "=", True),
                ("type", "=", "consu"),
                ("company_id", "in", (False, card.company_id.id)),
                "|",
                ("default_code", "!=", False),
                ("barcode", "!=", False),
            ]
        )

    def _product_words(self, words):
        return Domain.AND(
            Domain("default_code", "ilike", word) | Domain("name", "ilike", word)
            for word in words.split()[:5]
        )

    def _is_orderable(self, card, product):
        """A product is named by its code on the way, so it needs one."""
        company = product.company_id
        return (
            product.sale_ok
            and product.active
            and bool(product.default_code or product.barcode)
            and (not company or company == card.company_id)
        )

    def _prices(self, card, customer, products):
        """Return ``{product: price of one unit as text}``, today, for the customer."""
        pricelist = customer.with_company(card.company_id).property_product_pricelist
        currency = pricelist.currency_id or card.company_id.currency_id
        found = pricelist._get_products_price(products, 1.0) if pricelist else {}
        return {
            product: format_amount(
                self.env, found.get(product.id, product.lst_price), currency
            )
            for product in products
        }

    def _product_row(self, product, prices):
        return {
            "id": product.id,
            "code": product.default_code or product.barcode or "",
            "barcode": product.barcode or "",
            "name": product.name,
            "unit": product.uom_id.name,
            "price_text": prices[product],
        }
