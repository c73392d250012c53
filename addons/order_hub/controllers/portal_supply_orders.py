import re
import time
from datetime import date
from urllib.parse import urlencode

from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request, route
from odoo.tools import plaintext2html

from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..models.purchase_order_answer_page import FORM_ROWS
from .portal_supply import OrderHubSupply
from .throttle import Throttle

#: Answers and questions sent for one order, by whomever.
ANSWERS = Throttle(limit=30, seconds=600)
#: What a question may say; the rest is cut off.
MOST_TEXT = 2000


class OrderHubSupplyOrders(OrderHubSupply):
    """The pages on which a supplier reads, confirms, splits or refuses orders.

    By login for all own orders; by link for one, where the company allows links.
    """

    _supply_orders_per_page = 20

    # === TAB === #

    def _supply_pages(self, partner, company):
        pages = super()._supply_pages(partner, company)
        Order = self._supply_model("purchase.order")
        waiting = Order._hub_supply_domain(partner, company)
        waiting &= Order._hub_supply_filters()["answer"]["domain"]
        return {**pages, "orders": Order.search_count(waiting)}

    # === LIST === #

    @route(
        ["/my/supply/orders", "/my/supply/orders/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def supply_orders(self, page=1, filterby=None, search=None, **_query):
        """List the supplier's orders, those to be answered first."""
        partner = self._supply_partner()
        if not partner:
            return self._supply_refuse()
        Order = self._supply_model("purchase.order")
        filters = Order._hub_supply_filters()
        filterby = filterby if filterby in filters else "answer"
        search = (search or "")[:100].strip()
        domain = Order._hub_supply_domain(partner, self._supply_company())
        domain &= filters[filterby]["domain"] & self._supply_searched(search)
        pager = portal_pager(
            url="/my/supply/orders",
            url_args={"filterby": filterby, "search": search},
            total=Order.search_count(domain),
            page=page,
            step=self._supply_orders_per_page,
        )
        orders = Order.search(
            domain,
            order="date_planned, id",
            limit=self._supply_orders_per_page,
            offset=max(0, pager["offset"]),
        )
        return self._supply_render(
            "order_hub.portal_supply_orders",
            "orders",
            supply_orders=orders._hub_supply_rows(),
            pager=pager,
            filters=[
                {"name": name, "label": each["label"], "is_on": name == filterby}
                for name, each in filters.items()
            ],
            filterby=filterby,
            search=search,
        )

    def _supply_searched(self, search):
        """Return the domain of what was typed: our number, or the supplier's own."""
        if not search:
            return Domain.TRUE
        return Domain(
            [
                "|",
                "|",
                ("name", "ilike", search),
                ("partner_ref", "ilike", search),
                ("order_line.name", "ilike", search),
            ]
        )

    # === ONE ORDER === #

    @route(
        "/my/supply/orders/<int:order_id>",
        type="http",
        auth="public",
        website=True,
        readonly=True,
    )
    def supply_order(self, order_id, access_token=None, sent=None, **_query):
        """Show one order to its supplier, by login or by link."""
        order = self._supply_find_order(order_id, access_token)
        if not order:
            return self._supply_refuse()
        return self._supply_order_page(order, access_token, sent=sent)

    @route(
        "/my/supply/orders/<int:order_id>/pdf",
        type="http",
        auth="public",
        website=True,
    )
    def supply_order_pdf(self, order_id, access_token=None, **_query):
        """Send the order as the paper that was mailed."""
        order = self._supply_find_order(order_id, access_token)
        if not order:
            return self._supply_refuse()
        return self._show_report(
            model=order,
            report_type="pdf",
            report_ref="purchase.action_report_purchase_order",
            download=True,
        )

    @route(
        "/my/supply/orders/<int:order_id>/answer",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
    )
    def supply_order_answer(self, order_id, access_token=None, **form):
        """Take down the answer; what is wrong is said on the form as it was filled."""
        return self._supply_post(order_id, access_token, form, self._supply_answer)

    @route(
        "/my/supply/orders/<int:order_id>/ask",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
    )
    def supply_order_ask(self, order_id, access_token=None, **form):
        """Put a question to the buyer."""
        return self._supply_post(order_id, access_token, form, self._supply_ask)

    # === WHAT IS SENT === #

    def _supply_post(self, order_id, token, form, work):
        """Let a supplier do one thing to an order, and show what came of it.

        :param work: method that takes order and form and returns what was sent
        """
        order = self._supply_find_order(order_id, token)
        if not order or self._supply_is_employee():
            return self._supply_refuse()
        now = time.monotonic()
        if ANSWERS.is_exceeded(order.id, now):
            return self._supply_order_page(order, token, 429, error=_too_often())
        ANSWERS.count(order.id, now)
        try:
            with request.env.cr.savepoint():
                sent = work(order, form)
        except UserError as error:
            order.invalidate_recordset()
            return self._supply_order_page(
                order, token, 422, error=str(error), form=form
            )
        return request.redirect(_with_sent(order._hub_page_url(token), sent))

    def _supply_answer(self, order, form):
        """Answer as the visitor: who said it is kept with it."""
        mine = order.with_user(request.env.user).sudo()
        by_login = not request.env.user._is_public()
        mine._hub_answer(
            self._supply_words(order, form),
            "portal" if by_login else "link",
            by_name="" if by_login else self._supply_name(form),
            mark=_text(form, "mark", 64),
        )
        return "answer"

    def _supply_name(self, form):
        name = _text(form, "by_name", 64)
        if not name:
            raise UserError(request.env._("Please write your name, then send again."))
        return name

    def _supply_ask(self, order, form):
        text = _text(form, "text", MOST_TEXT)
        if not text:
            raise UserError(request.env._("Please write your question, then send it."))
        user = request.env.user
        author = order.partner_id
        if user._is_public():
            text = f"{self._supply_name(form)}: {text}"
        else:
            author = user.sudo().partner_id
        order._hub_supply_ask(plaintext2html(text), author)
        return "question"

    # === WHAT WAS FILLED IN === #

    def _supply_words(self, order, form):
        """Return what was filled in, for the lines of this order only.

        :raise UserError: for what cannot be read
        """
        lines = order.order_line.filtered(lambda line: line._hub_is_answerable())
        if _text(form, "all", 8):
            waiting = lines.filtered(
                lambda line: line.hub_answer_state in (False, "waiting")
            )
            return [{"line_id": line.id, "kind": "confirm"} for line in waiting]
        return [
            self._supply_word(line, form)
            for line in lines
            if _text(form, f"kind_{line.id}", 8) in ("confirm", "split", "refuse")
        ]

    def _supply_word(self, line, form):
        reason = _text(form, f"reason_{line.id}", 12)
        return {
            "line_id": line.id,
            "kind": _text(form, f"kind_{line.id}", 8),
            "parts": self._supply_parts(line, form),
            "refused": self._supply_number(line, form, f"refused_{line.id}"),
            "reason_id": self._supply_reason(line, reason),
            "note": _text(form, f"note_{line.id}", 1000),
        }

    def _supply_reason(self, line, typed):
        """Return the id of a reason that the page offers, or nothing."""
        offered = {str(each["id"]) for each in line.order_id._hub_answer_reasons()}
        return int(typed) if typed in offered else False

    def _supply_parts(self, line, form):
        """Return the deliveries of a split; rows left empty are none."""
        if _text(form, f"kind_{line.id}", 8) != "split":
            return []
        parts = []
        for row in range(FORM_ROWS):
            quantity = self._supply_number(line, form, f"quantity_{line.id}_{row}")
            day = _text(form, f"date_{line.id}_{row}", 10)
            if quantity:
                parts.append(
                    {"quantity": quantity, "date": self._supply_day(line, day)}
                )
        return parts

    def _supply_number(self, line, form, name):
        typed = _text(form, name, 20).replace(",", ".")
        if not typed:
            return 0.0
        if not re.fullmatch(r"-?\d{1,12}(\.\d{1,6})?", typed):
            raise UserError(
                request.env._(
                    "%(product)s: “%(typed)s” is no quantity. Write a number.",
                    product=line.name.partition("\n")[0],
                    typed=typed,
                )
            )
        return float(typed)

    def _supply_day(self, line, typed):
        try:
            return date.fromisoformat(typed)
        except ValueError as error:
            raise UserError(
                request.env._(
                    "%(product)s: choose a day for every quantity.",
                    product=line.name.partition("\n")[0],
                )
            ) from error

    # === PAGE === #

    def _supply_order_page(self, order, token, status=200, **values):
        values = {"error": "", "form": {}, "sent": "", **values}
        by_link = request.env.user._is_public()
        partner = order.partner_id.commercial_partner_id
        response = self._supply_render(
            "order_hub.portal_supply_order",
            "orders",
            supply_partner=partner,
            supply_tabs=None if self._supply_partner() == partner else [],
            supply_company=order.company_id.name,
            supply_crumb={
                "url": "/my/supply/orders",
                "label": request.env._("Orders"),
                "name": order.name,
            },
            supply_order=order._hub_supply_page(),
            supply_path=order._hub_page_path(),
            supply_query=f"?{urlencode({'access_token': token})}" if token else "",
            supply_token=token or "",
            supply_by_link=by_link,
            supply_may_answer=order.state == "purchase"
            and not self._supply_is_employee(),
            res_company=order.company_id,
            **values,
        )
        response.status_code = status
        return response

    # === ACCESS === #

    def _document_check_access(self, model_name, document_id, access_token=None):
        """Let Odoo's own purchase page know who asks: an answer is the visitor's."""
        document = super()._document_check_access(
            model_name, document_id, access_token=access_token
        )
        if model_name != "purchase.order":
            return document
        return document.with_user(request.env.user).sudo()

    def _supply_find_order(self, order_id, token):
        """Return an order the visitor may see, as superuser, or an empty recordset.

        :param token: what the visitor came with, if anything
        """
        Order = self._supply_model("purchase.order")
        if self._supply_is_refused_too_often():
            return Order
        partner = self._supply_partner()
        if partner:
            own = Order._hub_supply_domain(partner, self._supply_company())
            found = Order.search(own & Domain("id", "=", order_id))
            if found:
                return found
        return self._supply_by_link(Order, order_id, token)

    def _supply_by_link(self, Order, order_id, token):
        if not token:
            return Order
        order = Order.search(
            [("id", "=", order_id), ("state", "in", ("purchase", "cancel"))]
        )
        if not order or not order._hub_opens_with(token):
            return Order
        company = order.company_id
        return order.with_context(
            allowed_company_ids=company.ids, tz=company.partner_id.tz or "UTC"
        )

    def _supply_is_employee(self):
        return request.env.user._is_internal()


def _text(form, name, most):
    """Return what was typed into one field; a file or nothing is an empty text."""
    typed = form.get(name)
    return typed.strip()[:most] if isinstance(typed, str) else ""


def _with_sent(url, sent):
    return f"{url}{'&' if '?' in url else '?'}sent={sent}"


def _too_often():
    return request.env._(
        "That was sent too often. Please wait ten minutes and try again."
    )
