import importlib.util
import io
import os
import subprocess
from pathlib import Path
from unittest.mock import patch

from reportlab.pdfgen import canvas

from odoo.tests import BaseCase, tagged

from ..engine.picture.order import understand
from ..engine.picture.process import Limits, PictureError, read_file

FAX = Path(__file__).parent / "data" / "pictures" / "fax.png"
ROWS = (
    ("Order No.: PO-2026-77", "", "", ""),
    ("Item No.", "Description", "Qty", "Unit Price"),
    ("ZXJ-0123", "Steering knuckle", "300", "160.00"),
    ("BZ-0456", "Half shaft", "20", "95.50"),
)


def pdf(rows=ROWS, pages=1):
    """Return a PDF that says its words itself."""
    stream = io.BytesIO()
    paper = canvas.Canvas(stream)
    for _ in range(pages):
        for n, row in enumerate(rows):
            for text, x in zip(row, (60, 180, 360, 440), strict=True):
                paper.drawString(x, 760 - 24 * n, text)
        paper.showPage()
    paper.save()
    return stream.getvalue()


@tagged("post_install", "-at_install")
class TestReader(BaseCase):
    """The process that reads: what it gives, what it may cost, what it may know."""

    def _refused(self, code, raw, is_pdf=False, **limits):
        with self.assertRaises(PictureError) as caught:
            read_file(raw, is_pdf, Limits(**limits))
        self.assertEqual(caught.exception.code, code)

    def test_a_fax_is_read_or_what_is_missing_is_said(self):
        if not importlib.util.find_spec("rapidocr"):
            self._refused("missing", FAX.read_bytes())
            return
        reading, pictures = read_file(FAX.read_bytes(), False, Limits(seconds=500))
        self.assertTrue(pictures[0].startswith(b"\xff\xd8"))
        found = understand(reading)
        self.assertTrue(found.order["lines"])
        self.assertTrue(set(found.sums) <= {"holds"})

    def test_a_pdf_that_says_its_words_is_read_without_a_network(self):
        reading, pictures = read_file(pdf(pages=2), True)
        self.assertEqual(len(pictures), 2)
        found = understand(reading)
        lines = found.order["lines"]
        self.assertEqual(lines[0]["sku"], "ZXJ-0123")
        self.assertEqual(lines[1]["quantity"], "20")
        self.assertEqual(found.order["customer_ref"], "PO-2026-77")

    def test_what_is_no_file_is_told_as_broken(self):
        self._refused("broken", b"%PDF-1.4 nothing", True)
        self._refused("broken", b"\xff\xd8\xff nothing")

    def test_a_book_is_no_order(self):
        self._refused("too_many_pages", pdf(pages=4), True, pages=3)

    def test_reading_ends_when_its_time_is_over(self):
        self._refused("slow", pdf(), True, seconds=0)

    def test_reading_ends_when_it_takes_too_much_memory(self):
        with self.assertRaises(PictureError) as caught:
            read_file(pdf(), True, Limits(megabytes=40))
        self.assertIn(caught.exception.code, ("memory", "crashed"))

    def test_the_reader_gets_no_secret_of_the_server(self):
        seen = {}

        def run(command, env, **kwargs):
            seen.update(env)
            raise subprocess.TimeoutExpired(command, 1)

        with (
            patch.dict(os.environ, {"ORDER_HUB_SECRET_KEY": "secret"}),
            patch.object(subprocess, "run", run),
            self.assertRaises(PictureError),
        ):
            read_file(pdf(), True)
        self.assertNotIn("secret", str(seen))
