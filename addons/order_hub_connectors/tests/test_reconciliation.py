from datetime import date, datetime, timedelta, timezone
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..adapters.base import (
    AuthenticationFailed,
    ChannelDown,
    Listed,
    Refused,
    Throttled,
)
from .alone import AloneCommon

DAY = date(2026, 3, 15)
NOON = datetime(2026, 3, 15, 12)


@tagged("post_install", "-at_install")
class TestReconciliation(AloneCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = "UTC"
        cls.jobs = []
        Channel = cls.env.registry["order.hub.channel"]
        Run = cls.env.registry["order.hub.reconciliation"]
        cls._patch(Run, "_enqueue", lambda self, after=None: cls.jobs.append(after))

        def can_list(self):
            for channel in self:
                for name in self._abilities():
                    channel[name] = name == "can_list"

        cls._patch(Channel, "_compute_abilities", can_list)

    # === BUILDERS === #

    def _list(self, ref, amount=1920.0, currency=None, at=NOON, **vals):
        currency = currency or self.company.currency_id.name
        moment = at.replace(tzinfo=timezone.utc)
        self.platform.listed.append(Listed(ref, amount, currency, "", moment, **vals))

    def _here(self, ref, at=NOON, **values):
        """Have an order of the day in the hub, through its inbound order."""
        moment = f"{at.isoformat()}Z"
        row = self._take(self.shop, ref, date=moment, **values)
        self.env.cr.execute(
            "UPDATE order_hub_inbound SET received_at = %s WHERE id = %s", (at, row.id)
        )
        row.invalidate_recordset(["received_at"])
        return row

    def _run(self, channel=None):
        run = self.env["order.hub.reconciliation"]._start(channel or self.shop, DAY)
        self._work(run)
        return run

    def _work(self, run, most=60):
        """Do jobs until there are no more."""
        for _number in range(most):
            if run.state != "running":
                return
            run._job_piece()
        self.fail("The reconciliation does not end.")

    def _lines(self, run):
        return {line.external_ref: line.kind for line in run.line_ids}

    # === WHAT IS FOUND === #

    def test_a_day_on_which_both_agree_has_no_differences(self):
        self._here("S-1")
        self._list("S-1")
        run = self._run()
        self.assertEqual(run.state, "done")
        self.assertFalse(run.line_ids)
        self.assertEqual((run.there_count, run.here_count), (1, 1))
        self.assertEqual(run.total_ids.difference, 0)

    def test_an_order_missing_here_is_fetched_at_once(self):
        self._list("S-2")
        self.platform.orders["S-2"] = self._payload("S-2")
        run = self._run()
        line = run.line_ids
        self.assertEqual((line.kind, line.state), ("missing_here", "fetched"))
        self.assertEqual(line.inbound_id.external_ref, "S-2")
        self.assertEqual(line.inbound_id.state, "received")
        self.assertEqual(run.open_count, 0)

    def test_what_the_channel_lists_and_does_not_give_stays_open(self):
        self._list("S-3")
        run = self._run()
        self.assertEqual(run.line_ids.state, "open")
        self.assertIn("does not give it", run.line_ids.todo)

    def test_an_order_that_the_channel_does_not_know_is_listed(self):
        row = self._here("S-4")
        run = self._run()
        self.assertEqual(self._lines(run), {"S-4": "missing_there"})
        self.assertEqual(run.line_ids.order_id, row.order_id)
        self.assertEqual(run.total_ids.difference, 1920.0)

    def test_an_order_listed_under_another_day_is_no_difference(self):
        self._here("S-5")
        self._list("S-5", at=NOON - timedelta(days=1))
        self.platform.orders["S-5"] = self._payload("S-5")
        run = self._run()
        self.assertEqual(run.line_ids.state, "settled")
        self.assertEqual(run.open_count, 0)
        self.assertEqual(run.missing_there, 0)

    def test_another_amount_or_currency_is_a_difference_and_a_cent_is_one(self):
        self._here("S-6")
        self._here("S-7")
        self._here("S-8")
        self._list("S-6", amount=1920.01)
        self._list("S-7", currency="XAU")
        self._list("S-8", amount=1920.001)
        run = self._run()
        self.assertEqual(self._lines(run), {"S-6": "amount", "S-7": "amount"})

    def test_cancellations_on_one_side_only_are_listed_both_ways(self):
        self._here("S-10")
        self._here("S-11").order_id.action_cancel()
        self._here("S-12").order_id.action_cancel()
        self._list("S-10", is_cancelled=True)
        self._list("S-11")
        self._list("S-12", is_cancelled=True)
        self._list("S-13", is_cancelled=True)
        run = self._run()
        expected = {"S-10": "cancelled_there", "S-11": "cancelled_here"}
        self.assertEqual(self._lines(run), expected)
        self.assertEqual((run.cancelled_there, run.cancelled_here), (1, 1))

    def test_what_waits_for_a_person_is_not_missing(self):
        self._here("S-14", unknown_field="something")
        self._list("S-14")
        run = self._run()
        self.assertEqual(self._lines(run), {"S-14": "waiting"})

    def test_a_repeat_that_was_merged_is_accounted_for(self):
        row = self._here("S-15", unknown_field="something")
        row.sudo().write({"state": "duplicate"})
        self._list("S-15")
        self.assertFalse(self._run().line_ids)

    def test_money_is_added_up_by_currency_without_what_was_cancelled(self):
        self._here("S-16")
        self._here("S-17").order_id.action_cancel()
        self._list("S-16", amount=1900.0)
        self._list("S-17", is_cancelled=True)
        self._list("S-18", amount=7.0, currency="XAU")
        totals = {row.currency: row for row in self._run().total_ids}
        own = totals[self.company.currency_id.name]
        self.assertEqual((own.amount_there, own.amount_here), (1900.0, 1920.0))
        self.assertEqual(own.difference, 20.0)
        self.assertEqual((totals["XAU"].count_there, totals["XAU"].count_here), (1, 0))

    def test_other_channels_and_other_days_are_left_alone(self):
        self._take(self.chat, "S-19", goods={self.nut: 1})
        self._here("S-20", at=NOON - timedelta(days=1))
        self._here("S-21", at=datetime(2026, 3, 16))
        self.assertFalse(self._run().line_ids)

    # === JOBS === #

    def test_a_job_that_dies_is_taken_up_where_it_was(self):
        for hour in (1, 7, 13, 19):
            self._here(f"S-{hour}", at=datetime(2026, 3, 15, hour))
            self._list(f"S-{hour}", at=datetime(2026, 3, 15, hour))
        run = self.env["order.hub.reconciliation"]._start(self.shop, DAY)
        run._job_piece()
        run._job_piece()
        self.assertEqual(run.listed_until, datetime(2026, 3, 15, 12))
        asked = []
        real = type(self.platform).list_orders

        def listing(platform, since, until):
            asked.append(since.hour)
            return real(platform, since, until)

        with patch.object(type(self.platform), "list_orders", listing):
            self._work(run)
        self.assertEqual(asked, [12, 18])
        self.assertFalse(run.line_ids)
        self.assertEqual(run.there_count, 4)

    def test_what_was_listed_is_not_kept_after_the_comparison(self):
        self._list("S-1")
        run = self._run()
        items = self.env["order.hub.reconciliation.item"].sudo()
        self.assertFalse(items.search([("reconciliation_id", "=", run.id)]))

    def test_what_is_listed_twice_counts_once(self):
        self._here("S-1")
        self._list("S-1", amount=1.0)
        self._list("S-1")
        run = self._run()
        self.assertFalse(run.line_ids)
        self.assertEqual(run.there_count, 1)

    def test_a_platform_that_is_down_or_busy_is_asked_again_later(self):
        run = self.env["order.hub.reconciliation"]._start(self.shop, DAY)
        self.jobs.clear()
        self.platform.failure = Throttled("Too many", retry_after=90)
        run._job_piece()
        self.platform.failure = ChannelDown("No answer")
        run._job_piece()
        self.assertEqual([after.seconds for after in self.jobs], [90, 600])
        self.assertEqual(run.state, "running")
        self.platform.failure = None
        self._work(run)
        self.assertEqual((run.state, run.tries, run.error), ("done", 0, False))

    def test_a_platform_that_stays_down_ends_the_run_with_the_reason(self):
        run = self.env["order.hub.reconciliation"]._start(self.shop, DAY)
        self.platform.failure = ChannelDown("No answer")
        self._work(run)
        self.assertEqual(run.state, "failed")
        self.assertEqual(run.error, "No answer")

    def test_a_refusal_ends_the_run_and_refused_credentials_are_counted(self):
        self.platform.failure = Refused("Not allowed")
        self.assertEqual(self._run().state, "failed")
        self.platform.failure = AuthenticationFailed("Wrong token")
        before = self.shop.failed_logins
        self.assertEqual(self._run().state, "failed")
        self.assertEqual(self.shop.failed_logins, before + 1)

    def test_a_channel_whose_platform_cannot_list_says_so(self):
        def nothing(self):
            for channel in self:
                for name in self._abilities():
                    channel[name] = False

        Channel = self.env.registry["order.hub.channel"]
        with patch.object(Channel, "_compute_abilities", nothing):
            self.shop.invalidate_recordset()
            run = self._run()
        self.assertEqual(run.state, "unsupported")
        self.assertIn("cannot list", run.error)

    def test_every_night_of_the_company_begins_once(self):
        Channel, Run = (
            self.env["order.hub.channel"],
            self.env["order.hub.reconciliation"],
        )
        self.company.partner_id.tz = "Asia/Shanghai"
        before_two = datetime(2026, 3, 15, 17, 59)
        self.assertIsNone(self.shop._day_due(before_two))
        at_two = datetime(2026, 3, 15, 18)
        self.assertEqual(self.shop._day_due(at_two), DAY)
        with patch.object(fields.Datetime, "now", lambda *_args: at_two):
            Channel._cron_reconcile()
            Channel._cron_reconcile()
        runs = Run.search([("channel_id", "=", self.shop.id)])
        self.assertEqual(len(runs), 1)
        self.assertEqual(runs.since, datetime(2026, 3, 14, 16))

    def test_a_run_that_lost_its_job_is_taken_up_again(self):
        run = self.env["order.hub.reconciliation"]._start(self.shop, DAY)
        run.moved_at = fields.Datetime.now() - timedelta(hours=2)
        self.shop.is_reconciled = self.chat.is_reconciled = False
        self.jobs.clear()
        self.env["order.hub.channel"]._cron_reconcile()
        self.assertEqual(len(self.jobs), 1)

    def test_the_one_responsible_is_told_about_differences(self):
        self.shop.responsible_id = self.supervisor
        self._here("S-4")
        self._run()
        self.assertEqual(self.shop.activity_ids.user_id, self.supervisor)

    def test_reconciling_a_day_again_replaces_what_was_found(self):
        self._here("S-4")
        run = self._run()
        self._list("S-4")
        run.with_user(self.operator).action_again()
        self._work(run)
        self.assertFalse(run.line_ids)

    # === FROM THE WRONG SIDE === #

    def test_a_salesperson_neither_sees_nor_starts_it(self):
        run = self._run()
        with self.assertRaises(AccessError):
            run.with_user(self.sales).read(["state"])
        with self.assertRaises(AccessError):
            run.with_user(self.sales).action_again()
        with self.assertRaises(AccessError):
            self.shop.with_user(self.sales).action_reconcile()

    def test_nobody_writes_what_was_found(self):
        run = self._run().sudo(False)
        boss = self._user("hub_boss", "order_hub.order_hub_group_configurator")
        with self.assertRaises(AccessError):
            run.with_user(boss).write({"state": "done"})
        with self.assertRaises(AccessError):
            run.with_user(boss).create({"channel_id": self.shop.id})

    # === COST === #

    def test_fifty_orders_cost_no_more_queries_than_one(self):
        self.assertLessEqual(self._cost(1), RUN_QUERIES)
        self.assertLessEqual(self._cost(50), RUN_QUERIES)

    def _cost(self, count):
        payloads = [
            self._payload(f"{count}-{n}", date=f"{NOON.isoformat()}Z")
            for n in range(count)
        ]
        self._receive(self.shop, *payloads)
        self.platform.listed.clear()
        for n in range(count):
            self._list(f"{count}-{n}", amount=1.0)
        run = self.env["order.hub.reconciliation"]._start(self.shop, DAY)
        cost = self._queries(lambda: self._work(run))
        self.assertEqual(run.amount, count)
        return cost


#: Four slices of the day, the comparison, what is to be fetched and asked after,
#: and eight times locking and writing the record.
RUN_QUERIES = 95
