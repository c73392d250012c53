import re
import time

from odoo import SUPERUSER_ID, http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.order_hub.controllers.throttle import Throttle

from ..adapters.base import AdapterError
from ..adapters.wecom.adapter import WecomAdapter

#: Wrong links and echoes that a visitor may try, and answers that one may send.
REFUSED = Throttle(limit=30, seconds=60)
ANSWERED = Throttle(limit=30, seconds=60)
TOKEN = re.compile(r"[\w-]{16,100}", re.ASCII)
MAX_FIELDS = 400


class Chat(http.Controller):
    """The page behind the link in a chat, and the echo that WeCom asks for."""

    @http.route(
        "/hub/chat/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        readonly=True,
    )
    def hub_chat(self, token, **_query):
        """Show what was understood of one message.

        :return: 200 with the page; 404 for a link that is wrong or has ended; 429
            after too many of them
        """
        inbound, refused = self._opened(token)
        return refused or self._page(inbound)

    @http.route(
        "/hub/chat/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        readonly=False,
    )
    def hub_chat_answer(self, token, **post):
        """Take what the page sends; everything is checked again by the model."""
        inbound, refused = self._opened(token)
        if refused:
            return refused
        if ANSWERED.is_exceeded(inbound.id, time.monotonic()):
            return self._closed(429)
        ANSWERED.count(inbound.id, time.monotonic())
        try:
            with request.env.cr.savepoint():
                if post.get("action") == "refuse":
                    inbound._refuse_page()
                else:
                    inbound._answer_page(self._answers(post))
        except UserError as error:
            return self._page(inbound, error=str(error))
        return request.redirect(f"/hub/chat/{token}", code=303)

    def _answers(self, post):
        rows = [
            (name[2:], value)
            for name, value in list(post.items())[:MAX_FIELDS]
            if name.startswith("f:") and isinstance(value, str)
        ]
        # What is typed goes before what is chosen: ``t:`` beside ``f:``.
        typed = {
            name[2:]: value
            for name, value in list(post.items())[:MAX_FIELDS]
            if name.startswith("t:") and isinstance(value, str) and value.strip()
        }
        return {**dict(rows), **typed}

    def _opened(self, token):
        """Return the message of a link, and what is answered instead where none is."""
        client = request.httprequest.remote_addr or ""
        if REFUSED.is_exceeded(client, time.monotonic()):
            return None, self._closed(429)
        inbound = request.env["order.hub.inbound"]._by_chat_token(token)
        if not inbound:
            REFUSED.count(client, time.monotonic())
            return None, self._closed(404)
        return inbound.with_company(inbound.company_id), None

    def _page(self, inbound, error=""):
        values = {**inbound._chat_page(), "error": error, "page_name": "hub_chat"}
        response = request.render("order_hub_connectors.chat_page", values)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    def _closed(self, status):
        response = request.render("order_hub_connectors.chat_closed", {})
        response.status_code = status
        return response

    # === ECHO === #

    @http.route(
        "/hub/in/<string:token>",
        type="http",
        auth="none",
        methods=["GET"],
        readonly=True,
        save_session=False,
    )
    def hub_echo(self, token, **query):
        """Answer the question that WeCom asks when the address is entered there.

        :return: 200 with what was in the envelope; 404 for every other address, 403
            for a question that WeCom has not signed
        """
        request.update_env(user=SUPERUSER_ID)
        client = request.httprequest.remote_addr or ""
        if REFUSED.is_exceeded(client, time.monotonic()):
            return self._plain(429)
        recipient = self._wecom(token)
        if not recipient:
            REFUSED.count(client, time.monotonic())
            return self._plain(404)
        adapter = request.env["order.hub.channel"]._adapter_for(recipient)
        try:
            return self._plain(200, adapter.echo(query))
        except AdapterError:
            REFUSED.count(client, time.monotonic())
            return self._plain(403)

    def _wecom(self, token):
        """Return the recipient of an address where WeCom asks, else nothing."""
        if not TOKEN.fullmatch(token):
            return None
        recipient = request.env["order.hub.channel"]._recipient(token)
        is_asked = recipient and recipient.adapter == WecomAdapter.code
        return recipient if is_asked else None

    def _plain(self, status, text=""):
        headers = [("Content-Type", "text/plain; charset=utf-8")]
        response = request.make_response(text, headers)
        response.status_code = status
        return response
