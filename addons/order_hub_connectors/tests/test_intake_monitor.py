from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..adapters.base import AuthenticationFailed, ChannelDown
from ..const import AUTHENTICATION_TRIES
from .alone import AloneCommon


@tagged("post_install", "-at_install")
class TestIntakeMonitor(AloneCommon):
    def _data(self, user=None):
        self.env.flush_all()
        Monitor = self.env["order.hub.intake.monitor"].with_user(user or self.operator)
        return Monitor.monitor_data()

    def _row(self, channel, data=None):
        rows = (data or self._data())["channels"]
        return next(row for row in rows if row["id"] == channel.id)

    def _count(self, channel, name):
        return self._row(channel)["figures"][name]["count"]

    # === FIGURES === #

    def test_it_counts_what_came_in_today_and_what_waits_now(self):
        self._receive(
            self.shop,
            self._payload("S-1"),
            self._payload("S-2", unknown_field="x"),
            self._payload("S-3"),
        )
        counts = {
            name: figure["count"]
            for name, figure in self._row(self.shop)["figures"].items()
        }
        self.assertEqual(counts["received"], 3)
        self.assertEqual(counts["processed"], 2)
        self.assertEqual(counts["attention"], 1)
        self.assertEqual(counts["waiting"] + counts["failed"], 0)

    def test_every_figure_and_the_list_behind_it_agree(self):
        self._receive(
            self.shop, self._payload("S-1"), self._payload("S-2", unknown_field="x")
        )
        self._take(self.chat, "C-1")
        data = self._data()
        parts = [(row["name"], row["figures"]) for row in data["channels"]]
        for part, figures in [*parts, ("all", data["totals"])]:
            for name, figure in figures.items():
                with self.subTest(part=part, figure=name):
                    Model = self.env[figure["model"]].with_user(self.operator)
                    behind = Model.search_count(figure["domain"])
                    self.assertEqual(figure["count"], behind)
        self.assertEqual(self._count(self.chat, "repeats"), 1)

    def test_yesterday_is_not_today(self):
        row = self._take(self.shop, "S-1")
        past = fields.Datetime.now() - timedelta(days=1, hours=1)
        row.sudo().write({"received_at": past, "processed_at": past})
        figures = self._row(self.shop)["figures"]
        self.assertEqual(figures["received"]["count"], 0)
        self.assertEqual(figures["processed"]["count"], 0)

    def test_the_day_begins_at_the_readers_midnight(self):
        self.operator.tz = "Asia/Shanghai"
        Monitor = self.env["order.hub.intake.monitor"].with_user(self.operator)
        midnight = Monitor._midnight(fields.Datetime.to_datetime("2026-03-15 17:00:00"))
        self.assertEqual(str(midnight), "2026-03-15 16:00:00")

    def test_the_oldest_that_waits_is_shown_with_its_age_and_opens(self):
        rows = self._receive(
            self.shop,
            self._payload("S-1", unknown_field="x"),
            self._payload("S-2", unknown_field="x"),
        )
        past = fields.Datetime.now() - timedelta(hours=5)
        rows[1].sudo().received_at = past
        oldest = self._row(self.shop)["oldest"]
        self.assertAlmostEqual(oldest["hours"], 5, delta=0.1)
        found = self.env["order.hub.inbound"].search(oldest["domain"])
        self.assertEqual(found, rows[1])
        self.assertFalse(self._row(self.chat)["oldest"])

    def test_each_hour_has_its_bar_and_the_newest_is_last(self):
        row = self._take(self.shop, "S-1")
        self._take(self.shop, "S-2", goods={self.nut: 1})
        row.sudo().received_at = fields.Datetime.now() - timedelta(hours=3, minutes=30)
        hours = self._row(self.shop)["hours"]
        self.assertEqual(len(hours), 24)
        self.assertEqual((hours[-1], hours[-4], sum(hours)), (1, 1, 2))

    def test_classes_of_errors_are_counted_and_open_their_messages(self):
        self._receive(
            self.shop,
            self._payload("S-1", unknown_field="x", other_field="y"),
            self._payload("S-2", unknown_field="x"),
            self._payload("S-3", currency=7.5),
        )
        errors = self._row(self.shop)["errors"]
        self.assertEqual(errors[0]["code"], "map.unknown_field")
        self.assertEqual(errors[0]["count"], 2, "Two messages, not three problems.")
        for error in errors:
            behind = self.env["order.hub.inbound"].search_count(error["domain"])
            self.assertEqual(error["count"], behind)
            self.assertTrue(error["label"])

    def test_accuracy_is_the_share_that_nobody_had_to_correct(self):
        rows = self._receive(
            self.shop,
            *[self._payload(f"S-{n}", goods={self.nut: n}) for n in (1, 2, 3, 4)],
        )
        rows[0].sudo().is_corrected = True
        accuracy = self._row(self.shop)["accuracy"]
        self.assertEqual((accuracy["share"], accuracy["done"]), (0.75, 4))
        found = self.env["order.hub.inbound"].search(accuracy["domain"])
        self.assertEqual(found, rows[0])
        self.assertFalse(self._row(self.chat)["accuracy"])

    def test_jobs_are_counted_for_their_own_channel(self):
        other = self._channel("Shop EU", "test-shop-eu")
        for channel, number in ((self.shop, 2), (other, 1)):
            for n in range(number):
                channel.with_delay(
                    description=f"Intake {channel.code} #{n}"
                )._job_intake()
        self.assertEqual(self._row(self.shop)["jobs"]["waiting"], 2)
        self.assertEqual(self._row(other)["jobs"]["waiting"], 1)

    def test_a_broken_channel_comes_first_and_says_why(self):
        self.chat._set_intake("broken", "Token expired")
        data = self._data()
        row = data["channels"][0]
        self.assertEqual(row["id"], self.chat.id)
        self.assertEqual(row["reason"], "Token expired")

    def test_a_database_without_channels_has_an_empty_monitor(self):
        self.env["order.hub.channel"].search([]).active = False
        data = self._data()
        self.assertEqual(data["channels"], [])
        self.assertEqual(data["totals"]["failed"]["count"], 0)

    # === WHO === #

    def test_a_salesperson_has_no_monitor(self):
        with self.assertRaises(AccessError):
            self._data(self.sales)

    def test_another_company_sees_its_own_channels_only(self):
        company = self.env["res.company"].create({"name": "Abroad Ltd."})
        foreign = self._user("hub_foreign", "order_hub.order_hub_group_supervisor")
        foreign.write({"company_ids": company.ids, "company_id": company.id})
        self.assertEqual(self._data(foreign)["channels"], [])

    def test_no_secret_and_no_token_leaves_with_the_figures(self):
        self.shop.sudo().receive_token = "token-of-the-shop"
        self.assertNotIn("token-of-the-shop", str(self._data()))

    # === COST === #

    def test_fifty_messages_cost_no_more_queries_than_one(self):
        self._take(self.shop, "S-0")
        self.assertLessEqual(self._queries(self._data), MONITOR_QUERIES)
        self._receive(
            self.shop,
            *[self._payload(f"S-{n}", unknown_field="x") for n in range(1, 51)],
        )
        self.assertLessEqual(self._queries(self._data), MONITOR_QUERIES)


#: Eight grouped ones, and reading the user, the channels and their settings.
MONITOR_QUERIES = 24


@tagged("post_install", "-at_install")
class TestChannelBroken(AloneCommon):
    """Refused again and again: off by itself, loudly, and on again when tried."""

    def _refuse(self, times=AUTHENTICATION_TRIES):
        for _number in range(times):
            self.shop._failed(AuthenticationFailed("Token expired"))

    def test_the_fifth_refusal_in_a_row_switches_the_channel_off(self):
        self._refuse(AUTHENTICATION_TRIES - 1)
        self.assertEqual(self.shop.intake_state, "on")
        self._refuse(1)
        self.assertEqual(self.shop.intake_state, "broken")
        self.assertEqual(self.shop.intake_reason, "Token expired")

    def test_one_success_between_refusals_begins_the_count_anew(self):
        self._refuse(AUTHENTICATION_TRIES - 1)
        self.shop._worked()
        self._refuse(1)
        self.assertEqual(self.shop.intake_state, "on")

    def test_a_platform_that_is_down_does_not_switch_the_channel_off(self):
        for _number in range(20):
            self.shop._failed(ChannelDown("No answer"))
        self.assertEqual(self.shop.intake_state, "on")

    def test_the_one_responsible_gets_a_to_do_and_an_e_mail_once(self):
        self.shop.responsible_id = self.supervisor
        self.supervisor.partner_id.email = "boss@example.com"
        self._refuse()
        self._refuse()
        self.assertEqual(self.shop.activity_ids.user_id, self.supervisor)
        self.assertEqual(len(self.shop.activity_ids), 1)
        mail = self.env["mail.mail"].search(
            [("model", "=", "order.hub.channel"), ("res_id", "=", self.shop.id)]
        )
        self.assertEqual(len(mail), 1)
        self.assertIn("Shop", mail.subject)
        self.assertEqual(mail.recipient_ids, self.supervisor.partner_id)
        self.assertIn("Token expired", mail.body_html)

    def test_without_one_responsible_all_configurators_are_told(self):
        boss = self._user("hub_boss", "order_hub.order_hub_group_configurator")
        self._refuse()
        self.assertIn(boss, self.shop.activity_ids.user_id)
        self.assertNotIn(self.operator, self.shop.activity_ids.user_id)

    def test_deliveries_are_still_kept_while_the_channel_is_broken(self):
        self._refuse()
        self.assertTrue(self.shop._stores())

    def test_it_is_switched_on_again_only_when_the_platform_lets_us_in(self):
        self._refuse()
        self.shop.adapter = next(iter(dict(self.shop._adapter_selection())))
        Channel = self.env.registry["order.hub.channel"]
        with patch.object(Channel, "_check_settings", lambda channel: None):
            self.platform.failure = AuthenticationFailed("Still expired")
            with self.assertRaisesRegex(UserError, "Still expired"):
                self.shop.action_switch_on()
            self.assertEqual(self.shop.intake_state, "broken")
            self.platform.failure = None
            self.shop.action_switch_on()
        self.assertEqual(self.shop.intake_state, "on")
        self.assertFalse(self.shop.activity_ids)

    def test_who_may_not_change_the_channel_does_not_switch_it_on(self):
        self._refuse()
        with self.assertRaises(AccessError):
            self.shop.with_user(self.operator).action_switch_on()
