from odoo.exceptions import AccessError
from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from .test_supplier_orders import SupplierOrdersCommon


@tagged("post_install", "-at_install")
class TestSupplierOtherDoors(SupplierOrdersCommon):
    """Odoo's own purchase page and RPC lead a supplier to the same gate, or nowhere."""

    # === ODOO'S OWN PAGE === #

    def test_a_date_sent_to_odoos_page_is_an_answer_not_a_date(self):
        self._as(self.supplier)
        self.env.flush_all()
        self.make_jsonrpc_request(
            f"/my/purchase/{self.bought.id}/update",
            {str(self.line.id): self._in(10).isoformat()},
        )
        self.env.invalidate_all()
        self.assertEqual(self._plan(self.bought), [(15, 7)])
        answer = self._answers()
        self.assertEqual((answer.source, answer.late), ("odoo", 3))
        self.assertEqual(self.bought.hub_answer_state, "differs")

    def test_acknowledging_on_odoos_page_confirms_as_asked(self):
        self._as(self.supplier)
        self._get(f"/my/purchase/{self.bought.id}?acknowledge=True")
        self.env.invalidate_all()
        self.assertEqual(self._answers().source, "odoo")
        self.assertEqual(self.bought.hub_answer_state, "confirmed")

    def test_a_mail_program_that_opens_the_link_confirms_nothing(self):
        self._as(None)
        url = self.bought.get_acknowledge_url()
        self._get(url)
        self.env.invalidate_all()
        self.assertTrue(self.bought.acknowledged)
        self.assertEqual(self.bought.hub_answer_state, "waiting")

    @mute_logger("odoo.http")
    def test_a_link_of_odoo_changes_no_date_unless_links_are_allowed(self):
        self._as(None)
        token = self.bought._portal_ensure_token()
        self.env.flush_all()
        url = f"/my/purchase/{self.bought.id}/update"
        sent = {"access_token": token, str(self.line.id): self._in(10).isoformat()}
        with self.assertRaises(JsonRpcException):
            self.make_jsonrpc_request(url, sent)
        self.env.invalidate_all()
        self.assertFalse(self._answers())
        self.assertEqual(self._plan(self.bought), [(15, 7)])

    # === RPC === #

    def test_a_supplier_reaches_nothing_by_rpc(self):
        self._say(self.bought, "split", [(15, 10)])
        mine = self.bought.with_user(self.supplier)
        for method in (
            "action_hub_accept_answers",
            "action_hub_counter_answers",
            "action_acknowledge",
        ):
            with self.assertRaises(AccessError):
                getattr(mine, method)()
        with self.assertRaises(AccessError):
            mine.hub_answer([])
        for model in (
            "order.hub.supplier.answer",
            "order.hub.supplier.settlement",
            "order.hub.answer.reason",
            "order.hub.answer.counter",
        ):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.supplier).search([])
        with self.assertRaises(AccessError):
            mine.read(["hub_answer_state"])
        with self.assertRaises(AccessError):
            self.line.with_user(self.supplier).read(["hub_answer_id"])
