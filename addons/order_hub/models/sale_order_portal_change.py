from odoo import fields, models
from odoo.fields import Domain

from ..const import CHANGE_KINDS

#: Products that a customer is offered to add: those bought last.
MAX_PRODUCTS = 100
#: Own addresses that a customer can choose from.
MAX_ADDRESSES = 30
#: Changes listed on the page, newest first.
MAX_REQUESTS = 20


class SaleOrder(models.Model):
    """What customers see where they change their order: plain values only.

    Whoever calls has checked that the visitor may see prices of this order.
    """

    _inherit = "sale.order"

    # === WHAT CAN BE ASKED === #

    def _hub_change_page(self):
        """Return what the page shows that asks for a change (sudo)."""
        self.ensure_one()
        order = self.sudo()
        return {
            "name": order.name,
            "ref": order.hub_ref,
            "closed": order._hub_change_closed_words(),
            "kinds": order._hub_change_kinds(),
            "lines": order._hub_change_lines(),
            "addresses": order._hub_change_addresses(),
            "countries": order._hub_change_countries(),
            "country": order.partner_shipping_id.country_id.id,
            "products": order._hub_change_products(),
            "tomorrow": fields.Date.to_string(
                fields.Date.add(fields.Date.context_today(order), days=1)
            ),
            "promised": order._hub_day(order.hub_promised_date),
            "requests": order._hub_change_rows(),
            "contact": order._hub_page_contact(),
        }

    def _hub_change_closed_words(self):
        """Return why nothing can be asked for any more or yet, or nothing."""
        if self.state == "cancel":
            return self.env._("This order was cancelled.")
        if self.state != "sale":
            return self.env._(
                "This is still a quotation. Tell us what is to be different, and we "
                "send you a new one."
            )
        if not self._hub_change_kinds():
            return self.env._("Please call or write to us to change this order.")
        return ""

    def _hub_change_kinds(self):
        """Return the kinds of change customers may ask for, and which are too late.

        What is too late may be asked for all the same: the answer says what can
        still be done.

        :return: ``[{"code", "label", "is_open"}]``
        """
        if self.state != "sale":
            return []
        rules = self.env["order.hub.change.rule"]
        labels = self._hub_change_labels()
        still = self._hub_change_still_open()
        return [
            {"code": kind, "label": labels[kind], "is_open": kind in still}
            for kind, _label in CHANGE_KINDS
            if rules._rule_for(self.company_id.id, kind).from_portal
        ]

    def _hub_change_labels(self):
        """Return what customers read on each card, as they would say it."""
        env = self.env
        return {
            "address": env._("Deliver to another address"),
            "quantity": env._("More or less of a product"),
            "add": env._("Add a product"),
            "drop": env._("Leave out a product"),
            "date": env._("Another delivery date"),
            "specification": env._("Make it differently"),
        }

    def _hub_change_still_open(self):
        """Return the kinds that the order's stage and its deliveries still allow."""
        Request = self.env["order.hub.change.request"]
        draft = Request.new(
            {"order_id": self.id, "source": "portal", "kind": "address"}
        )
        return draft._open_kinds()

    def _hub_goods_lines(self):
        """Return the lines that customers may change: no freight, no notes."""
        return self.order_line.filtered(
            lambda line: (
                line.product_id
                and not line.display_type
                and not line.is_delivery
                and not line.is_downpayment
            )
        )

    def _hub_change_lines(self):
        return [
            {
                "id": line.id,
                "name": self._hub_line_name(line),
                "quantity": line.product_uom_qty,
                "unit": line.product_uom_id.name,
                "delivered": line.qty_delivered,
                "delivered_text": self._hub_quantity(
                    line.qty_delivered, line.product_uom_id
                ),
            }
            for line in self._hub_goods_lines()
            if line.product_uom_qty
        ]

    def _hub_own_addresses(self):
        """Return the addresses of the customer that goods can go to."""
        owner = self.partner_id.commercial_partner_id
        places = self.env["res.partner"].search(
            [
                ("id", "child_of", owner.id),
                ("type", "in", ("delivery", "other", "invoice")),
            ],
            order="id desc",
            limit=MAX_ADDRESSES,
        )
        return owner | places

    def _hub_change_addresses(self):
        now = self.partner_shipping_id
        return [
            {
                "id": place.id,
                "text": self._hub_address_text(place),
                "is_now": place == now,
            }
            for place in self._hub_own_addresses() | now
        ]

    def _hub_address_text(self, place):
        parts = (
            place.name or place.commercial_company_name,
            place.street,
            place.street2,
            " ".join(filter(None, (place.zip, place.city))),
            place.country_id.name,
        )
        return ", ".join(part for part in parts if part)

    def _hub_change_countries(self):
        return [
            {"id": each.id, "name": each.name} for each in self._hub_address_countries()
        ]

    def _hub_address_countries(self):
        """Return the countries that an address can be in, by name."""
        return self.env["res.country"].search([("code", "!=", False)])

    def _hub_own_products(self):
        """Return what the customer has bought before and can still buy here."""
        rows = self.env["sale.order.line"]._read_group(
            Domain(
                "order_id.partner_id",
                "child_of",
                self.partner_id.commercial_partner_id.id,
            )
            & Domain("state", "=", "sale")
            & Domain("company_id", "=", self.company_id.id)
            & Domain("display_type", "=", False)
            & Domain("is_delivery", "=", False)
            & Domain("is_downpayment", "=", False)
            & Domain("product_id.sale_ok", "=", True)
            & Domain("product_id.active", "=", True),
            ["product_id"],
            order="order_id:max desc",
            limit=MAX_PRODUCTS,
        )
        return self.env["product.product"].union(*(product for [product] in rows))

    def _hub_change_products(self):
        """Return the products to add, at the price this customer pays for one."""
        products = self._hub_own_products()
        prices = self.pricelist_id._get_products_price(
            products, 1.0, currency=self.currency_id, date=fields.Date.today()
        )
        return [
            {
                "id": product.id,
                "name": product.display_name,
                "price": self.currency_id.format(prices[product.id]),
                "unit": product.uom_id.name,
            }
            for product in products
        ]

    # === WHAT WAS ASKED === #

    def _hub_customer_requests(self):
        """Return the changes that concern the customer: the own ones, those that
        were carried out, and those that wait for the customer's yes."""
        concerns = (
            Domain("source", "in", ("portal", "api"))
            | Domain("state", "=", "done")
            | Domain("acceptance_ids.role", "=", "customer")
        )
        return self.env["order.hub.change.request"].search(
            Domain("order_id", "=", self.id)
            & Domain("state", "!=", "draft")
            & concerns,
            limit=MAX_REQUESTS,
        )

    def _hub_change_rows(self):
        return [
            {
                "id": request.id,
                "name": request.name,
                "kind": request._label("kind", request.kind),
                "state": request._label("state", request.state),
                "state_code": request.state,
                "wish": request.wish,
                "when": self._hub_moment(request.requested_at),
                "asks": request._asks_customer(),
            }
            for request in self._hub_customer_requests()
        ]
