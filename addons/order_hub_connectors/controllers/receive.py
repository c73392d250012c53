import re
import time
from urllib.parse import urlencode

from werkzeug.exceptions import RequestEntityTooLarge

from odoo import SUPERUSER_ID, http
from odoo.http import request

from odoo.addons.order_hub.controllers.throttle import Throttle

from ..adapters.base import (
    MAX_BODY,
    AdapterError,
    ChannelDown,
    SignatureError,
    Throttled,
)

#: Wrong addresses and signatures a client may send before it has to wait.
REFUSED = Throttle(limit=60, seconds=60)
#: What an address may look like.
TOKEN = re.compile(r"[\w-]{16,100}", re.ASCII)


class Receive(http.Controller):
    """The address that platforms deliver to: stored, answered, understood later."""

    @http.route(
        "/hub/in/<string:token>",
        type="http",
        auth="none",
        methods=["POST"],
        csrf=False,
        save_session=False,
        readonly=False,
    )
    def receive(self, token, **_query):
        """Store one delivery.

        :return: 200 with how many messages were new and repeated; 403 for a wrong
            signature, 404 for a wrong address, 413 for too much, 422 for what is
            signed and cannot be understood, 429 after too many refusals, 503 while
            the channel is off
        """
        request.update_env(user=SUPERUSER_ID)
        recipient = self._recipient(token)
        channel = request.env["order.hub.channel"].browse(
            recipient.channel_id if recipient else ()
        )
        if REFUSED.is_exceeded(self._client(channel), time.monotonic()):
            return self._answer(429, "Too many refused deliveries. Wait a minute.")
        if not recipient:
            return self._refuse(channel, 404, "There is no such address.")
        if recipient.intake_state == "off":
            return self._answer(503, "This channel is switched off.")
        return self._take(channel, channel._adapter_for(recipient))

    def _take(self, channel, adapter):
        raw = self._body(adapter.max_body)
        if raw is None:
            channel._count_refused("too_large")
            return self._refuse(channel, 413, "The delivery is larger than allowed.")
        headers = {name.lower(): value for name, value in request.httprequest.headers}
        try:
            messages = adapter.receive(headers, raw, dict(request.httprequest.args))
        except SignatureError:
            channel._count_refused("signature")
            return self._refuse(channel, 403, "The signature is wrong.")
        except (ChannelDown, Throttled) as error:
            return self._answer(503, str(error))
        except AdapterError as error:
            return self._keep_unread(channel, raw, headers, error)
        stored = request.env["order.hub.inbound"]._receive(channel, messages)
        if adapter.is_silent:
            return request.make_response("")
        reply = adapter.reply(raw, dict(request.httprequest.args))
        if reply is not None:
            return request.make_json_response(reply)
        return self._answer(
            200, new=len(stored["new"]), repeated=stored["repeated"], ok=True
        )

    def _keep_unread(self, channel, raw, headers, error):
        """What is signed and makes no sense is kept for a person to look at."""
        request.env["order.hub.inbound"]._keep_unreadable(
            channel, raw, headers.get("content-type", ""), error
        )
        return self._answer(422, str(error))

    def _recipient(self, token):
        """Return whose address it is; unknown ones cost one indexed look-up."""
        if not TOKEN.fullmatch(token):
            return None
        return request.env["order.hub.channel"]._recipient(token)

    def _body(self, most):
        """Return the body as it came, or ``None`` when it is too large."""
        most = min(most, MAX_BODY)
        if (request.httprequest.content_length or 0) > most:
            return None
        try:
            raw = request.httprequest.get_data(cache=True)
        except RequestEntityTooLarge:
            return None
        form = request.httprequest.form
        if not raw and form:
            # Odoo has read the form already; who sends one signs its fields.
            raw = urlencode(list(form.items(multi=True))).encode()
        return raw if len(raw) <= most else None

    def _client(self, channel):
        """Return whom refusals are counted for.

        Who guesses addresses, maybe through the same proxy or platform, does not shut
        out those who know one.
        """
        return request.httprequest.remote_addr or "", channel.id

    def _refuse(self, channel, status, message):
        REFUSED.count(self._client(channel), time.monotonic())
        return self._answer(status, message)

    def _answer(self, status, message="", **more):
        data = {"ok": status < 300, **({"message": message} if message else {}), **more}
        return request.make_json_response(data, status=status)
