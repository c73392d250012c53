"""The probability from the wrong side: other companies, other people, RPC."""

from odoo.exceptions import AccessError
from odoo.service.model import get_public_method
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tests.common import JsonRpcException
from odoo.tools import mute_logger

from . import risk_histories as truth
from .risk_model_case import RiskModelCase

ACTIONS = ("action_train", "action_switch_off", "action_switch_on")
PRIVATE = (
    "_train",
    "_samples",
    "_chances",
    "_current_id",
    "_reader",
    "_spread",
    "_retire",
    "_put_in_force",
    "_cron_train",
    "_for_screen",
)


@tagged("post_install", "-at_install")
class TestRiskModelAccess(RiskModelCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Wuxi Plant"})
        cls._scheme(cls.other)
        cls._past(60, truth.by_factors)
        cls.trained = cls.Model._train(cls.company, cls.now)
        cls.portal = cls._user("risk_portal", "base.group_portal")
        cls.stranger = cls._user("risk_stranger", "order_hub.order_hub_group_manager")
        cls.stranger.write(
            {"company_ids": [(6, 0, cls.other.ids)], "company_id": cls.other.id}
        )

    def _as(self, user):
        return self.trained.with_user(user).with_context(
            allowed_company_ids=user.company_ids.ids
        )

    # === WHO MAY DECIDE === #

    def test_only_managers_train_and_switch(self):
        for user in (self.user, self.sales, self.operator, self.supervisor):
            for name in ACTIONS:
                with self.subTest(f"{user.login} {name}"):
                    with self.assertRaisesRegex(AccessError, "for managers"):
                        getattr(self._as(user), name)()
        self.assertEqual(self.Model.search_count([]), 1)
        self.assertFalse(self.company.hub_chance_is_off)

    def test_a_training_without_a_record_is_for_managers_too(self):
        with self.assertRaises(AccessError):
            self.Model.with_user(self.supervisor).action_train()

    def test_everybody_in_the_hub_may_read_why_it_is_off(self):
        seen = self._as(self.user)
        self.assertIn("60 orders", seen.reason_text)
        self.assertEqual(
            self.Model.with_user(self.user).panel_data()["id"], self.trained.id
        )

    def test_nobody_writes_a_model_by_hand(self):
        for user in (self.user, self.manager):
            seen = self._as(user)
            with self.assertRaises(AccessError):
                seen.write({"is_on": True})
            with self.assertRaises(AccessError):
                seen.unlink()
            with self.assertRaises(AccessError):
                seen.create(
                    {"company_id": self.company.id, "trained_at": self.now, "is_on": 1}
                )
            with self.assertRaises(AccessError):
                seen.copy()
        self.assertFalse(self.trained.is_on)

    # === OTHER COMPANIES === #

    def test_another_company_sees_nothing_of_it(self):
        seen = self._as(self.stranger)
        with self.assertRaises(AccessError):
            seen.read(["metrics", "parameters"])
        self.assertFalse(seen.search([]))
        self.assertFalse(seen.browse().panel_data())

    def test_another_company_decides_nothing_about_it(self):
        for name in ACTIONS:
            with self.subTest(name), self.assertRaises(AccessError):
                getattr(self._as(self.stranger), name)()
        self.assertFalse(self.company.hub_chance_is_off)

    def test_asking_for_the_panel_of_another_company_is_refused(self):
        Model = self._as(self.stranger).browse()
        for company_id in (self.company.id, 10**8):
            with self.assertRaisesRegex(AccessError, "not among those"):
                Model.panel_data(company_id)

    def test_training_without_a_record_is_about_the_own_company(self):
        action = self._as(self.stranger).browse().action_train()
        trained = self.Model.browse(action["res_id"])
        self.assertEqual((trained.company_id, trained.samples), (self.other, 0))

    def test_a_model_says_nothing_about_orders_of_another_company(self):
        self._past(800, truth.by_factors, truth.stuck)
        self.assertTrue(self.Model._train(self.company, self.now).is_on)
        self.assertNotEqual(self.Model._chances(self.company, self._known()), [None])
        self.assertEqual(self.Model._chances(self.other, self._known()), [None])

    # === PORTAL === #

    def test_portal_users_get_nothing(self):
        seen = self._as(self.portal)
        for work in (
            lambda: seen.read(["reason"]),
            lambda: seen.search([]),
            lambda: seen.panel_data(),
            lambda: seen.browse().action_train(),
            lambda: seen.action_switch_off(),
            lambda: seen.action_switch_on(),
        ):
            with self.assertRaises(AccessError):
                work()

    def test_portal_users_do_not_read_the_switch_of_their_company(self):
        with self.assertRaises(AccessError):
            self.company.with_user(self.portal).read(["hub_chance_is_off"])

    # === RPC === #

    def test_what_works_inside_is_not_reachable_from_outside(self):
        for name in PRIVATE:
            with self.subTest(name), self.assertRaises(AccessError):
                get_public_method(self.Model, name)

    def test_public_methods_answer_with_something(self):
        self.assertTrue(self._as(self.manager).action_switch_off())
        self.assertIsInstance(self._as(self.manager).panel_data(), dict)
        self.assertIsInstance(self._as(self.manager).action_train(), dict)


@tagged("post_install", "-at_install")
class TestRiskModelRpc(HttpCase):
    """The same by XML-RPC, as somebody with a password would try."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(
            cls.env,
            "risk_rpc",
            "order_hub.order_hub_group_user",
            context={"no_reset_password": True},
        )
        cls.trained = cls.env["order.hub.risk.model"].create(
            {"company_id": cls.env.company.id, "trained_at": truth.BEGIN}
        )

    def _call(self, method, *args):
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/order.hub.risk.model/{method}",
            {
                "model": "order.hub.risk.model",
                "method": method,
                "args": list(args),
                "kwargs": {},
            },
        )

    @mute_logger("odoo.http")
    def test_a_user_reads_and_changes_nothing(self):
        self.authenticate("risk_rpc", "risk_rpc")
        rows = self._call("search_read", [["id", "=", self.trained.id]], ["reason"])
        self.assertEqual(len(rows), 1)
        for method, args in (
            ("write", [self.trained.ids, {"is_on": True}]),
            ("unlink", [self.trained.ids]),
            ("create", [{"company_id": 1, "trained_at": "2026-01-01 00:00:00"}]),
            ("action_train", [self.trained.ids]),
            ("action_train", [[]]),
            ("action_switch_on", [self.trained.ids]),
            ("action_switch_off", [self.trained.ids]),
            ("_train", [1, "2026-01-01"]),
        ):
            with (
                self.subTest(method),
                self.assertRaisesRegex(JsonRpcException, "AccessError"),
            ):
                self._call(method, *args)
        self.assertFalse(self.trained.is_on)
