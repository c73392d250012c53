import re
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.order_hub.controllers.portal_supply_ship import SUPPLY_POSTS

from .pages import without_hashes
from .test_supply_portal import SupplyPortalCommon

#: Which tests try each route of these pages from the wrong side.
ACCESS_TESTS = {
    "/my/supply/shipments": {"test_pages_are_closed_to_whoever_is_no_supplier"},
    "/my/supply/shipments/page/<int:page>": {
        "test_pages_are_closed_to_whoever_is_no_supplier"
    },
    "/my/supply/shipments/<int:notice_id>": {
        "test_another_suppliers_pages_do_not_exist",
        "test_pages_are_closed_to_whoever_is_no_supplier",
    },
    "/my/supply/shipments/<int:notice_id>/label": {
        "test_another_suppliers_pages_do_not_exist",
        "test_pages_are_closed_to_whoever_is_no_supplier",
    },
    "/my/supply/shipments/<int:notice_id>/papers/<int:paper_id>": {
        "test_another_suppliers_pages_do_not_exist",
        "test_papers_of_others_are_not_sent_through_an_own_shipment",
    },
    "/my/supply/shipments/<int:notice_id>/cancel": {
        "test_another_supplier_changes_nothing",
        "test_posts_need_the_csrf_token",
        "test_employees_do_not_post_for_suppliers",
    },
    "/my/supply/orders/<int:order_id>/ship": {
        "test_another_suppliers_pages_do_not_exist",
        "test_another_supplier_changes_nothing",
        "test_posts_need_the_csrf_token",
        "test_employees_do_not_post_for_suppliers",
    },
    "/my/supply/orders/<int:order_id>/report": {
        "test_another_suppliers_pages_do_not_exist",
        "test_another_supplier_changes_nothing",
        "test_posts_need_the_csrf_token",
        "test_employees_do_not_post_for_suppliers",
    },
    "/my/supply/certificates": {
        "test_pages_are_closed_to_whoever_is_no_supplier",
        "test_a_certificate_is_only_for_own_products_and_orders",
        "test_posts_need_the_csrf_token",
        "test_employees_do_not_post_for_suppliers",
    },
    "/my/supply/certificates/<int:certificate_id>/papers/<int:paper_id>": {
        "test_another_suppliers_pages_do_not_exist",
    },
}
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)


class SupplyShipCommon(SupplyPortalCommon):
    """An order of 15 sheets to the steel trader, and one to the rival."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.purchase = cls._purchase(cls.steel, cls.sheet, 15)
        cls.purchase.user_id = cls.sales
        cls.line = cls.purchase.order_line
        cls.foreign = cls._purchase(cls.rival, cls.bolt, 7)
        cls.reason = cls.env["order.hub.answer.reason"].search([], limit=1)

    def setUp(self):
        super().setUp()
        SUPPLY_POSTS.clear()

    def _csrf(self):
        page = self.url_open("/web/login" if not self.session.uid else "/my/account")
        return re.search(r'csrf_token: "([^"]+)"', page.text).group(1)

    def _post(self, path, csrf=True, files=None, **form):
        self.env.flush_all()
        data = {"csrf_token": self._csrf() if csrf else "forged"}
        response = self.url_open(
            path, data={**data, **form}, files=files, allow_redirects=False
        )
        self.env.invalidate_all()
        return response

    @staticmethod
    def _soon(days):
        return fields.Date.to_string(fields.Date.today() + timedelta(days=days))

    def _ship(self, quantity="15", order=None, line=None, files=None, **form):
        line = line or self.line
        form = {"expected": self._soon(4), f"quantity_{line.id}": quantity, **form}
        path = f"/my/supply/orders/{(order or self.purchase).id}/ship"
        return self._post(path, files=files, **form)

    def _shipped(self, files=None):
        self._as(self.supplier)
        response = self._ship(
            files=files,
            **{f"lots_{self.line.id}": "H-1", f"package_{self.line.id}": "P1"},
            carrier="SF",
            tracking="SF-77",
        )
        self.assertEqual(response.status_code, 303, response.text[-2000:])
        return self._notices()

    def _notices(self):
        return self.env["order.hub.shipment.notice"].search([])

    def _certified(self, **form):
        kind = self.env.ref("order_hub.certificate_kind_material")
        form = {"kind": kind.id, "number": "M-1", **form}
        return self._post(
            "/my/supply/certificates", files={"files": ("m.pdf", PDF)}, **form
        )

    def _certificates(self):
        return self.env["order.hub.certificate"].search([])


@tagged("post_install", "-at_install")
class TestSupplyShip(SupplyShipCommon):
    """What a supplier does on the pages of shipments, reports and certificates."""

    def test_supplier_announces_a_shipment_with_papers(self):
        notice = self._shipped(files={"files": ("note.pdf", PDF)})
        self.assertEqual(notice.state, "announced")
        self.assertEqual(notice.user_id, self.supplier)
        self.assertEqual(notice.picking_ids.carrier_tracking_ref, "SF-77")
        page = self._get(f"/my/supply/shipments/{notice.id}")
        for words in (notice.name, "SF-77", "H-1", "note.pdf"):
            self.assertIn(words, page.text)
        paper = notice._hub_papers()
        sent = self._get(f"/my/supply/shipments/{notice.id}/papers/{paper.id}")
        self.assertEqual(sent.status_code, 200)
        self.assertIn("attachment", sent.headers["Content-Disposition"])
        self.assertIn(notice.name, self._get("/my/supply/shipments").text)

    def test_what_is_wrong_is_said_and_what_was_typed_stays(self):
        self._as(self.supplier)
        response = self._ship("99", carrier="Fast Freight")
        self.assertEqual(response.status_code, 422)
        self.assertIn("Not stored", response.text)
        self.assertIn("Fast Freight", response.text)
        self.assertFalse(self._notices())
        for typed in ("nan", "-3", "1e9", "x"):
            self.assertEqual(self._ship(typed).status_code, 422, typed)
        self.assertEqual(self._ship(expected="2001-01-01").status_code, 422)
        self.assertEqual(self._ship(expected="soon").status_code, 422)
        bad = {"files": ("x.pdf", b"<script>alert(1)</script>")}
        self.assertEqual(self._ship(files=bad).status_code, 422)
        self.assertFalse(self._notices())

    def test_supplier_takes_a_shipment_back(self):
        notice = self._shipped()
        self._post(f"/my/supply/shipments/{notice.id}/cancel")
        self.assertEqual(notice.state, "cancelled")

    def test_supplier_reports_a_delay(self):
        self._as(self.supplier)
        page = f"/my/supply/orders/{self.purchase.id}/report"
        self.assertIn("Tell the buyer", self._get(page).text)
        late = fields.Date.to_string(self.line.date_planned.date() + timedelta(days=6))
        key = self.line.id
        form = {f"kind_{key}": "delay", f"day_{key}": late, "reason": self.reason.id}
        response = self._post(page, **form)
        self.assertEqual(response.status_code, 303, response.text[-2000:])
        [report] = self.purchase.hub_report_ids
        self.assertEqual(report.user_id, self.supplier)
        self.assertEqual(self.line.hub_expected_date.date(), report.date.date())

    def test_a_report_without_a_reason_is_not_stored(self):
        self._as(self.supplier)
        page = f"/my/supply/orders/{self.purchase.id}/report"
        response = self._post(page, **{f"kind_{self.line.id}": "delay"})
        self.assertEqual(response.status_code, 422)
        self.assertFalse(self.purchase.hub_report_ids)

    def test_supplier_sends_a_certificate_and_reads_what_became_of_it(self):
        self._as(self.supplier)
        response = self._certified(
            product=self.sheet.id, order=self.purchase.name, lot="H-1"
        )
        self.assertEqual(response.status_code, 303, response.text[-2000:])
        certificate = self._certificates()
        self.assertEqual(certificate.partner_id, self.steel)
        self.assertEqual(certificate.purchase_line_id, self.line)
        certificate.action_reject("The stamp is missing")
        page = self._get("/my/supply/certificates")
        self.assertIn("The stamp is missing", page.text)
        paper = certificate.attachment_ids
        sent = self._get(f"/my/supply/certificates/{certificate.id}/papers/{paper.id}")
        self.assertEqual(sent.status_code, 200)

    def test_a_certificate_needs_kind_number_and_file(self):
        self._as(self.supplier)
        self.assertEqual(self._certified(kind="").status_code, 422)
        self.assertEqual(self._certified(number=" ").status_code, 422)
        path = "/my/supply/certificates"
        kind = self.env.ref("order_hub.certificate_kind_material")
        response = self._post(path, kind=kind.id, number="M-1")
        self.assertEqual(response.status_code, 422)
        self.assertFalse(self._certificates())

    def test_pages_tell_nothing_of_customers(self):
        order = self._order(10, product=self.sheet)
        order.action_confirm()
        notice = self._shipped()
        for path in (
            "shipments",
            f"shipments/{notice.id}",
            f"orders/{self.purchase.id}/ship",
            f"orders/{self.purchase.id}/report",
            "certificates",
        ):
            text = without_hashes(self._get(f"/my/supply/{path}").text)
            for secret in (order.name, order.hub_ref, self.partner.name, "160"):
                self.assertNotIn(secret, text, path)


@tagged("post_install", "-at_install")
class TestSupplyShipFromTheWrongSide(SupplyShipCommon):
    """Whoever is not the supplier gets the same answer as for what does not exist."""

    def _pages(self):
        notice = self._shipped(files={"files": ("note.pdf", PDF)})
        paper = notice._hub_papers().id
        self._certified()
        certificate = self._certificates()
        proof = certificate.attachment_ids.id
        return [
            f"/my/supply/shipments/{notice.id}",
            f"/my/supply/shipments/{notice.id}/label",
            f"/my/supply/shipments/{notice.id}/papers/{paper}",
            f"/my/supply/orders/{self.purchase.id}/ship",
            f"/my/supply/orders/{self.purchase.id}/report",
            f"/my/supply/certificates/{certificate.id}/papers/{proof}",
        ]

    @staticmethod
    def _said(response):
        """Return what a page says, without its addresses and tokens."""
        own = r'(href|content|value)="[^"]*"|csrf_token: "[^"]*"'
        return re.sub(own, "", response.text)

    def test_another_suppliers_pages_do_not_exist(self):
        pages = self._pages()
        self._as(self.rival_user)
        unknown = self._get("/my/supply/shipments/999999")
        for page in pages:
            response = self._get(page)
            self.assertEqual(response.status_code, 404, page)
            self.assertIn("We cannot show you this page", response.text)
            self.assertEqual(self._said(response), self._said(unknown))

    def test_pages_are_closed_to_whoever_is_no_supplier(self):
        pages = self._pages()
        pages += ["/my/supply/shipments", "/my/supply/shipments/page/2"]
        pages += ["/my/supply/certificates"]
        self._as(self.customer)
        for page in pages:
            self.assertEqual(self._get(page).status_code, 404, page)
        self._as(None)
        for page in pages:
            self.assertEqual(self._get(page).status_code, 303, page)

    def test_papers_of_others_are_not_sent_through_an_own_shipment(self):
        notice = self._shipped()
        secret = self.env["ir.attachment"].create(
            {
                "name": "secret.pdf",
                "raw": PDF,
                "res_model": "purchase.order",
                "res_id": self.foreign.id,
            }
        )
        path = f"/my/supply/shipments/{notice.id}/papers/{secret.id}"
        self.assertEqual(self._get(path).status_code, 404)

    def test_another_supplier_changes_nothing(self):
        notice = self._shipped()
        self._as(self.rival_user)
        self.assertEqual(
            self._post(f"/my/supply/shipments/{notice.id}/cancel").status_code, 404
        )
        self.assertEqual(self._ship("1").status_code, 404)
        key = self.line.id
        report = f"/my/supply/orders/{self.purchase.id}/report"
        form = {f"kind_{key}": "delay", "reason": self.reason.id}
        self.assertEqual(self._post(report, **form).status_code, 404)
        # through the own order with the line of another
        self.assertEqual(self._ship("1", order=self.foreign).status_code, 422)
        own = f"/my/supply/orders/{self.foreign.id}/report"
        self.assertEqual(self._post(own, **form).status_code, 422)
        self.assertEqual(self._notices(), notice)
        self.assertEqual(notice.state, "announced")
        self.assertFalse(self.env["order.hub.supply.report"].search([]))

    def test_a_certificate_is_only_for_own_products_and_orders(self):
        self._as(self.rival_user)
        self.assertEqual(self._certified(product=self.sheet.id).status_code, 422)
        self.assertEqual(self._certified(order=self.purchase.name).status_code, 422)
        self.assertFalse(self._certificates())
        page = self._get("/my/supply/certificates").text
        self.assertNotIn(self.sheet.name, page)

    def test_posts_need_the_csrf_token(self):
        notice = self._shipped()
        for path in (
            f"/my/supply/shipments/{notice.id}/cancel",
            f"/my/supply/orders/{self.purchase.id}/ship",
            f"/my/supply/orders/{self.purchase.id}/report",
            "/my/supply/certificates",
        ):
            self.assertEqual(self._post(path, csrf=False).status_code, 400, path)

    def test_employees_do_not_post_for_suppliers(self):
        notice = self._shipped()
        employee = self.sales
        employee.password = employee.login
        employee.partner_id.parent_id = self.steel
        self._as(employee)
        for path in (
            f"/my/supply/shipments/{notice.id}/cancel",
            f"/my/supply/orders/{self.purchase.id}/ship",
            f"/my/supply/orders/{self.purchase.id}/report",
            "/my/supply/certificates",
        ):
            self.assertEqual(self._post(path).status_code, 404, path)
        self.assertEqual(notice.state, "announced")

    def test_a_script_that_posts_without_end_is_stopped(self):
        self._as(self.supplier)
        for _number in range(SUPPLY_POSTS.limit):
            self._ship("x")
        response = self._ship("1", carrier="Fast Freight")
        self.assertEqual(response.status_code, 429)
        self.assertIn("Fast Freight", response.text)
        self.assertFalse(self._notices())
