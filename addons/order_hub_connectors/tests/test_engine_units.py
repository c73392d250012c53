from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.tests.properties import given

from ..engine.sku import sku_key
from ..engine.units import measure, names_pack, pack_words


class TestEngineUnits(BaseCase):
    """Words for units in Chinese and English, and codes in any spelling."""

    def test_words_for_one_piece_mean_the_unit(self):
        for word in ("件", "只", "个", "PCS", "pc.", "Ea", " piece "):
            self.assertEqual(measure(word), "uom.product_uom_unit", word)

    def test_metres_and_kilograms_are_understood_in_both_languages(self):
        for word, unit in (
            ("米", "meter"),
            ("M", "meter"),
            ("kg", "kgm"),
            ("公斤", "kgm"),
            ("吨", "ton"),
            ("m³", "cubic_meter"),
        ):
            self.assertEqual(measure(word), f"uom.product_uom_{unit}", word)

    def test_a_carton_is_no_measure_until_the_product_says_how_many(self):
        for word in ("箱", "Carton", "套", "盒", "pair"):
            self.assertEqual(measure(word), "")
            self.assertTrue(pack_words(word), word)
        self.assertFalse(pack_words("件"))
        self.assertFalse(pack_words("parsec"))

    def test_a_pack_is_recognised_in_the_name_of_a_unit(self):
        box = pack_words("盒")
        for name in ("Box of 12", "盒", "12个/盒", "BOXES", "盒装12"):
            self.assertTrue(names_pack(name, box), name)
        for name in ("Boxer", "箱(12)", "Dozens", ""):
            self.assertFalse(names_pack(name, box), name)

    def test_full_width_case_and_spaces_do_not_make_another_code(self):
        self.assertEqual(sku_key(" ＺＸＪ-0123 "), sku_key("zxj-0123"))
        self.assertEqual(sku_key("A  B"), "a b")
        self.assertNotEqual(sku_key("ZXJ0123"), sku_key("ZXJ-0123"))

    @given(st.text(max_size=200))
    def test_any_text_is_a_code_of_bounded_length_or_none(self, text):
        key = sku_key(text)
        self.assertLessEqual(len(key), 128)
        self.assertEqual(sku_key(key), key)
        self.assertFalse(measure(text) and pack_words(text))
