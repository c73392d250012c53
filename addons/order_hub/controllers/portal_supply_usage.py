from odoo import fields
from odoo.http import content_disposition, request, route

from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..models.order_hub_usage_page import PAGE_SIZE
from .portal_supply import OrderHubSupply

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class OrderHubSupplyUsage(OrderHubSupply):
    """The supplier's first page: what will be needed of the supplier's items."""

    # === THE PAGE === #

    @route(
        ["/my/supply", "/my/supply/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
    )
    def supply_usage(self, page=1, **query):
        """Show the supplier what is needed in the coming weeks.

        Writes down what was shown, to say the next time what has changed.
        """
        partner = self._supply_partner()
        if not partner:
            return self._supply_refuse()
        visitor = request.env.user
        return self._supply_usage_page(partner, "/my/supply", page, query, visitor)

    @route(
        [
            "/hub/supply/<int:partner_id>",
            "/hub/supply/<int:partner_id>/page/<int:page>",
        ],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def supply_usage_as(self, partner_id, page=1, **query):
        """Show a buyer what a supplier sees, without leaving a trace."""
        partner = self._supply_viewed(partner_id)
        if not partner:
            return self._supply_refuse()
        path = f"/hub/supply/{partner.id}"
        return self._supply_usage_page(partner, path, page, query)

    def _supply_viewed(self, partner_id):
        """Return the supplier a buyer looks at, as superuser; empty if not allowed."""
        nobody = request.env["res.partner"].sudo()
        user = request.env.user
        if not user.has_group("purchase.group_purchase_user"):
            return nobody
        partner = request.env["res.partner"].browse(partner_id).exists()
        if not partner or not partner.has_access("read"):
            return nobody
        partner = partner.sudo().commercial_partner_id
        return partner if partner._hub_is_supplier(self._supply_company()) else nobody

    def _supply_usage_page(self, partner, path, page, query, visitor=None):
        usage = self._supply_model("order.hub.usage")._page(
            partner,
            self._supply_company(),
            fields.Datetime.now(),
            {**query, "page": page},
            visitor,
        )
        return self._supply_render(
            "order_hub.portal_supply_usage",
            "usage",
            supply_partner=partner,
            supply_tabs=None if visitor else [],
            usage=usage,
            usage_path=path,
            usage_is_own=bool(visitor),
            pager=self._supply_usage_pager(path, usage),
        )

    def _supply_usage_pager(self, path, usage):
        asked = {name: usage[name] for name in ("weeks", "search", "show")}
        return portal_pager(
            url=path,
            url_args=asked,
            total=usage["total"],
            page=usage["page"],
            step=PAGE_SIZE,
        )

    # === FILES === #

    @route(
        "/my/supply/usage.xlsx",
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def supply_usage_xlsx(self, weeks=None, **_query):
        """Send the usage as a workbook."""
        return self._supply_usage_file("_xlsx", "xlsx", XLSX, weeks)

    @route(
        "/my/supply/usage.csv",
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def supply_usage_csv(self, weeks=None, **_query):
        """Send the usage as comma-separated values."""
        return self._supply_usage_file("_csv", "csv", "text/csv; charset=utf-8", weeks)

    def _supply_usage_file(self, maker, ending, mimetype, weeks):
        partner = self._supply_partner()
        if not partner:
            return self._supply_refuse()
        company, now = self._supply_company(), fields.Datetime.now()
        service = self._supply_model("order.hub.usage")
        content = getattr(service, maker)(partner, company, now, weeks)
        name = f"{service._today(company, now).isoformat()}-usage.{ending}"
        headers = [
            ("Content-Type", mimetype),
            ("Content-Length", len(content)),
            ("Content-Disposition", content_disposition(name)),
            ("X-Content-Type-Options", "nosniff"),
            ("Cache-Control", "private, no-store"),
        ]
        return request.make_response(content, headers)
