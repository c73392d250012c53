"""The radar and its probability, tried by people who want more than is theirs."""

import base64
import json
from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import get_public_method
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_risk import NOW, RiskCommon

EVIL = "<img src=x onerror=alert(1)>"
#: Ways into the own network, and out of what is meant.
INWARD = (
    "http://127.0.0.1:8069/web/database/manager",
    "http://localhost/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://10.0.0.1/",
    "http://192.168.0.1/",
    "http://0x7f000001/",
    "http://2130706433/",
    "http://0/",
)
NO_WEB = ("file:///etc/passwd", "gopher://127.0.0.1/", "ftp://x/", "/etc/passwd", "")


@tagged("post_install", "-at_install")
class TestRiskAttack(RiskCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._promised(1, 10)
        cls.Risk._recompute(cls.order, NOW)
        cls.risk = cls.order.hub_risk_id
        cls.portal = cls._user("attack_portal", "base.group_portal")
        cls.outsider = cls._user("attack_outsider", "base.group_user")
        cls.abroad = cls.env["res.company"].create({"name": "Other works"})
        cls.stranger = cls._user(
            "attack_stranger",
            "order_hub.order_hub_group_configurator,purchase.group_purchase_manager",
        )
        cls.stranger.write(
            {"company_id": cls.abroad.id, "company_ids": [(6, 0, cls.abroad.ids)]}
        )

    def _as(self, user, records):
        return records.with_user(user).with_context(
            allowed_company_ids=user.company_ids.ids
        )

    def _denied(self, *works):
        for number, work in enumerate(works):
            with self.subTest(number), self.assertRaises(AccessError):
                work()
                self.env.flush_all()

    # === NO WAY IN === #

    def test_what_works_inside_is_not_reachable_by_rpc(self):
        for model in (
            "order.hub.risk",
            "order.hub.risk.run",
            "order.hub.risk.call",
            "order.hub.risk.facts",
            "order.hub.risk.options",
            "order.hub.risk.notice",
            "order.hub.risk.source",
            "order.hub.risk.model",
        ):
            for name in dir(self.env[model]):
                own = getattr(type(self.env[model]), name, None)
                module = getattr(own, "__module__", "") or ""
                if name.startswith("_") and "order_hub_alerts" in module:
                    with self.subTest(f"{model}.{name}"):
                        with self.assertRaises(AccessError):
                            get_public_method(self.env[model], name)

    def test_customers_and_outsiders_reach_no_model_of_the_radar(self):
        models = [
            name
            for name in self.env
            if name.startswith("order.hub.risk") and not self.env[name]._abstract
        ]
        self.assertGreater(len(models), 6)
        for user in (self.portal, self.outsider):
            for name in models:
                with self.subTest(f"{user.login} {name}"):
                    with self.assertRaises(AccessError):
                        self.env[name].with_user(user).search([], limit=1).read(["id"])
                    with self.assertRaises(UserError):
                        self.env[name].with_user(user).create({})

    def test_customers_and_outsiders_call_no_method_of_the_radar(self):
        for user in (self.portal, self.outsider):
            risk, scheme = self._as(user, self.risk), self._as(user, self.scheme)
            quality = self.env["order.hub.risk.quality"].with_user(user)
            self._denied(
                lambda risk=risk: risk.action_judge(),
                lambda risk=risk: risk.action_take(0),
                lambda scheme=scheme: scheme.action_run_now(),
                lambda scheme=scheme: scheme.action_try().get("x") or scheme.read(),
                lambda quality=quality: quality.quality_data(),
                lambda quality=quality: quality.quality_orders("2026-03", "red", "hit"),
                lambda user=user: self._as(user, self.order).action_hub_judge_risk(),
                lambda user=user: self.order.with_user(user).read(
                    ["hub_risk", "hub_risk_probability"]
                ),
            )

    # === FORGING === #

    def test_not_even_an_administrator_writes_what_the_radar_says(self):
        admin = self.env.ref("base.user_admin")
        for user in (admin, self.manager):
            risk = self._as(user, self.risk)
            for work in (
                lambda risk=risk: risk.write({"colour": "green"}),
                lambda risk=risk: risk.write({"probability": 0.0}),
                lambda risk=risk: risk.create({"order_id": self.order.id}),
                lambda risk=risk: risk.unlink(),
                lambda risk=risk: risk.copy(),
            ):
                with self.assertRaises(UserError):
                    work()

    def test_history_that_quality_is_measured_by_is_not_forged(self):
        self._called(self.order, NOW + timedelta(days=10))
        call = self.env["order.hub.risk.call"].search(
            [("order_id", "=", self.order.id)]
        )
        for user in (self.manager, self.env.ref("base.user_admin")):
            seen = self._as(user, call)
            for work in (
                lambda seen=seen: seen.write({"outcome": "on_time"}),
                lambda seen=seen: seen.unlink(),
                lambda seen=seen: seen.create({"order_id": self.order.id}),
            ):
                with self.assertRaises(UserError):
                    work()
        with self.assertRaises(UserError):
            call.sudo().write({"share_progress": 0.0})
        with self.assertRaises(UserError):
            call.sudo().unlink()

    def test_the_probability_of_a_call_is_not_forged(self):
        trained = self.env["order.hub.risk.model"].create(
            {"company_id": self.company.id, "trained_at": NOW, "reason": "no_skill"}
        )
        seen = self._as(self.manager, trained)
        self._denied(
            lambda: seen.write({"is_on": True, "reason": False}),
            lambda: seen.write({"parameters": {}}),
            lambda: seen.web_save({"is_on": True}, {}),
            lambda: seen.web_save({"parameters": {}}, {}),
            lambda: (
                seen.load(["id", "is_on"], [[str(trained.id), "1"]])["ids"]
                or self._refused()
            ),
        )
        with self.assertRaises(UserError):
            seen.action_switch_on()

    def _refused(self):
        """Importing answers with messages where others raise."""
        raise AccessError(str(self))

    # === OTHER COMPANIES === #

    def test_another_company_starts_nothing_here(self):
        risk = self._as(self.stranger, self.risk)
        scheme = self._as(self.stranger, self.scheme)
        before = self.env["order.hub.risk.run"].search_count([])
        self._denied(
            lambda: risk.action_judge(),
            lambda: risk.action_take(0),
            lambda: scheme.action_run_now(),
            lambda: scheme.write({"red": 99}),
            lambda: scheme.write({"company_id": self.abroad.id}),
            lambda: scheme.copy({"company_id": self.abroad.id}),
            lambda: scheme.unlink(),
        )
        self.assertEqual(self.env["order.hub.risk.run"].search_count([]), before)

    def test_nobody_makes_a_radar_for_a_company_they_do_not_work_in(self):
        Scheme = self.env["order.hub.risk.scheme"].with_user(self.manager)
        self._denied(lambda: Scheme.create({"company_id": self.abroad.id}))

    def test_trying_on_the_history_of_another_company_is_refused(self):
        Trial = self._as(self.stranger, self.env["order.hub.risk.trial"])
        with self.assertRaises(UserError):
            trial = Trial.create(
                {
                    "scheme_id": self.scheme.id,
                    "date_from": "2026-01-01",
                    "date_to": "2026-04-01",
                    "yellow": 30,
                    "red": 60,
                }
            )
            trial.action_try()
        with self.assertRaises(AccessError):
            Trial.with_context(default_scheme_id=self.scheme.id).default_get(
                ["scheme_id", "red"]
            )

    def test_figures_of_the_own_company_hold_no_order_of_another(self):
        self._called(self.order, NOW - timedelta(days=9), outcome="late")
        Quality = self._as(self.stranger, self.env["order.hub.risk.quality"])
        self.env["order.hub.risk.scheme"].create({"company_id": self.abroad.id})
        data = Quality.quality_data()
        self.assertEqual(data["company_id"], self.abroad.id)
        for month in data["months"]:
            action = Quality.quality_orders(month["value"], "any", "miss")
            self.assertNotIn(self.order.id, action["domain"][0][2])

    # === NONSENSE === #

    def test_nonsense_is_refused_in_words(self):
        Quality = self.env["order.hub.risk.quality"].with_user(self.manager)
        usual = Quality.quality_data()["month"]
        for month in ("2026-13", "x' OR 1=1 --", "9999-01", 7, -1, [], {}, True):
            with self.subTest(repr(month)):
                self.assertEqual(Quality.quality_data(month)["month"], usual)
                with self.assertRaises(UserError):
                    Quality.quality_orders(month, "red", "hit")
        for caller, cell in (("nobody", "hit"), ("red", "nothing"), ("red", "id")):
            with self.assertRaises(UserError):
                Quality.quality_orders(usual, caller, cell)

    def test_a_suggestion_that_is_not_there_is_refused_in_words(self):
        for number in (-1, 99, "0", "__class__", None, 0.5, [], {}):
            with self.subTest(repr(number)), self.assertRaises(UserError):
                self.risk.with_user(self.manager).action_take(number)

    def test_settings_beyond_all_sense_are_refused(self):
        for values in (
            {"weight_progress": -1},
            {"red": 1e9},
            {"hours_ahead": 0},
            {"hours_ahead": -48},
            {"pace_most": 0},
            {"history_days": 10**9},
            {"min_samples": 0},
            {"min_each": -5},
        ):
            with self.subTest(str(values)), self.assertRaises(ValidationError):
                with self.cr.savepoint():
                    self.scheme.with_user(self.manager).write(values)

    # === SCRIPTS === #

    def test_names_of_others_run_no_script_in_the_breakdown(self):
        self.film_maker.name = EVIL
        self._history(self.film_maker, 6, 4)
        order = self._promised(1, 14, self.film)
        self._purchase(self.film_maker, self.film, [1], NOW + timedelta(days=15))
        [risk] = self._judged(order)
        self.assertNotIn("<img", risk.explanation)
        self.assertIn("&lt;img", risk.explanation)

    def test_a_notice_runs_no_script_either(self):
        self.env["order.hub.risk.notice"].create(
            {"name": EVIL, "country_ids": self.env.ref("base.cn").ids, "text": EVIL}
        )
        self.partner.country_id = self.env.ref("base.cn")
        self.order.partner_shipping_id.country_id = self.env.ref("base.cn")
        [risk] = self._judged(self.order)
        self.assertNotIn("<img", risk.explanation)

    # === THE WAY OUT === #

    def _source(self, url):
        return self.env["order.hub.risk.source"].create({"name": "Weather", "url": url})

    def test_a_source_cannot_be_used_to_look_into_the_own_network(self):
        for url in INWARD:
            with self.subTest(url), patch("socket.socket.connect") as connect:
                try:
                    source = self._source(url)
                except ValidationError:
                    continue
                source.action_fetch()
                self.assertTrue(source.error)
                self.assertFalse(source.notice_count)
                connect.assert_not_called()

    def test_an_address_that_is_no_web_address_is_refused(self):
        for url in NO_WEB:
            with self.subTest(url), self.assertRaises(UserError):
                with self.cr.savepoint():
                    self._source(url or " ")

    def test_only_managers_say_where_the_server_calls(self):
        source = self._source("https://weather.example.org/notices.json")
        for user in (self.user, self.operator, self.supervisor):
            seen = self._as(user, source)
            self._denied(
                lambda seen=seen: seen.write({"url": "https://evil.example.org/"}),
                lambda seen=seen: seen.action_fetch(),
                lambda seen=seen: seen.create({"name": "x", "url": "https://x.org/"}),
            )

    # === FILES === #

    def _import(self, raw, user=None):
        content = raw if isinstance(raw, str) else base64.b64encode(raw).decode()
        wizard = (
            self.env["order.hub.risk.notice.import"]
            .with_user(user or self.supervisor)
            .create({"content": content, "filename": "notices.csv"})
        )
        return wizard.action_import()

    @mute_logger("odoo.sql_db")
    def test_files_that_are_meant_to_hurt_are_refused_in_words(self):
        notice = {"title": "Storm", "country": "CN"}
        for raw in (
            b"[" * 100_000,
            b'{"a":' * 50_000,
            b"\xff\xfe\x00",
            b"\x89PNG\r\n",
            b'title\n"never closed',
            b"title\n" + b"x" * 200_000,
            b"title\n\x00\x00",
            json.dumps([{**notice, "start": "9999-12-31T23:59:59-23:59"}]).encode(),
            json.dumps([{**notice, "start": "0001-01-01T00:00:00+23:59"}]).encode(),
            json.dumps([{**notice, "start": "tomorrow"}]).encode(),
            json.dumps([{"title": {"a": [1]}}]).encode(),
            json.dumps([notice] * 5001).encode(),
            json.dumps([{**notice, "country": "'; DROP TABLE x; --"}]).encode(),
            json.dumps([1, None, "x"]).encode(),
            b"",
        ):
            with self.subTest(raw[:40]), self.assertRaises(UserError):
                with self.cr.savepoint():
                    self._import(raw)
        self.assertFalse(self.env["order.hub.risk.notice"].search([]))

    def test_text_that_databases_dislike_is_taken_without_it(self):
        raw = json.dumps([{"title": "a\x00b", "country": "CN"}]).encode()
        self._import(raw)
        self.assertEqual(self.env["order.hub.risk.notice"].search([]).name, "ab")

    def test_operators_import_no_notices(self):
        self._denied(lambda: self._import(b"title,country\nStorm,CN", self.operator))
