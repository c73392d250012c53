import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...adapters.base import Message
from ...engine.card import FormError, goods_text, number_of, read_form

#: An order is on its way to become one, whatever a person still has to say.
ASIDE = ("ignored", "duplicate")


class OrderHubCardOrder(models.AbstractModel):
    """What a salesperson sends from the phone becomes an inbound order.

    The phone says customer, products, quantities, date, address and remark; prices,
    rights and everything else are the server's.
    """

    _name = "order.hub.card.order"
    _description = "Order of an Order Card"

    @api.model
    def _submit(self, card, values):
        """Take in what a phone sends; the same form sent again is the same order.

        :param card: ``order.hub.card`` as ``_of_address`` returns it
        :param values: the form, whatever it is (``engine.card.read_form``)
        :return: ``order.hub.inbound`` (sudo)
        :raise UserError: what is wrong, in the salesperson's words
        """
        channel = self.env["order.hub.channel"]._card_channel(card.company_id)
        if not channel:
            raise UserError(self.env._("Order cards are switched off at the moment."))
        form = self._read(card, values)
        number = number_of(card.user_id.id, form.key, hashlib.sha256)
        return self._known(channel, number) or self._store(card, channel, number, form)

    def _read(self, card, values):
        try:
            return read_form(values, card._today())
        except FormError as error:
            raise UserError(self._wrong(error)) from error

    def _wrong(self, error):
        """Return what is wrong with a form and what to do, as words."""
        words = {
            "key": self.env._("This form is out of date. Open it again."),
            "customer": self.env._("Choose a customer."),
            "quantity": self.env._(
                "“%s” is no quantity that can be ordered.",
                error.figures.get("value", ""),
            ),
            "no_lines": self.env._("Enter a quantity for at least one product."),
            "too_many": self.env._(
                "An order here has at most %s lines.", error.figures.get("limit", "")
            ),
            "day": self.env._("The delivery date is no date. Choose one."),
            "past": self.env._("Choose a delivery date that is still to come."),
        }
        return words[error.code]

    def _known(self, channel, number):
        """Return what became of a form that has arrived before."""
        return (
            self.env["order.hub.inbound"]
            .sudo()
            .search(
                [
                    ("channel_id", "=", channel.id),
                    ("kind", "=", "order"),
                    ("external_ref", "=", number),
                ]
            )
        )

    def _store(self, card, channel, number, form):
        """Store a form and work on it at once."""
        message = Message("order", number, self._payload(card, channel, form))
        Inbound = self.env["order.hub.inbound"].sudo()
        new = Inbound._receive(channel, [message])["new"]
        inbound = self._known(channel, number)
        if inbound.id not in new:
            return inbound
        inbound.card_id = card.id
        card.sudo().used_at = fields.Datetime.now()
        if channel.intake_state == "on":
            inbound._process(channel)
        return inbound

    # === THE ORDER === #

    def _payload(self, card, channel, form):
        """Return what is kept as it came: the order, and which address was chosen."""
        customer = self._customer(card, form)
        self._know(channel, customer)
        place = self._chosen(customer, form)
        values = {
            "customer": {"external_ref": str(customer.id), "name": customer.name},
            "ship_to": self._ship_to(customer, place, form),
            "lines": self._lines(card, form),
            "special_request": form.note,
            "promised_date": form.day and self._moment(form.day),
        }
        order = {name: value for name, value in values.items() if value}
        return json.dumps({"order": order, "ship_to_id": place.id}).encode()

    def _customer(self, card, form):
        customer = self.env["order.hub.card.offer"]._customer(card, form.customer)
        if not customer:
            raise UserError(
                self.env._("This customer is not there any more. Choose another one.")
            )
        return customer

    def _know(self, channel, customer):
        """Have the customer known by number in this channel."""
        self.env["order.hub.portal.order"]._know(channel, customer)

    def _chosen(self, customer, form):
        """Return the customer's address that was chosen; none for one typed in."""
        addresses = self.env["order.hub.card.offer"]._addresses(customer)
        if form.address:
            return addresses[:0]
        return addresses.filtered(lambda row: row.id == form.ship_to) or customer

    def _ship_to(self, customer, place, form):
        """Return where the goods go, as an order carries it."""
        if not place:
            return {"name": customer.name, "address": form.address}
        return self.env["order.hub.portal.order"]._address(place)

    def _moment(self, day):
        """Return when a day's delivery is wanted: late on that day in China, early in
        America, as for orders from the portal."""
        return f"{day.isoformat()}T10:00:00Z"

    def _lines(self, card, form):
        Offer = self.env["order.hub.card.offer"]
        wanted = dict(form.lines)
        found = self._products_of(wanted)
        products = found.filtered(lambda row: Offer._is_orderable(card, row))
        if len(products) < len(wanted):
            raise UserError(self._not_sold(found - products))
        by_id = {product.id: product for product in products}
        return [
            self.env["order.hub.portal.order"]._line(by_id[product_id], quantity)
            for product_id, quantity in form.lines
        ]

    def _products_of(self, ids):
        """Return the goods of these ids that the salesperson may see, also old ones."""
        Product = self.env["product.product"].with_context(active_test=False)
        return Product.search([("id", "in", list(ids)), ("type", "=", "consu")])

    def _not_sold(self, products):
        """Return which products cannot be ordered any more, as words."""
        if not products:
            return self.env._(
                "A product of this order is not there any more. Change the order."
            )
        return self.env._(
            "%s: not sold any more. Change the order and take it out.",
            ", ".join(products.mapped("display_name")),
        )

    # === THE ANSWER === #

    @api.model
    def _answer(self, inbound):
        """Return what the phone shows of an order that was sent.

        :return: ``state`` (``taken``, ``waiting``, ``aside``), ``number``, ``text`` to
            copy or send on, ``message``
        """
        order = inbound.order_id
        number = order.hub_ref or inbound.external_ref
        return {
            "state": self._state(inbound),
            "number": number,
            "text": self._text(inbound, number),
            "message": self._message(inbound),
        }

    def _state(self, inbound):
        if inbound.state in ASIDE:
            return "aside"
        return "taken" if inbound.order_id else "waiting"

    def _message(self, inbound):
        """Return in one sentence what has become of it."""
        order = inbound.order_id
        if inbound.state in ASIDE:
            return self.env._("Somebody has put this order aside.")
        if order.state == "sale":
            return self.env._("The order is confirmed.")
        if order:
            return self.env._("The order is in the hub and is looked at.")
        question = inbound.problem_ids.filtered("is_blocking")[:1]
        if question:
            words = question.with_context(lang=self.env.lang).message
            return self.env._("It arrived, and a person looks first: %s", words)
        return self.env._("It arrived and is worked on.")

    def _text(self, inbound, number):
        """Return the order as a few lines of plain text, to paste into a chat."""
        values = json.loads(inbound._payload_text())["order"]
        head = self.env._(
            "Order %(number)s for %(customer)s",
            number=number,
            customer=values["customer"]["name"],
        )
        goods = [(row["quantity"], row["name"]) for row in values["lines"]]
        day = values.get("promised_date", "")[:10]
        when = [self.env._("Delivery: %s", format_date(self.env, day))] if day else []
        return "\n".join([head, *goods_text(goods), *when])
