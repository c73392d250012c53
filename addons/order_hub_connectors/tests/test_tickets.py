from odoo.tests import tagged

from ..const import BATCH, TICKETS
from .common import ConnectorsCommon


@tagged("post_install", "-at_install")
class TestTickets(ConnectorsCommon):
    """Enough jobs for what arrives, and not one for each."""

    def _receive(self, *messages):
        inbound = self.env["order.hub.inbound"].sudo()
        return inbound._receive(self.channel, list(messages))

    def _tickets(self):
        keys = self.channel._ticket_keys()
        jobs = self.env["queue.job"].sudo().search([("identity_key", "in", keys)])
        return jobs.sorted("id")

    def test_a_delivery_while_a_job_waits_is_one_statement(self):
        first, second = self._message("Q-0"), self._message("Q-1")
        self._receive(first)
        self.assertEqual(self._queries(lambda: self._receive(second)), 1)

    def test_what_arrives_when_the_job_has_begun_gets_a_job_of_its_own(self):
        self._receive(self._message("Q-2"))
        self._tickets().write({"state": "started"})
        self.env.flush_all()
        self._receive(self._message("Q-3"))
        self._receive(self._message("Q-4"))
        self.assertEqual(self._tickets().mapped("state"), ["started", "pending"])

    def test_deliveries_of_one_second_share_a_job_and_what_is_left_gets_one_at_once(
        self,
    ):
        self._receive(self._message("Q-9"))
        self.assertTrue(self._tickets().eta)
        self._tickets().unlink()
        self.channel._issue_tickets()
        self.assertFalse(self._tickets().eta)

    def test_more_than_a_job_takes_issues_several_and_never_too_many(self):
        self._receive(self._message("Q-5"))
        self._receive(*[self._message(f"Q-6-{n}") for n in range(2 * BATCH)])
        self.assertEqual(len(self._tickets()), 2)
        self._receive(*[self._message(f"Q-7-{n}") for n in range(TICKETS * BATCH)])
        self.assertEqual(len(self._tickets()), TICKETS)

    def test_what_a_paused_channel_stores_issues_no_ticket(self):
        self.channel.action_pause()
        self._receive(self._message("Q-8"))
        self.assertFalse(self._tickets())
        self.channel.action_switch_on()
        self.assertEqual(len(self._tickets()), 1)

    def test_what_arrives_issues_a_ticket_and_not_one_for_each(self):
        jobs = self.env["queue.job"].sudo()
        domain = [("method_name", "=", "_job_intake"), ("state", "=", "pending")]
        before = jobs.search_count(domain)
        for number in range(5):
            self._receive(self._message(f"V-{number}"))
        self.assertEqual(jobs.search_count(domain) - before, 1)
