"""A server with job workers that takes deliveries, is killed, and goes on."""

import hashlib
import hmac
import os
import random
import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from platform_kit import postgres
from platform_kit.server import Server

#: Deliveries are answered by one server, orders are worked on by another that gives
#: way to it: "Jobs on a server of their own" of docs/operations.md.
ANSWERING = ("--workers=10", "--max-cron-threads=0", "--load=base,rpc,web")
WORKING = ("--workers=2", "--max-cron-threads=1")
#: Two jobs at once, whatever odoo.conf says: one a worker.
TWO_JOBS = {"ODOO_QUEUE_JOB_CHANNELS": "root:2"}
QUIET = ("--log-level=warn",)
GIVING_WAY = 10
DELIVERING = 4
PATIENCE_SECONDS = 240
#: Fixed, so that two runs kill at the same shares of the work.
SEED = 20_261_122


class Steps:
    """Seconds that each ``every`` messages took."""

    def __init__(self, every: int):
        self.every, self.times, self._last = every, [], time.monotonic()

    def reach(self, done: int) -> bool:
        """Note the steps reached; tell whether there was a new one."""
        new = done // self.every - len(self.times)
        if new > 0:
            spent = (time.monotonic() - self._last) / new
            self.times += [round(spent, 1)] * new
            self._last = time.monotonic()
        return new > 0


class Running:
    """The server of one benchmark, and who delivers to it.

    :param token: of the channel's address
    :param secret: that deliveries are signed with
    """

    def __init__(self, bench, token: str, secret: str):
        logs = Path(os.environ.get("ORDER_HUB_LOGS") or ".")
        self.bench, self.secret = bench, secret
        self.database = bench.hub.database
        self.server = self._server(logs / "bench-intake.log", ANSWERING)
        self.jobs = self._server(logs / "bench-intake-jobs.log", WORKING, TWO_JOBS)
        self.path = f"/hub/in/{token}"
        self.sizes: list = []
        self.answers: dict = {}
        self.refused: list = []

    def _server(self, log: Path, options: tuple, variables: dict | None = None):
        log.unlink(missing_ok=True)
        options += QUIET
        return Server(self.database, log, options=options, variables=variables)

    def __enter__(self):
        self.server.start()
        self.jobs.start()
        master = psutil.Process(self.jobs.pid)
        for each in (master, *master.children()):
            each.nice(GIVING_WAY)
        return self

    def __exit__(self, *_error):
        self.jobs.stop()
        self.server.stop()

    @property
    def address(self) -> str:
        return urlsplit(self.server.url).netloc

    # === DELIVERING === #

    def _deliver(self, bodies: list) -> None:
        """Post signed bodies, several at once; note the answers that are not 200."""
        with ThreadPoolExecutor(DELIVERING) as pool:
            statuses = pool.map(self._post, [body for _ref, body in bodies])
            self.refused += [status for status in statuses if status != 200]

    def _post(self, body: str) -> int:
        raw = body.encode()
        signature = hmac.new(self.secret.encode(), raw, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Signature": signature}
        # The shop's side takes as little as possible of the processors measured.
        with closing(HTTPConnection(self.address, timeout=60)) as connection:
            connection.request("POST", self.path, raw, headers)
            answer = connection.getresponse()
            answer.read()
        return answer.status

    # === WORKING === #

    def work_off(self, bodies: list, kills: int, every: int, fresh: list) -> list:
        """Deliver, and wait until nothing waits; kill workers on the way.

        :param every: messages a step
        :param fresh: bodies delivered at a steady pace on the way, to be timed
        :return: seconds that each step of ``every`` messages took
        """
        total, chance = len(dict(bodies)), random.Random(SEED)
        moments = sorted(total * chance.uniform(0.1, 0.9) for _n in range(kills))
        steps = Steps(every)
        delivering = threading.Thread(target=self._deliver, args=(bodies,))
        timing = threading.Thread(target=self._time_answers, args=(fresh,))
        delivering.start()
        for done in self._progress(delivering, timing):
            while moments and done >= moments[0]:
                moments.pop(0)
                self._kill_one(chance)
            if steps.reach(done):
                self.sizes.append(self._memory())
            if not timing.ident and not delivering.is_alive() and done > total / 4:
                timing.start()
        return steps.times

    def _progress(self, *deliverers):
        """Yield how many messages are worked on, until none comes and none waits.

        :raise RuntimeError: nothing has moved for ``PATIENCE_SECONDS``
        """
        done, moved = 0, time.monotonic()
        while self._count("state = 'received'") or any(
            each.is_alive() or not each.ident for each in deliverers
        ):
            time.sleep(0.5)
            worked = self._count("state <> 'received'")
            moved = time.monotonic() if worked > done else moved
            done = worked
            if time.monotonic() - moved > PATIENCE_SECONDS:
                raise RuntimeError(f"nothing moves any more at {done} messages")
            yield done

    def _time_answers(self, bodies: list, a_second: int = 50) -> None:
        """Deliver at a steady pace, whatever the answers take; keep their times."""
        spent: list = []
        with ThreadPoolExecutor(32) as pool:
            began = time.monotonic()
            for number, (_ref, body) in enumerate(bodies):
                time.sleep(max(0.0, began + number / a_second - time.monotonic()))
                pool.submit(self._timed_post, body, spent)
        ranks = statistics.quantiles(spent, n=100)
        self.answers = {
            "p50": round(ranks[49], 1),
            "p95": round(ranks[94], 1),
            "p99": round(ranks[98], 1),
            "deliveries": len(spent),
        }

    def _timed_post(self, body: str, spent: list) -> None:
        began = time.perf_counter()
        self._post(body)
        spent.append(1000 * (time.perf_counter() - began))

    def _kill_one(self, chance: random.Random) -> None:
        """End one working process as a crash would."""
        children = psutil.Process(self.jobs.pid).children()
        workers = [each for each in children if "gevent" not in each.cmdline()]
        busy = [each for each in workers if each.cpu_times().user > 1]
        chance.choice(busy or workers).kill()
        self.bench.note("killed a worker")

    def _memory(self) -> int:
        """Return the bytes of the largest worker."""
        sizes = [0]
        for each in psutil.Process(self.jobs.pid).children():
            try:
                sizes.append(each.memory_info().rss)
            except psutil.NoSuchProcess:
                continue
        return max(sizes)

    def memory_growth(self) -> float:
        """Return the largest worker at the end ÷ at a third of the work."""
        third = self.sizes[len(self.sizes) // 3] if self.sizes else 1
        return round(self.sizes[-1] / third, 2) if self.sizes else 1.0

    def _count(self, condition: str) -> int:
        query = f"SELECT count(*) FROM order_hub_inbound WHERE {condition}"
        return int(postgres.sql(query, self.database)[0][0])
