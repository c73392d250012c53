from odoo import api, models
from odoo.fields import Command, Domain
from odoo.tools import email_normalize, plaintext2html

from ..const import INTERNAL
from ..exceptions import HubInputError


class OrderHubIntake(models.AbstractModel):
    """From a clean payload (``engine.payload``) to a sale order.

    Nothing is guessed. What the database cannot answer is either refused with a
    code and the field, or, where the channel allows, taken in with a stand-in and
    held until a person has put it right.
    """

    _name = "order.hub.intake"
    _description = "Order Intake"

    @api.model
    def _take_in(self, channel, values):
        """Create the order of one payload.

        :param channel: ``order.hub.channel``
        :param values: clean values of ``engine.payload.read_order``
        :raise HubInputError: with every problem found
        :return: the new ``sale.order``
        """
        problems, doubts = [], []
        self._check_countries(values, problems)
        lines = self._line_commands(channel, values, problems, doubts)
        vals = {
            **self._header_vals(channel, values, problems),
            **self._partner_vals(channel, values, problems, doubts),
            "order_line": lines,
        }
        if problems:
            raise HubInputError(problems)
        # pylint: disable-next=context-overridden
        Order = self.env["sale.order"].with_context(self._context())
        order = Order.create(vals)
        order = order.with_context(order_hub_defer=None)
        self._check_total(order, values, doubts)
        self._hold_many(order, [doubts])
        if values.get("confirm") and not order.hub_is_held:
            order._validate_order()
        order._hub_sync(source="document")
        return order

    def _context(self):
        """Nothing carries the order on before its doubts have been noted, and a
        caller's ``default_…`` keys set no fields."""
        kept = {
            key: value
            for key, value in self.env.context.items()
            if not key.startswith("default_")
        }
        return {
            **kept,
            "order_hub_source": "api",
            "order_hub_defer": INTERNAL,
            "mail_create_nosubscribe": True,
        }

    # === HEADER === #

    def _header_vals(self, channel, values, problems):
        return {
            **self._header_own_vals(channel, values),
            **self._type_vals(channel, values, problems),
            **self._currency_vals(channel, values, problems),
        }

    def _header_own_vals(self, channel, values):
        """Return the values that need nothing looked up."""
        vals = {
            "hub_channel_id": channel.id,
            "hub_external_ref": values["external_ref"],
            "company_id": channel.company_id.id,
            "client_order_ref": values.get("customer_ref") or values["external_ref"],
            "commitment_date": values.get("promised_date"),
            "hub_amount_prepaid": values.get("prepaid_amount", 0.0),
            "origin": channel.sudo().name,
        }
        if values.get("date"):
            vals["date_order"] = values["date"]
        note = self._note_html(values)
        if note:
            vals["note"] = note
        if channel.team_id:
            vals["team_id"] = channel.team_id.id
        return vals

    def _note_html(self, values):
        """Return what the customer wrote, as the order's note."""
        texts = (values.get("note"), values.get("special_request"))
        text = "\n".join(filter(None, texts))
        return text and plaintext2html(text)

    def _type_vals(self, channel, values, problems):
        code = values.get("order_type")
        if not code:
            return {}
        types = self.env["order.hub.order.type"]._candidates(channel.company_id)
        order_type = types.filtered(lambda row: row.code == code)[:1]
        if not order_type:
            known = ", ".join(types.mapped("code"))
            self._problem(
                problems,
                "unknown_order_type",
                "order_type",
                self.env._("No such order type. Known are: %s.", known),
            )
        return {"hub_order_type_id": order_type.id}

    def _currency_vals(self, channel, values, problems):
        """Orders in another currency than the company's need a price list in it."""
        name = (values.get("currency") or channel.company_id.currency_id.name).upper()
        pricelist = self._pricelist(channel, name)
        if not pricelist and name != channel.company_id.currency_id.name:
            self._problem(
                problems,
                "unknown_currency",
                "currency",
                self.env._(
                    "There is no price list in %s. Activate the currency and add one.",
                    name[:10],
                ),
            )
        return {"pricelist_id": pricelist.id}

    def _pricelist(self, channel, currency):
        return self.env["product.pricelist"].search(
            [
                ("currency_id.name", "=", currency),
                ("company_id", "in", (False, channel.company_id.id)),
            ],
            limit=1,
        )

    # === CUSTOMER === #

    def _partner_vals(self, channel, values, problems, doubts):
        customer = values.get("customer") or {}
        partner = self._customer(channel, customer)
        if not partner:
            partner = channel.sudo().fallback_partner_id
            doubts.append(("customer", self.env._("The order names no customer.")))
        if not partner:
            self._problem(
                problems,
                "required",
                "customer",
                self.env._("A customer with a name or an e-mail address is needed."),
            )
            return {}
        shipping = self._ship_to(partner, values.get("ship_to") or {})
        salesperson = partner.user_id or channel.sudo().team_id.user_id
        return {
            "partner_id": partner.id,
            "partner_shipping_id": shipping.id,
            "user_id": salesperson.id,
        }

    def _customer(self, channel, customer):
        """Return the customer: known by number, found, or new; the number is kept."""
        number = customer.get("external_ref")
        numbers = self.env["order.hub.channel.partner"].sudo()
        if number:
            known = numbers.search(
                [("channel_id", "=", channel.id), ("external_ref", "=", number)]
            )
            if known:
                return known.partner_id.sudo(False)
        partner = self._find_partner(customer, channel) or self._make_partner(customer)
        if number and partner:
            numbers.create(
                {
                    "channel_id": channel.id,
                    "external_ref": number,
                    "partner_id": partner.id,
                }
            )
        return partner

    def _find_partner(self, customer, channel):
        """Find by tax number, e-mail, or name and phone together."""
        Partner = self.env["res.partner"]
        common = Domain("company_id", "in", (False, channel.company_id.id))
        for domain in self._partner_domains(customer):
            found = Partner.search(common & domain, order="parent_id desc, id", limit=1)
            if found:
                return found
        return Partner

    def _partner_domains(self, customer):
        if customer.get("vat"):
            yield Domain("vat", "=", customer["vat"])
        email = email_normalize(customer.get("email") or "")
        if email:
            yield Domain("email_normalized", "=", email)
        elif customer.get("phone") and customer.get("name"):
            yield Domain("phone", "=", customer["phone"]) & Domain(
                "name", "=", customer["name"]
            )

    def _make_partner(self, customer):
        name = customer.get("company") or customer.get("name") or customer.get("email")
        if not name:
            return self.env["res.partner"]
        return self.env["res.partner"].create(
            {
                **self._address_vals(customer),
                "name": name,
                "is_company": bool(customer.get("company")),
                "vat": customer.get("vat"),
            }
        )

    def _address_vals(self, address):
        country = self._country(address.get("country"))
        vals = {
            name: address[name]
            for name in ("email", "phone", "street", "street2", "city", "zip")
            if address.get(name)
        }
        if country:
            vals["country_id"] = country.id
        state = self._state(country, address.get("state"))
        if state:
            vals["state_id"] = state.id
        elif address.get("state"):
            vals["city"] = ", ".join(filter(None, [vals.get("city"), address["state"]]))
        return vals

    def _check_countries(self, values, problems):
        for name in ("customer", "ship_to"):
            country = (values.get(name) or {}).get("country")
            if country and not self._country(country):
                self._problem(
                    problems,
                    "unknown_country",
                    f"{name}.country",
                    self.env._("Use the two-letter code of the country."),
                )

    def _country(self, text):
        """Return the country of a two-letter code or of its exact name."""
        country = self.env["res.country"]
        if not text:
            return country
        if len(text) == 2:
            return country.search([("code", "=", text.upper())], limit=1)
        return country.search([("name", "=ilike", self._literal(text))], limit=1)

    def _state(self, country, text):
        """Return the state of a country by its code or exact name."""
        state = self.env["res.country.state"]
        if not text or not country:
            return state
        named = Domain("name", "=ilike", self._literal(text))
        coded = Domain("code", "=", text.upper())
        return state.search(
            Domain("country_id", "=", country.id) & (named | coded), limit=1
        )

    def _literal(self, text):
        """Return a text whose % and _ mean themselves in a pattern."""
        return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")

    def _ship_to(self, partner, address):
        """Return the delivery address, an existing one where it is the same."""
        if not address.get("street") and not address.get("city"):
            return partner
        vals = self._address_vals(address)
        vals["name"] = address.get("name") or address.get("company") or partner.name
        same = [(name, "=", value) for name, value in vals.items() if value]
        known = self.env["res.partner"].search(
            [("id", "child_of", partner.commercial_partner_id.id), *same], limit=1
        )
        return known or self.env["res.partner"].create(
            {**vals, "parent_id": partner.id, "type": "delivery"}
        )

    # === LINES === #

    def _line_commands(self, channel, values, problems, doubts):
        products = self._products(channel, values["lines"])
        commands = []
        for index, line in enumerate(values["lines"]):
            product = products.get(line.get("sku"))
            if not product:
                product = self._stand_in(channel, index, line, problems, doubts)
            if product:
                self._check_quantity(index, product, line, problems)
                commands.append(Command.create(self._line_vals(product, line)))
        if values.get("shipping_price"):
            commands += self._shipping(channel, values["shipping_price"], problems)
        return commands

    def _check_quantity(self, index, product, line, problems):
        if product.uom_id.is_zero(line.get("quantity", 1.0)):
            self._problem(
                problems,
                "invalid",
                f"lines[{index}].quantity",
                self.env._("Less than the smallest quantity of the product's unit."),
            )

    def _products(self, channel, lines):
        """Return ``{code: product}`` for the codes of all lines, one query."""
        codes = {line["sku"] for line in lines if line.get("sku")}
        products = self.env["product.product"].search(
            [
                "|",
                ("default_code", "in", list(codes)),
                ("barcode", "in", list(codes)),
                ("sale_ok", "=", True),
                ("company_id", "in", (False, channel.company_id.id)),
            ],
            order="id desc",
        )
        found = {product.barcode: product for product in products if product.barcode}
        found.update({p.default_code: p for p in products if p.default_code})
        return found

    def _stand_in(self, channel, index, line, problems, doubts):
        label = line.get("sku") or line.get("name") or ""
        product = channel.sudo().fallback_product_id
        if product:
            doubts.append(
                ("product", self.env._("No product has the code “%s”.", label[:80]))
            )
            return product
        self._problem(
            problems,
            "unknown_product",
            f"lines[{index}].sku",
            self.env._("No product has the code “%s”.", label[:80]),
        )
        return product

    def _line_vals(self, product, line):
        vals = {
            "product_id": product.id,
            "product_uom_qty": line["quantity"],
            "discount": line.get("discount", 0.0),
        }
        if "unit_price" in line:
            vals["price_unit"] = line["unit_price"]
        if line.get("name"):
            vals["name"] = line["name"]
        return vals

    def _shipping(self, channel, price, problems):
        product = channel.sudo().shipping_product_id
        if not product:
            self._problem(
                problems,
                "no_shipping_product",
                "shipping_price",
                self.env._("The channel has no product for the shipping charge."),
            )
            return []
        vals = {
            "product_id": product.id,
            "product_uom_qty": 1,
            "price_unit": price,
            "name": product.name,
        }
        return [Command.create(vals)]

    # === DOUBTS === #

    def _check_total(self, order, values, doubts):
        total = values.get("total")
        if total is None:
            return
        if order.currency_id.compare_amounts(total, order.amount_total):
            doubts.append(
                (
                    "amount",
                    self.env._(
                        "The channel's total is %(theirs).2f, the order's %(ours).2f.",
                        theirs=total,
                        ours=order.amount_total,
                    ),
                )
            )

    def _problem(self, problems, code, field, message):
        problems.append({"code": code, "field": field, "message": message})
