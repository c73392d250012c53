import time
from urllib.parse import urlencode

from odoo.exceptions import UserError
from odoo.http import request, route

from .portal import SIGNATURES, OrderHubPortal, _number


class OrderHubPortalReceipt(OrderHubPortal):
    """The page on which a customer says what arrived: signature, photos, remarks.

    It opens with the code on paper too: whoever unpacks the goods holds the paper.
    """

    @route(
        "/my/hub/<ref>/receipt",
        type="http",
        auth="public",
        website=True,
        readonly=True,
        methods=["GET"],
    )
    def hub_receipt(self, ref, access_token=None, delivery=None, **_query):
        """Show the receipt of the order, or of one of its deliveries."""
        order = self._hub_find(ref, access_token)
        if not order:
            return self._hub_refuse(ref)
        return self._hub_receipt_page(order, access_token, delivery)

    @route(
        "/my/hub/<ref>/receipt/remark",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
    )
    def hub_remark(self, ref, access_token=None, delivery=None, **form):
        """Take photos and a remark about what arrived."""
        order = self._hub_find(ref, access_token)
        if not order:
            return self._hub_refuse(ref)
        if request.env.user._is_internal():
            message = self._hub_employee_message()
            return self._hub_receipt_page(order, access_token, delivery, message)
        now = time.monotonic()
        if SIGNATURES.is_exceeded(order.id, now):
            return self._hub_render_unknown("", 429)
        SIGNATURES.count(order.id, now)
        try:
            with request.env.cr.savepoint():
                order._hub_take_remark(form, self._hub_photos(), _number(delivery))
        except UserError as error:
            order.invalidate_recordset()
            return self._hub_receipt_page(
                order, access_token, delivery, str(error), form
            )
        return request.redirect(
            self._hub_receipt_url(order, access_token, delivery, thanks=1)
        )

    def _hub_photos(self):
        """Return the files of the form; a form without any sends an empty one."""
        files = request.httprequest.files.getlist("photos")
        return [file for file in files if file.filename]

    def _hub_receipt_url(self, order, token, delivery, **more):
        query = {"access_token": token, "delivery": _number(delivery), **more}
        query = urlencode({name: value for name, value in query.items() if value})
        return f"/my/hub/{order.hub_ref}/receipt" + (f"?{query}" if query else "")

    def _hub_receipt_page(self, order, token, delivery, error="", form=None):
        user = request.env.user
        receipt = order._hub_receipt_page(_number(delivery))
        query = f"?{urlencode({'access_token': token})}" if token else ""
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "hub_receipt",
            "hub_page": receipt,
            "hub_can_sign": receipt["can_sign"] and not user._is_internal(),
            "hub_path": f"/my/hub/{order.hub_ref}",
            "hub_query": query,
            "hub_token": token or "",
            "hub_sign_url": self._hub_sign_url(order, token, receipt["delivery"]),
            "hub_signer": "" if user._is_public() else user.name,
            "hub_error": error,
            "hub_thanks": bool(request.httprequest.args.get("thanks")),
            "hub_form": form or {},
            "res_company": order.company_id,
            "no_breadcrumbs": user._is_public(),
        }
        template = "order_hub.portal_hub_receipt"
        return request.render(template, values, status=422 if error else 200)

    def _hub_sign_url(self, order, token, delivery):
        query = {"access_token": token, "delivery": delivery}
        query = urlencode({name: value for name, value in query.items() if value})
        return f"/my/hub/{order.hub_ref}/sign" + (f"?{query}" if query else "")
