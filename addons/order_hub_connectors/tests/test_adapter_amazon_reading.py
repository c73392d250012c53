import json

from odoo.tests import BaseCase

from odoo.addons.order_hub.engine.web.client import Client
from odoo.addons.order_hub.tests.stand_in import Clock, out_of_order, twice

from ..adapters.amazon import limits, report
from ..adapters.base import ReadError, SignatureError
from .amazon import NUMBER, AmazonCase, number
from .stand_ins import amazon

HEAD = (
    "amazon-order-id\tpurchase-date\torder-status\tfulfillment-channel\tproduct-name\t"
    "sku\tquantity\tcurrency\titem-price\tshipping-price\titem-promotion-discount\t"
    "ship-city\tship-country"
)


class TestAmazonReceive(AmazonCase):
    def receive(self, body):
        return self.adapter.receive(*amazon.delivery(body))

    def test_changes_become_kinds_however_they_are_wrapped(self):
        for status, kind in (
            ("Unshipped", "order"),
            ("Canceled", "cancel"),
            ("Shipped", "shipped"),
        ):
            told = amazon.order_change(NUMBER, status)
            for body in (told, amazon.by_bridge(told), amazon.by_queue(told), [told]):
                (found,) = self.receive(body)
                self.assertEqual((found.kind, found.external_ref), (kind, NUMBER))
                self.assertEqual(found.event_id, "notification-1")
        self.assertEqual(self.receive(amazon.order_change(NUMBER, "Pending")), [])
        self.assertEqual(self.receive({"NotificationType": "ANY_OFFER_CHANGED"}), [])
        self.assertEqual(self.receive({"hello": 1}), [])

    def test_a_wish_to_cancel_is_a_change_and_can_be_read_in_the_note(self):
        told = amazon.order_change(NUMBER, OrderChangeType="BuyerRequestedChange")
        (found,) = self.receive(told)
        self.assertEqual(found.kind, "change")
        wish = {"IsBuyerRequestedCancel": "true", "BuyerCancelReason": "Too late"}
        items = [amazon.item("9", BuyerRequestedCancel=wish)]
        self.server.add(amazon.order(NUMBER, _items=items))
        self.assertIn("Too late", self.understood(found)["_note"])

    def test_repeated_and_mixed_up_deliveries_keep_their_numbers(self):
        told = [amazon.order_change(number(n), serial=n) for n in range(5)]
        found = self.receive(amazon.by_queue(*out_of_order(twice(told))))
        self.assertEqual(len(found), 10)
        self.assertEqual(len({message.event_id for message in found}), 5)

    def test_a_notice_is_read_as_the_order_it_names(self):
        self.server.add(amazon.order(NUMBER))
        (found,) = self.receive(amazon.order_change(NUMBER))
        self.assertEqual(self.understood(found)["_ref"], NUMBER)
        (unknown,) = self.receive(amazon.order_change(number(7)))
        with self.assertRaises(ReadError) as caught:
            self.understood(unknown)
        self.assertEqual(caught.exception.code, "gone")

    def test_an_event_is_read_without_asking_the_platform(self):
        (found,) = self.receive(amazon.order_change(NUMBER, "Shipped"))
        event = self.event(found)
        self.assertEqual((event["external_ref"], event["reason"]), (NUMBER, "Shipped"))
        self.assertEqual(event["lines"][0]["sku"], "ZXJ-0123")
        self.assertEqual(self.server.calls, [])

    def test_the_secret_alone_is_enough_for_who_cannot_sign(self):
        raw = json.dumps(amazon.order_change(NUMBER)).encode()
        headers = {"x-order-hub-key": amazon.FORWARDER}
        self.assertEqual(len(self.adapter.receive(headers, raw, {})), 1)

    def test_deliveries_that_prove_nothing_are_refused(self):
        headers, raw, query = amazon.delivery(amazon.order_change(NUMBER))
        for wrong in (
            (headers, raw + b" "),
            ({}, raw),
            ({"x-order-hub-key": ""}, raw),
            ({"x-order-hub-key": "guess"}, raw),
            ({"x-order-hub-signature": "00"}, raw),
        ):
            with self.assertRaises(SignatureError):
                self.adapter.receive(*wrong, query)
        with self.assertRaises(SignatureError):
            self.make(forwarder_secret="").receive({"x-order-hub-key": ""}, raw, query)

    def test_a_signed_delivery_without_sense_is_a_read_error(self):
        for body in (b"{", b"[5]", {"Records": [{"body": "{"}]}, {"detail": 5}):
            with self.assertRaises(ReadError):
                self.receive(body)

    def test_a_flat_file_comes_as_one_message_an_order(self):
        rows = [
            f"{number(1)}\t2026-03-15T07:00:00Z\tUnshipped\tMFN\tMug\tMUG-4\t2\tEUR\t42.00"
            "\t5.99\t2.00\tHamburg\tDE",
            f"{number(1)}\t2026-03-15T07:00:00Z\tUnshipped\tMFN\tNapkin\tNAP\t1\tEUR\t18.00"
            "\t\t\tHamburg\tDE",
            f"{number(2)}\t2026-03-15T07:00:00Z\tPending\tMFN\tMug\tMUG-4\t1\tEUR\t\t\t\t\t",
            f"{number(3)}\t2026-03-15T07:00:00Z\tCancelled\tMFN\tMug\tMUG-4\t0\tEUR\t\t\t\t\t",
        ]
        first, last = self.receive("\n".join([HEAD, *rows]).encode())
        self.assertEqual((first.kind, last.kind), ("order", "cancel"))
        document = self.understood(first)
        self.assertEqual(document["ShippingAddress"]["City"], "Hamburg")
        amounts = [row["_amount"] for row in document["OrderItems"]]
        self.assertEqual(amounts, ["40.00", "18.00"])
        self.assertEqual(
            (document["_shipping"], document["_currency"]), ("5.99", "EUR")
        )


class TestAmazonDocument(AmazonCase):
    def document(self, tree):
        return self.adapter.read(json.dumps(tree).encode(), "application/json", "order")

    def test_two_items_of_one_number_stay_two_lines(self):
        items = [amazon.item("9", "103"), amazon.item("9", "104")]
        document = self.document(_whole(_items=items))
        self.assertEqual([r["_ref"] for r in document["OrderItems"]], ["9", "9-2"])

    def test_a_cancelled_line_is_not_shipped(self):
        items = [amazon.item("8"), amazon.item("9", quantity=0)]
        document = self.document(_whole(_items=items))
        self.assertEqual([r["_ref"] for r in document["OrderItems"]], ["8"])
        self.assertEqual([r["_ref"] for r in document["_cancelled_items"]], ["9"])

    def test_the_total_is_without_tax_that_comes_on_top(self):
        self.assertEqual(self.document(_whole())["_total"], "228.00")
        included = _whole(OrderTotal=amazon.usd("228.00"))
        self.assertEqual(self.document(included)["_total"], "228.00")
        unclear = _whole(OrderTotal=amazon.usd("300.00"))
        self.assertEqual(self.document(unclear)["_total"], "300.00")

    def test_a_gift_message_is_kept(self):
        items = [amazon.item("8", BuyerInfo={"GiftMessageText": "Happy birthday!"})]
        self.assertIn("Happy birthday!", self.document(_whole(_items=items))["_note"])

    def test_an_order_of_the_new_api_reads_with_the_old_names(self):
        document = self.document(_newer())
        self.assertEqual(document["AmazonOrderId"], NUMBER)
        self.assertEqual(document["OrderStatus"], "Unshipped")
        self.assertEqual(document["ShippingAddress"]["PostalCode"], "48201")
        (line,) = document["OrderItems"]
        self.assertEqual((line["_sku"], line["_amount"]), ("ZXJ-0123", "220.00"))
        self.assertEqual(document["_shipping"], "9.99")

    def test_what_is_no_order_is_said_to_be_none(self):
        for tree, code in (
            ({"errors": [{"code": "InvalidInput"}]}, "platform_error"),
            ({"shop": 1}, "not_an_order"),
            ({"payload": 5}, "not_an_object"),
            ({"AmazonOrderId": ""}, "missing"),
            ({"AmazonOrderId": NUMBER}, "missing"),
            (_whole(OrderStatus="Pending"), "not_yet"),
            ({"NotificationType": "ANY_OFFER_CHANGED"}, "not_an_order"),
            ([1], "not_an_object"),
            (_whole(_items=[5]), "not_an_object"),
        ):
            with self.assertRaises(ReadError) as caught:
                self.document(tree)
            self.assertEqual(caught.exception.code, code, tree)

    def test_an_amount_that_is_none_names_its_field(self):
        items = [amazon.item("8", ItemPrice=amazon.usd("twelve"))]
        with self.assertRaises(ReadError) as caught:
            self.document(_whole(_items=items))
        self.assertEqual(caught.exception.field, "OrderItems[0].ItemPrice")

    def test_a_bad_report_says_what_is_wrong(self):
        for raw, code in (
            (b"amazon-order-id\tsku\n1\t2", "not_a_report"),
            (f"{HEAD}\n".encode(), "empty"),
            (f"{HEAD}\n1\t\t\t\t\t\tx\n".encode(), "not_a_number"),
            (f"{HEAD}\n1\n2\n".encode(), "several_orders"),
        ):
            with self.assertRaises(ReadError) as caught:
                self.adapter.read(raw, report.CONTENT_TYPE, "order")
            self.assertEqual(caught.exception.code, code, raw)

    def test_a_report_of_europe_is_read_in_its_own_encoding(self):
        row = f"{NUMBER}\t\tUnshipped\tMFN\tKöder\tMUG\t1\tEUR\t1\t\t\tKöln\tDE"
        raw = f"{HEAD}\n{row}".encode("cp1252")
        document = self.adapter.read(raw, report.CONTENT_TYPE, "order")
        self.assertEqual(document["ShippingAddress"]["City"], "Köln")


class TestAmazonLimits(BaseCase):
    def setUp(self):
        super().setUp()
        self.clock = Clock()
        client = Client(sleep=self.clock.sleep, clock=self.clock)
        self.limits = limits.Limits(client)

    def test_a_burst_is_free_and_then_each_call_waits_its_turn(self):
        for _call in range(30):
            self.limits.wait("getOrderItems")
        self.assertEqual(self.clock.slept, [])
        self.limits.wait("getOrderItems")
        self.assertAlmostEqual(sum(self.clock.slept), 2.0)

    def test_the_rate_that_amazon_states_is_taken_over(self):
        self.limits.learn("getOrderItems", {"x-amzn-ratelimit-limit": "10"})
        for wrong in ("", "fast", "-1", "1e9"):
            self.limits.learn("getOrderItems", {"x-amzn-ratelimit-limit": wrong})
        self.limits.learn("getOrderItems", None)
        for _call in range(31):
            self.limits.wait("getOrderItems")
        self.assertAlmostEqual(sum(self.clock.slept), 0.1)


def _newer():
    """Return the order of the other tests as Orders API 2026-01-01 writes it."""
    subtotals = (("ITEM", "240.00"), ("SHIPPING", "9.99"), ("DISCOUNT", "-20.00"))
    return {
        "order": {
            "orderId": NUMBER,
            "createdTime": "2026-03-15T05:00:00Z",
            "lastUpdatedTime": "2026-03-15T08:00:00Z",
            "salesChannel": {"marketplaceId": amazon.US},
            "buyer": {"buyerName": "Ann Miller"},
            "recipient": {
                "deliveryAddress": {
                    "name": "Ann Miller",
                    "city": "Detroit",
                    "postalCode": "48201",
                    "countryCode": "US",
                }
            },
            "proceeds": {"grandTotal": {"amount": "229.99", "currencyCode": "USD"}},
            "fulfillment": {
                "fulfillmentStatus": "UNSHIPPED",
                "fulfilledBy": "MERCHANT",
            },
            "orderItems": [
                {
                    "orderItemId": "9",
                    "quantityOrdered": 2,
                    "product": {"sellerSku": "ZXJ-0123", "title": "Shock absorber"},
                    "proceeds": {
                        "breakdowns": [
                            {
                                "type": kind,
                                "subtotal": {"amount": amount, "currencyCode": "USD"},
                            }
                            for kind, amount in subtotals
                        ]
                    },
                }
            ],
        }
    }


def _whole(**more):
    return amazon.whole(NUMBER, **more)
