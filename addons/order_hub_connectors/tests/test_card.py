"""The order card: whom it opens for, what it offers, what is sent with it."""

import base64
import time
import uuid
from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command, Date, Datetime
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.order_hub.controllers.throttle import Throttle
from odoo.addons.order_hub.tests.pages import without_hashes

from ..controllers.card import REFUSED, SENT
from .common import ConnectorsCommon

SELLER = "order_hub.order_hub_group_user,sales_team.group_sale_salesman"


@tagged("post_install", "-at_install")
class CardCommon(ConnectorsCommon):
    """A salesperson with a card, and a customer who bought 30 steering knuckles."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._user("hub_seller", SELLER)
        cls.rival = cls._user("hub_rival", SELLER)
        Channel = cls.env["order.hub.channel"]
        Channel.search([("adapter", "=", "card")]).action_switch_off()
        cls.card_channel = Channel.create(
            {
                "name": "Cards",
                "code": "test_cards",
                "adapter": "card",
                "auto_confirm": True,
            }
        )
        cls.card_channel.action_switch_on()
        cls.card = cls.env["order.hub.card"].create({"user_id": cls.seller.id})
        cls.customer.write({"user_id": cls.seller.id, "name": "Wangwang Garage"})
        cls.gate = cls.env["res.partner"].create(
            {
                "name": "North gate",
                "type": "delivery",
                "parent_id": cls.customer.id,
                "street": "9 Port Road",
                "city": "Wuxi",
                "country_id": cls.env.ref("base.cn").id,
            }
        )
        cls._bought(cls.customer, cls.seller, cls.products[0], 30, 155.0)

    @classmethod
    def _bought(cls, customer, user, product, quantity, price):
        line = {
            "product_id": product.id,
            "product_uom_qty": quantity,
            "price_unit": price,
        }
        order = cls.env["sale.order"].create(
            {
                "partner_id": customer.id,
                "user_id": user.id,
                "order_line": [Command.create(line)],
            }
        )
        order.action_confirm()
        # Longer ago than a repeat can be.
        order.date_order = Datetime.now() - timedelta(days=40)
        return order

    def _form(self, quantities=None, **values):
        quantities = {self.products[0]: "12"} if quantities is None else quantities
        return {
            "key": uuid.uuid4().hex,
            "customer": self.customer.id,
            "lines": [
                {"product": product.id, "quantity": quantity}
                for product, quantity in quantities.items()
            ],
            **values,
        }

    def _opened(self, user=None, card=None):
        """Return the card as its salesperson opens it."""
        card = card or self.card
        cards = self.env["order.hub.card"].with_user(user or self.seller)
        return cards._of_address(card.token)

    def _submit(self, form, user=None):
        card = self._opened(user)
        inbound = card.env["order.hub.card.order"]._submit(card, form)
        inbound.invalidate_recordset()
        return inbound

    def _offer(self, user=None):
        card = self._opened(user)
        return card, card.env["order.hub.card.offer"]


@tagged("post_install", "-at_install")
class TestCard(CardCommon):
    # === WHOM IT OPENS FOR === #

    def test_a_card_opens_for_its_own_salesperson_only(self):
        self.assertEqual(self._opened(), self.card)
        for user in (self.rival, self.supervisor, self.configurator, self.env.user):
            self.assertFalse(self._opened(user))
        for token in ("", "x" * 32, None, ["a"], self.card.token[:-1], "%00" * 20):
            cards = self.env["order.hub.card"].with_user(self.seller)
            self.assertFalse(cards._of_address(token))

    def test_a_card_that_ran_out_or_was_withdrawn_opens_nothing(self):
        self.card.valid_until = Date.today() - timedelta(days=2)
        self.assertFalse(self._opened())
        self.card.valid_until = False
        self.assertTrue(self._opened())
        self.card.active = False
        self.assertFalse(self._opened())

    def test_with_a_new_address_the_printed_code_opens_nothing(self):
        printed = self.card.token
        self.card.with_user(self.seller).action_new_address()
        cards = self.env["order.hub.card"].with_user(self.seller)
        self.assertFalse(cards._of_address(printed))
        self.assertTrue(self._opened())

    def test_who_does_not_sell_any_more_has_no_card(self):
        group = self.env.ref("sales_team.group_sale_salesman")
        self.seller.group_ids = [Command.unlink(group.id)]
        self.assertFalse(self._opened())

    def test_a_card_is_for_employees_of_the_company_who_sell(self):
        buyer = self._user("hub_card_portal", "base.group_portal")
        for user in (buyer, self.operator):
            with self.assertRaises(ValidationError):
                self.env["order.hub.card"].create({"user_id": user.id})

    def test_the_card_is_made_from_ones_own_preferences(self):
        action = self.rival.with_user(self.rival).action_hub_order_card()
        card = self.env["order.hub.card"].browse(action["res_id"])
        self.assertEqual(card.user_id, self.rival)
        again = self.rival.with_user(self.rival).action_hub_order_card()
        self.assertEqual(again["res_id"], card.id)
        with self.assertRaises(AccessError):
            self.seller.with_user(self.rival).action_hub_order_card()

    def test_nobody_reads_or_changes_somebody_elses_card(self):
        card = self.card.with_user(self.rival)
        self.assertFalse(self.env["order.hub.card"].with_user(self.rival).search([]))
        for work in (card.action_new_address, card.action_open_form):
            with self.assertRaises(AccessError):
                work()
        with self.assertRaises(AccessError):
            self.card.with_user(self.seller).write({"valid_until": False})
        with self.assertRaises(AccessError):
            self.card.with_user(self.seller).read(["token"])

    def test_a_card_shows_its_address_as_a_code(self):
        own = self.card.with_user(self.seller)
        self.assertIn(f"/hub/card/{self.card.token}", own.url)
        self.assertTrue(base64.b64decode(own.qr_image).startswith(b"\x89PNG"))

    def test_the_card_can_be_printed(self):
        report = self.env["ir.actions.report"].with_user(self.seller)
        html = report._render_qweb_html(
            "order_hub_connectors.report_card", self.card.ids
        )[0].decode()
        self.assertIn(self.seller.name, html)
        self.assertIn("data:image/png", html)

    # === WHAT IT OFFERS === #

    def test_own_customers_come_first_and_others_are_found_by_name(self):
        other = self.env["res.partner"].create(
            {"name": "Wangwang Trade", "city": "Hefei"}
        )
        card, offer = self._offer()
        names = [row["name"] for row in offer._customers(card)]
        self.assertIn("Wangwang Garage", names)
        self.assertNotIn(other.name, names)
        found = offer._customers(card, "wangwang")
        self.assertEqual(
            [(row["name"], row["is_own"]) for row in found],
            [("Wangwang Garage", True), ("Wangwang Trade", False)],
        )

    def test_employees_and_customers_of_other_companies_are_no_customers(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        hidden = self.env["res.partner"].create(
            {"name": "Wangwang Hidden", "company_id": company.id}
        )
        card, offer = self._offer()
        names = [row["name"] for row in offer._customers(card, "wangwang")]
        self.assertNotIn(hidden.name, names)
        self.assertFalse(offer._customer(card, hidden.id))
        self.assertFalse(offer._customer(card, self.rival.partner_id.id))

    def test_what_a_customer_bought_comes_with_last_quantity_and_price(self):
        card, offer = self._offer()
        [row] = offer._bought(card, self.customer.with_env(card.env))
        self.assertEqual(row["code"], "ZXJ-0123")
        self.assertEqual(row["last_quantity"], 30)
        self.assertIn("155.00", row["last_price_text"])
        self.assertIn("160.00", row["price_text"])

    def test_last_prices_of_orders_one_may_not_see_stay_hidden(self):
        card = self.env["order.hub.card"].create({"user_id": self.rival.id})
        opened = self._opened(self.rival, card)
        offer = opened.env["order.hub.card.offer"]
        self.assertFalse(offer._bought(opened, self.customer.with_env(opened.env)))

    def test_products_of_one_code_are_all_offered_and_none_is_chosen_silently(self):
        one, two, three = self.products
        (one | two).write({"default_code": "TWICE-1"})
        three.barcode = "TWICE-1"
        card, offer = self._offer()
        rows = offer._products(card, self.customer, "TWICE-1")
        self.assertEqual({row["id"] for row in rows}, {one.id, two.id, three.id})
        inbound = self._submit(self._form({two: "5"}))
        lines = inbound.order_id.order_line
        self.assertIn(lines.product_id, (two, two.browse()), "never the other one")
        if not inbound.order_id:
            self.assertEqual(inbound.state, "attention")
            self.assertIn("TWICE-1", card.env["order.hub.card.order"]._message(inbound))

    def test_products_are_found_by_words_code_and_bar_code(self):
        self.products[1].barcode = "6901234567892"
        card, offer = self._offer()
        customer = self.customer.with_env(card.env)
        for words in ("half sh", "bz-0456", "6901234567892"):
            [row] = offer._products(card, customer, words)
            self.assertEqual(row["id"], self.products[1].id)

    def test_addresses_are_the_customers_own(self):
        _card, offer = self._offer()
        rows = offer._address_rows(self.customer)
        self.assertEqual([row["id"] for row in rows], [self.customer.id, self.gate.id])
        self.assertIn("9 Port Road", rows[1]["name"])

    def test_an_offer_costs_as_many_queries_for_fifty_products_as_for_one(self):
        card, offer = self._offer()
        customer = self.customer.with_env(card.env)
        one = self._queries(lambda: offer._bought(card, customer))
        products = self.env["product.product"].create(
            [
                {"name": f"Part {n}", "default_code": f"PART-{n}", "taxes_id": False}
                for n in range(49)
            ]
        )
        self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "user_id": self.seller.id,
                "order_line": [
                    Command.create({"product_id": product.id}) for product in products
                ],
            }
        ).action_confirm()
        fifty = self._queries(lambda: offer._bought(card, customer))
        self.assertEqual(len(offer._bought(card, customer)), 50)
        self.assertLessEqual(fifty, one + 2)
        self.assertLessEqual(one, 40)

    # === WHAT IS SENT === #

    def test_a_form_becomes_the_salespersons_order_at_the_customers_price(self):
        day = Date.today() + timedelta(days=9)
        form = self._form(day=day.isoformat(), ship_to=self.gate.id, note="Call first")
        inbound = self._submit(form)
        order = inbound.order_id
        self.assertEqual(inbound.state, "done", inbound.trace)
        self.assertEqual(inbound.card_id, self.card)
        self.assertEqual(order.user_id, self.seller)
        self.assertEqual(order.partner_id, self.customer)
        self.assertEqual(order.partner_shipping_id, self.gate)
        self.assertEqual(order.order_line.product_uom_qty, 12)
        self.assertEqual(order.order_line.price_unit, 160)
        self.assertEqual(order.commitment_date.date(), day)
        self.assertIn("Call first", order.note)
        self.assertEqual(order.state, "sale")

    def test_the_order_is_the_sellers_though_another_one_has_the_customer(self):
        self.customer.user_id = self.rival
        self.assertEqual(self._submit(self._form()).order_id.user_id, self.seller)

    def test_the_same_form_sent_twice_is_one_order(self):
        form = self._form()
        first = self._submit(form)
        again = self._submit({**form, "note": "changed on the way"})
        self.assertEqual(again, first)
        rows = self.env["order.hub.inbound"].search(
            [("channel_id", "=", self.card_channel.id)]
        )
        self.assertEqual(rows, first)

    def test_a_price_in_the_form_changes_nothing(self):
        form = self._form()
        form["lines"][0].update(unit_price=0.01, price=1, discount=90)
        form["unit_price"] = 0.01
        self.assertEqual(self._submit(form).order_id.order_line.price_unit, 160)

    def test_goods_go_to_the_customers_own_addresses_or_one_typed_in(self):
        stranger = self.env["res.partner"].create({"name": "X", "street": "Elsewhere"})
        inbound = self._submit(self._form(ship_to=stranger.id))
        order = inbound.order_id
        self.assertEqual(order.partner_shipping_id, self.customer)

    def test_an_address_typed_in_is_split_and_found_or_made(self):
        address = "北京市海淀区中关村大街1号"
        inbound = self._submit(self._form(address=address))
        self.assertEqual(inbound.state, "done", (inbound.trace, inbound.error))
        order = inbound.order_id
        self.assertNotIn(order.partner_shipping_id, self.customer | self.gate)
        self.assertEqual(order.partner_shipping_id.parent_id, self.customer)
        self.assertIn("中关村大街1号", order.partner_shipping_id.street)

    def test_an_address_corrected_by_a_person_counts_more_than_the_chosen_one(self):
        self.card_channel.action_pause()
        inbound = self._submit(self._form(ship_to=self.gate.id))
        self.card_channel.action_switch_on()
        inbound.with_user(self.supervisor).correct({"ship_to.street": "77 New Road"})
        inbound.invalidate_recordset()
        self.assertEqual(inbound.state, "done", (inbound.trace, inbound.error))
        self.assertEqual(inbound.order_id.partner_shipping_id.street, "77 New Road")

    def test_what_cannot_be_ordered_is_refused_in_words(self):
        card, offer = self._offer()
        wrong = (
            self._form(customer=self.rival.partner_id.id),
            self._form(lines=[]),
            self._form(key="x"),
            self._form(day="2020-01-01"),
            self._form({self.products[0]: "-1"}),
            None,
        )
        for form in wrong:
            with self.subTest(form), self.assertRaisesRegex(Exception, r"\w+\."):
                card.env["order.hub.card.order"]._submit(card, form)
        self.products[0].sale_ok = False
        with self.assertRaisesRegex(Exception, "not sold any more"):
            card.env["order.hub.card.order"]._submit(card, self._form())
        self.assertFalse(
            self.env["order.hub.inbound"].search(
                [("channel_id", "=", self.card_channel.id)]
            )
        )

    def test_a_switched_off_channel_takes_nothing_and_a_paused_one_keeps_it(self):
        self.card_channel.action_switch_off()
        card, _offer = self._offer()
        with self.assertRaisesRegex(Exception, "switched off"):
            card.env["order.hub.card.order"]._submit(card, self._form())
        self.card_channel.action_switch_on()
        self.card_channel.action_pause()
        inbound = self._submit(self._form())
        self.assertEqual(inbound.state, "received")
        answer = card.env["order.hub.card.order"]._answer(inbound)
        self.assertEqual(answer["state"], "waiting")

    def test_orders_of_two_cards_in_one_batch_have_their_own_salespeople(self):
        other = self.env["order.hub.card"].create({"user_id": self.rival.id})
        self.card_channel.action_pause()
        opened = self._opened(self.rival, other)
        first = self._submit(self._form())
        second = opened.env["order.hub.card.order"]._submit(
            opened, self._form({self.products[2]: "7"})
        )
        self.card_channel.duplicate_mode = "off"
        (first | second)._process(self.card_channel)
        (first | second).invalidate_recordset()
        self.assertEqual(first.order_id.user_id, self.seller)
        self.assertEqual(second.order_id.user_id, self.rival)

    def test_the_salesperson_sees_what_became_of_it_and_others_do_not(self):
        inbound = self._submit(self._form())
        visible = self.env["order.hub.inbound"].with_user(self.seller)
        self.assertIn(inbound, visible.search([]))
        hidden = self.env["order.hub.inbound"].with_user(self.rival)
        self.assertNotIn(inbound, hidden.search([]))

    def test_the_answer_is_a_text_to_paste(self):
        inbound = self._submit(self._form())
        card, _offer = self._offer()
        answer = card.env["order.hub.card.order"]._answer(inbound.sudo())
        self.assertEqual(answer["state"], "taken")
        self.assertEqual(answer["number"], inbound.order_id.hub_ref)
        self.assertIn(inbound.order_id.hub_ref, answer["text"])
        self.assertIn("12 × ", answer["text"])
        self.assertIn("Wangwang Garage", answer["text"])

    def test_an_order_that_was_placed_by_another_road_waits_for_a_person(self):
        lines = [{"sku": "ZXJ-0123", "quantity": 300, "unit_price": 160.0}]
        email = self.customer.email
        shop = self._take(
            self._message(
                "WEB-1", lines=lines, customer={"name": "Wang", "email": email}
            )
        )
        self.assertEqual(shop.state, "done", shop.trace)
        inbound = self._submit(self._form({self.products[0]: "300"}))
        self.assertEqual(inbound.state, "attention", inbound.trace)
        card, _offer = self._offer()
        answer = card.env["order.hub.card.order"]._answer(inbound.sudo())
        self.assertEqual(answer["state"], "waiting")
        self.assertIn(shop.order_id.name, answer["message"])


@tagged("post_install", "-at_install")
class TestCardHttp(CardCommon, HttpCase):
    def setUp(self):
        super().setUp()
        for counter in Throttle.all():
            counter.clear()
        self.authenticate("hub_seller", "hub_seller")

    def _call(self, question, card=None, **params):
        """Ask as a phone does; return what is answered."""
        token = (card or self.card).token
        body = {"jsonrpc": "2.0", "method": "call", "id": 1, "params": params}
        return self.url_open(f"/hub/card/{token}/{question}", json=body).json()

    def test_the_page_itself_names_nobody(self):
        page = self.url_open(f"/hub/card/{self.card.token}")
        self.assertEqual(page.status_code, 200)
        text = without_hashes(page.text.replace(self.card.token, ""))
        for secret in ("Wangwang", self.seller.name, "ZXJ-0123", "155"):
            self.assertNotIn(secret, text)
        self.assertIn(self.card.token, page.text)

    def test_the_form_is_filled_in_for_its_salesperson(self):
        opened = self._call("open")["result"]
        self.assertEqual(opened["user"], self.seller.name)
        self.assertTrue(opened["is_on"])
        self.assertEqual(opened["customers"][0]["name"], "Wangwang Garage")
        filled = self._call("customer", customer=self.customer.id)["result"]
        self.assertEqual(filled["products"][0]["code"], "ZXJ-0123")
        self.assertEqual(len(filled["addresses"]), 2)
        found = self._call("products", customer=self.customer.id, words="half")
        self.assertEqual(found["result"]["products"][0]["code"], "BZ-0456")
        found = self._call("customers", words="wangwang")["result"]
        self.assertEqual(len(found["customers"]), 1)

    def test_an_order_that_is_sent_gets_its_number(self):
        form = self._form()
        answer = self._call("send", form=form)["result"]
        self.assertEqual(answer["state"], "taken", answer)
        order = self.env["sale.order"].search([("hub_ref", "=", answer["number"])])
        self.assertEqual(order.user_id, self.seller)
        self.assertEqual(self._call("send", form=form)["result"], answer)

    def test_what_is_wrong_is_said(self):
        answer = self._call("send", form=self._form(day="2020-01-01"))["result"]
        self.assertIn("still to come", answer["wrong"])

    # === FROM THE WRONG SIDE === #

    def test_visitors_log_in_first_and_come_back(self):
        self.authenticate(None, None)
        address = f"/hub/card/{self.card.token}"
        page = self.url_open(address)
        self.assertIn("/web/login", page.url)
        self.assertIn(f"redirect={address}", page.url.replace("%2F", "/"))
        self.assertEqual(self._call("open")["error"]["code"], 100)

    @mute_logger("odoo.http")
    def test_the_card_of_another_one_looks_as_if_there_were_none(self):
        buyer = self._user("hub_card_buyer", "base.group_portal")
        for login in ("hub_rival", buyer.login, "hub_supervisor", "hub_configurator"):
            REFUSED.clear()
            self.authenticate(login, login)
            with self.subTest(login):
                mine = self.url_open(f"/hub/card/{self.card.token}")
                none = self.url_open(f"/hub/card/{'x' * 32}")
                self.assertEqual((mine.status_code, none.status_code), (404, 404))
                self.assertEqual(mine.text, none.text)
                for question in ("open", "customers", "customer", "products", "send"):
                    answer = self._call(question, form=self._form())
                    self.assertEqual(answer["result"], {"error": "closed"})
        self.assertFalse(
            self.env["order.hub.inbound"].search(
                [("channel_id", "=", self.card_channel.id)]
            )
        )

    def test_who_tries_cards_has_to_wait(self):
        for _time in range(30):
            REFUSED.count(self.seller.id, time.monotonic())
        page = self.url_open(f"/hub/card/{self.card.token}")
        self.assertEqual(page.status_code, 429)
        self.assertEqual(self._call("open")["result"], {"error": "busy"})

    def test_nobody_sends_orders_without_end(self):
        for _time in range(200):
            SENT.count(self.seller.id, time.monotonic())
        answer = self._call("send", form=self._form())["result"]
        self.assertEqual(answer, {"error": "busy"})

    def test_odd_questions_are_answered_with_nothing(self):
        for odd in (None, 0, -1, "x", [1], {"a": 1}, 10**30, "\0", "%" * 500):
            with self.subTest(odd):
                found = self._call("products", customer=odd, words=odd)
                self.assertEqual(found["result"], {"products": []})
                self.assertIn("customers", self._call("customers", words=odd)["result"])
                gone = self._call("customer", customer=odd)["result"]
                self.assertEqual(gone, {"error": "gone"})
                self.assertIn("wrong", self._call("send", form=odd)["result"])

    def test_the_program_for_no_network_is_the_same_for_everybody(self):
        self.authenticate(None, None)
        answer = self.url_open("/hub/card/service-worker.js")
        self.assertEqual(answer.status_code, 200)
        self.assertIn("javascript", answer.headers["Content-Type"])
        self.assertIn("addEventListener", answer.text)
        self.assertNotIn(self.card.token, answer.text)

    def test_the_phone_keeps_the_page_and_the_server_lets_no_one_else(self):
        page = self.url_open(f"/hub/card/{self.card.token}")
        self.assertEqual(page.headers["Cache-Control"], "no-store")


@tagged("post_install", "-at_install")
class TestCardInChat(CardCommon):
    def setUp(self):
        super().setUp()
        self.told = told = []
        say = patch.object(
            type(self.env["order.hub.channel"]),
            "_chat_say",
            lambda _self, chat, text, inbound=None: told.append((chat, text, inbound)),
        )
        self.startPatcher(say)
        vals = {
            "channel_id": self.channel.id,
            "key": "zhang.wei",
            "sender": "zhang.wei",
        }
        self.chat = self.env["order.hub.chat"].sudo().create(vals)

    def test_the_number_is_told_once_in_the_salespersons_chat(self):
        self.chat.user_id = self.seller
        form = self._form()
        inbound = self._submit(form)
        self._submit(form)
        [(chat, text, about)] = self.told
        self.assertEqual(chat, self.chat)
        self.assertEqual(about, inbound)
        self.assertIn(inbound.order_id.hub_ref, text)
        self.assertIn("12 × ", text)

    def test_nobody_else_is_told(self):
        self.chat.user_id = self.rival
        self._submit(self._form())
        self.assertFalse(self.told)
