"""What a product may be called, and what is too little to be sure of it."""

from datetime import datetime, timedelta, timezone

from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.tests.properties import given

from ..engine.chat import Catalogue, Context, Item, understand

NOW = datetime(2026, 11, 18, 10, tzinfo=timezone(timedelta(hours=8)))
GLASS = Item("GL", "GL-2", ("玻璃水2L", "玻璃水"), (), ("瓶", "箱"))
ITEMS = (
    GLASS,
    Item("PZ", "PZ-1", ("膨胀螺栓M10*100",), (), ("套",)),
    Item("ST", "ST-20", ("等径三通DN20", "6分三通"), (), ("个",)),
    Item("BR", "BR-6205", ("深沟球轴承6205-2RS",), (), ("套",)),
    Item("JN", "JN-10", ("牛仔布10安",), (), ("米", "匹")),
    Item("YY", "YY-1", ("鱿鱼须1kg", "鱿鱼须"), (), ("包",)),
    Item("ZX", "ZX-1", ("转向节",), (), ("件",)),
    Item("RK", "RK-1", ("稀释剂5kg",), (), ("桶",)),
)
CATALOGUE = Catalogue(ITEMS)
CUT_SHORT = (
    "玻璃水L 膨胀螺栓M10*10 膨胀螺栓M10 膨胀螺栓 分三通 等径三通 深沟球轴承6205 "
    "深沟球轴承6205-2 深沟球轴承 牛仔布安"
).split()


def read(text, catalogue=CATALOGUE):
    return understand(text, Context(NOW, catalogue, customer="wz"))


def lines(text, catalogue=CATALOGUE):
    found = read(text, catalogue)
    return [(one.item.value, one.quantity.value) for one in found.lines]


class TestChatNames(BaseCase):
    """A size that is not said is never made up."""

    @given(st.sampled_from(CUT_SHORT), st.integers(1, 999))
    def test_a_name_without_its_whole_size_is_never_certain(self, name, count):
        for text in (f"{name} {count}套", f"{name}，{count}个", f"{count}瓶{name}"):
            self.assertFalse(read(text).is_certain, text)

    def test_a_full_name_without_a_size_is_certain_while_the_family_is_one(self):
        self.assertTrue(read("玻璃水20瓶").is_certain)
        more = Catalogue((*ITEMS, Item("G5", "GL-5", ("玻璃水5L",), (), ("瓶",))))
        found = read("玻璃水20瓶", more)
        self.assertFalse(found.is_certain)
        self.assertIn("ambiguous_item", found.doubt_codes())
        self.assertTrue(read("玻璃水2L 20瓶", more).is_certain)

    def test_a_customers_own_name_is_certain_whatever_else_there_is(self):
        own = Item("GL", "GL-2", ("玻璃水2L",), ("玻璃水",), ("瓶",))
        other = Item("G5", "GL-5", ("玻璃水5L",), (), ("瓶",))
        self.assertTrue(read("玻璃水20瓶", Catalogue((own, other))).is_certain)

    def test_a_size_may_stand_before_the_name(self):
        found = read("10安牛仔布来200米")
        self.assertTrue(found.is_certain, found.doubts)
        self.assertEqual(lines("10安牛仔布来200米"), [("JN", 200)])

    def test_a_measure_before_a_name_may_be_how_much_is_wanted(self):
        self.assertFalse(read("要5kg稀释剂").is_certain)

    def test_a_word_before_a_name_is_never_lost(self):
        steel = Catalogue((Item("JJ", "JJ-95", ("工业酒精95%",), (), ("桶",)), *ITEMS))
        for text in ("双层工业酒精95%三十桶", "前转向节30件", "防爆转向节30件"):
            self.assertFalse(read(text, steel).is_certain, text)

    def test_a_products_own_size_between_name_and_quantity_is_no_quantity(self):
        for text in ("鱿鱼须1kg 20包", "鱿鱼须1kg的20包", "鱿鱼须1kg*20包"):
            self.assertEqual(lines(text), [("YY", 20)], text)
        self.assertFalse(read("鱿鱼须3kg 20包").is_certain)

    @given(st.sampled_from("标签 纸箱 托盘 外箱贴唛头".split()), st.integers(2, 900))
    def test_a_wish_behind_a_line_is_none_with_a_quantity(self, wish, count):
        self.assertTrue(read(f"转向节9件{wish}").is_certain, wish)
        for text in (
            f"转向节9件{wish}{count}个",
            f"{wish}{count} 转向节9",
            f"转向节9件{wish}，{count}个",
            f"转向节{wish}{count}个",
        ):
            self.assertFalse(read(text).is_certain, text)


class TestChatRows(BaseCase):
    """Rows, tables and lists keep their pairs."""

    @given(st.integers(1, 9999), st.integers(1, 9999))
    def test_quantities_never_change_places(self, first, second):
        for text in (
            f"转向节，{first}件 玻璃水，{second}瓶",
            f"转向节，{first}件和玻璃水，{second}瓶",
            f"1、转向节 {first} 2、玻璃水 {second}",
            f"转向节\t{first}\t件\n玻璃水\t{second}\t瓶",
        ):
            if read(text).is_certain:
                self.assertEqual(lines(text), [("ZX", first), ("GL", second)], text)

    def test_a_table_needs_no_headings_when_its_columns_are_plain(self):
        found = read("转向节\t100\t件\n玻璃水\t50\t瓶")
        self.assertTrue(found.is_certain, found.doubts)
        self.assertFalse(read("转向节\t100\t50").is_certain)
        self.assertFalse(read("转向节\t100\n不认识的\t20").is_certain)
