"""A server with two workers whose pages are read one by one, and by many at once."""

import csv
import json
import os
import re
import statistics
import subprocess
import tempfile
import time
import venv
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from harness.registry import BenchError
from platform_kit import paths
from platform_kit.server import Server

#: As in production; the log says of every page what it cost inside of the server.
OPTIONS = (
    *("--workers=2", "--max-cron-threads=0", "--load=base,rpc,web"),
    *("--log-level=warn", "--log-handler=werkzeug:INFO"),
)
#: "GET /my/hub/… HTTP/1.1" 200 - queries, seconds in them, seconds besides
COST = re.compile(r'"GET (\S+) HTTP/1\.\d" (\d+) - (\d+) ([\d.]+) ([\d.]+)')
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
#: Pages read before any is counted: both workers have templates and caches then.
WARM_UP = 8
HERE = Path(__file__).resolve().parent
#: What sends visitors has an environment of its own: Locust wants newer versions of
#: what Odoo needs, Werkzeug and gevent among them.
LOCUST = paths.PLATFORM / "locust"
REQUIREMENTS = HERE / "requirements.txt"


class Portal:
    """The server of one benchmark and whoever visits it.

    :param str database: with what ``data_portal`` has made in it
    """

    def __init__(self, database: str, name: str = "bench-portal"):
        logs = Path(os.environ.get("ORDER_HUB_LOGS") or ".")
        self.log = logs / f"{name}.log"
        self.log.unlink(missing_ok=True)
        self.server = Server(database, self.log, options=OPTIONS)

    def __enter__(self):
        self.server.start()
        return self

    def __exit__(self, *_error):
        self.server.stop()

    # === ONE BY ONE === #

    def log_in(self, login: str, password: str) -> str:
        """Log in as a person does and return the cookie of the session."""
        with closing(self._connection()) as connection:
            connection.request("GET", "/web/login")
            answer = connection.getresponse()
            token = TOKEN.search(answer.read().decode())[1]
            cookie = _cookie(answer)
            form = {"login": login, "password": password, "csrf_token": token}
            headers = {
                "Cookie": cookie,
                "Content-Type": "application/x-www-form-urlencoded",
            }
            connection.request("POST", "/web/login", urlencode(form), headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 303:
                raise BenchError(f"{login} cannot log in: {answer.status}")
            return _cookie(answer) or cookie

    def cost(self, path: str, cookie: str = "", rounds: int = 20) -> dict:
        """Read a page again and again; return what it costs inside of the server.

        :return: median of milliseconds, most queries, bytes of the page
        """
        size = 0
        for _round in range(WARM_UP):
            size = self._get(path, cookie)
        start = self.log.stat().st_size
        for _round in range(rounds):
            self._get(path, cookie)
        rows = self._costs(start, rounds)
        return {
            "ms": 1000 * statistics.median(seconds for _count, seconds in rows),
            "worst": round(1000 * max(seconds for _count, seconds in rows), 1),
            "queries": max(count for count, _seconds in rows),
            "bytes": size,
        }

    def _get(self, path: str, cookie: str) -> int:
        headers = {"Cookie": cookie} if cookie else {}
        with closing(self._connection()) as connection:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            size = len(answer.read())
        if answer.status != 200:
            raise BenchError(f"GET {path} answers {answer.status}")
        return size

    def _costs(self, start: int, count: int) -> list:
        """Return queries and seconds of the pages written into the log since."""
        end = time.monotonic() + 5
        while time.monotonic() < end:
            text = self.log.read_bytes()[start:].decode(errors="replace")
            rows = [
                (int(queries), float(inside) + float(besides))
                for _path, _status, queries, inside, besides in COST.findall(text)
            ]
            if len(rows) >= count:
                return rows
            time.sleep(0.05)
        raise BenchError(f"{len(rows)} of {count} pages are in the log: {self.log}")

    def _connection(self):
        return HTTPConnection(urlsplit(self.server.url).netloc, timeout=60)

    # === MANY AT ONCE === #

    def visit(self, visitors: list, seconds: int) -> dict:
        """Let all visitors come at once and stay; return what their pages took.

        :param visitors: ``[{"name", "cookie", "paths"}]``, one a visitor
        :return: requests, errors, and milliseconds of 50 and 95 of 100 pages
        """
        with tempfile.TemporaryDirectory() as folder:
            plan = Path(folder) / "visitors.json"
            plan.write_text(json.dumps(visitors))
            command = [
                *(_locust(), "--locustfile", HERE / "visitors.py", "--headless"),
                *("--host", self.server.url, "--users", len(visitors)),
                *("--spawn-rate", len(visitors), "--run-time", f"{seconds}s"),
                *("--csv", Path(folder) / "found", "--only-summary"),
                *("--exit-code-on-error", 0),
            ]
            done = subprocess.run(
                [str(part) for part in command],
                env={**os.environ, "VISITORS": str(plan)},
                check=False,
                capture_output=True,
                text=True,
            )
            if done.returncode:
                raise BenchError(f"Locust ended: {done.stderr[-2000:]}")
            with (Path(folder) / "found_stats.csv").open() as file:
                rows = {row["Name"]: row for row in csv.DictReader(file)}
            if rows["Aggregated"]["Request Count"] == "0":
                raise BenchError(f"nobody visited: {done.stderr[-2000:]}")
        return {name: _summary(row) for name, row in rows.items()}


def _cookie(answer) -> str:
    """Return the session's cookie of an answer, as a browser sends it back."""
    for value in answer.msg.get_all("Set-Cookie") or ():
        if value.startswith("session_id="):
            return value.partition(";")[0]
    return ""


def _summary(row: dict) -> dict:
    return {
        "requests": int(row["Request Count"]),
        "errors": int(row["Failure Count"]),
        "p50": float(row["50%"]),
        "p95": float(row["95%"]),
        "worst": round(float(row["Max Response Time"]), 1),
    }


def _locust() -> Path:
    """Return the program, installed now if it is not there yet."""
    program = LOCUST / "bin" / "locust"
    stamp = LOCUST / "requirements.txt"
    if stamp.exists() and stamp.read_text() == REQUIREMENTS.read_text():
        return program
    if not (LOCUST / "bin" / "python").exists():
        venv.EnvBuilder(with_pip=True, symlinks=True).create(LOCUST)
    command = [LOCUST / "bin" / "python", "-m", "pip", "install", "--quiet", "-r"]
    done = subprocess.run(
        [str(part) for part in (*command, REQUIREMENTS)],
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise BenchError(f"Locust could not be installed: {done.stderr[-2000:]}")
    stamp.write_text(REQUIREMENTS.read_text())
    return program
