from odoo.tests import tagged
from odoo.tools import file_open

from .alone import AloneCommon


@tagged("post_install", "-at_install")
class TestNeutralize(AloneCommon):
    """A copied production database is disarmed."""

    def _neutralize(self):
        self.env.flush_all()
        with file_open("order_hub_connectors/data/neutralize.sql") as queries:
            self.env.cr.execute(queries.read())
        self.env.invalidate_all()

    def test_a_copy_fetches_nothing_tells_nothing_and_holds_no_secret(self):
        self.shop.sudo().write({"receive_token": "token", "cursor": "page-7"})
        secret = self.env["order.hub.channel.parameter"].sudo()
        setting = secret.create({"channel_id": self.shop.id, "name": "token"})
        self.env.cr.execute(
            "UPDATE order_hub_channel_parameter SET sealed = 'x' WHERE id = %s",
            (setting.id,),
        )
        job = self.shop.with_delay(description="Fetch test-shop")._job_pull()
        self._neutralize()
        self.assertEqual(self.shop.intake_state, "off")
        self.assertFalse(self.shop.sudo().receive_token)
        self.assertFalse(self.shop.cursor)
        self.assertIn("neutralized.invalid", self.shop.base_url)
        self.env.cr.execute(
            "SELECT count(*) FROM order_hub_channel_parameter WHERE sealed IS NOT NULL"
        )
        self.assertEqual(self.env.cr.fetchone()[0], 0)
        self.assertEqual(job.db_record().state, "cancelled")

    def test_doing_it_twice_changes_nothing_more(self):
        self.env.cr.execute(
            "UPDATE order_hub_channel SET base_url = %s WHERE id = %s",
            ("https://shop.example.com", self.shop.id),
        )
        self._neutralize()
        once = self.shop.base_url
        self._neutralize()
        self.assertEqual(self.shop.base_url, once)
        self.assertIn("https://shop.example.com", once)
