"""Kinds of messages that were misread once: each is right now, or doubted."""

from datetime import datetime, timedelta, timezone

from odoo.tests import BaseCase, tagged

from ..engine.chat import Catalogue, Context, Item, Person, understand
from ..engine.chat_shelf import Shelf

NOW = datetime(2026, 11, 18, 10, tzinfo=timezone(timedelta(hours=8)))


def items(*rows):
    return [
        Item(code, code, tuple(names.split("|")), (), tuple(units.split()))
        for code, names, units in rows
    ]


GOODS = items(
    ("BR-6205", "深沟球轴承6205|6205轴承", "套"),
    ("BR-6206", "深沟球轴承6206", "套"),
    ("LS-820", "螺丝M8*20", "个"),
    ("LS-1030", "螺丝M10*30", "个"),
    ("QF-15", "铜球阀DN15", "只"),
    ("QF-20", "铜球阀DN20", "只"),
    ("XB-1", "洗毛香波", "瓶"),
    ("NB-1", "宠物尿垫", "包"),
    ("HT-500", "海天酱油500ml", "瓶"),
    ("CB-5", "厨邦酱油5L", "瓶"),
    ("CU-1", "白醋", "瓶"),
    ("HX-10", "Hex bolt M10x30", "pcs"),
    ("FO-1", "Filter oil", "bottles"),
    ("ST-L", "乳胶手套L", "盒"),
    ("ST-M", "乳胶手套M", "盒"),
    ("MG-R", "红玫瑰", "枝"),
    ("MG-W", "白玫瑰", "枝"),
    ("PT-100", "拼图100片", "盒"),
    ("PT-500", "拼图500片", "盒"),
)
CATALOGUE = Catalogue(GOODS)


def read(text, previous=None, catalogue=CATALOGUE):
    return understand(text, Context(NOW, catalogue, customer="me", previous=previous))


def rows(found):
    return [(one.item.value, int(one.quantity.value or 0)) for one in found.lines]


@tagged("post_install", "-at_install")
class TestChatKinds(BaseCase):
    def test_a_number_that_one_product_has_names_it(self):
        both = [("BR-6205", 100), ("BR-6206", 50)]
        for text, expected in (
            ("6205的100套", both[:1]),
            ("6205来100套", both[:1]),
            ("6205轴承100套, 6206的50", both),
            ("6205、6206各50套", [("BR-6205", 50), ("BR-6206", 50)]),
        ):
            found = read(text)
            self.assertEqual(rows(found), expected, text)
            self.assertTrue(found.is_certain, text)

    def test_a_number_that_may_name_another_product_is_no_quantity(self):
        for text in ("6205 6206", "6205轴承 6206", "6205 2026 100套"):
            self.assertFalse(read(text).is_certain, text)

    def test_sizes_stand_before_the_name_that_they_share(self):
        for text, expected in (
            ("M8*20的螺丝200, M10*30的100", [("LS-820", 200), ("LS-1030", 100)]),
            ("DN15、DN20铜球阀各50", [("QF-15", 50), ("QF-20", 50)]),
            ("DN15和DN20的铜球阀各50只", [("QF-15", 50), ("QF-20", 50)]),
        ):
            found = read(text)
            self.assertEqual(rows(found), expected, text)
            self.assertTrue(found.is_certain, text)

    def test_without_each_nobody_knows_how_many_of_each_size(self):
        for text in ("DN15和DN20的铜球阀50只", "铜球阀DN15/DN20 50只"):
            self.assertFalse(read(text).is_certain, text)

    def test_english_words_stand_in_any_order_only_where_they_are_sizes(self):
        found = read("200 of the M10x30 hex bolts")
        self.assertEqual(rows(found), [("HX-10", 200)])
        self.assertTrue(found.is_certain)
        self.assertFalse(read("20 bottles of oil filter").is_certain)

    def test_what_is_asked_for_without_a_name_or_number_is_an_order_to_ask_about(self):
        for text in (
            "给便利店送点酱油",
            "酱油来点",
            "照上次",
            "老样子来一份",
            "跟上次一样",
            "same as last time please",
        ):
            found = read(text)
            self.assertEqual(found.intent, "order", text)
            self.assertTrue(found.doubts, text)
            self.assertFalse(found.is_certain, text)
        for text in ("今天天气不错", "上次的货收到了", "跟上次一样坏了"):
            self.assertNotEqual(read(text).intent, "order", text)

    def test_what_turns_a_running_order_is_never_passed_over(self):
        before = read("洗毛香波10瓶，白醋5瓶")
        self.assertTrue(before.is_certain)
        for text in (
            "除了白醋都不要",
            "别取消白醋",
            "翻倍",
            "都加倍",
            "白醋减半",
            "其他的不要了",
            "只要白醋",
            "再来一遍",
        ):
            found = read(text, before)
            self.assertFalse(found.is_certain, text)
            self.assertNotEqual(found.intent, "other", text)
            self.assertTrue(found.doubts, text)

    def test_goods_behind_an_address_are_no_part_of_it(self):
        for text in (
            "送朝阳区建国路88号洗毛香波20瓶",
            "洗毛香波20瓶送朝阳区建国路88号",
        ):
            found = read(text)
            self.assertEqual(rows(found), [("XB-1", 20)], text)
            self.assertEqual(found.address.value, "朝阳区建国路88号", text)
        found = read("送朝阳区建国路88号洗猫香波20瓶")
        self.assertEqual(found.address.value, "朝阳区建国路88号")
        self.assertFalse(found.is_certain)

    def test_a_quantity_may_follow_the_last_letter_of_a_size(self):
        self.assertEqual(rows(read("乳胶手套L10盒")), [("ST-L", 10)])
        more = Catalogue(items(("A", "接头L", "个"), ("A1", "接头L1", "个")))
        self.assertFalse(read("接头L12个", catalogue=more).is_certain)

    def test_a_size_that_goes_on_names_the_next_product(self):
        for text in ("拼图100片30盒，500片20盒", "拼图100片的30盒，500片的20盒"):
            found = read(text)
            self.assertEqual(rows(found), [("PT-100", 30), ("PT-500", 20)], text)
            self.assertTrue(found.is_certain, text)

    def test_colours_in_one_word_are_one_product_each_only_with_each(self):
        found = read("红白玫瑰各100枝")
        self.assertEqual(rows(found), [("MG-R", 100), ("MG-W", 100)])
        self.assertTrue(found.is_certain)
        for text in ("红白玫瑰100枝", "红绿玫瑰各100枝"):
            self.assertFalse(read(text).is_certain, text)

    def test_whoever_signs_is_no_product_and_a_product_is_no_signature(self):
        self.assertTrue(read("白醋20瓶 thanks, Carlos").is_certain)
        self.assertFalse(read("白醋20瓶 thanks, Filter Oil").is_certain)

    def test_a_code_has_no_plural(self):
        self.assertFalse(read("CU-1s 20瓶").is_certain)

    def test_traditional_characters_name_the_same_goods(self):
        self.assertEqual(rows(read("寵物尿墊十包")), [("NB-1", 10)])


@tagged("post_install", "-at_install")
class TestChatSameCode(BaseCase):
    """Two products with one code: never silently one of them."""

    TWINS = (
        Item(1, "A-1", ("红木筷子",), (), ("双",)),
        Item(2, "A-1", ("竹筷子",), (), ("双",)),
        Item(3, "B-1", ("铁勺子",), (), ("把",)),
    )

    def test_neither_the_code_nor_the_name_is_certain(self):
        catalogue = Catalogue(self.TWINS)
        for text in ("A-1 20双", "红木筷子20双", "竹筷子20双"):
            found = read(text, catalogue=catalogue)
            self.assertFalse(found.is_certain, text)
            self.assertIn("ambiguous_item", found.doubt_codes())
            self.assertEqual(
                {one["value"] for one in found.lines[0].item.candidates}, {1, 2}
            )
        self.assertTrue(read("铁勺子20把", catalogue=catalogue).is_certain)

    def test_a_shelf_gives_no_product_for_a_code_of_two(self):
        shelf = Shelf(self.TWINS)
        self.assertIsNone(shelf.item_by_code("A-1"))
        self.assertEqual(shelf.item_by_code("B-1"), 3)

    def test_on_a_large_shelf_the_other_product_is_looked_at_too(self):
        many = [Item(n, f"N-{n}", (f"花瓶{n}款",)) for n in range(10, 4000)]
        shelf = Shelf([*self.TWINS, *many])
        found = read("红木筷子20双", catalogue=shelf.catalogue("红木筷子20双", {}))
        self.assertFalse(found.is_certain)


@tagged("post_install", "-at_install")
class TestChatCustomers(BaseCase):
    """Customers by half of their name, with and without place, trade and form."""

    def _customer(self, text, *names):
        people = tuple(Person(at, (name,)) for at, name in enumerate(names))
        found = understand(f"{text} 白醋20瓶", Context(NOW, CATALOGUE, people))
        return found.customer.value if found.is_certain else None

    def test_either_half_of_a_name_in_two_languages_is_the_customer(self):
        name = "Wuxi Taihu Auto Repair 无锡太湖汽修"
        for said in ("无锡太湖汽修", "太湖汽修", "Wuxi Taihu Auto Repair"):
            self.assertEqual(self._customer(said, name, "宏达五金"), 0, said)
            self.assertIsNone(self._customer(said, name, name), said)
        self.assertIsNone(self._customer("太湖汽修", name, "太湖汽修厂"))

    def test_place_and_core_are_enough_where_one_customer_fits(self):
        name = "无锡市太湖汽车维修有限公司"
        for said in (
            "无锡太湖汽修",
            "无锡市太湖汽修",
            "无锡太湖汽车维修",
            "太湖汽修",
            "无锡太湖汽车维修有限公司",
        ):
            self.assertEqual(self._customer(said, name, "苏州宏达五金店"), 0, said)

    def test_another_customer_with_the_same_core_is_a_doubt(self):
        name = "无锡市太湖汽车维修有限公司"
        for said, other in (
            ("太湖汽修", "苏州太湖汽修厂"),
            ("无锡太湖汽修", "太湖汽修厂"),
            ("无锡太湖汽修", "无锡太湖汽修店"),
            ("太湖", "无锡太湖商贸有限公司"),
            ("诚信五金", "诚信五金(深圳)有限公司"),
        ):
            mine = "广州诚信五金店" if "诚信" in said else name
            self.assertIsNone(self._customer(said, mine, other), (said, other))
        self.assertEqual(self._customer("苏州太湖汽修", name, "苏州太湖汽修厂"), 1)
