"""Fixtures of the end-to-end tests: a real server, a real browser.

``make test`` prepares the templates and names them in the environment. The
server runs on a copy of the one with demo data; the copy is dropped at the end.
"""

import os
import re
import shutil
import sys
import unittest
import uuid
import xmlrpc.client
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from platform_kit import database, paths, system
from platform_kit import server as servers

DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

SERVERS = pytest.StashKey()


def pytest_collection_modifyitems(items):
    """Run the tests that live inside of Odoo before those with a server.

    After each of its test classes Odoo ends every child process, our server and
    browser among them.
    """
    items.sort(key=lambda item: not issubclass(item.cls or object, unittest.TestCase))


# -- server -----------------------------------------------------------------------


class CheckedServer(servers.Server):
    """A server of this test session, with a log that must stay clean."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.allowed = []

    def allow_log(self, pattern: str) -> None:
        """Let a test provoke a warning or an error on purpose."""
        re.compile(pattern)
        self.allowed.append(pattern)


@pytest.fixture(scope="session")
def new_server(request):
    """Make further servers: ``new_server(template=…, options=(…))``.

    Each has a database of its own, dropped at the end of the session.
    """
    started = request.config.stash.setdefault(SERVERS, [])

    def make(
        template: str = "", options: tuple = (), start: bool = True
    ) -> CheckedServer:
        template = template or os.environ.get("ORDER_HUB_DEMO_TEMPLATE", "")
        if not template:
            pytest.exit("no prepared database: run the tests with 'make test'", 1)
        name = database.scratch_name(f"e2e{len(started)}")
        database.drop(name)
        database.create(name, template)
        log = paths.LOGS / f"{name}.log"
        log.unlink(missing_ok=True)
        made = CheckedServer(name, log, options=options)
        started.append(made)
        if start:
            made.start()
        return made

    yield make
    for made in started:
        made.stop()
        database.drop(made.db)


@pytest.fixture(scope="session")
def server(new_server):
    """The server of the end-to-end tests: ``url``, ``db``, ``log``, ``start()``,
    ``stop()``, ``kill()``, ``restart()``, ``allow_log()``."""
    return new_server()


@pytest.fixture(scope="session")
def calm_server(new_server):
    """A server without scheduled actions: only calls change what it holds.

    For tests that count what a call made: the warnings of the demonstration, told
    between two counts, are nobody's call.
    """
    return new_server(options=("--max-cron-threads=0",))


@pytest.fixture(scope="session", autouse=True)
def odoo_log(request):
    """At the end of the session the servers' logs hold no warning and no error."""
    yield
    found = [
        f"{made.log}: {entry}"
        for made in request.config.stash.get(SERVERS, [])
        for entry in made.trouble(made.allowed)
    ]
    assert not found, f"{len(found)} entries in the log:\n" + "\n".join(found)


# -- XML-RPC ----------------------------------------------------------------------


class Client:
    """One user over XML-RPC."""

    def __init__(self, server: servers.Server, login: str, password: str):
        self.server = server
        self.password = password
        self.common = xmlrpc.client.ServerProxy(f"{server.url}/xmlrpc/2/common")
        self.object = xmlrpc.client.ServerProxy(
            f"{server.url}/xmlrpc/2/object", allow_none=True
        )
        self.uid = self.common.authenticate(server.db, login, password, {})
        assert self.uid, f"{login} cannot log in"

    def execute(self, model: str, method: str, *args, **kwargs):
        """Call ``model.method(*args, **kwargs)`` on the server."""
        return self.object.execute_kw(
            self.server.db, self.uid, self.password, model, method, args, kwargs
        )


@pytest.fixture
def xmlrpc_client(server):
    """Log in over XML-RPC: ``xmlrpc_client("admin", "admin").execute(model, …)``."""

    def login(name: str = "admin", password: str = "") -> Client:
        return Client(server, name, password or name)

    return login


# -- browser ----------------------------------------------------------------------


@pytest.fixture(scope="session")
def chromium():
    """One headless Chromium for the session."""
    from playwright.sync_api import sync_playwright

    program = next(filter(None, map(shutil.which, system.BROWSERS)), None)
    if not program:
        pytest.fail("no Chromium on this machine: 'make test' installs it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=CHROMIUM_FLAGS, headless=True
        )
        yield browser
        browser.close()


def _context(chromium, server, **options):
    """A browser context whose pages must not raise JavaScript errors."""
    context = chromium.new_context(base_url=server.url, **options)
    context.set_default_timeout(30_000)
    errors = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    context.javascript_errors = errors
    return context


@pytest.fixture
def browser(chromium, server):
    """A fresh context at desktop size; uncaught JavaScript errors fail the test.

    A test that provokes one clears ``browser.javascript_errors`` itself.
    """
    context = _context(chromium, server, viewport=DESKTOP, locale="en-US")
    yield context
    context.close()
    assert not context.javascript_errors, context.javascript_errors


@pytest.fixture
def phone(chromium, server):
    """The same at a phone's size, with touch."""
    context = _context(
        chromium,
        server,
        viewport=PHONE,
        locale="en-US",
        has_touch=True,
        is_mobile=True,
        device_scale_factor=2,
    )
    yield context
    context.close()
    assert not context.javascript_errors, context.javascript_errors


@pytest.fixture
def log_in(server):
    """Log a context in: ``log_in(browser, "admin", "admin")``."""

    def log_in(context, login: str = "admin", password: str = "") -> None:
        answer = context.request.post(
            "/web/session/authenticate",
            data={
                "jsonrpc": "2.0",
                "method": "call",
                "id": uuid.uuid4().hex,
                "params": {
                    "db": server.db,
                    "login": login,
                    "password": password or login,
                },
            },
        ).json()
        assert answer.get("result", {}).get("uid"), f"{login} cannot log in"

    return log_in


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """A folder for screenshots that a person may want to look at."""
    folder = paths.LOGS / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
