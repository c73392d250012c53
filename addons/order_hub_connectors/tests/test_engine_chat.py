"""What a message asks for, and what it leaves to a person."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal

from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.tests.properties import given

from ..engine.chat import (
    Catalogue,
    Context,
    Item,
    Person,
    understand,
    understand_all,
)
from ..engine.chat.measures import is_sold_in
from ..engine.chat.numbers import number_at
from ..engine.chat.text import plain

NOW = datetime(2026, 11, 18, 10, tzinfo=timezone(timedelta(hours=8)))
CATALOGUE = Catalogue(
    [
        Item("ZXJ", "ZXJ-0123", ("转向节",), ("羊角",), ("件", "箱")),
        Item("BZ", "BZ-1", ("轴承座",), (), ("个",)),
        Item("ZC5", "BRG-6205", ("深沟球轴承6205",), (), ("个", "盒")),
        Item("ZC6", "BRG-6206", ("深沟球轴承6206",), (), ("个", "盒")),
        Item("LS2", "LS-820", ("内六角螺丝M8*20",), (), ("个", "盒")),
        Item("LS3", "LS-830", ("内六角螺丝M8*30",), (), ("个", "盒")),
        Item("OIL", "OIL-540", ("5W-40全合成机油 4L",), (), ("桶",)),
        Item("R10", "RICE-10", ("东北大米10kg",), (), ("袋",)),
        Item("R25", "RICE-25", ("东北大米25kg",), (), ("袋",)),
        Item("V15", "V-15", ("铜球阀DN15",), (), ("只",)),
        Item("V20", "V-20", ("铜球阀DN20",), (), ("只",)),
        Item("BAT", "BAT-5", ("5号电池",), (), ("节", "盒")),
        Item("PAD", "PAD-1", ("Front Brake Pad",), (), ("sets", "pcs")),
    ]
)
PEOPLE = (Person("wz", ("太湖汽修厂", "王伟")), Person("yd", ("远大五金", "李强")))
WORDS = (
    "转向节 轴承座 龙虾 ZXJ-0123 6205 M8*20 300件 200 两百个 半箱 20-30 "
    "3.5 改成 不要了 再加 明天 3月15日前 王总 太湖汽修厂 ： ， 、 ; \n \t * "
    "x 各 共500 多少钱 吗 ? ¥160 # 接龙 1. ① 😀 please send pcs of dozen "
    "and 13812345678 佛山市海八路18号 备注： 「 」 （ ） - + % 0 千把个"
).split(" ")


def context(previous=None, customer="wz"):
    return Context(NOW, CATALOGUE, PEOPLE, customer, previous)


def read(*texts, customer="wz"):
    """Return what the last of some messages of one talk is understood as."""
    found = None
    for text in texts:
        found = understand(text, context(found, customer))
    return found


def lines(found):
    return [(one.item.value, one.quantity.value, one.unit.value) for one in found.lines]


messages = st.text(max_size=200) | st.lists(st.sampled_from(WORDS), max_size=40).map(
    "".join
)


class TestChatOrders(BaseCase):
    """Messages that say plainly what they want need nobody."""

    def _certain(self, *texts, expected):
        found = read(*texts)
        self.assertEqual(lines(found), expected, texts)
        self.assertTrue(found.is_certain, (texts, found.doubts, found.confidence))
        return found

    def test_a_message_with_customer_product_quantity_and_date_is_an_order(self):
        found = self._certain(
            "王伟,发300件转向节,12月15日前到", expected=[("ZXJ", 300, "件")]
        )
        self.assertEqual(str(found.date.value), "2026-12-15")
        self.assertEqual(found.intent, "order")

    def test_quantities_stand_before_or_after_the_product(self):
        for text in (
            "转向节300件 轴承座200个",
            "300件转向节200个轴承座",
            "转向节300件，200个轴承座",
            "转向节，300件，轴承座，200个",
            "1. 转向节 300件\n2. 轴承座 200个",
            "給我發轉向節３００件跟軸承座兩百個",
        ):
            self._certain(text, expected=[("ZXJ", 300, "件"), ("BZ", 200, "个")])

    def test_codes_are_read_with_their_signs(self):
        for text in ("ZXJ-0123*50pcs", "zxj0123 50pcs", "50pcs of ZXJ-0123"):
            self._certain(text, expected=[("ZXJ", 50, "pcs")])
        self._certain("50xZXJ-0123", expected=[("ZXJ", 50, "")])

    def test_numbers_in_names_are_no_quantities(self):
        self._certain("6205轴承50个", expected=[("ZC5", 50, "个")])
        self._certain("M8*20内六角螺丝500个", expected=[("LS2", 500, "个")])
        self._certain("15号要5号电池20节", expected=[("BAT", 20, "节")])
        self._certain("50袋10kg东北大米", expected=[("R10", 50, "袋")])
        self._certain(
            "铜球阀DN15 100只 DN20 80只",
            expected=[("V15", 100, "只"), ("V20", 80, "只")],
        )

    def test_prices_telephones_and_order_numbers_are_no_quantities(self):
        for text in (
            "转向节300件，单价160",
            "转向节160/件 300件",
            "转向节300件 订单号PO20261101",
            "转向节300件，王伟收13812345678",
        ):
            self._certain(text, expected=[("ZXJ", 300, "件")])

    def test_a_pasted_table_is_read_by_its_headings(self):
        self._certain(
            "序号\t编码\t品名\t数量\t单位\t单价\n1\tZXJ-0123\t转向节\t300\t件\t160",
            expected=[("ZXJ", 300, "件")],
        )

    def test_a_total_that_is_said_must_be_right(self):
        self._certain(
            "转向节3件，轴承座2个，共5件", expected=[("ZXJ", 3, "件"), ("BZ", 2, "个")]
        )
        self.assertIn("total", read("转向节3件，轴承座2个，共6件").doubt_codes())


class TestChatTalks(BaseCase):
    """A talk goes on: what was said before is changed, not ordered again."""

    def test_a_quantity_is_set_added_to_and_taken_back(self):
        for text, expected in (
            ("改成200", [("ZXJ", 200, "件")]),
            ("300改成200", [("ZXJ", 200, "件")]),
            ("不是300是200", [("ZXJ", 200, "件")]),
            ("再加50", [("ZXJ", 350, "件")]),
            ("+5", [("ZXJ", 305, "件")]),
            ("再加5个轴承座", [("ZXJ", 300, "件"), ("BZ", 5, "个")]),
        ):
            found = read("转向节300件", text)
            self.assertEqual((lines(found), found.intent), (expected, "change"), text)
            self.assertTrue(found.is_certain, text)

    def test_the_line_that_is_meant_must_be_plain(self):
        found = read("转向节300件，轴承座100个", "改成200")
        self.assertFalse(found.is_certain)
        self.assertEqual(lines(found), [("ZXJ", 300, "件"), ("BZ", 100, "个")])
        found = read("转向节300件，轴承座100个", "第二个改成50")
        self.assertEqual(lines(found)[1], ("BZ", 50, "个"))
        self.assertFalse(read("转向节3件，轴承座1个", "那个不要了").is_certain)

    def test_a_line_or_all_of_it_is_cancelled(self):
        found = read("转向节300件，轴承座100个", "轴承座不要了")
        self.assertEqual(lines(found), [("ZXJ", 300, "件")])
        self.assertEqual(read("转向节300件", "都不要了").intent, "cancel")
        self.assertFalse(read("取消订单").is_certain, "nobody knows which")

    def test_thanks_and_questions_change_nothing(self):
        self.assertEqual(read("转向节300件", "好的谢谢").intent, "greeting")
        self.assertEqual(read("转向节300件", "什么时候能到？").intent, "question")


class TestChatDoubts(BaseCase):
    """What can be read in two ways is never certain, and says why."""

    def test_what_is_not_plain_is_a_doubt(self):
        for text, code in (
            ("转向节20-30件", "range"),
            ("转向节千把件", "approx"),
            ("转向节一百二件", "approx"),
            ("转向节-2件", "approx"),
            ("转向节0件", "quantity"),
            ("转向节300+5件", "sum"),
            ("大概300件转向节", "approx"),
            ("能不能发300件转向节?", "question"),
            ("如果有货就发300件转向节", "condition"),
            ("转向节300件，转向节200件", "repeated"),
            ("转向节和轴承座50个", "no_quantity"),
            ("大米20袋", "ambiguous_item"),
            ("转向结300件", "fuzzy_item"),
            ("龙虾2箱", "unknown_item"),
            ("红色转向节300件", "extra_words"),
            ("转向节300公斤", "unit"),
            ("不要转向节300件", "negates"),
            ("我收到转向节300件了", "past"),
            ("转向节发了300件", "past"),
            ("转向节300件，改成200件", "corrects"),
            ("转向节300件，那批货退了吧", "negates"),
        ):
            found = read(text)
            self.assertIn(code, found.doubt_codes(), text)
            self.assertFalse(found.is_certain, text)

    def test_a_question_is_no_order(self):
        for text in (
            "转向节多少钱",
            "有没有转向节",
            "报价 转向节300件",
            "when can you ship?",
        ):
            self.assertEqual(read(text).intent, "question", text)

    def test_a_number_of_another_product_never_matches(self):
        self.assertNotIn(read("6207轴承50个").lines[0].item.value, ("ZC5", "ZC6"))
        self.assertIsNone(CATALOGUE.by_code("ZXJ-01234"))
        self.assertEqual(list(CATALOGUE.scan("zxj-01234")), [])

    def test_who_orders_must_be_known(self):
        self.assertIn("customer", read("转向节3件", customer=None).doubt_codes())
        self.assertIn("customer", read("远大五金：转向节3件").doubt_codes())
        found = read("太湖汽修厂 转向节3件", customer=None)
        self.assertEqual(found.customer.value, "wz")

    def test_a_relay_is_one_order_for_each_reply(self):
        text = "#接龙\n1. 王伟 转向节5件\n2. 李强 轴承座3个"
        orders = understand_all(text, context(customer=None))
        self.assertEqual([lines(o)[0][:2] for o in orders], [("ZXJ", 5), ("BZ", 3)])
        self.assertEqual([o.customer.value for o in orders], ["wz", "yd"])
        first = orders[1].lines[0].quantity.spans[0]
        self.assertEqual(text[slice(*first)], "3")
        self.assertIn("several_orders", read(text).doubt_codes())


class TestChatProperties(BaseCase):
    """What holds for any text."""

    @given(messages)
    def test_any_text_is_read_and_its_words_are_its_own(self, text):
        found = understand(text, context())
        spans = [span for line in found.lines for span in line.spans]
        for value in (found.date, found.customer, found.remark, found.address):
            spans += value.spans
        spans += [span for doubt in found.doubts for span in doubt.spans]
        for start, end in spans:
            self.assertTrue(0 <= start <= end <= len(text), (text, start, end))

    @given(messages, messages)
    def test_any_talk_is_read_and_certain_lines_are_whole(self, first, second):
        found = understand(second, context(understand(first, context())))
        if found.is_certain:
            for line in found.lines:
                self.assertIn(line.item.value, CATALOGUE.items)
                self.assertGreater(line.quantity.value, 0)

    @given(
        st.integers(1, 99_999),
        st.sampled_from(("", "你好，", "老板在吗？", "王伟，", "麻烦", "Hi, ")),
        st.sampled_from(("", "，谢谢", " 辛苦了！", "。好的", " [抱拳]", "，麻烦了😀")),
    )
    def test_courtesy_round_an_order_changes_nothing(self, count, before, after):
        found = read(f"{before}转向节{count}件{after}")
        self.assertEqual(lines(found), [("ZXJ", count, "件")])
        self.assertTrue(found.is_certain, found.doubts)

    @given(st.text(max_size=120))
    def test_the_plain_form_leads_back_to_every_character(self, text):
        form = plain(text)
        self.assertEqual(len(form.starts), len(form.text) + 1)
        self.assertEqual(form.starts, sorted(form.starts))

    @given(st.sampled_from(list(CATALOGUE.items.values())), st.booleans())
    def test_every_name_in_any_case_finds_its_product(self, item, is_big):
        for name in (item.code, *item.names, *item.aliases):
            words = name.upper() if is_big else name.lower()
            found = CATALOGUE.search(words)
            self.assertEqual(found[0][0].key, item.key)
            self.assertGreater(found[0][1], 0.9)


class TestChatNumbers(BaseCase):
    """Numerals of both languages, and what is no exact number."""

    def test_numerals_have_one_value(self):
        for text, value in (
            ("两百套", 200),
            ("一千五百二十根", 1520),
            ("百五十", 150),
            ("一百零二", 102),
            ("廿五", 25),
            ("二点五", Decimal("2.5")),
            ("1.5万件", 15_000),
            ("3k", 3000),
            ("1,000箱", 1000),
            ("two hundred and twenty-five", 225),
        ):
            number = number_at(text, 0)
            self.assertEqual((number.value, number.doubt), (value, ""), text)

    def test_numerals_of_two_values_are_doubted(self):
        for text in ("一百二", "三五个", "五六十个", "十来个", "几十", "3万2", "a few"):
            self.assertTrue(number_at(text, 0).doubt, text)

    def test_five_watts_are_not_fifty_thousand(self):
        self.assertEqual(number_at("5w灯泡", 0).value, 5)

    def test_one_of_a_thing_fits_any_counting_word_and_a_box_does_not(self):
        self.assertTrue(is_sold_in("个", ("件",)))
        self.assertTrue(is_sold_in("pcs", ("Units",)))
        self.assertFalse(is_sold_in("箱", ("件",)))
        self.assertFalse(is_sold_in("kg", ("箱",)))
