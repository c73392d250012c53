"""Warnings over a really running server whose job process is killed while it works.

A rule finds hundreds of orders, two people are told. The process that runs the jobs is
killed at different moments, again and again. Afterwards every order has its one
warning, and every person has read of each of them once.
"""

import time
from collections import Counter

import psutil
import pytest

from api_world import Rpc
from platform_kit import postgres
from platform_kit import server as servers

PREFIX = "E2E-WARN-"
ORDERS = 400
CUSTOMER = "Quiet Garage"
RULE = "Quotation nobody follows up"
#: Seconds after the job began at which its process is killed.
MOMENTS = (0.02, 0.3, 0.05, 0.6, 0.1, 0.2, 0.45, 0.15)
PATIENCE = 120


@pytest.fixture(scope="module")
def watch(new_server):
    """A server with one process for jobs, and a rule over four hundred quotations."""
    port = servers.any_free_port()
    made = new_server(
        options=(
            "--workers=2",
            "--max-cron-threads=1",
            f"--gevent-port={port}",
            "--limit-time-real-cron=0",
        ),
    )
    made.allow_log(r"Worker .* timeout|unregistered|server closed the connection")
    made.allow_log(r"Job '.*' \(\d+\) timed out")
    yield Watch(made)
    made.stop()


class Watch:
    """An administrator who sets up a rule, and whoever pulls the plug."""

    def __init__(self, server):
        self.server = server
        self.admin = Rpc(server, "admin", "admin")
        self.people = [
            self.admin.one("res.users", [("login", "=", login)])
            for login in ("sales", "supervisor")
        ]
        self.orders = self._orders()
        self.rule = self._rule()

    def _orders(self):
        partner = self.admin("res.partner", "create", {"name": CUSTOMER})
        return self.admin(
            "sale.order",
            "create",
            [
                {"partner_id": partner, "client_order_ref": f"{PREFIX}{number:03}"}
                for number in range(ORDERS)
            ],
        )

    def _rule(self):
        recipients = [
            (0, 0, {"who": "user", "user_id": person, "channel": "inbox"})
            for person in self.people
        ]
        return self.admin(
            "order.hub.warning.rule",
            "create",
            {
                "name": RULE,
                "kind": "stage_fixed",
                "threshold": 0.0001,
                "domain": f"[('client_order_ref', '=like', '{PREFIX}%')]",
                "recipient_ids": recipients,
            },
        )

    # === JOBS === #

    def start_jobs(self):
        """Make the jobs of warnings due, and wake the process that runs them."""
        self._sql(
            "UPDATE order_hub_warning_rule SET last_run_at = NULL "
            f"WHERE id = {self.rule}"
        )
        names = "'order.hub.warning.cycle', 'order.hub.message'"
        self._sql(
            "UPDATE ir_cron SET nextcall = now() at time zone 'utc' FROM "
            "ir_act_server a JOIN ir_model m ON m.id = a.model_id "
            f"WHERE a.id = ir_actions_server_id AND m.model IN ({names})"
        )
        postgres.sql(f"NOTIFY cron_trigger, '{self.server.db}'")

    def kill_jobs(self):
        """End what runs jobs as a crash would; the server starts it anew."""
        for each in psutil.Process(self.server.pid).children():
            if "cron" in " ".join(each.cmdline()).lower():
                each.kill()

    def wait(self):
        """Run the jobs until everybody is told of everything."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            self.start_jobs()
            time.sleep(2)
            if len(self.warnings()) == ORDERS and not self.messages(
                "waiting", "failed"
            ):
                return
        raise AssertionError(f"{len(self.warnings())} warnings, {self.messages()}")

    # === WHAT CAME OF IT === #

    def warnings(self):
        return self.admin.read(
            "order.hub.warning", [("rule_id", "=", self.rule)], ["res_id", "state"]
        )

    def messages(self, *states):
        """Count ``(user, warning)`` of the messages about the rule's warnings."""
        domain = [("state", "in", states)] if states else []
        rows = self.admin.read(
            "order.hub.message", domain, ["user_ids", "warnings", "state"]
        )
        ours = {row["id"] for row in self.warnings()}
        return Counter(
            (user, warning)
            for row in rows
            for user in row["user_ids"]
            for warning in row["warnings"] or ()
            if warning in ours
        )

    def read_in_inbox(self, user):
        """Return how many messages about the rule are in somebody's inbox."""
        [[count]] = self._sql(
            "SELECT count(*) FROM mail_notification n "
            "JOIN mail_message m ON m.id = n.mail_message_id "
            "JOIN res_users u ON u.partner_id = n.res_partner_id "
            f"WHERE u.id = {user} AND m.body LIKE '%{CUSTOMER}%'"
        )
        return int(count)

    def _sql(self, statement):
        return postgres.sql(statement, self.server.db)


def test_jobs_killed_again_and_again_lose_no_warning_and_tell_nobody_twice(watch):
    for moment in MOMENTS:
        watch.start_jobs()
        time.sleep(moment)  # where the crash hits is what varies here
        watch.kill_jobs()
    watch.wait()
    warnings = watch.warnings()
    assert sorted(row["res_id"] for row in warnings) == sorted(watch.orders)
    expected = [(user, row["id"]) for user in watch.people for row in warnings]
    assert watch.messages("sent") == Counter(expected)


def test_four_hundred_warnings_are_a_handful_of_messages_in_each_inbox(watch):
    watch.wait()
    counts = [watch.read_in_inbox(user) for user in watch.people]
    assert all(1 <= count <= 10 for count in counts), counts


def test_warnings_close_by_themselves_when_the_condition_has_gone(watch):
    watch.wait()
    watch.admin("sale.order", "action_cancel", watch.orders)
    watch.admin(
        "sale.order", "write", watch.orders, {"client_order_ref": "followed up"}
    )
    watch.start_jobs()
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if {row["state"] for row in watch.warnings()} == {"resolved"}:
            return
        time.sleep(1)
    raise AssertionError(Counter(row["state"] for row in watch.warnings()))
