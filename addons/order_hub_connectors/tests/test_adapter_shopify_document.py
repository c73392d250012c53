import json
from decimal import Decimal

from hypothesis import strategies as st

from odoo.addons.order_hub.tests.properties import given

from ..adapters.base import (
    ReadError,
)
from ..adapters.shopify.document import order_document
from .shopify_case import ShopifyCase, adapter
from .stand_ins.shopify_orders import (
    line,
    order,
    webhook_body,
)

#: Keys that a field mapping may rely on, whichever road an order took.
ORDER_KEYS = (
    "id admin_graphql_api_id name email phone note po_number tags currency "
    "presentment_currency financial_status fulfillment_status taxes_included "
    "note_attributes customer billing_address shipping_address status cancel_reason"
).split()
ORDER_AMOUNTS = (
    "total_price current_total_price total_outstanding total_shipping_price"
).split()
LINE_KEYS = (
    "id admin_graphql_api_id sku name title variant_title quantity current_quantity "
    "variant_id product_id properties line_item_group"
).split()


def bundle(number=5, quantity=2):
    return {
        "id": number,
        "title": "Front axle set",
        "quantity": quantity,
        "variant_sku": "AXLE-SET",
    }


class TestDocument(ShopifyCase):
    def both(self, row, money="shop"):
        """Return the document of one order from a webhook and from the API."""
        shop = self.shop(row)
        first = adapter(money=money).read(
            json.dumps(webhook_body(row)).encode(), "application/json", "order"
        )
        raw = adapter(shop).fetch(str(row["id"])).raw
        return first, adapter(money=money).read(raw, "application/json", "order")

    def assertAlike(self, row, money="shop"):
        one, other = self.both(row, money)
        for name in ORDER_KEYS:
            if name in ("billing_address", "shipping_address"):
                same = {k: one[name][k] for k in one[name]}
                self.assertEqual(same, {k: other[name].get(k) for k in one[name]}, name)
            elif name == "customer":
                for key in ("first_name", "last_name", "email", "phone", "id"):
                    self.assertEqual(one[name][key], other[name][key], key)
            else:
                self.assertEqual(one.get(name), other.get(name), name)
        for name in ORDER_AMOUNTS:
            self.assertEqual(Decimal(one[name]), Decimal(other[name]), name)
        self.assertEqual(len(one["line_items"]), len(other["line_items"]))
        for left, right in zip(one["line_items"], other["line_items"], strict=True):
            for name in LINE_KEYS:
                self.assertEqual(str(left.get(name)), str(right.get(name)), name)
            for name in ("price", "line_total"):
                self.assertEqual(Decimal(left[name]), Decimal(right[name]), name)
            off = [
                sum(Decimal(part["amount"]) for part in ln["discount_allocations"])
                for ln in (left, right)
            ]
            self.assertEqual(*off)

    def test_both_roads_lead_to_one_document(self):
        self.assertAlike(order(1))

    def test_both_roads_agree_about_discounts_and_bundles(self):
        lines = [
            line(1, off="20.00", group=bundle()),
            line(2, "SCP-280", 4, "185.00", "0.00", group=bundle()),
            line(3, "LED-H7", 1, "98.50", "8.50"),
        ]
        self.assertAlike(order(1, lines))

    def test_both_roads_agree_in_the_currency_of_the_customer(self):
        row = order(1, [line(1, price="160.00", off="10.00")], rate=0.5)
        one, _other = self.both(row, "presentment")
        self.assertEqual(one["currency"], "USD")
        self.assertEqual(one["line_items"][0]["price"], "80.00")
        self.assertEqual(one["line_items"][0]["line_total"], "155.00")
        self.assertAlike(row, "presentment")

    def test_the_currency_of_the_shop_is_what_counts_unless_wanted_otherwise(self):
        one, _other = self.both(order(1, rate=0.5))
        self.assertEqual((one["currency"], one["total_price"]), ("CNY", "345.00"))

    def test_lines_and_shipping_add_up_to_the_total(self):
        lines = [line(1, off="19.99"), line(2, "SCP-280", 3, "185.00", "0.01")]
        one, _other = self.both(order(1, lines))
        goods = sum(Decimal(row["line_total"]) for row in one["line_items"])
        self.assertEqual(
            goods + Decimal(one["total_shipping_price"]), Decimal(one["total_price"])
        )

    def test_a_line_taken_out_of_the_order_is_gone(self):
        lines = [line(1, current=0), line(2, "SCP-280", 3)]
        row = order(1, lines)
        one, _other = self.both(row)
        self.assertEqual([ln["sku"] for ln in one["line_items"]], ["SCP-280"])
        self.assertAlike(row)

    def test_what_was_shipped_and_came_back_stays_on_the_order(self):
        lines = [
            line(1, quantity=2, current=1, shipped=2),
            line(2, "SCP-280", quantity=3, current=2, shipped=2),
        ]
        row = order(1, lines, parcels=[{"id": 1, "number": "SF1"}])
        for found in self.both(row):
            counts = [ln["current_quantity"] for ln in found["line_items"]]
            self.assertEqual(counts, [2, 2])

    def test_a_refund_after_shipping_makes_the_order_no_smaller(self):
        row = order(1, [line(1, shipped=2)], parcels=[{"id": 1}])
        body = webhook_body(row)
        body["current_total_price"] = body["current_total_price_set"] = "185.00"
        body["line_items"][0]["current_quantity"] = 1
        found = order_document(body)
        self.assertEqual(found["current_total_price"], "345.00")
        self.assertEqual(found["line_items"][0]["line_total"], "320.00")

    def test_a_part_of_a_line_is_priced_by_its_share(self):
        lines = [line(1, quantity=3, current=2, price="100.00", off="10.00")]
        one, _other = self.both(order(1, lines))
        self.assertEqual(one["line_items"][0]["line_total"], "193.33")

    def test_what_is_open_is_told_in_the_currency_of_the_order(self):
        row = order(1, paid=False, rate=0.5)
        self.assertAlike(row, "presentment")
        body = webhook_body(row)
        body["total_outstanding"] = "69.00"
        found = order_document(body, "presentment")
        self.assertEqual(found["total_outstanding"], "34.50")

    def test_an_order_taken_out_as_a_whole_is_shown_as_it_was_ordered(self):
        one, _other = self.both(order(1, [line(1, current=0)]))
        self.assertEqual(one["line_items"][0]["current_quantity"], 2)

    def test_a_bundle_is_told_by_every_line_of_it(self):
        lines = [line(1, group=bundle()), line(2, "SCP-280")]
        one, _other = self.both(order(1, lines))
        self.assertEqual(
            one["line_items"][0]["line_item_group"],
            {
                "id": "5",
                "title": "Front axle set",
                "quantity": "2",
                "variant_sku": "AXLE-SET",
            },
        )
        self.assertIsNone(one["line_items"][1]["line_item_group"])

    def test_what_is_no_order_is_told_so_with_the_field(self):
        cases = {
            b"{}": "id",
            b'{"id": 7}': "line_items",
            b'{"id": 7, "line_items": "x"}': "line_items",
            b'{"id": 7, "line_items": [5]}': "line_items[0]",
            b'{"id": 7, "line_items": [{"id":1,"quantity":"two"}]}': (
                "line_items[0].quantity"
            ),
            b'{"id": 7, "line_items": [{"quantity":1,"price":"NaN"}]}': (
                "line_items[0].price"
            ),
        }
        for raw, field in cases.items():
            with self.subTest(raw=raw), self.assertRaises(ReadError) as caught:
                adapter().read(raw, "application/json", "order")
            self.assertEqual(caught.exception.field, field)

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=8),
            lambda inner: (
                st.lists(inner, max_size=4)
                | st.dictionaries(
                    st.sampled_from(
                        "id line_items quantity price order refunds customer "
                        "fulfillments discount_allocations price_set shipping_lines "
                        "total_price_set current_quantity transactions".split()
                    ),
                    inner,
                    max_size=5,
                )
            ),
            max_leaves=25,
        ),
        st.sampled_from(["order", "cancel", "paid", "refund", "return", "shipped"]),
    )
    def test_whatever_is_sent_is_read_or_refused_with_a_reason(self, tree, kind):
        reader = adapter()
        try:
            document = reader.read(json.dumps(tree).encode(), "", kind)
            if kind != "order":
                reader.read_event(kind, document)
        except ReadError as error:
            self.assertTrue(str(error))

    @given(
        st.lists(
            st.tuples(
                st.integers(1, 50),
                st.decimals(0, 5000, places=2, allow_nan=False),
                st.integers(0, 100),
            ),
            min_size=1,
            max_size=8,
        )
    )
    def test_discounts_never_lose_a_cent(self, rows):
        lines = [
            line(at, quantity=count, price=str(price), off=str(price * percent / 100))
            for at, (count, price, percent) in enumerate(rows, 1)
        ]
        found = order_document(webhook_body(order(1, lines)))
        for row, ln in zip(found["line_items"], lines, strict=True):
            expected = Decimal(ln["price"]) * ln["quantity"] - Decimal(ln["off"])
            self.assertEqual(Decimal(row["line_total"]), expected)
