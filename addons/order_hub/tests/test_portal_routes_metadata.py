"""What is sent to rightful visitors holds what the page shows and no more: not in the
text, not in comments, not in the properties of a file."""

import base64
import io
import re
import zipfile

from lxml import html

from odoo import SUPERUSER_ID
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_engine_uploads import exif, pdf, picture
from .test_portal_routes import PortalRoutesCommon, own_rules

#: What no page for people outside may hold: the ways of employees, models, keys.
INTERNAL = (
    "/odoo/",
    "order.hub.",
    "stock.move",
    "sale.order(",
    "purchase.order(",
    "Traceback",
    "<bound method",
    "standard_price",
)
#: Properties of an office file that name people, companies or programs of ours.
PROPERTIES = ("creator", "lastModifiedBy", "Company", "Manager", "keywords")


@tagged("post_install", "-at_install")
class TestPortalMetadata(PortalRoutesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        mto = cls.env.ref("stock.route_warehouse0_mto")
        mto.active = True
        buy = cls.env.ref("purchase_stock.route_warehouse0_buy")
        cls.sheet.route_ids = [Command.set((mto | buy).ids)]
        cls.sheet.write({"list_price": 98765.4, "standard_price": 45678.9})
        cls.wanted = cls._order(
            product=cls.sheet, client_order_ref="SECRET-77", note="Secret note"
        )
        cls.wanted.action_confirm()
        cls.purchase = cls.env["purchase.order"].search(
            [("partner_id", "=", cls.steel.id), ("state", "=", "draft")], limit=1
        )
        cls.purchase.button_confirm()
        cls.env.flush_all()

    def _pages(self, prefix):
        """Yield ``(path, response)`` of each page and file below an address."""
        for path, routing in own_rules(self.env):
            methods = routing.get("methods") or ("GET",)
            is_page = routing["type"] == "http" and "GET" in methods
            if is_page and path.startswith(prefix) and not path.endswith("/pdf"):
                self._forget_refusals()
                yield path, self._get(self._address(path))

    def _text(self, response):
        """Return what an answer holds, the parts of an office file unpacked."""
        if response.content[:2] != b"PK":
            return response.text
        with zipfile.ZipFile(io.BytesIO(response.content)) as book:
            return "".join(book.read(name).decode() for name in book.namelist())

    def _assert_silent(self, user, prefix, secrets):
        self._as(user)
        shown = 0
        for path, response in self._pages(prefix):
            with self.subTest(path), mute_logger("odoo.http"):
                text = self._text(response)
                shown += response.status_code == 200
                for secret in (*secrets, *INTERNAL):
                    self.assertNotIn(secret, text)
                self._assert_no_comments(response)
        self.assertTrue(shown)

    def _assert_no_comments(self, response):
        """A comment of a template may hold what its author knew."""
        if "text/html" in response.headers["Content-Type"]:
            [wrap] = html.fromstring(response.text).xpath("//*[@id='wrap']") or [None]
            self.assertFalse(wrap is not None and wrap.xpath(".//comment()"))

    def test_suppliers_are_told_nothing_of_customers_prices_or_rivals(self):
        secrets = (
            self.wanted.name,
            self.wanted.hub_ref,
            self.order.name,
            "SECRET-77",
            "Secret note",
            self.partner.name,
            self.rival.name,
            "98765",
            "98,765",
            "45678",
            "45,678",
        )
        self._assert_silent(self.supplier, "/my/supply", secrets)

    def test_customers_are_told_nothing_of_suppliers_costs_or_others(self):
        secrets = (
            self.steel.name,
            self.rival.name,
            self.stranger_partner.name,
            self.purchase.name,
            self.preparing.name,
            "45678",
            "45,678",
        )
        self._assert_silent(self.customer, "/my/hub", secrets)

    def test_workbooks_name_nobody(self):
        self._as(self.supplier)
        for path, response in self._pages("/my/supply"):
            if response.content[:2] != b"PK":
                continue
            text = self._text(response)
            for name in PROPERTIES:
                with self.subTest(path, name=name):
                    found = re.findall(rf"<\w*:?{name}>([^<]*)<", text)
                    self.assertFalse("".join(found).strip())
            self.assertNotIn("<f>", text)

    def test_pictures_are_sent_without_what_the_camera_noted(self):
        content = picture(exif=exif())
        evidence = self._evidence(
            self.order,
            content=base64.b64encode(content).decode(),
            filename="IMG_Wang.jpg",
        )
        self._as(self.customer)
        for size in ("thumb", "full"):
            path = f"/my/hub/{self.order.hub_ref}/evidence/{evidence.id}"
            response = self._get(f"{path}?size={size}")
            self.assertEqual(response.status_code, 200)
            self.assertNotIn(b"Camera of Wang", response.content)
            self.assertNotIn(b"Exif", response.content)
            self.assertNotIn("Wang", str(response.headers))

    def test_originals_are_not_reached_through_the_files_of_odoo(self):
        evidence = self._evidence(self.order)
        attachment = evidence.attachment_id
        for user in (self.customer, self.stranger, self.supplier, None):
            self._as(user)
            for path in (
                f"/web/content/{attachment.id}",
                f"/web/image/{attachment.id}",
                f"/web/content/order.hub.evidence/{evidence.id}/image",
                f"/web/image/order.hub.evidence/{evidence.id}/image",
                f"/web/content/{attachment.id}?access_token=x",
            ):
                with self.subTest(path), mute_logger("odoo.http"):
                    response = self._get(path)
                    self.assertNotEqual(response.content, attachment.raw)
                    self.assertNotIn(b"IHDR\x00\x00\x00\x01", response.content[:24])

    def test_the_log_of_an_order_is_not_read_through_the_mail_of_odoo(self):
        self.wanted.message_post(body="Inside only: margin is thin")
        self.purchase.message_post(body="Inside only: for Donghua")
        for user in (self.supplier, self.stranger, None):
            self._as(user)
            for record in (self.wanted, self.purchase):
                answer = self._messages(record)
                with self.subTest(user=user and user.login, record=record.name):
                    self.assertNotIn("Inside only", answer)

    def _messages(self, record):
        """Return what the chatter of the portal and of the client answer."""
        answers = []
        for path in ("/mail/chatter_fetch", "/mail/thread/messages"):
            params = {
                "thread_model": record._name,
                "thread_id": record.id,
                "fetch_params": {},
            }
            self.env.flush_all()
            with mute_logger("odoo.http"):
                payload = {"jsonrpc": "2.0", "method": "call", "params": params}
                answers.append(self.url_open(path, json=payload).text)
        return "".join(answers)

    def test_files_that_employees_attach_to_a_shipment_stay_inside(self):
        notice = self.env["order.hub.shipment.notice"].create(
            {"order_id": self.purchase.id, "expected_date": "2031-01-01 04:00:00"}
        )
        Upload = self.env["order.hub.upload"].with_user(SUPERUSER_ID)
        theirs = Upload._keep(notice, Upload._checked([("list.pdf", pdf())]))
        admin = self.env.ref("base.user_admin")
        inside = self.env["ir.attachment"].with_user(admin).sudo()
        inside.create(
            {
                "name": "margin.pdf",
                "raw": pdf(),
                "res_model": notice._name,
                "res_id": notice.id,
            }
        )
        self.assertEqual(notice._hub_papers(), theirs)
