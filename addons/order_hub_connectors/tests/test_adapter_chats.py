"""WeCom and DingTalk as they are documented: who may deliver, how we answer."""

import json
from datetime import datetime, timedelta, timezone

from odoo.tests import TransactionCase, tagged

from odoo.addons.order_hub.engine.web.client import Client
from odoo.addons.order_hub.engine.web.errors import (
    AuthenticationFailed,
    Refused,
    Throttled,
    Unreachable,
)

from ..adapters.base import Access, AdapterError, ReadError, SignatureError
from ..adapters.dingtalk import adapter as dingtalk
from ..adapters.wecom import adapter as wecom
from ..adapters.wecom.crypto import Envelope
from ..engine.chat_message import ChatMessage, from_json, is_chat
from .stand_ins.dingtalk import ROBOT, SECRET, DingtalkStandIn
from .stand_ins.wecom import AES_KEY, AGENT, CORP, TOKEN, WecomStandIn
from .stand_ins.wecom import SECRET as APP_SECRET

NOW = datetime(2026, 3, 15, 8, 0, tzinfo=timezone.utc)
#: What the documentation of WeCom gives as an example.
KNOWN = {
    "receiver": "wx5823bf96d3bd56c7",
    "signature": "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3",
    "timestamp": "1409659589",
    "nonce": "263014780",
    "echostr": "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgA"
    "E7OaBO+FZXvnaqQ==",
    "plain": "1616140317555161061",
}


def _access(stand_in, **values):
    client = Client(allow_private=True, tries=1)
    return Access(stand_in.url if stand_in else "", values, lambda: NOW, client)


@tagged("post_install", "-at_install")
class TestWecom(TransactionCase):
    def setUp(self):
        super().setUp()
        wecom.TOKENS.clear()
        self.there = WecomStandIn().__enter__()
        self.addCleanup(self.there.__exit__)
        self.adapter = wecom.WecomAdapter(
            _access(
                self.there,
                corp_id=CORP,
                agent_id=AGENT,
                secret=APP_SECRET,
                token=TOKEN,
                aes_key=AES_KEY,
            )
        )

    def test_the_example_of_the_documentation_is_opened(self):
        query = {
            "msg_signature": KNOWN["signature"],
            "timestamp": KNOWN["timestamp"],
            "nonce": KNOWN["nonce"],
        }
        envelope = Envelope(TOKEN, AES_KEY, KNOWN["receiver"])
        self.assertEqual(envelope.open(KNOWN["echostr"], query), KNOWN["plain"])

    def test_the_echo_is_answered_only_to_wecom(self):
        query = self.there.echo()
        self.assertEqual(self.adapter.echo(query), "1616140317555161061")
        for name in ("msg_signature", "timestamp", "nonce", "echostr"):
            with self.assertRaises(SignatureError):
                self.adapter.echo({**query, name: "made up"})
        with self.assertRaises(SignatureError):
            self.adapter.echo({})

    def test_a_message_is_kept_as_it_came_and_read(self):
        [message] = self.adapter.receive(*self.there.delivery("王总,发300件转向节"))
        self.assertEqual(message.external_ref, "4561255354251345929")
        self.assertTrue(is_chat(message.content_type))
        read = self.adapter.read(message.raw, message.content_type, "order")
        said = from_json(read["chat"])
        self.assertEqual(
            (said.text, said.sender, said.talk),
            ("王总,发300件转向节", "ZhangSan", "ZhangSan"),
        )

    def test_a_message_for_another_corporation_is_refused(self):
        self.adapter.access.values["corp_id"] = "ww0000000000000000"
        with self.assertRaises(SignatureError):
            self.adapter.receive(*self.there.delivery("hello"))

    def test_a_delivery_changed_on_its_way_is_refused(self):
        headers, raw, query = self.there.delivery("发300件")
        at = raw.index(b"<Encrypt><![CDATA[") + 40
        other = bytes([raw[at] ^ 1])
        changed = raw[:at] + other + raw[at + 1 :]
        for body in (changed, raw.replace(b"Encrypt", b"Nothing")):
            with self.assertRaises(AdapterError):
                self.adapter.receive(headers, body, query)
        for body in (b"", b"{}", b"<!DOCTYPE a><xml/>", b"<xml>" * 200):
            with self.assertRaises(ReadError):
                self.adapter.receive(headers, body, query)

    def test_an_approval_is_a_report_and_other_events_say_nothing(self):
        event = {"MsgType": "event", "Content": None, "MsgId": None}
        info = "<ThirdNo>ODR-SN-26-00001-7</ThirdNo><OpenSpStatus>2</OpenSpStatus>"
        inner = (
            "<xml><FromUserName>sys</FromUserName><CreateTime>1527838022</CreateTime>"
            "<MsgType>event</MsgType><Event>open_approval_change</Event>"
            f"<ApprovalInfo>{info}</ApprovalInfo></xml>"
        )
        [message] = self.adapter.receive(*self.there.sealed(inner))
        self.assertEqual(message.kind, "other")
        document = self.adapter.read(message.raw, message.content_type, "other")
        report = self.adapter.read_event("other", document)
        self.assertEqual(
            (report["word"], report["reference"]), ("approved", "ODR-SN-26-00001-7")
        )
        entered = self.there.delivery("", Event="enter_agent", **event)
        self.assertEqual(self.adapter.receive(*entered), [])

    def test_a_token_is_asked_for_once_and_again_when_it_ends(self):
        to = ChatMessage(sender="ZhangSan")
        self.assertEqual(self.adapter.say(to, "一"), "msg1")
        self.assertEqual(self.adapter.say(to, "二"), "msg2")
        self.assertEqual(self.there.tokens, 1)
        self.there.expire_token()
        self.assertEqual(self.adapter.say(to, "三"), "msg3")
        self.assertEqual(self.there.tokens, 2)
        self.assertEqual(self.there.sent[0]["text"], {"content": "一"})

    def test_what_wecom_refuses_is_told_apart(self):
        to = ChatMessage(sender="ZhangSan")
        for code, error in (
            (-1, Unreachable),
            (45009, Throttled),
            (60020, AuthenticationFailed),
            (40008, Refused),
        ):
            self.there.script(
                self.there.error(code), when=lambda call: "send" in call.path
            )
            with self.subTest(code), self.assertRaises(error) as caught:
                self.adapter.say(to, "hello")
            self.assertNotIn("203.0.113.9", str(caught.exception))
        with self.assertRaises(Refused):
            self.adapter.say(ChatMessage(sender="Nobody"), "hello")

    def test_a_long_answer_is_cut_between_letters(self):
        self.adapter.say(ChatMessage(sender="ZhangSan"), "转" * 2000)
        text = self.there.sent[0]["text"]["content"]
        self.assertLessEqual(len(text.encode()), 2048)
        self.assertTrue(text.endswith("…"))

    def test_a_picture_is_fetched(self):
        name, raw = self.adapter.picture("media_id")
        self.assertTrue(name.endswith(".jpg"))
        self.assertTrue(raw.startswith(b"\xff\xd8"))


@tagged("post_install", "-at_install")
class TestDingtalk(TransactionCase):
    def setUp(self):
        super().setUp()
        dingtalk.BUCKETS.clear()
        self.there = DingtalkStandIn().__enter__()
        self.addCleanup(self.there.__exit__)
        self.adapter = dingtalk.DingtalkAdapter(
            _access(self.there, app_secret=SECRET, robot_code=ROBOT)
        )

    def _said(self, words="发300件", **more):
        headers, raw, query = self.there.delivery(words, NOW, **more)
        [message] = self.adapter.receive(headers, raw, query)
        return from_json(
            self.adapter.read(message.raw, message.content_type, "order")["chat"]
        )

    def test_the_example_of_the_documentation_is_signed_alike(self):
        self.assertEqual(
            dingtalk.sign("1661860880", "xxx"),
            "dIUMcehSFkPlWOGqwoP5EFcartyN67QSY9wbVW+hTbE=",
        )

    def test_a_message_is_read_with_where_the_answer_goes(self):
        said = self._said(" 发300件 ")
        self.assertEqual((said.text, said.sender), ("发300件", "000123"))
        self.assertEqual(said.talk, "000123")
        group = self._said("x", conversationType="2")
        self.assertEqual(group.talk, "cidh6ezDLHQau9V23Es|000123")

    def test_rich_text_is_its_words_and_a_picture_none(self):
        rich = {
            "richText": [{"text": "发300件"}, {"downloadCode": "x"}, {"text": "轴"}]
        }
        self.assertEqual(
            self._said("", msgtype="richText", text=None, content=rich).text,
            "发300件轴",
        )
        self.assertEqual(self._said("", msgtype="picture", text=None).kind, "picture")

    def test_old_and_unsigned_deliveries_are_refused(self):
        headers, raw, query = self.there.delivery("x", NOW)
        for wrong in (
            {},
            {**headers, "sign": ""},
            {**headers, "sign": "求"},
            {**headers, "timestamp": "1"},
            {**headers, "timestamp": "٣"},
        ):
            with self.assertRaises(SignatureError):
                self.adapter.receive(wrong, raw, query)
        for away in (timedelta(hours=-2), timedelta(hours=2)):
            with self.assertRaises(SignatureError):
                self.adapter.receive(*self.there.delivery("x", NOW + away))
        with self.assertRaises(SignatureError):
            self.adapter.receive(*self.there.delivery("x", NOW, robotCode="another"))

    def test_an_answer_goes_into_the_conversation(self):
        self.adapter.say(self._said(), "收到")
        self.assertEqual(self.there.sent[0]["text"], {"content": "收到"})
        self.adapter.say(self._said(conversationType="2"), "收到")
        self.assertEqual(self.there.sent[1]["at"]["atUserIds"], ["000123"])

    def test_an_answer_goes_nowhere_else(self):
        for url in (
            "http://169.254.169.254/latest",
            "https://oapi.dingtalk.com.evil.example.com/robot",
            "http://oapi.dingtalk.com/robot/sendBySession",
            "",
        ):
            with self.subTest(url), self.assertRaises(Refused):
                self.adapter.say(self._said(sessionWebhook=url), "x")

    def test_a_conversation_that_ended_is_not_answered(self):
        ended = int((NOW - timedelta(minutes=1)).timestamp() * 1000)
        with self.assertRaises(Refused):
            self.adapter.say(self._said(sessionWebhookExpiredTime=ended), "x")

    def test_no_more_than_20_answers_a_minute_leave(self):
        said = self._said()
        for _time in range(20):
            self.adapter.say(said, "x")
        with self.assertRaises(Throttled) as caught:
            self.adapter.say(said, "x")
        self.assertGreater(caught.exception.retry_after, 0)
        self.assertEqual(len(self.there.sent), 20)

    def test_what_is_said_too_fast_all_the_same_is_tried_later(self):
        said = self._said()
        self.there.sent.extend([{}] * 20)
        with self.assertRaises(Throttled):
            self.adapter.say(said, "x")

    def test_odd_payloads_are_no_messages(self):
        headers, _raw, query = self.there.delivery("x", NOW)
        for raw in (b"", b"[]", b"{", b"\xff", json.dumps({"msgId": 5}).encode()):
            with self.assertRaises(ReadError):
                self.adapter.receive(headers, raw, query)
