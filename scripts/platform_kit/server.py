"""A running Odoo server: the one of ``make run`` and those of the tests."""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from . import logs, odoo, paths, process, stamps, ui
from .ui import HubError

DEFAULT_PORT = 8069
START_SECONDS = 120
STOP_SECONDS = 20


def port_is_free(port: int, host: str = "127.0.0.1") -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def any_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def choose_port(host: str) -> int:
    """``PORT`` as the user said, or the first free one from 8069 up."""
    wanted = os.environ.get("PORT")
    if wanted:
        if not wanted.isdigit():
            raise HubError(f"PORT={wanted} is no port number.")
        if not port_is_free(int(wanted), host):
            raise HubError(
                f"port {wanted} is taken by another program; choose another PORT, or "
                "leave it out and the next free one is taken."
            )
        return int(wanted)
    for port in range(DEFAULT_PORT, DEFAULT_PORT + 50):
        if port_is_free(port, host):
            if port != DEFAULT_PORT:
                ui.note(
                    f"port {DEFAULT_PORT} is taken by another program: using {port}"
                )
            return port
    raise HubError(f"no port from {DEFAULT_PORT} on is free; choose one with PORT=….")


class Server:
    """An Odoo server process on one database.

    :ivar url: its address
    :ivar log: its log file; one start appends to another's
    :ivar variables: of its environment, besides those that every Odoo here has
    """

    def __init__(
        self,
        database: str,
        log: Path,
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        options: tuple = (),
        variables: dict | None = None,
    ):
        self.db = database
        self.log = log
        self.port = port or any_free_port()
        self.host = host
        self.options = options
        self.variables = variables or {}
        self.pid = 0

    @property
    def url(self) -> str:
        shown = "127.0.0.1" if self.host in ("0.0.0.0", "") else self.host
        return f"http://{shown}:{self.port}"

    def start(self) -> None:
        """Start the process and wait until it serves pages."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        # No --db-filter: with one, every request without a session opens a connection
        # to list the databases, which costs more than a delivery does.
        arguments = odoo.command(
            "server",
            *("-d", self.db, "--no-database-list"),
            *(f"--http-port={self.port}", f"--http-interface={self.host}"),
            # With workers: an event process that finds its port taken starts anew,
            # again and again.
            f"--gevent-port={any_free_port()}",
            f"--logfile={self.log}",
            *self.options,
        )
        console = self.log.with_suffix(".console")
        with console.open("w") as output:
            started = subprocess.Popen(
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=paths.ROOT,
                env=odoo.environment(**self.variables),
                start_new_session=True,
            )
        self.pid = started.pid
        self._record()
        try:
            self.wait_ready()
        except BaseException:
            self.stop()
            raise

    def _record(self) -> None:
        """Note the process, so that it can be ended though its owner died."""
        paths.SERVERS.mkdir(exist_ok=True)
        record = {"pid": self.pid, "started": _started_at(self.pid)}
        (paths.SERVERS / self.db).write_text(json.dumps(record))

    def wait_ready(self, seconds: float = START_SECONDS) -> None:
        """Wait until the login page answers."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.answers():
                return
            if not self.running():
                reason = logs.last_error(self.log)
                if not self.log.exists():
                    reason = logs.last_error(self.log.with_suffix(".console"))
                raise HubError(
                    f"the server stopped while starting: {reason} (log: {self.log})."
                )
            time.sleep(0.15)
        raise HubError(
            f"the server does not answer after {seconds:.0f} s (log: {self.log})."
        )

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(self.url + "/web/login", timeout=20) as page:
                return page.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def running(self) -> bool:
        return bool(self.pid) and not process.wait_gone(self.pid, 0)

    def stop(self) -> None:
        """Ask the process to end; insist when it does not."""
        if not self.pid:
            return
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                break
            if process.wait_gone(self.pid, STOP_SECONDS):
                break
        self.pid = 0
        (paths.SERVERS / self.db).unlink(missing_ok=True)

    def kill(self) -> None:
        """End the process as a crash would."""
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            process.wait_gone(self.pid, STOP_SECONDS)
            self.pid = 0

    def restart(self) -> None:
        self.stop()
        self.start()

    def trouble(self, allowed: list | tuple = ()) -> list:
        """Warnings and errors in the log that are not allowed."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return logs.trouble(text, allowed)


def stop_leftover(database: str) -> None:
    """End the server of a database whose owner died without doing so."""
    try:
        known = json.loads((paths.SERVERS / database).read_text())
    except (OSError, ValueError):
        return
    if process.alive(known["pid"]) and _started_at(known["pid"]) == known["started"]:
        server = Server(database, paths.LOGS / "leftover.log", port=1)
        server.pid = known["pid"]
        server.stop()
    (paths.SERVERS / database).unlink(missing_ok=True)


# -- the server of ``make run`` -----------------------------------------------------


def _started_at(pid: int) -> str:
    """When a process started: with its number, that names it for good."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]


def recorded() -> Server | None:
    """The server that an earlier ``make run`` left running, if it still runs."""
    known = stamps.read("server")
    pid = known.get("pid", 0)
    if not pid or not process.alive(pid) or _started_at(pid) != known.get("started"):
        stamps.remove("server")
        return None
    server = Server(
        known["db"], Path(known["log"]), port=known["port"], host=known["host"]
    )
    server.pid = pid
    return server


def start_recorded(database: str) -> Server:
    """Start the server of ``make run`` and remember it."""
    host = os.environ.get("HOST") or "127.0.0.1"
    log = paths.LOGS / "server.log"
    if log.exists():
        os.replace(log, log.with_name("server.log.1"))
    server = Server(database, log, port=choose_port(host), host=host)
    server.start()
    stamps.write(
        "server",
        "running",
        pid=server.pid,
        started=_started_at(server.pid),
        db=database,
        log=str(log),
        port=server.port,
        host=host,
    )
    return server


def stop_recorded() -> bool:
    """Stop the server of ``make run``; tell whether it ran."""
    server = recorded()
    if server:
        server.stop()
    stamps.remove("server")
    return bool(server)
