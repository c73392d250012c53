from odoo.http import content_disposition, route

from .portal_change import SEE, OrderHubPortalChange

#: Papers may be printed anew: nobody keeps them for us.
NO_STORE = "private, no-store"


class OrderHubPortalDocuments(OrderHubPortalChange):
    """The papers of an order: for a login or the mailed link, never for the code."""

    def _hub_page_values(self, order, access_token):
        values = super()._hub_page_values(order, access_token)
        may_see = self._hub_level(order, access_token) >= SEE
        return {
            **values,
            "hub_documents": order._hub_page_documents(self._hub_is_login(order))
            if may_see
            else [],
        }

    @route(
        "/my/hub/<ref>/document/<kind>/<int:document_id>",
        type="http",
        auth="public",
        website=True,
    )
    def hub_document(self, ref, kind, document_id, access_token=None, **_query):
        """Send one paper of the order as a file."""
        order, level = self._hub_open(ref, access_token)
        if level < SEE:
            return self._hub_refuse_paper()
        found = order._hub_document_file(kind, document_id, self._hub_is_login(order))
        if not found:
            return self._hub_refuse_paper()
        return self._hub_send_paper(*found)

    def _hub_refuse_paper(self):
        """Answer the same to who may not see a paper and where there is none."""
        self._hub_count_refusal()
        return self._hub_render_unknown("", 404)

    def _hub_is_login(self, order):
        """Tell whether the visitor sees the order by login and not by link."""
        return self._hub_may_read(order)

    def _hub_send_paper(self, name, content):
        is_pdf = content[:5] == b"%PDF-"
        response = self._hub_send(
            content,
            "application/pdf" if is_pdf else "application/octet-stream",
            content_disposition(name),
        )
        response.headers["Cache-Control"] = NO_STORE
        return response
