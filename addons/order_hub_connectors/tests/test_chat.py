"""What people write becomes orders: certain by itself, else with a person."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from ..adapters.base import Message
from ..adapters.chat.adapter import chat_message
from ..adapters.wecom.adapter import TOKENS, WecomAdapter
from ..engine.chat_message import ChatMessage
from .common import ConnectorsCommon
from .stand_ins.wecom import AES_KEY, AGENT, CORP, SECRET, TOKEN, WecomStandIn


class ChatCommon(ConnectorsCommon):
    """A channel of WeCom and one for pasted messages; products with Chinese names."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for product, name in zip(
            cls.products, ("转向节", "半轴", "刹车片"), strict=True
        ):
            product.name = name
        cls.customer.write({"name": "无锡太湖汽修有限公司", "customer_rank": 1})
        cls.wecom = cls._chat_channel("wecom", auto_confirm=True)
        cls.wecom._set_values(
            {
                "corp_id": CORP,
                "agent_id": AGENT,
                "secret": SECRET,
                "token": TOKEN,
                "aes_key": AES_KEY,
            }
        )
        cls.paste = cls._chat_channel("chat")
        cls.number = 0

    @classmethod
    def _chat_channel(cls, adapter, **vals):
        channel = cls.env["order.hub.channel"].create(
            {
                "name": adapter,
                "code": f"t-{adapter}",
                "adapter": adapter,
                "duplicate_mode": "off",
                **vals,
            }
        )
        channel.intake_state = "on"
        return channel

    def _bound(self, sender="ZhangSan"):
        """Return the chat of a sender who always orders for the customer."""
        chats = self.env["order.hub.chat"]
        chat = chats._talks(self.wecom, [ChatMessage(sender=sender)])[sender]
        chat.partner_id = self.customer
        return chat

    def _write(self, text, sender="ZhangSan", number=None, process=True):
        """Have somebody write; return the inbound order."""
        type(self).number += 1
        message = chat_message(
            number or f"N{self.number}", ChatMessage(text=text, sender=sender)
        )
        Inbound = self.env["order.hub.inbound"].sudo()
        rows = Inbound.browse(Inbound._receive(self.wecom, [message])["new"])
        if process:
            rows._process(self.wecom)
            rows.invalidate_recordset()
        return rows

    def _replies(self, inbound):
        replies = self.env["order.hub.chat.reply"].sudo()
        return replies.search([("inbound_id", "=", inbound.id)], order="id")


@tagged("post_install", "-at_install")
class TestChat(ChatCommon):
    def test_a_certain_message_of_a_known_sender_becomes_an_order(self):
        self._bound()
        inbound = self._write("发300件转向节，3月15日前到")
        self.assertEqual(inbound.state, "done", (inbound.trace, inbound.evidence))
        order = inbound.order_id
        self.assertEqual(order.partner_id, self.customer)
        self.assertEqual(order.order_line.product_id, self.products[0])
        self.assertEqual(order.order_line.product_uom_qty, 300)
        self.assertEqual(order.state, "sale")
        self.assertIn(order.hub_ref, self._replies(inbound)[-1].text)

    def test_the_same_message_delivered_twice_is_one_order(self):
        self._bound()
        first = self._write("发300件转向节", number="SAME")
        self.assertTrue(first)
        self.assertFalse(self._write("发300件转向节", number="SAME"))

    def test_a_message_of_nobody_known_waits_and_asks_with_one_link(self):
        inbound = self._write("发300件转向节", sender="LiSi")
        self.assertEqual(inbound.state, "attention")
        self.assertFalse(inbound.order_id)
        self.assertIn("customer.partner_id", inbound.problem_ids.mapped("field"))
        asked = inbound.problem_ids.filtered("is_blocking")
        self.assertEqual(asked.mapped("code"), ["uncertain"])
        [reply] = self._replies(inbound)
        self.assertIn("/hub/chat/", reply.text)
        self.assertIn("ZXJ-0123", reply.text)
        self.assertNotIn(self.customer.name, reply.text)

    def test_a_person_confirms_and_it_becomes_an_order(self):
        inbound = self._write("太湖汽修要大概300件转向节", sender="LiSi")
        self.assertEqual(inbound.state, "attention", inbound.evidence)
        person = inbound.with_user(self.operator)
        if not inbound.partner_id:
            person.correct({"customer.partner_id": self.customer.id})
        person.confirm_understood()
        self.assertEqual(inbound.state, "done", inbound.trace)
        self.assertEqual(inbound.order_id.order_line.product_uom_qty, 300)
        self.assertTrue(inbound.is_corrected)

    def test_a_change_goes_on_with_the_message_that_waits(self):
        self._bound()
        first = self._write("发大概300件转向节")
        self.assertEqual(first.state, "attention", first.evidence)
        second = self._write("改成200件")
        self.assertEqual(first.state, "ignored")
        self.assertEqual(second.state, "done", (second.trace, second.evidence))
        self.assertEqual(second.order_id.order_line.product_uom_qty, 200)

    def test_a_change_of_an_order_taken_in_changes_it(self):
        self._bound()
        self.wecom.auto_confirm = False
        first = self._write("发300件转向节")
        second = self._write("改成200件")
        self.assertEqual(second.state, "done", (second.trace, second.values))
        self.assertEqual(second.order_id, first.order_id)
        self.assertEqual(first.order_id.order_line.product_uom_qty, 200)
        third = self._write("改成250件")
        self.assertEqual(third.order_id, first.order_id)
        self.assertEqual(first.order_id.order_line.product_uom_qty, 250)

    def test_what_is_not_wanted_any_more_is_taken_back(self):
        self._bound()
        first = self._write("发大概300件转向节")
        second = self._write("都不要了")
        self.assertNotEqual(second.state, "done")
        if second.state == "ignored":
            self.assertEqual(first.state, "ignored")
        self.assertFalse(first.order_id or second.order_id)

    def test_a_change_of_nothing_asks_a_person(self):
        self._bound()
        inbound = self._write("改成200")
        self.assertEqual(inbound.state, "attention", inbound.trace)
        self.assertFalse(inbound.order_id)

    def test_questions_and_greetings_are_kept_and_nobody_is_asked(self):
        self._bound()
        for text in ("你好", "转向节有没有货？", "多少钱一件？"):
            inbound = self._write(text)
            with self.subTest(text):
                self.assertEqual(inbound.state, "ignored", inbound.trace)
                self.assertFalse(self._replies(inbound))
        self.wecom.chat_reply = "all"
        self.assertTrue(self._replies(self._write("转向节有没有货？")))

    def test_messages_of_one_talk_are_read_one_after_the_other(self):
        self._bound()
        rows = self._write("发300件转向节", process=False)
        rows |= self._write("改成200件", process=False)
        rows._process(self.wecom)
        rows.invalidate_recordset()
        self.assertEqual(rows.mapped("state"), ["done", "received"])
        rows[1]._process(self.wecom)
        self.assertEqual(rows[0].order_id.order_line.product_uom_qty, 200)

    def test_a_relay_is_one_row_an_order(self):
        text = "#接龙\n1. 无锡太湖汽修 转向节 20件\n2. 无锡太湖汽修 半轴 30根"
        first = self._write(text)
        rows = self.env["order.hub.inbound"].sudo()
        rows = rows.search([("channel_id", "=", self.wecom.id)], order="id")
        self.assertEqual(len(rows), 2, first.trace)
        (rows - first)._process(self.wecom)
        rows.invalidate_recordset()
        found = [row.values["lines"][0]["sku"] for row in rows]
        self.assertEqual(found, ["ZXJ-0123", "BZ-0456"])

    # === NAMES === #

    def test_what_a_customer_calls_a_product_is_learned_from_a_person(self):
        self._bound()
        inbound = self._write("发300件羊角")
        self.assertEqual(inbound.state, "attention", inbound.values)
        values = {"lines[0].sku": "ZXJ-0123", "lines[0].quantity": "300"}
        inbound.with_user(self.operator).correct(values)
        if inbound.state != "done":
            inbound.with_user(self.operator).confirm_understood()
        self.assertEqual(inbound.state, "done", inbound.trace)
        names = self.env["order.hub.product.alias"].search([])
        own = names.filtered(lambda row: row.partner_id == self.customer)
        if inbound.evidence.get("lines[0].sku", {}).get("source"):
            self.assertEqual(own.product_id, self.products[0])
            self._bound("WangWu")
            again = self._write("发100件羊角", sender="WangWu")
            self.assertEqual(again.state, "done", (again.trace, again.evidence))

    def test_a_name_is_everybodys_after_two_customers_and_forgotten_if_wrong(self):
        Alias = self.env["order.hub.product.alias"]
        company = self.env.company
        other = self.env["res.partner"].create({"name": "Other", "is_company": True})
        first, second = self.products[:2]
        Alias._learn(company, self.customer, [("羊角", first)])
        self.assertFalse(Alias.search([("partner_id", "=", False)]))
        Alias._learn(company, other, [("羊 角", first)])
        shared = Alias.search([("partner_id", "=", False)])
        self.assertEqual(shared.product_id, first)
        Alias._learn(company, other, [("羊角", second)])
        self.assertFalse(Alias.search([("partner_id", "=", False)]))
        own = Alias.search([("partner_id", "=", other.id)])
        self.assertEqual((own.product_id, own.times), (second, 1))
        names = Alias._names_of(company, [other.id])
        self.assertEqual(names, {other.id: {second.id: ["羊 角"]}})

    def test_a_number_is_no_name(self):
        with self.assertRaises(ValidationError):
            self.env["order.hub.product.alias"].create(
                {"name": "300", "product_id": self.products[0].id}
            )

    # === ANSWERS === #

    def test_an_answer_is_sent_and_tried_again_when_it_is_not_taken(self):
        TOKENS.clear()
        chat = self._bound()
        with WecomStandIn() as there:
            self._point_at(there)
            reply = self.wecom._chat_say("ZhangSan", "收到")
            self.assertEqual(reply.chat_id, chat)
            there.script(there.error(45009), when=lambda call: "send" in call.path)
            self.wecom._job_say()
            self.assertEqual((reply.state, reply.attempts), ("waiting", 1))
            reply.next_try_at = "2026-01-01 00:00:00"
            self.wecom._job_say()
            self.assertEqual((reply.state, reply.answer), ("sent", "msg1"))
            self.assertEqual(there.sent[0]["text"]["content"], "收到")

    def test_what_is_refused_for_good_is_given_up_and_sent_again_by_a_person(self):
        TOKENS.clear()
        self._bound("Nobody")
        with WecomStandIn() as there:
            self._point_at(there)
            reply = self.wecom._chat_say("Nobody", "收到")
            self.wecom._job_say()
            self.assertEqual(reply.state, "given_up")
            with self.assertRaises(AccessError):
                reply.with_user(self.user).action_retry()
            there.members.add("Nobody")
            reply.with_user(self.operator).action_retry()
            self.wecom._job_say()
            self.assertEqual(reply.state, "sent")

    def _point_at(self, there):
        self.env["ir.config_parameter"].sudo().set_param(
            "order_hub_connectors.allow_private_addresses", "True"
        )
        self.enterContext(patch.object(WecomAdapter, "base_url", there.url))

    def test_nothing_is_said_where_nobody_wrote(self):
        self.assertFalse(self.wecom._chat_say("Stranger", "x"))
        self.assertFalse(self.paste._chat_say("ZhangSan", "x"))

    # === PASTE === #

    def test_a_pasted_message_is_seen_and_becomes_an_order(self):
        paste = Form(self.env["order.hub.chat.paste"].with_user(self.operator))
        paste.channel_id = self.paste
        paste.partner_id = self.customer
        paste.text = "发300件转向节，3月15日前到"
        self.assertIn("<mark>", paste.preview)
        self.assertIn("ZXJ-0123", paste.preview)
        action = paste.save().action_take()
        inbound = self.env["order.hub.inbound"].browse(action["res_id"])
        self.assertEqual(inbound.state, "done", inbound.sudo().trace)
        self.assertEqual(inbound.order_id.partner_id, self.customer)

    def test_markup_in_a_message_is_shown_as_it_is(self):
        paste = self.env["order.hub.chat.paste"].with_user(self.operator)
        paste = paste.create(
            {
                "channel_id": self.paste.id,
                "text": "<img src=x onerror=alert(1)>发300件转向节",
            }
        )
        self.assertNotIn("<img", paste.preview)
        self.assertIn("&lt;img", paste.preview)

    def test_only_operators_hand_messages_in(self):
        with self.assertRaises(AccessError):
            self.env["order.hub.chat.paste"].with_user(self.user).create(
                {"channel_id": self.paste.id, "text": "x"}
            )

    # === SCREEN, SIDES === #

    def test_the_screen_marks_the_very_words(self):
        inbound = self._write("您好😀 发300件转向节", sender="LiSi")
        shown = inbound.with_user(self.operator).screen()
        text = shown["source"]["text"]
        start, end = shown["evidence"]["lines[0].sku"]["source"]["spans"][0]
        self.assertEqual(text[start:end], "转向节")
        self.assertTrue(shown["evidence"]["customer.partner_id"]["is_open"])
        self.assertEqual(shown["certain_from"], 0.9)

    def test_a_value_that_nobody_understood_cannot_be_confirmed(self):
        inbound = self._write("发300件转向节", sender="LiSi")
        person = inbound.with_user(self.operator)
        for wrong in (["lines[9].sku"], ["customer.partner_id"], "x", [1]):
            with self.subTest(wrong), self.assertRaises(UserError):
                person.confirm_understood(wrong)
        with self.assertRaises(AccessError):
            inbound.with_user(self.user).confirm_understood()

    def test_chats_and_answers_are_not_typed_in(self):
        for model in ("order.hub.chat", "order.hub.chat.reply"):
            with self.subTest(model), self.assertRaises(AccessError):
                self.env[model].with_user(self.configurator).create({})

    def test_another_company_sees_no_chat_no_answer_and_no_name(self):
        chat = self._bound()
        reply = self.wecom._chat_say("ZhangSan", "x")
        alias = self.env["order.hub.product.alias"].create(
            {"name": "羊角", "product_id": self.products[0].id}
        )
        other = self.env["res.company"].create({"name": "Other"})
        groups = (
            "order_hub.order_hub_group_operator,order_hub.order_hub_group_configurator"
        )
        stranger = self._user("chat_stranger", groups)
        stranger.write({"company_ids": other.ids, "company_id": other.id})
        for record in (chat, reply, alias):
            with self.subTest(record._name):
                seen = record.with_user(stranger).with_company(other)
                self.assertFalse(seen.search([]))
                with self.assertRaises(AccessError):
                    seen.read(["display_name"])
        with self.assertRaises(AccessError):
            reply.with_user(stranger).action_retry()
        with self.assertRaises(UserError):
            reply.with_user(self.operator).action_retry()

    def test_the_address_for_answers_is_shown_to_nobody(self):
        chat = self._bound()
        with self.assertRaises(AccessError):
            chat.with_user(self.operator).read(["reply_to"])

    def test_a_payload_of_somebody_else_never_passes_for_a_chat(self):
        raw = b'{"chat": {"text": "x", "sender": "ZhangSan"}, "external_ref": "P-1"}'
        Inbound = self.env["order.hub.inbound"].sudo()
        new = Inbound._receive(self.channel, [Message("order", "P-1", raw)])["new"]
        rows = Inbound.browse(new)
        rows._process(self.channel)
        self.assertFalse(rows.chat_id)
        self.assertFalse(rows.evidence)

    def test_a_batch_takes_hardly_more_statements_than_one_message(self):
        def taken(count):
            for n in range(count):
                self._bound(f"S{count}-{n}")
            self.env.flush_all()
            rows = self.env["order.hub.inbound"].sudo().browse()
            for n in range(count):
                rows |= self._write("谢谢，在吗", sender=f"S{count}-{n}", process=False)
            self.env.flush_all()
            self.env.invalidate_all()
            return self._queries(lambda: rows._process(self.wecom))

        taken(1)
        one, many = taken(1), taken(30)
        self.assertLessEqual(many - one, 12, (one, many))
