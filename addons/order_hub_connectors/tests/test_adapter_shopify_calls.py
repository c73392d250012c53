from datetime import timedelta

from hypothesis import strategies as st

from odoo.addons.order_hub.engine.web.client import Client
from odoo.addons.order_hub.tests.properties import given
from odoo.addons.order_hub.tests.stand_in import Clock

from ..adapters.base import (
    Access,
    AdapterError,
    AuthenticationFailed,
    ChannelDown,
    Refused,
    StatusUpdate,
    StockLevel,
    Throttled,
)
from ..adapters.shopify.adapter import ShopifyAdapter
from .shopify_case import SINCE, UNTIL, ShopifyCase, adapter, pulled
from .stand_ins.shopify import DOMAIN, ShopifyStandIn
from .stand_ins.shopify_orders import (
    START,
    line,
    order,
    refund_body,
    return_body,
    webhook_body,
)


class TestPull(ShopifyCase):
    def numbers(self, messages, kind="order"):
        return sorted(m.external_ref for m in messages if m.kind == kind)

    def test_every_order_of_the_window_comes_once(self):
        orders = [order(n) for n in range(1, 48)]
        shop = self.shop(*orders)
        got = self.numbers(pulled(shop))
        self.assertEqual(got, sorted(str(row["id"]) for row in orders))

    def test_orders_before_and_after_the_window_stay_out(self):
        shop = self.shop(
            order(1, updated=SINCE - timedelta(seconds=1)),
            order(2),
            order(3, updated=UNTIL + timedelta(seconds=1)),
        )
        self.assertEqual(self.numbers(pulled(shop)), ["7000002"])

    @given(st.lists(st.lists(st.integers(1, 45), max_size=15), min_size=1, max_size=4))
    def test_nothing_is_missed_while_orders_change_between_pages(self, changes):
        """Orders change again right after each page was served."""
        orders = [order(n) for n in range(1, 46)]
        shop = ShopifyStandIn(orders)
        moments = [UNTIL + timedelta(minutes=n) for n in range(1, 5)]

        def change():
            for number in changes.pop(0) if changes else ():
                shop.orders[7_000_000 + number]["updated"] = moments[-len(changes) - 1]

        shop.on_page = change
        with shop:
            seen = self.numbers(pulled(shop))
            late = {str(n) for n, o in shop.orders.items() if o["updated"] > UNTIL}
            shop.on_page = None
            again = list(adapter(shop).pull("", UNTIL, moments[-1]))
        seen_later = {m.external_ref for page in again for m in page.messages}
        self.assertEqual(len(seen), len(set(seen)))
        self.assertEqual(set(seen) | seen_later, {str(n) for n in shop.orders})
        self.assertLessEqual(late, seen_later)

    def test_a_pull_that_was_cut_off_goes_on_where_it_was(self):
        shop = self.shop(*[order(n) for n in range(1, 51)])
        pages = adapter(shop).pull("", SINCE, UNTIL)
        first = next(pages)
        self.assertTrue(first.cursor)
        rest = [
            m
            for page in adapter(shop).pull(first.cursor, SINCE, UNTIL)
            for m in page.messages
        ]
        both = set(self.numbers(first.messages)) | set(self.numbers(rest))
        self.assertEqual(len(both), 50)
        self.assertLess(len(self.numbers(rest)), 50)

    def test_the_last_page_leaves_no_cursor(self):
        shop = self.shop(order(1))
        self.assertEqual([p.cursor for p in adapter(shop).pull("", SINCE, UNTIL)], [""])

    def test_an_order_with_many_lines_comes_whole(self):
        lines = [line(n, f"LS-{n}") for n in range(1, 334)]
        shop = self.shop(order(1, lines))
        message = next(m for m in pulled(shop) if m.kind == "order")
        document = adapter().read(message.raw, "", "order")
        self.assertEqual(
            [row["sku"] for row in document["line_items"]],
            [f"LS-{n}" for n in range(1, 334)],
        )

    def test_the_same_order_pulled_twice_is_the_same_bytes(self):
        shop = self.shop(order(1))
        self.assertEqual([m.raw for m in pulled(shop)], [m.raw for m in pulled(shop)])

    def test_webhook_and_pull_know_an_event_by_one_name(self):
        refund = {"id": 9, "line": 101, "amount": "160.00", "note": ""}
        row = order(1, [line(101, shipped=2)], parcels=[{"id": 1, "number": "SF1"}])
        back = order(2, refunds=[refund], returns=[{"id": 4, "line": 201, "note": ""}])
        gone = order(3, cancelled=START)
        shop = self.shop(row, back, gone)
        by_pull = {m.event_id for m in pulled(shop) if m.kind != "order"}
        deliveries = [
            shop.delivery("orders/paid", webhook_body(row)),
            shop.delivery("orders/fulfilled", webhook_body(row)),
            shop.delivery("refunds/create", refund_body(back, refund)),
            shop.delivery("returns/request", return_body(back, back["returns"][0])),
            shop.delivery("orders/cancelled", webhook_body(gone)),
            shop.delivery("orders/updated", webhook_body(gone)),
        ]
        by_webhook = {
            adapter().receive(headers, raw, {})[0].event_id
            for headers, raw in deliveries
        }
        self.assertEqual(by_pull, by_webhook)

    def test_without_the_right_to_read_returns_the_rest_still_comes(self):
        shop = self.shop(order(1, returns=[{"id": 4, "line": 101, "note": ""}]))
        shop.denied.add("Returns")
        self.assertEqual(self.numbers(pulled(shop)), ["7000001"])

    def test_a_page_that_costs_too_much_is_asked_for_in_smaller_parts(self):
        shop = self.shop(*[order(n) for n in range(1, 31)])
        shop.max_cost = 60
        self.assertEqual(len(self.numbers(pulled(shop))), 30)

    def test_points_that_are_used_up_are_waited_for(self):
        clock = Clock()
        shop = self.shop(*[order(n) for n in range(1, 120)], clock=clock)
        shop.points, shop.restore = 500, 50.0
        pages = adapter(shop, clock).pull("", SINCE, UNTIL)
        messages = [m for page in pages for m in page.messages]
        self.assertEqual(len(self.numbers(messages)), 119)
        self.assertGreater(sum(clock.slept), 10)
        self.assertTrue(all(seconds < 60 for seconds in clock.slept))

    def test_a_shop_that_is_never_given_points_is_put_off(self):
        shop = self.shop(order(1), clock=Clock())
        shop.points, shop.restore = 5, 0.001
        with self.assertRaises(Throttled):
            pulled(shop)

    def test_faults_of_the_line_do_not_lose_an_order(self):
        shop = self.shop(*[order(n) for n in range(1, 51)])
        shop.fail(502)
        shop.throttle(retry_after=2)
        shop.drop()
        self.assertEqual(len(self.numbers(pulled(shop))), 50)

    def test_a_token_that_expired_says_so(self):
        shop = self.shop(order(1))
        shop.expire_token()
        with self.assertRaisesRegex(AuthenticationFailed, "credentials") as caught:
            pulled(shop)
        self.assertNotIn("tok-of-the-test", str(caught.exception))

    def test_a_token_that_expires_in_the_middle_keeps_what_came_before(self):
        shop = self.shop(*[order(n) for n in range(1, 51)])
        shop.on_page = shop.expire_token
        pages = adapter(shop).pull("", SINCE, UNTIL)
        self.assertEqual(len(self.numbers(next(pages).messages)), 20)
        with self.assertRaises(AuthenticationFailed):
            next(pages)

    def test_a_shop_that_is_down_is_said_to_be_down(self):
        shop = self.shop()
        shop.fail(503, times=99)
        with self.assertRaises(ChannelDown):
            pulled(shop)

    def test_one_order_is_fetched_anew(self):
        shop = self.shop(order(1))
        self.assertEqual(adapter(shop).fetch("7000001").external_ref, "7000001")
        self.assertIsNone(adapter(shop).fetch("7000009"))

    def test_orders_are_listed_with_their_totals(self):
        shop = self.shop(
            *[order(n) for n in range(1, 131)], order(131, cancelled=START)
        )
        rows = list(adapter(shop).list_orders(SINCE, UNTIL))
        self.assertEqual(len(rows), 131)
        self.assertEqual((rows[0].amount, rows[0].currency), (345.0, "CNY"))
        self.assertEqual([row.is_cancelled for row in rows].count(True), 1)

    def test_the_test_names_the_shop(self):
        self.assertIn("Sanjiang Parts", adapter(self.shop()).test())

    def test_a_token_goes_to_shopify_only(self):
        settings = {"shop_domain": DOMAIN, "access_token": "shpat_1"}
        access = Access("https://evil.example", settings, lambda: START, Client())
        with self.assertRaisesRegex(Refused, "not an address of Shopify"):
            ShopifyAdapter(access).test()
        for domain in ("evil.example", "a.myshopify.com.evil.example", "a/b", ""):
            access = Access("", {**settings, "shop_domain": domain}, None, Client())
            with self.assertRaises(AdapterError):
                ShopifyAdapter(access).test()


class TestSending(ShopifyCase):
    def update(self, status="fulfilled", **more):
        return StatusUpdate("7000001", status, **more)

    def test_a_parcel_is_told_with_its_tracking(self):
        shop = self.shop(order(1))
        receipt = adapter(shop).send_status(
            self.update(tracking="SF100", carrier="SF Express")
        )
        self.assertIn("Fulfillment/1", receipt)
        self.assertEqual(
            shop.told[0]["trackingInfo"], {"number": "SF100", "company": "SF Express"}
        )
        self.assertTrue(shop.told[0]["notifyCustomer"])

    def test_the_same_parcel_told_twice_is_one_parcel(self):
        shop = self.shop(order(1, [line(101, quantity=5)]))
        lines = ({"external_ref": "101", "quantity": 2},)
        for _time in range(2):
            adapter(shop).send_status(self.update(tracking="SF100", lines=lines))
        self.assertEqual(len(shop.told), 1)

    def test_nothing_left_to_send_is_no_error(self):
        shop = self.shop(order(1, [line(101, shipped=2)]))
        self.assertIn("nothing", adapter(shop).send_status(self.update()))

    def test_a_part_of_an_order_is_told_by_line_or_by_code(self):
        shop = self.shop(order(1, [line(101, quantity=5), line(102, "SCP-280")]))
        lines = (
            {"external_ref": "101", "quantity": 3},
            {"sku": "SCP-280", "quantity": 99},
        )
        adapter(shop).send_status(self.update(lines=lines))
        parts = shop.told[0]["lineItemsByFulfillmentOrder"][0]
        counts = [row["quantity"] for row in parts["fulfillmentOrderLineItems"]]
        self.assertEqual(counts, [3, 2])

    def test_what_leaves_from_two_places_is_two_fulfilments(self):
        shop = self.shop(order(1, [line(101, place=1), line(102, "SCP-280", place=2)]))
        adapter(shop).send_status(self.update(tracking="SF100"))
        self.assertEqual(len(shop.told), 2)

    def test_a_parcel_with_nothing_of_the_order_is_refused(self):
        shop = self.shop(order(1))
        with self.assertRaises(Refused):
            adapter(shop).send_status(
                self.update(lines=({"sku": "OTHER", "quantity": 1},))
            )

    def test_an_order_that_the_shop_does_not_know_is_refused(self):
        with self.assertRaisesRegex(Refused, "7000001"):
            adapter(self.shop()).send_status(self.update())

    def test_a_delivery_is_told_for_its_parcel(self):
        parcels = [{"id": 1, "number": "SF1"}, {"id": 2, "number": "SF2"}]
        shop = self.shop(order(1, parcels=parcels))
        adapter(shop).send_status(self.update("delivered", tracking="SF2"))
        self.assertEqual(
            shop.told,
            [{"fulfillmentId": "gid://shopify/Fulfillment/2", "status": "DELIVERED"}],
        )

    def test_a_cancellation_is_told_once_and_moves_no_money(self):
        shop = self.shop(order(1))
        for _time in range(2):
            adapter(shop).send_status(self.update("cancelled", note="Sold out"))
        self.assertEqual(len(shop.told), 1)
        asked = [c.json()["query"] for c in shop.calls if "Cancel(" in c.body.decode()]
        self.assertIn("originalPaymentMethodsRefund: false", asked[0])

    def test_a_word_that_shopify_has_not_is_refused(self):
        with self.assertRaisesRegex(Refused, "status map"):
            adapter(self.shop(order(1))).send_status(self.update("painted"))

    def test_stock_is_set_by_code(self):
        shop = self.shop()
        levels = [StockLevel("ZXJ-0123", 7.9), StockLevel("SCP-280", -3)]
        self.assertEqual(
            adapter(shop).send_stock(levels), {"ZXJ-0123": "", "SCP-280": ""}
        )
        self.assertEqual(shop.levels, {"501": 7, "502": 0})

    def test_a_code_that_shopify_has_not_does_not_stop_the_others(self):
        shop = self.shop()
        levels = [
            StockLevel("NEW-1", 5),
            StockLevel("BAD", 5, {"inventory_item_id": "999"}),
            StockLevel("LED-H7", 4),
        ]
        told = adapter(shop).send_stock(levels)
        self.assertTrue(told["NEW-1"] and told["BAD"])
        self.assertEqual((told["LED-H7"], shop.levels), ("", {"503": 4}))

    def test_much_stock_goes_in_batches_of_250(self):
        shop = self.shop()
        shop.stock = {f"S-{n}": n for n in range(1, 601)}
        told = adapter(shop).send_stock([StockLevel(s, 1) for s in shop.stock])
        self.assertEqual(set(told.values()), {""})
        self.assertEqual([len(i["quantities"]) for i in shop.told], [250, 250, 100])

    def test_the_same_figures_an_hour_later_are_set_again(self):
        shop = self.shop()
        for quantity in (5, 7, 5):
            adapter(shop).send_stock([StockLevel("ZXJ-0123", quantity)])
        self.assertEqual(shop.levels, {"501": 5})

    def test_stock_whose_answer_was_lost_is_set_once(self):
        shop = self.shop()
        shop.drop(when=lambda call: b"SetStock" in call.body)
        adapter(shop).send_stock([StockLevel("ZXJ-0123", 5)])
        self.assertEqual((shop.levels, len(shop.told)), ({"501": 5}, 1))

    def test_a_code_with_quotes_searches_for_itself_only(self):
        shop = self.shop()
        shop.stock['A" OR sku:"B'] = 9
        told = adapter(shop).send_stock([StockLevel('A" OR sku:"B', 1)])
        self.assertEqual(list(told.values()), [""])
