from odoo.fields import Domain
from odoo.http import request, route

from .portal_supply_ship import OrderHubSupplyShip


class OrderHubSupplyCertificates(OrderHubSupplyShip):
    """The page on which a supplier sends certificates and sees what became of them."""

    # === TAB === #

    def _supply_pages(self, partner, company):
        Certificate = self._supply_model("order.hub.certificate")
        refused = Certificate._hub_theirs(partner, company)
        refused &= Domain("state", "=", "rejected")
        count = Certificate.search_count(refused)
        return {**super()._supply_pages(partner, company), "certificates": count}

    # === PAGE === #

    @route(
        "/my/supply/certificates",
        type="http",
        auth="user",
        website=True,
        methods=["GET", "POST"],
    )
    def supply_certificates(self, **form):
        """Show the supplier's certificates, and take another one."""
        partner = self._supply_partner()
        if not partner:
            return self._supply_refuse()
        if request.httprequest.method != "POST":
            sent = form.get("sent") == "1"
            return self._supply_certificates_page(partner, sent=sent)
        if not self._supply_may_post():
            return self._supply_refuse()
        Certificate = self._supply_model("order.hub.certificate")
        wrong = self._supply_try(
            lambda: Certificate._hub_page_upload(
                partner,
                self._supply_company(),
                self._supply_texts(form),
                self._supply_files(),
            )
        )
        if wrong:
            return self._supply_certificates_page(partner, **wrong, form=form)
        return request.redirect("/my/supply/certificates?sent=1")

    def _supply_certificates_page(self, partner, status=200, **values):
        company = self._supply_company()
        Certificate = self._supply_model("order.hub.certificate")
        response = self._supply_render(
            "order_hub.portal_supply_certificates",
            "certificates",
            certificates=Certificate._hub_page_rows(partner, company),
            **Certificate._hub_page_choices(partner, company),
            **{"error": "", "form": {}, "sent": False, **values},
        )
        response.status_code = status
        return response

    @route(
        "/my/supply/certificates/<int:certificate_id>/papers/<int:paper_id>",
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def supply_certificate_paper(self, certificate_id, paper_id, **_query):
        """Send a paper of an own certificate."""
        partner = self._supply_partner()
        if not partner:
            return self._supply_refuse()
        Certificate = self._supply_model("order.hub.certificate")
        theirs = Certificate._hub_theirs(partner, self._supply_company())
        found = Certificate.search(theirs & Domain("id", "=", certificate_id))
        return self._supply_paper(found._papers(), paper_id)
