"""Intake over a really running server: signed deliveries, real jobs, real crashes.

A server with worker processes and the job queue; deliveries come in over HTTP, many
at once and some twice, and workers are killed while they work. Afterwards the counts
have to add up: every order once.
"""

import hashlib
import hmac
import json
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from api_world import Rpc
from platform_kit import server as servers

SECRET = "end-to-end secret of the shop"
CODE = "e2e-shop"
SKU = "E2E-KNUCKLE"
ORDERS = 60
PATIENCE = 240


@pytest.fixture(scope="module")
def shop(new_server):
    """A server with jobs, and a channel of a shop that signs what it sends."""
    port = servers.any_free_port()
    made = new_server(
        options=(
            "--workers=6",
            "--max-cron-threads=1",
            f"--gevent-port={port}",
            "--limit-time-real-cron=0",
        ),
    )
    # A killed worker is what the tests are about; the queue says that it found it.
    made.allow_log(r"queue_?job")
    made.allow_log(r"Worker .* timeout|unregistered|server closed the connection")
    yield Shop(made)
    made.stop()


class Shop:
    """The shop's side: what it knows of the hub is one address."""

    def __init__(self, server):
        self.server = server
        self.admin = Rpc(server, "admin", "admin")
        self.channel = self._channel()
        rows = self.admin.read(
            "order.hub.channel", [("id", "=", self.channel)], ["receive_url"]
        )
        self.path = "/hub/in/" + rows[0]["receive_url"].rpartition("/")[2]

    def _channel(self):
        admin = self.admin
        admin(
            "product.product",
            "create",
            {"name": "Knuckle", "default_code": SKU, "list_price": 10.0},
        )
        made = admin(
            "order.hub.channel",
            "create",
            {
                "name": "End-to-end shop",
                "code": CODE,
                "adapter": "webhook",
                "auto_confirm": True,
            },
        )
        secret = admin.one(
            "order.hub.channel.parameter",
            [("channel_id", "=", made), ("name", "=", "secret")],
        )
        admin("order.hub.channel.parameter", "write", [secret], {"value": SECRET})
        admin("order.hub.channel", "action_switch_on", [made])
        return made

    def body(self, number, **values):
        order = {
            "external_ref": number,
            "customer": {
                "name": f"Garage {number}",
                "email": f"{number.lower()}@garages.example.com",
            },
            "lines": [{"sku": SKU, "quantity": 2, "unit_price": 10.0}],
            **values,
        }
        return json.dumps(order).encode()

    def deliver(self, raw, secret=SECRET):
        """Post a body; return the status and the answer."""
        signature = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
        request = urllib.request.Request(
            self.server.url + self.path,
            data=raw,
            headers={"Content-Type": "application/json", "X-Signature": signature},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def inbound(self, prefix, *names):
        domain = [
            ("channel_id", "=", self.channel),
            ("external_ref", "=like", f"{prefix}%"),
        ]
        return self.admin.read("order.hub.inbound", domain, [*names, "state"])

    def wait(self, prefix, count):
        """Wait until as many messages are worked on; return them."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            rows = self.inbound(prefix, "external_ref", "order_id", "repeat_count")
            done = [row for row in rows if row["state"] not in ("received", "failed")]
            if len(done) >= count:
                return rows
            time.sleep(0.5)
        states = [(row["external_ref"], row["state"]) for row in rows]
        raise AssertionError(f"only {len(done)} of {count} are worked on: {states}")

    def kill_worker(self):
        """End the busiest working process as a crash would."""
        children = psutil.Process(self.server.pid).children()
        workers = [each for each in children if "gevent" not in each.cmdline()]
        busiest = max(workers, key=lambda each: each.cpu_times().user)
        busiest.kill()

    def orders(self, prefix):
        domain = [
            ("hub_channel_id", "=", self.channel),
            ("hub_external_ref", "=like", f"{prefix}%"),
        ]
        return self.admin.read("sale.order", domain, ["hub_external_ref", "state"])


def test_a_signed_delivery_becomes_a_confirmed_order_by_a_job(shop):
    assert shop.deliver(shop.body("ONE-1"))[0] == 200
    [row] = shop.wait("ONE-", 1)
    assert row["state"] == "done"
    [order] = shop.orders("ONE-")
    assert order["state"] == "sale"


def test_a_forged_delivery_leaves_nothing_behind(shop):
    status, answer = shop.deliver(shop.body("FORGED-1"), secret="guessed")
    assert (status, answer["ok"]) == (403, False)
    assert shop.inbound("FORGED-") == []


def test_the_same_delivery_from_eight_sides_at_once_is_one_order(shop):
    raw = shop.body("RACE-1")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(shop.deliver, [raw] * 8))
    assert {status for status, _answer in answers} == {200}
    assert sum(answer["new"] for _status, answer in answers) == 1
    [row] = shop.wait("RACE-", 1)
    assert len(shop.orders("RACE-")) == 1
    assert row["repeat_count"] == 7


def test_workers_killed_three_times_lose_and_double_nothing(shop):
    bodies = [shop.body(f"CRASH-{number:03}") for number in range(ORDERS)]
    with ThreadPoolExecutor(4) as pool:
        assert {s for s, _a in pool.map(shop.deliver, bodies)} == {200}
        for _time in range(3):
            shop.kill_worker()
            time.sleep(1.5)  # the next crash is another one, not the same
    rows = shop.wait("CRASH-", ORDERS)
    assert [row["state"] for row in rows] == ["done"] * ORDERS
    orders = [row["hub_external_ref"] for row in shop.orders("CRASH-")]
    assert sorted(orders) == [f"CRASH-{number:03}" for number in range(ORDERS)]
