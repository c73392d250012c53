import builtins
import json
from unittest.mock import patch

from odoo.addons.order_hub.tests.stand_in import Answer

from ..adapters.amazon import library
from ..adapters.amazon.adapter import AmazonAdapter
from ..adapters.amazon.carriers import carrier
from ..adapters.base import (
    AuthenticationFailed,
    ChannelDown,
    Refused,
    StatusUpdate,
    StockLevel,
    Throttled,
)
from .amazon import NUMBER, AmazonCase, number
from .marketplaces import DAY, HOUR
from .stand_ins import amazon


class TestAmazonAccess(AmazonCase):
    def test_the_test_names_the_marketplaces(self):
        self.assertIn("Amazon.com", self.adapter.test())

    def test_one_token_serves_a_whole_pull(self):
        self.server.add(*(amazon.order(number(n)) for n in range(3)))
        self.server.now += HOUR
        self.assertEqual(len(self.pull()), 3)
        self.assertEqual(len(self.calls("/auth/o2/token")), 1)
        self.assertEqual(len(self.calls("restrictedDataToken")), 1)

    def test_wrong_credentials_are_said_to_be_wrong(self):
        for values in ({"client_secret": "another"}, {"refresh_token": "revoked"}):
            with self.assertRaises(AuthenticationFailed):
                self.make(**values).test()

    def test_a_token_ended_early_is_renewed_once(self):
        self.adapter.test()
        self.server.end_tokens()
        self.assertTrue(self.adapter.test())
        self.assertEqual(len(self.calls("/auth/o2/token")), 2)

    def test_a_token_is_renewed_before_it_ends(self):
        self.adapter.test()
        self.server.now += HOUR
        self.adapter.test()
        self.assertEqual(len(self.calls("/auth/o2/token")), 2)

    def test_a_seller_who_was_shut_out_is_not_asked_for_ever(self):
        self.adapter.test()
        self.server.end_tokens()
        self.server.refresh = "another"
        with self.assertRaises(AuthenticationFailed):
            self.adapter.test()

    def test_a_missing_role_says_what_to_do(self):
        self.server.has_role = False
        with self.assertRaises(AuthenticationFailed) as caught:
            self.pull()
        self.assertIn("role", str(caught.exception))
        self.assertEqual(self.pull(adapter=self.make(personal_data="no")), [])

    def test_marketplaces_are_checked(self):
        for text in ("XX", "US,DE", ""):
            with self.assertRaises(Refused) as caught:
                self.make(marketplaces=text or ",").test()
            self.assertEqual(caught.exception.field, "marketplaces")

    def test_the_region_gives_the_address_unless_one_is_set(self):
        access = self.adapter.access
        own = AmazonAdapter(
            type(access)(
                AmazonAdapter.base_url,
                {**self.values, "marketplaces": "DE"},
                access.now,
                access.client,
            )
        )
        endpoint = own.seller.endpoint
        self.assertEqual(endpoint, "https://sellingpartnerapi-eu.amazon.com")
        self.assertEqual(library.token_address(endpoint), library.TOKEN_ADDRESS)
        self.assertEqual(self.adapter.seller.endpoint, self.server.url)

    def test_nothing_is_taken_from_the_environment_or_kept_elsewhere(self):
        environment = {
            "SP_API_REFRESH_TOKEN": "from-outside",
            "LWA_APP_ID": "from-outside",
            "SP_API_DEFAULT_MARKETPLACE": "JP",
        }
        with patch.dict("os.environ", environment):
            self.adapter.test()
        sent = self.calls("/auth/o2/token")[0].form()
        self.assertEqual(sent["refresh_token"], amazon.REFRESH)
        with self.assertRaises(AuthenticationFailed):
            self.make(client_secret="another").test()

    def test_without_the_library_a_sentence_says_what_to_install(self):
        importing = builtins.__import__

        def no_library(name, *args, **kwargs):
            if name.startswith("sp_api"):
                raise ImportError(name)
            return importing(name, *args, **kwargs)

        library._parts.cache_clear()
        self.addCleanup(library._parts.cache_clear)
        with patch.object(builtins, "__import__", no_library):
            with self.assertRaises(Refused) as caught:
                self.adapter.test()
            self.assertIn("python-amazon-sp-api 2.1.35", str(caught.exception))
            raw = json.dumps(amazon.whole(NUMBER)).encode()
            self.assertTrue(self.adapter.read(raw, "", "order"))

    def test_no_secret_goes_into_words(self):
        self.server.fail(500, times=9, body={"message": amazon.CLIENT_SECRET})
        with self.assertRaises(ChannelDown) as caught:
            self.adapter.test()
        self.assertNotIn(amazon.REFRESH, str(caught.exception))


class TestAmazonPull(AmazonCase):
    def setUp(self):
        super().setUp()
        self.start = self.server.now - HOUR

    def test_an_order_comes_with_items_address_and_buyer(self):
        self.server.add(amazon.order(NUMBER, self.start))
        (message,) = self.pull()
        self.assertEqual((message.kind, message.external_ref), ("order", NUMBER))
        self.assertEqual(message.version, "2026-03-15T07:00:00.000+00:00")
        document = self.understood(message)
        self.assertEqual(document["ShippingAddress"]["City"], "Detroit")
        self.assertEqual(document["BuyerInfo"]["BuyerName"], "Ann Miller")
        (line,) = document["OrderItems"]
        self.assertEqual((line["_sku"], line["_amount"]), ("ZXJ-0123", "220.00"))
        self.assertEqual(
            (document["_currency"], document["_shipping"], document["_tax"]),
            ("USD", "8.00", "14.40"),
        )

    def test_address_and_buyer_are_asked_for_when_the_list_has_none(self):
        self.server.lists_personal = False
        self.server.add(amazon.order(NUMBER, self.start))
        document = self.understood(*self.pull())
        self.assertEqual(document["ShippingAddress"]["Name"], "Ann Miller")
        self.assertEqual(document["BuyerInfo"]["BuyerEmail"], "k7x@example.com")
        self.assertEqual(len(self.calls(f"{NUMBER}/address")), 1)

    def test_who_wants_no_personal_data_asks_for_none(self):
        self.server.add(amazon.order(NUMBER, self.start))
        document = self.understood(*self.pull(adapter=self.make(personal_data="no")))
        self.assertEqual(document["ShippingAddress"], {})
        self.assertEqual(self.calls("restrictedDataToken"), [])

    def test_pending_orders_are_none_yet(self):
        self.server.add(amazon.order(NUMBER, self.start, "Pending"))
        self.assertEqual(self.pull(), [])
        self.assertIsNone(self.adapter.fetch(NUMBER))

    def test_what_amazon_ships_itself_is_left_to_amazon(self):
        self.server.add(amazon.order(NUMBER, self.start, FulfillmentChannel="AFN"))
        self.assertEqual(self.pull(), [])
        self.assertEqual(len(self.pull(adapter=self.make(take_fba="yes"))), 1)

    def test_a_cancelled_order_with_quantity_zero_cancels(self):
        items = [amazon.item("9", quantity=0), amazon.item("9", "OTHER", quantity=0)]
        self.server.add(
            amazon.order(NUMBER, self.start, "Canceled", _items=items, BuyerInfo=[])
        )
        (message,) = self.pull()
        event = self.event(message)
        self.assertEqual((message.kind, event["external_ref"]), ("cancel", NUMBER))
        self.assertEqual([r["external_ref"] for r in event["lines"]], ["9", "9-2"])

    def test_all_pages_of_orders_and_of_items_come(self):
        self.server.page, self.server.item_page = 4, 2
        items = [amazon.item(str(n)) for n in range(5)]
        self.server.add(
            *(amazon.order(number(n), self.start, _items=items) for n in range(10))
        )
        found = self.pull()
        self.assertEqual({m.external_ref for m in found}, set(map(number, range(10))))
        self.assertEqual(len(self.understood(found[0])["OrderItems"]), 5)

    def test_an_interrupted_pull_goes_on_and_then_catches_up(self):
        self.server.page = 2
        self.server.add(*(amazon.order(number(n), self.start) for n in range(5)))
        now = self.server.now
        page = next(iter(self.adapter.pull("", now - DAY, now)))
        first = {message.external_ref for message in page.messages}
        self.server.now += HOUR
        self.server.add(amazon.order(number(9), self.server.now - HOUR / 2))
        rest = {message.external_ref for message in self.pull(cursor=page.cursor)}
        self.assertEqual(first | rest, {number(n) for n in (0, 1, 2, 3, 4, 9)})
        self.assertFalse(first & rest)

    def test_a_page_token_that_ended_begins_anew(self):
        self.server.add(amazon.order(NUMBER, self.start))
        cursor = "2026-03-14T00:00:00Z|2026-03-15T00:00:00Z|ended"
        self.assertEqual([m.external_ref for m in self.pull(cursor=cursor)], [NUMBER])

    def test_a_complete_pull_leaves_no_cursor(self):
        now = self.server.now
        pages = list(self.adapter.pull("", now - DAY, now))
        self.assertEqual([page.cursor for page in pages], [""])

    def test_what_amazon_could_not_tell_yet_is_told_by_the_next_pull(self):
        self.server.add(amazon.order(NUMBER, self.server.now - HOUR / 60))
        now = self.server.now
        self.assertEqual(self.pull(), [])
        self.server.now += HOUR
        pages = self.adapter.pull("", now, self.server.now)
        self.assertEqual([m.external_ref for p in pages for m in p.messages], [NUMBER])

    def test_an_order_gone_between_list_and_fetch_is_none(self):
        self.assertIsNone(self.adapter.fetch(NUMBER))

    def test_a_used_up_quota_is_waited_for(self):
        self.server.add(amazon.order(NUMBER, self.start))
        self.server.quota(when=lambda call: call.path == "/orders/v0/orders")
        self.assertEqual(len(self.pull()), 1)
        self.assertTrue(self.clock.slept)

    def test_a_quota_that_stays_used_up_puts_the_job_off(self):
        self.server.quota(times=9, when=lambda call: call.path == "/orders/v0/orders")
        with self.assertRaises(Throttled):
            self.pull()

    def test_a_broken_answer_is_not_an_empty_list(self):
        for answer in (Answer("<html></html>"), Answer("down", 503)):
            self.server.script(
                answer, times=9, when=lambda call: call.path == "/orders/v0/orders"
            )
            with self.assertRaises(ChannelDown):
                self.pull()
            self.server.faults.clear()

    def test_errors_inside_an_answer_are_refusals(self):
        told = {"errors": [{"code": "InvalidInput", "message": "no such filter"}]}
        self.server.script(
            Answer(told), when=lambda call: call.path == "/orders/v0/orders"
        )
        with self.assertRaises(Refused) as caught:
            self.pull()
        self.assertIn("no such filter", str(caught.exception))

    def test_the_list_for_reconciliation_leaves_out_what_is_none(self):
        self.server.add(
            amazon.order(number(1), self.start),
            amazon.order(number(2), self.start, "Canceled"),
            amazon.order(number(3), self.start, "Pending"),
        )
        rows = list(self.adapter.list_orders(self.server.now - DAY, self.server.now))
        found = {r.external_ref: (r.amount, r.currency, r.is_cancelled) for r in rows}
        self.assertEqual(
            found,
            {number(1): (242.4, "USD", False), number(2): (242.4, "USD", True)},
        )


class TestAmazonOutward(AmazonCase):
    def update(self, **more):
        given = {
            "external_ref": NUMBER,
            "status": "Shipped",
            "tracking": "1Z999",
            "carrier": "ups",
        }
        return StatusUpdate(**{**given, **more})

    def setUp(self):
        super().setUp()
        self.server.add(amazon.order(NUMBER))

    def test_a_whole_shipment_names_every_item(self):
        self.adapter.send_status(self.update())
        (sent,) = self.server.shipped
        package = sent["packageDetail"]
        self.assertEqual(sent["marketplaceId"], amazon.US)
        self.assertEqual(package["carrierCode"], "UPS")
        self.assertEqual(
            package["orderItems"], [{"orderItemId": "5065001", "quantity": 2}]
        )
        self.assertEqual(package["shipDate"], "2026-03-15T08:00:00.000Z")

    def test_a_part_names_its_lines_by_amazons_number(self):
        lines = ({"external_ref": "9-2", "quantity": 1.0},)
        self.adapter.send_status(self.update(lines=lines, carrier="Our van"))
        package = self.server.shipped[0]["packageDetail"]
        self.assertEqual(package["orderItems"], [{"orderItemId": "9", "quantity": 1}])
        self.assertEqual(package["carrierName"], "Our van")

    def test_telling_twice_is_one_package(self):
        for _time in range(2):
            self.adapter.send_status(self.update())
        packages = [row["packageDetail"] for row in self.server.shipped]
        self.assertEqual(packages[0], packages[1])
        self.assertTrue(packages[0]["packageReferenceId"].isdigit())

    def test_a_confirmation_whose_answer_was_lost_is_sent_again(self):
        self.server.drop(when=lambda call: call.path.endswith("/shipmentConfirmation"))
        self.adapter.send_status(self.update())
        self.assertEqual(len(self.server.shipped), 1)

    def test_what_amazon_does_not_take_is_kept_here(self):
        self.adapter.send_status(self.update(status="Unshipped"))
        self.assertEqual(self.server.calls, [])
        with self.assertRaises(Refused) as caught:
            self.adapter.send_status(self.update(tracking=""))
        self.assertEqual(caught.exception.field, "tracking")

    def test_stock_goes_out_and_each_failure_is_told_by_its_code(self):
        told = self.adapter.send_stock(
            [
                StockLevel("A/1 b", 7.9),
                StockLevel("B", -3),
                StockLevel("GONE", 1),
            ]
        )
        self.assertEqual((told["A/1 b"], told["B"]), ("", ""))
        self.assertEqual(self.server.stock, {"A%2F1%20b": 7, "B": 0})
        self.assertTrue(told["GONE"])

    def test_a_quantity_that_amazon_holds_invalid_is_told(self):
        told = {"status": "INVALID", "issues": [{"message": "not a listing of yours"}]}
        self.server.script(Answer(told), when=lambda call: "listings" in call.path)
        said = self.adapter.send_stock([StockLevel("A", 1)])
        self.assertIn("not a listing of yours", said["A"])

    def test_stock_needs_the_seller_id(self):
        with self.assertRaises(Refused) as caught:
            self.make(seller_id="").send_stock([StockLevel("A", 1)])
        self.assertEqual(caught.exception.field, "seller_id")

    def test_carriers_that_amazon_does_not_know_go_by_name(self):
        self.assertEqual(carrier("FEDEX"), {"carrierCode": "FedEx"})
        self.assertEqual(carrier(""), {"carrierCode": "Other", "carrierName": "Other"})
