import base64
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.order_hub.engine.web.client import Client
from odoo.addons.order_hub.tests.stand_in import Answer, StandIn

from .common_risk import RiskCommon

CSV = (
    "reference,title,severity,start,end,country,city\n"
    "T-1,Typhoon,critical,2026-03-10 00:00,2026-03-12 00:00,CN,Ningbo\n"
    "T-2,Road closed,warning,,,CN,Wuxi\n"
)


class Weather(StandIn):
    """A weather service that answers with a table."""

    text = CSV

    def answer(self, call):
        return Answer(self.text)


@tagged("post_install", "-at_install")
class TestRiskNotice(RiskCommon):
    """Notices: entered, imported, fetched."""

    def setUp(self):
        super().setUp()
        self.Notice = self.env["order.hub.risk.notice"]

    def imported(self, text, user=None):
        wizard = self.env["order.hub.risk.notice.import"]
        return wizard.with_user(user or self.supervisor).create(
            {"content": base64.b64encode(text.encode())}
        )

    def test_a_table_is_imported(self):
        self.supervisor.tz = "Asia/Shanghai"
        action = self.imported(CSV).action_import()
        notices = self.Notice.search(action["domain"], order="name desc")
        self.assertEqual(notices.mapped("name"), ["Typhoon", "Road closed"])
        self.assertEqual(str(notices[0].date_from), "2026-03-09 16:00:00")
        self.assertEqual(notices[0].country_ids, self.env.ref("base.cn"))
        self.assertEqual(set(notices.mapped("origin")), {"imported"})

    def test_a_table_with_a_mistake_is_taken_as_a_whole_or_not(self):
        for text, words in (
            ("title,country\nA,CN\nB,Utopia\n", "utopia"),
            ("title,carrier\nA,Nobody\n", "nobody"),
            ("title,state\nA,Nowhere\n", "nowhere"),
            ("title\nA\n", "no place"),
            ("\x00", "cannot be read"),
        ):
            before = self.Notice.search_count([])
            with self.assertRaisesRegex(UserError, words), self.cr.savepoint():
                self.imported(text).action_import()
            self.assertEqual(self.Notice.search_count([]), before)

    def test_a_notice_about_no_place_is_refused(self):
        with self.assertRaisesRegex(UserError, "no place"):
            self.Notice.create({"name": "Bad feeling"})

    def test_only_supervisors_write_notices(self):
        vals = {"name": "Storm", "cities": "Wuxi"}
        for user in (self.sales, self.operator):
            with self.assertRaises(AccessError):
                self.Notice.with_user(user).create(vals)
        self.assertTrue(self.Notice.with_user(self.supervisor).create(vals))

    # === FETCHED === #

    def source(self, url):
        return self.env["order.hub.risk.source"].create({"name": "Weather", "url": url})

    def fetch(self, source):
        """Fetch from a local stand-in, which no setting could allow."""
        local = Client(allow_private=True, tries=1)
        with patch.object(type(source), "_client", lambda self: local):
            return source.with_user(self.manager).action_fetch()

    def test_notices_are_fetched_and_renewed_by_their_reference(self):
        with Weather() as weather:
            source = self.source(weather.url)
            self.fetch(source)
            self.assertFalse(source.error)
            self.assertEqual(source.notice_count, 2)
            weather.text = CSV.replace("Typhoon", "Weaker typhoon")
            self.fetch(source)
        notices = self.Notice.search([("source_id", "=", source.id)])
        self.assertEqual(len(notices), 2)
        self.assertIn("Weaker typhoon", notices.mapped("name"))
        self.assertEqual(set(notices.mapped("origin")), {"fetched"})

    def test_a_source_that_fails_says_why_and_changes_nothing(self):
        with Weather() as weather:
            source = self.source(weather.url)
            self.fetch(source)
            weather.text = "<html>maintenance</html>"
            self.fetch(source)
        self.assertTrue(source.error)
        self.assertEqual(self.Notice.search_count([("source_id", "=", source.id)]), 2)

    def test_a_source_inside_the_own_network_is_not_called(self):
        with Weather() as weather:
            source = self.source(weather.url)
            source.with_user(self.manager).action_fetch()
            self.assertFalse(weather.calls)
        self.assertIn("network", source.error)
        for url in (
            "file:///etc/passwd",
            "https://user:pw@example.org",
            "javascript:1",
        ):
            with self.assertRaises(UserError):
                self.source(url)

    def test_only_managers_set_sources(self):
        source = self.source("https://weather.example.org/alerts")
        with self.assertRaises(AccessError):
            source.with_user(self.supervisor).write({"url": "https://example.org"})
        with self.assertRaises(AccessError):
            source.with_user(self.supervisor).action_fetch()
        with self.assertRaises(AccessError):
            source.with_user(self.sales).read(["url"])
