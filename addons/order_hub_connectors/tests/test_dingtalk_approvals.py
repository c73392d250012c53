"""Approvals of DingTalk: sealed events, the form behind them, the order they name."""

import json

from odoo.tests import HttpCase, TransactionCase, tagged

from odoo.addons.order_hub.engine.web.errors import (
    AuthenticationFailed,
    Refused,
    Throttled,
    Unreachable,
)
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.tests.common import trap_jobs

from ..adapters.base import ReadError, SignatureError
from ..adapters.chat.tokens import TOKENS
from ..adapters.dingtalk.adapter import DingtalkAdapter
from ..adapters.wecom.crypto import Envelope
from ..controllers.receive import REFUSED
from ..engine.approval import numbers_in
from .common import ConnectorsCommon
from .stand_ins.dingtalk import AES_KEY, INSTANCE, KEY, SECRET, TOKEN, DingtalkStandIn
from .test_adapter_chats import _access

#: What the documentation of DingTalk gives as an example.
KNOWN = (
    "1a3NBxmCFwkCJvfoQ7WhJHB+iX3qHPsc9JbaDznE1i03peOk1LaOQoRz3+nlyGNhwmwJ3vDMG+OzrHMei"
    "ZI7gTRWVdUBmfxjZ8Ej23JVYa9VrYeJ5as7XM/ZpulX8NEQis44w53h1qAgnC3PRzM7Zc/D6Ibr0rgUat"
    "hB6zRHP8PYrfgnNOS9PhSBdHlegK+AGGanfwjXuQ9+0pZcy0w9lQ=="
)
KNOWN_QUERY = {
    "signature": "5a65ceeef9aab2d149439f82dc191dd6c5cbe2c0",
    "timestamp": "1445827045067",
    "nonce": "nEXhMP4r",
}
DENIED = "Forbidden.AccessDenied"
SETTINGS = {"app_secret": SECRET, "app_key": KEY, "token": TOKEN, "aes_key": AES_KEY}


@tagged("post_install", "-at_install")
class TestDingtalkEvents(TransactionCase):
    """The adapter alone."""

    def setUp(self):
        super().setUp()
        TOKENS.clear()
        self.there = DingtalkStandIn().__enter__()
        self.addCleanup(self.there.__exit__)
        self.adapter = DingtalkAdapter(_access(self.there, **SETTINGS))

    def _report(self, **more):
        [message] = self.adapter.receive(*self.there.sealed(self.there.event(**more)))
        document = self.adapter.read(message.raw, message.content_type, message.kind)
        return self.adapter.read_event(message.kind, document)

    def test_the_example_of_the_documentation_is_opened(self):
        envelope = Envelope(TOKEN, AES_KEY, "suite4xxxxxxxxxxxxxxx")
        event = json.loads(envelope.open(KNOWN, KNOWN_QUERY, "signature"))
        self.assertEqual(event["EventType"], "check_create_suite_url")

    def test_the_address_is_checked_with_a_sealed_success(self):
        delivery = self.there.sealed({"EventType": "check_url"})
        self.assertEqual(self.adapter.receive(*delivery), [])
        _headers, raw, query = delivery
        reply = self.adapter.reply(raw, query)
        envelope = Envelope(TOKEN, AES_KEY, KEY)
        asked = {**reply, "timestamp": reply["timeStamp"]}
        self.assertEqual(envelope.open(reply["encrypt"], asked), "success")

    def test_what_became_of_an_approval_is_said_in_the_words_of_its_api(self):
        words = {
            "RUNNING": {"type": "start"},
            "agree": {"type": "finish", "result": "agree"},
            "refuse": {"type": "finish", "result": "refuse"},
            "TERMINATED": {"type": "terminate"},
        }
        for word, event in words.items():
            with self.subTest(word):
                self.assertEqual(self._report(**event)["word"], word)

    def test_one_of_several_approvers_does_not_speak_for_the_approval(self):
        task = {"EventType": "bpms_task_change", "type": "finish", "result": "agree"}
        report = self._report(**task)
        self.assertEqual((report["word"], report["is_part"]), ("RUNNING", True))
        self.assertIn("agree", report["note"])

    def test_other_events_and_templates_are_not_kept(self):
        self.adapter.access.values["process_codes"] = "PROC-OTHER，PROC-AGAIN"
        kept = self.adapter.receive(*self.there.sealed(self.there.event()))
        other = {"EventType": "user_add_org", "userId": ["1"]}
        self.assertEqual(kept + self.adapter.receive(*self.there.sealed(other)), [])

    def test_the_same_event_is_one_message_and_a_later_one_another(self):
        numbers = {
            self.adapter.receive(*self.there.sealed(event))[0].external_ref
            for event in (
                self.there.event(),
                self.there.event(),
                self.there.event(type="finish", result="agree"),
            )
        }
        self.assertEqual(len(numbers), 2)

    # === FROM THE WRONG SIDE === #

    def test_an_event_that_dingtalk_did_not_seal_is_refused(self):
        event = self.there.event()
        headers, raw, query = self.there.sealed(event)
        for wrong in (
            {},
            {**query, "signature": "0" * 40},
            {**query, "signature": ""},
            {**query, "timestamp": "1445827045068"},
            {**query, "nonce": "求"},
            {**query, "msg_signature": "0" * 40},
        ):
            with self.subTest(wrong), self.assertRaises(SignatureError):
                self.adapter.receive(headers, raw, wrong)
        for delivery in (
            self.there.sealed(event, receiver="dingsomebodyelse"),
            self.there.sealed(event, token="another"),
        ):
            with self.assertRaises(SignatureError):
                self.adapter.receive(*delivery)

    def test_without_keys_no_event_is_taken(self):
        for name in ("token", "aes_key", "app_key"):
            adapter = DingtalkAdapter(_access(self.there, **{**SETTINGS, name: ""}))
            with self.subTest(name), self.assertRaises(SignatureError):
                adapter.receive(*self.there.sealed(self.there.event()))

    def test_odd_events_say_nothing(self):
        for event in (
            {},
            {"EventType": "bpms_instance_change"},
            self.there.event(processInstanceId=5),
            self.there.event(type=None),
        ):
            kept = self.adapter.receive(*self.there.sealed(event))
            self.assertEqual(kept, [], event)
        for body in (["x"], "x"):
            with self.assertRaises(ReadError):
                self.adapter.receive(*self.there.sealed(body))
        report = self._report(title="题" * 9000, createTime="soon", staffId={})
        self.assertEqual((len(report["text"]), report["at"]), (250, ""))

    # === THE FORM === #

    def test_a_form_is_fetched_with_one_token_and_a_new_one_when_it_ends(self):
        self.there.tell(["OH-1", None, 5])
        self.assertIn("OH-1", self.adapter.approval(INSTANCE).text)
        self.adapter.approval(INSTANCE)
        self.assertEqual(self.there.tokens, 1)
        self.there.expire_token()
        self.assertFalse(self.adapter.approval(INSTANCE).is_over)
        self.assertEqual(self.there.tokens, 2)

    def test_what_dingtalk_refuses_is_told_apart(self):
        self.there.tell()
        for code, error in (
            ("InvalidAuthentication", AuthenticationFailed),
            ("Forbidden.AccessDenied.QpsLimitForApi", Throttled),
            (
                "Forbidden.AccessDenied.AccessTokenPermissionDenied",
                AuthenticationFailed,
            ),
            ("aflowProcessInstNotExist", Refused),
        ):
            self.there.script(
                self.there.error(code), times=2, when=lambda call: "work" in call.path
            )
            with self.subTest(code), self.assertRaises(error) as caught:
                self.adapter.approval(INSTANCE)
            self.assertNotIn(SECRET, str(caught.exception))
            self.there.faults.clear()
        self.there.throttle(30)
        with self.assertRaises(Throttled) as caught:
            self.adapter.approval(INSTANCE)
        self.assertEqual(caught.exception.retry_after, 30)
        self.there.fail(502)
        with self.assertRaises(Unreachable):
            self.adapter.approval(INSTANCE)
        with self.assertRaises(Refused):
            self.adapter.approval("unknown")

    def test_wrong_keys_are_no_riddle(self):
        self.adapter.access.values["app_key"] = ""
        with self.assertRaises(AuthenticationFailed):
            self.adapter.approval(INSTANCE)

    def test_numbers_of_orders_are_found_in_sentences(self):
        text = "关于OH-7K3M-9QX2-R4TC的评审，ｏｈ－7K3M－9QX2－R4TC，20260315，X-"
        self.assertEqual(numbers_in(text), ["OH-7K3M-9QX2-R4TC"])
        self.assertLessEqual(len(numbers_in("A1-B2 " * 90_000)), 50)


@tagged("post_install", "-at_install")
class TestDingtalkApprovals(ConnectorsCommon, HttpCase):
    """Through the address for deliveries to the order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dingtalk = cls.env["order.hub.channel"].create(
            {"name": "Approvals", "code": "t-approvals", "adapter": "dingtalk"}
        )
        cls.dingtalk.intake_state = "on"
        cls.dingtalk._set_values(SETTINGS)
        cls.system = cls.env["order.hub.system"].create(
            {
                "name": "Approvals",
                "code": "approvals",
                "kind": "approval",
                "words_of": "dingtalk",
                "channel_id": cls.dingtalk.id,
            }
        )
        cls.order = cls._order()

    def setUp(self):
        super().setUp()
        TOKENS.clear()
        REFUSED.clear()
        self.there = DingtalkStandIn().__enter__()
        self.addCleanup(self.there.__exit__)
        adapter = DingtalkAdapter(_access(self.there, **SETTINGS))
        self.patch(type(self.env["order.hub.channel"]), "_adapter", lambda _s: adapter)

    def _push(self, event, raw=None, **wrong):
        """Have DingTalk push an event to the channel's address."""
        _headers, body, query = self.there.sealed(event)
        args = "&".join(f"{k}={v}" for k, v in {**query, **wrong}.items())
        answer = self.url_open(
            f"/hub/in/{self.dingtalk.sudo().receive_token}?{args}",
            data=raw or body,
            headers={"Content-Type": "application/json"},
        )
        self.env.invalidate_all()
        return answer

    def _rows(self):
        rows = self.env["order.hub.inbound"].sudo()
        return rows.search([("channel_id", "=", self.dingtalk.id)], order="id")

    def _heard(self, **event):
        """Have an event pushed and its steps run; return its row."""
        self.assertEqual(self._push(self.there.event(**event)).status_code, 200)
        row = self._rows()[-1:]
        with trap_jobs() as trap:
            row._process(self.dingtalk)
            jobs = [job for job in trap.enqueued_jobs if "approval" in job.identity_key]
        for job in jobs:
            job.perform()
        self.env.invalidate_all()
        return row

    def _word(self, order=None):
        return (order or self.order).sudo().hub_system_state_ids.word

    def test_an_approval_is_heard_by_the_number_in_its_title(self):
        ref = self.order.hub_ref
        row = self._heard(title=f"{ref} 评审", type="finish", result="refuse")
        state = self.order.sudo().hub_system_state_ids
        self.assertEqual((state.word, state.milestone), ("refuse", "refused"))
        self.assertEqual((state.reference, row.state), (INSTANCE, "ignored"))
        self.assertEqual(str(state.said_at), "2026-03-15 00:00:00")
        self.assertFalse(self.there.calls)

    def test_a_title_that_names_nothing_is_looked_up(self):
        self.there.tell(["加急", f"单号：{self.order.hub_ref}。"])
        self._heard(type="start")
        self.assertEqual(self._word(), "RUNNING")

    def test_the_answer_is_what_dingtalk_waits_for(self):
        answer = self._push(self.there.event()).json()
        asked = {**answer, "timestamp": answer["timeStamp"]}
        envelope = Envelope(TOKEN, AES_KEY, KEY)
        self.assertEqual(envelope.open(answer["encrypt"], asked), "success")

    def test_one_approver_never_overtakes_the_approval(self):
        self.there.tell([self.order.hub_ref], status="COMPLETED")
        self._heard(title=self.order.hub_ref, type="finish", result="agree")
        self._heard(EventType="bpms_task_change", type="finish", result="agree")
        self.assertEqual(self._word(), "agree")
        self.assertEqual(len(self.order.sudo().hub_system_report_ids), 1)

    def test_an_approval_about_no_order_troubles_nobody(self):
        self.there.tell(["请假三天"])
        row = self._heard(title="请假")
        self.assertEqual(row.state, "ignored")
        self.assertFalse(row.error)

    def test_several_orders_are_put_before_a_person(self):
        other = self._order()
        row = self._heard(title=f"{self.order.hub_ref} {other.hub_ref}")
        self.assertEqual(row.state, "attention")
        self.there.tell([self.order.hub_ref, other.hub_ref])
        row = self._heard(title="评审", createTime=1_773_532_900_000)
        self.assertEqual(row.state, "attention")
        self.assertIn(other.hub_ref, row.error)
        self.assertFalse(self._word() or self._word(other))

    def test_what_dingtalk_does_not_know_waits_for_a_person(self):
        row = self._heard(title="评审")
        self.assertEqual(row.state, "attention")
        self.assertTrue(row.error)

    def test_a_busy_platform_is_asked_again_later(self):
        self.there.throttle(30, when=lambda call: "workflow" in call.path)
        with self.assertRaises(RetryableJobError) as caught:
            self._heard(title="评审")
        self.assertEqual(caught.exception.seconds, 30)

    # === FROM THE WRONG SIDE === #

    def test_a_replayed_event_is_kept_once_and_changes_nothing(self):
        event = self.there.event(title=self.order.hub_ref)
        for _time in range(3):
            self.assertEqual(self._push(event).status_code, 200)
        self.assertEqual(len(self._rows()), 1)

    def test_an_old_event_pushed_again_does_not_replace_the_last_word(self):
        old = {"title": self.order.hub_ref, "type": "start"}
        self._heard(**old)
        late = {"finishTime": 1_773_532_900_000, "result": "agree"}
        self._heard(title=self.order.hub_ref, type="finish", **late)
        self._rows()[0]._process(self.dingtalk)
        self.env.invalidate_all()
        self.assertEqual(self._word(), "agree")

    def test_a_wrong_signature_is_counted_and_nothing_kept(self):
        answer = self._push(self.there.event(), signature="0" * 40)
        self.assertEqual(answer.status_code, 403)
        self.assertNotIn("encrypt", answer.text)
        self.assertFalse(self._rows())

    def test_too_large_an_event_is_refused(self):
        raw = json.dumps({"encrypt": "A" * 3_000_000}).encode()
        self.assertEqual(self._push(self.there.event(), raw=raw).status_code, 413)
        self.assertFalse(self._rows())

    def test_no_order_of_another_company_is_heard_of(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.dingtalk.flush_recordset()
        self.env.cr.execute(
            "UPDATE sale_order SET company_id = %s WHERE id = %s",
            [other.id, self.order.id],
        )
        self.env.invalidate_all()
        ref = self.order.hub_ref
        self.there.tell([ref])
        row = self._heard(title=ref, type="finish", result="agree")
        self.assertEqual(row.state, "ignored")
        self.assertFalse(self._word())
        self.assertNotIn(ref, json.dumps(row.trace, ensure_ascii=False))
