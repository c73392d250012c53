import time

from odoo.http import request, route
from odoo.tools import consteq

from .portal import REFUSALS
from .portal_change import SEE, OrderHubPortalChange
from .throttle import Throttle

#: Wishes not to be asked again, of one address.
STOPS = Throttle(limit=30, seconds=600)


class OrderHubPortalSurvey(OrderHubPortalChange):
    """The way from the order's page to the three questions, and the way out of them."""

    def _hub_page_values(self, order, access_token):
        """Offer the questions to the customer; not to whoever has a paper."""
        values = super()._hub_page_values(order, access_token)
        is_customer = (
            self._hub_level(order, access_token) >= SEE
            and not request.env.user._is_internal()
        )
        return {**values, "hub_survey_url": is_customer and order._hub_survey_url()}

    # === NOT AGAIN, PLEASE === #

    @route(
        "/hub/survey/stop/<int:draw_id>/<token>",
        type="http",
        auth="public",
        website=True,
        readonly=True,
        methods=["GET"],
    )
    def hub_survey_stop(self, draw_id, token, **_query):
        """Ask whether somebody really wants no more surveys: mail scanners follow
        every link, and must not say so in his place."""
        draw = self._hub_stopped(draw_id, token)
        if not draw:
            return self._hub_refuse_stop()
        return self._hub_stop_page(draw.partner_id.hub_survey_optout)

    @route(
        "/hub/survey/stop/<int:draw_id>/<token>/confirm",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
    )
    def hub_survey_stop_confirm(self, draw_id, token, **_form):
        """Note that a contact wants no more surveys."""
        draw = self._hub_stopped(draw_id, token)
        if not draw:
            return self._hub_refuse_stop()
        STOPS.count(request.httprequest.remote_addr, time.monotonic())
        draw._stop()
        return self._hub_stop_page(True)

    def _hub_stopped(self, draw_id, token):
        """Return the surveyed order whose secret this is, as superuser, or nothing."""
        Draw = request.env["order.hub.survey.draw"].sudo()
        address, now = request.httprequest.remote_addr, time.monotonic()
        if self._hub_is_refused_too_often() or STOPS.is_exceeded(address, now):
            return Draw
        if token.isascii() and consteq(Draw._stop_token_of(draw_id), token):
            return Draw.browse(draw_id).exists()
        return Draw

    def _hub_refuse_stop(self):
        """Answer in the same way whatever is wrong with a link."""
        REFUSALS.count(request.httprequest.remote_addr, time.monotonic())
        return self._hub_render_unknown("", 404)

    def _hub_stop_page(self, is_stopped):
        return request.render(
            "order_hub.portal_hub_survey_stop",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "hub_survey_stop",
                "hub_is_stopped": is_stopped,
                "hub_stop_path": request.httprequest.path,
                "no_breadcrumbs": True,
            },
        )
