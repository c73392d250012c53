"""Credentials are written and never read again, and go where they belong only."""

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..adapters.registry import ADAPTERS
from .common import ConnectorsCommon, PaperShop
from .refusals import Refusals

SECRET = "secret of paper"


@tagged("post_install", "-at_install")
class TestSecretsStayIn(Refusals, ConnectorsCommon):
    """Every road to a secret that somebody tried."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_company = cls.env["res.company"].create({"name": "Other"})

    def _parameters(self):
        return self.channel.parameter_ids.with_user(self.configurator)

    def test_a_secret_is_read_by_no_road(self):
        rows, channel = self._parameters(), self.channel.with_user(self.configurator)
        token = rows.filtered(lambda row: row.name == "token")
        sealed = token.sudo().sealed
        names = [
            "name",
            "label",
            "value",
            "new_secret",
            "is_set",
            "is_secret",
            "display_name",
        ]
        told = [
            rows.read(),
            rows.read(names),
            rows.web_read({name: {} for name in names}),
            channel.web_read({"parameter_ids": {"fields": {"value": {}, "name": {}}}}),
            channel.read(),
            rows.export_data(names),
            channel.export_data(["name", "parameter_ids/value", "parameter_ids/name"]),
            rows.name_search(SECRET),
            rows.fields_get(),
            rows.default_get(list(rows._fields)),
            rows.search_read([("name", "=", "token")]),
            channel.copy({"code": "copied"}).parameter_ids.read(),
            channel.action_test_connection(),
        ]
        self.assertTrue(token.is_set)
        for answer in told:
            text = str(answer)
            self.assertNotIn(SECRET, text)
            self.assertNotIn(sealed, text)

    def test_the_columns_of_secrets_are_closed(self):
        rows, channel = self._parameters(), self.channel.with_user(self.configurator)
        for name in ("plain", "sealed"):
            self.assertNotIn(name, rows.fields_get())
            for attack in (
                lambda name=name: rows.read([name]),
                lambda name=name: rows.search([(name, "=like", "g%")]),
                lambda name=name: rows.search([], order=name),
                lambda name=name: rows.formatted_read_group([], [name], ["__count"]),
                lambda name=name: rows._read_group([], [], [f"{name}:array_agg"]),
                lambda name=name: rows.export_data([name]),
                lambda name=name: channel.search([(f"parameter_ids.{name}", "!=", 0)]),
                lambda name=name: rows.write({name: "x"}),
                lambda name=name: rows.web_read({name: {}}),
                lambda name=name: rows.mapped(name),
                lambda name=name: rows.filtered_domain([(name, "!=", False)]),
            ):
                with self._refused():
                    attack()

    def test_a_secret_is_not_renamed_into_a_setting_that_is_shown(self):
        token = self._parameters().filtered(lambda row: row.name == "token")
        shop = self._parameters() - token
        shop.sudo().unlink()
        other = self._paper_channel("paper-2")
        for vals in (
            {"name": "shop"},
            {"channel_id": other.id},
            {"company_id": self.other_company.id},
            {"is_secret": False},
        ):
            with self.assertRaises(AccessError):
                token.write(vals)
            with self.assertRaises(AccessError):
                self.channel.with_user(self.configurator).write(
                    {"parameter_ids": [Command.update(token.id, vals)]}
                )
        with self.assertRaises(AccessError):
            other.with_user(self.configurator).write(
                {"parameter_ids": [Command.create({"name": "shop", "value": "x"})]}
            )

    def test_a_secret_goes_to_no_other_host_than_the_one_it_was_entered_for(self):
        channel = self.channel.with_user(self.configurator)
        token = channel.parameter_ids.filtered(lambda row: row.name == "token")
        channel.base_url = "https://paper-shop.example.com/api/v2"
        self.assertTrue(token.is_set, "the same host keeps it")
        for url in (
            "https://evil.example.com",
            "http://paper-shop.example.com",
            "https://paper-shop.example.com:8443",
            "https://paper-shop.example.com.evil.example.com",
        ):
            channel.base_url = False
            token.value = SECRET
            channel.base_url = url
            self.assertFalse(token.is_set, url)
        draft = channel.new({"base_url": "https://evil.example.com"}, origin=channel)
        self.assertFalse(draft._onchange_base_url(), "nothing is left to forget")
        token.value = SECRET
        self.assertIn("Token", draft._onchange_base_url()["warning"]["message"])
        channel.write(
            {
                "base_url": "https://new.example.com",
                "parameter_ids": [Command.update(token.id, {"value": "new"})],
            }
        )
        self.assertTrue(token.is_set, "entered together with the address")
        self.assertEqual(token.sudo()._text(), "new")

    def test_another_platform_gets_no_secret_of_the_one_before(self):
        class Twin(PaperShop):
            code, base_url = "paper_twin", "https://twin.example.com"

        with patch.dict(ADAPTERS, {"paper_twin": Twin}):
            self.channel.with_user(self.configurator).adapter = "paper_twin"
            self.assertFalse(any(self.channel.parameter_ids.mapped("sealed")))
            self.assertEqual(self.channel._access().values["token"], "")
            self.assertEqual(self.channel._access().values["shop"], "main")

    def test_jobs_and_failures_tell_no_secret(self):
        channel = self.channel.with_user(self.configurator)
        channel.action_pull()
        self.channel._issue_tickets()
        self.env.flush_all()
        self.env.cr.execute("SELECT queue_job::text FROM queue_job")
        for (row,) in self.env.cr.fetchall():
            self.assertNotIn(SECRET, row)
        self.assertNotIn(SECRET, repr(self.channel._access()))
        for user in (self.sales, self.operator):
            with self.assertRaises(AccessError):
                self.env["queue.job"].with_user(user).search([])

    def test_the_address_for_deliveries_is_for_configurators(self):
        for user in (self.sales, self.operator):
            channel = self.channel.with_user(user)
            for attack in (
                lambda row: row.read(["receive_token"]),
                lambda row: row.search([("receive_token", "=like", "a%")]),
                lambda row: row.read(["receive_url"]),
                lambda row: row.export_data(["receive_token"]),
            ):
                with self._refused():
                    attack(channel)
