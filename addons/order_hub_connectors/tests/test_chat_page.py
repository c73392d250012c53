"""The page behind a link in a chat, and WeCom's own door, from the wrong side."""

import re
import time

from odoo.tests import HttpCase, tagged

from ..controllers.chat import ANSWERED, REFUSED
from ..controllers.receive import REFUSED as REFUSED_DELIVERIES
from .stand_ins.wecom import WecomStandIn
from .test_chat import ChatCommon


@tagged("post_install", "-at_install")
class TestChatPage(ChatCommon, HttpCase):
    def setUp(self):
        super().setUp()
        for limit in (REFUSED, ANSWERED, REFUSED_DELIVERIES):
            limit.clear()
            self.addCleanup(limit.clear)

    def _waiting(self, text="发大概300件转向节"):
        self._bound()
        inbound = self._write(text)
        self.assertEqual(inbound.state, "attention", inbound.evidence)
        return inbound, f"/hub/chat/{inbound._chat_token()}"

    def _post(self, path, **fields):
        page = self.url_open(path).text
        csrf = re.search(r'name="csrf_token" value="([^"]+)"', page)
        data = {"csrf_token": csrf[1] if csrf else "", **fields}
        answer = self.url_open(path, data=data)
        self.env.invalidate_all()
        return answer

    def test_the_sender_sees_the_message_and_confirms(self):
        inbound, path = self._waiting()
        page = self.url_open(path)
        self.assertEqual(page.status_code, 200)
        self.assertIn("发大概300件转向节", page.text)
        self.assertEqual(page.headers["Cache-Control"], "no-store")
        answer = self._post(path, action="confirm")
        self.assertEqual(inbound.state, "done", inbound.trace)
        self.assertIn(inbound.order_id.hub_ref, answer.text)
        self.assertEqual(inbound.order_id.order_line.product_uom_qty, 300)

    def test_the_page_says_why_the_message_as_a_whole_is_asked_about(self):
        inbound, path = self._waiting("发转向节300件，如果有货的话")
        codes = inbound.understood["doubts"]
        self.assertTrue(codes)
        words = inbound._reason_words()
        page = self.url_open(path).text
        for code in codes:
            self.assertIn(words[f"why.doubt_{code}"], page)

    def test_the_sender_mends_a_value(self):
        inbound, path = self._waiting()
        self._post(path, **{"action": "confirm", "f:lines[0].quantity": "280"})
        self.assertEqual(inbound.order_id.order_line.product_uom_qty, 280)

    def test_the_sender_says_it_is_no_order(self):
        inbound, path = self._waiting()
        self._post(path, action="refuse")
        self.assertEqual(inbound.state, "ignored")
        self._post(path, action="confirm")
        self.assertEqual(inbound.state, "ignored")

    def test_a_link_that_is_wrong_or_over_opens_nothing(self):
        inbound, path = self._waiting()
        number, until, secret = inbound._chat_token().split("-")
        other = self._write("发大概10件半轴", sender="LiSi")
        for wrong in (
            f"{other.id}-{until}-{secret}",
            f"{number}-{int(until) + 86400}-{secret}",
            f"{number}-{until}-{secret[:-1]}0",
            f"{number}-{until}-{'0' * 40}",
            inbound._chat_token(now=time.time() - 30 * 86400),
            "x" * 50,
            "1",
        ):
            if wrong != path.rpartition("/")[2]:
                with self.subTest(wrong):
                    answer = self.url_open(f"/hub/chat/{wrong}")
                    self.assertEqual(answer.status_code, 404)

    def test_who_tries_links_has_to_wait(self):
        for _time in range(31):
            answer = self.url_open(f"/hub/chat/1-2000000000-{'0' * 40}")
        self.assertEqual(answer.status_code, 429)

    def test_the_page_takes_no_price_no_customer_and_no_other_field(self):
        inbound, path = self._waiting()
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        self._post(
            path,
            **{
                "action": "confirm",
                "f:lines[0].unit_price": "0.01",
                "f:customer.partner_id": str(stranger.id),
                "f:confirm": "1",
                "f:external_ref": "OTHER",
                "f:lines[7].quantity": "9",
                "t:prepaid_amount": "1000",
            },
        )
        self.assertEqual(inbound.state, "done", inbound.trace)
        self.assertEqual(inbound.order_id.partner_id, self.customer)
        self.assertEqual(inbound.order_id.order_line.price_unit, 160.0)
        paths = set(inbound.correction_ids.mapped("field"))
        self.assertFalse({"lines[0].unit_price", "customer.partner_id"} & paths)

    def test_an_answer_without_the_pages_own_token_is_refused(self):
        inbound, path = self._waiting()
        answer = self.url_open(path, data={"action": "confirm"})
        self.assertEqual(answer.status_code, 400)
        self.env.invalidate_all()
        self.assertEqual(inbound.state, "attention")

    def test_names_of_customers_are_not_offered_to_a_stranger(self):
        inbound = self._write("无锡太湖汽修要大概300件转向节", sender="LiSi")
        page = self.url_open(f"/hub/chat/{inbound._chat_token()}").text
        inputs = re.findall(r'name="[ft]:customer[^"]*"', page)
        self.assertEqual(inputs, [])

    # === WECOM'S DOOR === #

    def test_wecoms_question_is_answered_in_plain_text(self):
        there = WecomStandIn()
        path = f"/hub/in/{self.wecom.sudo().receive_token}"
        answer = self.url_open(path, params=there.echo())
        self.assertEqual(
            (answer.status_code, answer.text), (200, "1616140317555161061")
        )
        wrong = {**there.echo(), "msg_signature": "0" * 40}
        self.assertEqual(self.url_open(path, params=wrong).status_code, 403)

    def test_other_addresses_answer_no_question(self):
        there = WecomStandIn()
        for token in (self.channel.receive_token, "x" * 32):
            answer = self.url_open(f"/hub/in/{token}", params=there.echo())
            self.assertEqual(answer.status_code, 404)

    def test_a_delivery_of_wecom_is_stored_once(self):
        there = WecomStandIn()
        path = f"/hub/in/{self.wecom.sudo().receive_token}"
        _headers, raw, query = there.delivery("发300件转向节")
        args = "&".join(f"{name}={value}" for name, value in query.items())
        for _time in range(2):
            answer = self.url_open(
                f"{path}?{args}", data=raw, headers={"Content-Type": "text/xml"}
            )
            self.assertEqual((answer.status_code, answer.text), (200, ""))
        stored = self.env["order.hub.inbound"].sudo()
        stored = stored.search([("channel_id", "=", self.wecom.id)])
        self.assertEqual(stored.mapped("external_ref"), ["4561255354251345929"])
        changed = self.url_open(
            f"{path}?{args}",
            data=raw[:-80] + b"A" + raw[-79:],
            headers={"Content-Type": "text/xml"},
        )
        self.assertIn(changed.status_code, (403, 422))
