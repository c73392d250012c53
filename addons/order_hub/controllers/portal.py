import time
from urllib.parse import urlencode

from werkzeug.exceptions import NotFound

from odoo import SUPERUSER_ID, fields
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import content_disposition, request, route

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..engine.reference import normalise
from ..engine.watermark import Cache, NoPicture, marked
from .throttle import Throttle

#: Refusals of one address, and signatures tried for one order.
REFUSALS = Throttle(limit=60, seconds=600)
SIGNATURES = Throttle(limit=10, seconds=600)
#: Look-ups counted in this hour, by this process: the next one asks no database.
LOOKUPS = Throttle(limit=1, seconds=1)

#: Pictures made last, in this process: a page of twenty photos is made once.
PICTURES = Cache(limit=32 * 1024 * 1024)
PICTURE_SIZES = {"thumb": 320, "full": 1600}
#: Evidence never changes: whoever may see it may keep it for a day.
CACHE = "private, max-age=86400"

IN_FLIGHT = [("hub_is_open", "=", True)]
FINISHED = [("hub_is_open", "=", False)]


class OrderHubPortal(CustomerPortal):
    """The pages of the customer: the list, one order, its evidence, the receipt.

    Whatever is asked for by a reference gets the same answer whether the order
    does not exist or belongs to somebody else.
    """

    _hub_orders_per_page = 20

    # === HOME === #

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "hub_order_count" in counters:
            values["hub_order_count"] = (
                request.env["sale.order"].sudo().search_count(self._hub_own_domain())
            )
        return values

    def _hub_own_domain(self):
        """Return the orders of the visitor: allowed by record rule, and sent by now.

        For a search as superuser: customers may not search by the hub's columns.
        """
        Order = request.env["sale.order"]
        if not Order.has_access("read"):
            return Domain.FALSE
        readable = Domain("id", "in", Order._search([]))
        return readable & Order._hub_portal_domain(request.env.user.partner_id)

    # === LIST === #

    @route(
        ["/my/hub", "/my/hub/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def hub_orders(self, page=1, sortby=None, filterby=None, **query):
        """List the customer's orders, twenty a page."""
        sortings, filters = self._hub_sortings(), self._hub_filters()
        sortby = sortby if sortby in sortings else "date"
        filterby = filterby if filterby in filters else "all"
        orders, pager, searched = self._hub_search_orders(
            page, sortby, filterby, **query
        )
        return request.render(
            "order_hub.portal_hub_orders",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "hub_orders",
                "default_url": "/my/hub",
                "orders": self._hub_for_reader(orders)._hub_customer_rows(),
                "pager": pager,
                "searchbar_sortings": sortings,
                "sortby": sortby,
                "searchbar_filters": filters,
                "filterby": filterby,
                "searchbar_inputs": self._hub_inputs(),
                **searched,
            },
        )

    def _hub_search_orders(
        self, page, sortby, filterby, search=None, search_in=None, **_ignored
    ):
        """Return one page of the orders, its pager and what was searched for."""
        Order = request.env["sale.order"].sudo()
        search = (search or "")[:100]
        search_in = search_in if search_in in self._hub_inputs() else "all"
        domain = (
            self._hub_own_domain()
            & Domain(self._hub_filters()[filterby]["domain"])
            & self._hub_search_domain(search, search_in)
        )
        kept = {"sortby": sortby, "filterby": filterby}
        searched = {"search": search, "search_in": search_in}
        pager = portal_pager(
            url="/my/hub",
            url_args={**kept, **searched},
            total=Order.search_count(domain),
            page=page,
            step=self._hub_orders_per_page,
        )
        orders = Order.search(
            domain,
            order=self._hub_sortings()[sortby]["order"],
            limit=self._hub_orders_per_page,
            offset=max(0, pager["offset"]),
        )
        return orders, pager, searched

    def _hub_sortings(self):
        env = request.env
        return {
            "date": {"label": env._("Newest"), "order": "date_order desc, id desc"},
            "promised": {"label": env._("Promised"), "order": "hub_promised_date, id"},
            "name": {"label": env._("Number"), "order": "name desc, id desc"},
        }

    def _hub_filters(self):
        env = request.env
        return {
            "all": {"label": env._("All"), "domain": []},
            "open": {"label": env._("Open"), "domain": IN_FLIGHT},
            "done": {"label": env._("Done"), "domain": FINISHED},
        }

    def _hub_inputs(self):
        env = request.env
        return {
            "all": {"input": "all", "label": env._("Search in numbers and references")},
            "name": {"input": "name", "label": env._("Search in order numbers")},
            "ref": {"input": "ref", "label": env._("Search in hub references")},
        }

    def _hub_search_domain(self, search, search_in):
        if not search:
            return Domain.TRUE
        ref = Domain("hub_ref", "ilike", normalise(search) or search)
        name = Domain("name", "ilike", search)
        other = Domain("client_order_ref", "ilike", search)
        found = {"name": name, "ref": ref, "all": name | ref | other}
        return found[search_in]

    # === ONE ORDER === #

    @route("/my/hub/<ref>", type="http", auth="public", website=True, readonly=False)
    def hub_order(self, ref, access_token=None, **_query):
        """Show one order to its customer, by login or by token; count the look-up."""
        order = self._hub_find(ref, access_token)
        if not order:
            return self._hub_refuse(ref)
        self._hub_count_lookup(order, access_token)
        return request.render(
            "order_hub.portal_hub_order", self._hub_page_values(order, access_token)
        )

    def _hub_count_lookup(self, order, token):
        """Count that a customer looked; our own people are none."""
        user = request.env.user
        if user._is_internal():
            return
        if self._hub_may_read(order):
            source, visitor = "login", f"user {user.id}"
        else:
            source = "link" if token == order.access_token else "paper"
            http = request.httprequest
            visitor = f"{http.remote_addr} {http.user_agent.string[:200]}"
        now, key = fields.Datetime.now(), (order.id, source, visitor)
        if LOOKUPS.is_exceeded(key, now.timestamp() // 3600):
            return
        request.env["order.hub.lookup"].sudo()._count(order, source, visitor, now)
        request.env.cr.postcommit.add(
            lambda: LOOKUPS.count(key, now.timestamp() // 3600)
        )

    def _hub_page_values(self, order, access_token):
        token = access_token or None
        query = f"?{urlencode({'access_token': token})}" if token else ""
        is_internal = request.env.user._is_internal()
        page = order._hub_customer_page()
        return {
            **self._prepare_portal_layout_values(),
            "page_name": "hub_order",
            "hub_page": {**page, "can_sign": page["can_sign"] and not is_internal},
            "hub_signer": ""
            if request.env.user._is_public()
            else request.env.user.name,
            "hub_path": f"/my/hub/{order.hub_ref}",
            "hub_query": query,
            "hub_details_url": self._hub_details_url(order, token),
            "res_company": order.company_id,
            "no_breadcrumbs": request.env.user._is_public(),
            "hub_backend_url": is_internal and order._hub_scan_url(),
        }

    def _hub_details_url(self, order, token):
        """Return the address of Odoo's own page of the order, if it would open."""
        if self._hub_may_read(order):
            return f"/my/orders/{order.id}"
        if token and token == order.access_token:
            return f"/my/orders/{order.id}?{urlencode({'access_token': token})}"
        return ""

    # === EVIDENCE === #

    @route(
        "/my/hub/<ref>/evidence/<int:evidence_id>",
        type="http",
        auth="public",
        readonly=True,
    )
    def hub_evidence(self, ref, evidence_id, access_token=None, size="full", **_query):
        """Send a picture or file of an order that is meant for its customer."""
        order = self._hub_find(ref, access_token)
        evidence = order and order._hub_public_evidence().filtered(
            lambda item: item.id == evidence_id and item.attachment_id
        )
        if not evidence:
            self._hub_count_refusal()
            raise NotFound()
        if evidence.kind in ("photo", "signature"):
            return self._hub_send_picture(order, evidence, size)
        return self._hub_send_file(evidence)

    def _hub_send_picture(self, order, evidence, size):
        """Send a picture made anew and marked: the original never leaves."""
        side = PICTURE_SIZES.get(size, PICTURE_SIZES["full"])
        output = "PNG" if evidence.kind == "signature" else "JPEG"
        mark = order._hub_picture_mark(evidence)
        attachment = evidence.attachment_id
        key = (attachment.checksum, mark, side, output)
        try:
            content = PICTURES.get(
                key, lambda: marked(attachment.raw or b"", mark, side, output)
            )
        except NoPicture as error:
            raise NotFound() from error
        return self._hub_send(content, f"image/{output.lower()}", "inline")

    def _hub_send_file(self, evidence):
        """Send a file to be saved, never to be shown: it may be a page with code."""
        attachment = evidence.attachment_id
        disposition = content_disposition(attachment.name)
        return self._hub_send(attachment.raw, "application/octet-stream", disposition)

    def _hub_send(self, content, mimetype, disposition):
        headers = [
            ("Content-Type", mimetype),
            ("Content-Disposition", disposition),
            ("Content-Security-Policy", "default-src 'none'"),
            ("X-Content-Type-Options", "nosniff"),
            ("Cache-Control", CACHE),
        ]
        return request.make_response(content, headers)

    # === RECEIPT === #

    @route("/my/hub/<ref>/sign", type="jsonrpc", auth="public", website=True)
    def hub_sign(
        self, ref, access_token=None, name=None, signature=None, delivery=None
    ):
        """Take the customer's signature for goods received: all, or one delivery."""
        token = access_token or request.httprequest.args.get("access_token")
        delivery = _number(delivery or request.httprequest.args.get("delivery"))
        order = self._hub_find(ref, token)
        if not order:
            self._hub_count_refusal()
            return {"error": self._hub_unknown_message()}
        if request.env.user._is_internal():
            return {"error": self._hub_employee_message()}
        if SIGNATURES.is_exceeded(order.id, time.monotonic()):
            return {"error": request.env._("Too many attempts. Try again later.")}
        SIGNATURES.count(order.id, time.monotonic())
        try:
            with request.env.cr.savepoint():
                order._hub_sign_receipt(name, signature, delivery)
        except UserError as error:
            return {"error": str(error)}
        return {"force_refresh": True, "redirect_url": order._hub_page_url(token)}

    # === ACCESS === #

    def _hub_find(self, ref, token):
        """Return the order a visitor may see, as superuser, or an empty recordset.

        :param ref: hub reference as typed or scanned
        :param token: token of the customer page or of the portal, if any
        """
        Order = request.env["sale.order"].sudo()
        code = normalise(ref)
        order = Order.search([("hub_ref", "=", code)], limit=1) if code else Order
        if not order or self._hub_is_refused_too_often():
            return Order.browse()
        if order._hub_opens_with(token) or self._hub_may_read(order):
            return self._hub_for_reader(order)
        return Order.browse()

    def _hub_may_read(self, order):
        """Tell whether the visitor may read an order by login; asked once a request:
        the record rules of customers cost two queries each time."""
        known = vars(request).setdefault("order_hub_may_read", {})
        key = (request.env.uid, order.id)
        if key not in known:
            mine = order.with_user(request.env.user)
            known[key] = not request.env.user._is_public() and mine.has_access("read")
        return known[key]

    def _hub_for_reader(self, orders):
        """Return orders as superuser, in the zone of whoever reads about them."""
        user = request.env.user
        zone = not user._is_public() and user.tz
        company = orders.company_id[:1]
        return (
            orders.with_user(SUPERUSER_ID)
            .with_company(company)
            .with_context(tz=zone or company.partner_id.tz or "UTC")
        )

    def _hub_refuse(self, ref):
        """Answer whoever may not see an order: log in, or a page that says so."""
        self._hub_count_refusal()
        if self._hub_is_refused_too_often():
            return self._hub_render_unknown("", 429)
        if normalise(ref) and request.env.user._is_public():
            path = f"/hub/o/{normalise(ref)}"
            return request.redirect_query("/web/login", {"redirect": path})
        return self._hub_render_unknown(ref, 404)

    def _hub_render_unknown(self, ref, status):
        is_mistyped = bool(ref) and not normalise(ref)
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "hub_unknown",
            "hub_typed": (ref or "")[:64],
            "hub_is_mistyped": is_mistyped,
            "hub_is_throttled": status == 429,
            "no_breadcrumbs": True,
        }
        return request.render("order_hub.portal_hub_unknown", values, status=status)

    def _hub_unknown_message(self):
        return request.env._("There is no such order, or it is not yours to see.")

    def _hub_employee_message(self):
        return request.env._(
            "This is where the customer signs. Take the receipt on the scanning screen."
        )

    def _hub_count_refusal(self):
        if request.env.user._is_public():
            REFUSALS.count(request.httprequest.remote_addr, time.monotonic())

    def _hub_is_refused_too_often(self):
        return request.env.user._is_public() and REFUSALS.is_exceeded(
            request.httprequest.remote_addr, time.monotonic()
        )


def _number(text):
    """Return a number of an address or a form, or ``None`` for anything else."""
    text = str(text) if isinstance(text, (str, int)) else ""
    return int(text[:9]) if text.isascii() and text.isdigit() else None
