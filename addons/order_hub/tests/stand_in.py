"""A small local web server that a test scripts: what it answers, and how it fails.

A platform's stand-in extends :class:`StandIn` with ``answer``. What a test puts in
with ``script`` or one of the faults comes first, so that the same server is healthy,
slow, rate-limited or broken::

    with ShopifyStandIn() as shop:
        shop.throttle(times=2, retry_after=1)
        adapter = ShopifyAdapter(access(shop))
"""

import json
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Call:
    """One request as it came; header names in lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""

    def json(self) -> Any:
        return json.loads(self.body or b"null")

    def form(self) -> dict[str, str]:
        """Return the fields of a form body."""
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass(frozen=True)
class Answer:
    """What is sent back; ``delay`` in seconds, ``drop`` hangs up without a word."""

    body: Any = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    drop: bool = False

    def raw(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        if isinstance(self.body, str):
            return self.body.encode()
        return json.dumps(self.body).encode()

    def content_type(self) -> str:
        text = isinstance(self.body, (bytes, str))
        return "text/plain; charset=utf-8" if text else "application/json"


@dataclass
class Scripted:
    """An answer that comes before the usual one, ``times`` times."""

    make: Callable[[Call], Answer]
    times: int
    when: Callable[[Call], bool]


class QuietServer(ThreadingHTTPServer):
    """Says nothing about callers that hang up: some tests want just that."""

    daemon_threads = True
    block_on_close = False

    def handle_error(self, request, client_address):
        """Leave it to the test to look at ``calls``."""


class StandIn:
    """A server on a free local port, as a context manager."""

    #: Headers that a request must carry, with their values; else 401.
    token_header = ""

    def __init__(self, token: str = "tok-of-the-test"):
        self.token = token
        self.calls: list[Call] = []
        self.faults: list[Scripted] = []
        self.lock = threading.RLock()
        self.released = threading.Event()
        self.server: ThreadingHTTPServer | None = None

    # --- life ---

    def __enter__(self):
        server = QuietServer(("127.0.0.1", 0), _handler_of(self))
        self.server = server
        threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        ).start()
        return self

    def __exit__(self, *_error):
        self.released.set()
        self.server.shutdown()
        self.server.server_close()
        return False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    # --- faults ---

    def script(
        self,
        answer: Answer | Callable[[Call], Answer],
        times: int = 1,
        when: Callable[[Call], bool] = lambda call: True,
    ) -> None:
        """Answer the next ``times`` calls that fit ``when`` with this."""
        make = answer if callable(answer) else lambda call: answer
        with self.lock:
            self.faults.append(Scripted(make, times, when))

    def fail(self, status: int = 500, times: int = 1, body: Any = "broken", **options):
        self.script(Answer(body, status), times, **options)

    def throttle(self, retry_after: Any = 1, times: int = 1, **options):
        headers = {"Retry-After": str(retry_after)}
        self.script(Answer("slow down", 429, headers), times, **options)

    def hang(self, seconds: float = 5.0, times: int = 1, **options):
        self.script(Answer("late", delay=seconds), times, **options)

    def drop(self, times: int = 1, **options):
        self.script(Answer(drop=True), times, **options)

    def expire_token(self) -> None:
        """From now on the token that the adapter knows is worth nothing."""
        self.token = "another-token"

    # --- answering ---

    def answer(self, call: Call) -> Answer:
        """Return what the healthy platform says; platforms extend this."""
        raise NotImplementedError

    def respond(self, call: Call) -> Answer:
        with self.lock:
            self.calls.append(call)
            for fault in self.faults:
                if fault.times > 0 and fault.when(call):
                    fault.times -= 1
                    return fault.make(call)
            return self.answer(call)


def _handler_of(stand_in: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def serve(self):
            answer = stand_in.respond(self.call())
            if answer.delay:
                stand_in.released.wait(answer.delay)
            if answer.drop:
                self.close_connection = True
                return
            self.reply(answer)

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = serve

        def call(self) -> Call:
            parts = urlsplit(self.path)
            size = int(self.headers.get("Content-Length") or 0)
            return Call(
                self.command,
                parts.path,
                dict(parse_qsl(parts.query, keep_blank_values=True)),
                {name.lower(): value for name, value in self.headers.items()},
                self.rfile.read(size) if size else b"",
            )

        def reply(self, answer: Answer):
            raw = answer.raw()
            try:
                self.send_response(answer.status)
                given = {"Content-Type": answer.content_type(), **answer.headers}
                for name, value in given.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)
            except OSError:
                self.close_connection = True

        def log_message(self, *_words):
            """Say nothing: the test looks at ``calls``."""

    return Handler


class Clock:
    """A clock that only sleeping moves; takes the place of time in a client."""

    def __init__(self, now: float = 1_000.0):
        self.now = now
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def twice(deliveries: Sequence) -> list:
    """Return the deliveries with each one repeated at once."""
    return [delivery for delivery in deliveries for _ in range(2)]


def out_of_order(deliveries: Sequence, seed: int = 7) -> list:
    """Return the same deliveries in another order, the same in every run."""
    mixed = list(deliveries)
    random.Random(seed).shuffle(mixed)
    return mixed


def wait_until(holds: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Wait until something holds; return whether it did."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.01)
    return holds()
