from datetime import date, datetime, time

import pytz

from odoo import fields, models
from odoo.exceptions import UserError

from ..engine.change import MOST, YEARS

MAX_NOTE = 1000
MAX_SPECIFICATION = 2000
MAX_ADDRESS_PART = 120
#: When goods are expected where nobody has said at what time of the day.
NOON = time(12)


class SaleOrder(models.Model):
    """What a customer's form asks for, checked before anything is made of it.

    Ids in a form are only looked up among what the page offers: a line of this
    order, an own address, an own product. Anything else is not there.
    """

    _inherit = "sale.order"

    def _hub_asked(self, kind, form):
        """Return what a form asks for, as ``order.hub.change.request._ask`` takes it.

        :param kind: one of ``const.CHANGE_KINDS``
        :param form: ``{name: text}`` as posted
        :return: ``(values, note)``
        :raise UserError: for anything that the page does not offer
        """
        self.ensure_one()
        order = self.sudo()
        if kind not in {each["code"] for each in order._hub_change_kinds()}:
            raise UserError(
                self.env._("This cannot be asked for here. Please call or write to us.")
            )
        note = order._hub_form_text(form, "note", MAX_NOTE)
        return getattr(order, f"_hub_asked_{kind}")(form), note

    # === KINDS === #

    def _hub_asked_address(self, form):
        chosen = form.get("address_id")
        if chosen != "new":
            place = self._hub_form_record(form, "address_id", self._hub_own_addresses())
            return {"shipping_id": place.id}
        return {"address": self._hub_form_address(form)}

    def _hub_asked_quantity(self, form):
        lines = []
        for line in self._hub_goods_lines():
            text = form.get(f"quantity_{line.id}")
            if text is None:
                continue
            quantity = self._hub_form_number(text, line.product_id)
            if quantity != line.product_uom_qty:
                lines.append({"line_id": line.id, "quantity": quantity})
        return self._hub_asked_lines(lines)

    def _hub_asked_drop(self, form):
        dropped = self._hub_goods_lines().filtered(
            lambda line: form.get(f"drop_{line.id}") and line.product_uom_qty
        )
        return self._hub_asked_lines([{"line_id": line.id} for line in dropped])

    def _hub_asked_add(self, form):
        product = self._hub_form_record(form, "product_id", self._hub_own_products())
        quantity = self._hub_form_number(form.get("quantity"), product)
        return {"lines": [{"product_id": product.id, "quantity": quantity}]}

    def _hub_asked_date(self, form):
        try:
            day = date.fromisoformat((form.get("date") or "")[:10])
        except ValueError:
            day = date.min
        if day.year not in YEARS:
            raise UserError(self.env._("Choose the day you want the goods."))
        return {"date": self._hub_on_day(day)}

    def _hub_asked_specification(self, form):
        lines = []
        for line in self._hub_goods_lines():
            text = self._hub_form_text(
                form, f"specification_{line.id}", MAX_SPECIFICATION
            )
            if text:
                lines.append({"line_id": line.id, "specification": text})
        return self._hub_asked_lines(lines)

    def _hub_asked_lines(self, lines):
        """Return values for lines; raise where the form leaves all as it is."""
        if not lines:
            raise UserError(
                self.env._("Nothing would change. Say what is to be different.")
            )
        return {"lines": lines}

    # === FIELDS OF THE FORM === #

    def _hub_form_text(self, form, name, limit):
        """Return a text of the form; longer ones are refused, not cut."""
        text = (form.get(name) or "").strip()
        if len(text) > limit:
            raise UserError(
                self.env._("Please write at most %s letters in one field.", limit)
            )
        return text

    def _hub_form_record(self, form, name, offered):
        """Return the record behind an id of the form, if the page offers it."""
        text = form.get(name) or ""
        known = int(text) if text.isascii() and text.isdigit() else 0
        record = offered.filtered(lambda each: each.id == known)
        if not record:
            raise UserError(self.env._("Choose one of those in the list."))
        return record

    def _hub_form_number(self, text, product):
        """Return a quantity of the form, at least 0.

        :raise UserError: for what is no number, below 0 or beyond any order
        """
        try:
            number = float((text or "").strip().replace(",", "."))
        except ValueError:
            number = -1.0
        if not 0 <= number <= MOST:
            raise UserError(
                self.env._(
                    "Write how much of “%s” you want as a number, such as 12.",
                    product.display_name,
                )
            )
        return number

    def _hub_form_address(self, form):
        """Return a new address of the form as values of a contact."""
        parts = ("name", "street", "street2", "zip", "city", "state", "phone")
        found = {
            name: self._hub_form_text(form, name, MAX_ADDRESS_PART) for name in parts
        }
        country = self._hub_form_record(
            form, "country_id", self._hub_address_countries()
        )
        if not found["street"] or not found["city"]:
            raise UserError(self.env._("Street and city are needed for an address."))
        state = self._hub_state_of(country, found["state"])
        if found.pop("state") and not state:
            found["city"] = f"{found['city']}, {form['state'].strip()}"
        found["name"] = found["name"] or self.partner_id.commercial_partner_id.name
        return {**found, "country_id": country.id, "state_id": state.id}

    def _hub_state_of(self, country, text):
        """Return the province that a customer names, or an empty recordset."""
        States = self.env["res.country.state"]
        if not text:
            return States
        return States.search(
            [
                ("country_id", "=", country.id),
                "|",
                ("name", "=ilike", text),
                ("code", "=ilike", text),
            ],
            limit=1,
        )

    def _hub_on_day(self, day):
        """Return the moment of a day that goods are wanted: naive UTC.

        At the time of the day of the present promise, in the company's zone.
        """
        zone = pytz.timezone(self.company_id.partner_id.tz or self.env.user.tz or "UTC")
        now = self.hub_promised_date
        at = pytz.utc.localize(now).astimezone(zone).time() if now else NOON
        local = zone.localize(datetime.combine(day, at.replace(microsecond=0)))
        return fields.Datetime.to_string(local.astimezone(pytz.utc))
