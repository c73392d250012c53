"""A message as understood becomes an order with evidence, and comes back."""

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import TransactionCase, tagged

from ..engine.chat import Context, Found, Item, Line, Understood, understand
from ..engine.chat_message import ChatMessage, from_json, part_of, part_type
from ..engine.chat_names import name_key
from ..engine.chat_order import CHECKED, previous_of, to_order, words_at
from ..engine.chat_shelf import WHOLE, Shelf
from ..engine.evidence import CUSTOMER, uncertain
from ..engine.order import clean

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=timezone(timedelta(hours=8)))
ITEMS = [
    Item(1, "ZXJ-0123", ("转向节",), units=("件",)),
    Item(2, "BZ-0456", ("半轴",), units=("根",)),
    Item(3, "SCP-0789", ("刹车片",), units=("套",)),
    Item(4, "", ("无编码的螺丝",), units=("个",)),
]
SHELF = Shelf(ITEMS)
LINES = st.lists(
    st.tuples(st.sampled_from([1, 2, 3]), st.integers(1, 10_000), st.floats(0, 1)),
    min_size=1,
    max_size=6,
)


def said(text, **context):
    return understand(text, Context(NOW, SHELF.whole, **context))


@tagged("post_install", "-at_install")
class TestEngineChatOrder(TransactionCase):
    def test_a_message_becomes_a_clean_order_with_its_words(self):
        text = "发300件转向节,3月15日前到"
        order, evidence = to_order(said(text, customer=7), SHELF.items, "Taihu")
        self.assertEqual(
            [(row["sku"], row["quantity"]) for row in order["lines"]],
            [("ZXJ-0123", 300)],
        )
        self.assertTrue(order["promised_date"].startswith("2026-03-15"))
        self.assertEqual(words_at(text, evidence["lines[0].sku"]), "转向节")
        _order, problems = clean({**order, "external_ref": "M-1"})
        self.assertEqual(problems, [])
        self.assertEqual(uncertain(evidence, 0.9), [])

    def test_a_message_of_nobody_known_asks_for_whom_it_is(self):
        _order, evidence = to_order(said("发300件转向节"), SHELF.items)
        self.assertIn(CUSTOMER, uncertain(evidence, 0.9))

    def test_a_product_without_a_code_is_left_to_a_person(self):
        line = Line(Found(4, 1.0, "name"), Found(Decimal(5), 1.0, "said"))
        order, _evidence = to_order(_understood([line]), SHELF.items)
        self.assertEqual(order["lines"][0]["sku"], "")

    @settings(max_examples=40, deadline=None)
    @given(LINES, st.booleans())
    def test_what_is_not_certain_always_asks_somebody(self, rows, is_doubted):
        lines = [
            Line(
                Found(key, sure, "name"),
                Found(Decimal(count), 1.0, "said"),
                Found("", 1.0, "default"),
            )
            for key, count, sure in rows
        ]
        talk = _understood(lines, 0.5 if is_doubted else None)
        _order, evidence = to_order(talk, SHELF.items, "Taihu")
        self.assertEqual(bool(uncertain(evidence, 0.9)), not talk.is_certain)

    @settings(max_examples=40, deadline=None)
    @given(LINES)
    def test_an_order_comes_back_as_the_talk_had_it(self, rows):
        lines = [
            Line(Found(key, sure, "name"), Found(Decimal(count), 1.0, "said"))
            for key, count, sure in rows
        ]
        order, evidence = to_order(_understood(lines), SHELF.items, "Taihu")
        back = previous_of(order, evidence, 7, SHELF.item_by_code)
        self.assertEqual(
            [(line.item.value, line.quantity.value) for line in back.lines],
            [(key, Decimal(count)) for key, count, _sure in rows],
        )
        self.assertEqual(back.customer.value, 7)

    def test_a_change_goes_on_with_the_order_of_its_talk(self):
        order, evidence = to_order(
            said("发300件转向节,3月15日前到", customer=7), SHELF.items, "Taihu"
        )
        before = previous_of(order, evidence, 7, SHELF.item_by_code)
        after = said("改成200", customer=7, previous=before)
        self.assertEqual(after.intent, "change")
        self.assertEqual(after.lines[0].quantity.value, Decimal(200))
        self.assertEqual(after.date.value, date(2026, 3, 15))

    def test_doubts_about_the_whole_are_asked_as_one_question(self):
        order, evidence = to_order(
            said("如果有货就发300件转向节", customer=7), SHELF.items, "Taihu"
        )
        self.assertTrue(order["lines"])
        self.assertIn(CHECKED, uncertain(evidence, 0.9))

    def test_many_products_are_looked_through_by_what_they_have_in_common(self):
        many = [Item(n, f"P-{n:05}", (f"零件{n:05}",)) for n in range(10, WHOLE + 100)]
        shelf = Shelf([*ITEMS, *many])
        found = shelf.catalogue("发300件转向节", {}, [2])
        self.assertIn(1, found.items)
        self.assertIn(2, found.items, "what was bought before")
        self.assertLess(len(found.items), 500)
        own = shelf.catalogue("来点羊角", {1: ["羊角"]})
        self.assertEqual(own.items[1].aliases, ("羊角",))

    def test_a_name_is_the_same_however_it_is_written(self):
        self.assertEqual(name_key("羊 角-A"), name_key("羊角a"))
        self.assertEqual(name_key("300"), "")

    @settings(max_examples=60, deadline=None)
    @given(st.dictionaries(st.text(max_size=8), st.text() | st.integers() | st.none()))
    def test_no_payload_breaks_a_message(self, row):
        for name in ("text", "sender", "partner_id", "report"):
            found = from_json({**row, name: row.get("x")})
            self.assertLessEqual(len(found.sender), 128)
        self.assertEqual(from_json(found.to_json()), found)

    def test_further_orders_of_a_message_say_which_they_are(self):
        kind = part_type("application/x-hub-chat+json", 2)
        self.assertEqual((part_of(kind), part_of("application/json")), (2, 0))
        self.assertEqual(
            part_type(kind, 3), part_type("application/x-hub-chat+json", 3)
        )
        self.assertEqual(ChatMessage(sender="a", group="g").talk, "g|a")


def _understood(lines, doubted=None):
    sure = min([line.confidence for line in lines] + [doubted or 1.0])
    return Understood(
        "x",
        "order",
        tuple(lines),
        Found(7, 1.0, "bound"),
        confidence=sure,
    )
