import json

from odoo.tests import HttpCase, tagged

from ..controllers.receive import REFUSED
from .common import ConnectorsCommon, sign


@tagged("post_install", "-at_install")
class TestReceiveHttp(ConnectorsCommon, HttpCase):
    """The address that platforms deliver to."""

    def setUp(self):
        super().setUp()
        REFUSED.clear()
        self.addCleanup(REFUSED.clear)

    def _post(self, raw, token=None, secret="secret of paper", **headers):
        address = f"/hub/in/{token or self.channel.receive_token}"
        headers.setdefault("X-Paper-Signature", sign(raw, secret))
        return self.url_open(
            address, data=raw, headers={"Content-Type": "application/json", **headers}
        )

    def _stored(self):
        return (
            self.env["order.hub.inbound"]
            .sudo()
            .search_count([("channel_id", "=", self.channel.id)])
        )

    def test_a_signed_delivery_is_stored_once_and_answered(self):
        raw = json.dumps(self._payload("H-1")).encode()
        first, again = self._post(raw), self._post(raw)
        self.assertEqual(first.json(), {"ok": True, "new": 1, "repeated": 0})
        self.assertEqual(again.json(), {"ok": True, "new": 0, "repeated": 1})
        self.assertEqual(self._stored(), 1)

    def test_a_wrong_signature_is_refused_and_only_counted(self):
        raw = json.dumps(self._payload("H-2")).encode()
        answer = self._post(raw, secret="guessed")
        self.assertEqual(answer.status_code, 403)
        self.assertEqual(self._stored(), 0)
        self.channel.invalidate_recordset()
        self.assertEqual(self.channel.refused_signatures, 1)

    def test_a_body_changed_by_a_byte_is_refused(self):
        raw = json.dumps(self._payload("H-3")).encode()
        signature = sign(raw, "secret of paper")
        changed = raw.replace(b"160.0", b"100.0")
        answer = self._post(changed, **{"X-Paper-Signature": signature})
        self.assertEqual(answer.status_code, 403)

    def test_too_large_a_body_is_refused_unread(self):
        answer = self._post(b"x" * 100_001)
        self.assertEqual(answer.status_code, 413)
        self.channel.invalidate_recordset()
        self.assertEqual(self.channel.refused_large, 1)

    def test_a_genuine_delivery_that_makes_no_sense_is_kept_for_a_person(self):
        for raw in (b"{nope", b"\xff\xfe\x00", b'{"no": "number"}'):
            self.assertEqual(self._post(raw).status_code, 422)
        rows = (
            self.env["order.hub.inbound"]
            .sudo()
            .search([("channel_id", "=", self.channel.id)])
        )
        self.assertEqual(rows.mapped("state"), ["attention"] * 3)
        self.assertTrue(all(rows.mapped("problem_ids.message")))

    def test_an_unknown_address_says_nothing_about_channels(self):
        raw = json.dumps(self._payload("H-4")).encode()
        for token in ("x" * 32, "1", "%27"):
            self.assertEqual(self._post(raw, token=token).status_code, 404)

    def test_a_channel_that_is_off_asks_to_come_back(self):
        self.channel.action_switch_off()
        answer = self._post(json.dumps(self._payload("H-5")).encode())
        self.assertEqual((answer.status_code, self._stored()), (503, 0))

    def test_who_is_refused_again_and_again_has_to_wait(self):
        for _time in range(61):
            answer = self._post(b"{}", secret="guessed")
        self.assertEqual(answer.status_code, 429)

    def test_the_secret_can_be_replaced(self):
        raw = json.dumps(self._payload("H-7")).encode()
        self.assertEqual(self._post(raw).status_code, 200)
        token = self.channel.parameter_ids.filtered(lambda row: row.name == "token")
        token.value = "another secret"
        self.assertEqual(self._post(raw).status_code, 403)
        self.assertEqual(self._post(raw, secret="another secret").status_code, 200)

    def test_whose_address_it_is_takes_one_statement(self):
        channels = self.env["order.hub.channel"].sudo()
        token = self.channel.receive_token
        self.env.flush_all()
        self.assertEqual(self._queries(lambda: channels._recipient(token)), 1)
        self.assertNotIn("secret of paper", repr(channels._recipient(token)))

    def test_an_address_of_an_archived_channel_leads_nowhere(self):
        self.channel.active = False
        raw = json.dumps(self._payload("H-8")).encode()
        self.assertEqual(self._post(raw).status_code, 404)

    def test_the_address_can_be_replaced(self):
        raw = json.dumps(self._payload("H-6")).encode()
        old = self.channel.receive_token
        self.channel.action_new_token()
        self.assertEqual(self._post(raw, token=old).status_code, 404)
        self.assertEqual(self._post(raw).status_code, 200)
