import io

from werkzeug.datastructures import FileStorage

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import OrderHubCommon
from .test_engine_uploads import exif, packed, pdf, picture


@tagged("post_install", "-at_install")
class TestUploadedFiles(OrderHubCommon):
    """Files of suppliers and customers: let in, kept, or refused in words."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Upload = cls.env["order.hub.upload"]

    def _posted(self, name, content):
        return FileStorage(io.BytesIO(content), filename=name)

    def test_files_of_a_form_are_let_in(self):
        files = [self._posted("质保书.PDF", pdf()), ("b.png", picture("PNG"))]
        paper, photo = self.Upload._checked([*files, self._posted("", b"")])
        self.assertEqual(paper["name"], "质保书.pdf")
        self.assertEqual(paper["content"], pdf())
        self.assertEqual((photo["name"], photo["mimetype"]), ("b.jpg", "image/jpeg"))

    def test_a_refusal_names_the_file_and_says_what_to_do(self):
        heic = b"\x00\x00\x00\x18ftypheic" + b"0" * 40
        for content, words, options in (
            (b"", "empty", {}),
            (b"<svg/>", "neither a PDF nor a picture", {}),
            (b"<svg/>", "is no picture", {"kinds": ("picture",)}),
            (picture(), "is no PDF", {"kinds": ("pdf",)}),
            (heic, "Save it as JPEG", {}),
            (b"\x89PNG\r\n\x1a\n" + b"0" * 99, "damaged", {}),
            (picture("PNG", (9000, 9000), "1"), "million pixels", {}),
            (pdf(b"0" * 2000), "larger than", {"limit_bytes": 1000}),
            (pdf(b"<< /Encrypt 5 0 R >>"), "locked", {}),
            (pdf(b"<< /S /JavaScript >>"), "carries a program", {}),
            (pdf(packed(b"0", b"/Type /ObjStm /Filter 5 0 R")), "carries", {}),
        ):
            with self.subTest(words), self.assertRaises(UserError) as caught:
                self.Upload._checked([("mill.pdf", content)], **options)
            self.assertIn(words, str(caught.exception))
            self.assertIn("mill.pdf", str(caught.exception))

    def test_too_many_files_are_refused(self):
        with self.assertRaises(UserError) as caught:
            self.Upload._checked([("a.pdf", pdf())] * 3, most=2)
        self.assertIn("2", str(caught.exception))

    def test_files_are_kept_with_their_record_and_not_public(self):
        order = self._order()
        checked = self.Upload._checked([("a.jpg", picture(exif=exif()))])
        kept = self.Upload._keep(order, checked)
        self.assertEqual((kept.res_model, kept.res_id), ("sale.order", order.id))
        self.assertFalse(kept.public)
        self.assertEqual(kept.mimetype, "image/jpeg")
        self.assertNotIn(b"Camera of Wang", kept.raw)

    def test_files_are_seen_by_whoever_sees_the_record(self):
        order = self._order()
        kept = self.Upload._keep(order, self.Upload._checked([("a.pdf", pdf())]))
        stranger = new_test_user(self.env, "up_stranger", groups="base.group_portal")
        for user in (stranger, self.env.ref("base.public_user")):
            with self.assertRaises(AccessError):
                kept.with_user(user).read(["raw"])

    def test_several_files_are_kept_in_one_go(self):
        order = self._order()
        checked = self.Upload._checked([("a.pdf", pdf())] * 8)
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        self.Upload._keep(order, checked)
        self.env.flush_all()
        self.assertLess(self.env.cr.sql_log_count - before, 20)
