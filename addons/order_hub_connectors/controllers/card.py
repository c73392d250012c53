import time

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import file_open
from odoo.tools.translate import code_translations

from odoo.addons.order_hub.controllers.throttle import Throttle

#: Cards of others, or that are not there, that somebody may try.
REFUSED = Throttle(limit=30, seconds=60)
#: Questions of a form: a search a letter is typed.
ASKED = Throttle(limit=240, seconds=60)
#: Orders that one salesperson may send: an evening without a network at once.
SENT = Throttle(limit=200, seconds=600)
MAX_WORDS = 60
ADDON = "order_hub_connectors"
WORKER = f"{ADDON}/static/src/card/service_worker.js"


class OrderHubCard(http.Controller):
    """The phone form of an order card: for its own salesperson, logged in."""

    # === SHELL === #

    @http.route(
        "/hub/card/service-worker.js",
        type="http",
        auth="none",
        methods=["GET"],
        readonly=True,
        save_session=False,
    )
    def hub_card_worker(self):
        """Return the program that opens the form without a network: the same for
        everybody, so it needs no database."""
        with file_open(WORKER) as file:
            body = file.read()
        headers = [("Content-Type", "text/javascript"), ("Cache-Control", "no-cache")]
        return request.make_response(body, headers)

    @http.route(
        "/hub/card/<string:token>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def hub_card(self, token, **_query):
        """Return the form, empty: what it fills in is asked for by its user.

        Who is not logged in logs in first and comes back; to anybody else all cards
        look as if there were none.
        """
        if self._is_too_often(REFUSED):
            return self._closed(429)
        if not self._card(token):
            return self._closed(404)
        response = request.render(
            f"{ADDON}.card_page",
            {
                "token": token,
                "terms": self._terms(),
                "page_lang": (request.env.lang or "en_US").replace("_", "-"),
            },
        )
        response.headers["Cache-Control"] = "no-store"
        return response

    def _closed(self, status):
        response = request.render(f"{ADDON}.card_closed", {"is_busy": status == 429})
        response.status_code = status
        return response

    def _terms(self):
        """Return ``{English: translated}`` for the words of the form."""
        found = code_translations.get_web_translations(
            ADDON, request.env.lang or "en_US"
        )
        return {row["id"]: row["string"] for row in found.get("messages", ())}

    # === QUESTIONS === #

    @http.route(
        "/hub/card/<string:token>/open",
        type="jsonrpc",
        auth="user",
        methods=["POST"],
        readonly=True,
    )
    def hub_card_open(self, token, **_more):
        """Return who may order here, and for whom most likely.

        :return: ``user``, ``company``, ``today``, ``customers``
        """
        return self._answer(token, self._opened)

    @http.route(
        "/hub/card/<string:token>/customers",
        type="jsonrpc",
        auth="user",
        methods=["POST"],
        readonly=True,
    )
    def hub_card_customers(self, token, words="", **_more):
        """Return the customers that some words find, one's own first."""
        return self._answer(token, self._found_customers, words)

    @http.route(
        "/hub/card/<string:token>/customer",
        type="jsonrpc",
        auth="user",
        methods=["POST"],
        readonly=True,
    )
    def hub_card_customer(self, token, customer=0, **_more):
        """Return what is filled in for a customer: ``products``, ``addresses``."""
        return self._answer(token, self._filled_in, customer)

    @http.route(
        "/hub/card/<string:token>/products",
        type="jsonrpc",
        auth="user",
        methods=["POST"],
        readonly=True,
    )
    def hub_card_products(self, token, customer=0, words="", **_more):
        """Return the products that some words or a bar code find."""
        return self._answer(token, self._found_products, customer, words)

    @http.route(
        "/hub/card/<string:token>/send",
        type="jsonrpc",
        auth="user",
        methods=["POST"],
        readonly=False,
    )
    def hub_card_send(self, token, form=None, **_more):
        """Take an order in; the same form again gets the same answer.

        :return: ``state``, ``number``, ``text``, ``message``; or ``wrong``: what the
            salesperson has to change
        """
        return self._answer(token, self._sent, form, limit=SENT)

    def _answer(self, token, work, *given, limit=ASKED):
        """Return what ``work`` says to the owner of a card, nothing to others."""
        if self._is_too_often(REFUSED) or self._is_too_often(limit):
            return {"error": "busy"}
        card = self._card(token)
        if not card:
            return {"error": "closed"}
        limit.count(request.env.uid, time.monotonic())
        return work(card, *given)

    def _is_too_often(self, limit):
        return limit.is_exceeded(request.env.uid, time.monotonic())

    def _card(self, token):
        """Return the card of an address if it is the user's; count if it is not."""
        card = request.env["order.hub.card"]._of_address(token)
        if not card:
            REFUSED.count(request.env.uid, time.monotonic())
        return card

    # === ANSWERS === #

    def _opened(self, card):
        is_on = bool(card.env["order.hub.channel"]._card_channel(card.company_id))
        return {
            "user": card.env.user.name,
            "company": card.company_id.name,
            "today": card._today(),
            "is_on": is_on,
            "customers": card.env["order.hub.card.offer"]._customers(card),
        }

    def _found_customers(self, card, words):
        Offer = card.env["order.hub.card.offer"]
        return {"customers": Offer._customers(card, self._words(words))}

    def _filled_in(self, card, customer_id):
        Offer = card.env["order.hub.card.offer"]
        customer = Offer._customer(card, self._number(customer_id))
        if not customer:
            return {"error": "gone"}
        return {
            "customer": {"id": customer.id, "name": customer.name},
            "products": Offer._bought(card, customer),
            "addresses": Offer._address_rows(customer),
        }

    def _found_products(self, card, customer_id, words):
        Offer = card.env["order.hub.card.offer"]
        customer = Offer._customer(card, self._number(customer_id))
        words = self._words(words)
        if not customer or not words:
            return {"products": []}
        return {"products": Offer._products(card, customer, words)}

    def _sent(self, card, form):
        Order = card.env["order.hub.card.order"]
        try:
            with request.env.cr.savepoint():
                inbound = Order._submit(card, form)
        except UserError as error:
            return {"wrong": str(error)}
        return Order._answer(inbound)

    def _words(self, words):
        """Return what is searched, bounded; nothing for what is no text."""
        text = words if isinstance(words, str) else ""
        return text.replace("\0", "").strip()[:MAX_WORDS]

    def _number(self, value):
        """Return an id, 0 for what is none."""
        return value if isinstance(value, int) and 0 < value < 2**31 else 0
