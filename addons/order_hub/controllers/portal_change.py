import time
from urllib.parse import urlencode

from werkzeug.exceptions import NotFound

from odoo.exceptions import UserError
from odoo.http import request, route
from odoo.tools import consteq

from .portal import OrderHubPortal
from .throttle import Throttle

#: Changes asked for and answers given for one order, by whomever.
CHANGES = Throttle(limit=20, seconds=600)

#: What a visitor may do: see where the order is, see prices, change.
TRACK, SEE, ASK = 1, 2, 3


class OrderHubPortalChange(OrderHubPortal):
    """The pages where customers change their order and read its versions.

    The code on paper opens none of them: papers travel with the goods. The link that
    was mailed shows them; a login may change, and the link if the company says so.
    """

    # === THE ORDER'S PAGE LEADS HERE === #

    def _hub_page_values(self, order, access_token):
        values = super()._hub_page_values(order, access_token)
        level = self._hub_level(order, access_token)
        may_see = level >= SEE
        return {
            **values,
            "hub_changes": order._hub_change_rows() if may_see else [],
            "hub_may_ask": level == ASK and order.state == "sale",
            "hub_has_versions": may_see and bool(order.hub_version_ids),
        }

    # === CHANGES === #

    @route(
        "/my/hub/<ref>/change",
        type="http",
        auth="public",
        website=True,
        readonly=True,
    )
    def hub_change(self, ref, access_token=None, kind=None, **_query):
        """Show what can be changed, and what was asked for so far."""
        order, level = self._hub_open(ref, access_token)
        if not order:
            return self._hub_refuse(ref)
        if level < SEE:
            return self._hub_ask_to_log_in(order)
        return self._hub_change_page(order, level, access_token, kind=kind)

    @route(
        "/my/hub/<ref>/change/ask",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
    )
    def hub_change_ask(self, ref, access_token=None, kind=None, **form):
        """Ask for a change, and show at once what the checks say."""
        order, level = self._hub_open(ref, access_token)
        refused = self._hub_refuse_post(order, level, ref)
        if refused:
            return refused
        Request = request.env["order.hub.change.request"]
        try:
            with request.env.cr.savepoint():
                values, note = order._hub_asked(kind, form)
                mine = self._hub_for_visitor(order)
                asked = Request.with_env(mine.env)._ask(
                    mine, kind, values, source="portal", note=note
                )
        except UserError as error:
            typed = {"kind": kind, "error": str(error), "form": form}
            return self._hub_change_page(order, level, access_token, 422, **typed)
        return self._hub_go(order, f"change/{asked.id}", access_token)

    @route(
        "/my/hub/<ref>/change/<int:request_id>",
        type="http",
        auth="public",
        website=True,
        readonly=True,
    )
    def hub_change_request(self, ref, request_id, access_token=None, **_query):
        """Show one change: what the checks say, old against new, what comes next."""
        order, level = self._hub_open(ref, access_token)
        if not order:
            return self._hub_refuse(ref)
        if level < SEE:
            return self._hub_ask_to_log_in(order)
        asked = self._hub_request_of(order, request_id)
        return self._hub_request_page(order, asked, level, access_token)

    @route(
        "/my/hub/<ref>/change/<int:request_id>/accept",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
    )
    def hub_change_accept(
        self, ref, request_id, access_token=None, mark=None, **_query
    ):
        """Accept price and date as shown; what has changed since is shown again."""
        return self._hub_answer(ref, request_id, access_token, self._hub_accept, mark)

    @route(
        "/my/hub/<ref>/change/<int:request_id>/withdraw",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
    )
    def hub_change_withdraw(self, ref, request_id, access_token=None, **_query):
        """Withdraw an own change, or say no to one that the company asked about."""
        return self._hub_answer(ref, request_id, access_token, self._hub_withdraw)

    def _hub_answer(self, ref, request_id, token, answer, *args):
        """Let a customer answer one change, and show what came of it."""
        order, level = self._hub_open(ref, token)
        refused = self._hub_refuse_post(order, level, ref)
        if refused:
            return refused
        asked = self._hub_request_of(order, request_id)
        mine = asked.with_env(self._hub_for_visitor(order).env).sudo()
        try:
            with request.env.cr.savepoint():
                answer(mine, *args)
        except UserError as error:
            asked.invalidate_recordset()
            return self._hub_request_page(order, asked, level, token, str(error))
        return self._hub_go(order, f"change/{asked.id}", token)

    def _hub_accept(self, asked, mark):
        """Accept in the name of the customer.

        :raise UserError: when the page showed other figures than those of now
        """
        if not isinstance(mark, str) or mark != asked._shown_mark():
            raise UserError(asked._moved_words())
        asked._accept("customer")

    def _hub_withdraw(self, asked):
        if asked.source == "portal":
            asked._withdraw()
        else:
            asked._decline("customer")

    # === VERSIONS === #

    @route(
        "/my/hub/<ref>/versions",
        type="http",
        auth="public",
        website=True,
        readonly=True,
    )
    def hub_versions(self, ref, access_token=None, old=None, new=None, **_query):
        """Show the versions of an order, and the difference of two."""
        order, level = self._hub_open(ref, access_token)
        if not order:
            return self._hub_refuse(ref)
        if level < SEE:
            return self._hub_ask_to_log_in(order)
        return self._hub_versions_page(order, level, access_token, old, new)

    @route(
        "/my/hub/<ref>/versions/<int:number>/confirm",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
    )
    def hub_version_confirm(self, ref, number, access_token=None, **_query):
        """Mark the version in force as confirmed by the customer."""
        order, level = self._hub_open(ref, access_token)
        refused = self._hub_refuse_post(order, level, ref)
        if refused:
            return refused
        user = request.env.user
        by = order.partner_id.name if user._is_public() else user.name
        try:
            self._hub_for_visitor(order)._hub_confirm_version(number, by)
        except UserError as error:
            return self._hub_versions_page(order, level, access_token, error=str(error))
        return self._hub_go(order, "versions", access_token)

    # === PAGES === #

    def _hub_change_page(
        self, order, level, token, status=200, kind=None, error="", form=None
    ):
        values = {
            **self._hub_common_values(order, level, token),
            "page_name": "hub_change",
            "change": order._hub_change_page(),
            "hub_kind": kind if isinstance(kind, str) else "",
            "hub_error": error,
            "hub_form": form or {},
        }
        return request.render("order_hub.portal_hub_change", values, status=status)

    def _hub_request_page(self, order, asked, level, token, error=""):
        values = {
            **self._hub_common_values(order, level, token),
            "page_name": "hub_change_request",
            "change": asked._customer_page(),
            "hub_error": error,
        }
        status = 422 if error else 200
        template = "order_hub.portal_hub_change_request"
        return request.render(template, values, status=status)

    def _hub_versions_page(self, order, level, token, old=None, new=None, error=""):
        values = {
            **self._hub_common_values(order, level, token),
            "page_name": "hub_versions",
            "versions": order._hub_versions_page(_number(old), _number(new)),
            "hub_error": error,
        }
        status = 422 if error else 200
        return request.render("order_hub.portal_hub_versions", values, status=status)

    def _hub_ask_to_log_in(self, order):
        """Tell who has the code on paper only that this needs a login."""
        path = f"/my/hub/{order.hub_ref}/change"
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "hub_change",
            "no_breadcrumbs": True,
            "hub_login": f"/web/login?{urlencode({'redirect': path})}",
            "hub_contact": order._hub_page_contact(),
        }
        return request.render("order_hub.portal_hub_log_in", values, status=403)

    def _hub_common_values(self, order, level, token):
        query = f"?{urlencode({'access_token': token})}" if token else ""
        return {
            **self._prepare_portal_layout_values(),
            "hub_page": {"name": order.name},
            "hub_path": f"/my/hub/{order.hub_ref}",
            "hub_query": query,
            "hub_token": token or "",
            "hub_may_ask": level == ASK,
            "res_company": order.company_id,
            "no_breadcrumbs": request.env.user._is_public(),
        }

    def _hub_go(self, order, path, token):
        query = f"?{urlencode({'access_token': token})}" if token else ""
        return request.redirect(f"/my/hub/{order.hub_ref}/{path}{query}")

    # === ACCESS === #

    def _hub_open(self, ref, token):
        """Return the order and what the visitor may do: ``(order, level)``."""
        order = self._hub_find(ref, token)
        return order, self._hub_level(order, token) if order else 0

    def _hub_level(self, order, token):
        """Return ``TRACK``, ``SEE`` or ``ASK`` for an order the visitor has found."""
        user = request.env.user
        may_read = self._hub_may_read(order)
        if may_read and user._is_portal() and self._hub_is_own(order):
            return ASK
        by_link = (
            bool(token)
            and bool(order.access_token)
            and str(token).isascii()
            and consteq(order.access_token, str(token))
        )
        if by_link and order.company_id.hub_portal_change_by_link:
            return SEE if user._is_internal() else ASK
        return SEE if may_read or by_link else TRACK

    def _hub_is_own(self, order):
        own = request.env.user.partner_id.sudo().commercial_partner_id
        return order.partner_id.commercial_partner_id == own

    def _hub_refuse_post(self, order, level, ref):
        """Return the answer to who may not change an order, or ``None``.

        Whoever may is counted: a script is told to wait.
        """
        if not order:
            return self._hub_refuse(ref)
        if level < ASK:
            self._hub_count_refusal()
            return self._hub_ask_to_log_in(order)
        now = time.monotonic()
        if CHANGES.is_exceeded(order.id, now):
            return self._hub_render_unknown("", 429)
        CHANGES.count(order.id, now)
        return None

    def _hub_for_visitor(self, order):
        """Return the order for the visitor to act on: who asks is kept with it."""
        return order.with_user(request.env.user)

    def _hub_request_of(self, order, request_id):
        """Return a change of this order that concerns its customer.

        :raise NotFound: for any other
        """
        found = order._hub_customer_requests().filtered(
            lambda each: each.id == request_id
        )
        if not found:
            self._hub_count_refusal()
            raise NotFound()
        return found


def _number(text):
    """Return a number of the address, or ``None`` for anything else."""
    known = isinstance(text, str) and text.isascii() and text.isdigit()
    return int(text[:9]) if known else None
