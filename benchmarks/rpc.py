"""Really running servers, one a side, and a client over XML-RPC."""

import os
import time
import xmlrpc.client
from pathlib import Path

import data
from harness.measure import processor_seconds
from platform_kit.server import Server


class Servers:
    """A server for each side; only one of them is asked at a time."""

    OPTIONS = ("--max-cron-threads=0", "--workers=0", "--log-level=warn")

    def __init__(self, bench):
        self.bench = bench
        self._servers: dict = {}
        self._clients: dict = {}

    def __enter__(self):
        logs = Path(os.environ.get("ORDER_HUB_LOGS") or ".")
        for side in (self.bench.plain, self.bench.hub):
            log = logs / f"bench-rpc-{side.label}.log"
            log.unlink(missing_ok=True)
            server = Server(side.database, log, options=self.OPTIONS)
            self._servers[side.label] = server
            server.start()
            self._clients[side.label] = Client(server.url, side.database)
        return self

    def __exit__(self, *_error):
        for server in self._servers.values():
            server.stop()

    def enter(self, values: list, number: int) -> dict:
        """Create and confirm orders one by one, each on both sides in turn.

        :param number: of the round; it says which side begins
        :return: ``{label: {"seconds", "cpu", "slowest", "orders"}}``
        """
        labels = sorted(self._servers, reverse=bool(number % 2))
        times: dict = {label: [] for label in labels}
        before = {label: self._processor(label) for label in labels}
        for each in values:
            for label in labels:
                times[label].append(self._enter_one(self._clients[label], each))
        return {
            label: {
                "seconds": sum(times[label]),
                "cpu": self._processor(label) - before[label],
                "slowest": max(times[label]),
                "orders": len(values),
            }
            for label in labels
        }

    def _processor(self, label: str) -> float:
        return processor_seconds(self._servers[label].pid)

    def _enter_one(self, client, values: dict) -> float:
        start = time.perf_counter()
        order = client.call("sale.order", "create", values)
        client.call("sale.order", "action_confirm", [order])
        return time.perf_counter() - start


class Client:
    """What an integrator writes: log in, then ``execute_kw``."""

    def __init__(self, url: str, database: str):
        common = xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/common")
        self.user = common.authenticate(database, data.SELLER, data.PASSWORD, {})
        self.models = xmlrpc.client.ServerProxy(
            f"{url}/xmlrpc/2/object", allow_none=True
        )
        self.database = database

    def call(self, model: str, method: str, *arguments, **options):
        return self.models.execute_kw(
            self.database,
            self.user,
            data.PASSWORD,
            model,
            method,
            list(arguments),
            options,
        )
