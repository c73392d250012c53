import time

from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request, route

from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..models.order_hub_shipment_notice_portal import PAGE
from .portal_supply import OrderHubSupply
from .throttle import Throttle

#: Shipments, reports and certificates that one login sends.
SUPPLY_POSTS = Throttle(limit=30, seconds=600)


class OrderHubSupplyShip(OrderHubSupply):
    """The pages on which a supplier announces shipments and reports trouble early.

    By login only: who announces goods is kept with the notice.
    """

    # === TAB === #

    def _supply_pages(self, partner, company):
        return {**super()._supply_pages(partner, company), "shipments": None}

    # === SHIPMENTS === #

    @route(
        ["/my/supply/shipments", "/my/supply/shipments/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def supply_shipments(self, page=1, **_query):
        """List the supplier's shipments, and the orders that can be shipped."""
        partner = self._supply_partner()
        if not partner:
            return self._supply_refuse()
        company = self._supply_company()
        Notice = self._supply_model("order.hub.shipment.notice")
        total = Notice.search_count(Notice._hub_theirs(partner, company))
        pager = portal_pager("/my/supply/shipments", total, page, PAGE)
        return self._supply_render(
            "order_hub.portal_supply_shipments",
            "shipments",
            shipments=Notice._hub_page_rows(partner, company, max(0, pager["offset"])),
            orders=Notice._hub_page_orders(partner, company),
            pager=pager,
        )

    @route(
        "/my/supply/shipments/<int:notice_id>",
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def supply_shipment(self, notice_id, **_query):
        """Show one shipment: what was announced, and how it was received."""
        notice = self._supply_find_notice(notice_id)
        return self._supply_shipment_page(notice) if notice else self._supply_refuse()

    @route(
        "/my/supply/shipments/<int:notice_id>/label",
        type="http",
        auth="user",
        website=True,
    )
    def supply_shipment_label(self, notice_id, **_query):
        """Send the labels of the packages as PDF."""
        notice = self._supply_find_notice(notice_id)
        if not notice:
            return self._supply_refuse()
        return self._show_report(
            notice, "pdf", "order_hub.order_hub_shipment_label_action", download=True
        )

    @route(
        "/my/supply/shipments/<int:notice_id>/papers/<int:paper_id>",
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def supply_shipment_paper(self, notice_id, paper_id, **_query):
        """Send a document that the supplier has attached."""
        notice = self._supply_find_notice(notice_id)
        return self._supply_paper(notice and notice._hub_papers(), paper_id)

    @route(
        "/my/supply/shipments/<int:notice_id>/cancel",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def supply_shipment_cancel(self, notice_id, **_form):
        """Take an announced shipment back."""
        notice = self._supply_find_notice(notice_id)
        if not notice or not self._supply_may_post():
            return self._supply_refuse()
        wrong = self._supply_try(notice._hub_page_cancel)
        if wrong:
            return self._supply_shipment_page(notice, **wrong)
        return request.redirect(f"/my/supply/shipments/{notice.id}")

    def _supply_shipment_page(self, notice, status=200, **values):
        response = self._supply_render(
            "order_hub.portal_supply_shipment",
            "shipments",
            supply_crumb=self._supply_shipments_crumb(notice.name),
            shipment=notice._hub_page_row(),
            **{"error": "", **values},
        )
        response.status_code = status
        return response

    def _supply_shipments_crumb(self, name):
        label = request.env._("Shipments")
        return {"url": "/my/supply/shipments", "label": label, "name": name}

    # === ANNOUNCE === #

    @route(
        "/my/supply/orders/<int:order_id>/ship",
        type="http",
        auth="user",
        website=True,
        methods=["GET", "POST"],
    )
    def supply_ship(self, order_id, **form):
        """Announce a shipment of one order."""
        order = self._supply_open_order(order_id)
        if not order:
            return self._supply_refuse()
        if request.httprequest.method != "POST":
            return self._supply_ship_page(order)
        if not self._supply_may_post():
            return self._supply_refuse()
        Notice = self._supply_model("order.hub.shipment.notice")
        made = []
        wrong = self._supply_try(
            lambda: made.append(
                Notice._hub_page_announce(
                    order,
                    self._supply_texts(form),
                    self._supply_files(),
                    request.env.user,
                )
            )
        )
        if wrong:
            return self._supply_ship_page(order, **wrong, form=form)
        return request.redirect(f"/my/supply/shipments/{made[0].id}")

    def _supply_ship_page(self, order, status=200, **values):
        lines = [line._hub_supply_row() for line in order._hub_reportable()]
        response = self._supply_render(
            "order_hub.portal_supply_ship",
            "shipments",
            supply_crumb=self._supply_shipments_crumb(order.name),
            shipped={"id": order.id, "name": order.name},
            lines=[line for line in lines if line["to_announce"] > 0],
            **{"error": "", "form": {}, **values},
        )
        response.status_code = status
        return response

    # === REPORT === #

    @route(
        "/my/supply/orders/<int:order_id>/report",
        type="http",
        auth="user",
        website=True,
        methods=["GET", "POST"],
    )
    def supply_report(self, order_id, **form):
        """Report a shortage or a delay of one order."""
        order = self._supply_open_order(order_id)
        if not order:
            return self._supply_refuse()
        if request.httprequest.method != "POST":
            return self._supply_report_page(order, sent=form.get("sent") == "1")
        if not self._supply_may_post():
            return self._supply_refuse()
        Report = self._supply_model("order.hub.supply.report")
        wrong = self._supply_try(
            lambda: Report._hub_page_report(
                order, self._supply_texts(form), request.env.user
            )
        )
        if wrong:
            return self._supply_report_page(order, **wrong, form=form)
        return request.redirect(f"/my/supply/orders/{order.id}/report?sent=1")

    def _supply_report_page(self, order, status=200, **values):
        Report = self._supply_model("order.hub.supply.report")
        response = self._supply_render(
            "order_hub.portal_supply_report",
            "orders",
            supply_crumb={
                "url": f"/my/supply/orders/{order.id}",
                "label": order.name,
                "name": request.env._("Report a problem"),
            },
            shipped={"id": order.id, "name": order.name},
            lines=[line._hub_supply_row() for line in order._hub_reportable()],
            reasons=Report._hub_page_reasons(),
            reports=Report._hub_page_rows(order),
            **{"error": "", "form": {}, "sent": False, **values},
        )
        response.status_code = status
        return response

    # === ACCESS === #

    def _supply_find_notice(self, notice_id):
        """Return a shipment of the visitor's, as superuser, or nothing."""
        partner = self._supply_partner()
        Notice = self._supply_model("order.hub.shipment.notice")
        if not partner:
            return Notice
        theirs = Notice._hub_theirs(partner, self._supply_company())
        return Notice.search(theirs & Domain("id", "=", notice_id))

    def _supply_open_order(self, order_id):
        """Return a confirmed order of the visitor's, as superuser, or nothing."""
        partner = self._supply_partner()
        Order = self._supply_model("purchase.order")
        if not partner:
            return Order
        theirs = Order._hub_of_supplier(partner, self._supply_company())
        return Order.search(theirs & Domain("id", "=", order_id))

    # === WHAT IS SENT === #

    def _supply_may_post(self):
        """Tell whether the visitor is a supplier, not an employee who looks on."""
        return not request.env.user._is_internal()

    @staticmethod
    def _supply_texts(form):
        """Return the texts of a form; files and repeated fields are left out."""
        return {name: text for name, text in form.items() if isinstance(text, str)}

    @staticmethod
    def _supply_files():
        """Return the files of the form that were chosen."""
        files = request.httprequest.files.getlist("files")
        return [file for file in files if file.filename]

    def _supply_try(self, work):
        """Do all of it or nothing, and not without end.

        :return: what is wrong, as ``{"error": words, "status": int}``; empty when it
            was done
        """
        login, now = request.env.user.id, time.monotonic()
        if SUPPLY_POSTS.is_exceeded(login, now):
            words = request.env._(
                "That was sent too often. Please wait ten minutes and try again."
            )
            return {"error": words, "status": 429}
        SUPPLY_POSTS.count(login, now)
        try:
            with request.env.cr.savepoint():
                work()
        except UserError as error:
            request.env.invalidate_all()
            return {"error": str(error), "status": 422}
        return {}

    def _supply_paper(self, papers, paper_id):
        """Send one of the papers, as a download that no page can run."""
        paper = papers and papers.filtered(lambda each: each.id == paper_id)
        if not paper:
            return self._supply_refuse()
        stream = request.env["ir.binary"].sudo()._get_stream_from(paper, "raw")
        response = stream.get_response(
            as_attachment=True, content_security_policy="default-src 'none'"
        )
        response.headers["Cache-Control"] = "private, no-store"
        return response
