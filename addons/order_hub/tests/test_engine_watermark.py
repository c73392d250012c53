import io

from hypothesis import strategies as st
from PIL import Image

from odoo.tests import BaseCase

from ..engine import watermark
from .properties import given

MARK = "OH-ABCD-EFGH-1234  2026-11-22 14:03"
SIDES = st.integers(1, 400)


def picture(width, height, colour="white", output="JPEG", **options):
    stream = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(stream, output, **options)
    return stream.getvalue()


def opened(content):
    return Image.open(io.BytesIO(content))


def contrast(one, other):
    """Return the contrast of two grey values as accessibility reckons it."""
    light, dark = sorted((((v / 255) ** 2.2 for v in (one, other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


class TestWatermarkEngine(BaseCase):
    @given(SIDES, SIDES, st.sampled_from(("JPEG", "PNG", "WEBP", "GIF")))
    def test_picture_of_any_size_and_format_stays_within_its_side(self, w, h, output):
        shown = opened(watermark.marked(picture(w, h, output=output), MARK, 200))
        self.assertLessEqual(max(shown.size), 200)
        if max(w, h) <= 200:
            self.assertEqual(shown.size, (w, h))

    def test_mark_is_read_on_light_and_on_dark_pictures(self):
        for colour in ("white", "black", "grey", "red"):
            with self.subTest(colour):
                shown = opened(
                    watermark.marked(picture(800, 600, colour), MARK, 800, "PNG")
                )
                foot = shown.convert("L").crop((0, 570, 800, 600))
                dark, light = foot.getextrema()
                self.assertGreaterEqual(contrast(light, dark), 4.5)

    def test_mark_differs_by_what_it_says(self):
        original = picture(800, 600)
        self.assertNotEqual(
            watermark.marked(original, MARK, 800),
            watermark.marked(original, MARK.replace("14", "15"), 800),
        )

    def test_nothing_of_place_and_camera_is_left(self):
        exif = Image.Exif()
        exif[0x010F] = "Camera of Wang"
        exif.get_ifd(0x8825)[1] = "N"
        original = picture(40, 30, exif=exif, comment=b"by Wang")
        shown = watermark.marked(original, MARK, 40)
        self.assertNotIn(b"Wang", shown)
        self.assertFalse(opened(shown).getexif())

    def test_picture_is_turned_upright(self):
        exif = Image.Exif()
        exif[0x0112] = 6
        shown = opened(watermark.marked(picture(60, 30, exif=exif), MARK, 60))
        self.assertEqual(shown.size, (30, 60))

    def test_what_is_no_picture_is_not_shown(self):
        for content in (b"", b"<svg/>", picture(9, 9)[:60], b"\x89PNG\r\n\x1a\n"):
            with self.subTest(content[:8]), self.assertRaises(watermark.NoPicture):
                watermark.marked(content, MARK, 100)

    def test_picture_with_too_many_pixels_is_not_opened(self):
        huge = picture(9000, 6000, output="PNG")
        with self.assertRaises(watermark.NoPicture):
            watermark.marked(huge, MARK, 100)


class TestWatermarkCache(BaseCase):
    def test_what_was_made_is_not_made_again(self):
        cache, made = watermark.Cache(100), []
        for _time in range(3):
            cache.get("a", lambda: made.append(1) or b"picture")
        self.assertEqual(len(made), 1)

    @given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 60)), max_size=60))
    def test_cache_stays_within_its_bytes_and_says_how_many(self, asked):
        cache = watermark.Cache(100)
        for key, size in asked:
            cache.get(key, lambda size=size: b"x" * size)
            kept = sum(map(len, cache._kept.values()))
            self.assertEqual(cache.size, kept)
            self.assertLessEqual(kept, 100)
