import time
import uuid

from odoo.exceptions import UserError
from odoo.http import request, route

from odoo.addons.order_hub.controllers.portal import OrderHubPortal
from odoo.addons.order_hub.controllers.throttle import Throttle

#: Orders that one customer may send.
SENT = Throttle(limit=30, seconds=600)


class OrderHubPortalOrder(OrderHubPortal):
    """The customer's own order form: five fields, their products, their prices."""

    def _hub_channel(self):
        return request.env["order.hub.portal.order"]._channel(request.env.company)

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "hub_order_form" in counters:
            values["hub_order_form"] = int(bool(self._hub_channel()))
        return values

    @route("/my/hub/new", type="http", auth="user", website=True, methods=["GET"])
    def hub_order_form(self, search="", **_query):
        """Show the form, what was bought most often on top."""
        channel = self._hub_channel()
        if not channel:
            return request.redirect("/my/hub")
        return self._hub_render_form(channel, search[:60], {}, "")

    @route(
        "/my/hub/new",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        readonly=False,
    )
    def hub_order_send(self, **form):
        """Take in what the customer sends; show the order, or what is missing."""
        key = request.env.uid
        is_too_often = SENT.is_exceeded(key, time.monotonic())
        channel = self._hub_channel()
        if not channel:
            return request.redirect("/my/hub")
        asked = self._hub_asked(form)
        if is_too_often:
            message = request.env._("Too many orders at once. Wait ten minutes.")
            return self._hub_render_form(channel, "", asked, message)
        partner = request.env.user.partner_id
        try:
            inbound = request.env["order.hub.portal.order"]._submit(
                channel, partner, asked
            )
        except UserError as error:
            return self._hub_render_form(channel, "", asked, str(error))
        SENT.count(key, time.monotonic())
        return self._hub_sent(inbound)

    def _hub_asked(self, form):
        """Return the form's fields, the quantities by product."""
        quantities = {
            name.removeprefix("quantity_"): str(value)
            for name, value in form.items()
            if name.startswith("quantity_") and str(value).strip()
        }
        names = ("key", "ship_to", "date", "reference", "note")
        return {
            **{name: form.get(name, "") for name in names},
            "quantities": quantities,
        }

    def _hub_render_form(self, channel, search, asked, error, again=""):
        """Show the form as filled in.

        :param dict asked: what the form holds, and what of it is gone
        :param str again: number of the order that is placed once more
        """
        partner = request.env.user.partner_id
        Form = request.env["order.hub.portal.order"]
        values = {
            "page_name": "hub_order_form",
            "rows": Form._offer_asked(
                channel, partner, asked.get("quantities") or {}, search
            ),
            "again": again,
            "gone": asked.get("gone") or [],
            "addresses": Form._addresses(partner),
            "can_search": channel.portal_offers == "all",
            "search": search,
            "asked": asked,
            "error": error,
            "key": asked.get("key") or uuid.uuid4().hex,
        }
        return request.render("order_hub_connectors.portal_order_form", values)

    def _hub_sent(self, inbound):
        """Show the order, or that a person looks at it first."""
        order = inbound.order_id
        values = {
            "page_name": "hub_order_form",
            "number": order.hub_ref or inbound.external_ref,
            "url": order and f"/my/hub/{order.hub_ref}",
            "is_taken": bool(order),
            "is_confirmed": order.state == "sale",
        }
        return request.render("order_hub_connectors.portal_order_sent", values)
