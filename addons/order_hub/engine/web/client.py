"""The one way out to a platform: bounded in time, size, tries and speed.

What comes back is either an answer or one of the errors of ``base.py``, whose words
may be shown to anybody: they name the host and the status, never a path, a header, a
token or a password.
"""

import json as json_module
import logging
import random
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from urllib3.exceptions import HTTPError

from .connections import GuardedAdapter
from .errors import AuthenticationFailed, Refused, Throttled, Unreachable, WebError
from .quiet import quiet
from .safe_url import check_form, check_public

_logger = logging.getLogger(__name__)

MAX_ANSWER = 20 * 1024 * 1024
CHUNK = 16 * 1024
#: Seconds that one answer may take from first to last byte.
MAX_SECONDS = 120.0
TRIES = 4
FIRST_PAUSE, MAX_PAUSE = 1.0, 60.0
#: Longer waits are left to whoever called: a job is put off, a worker not blocked.
MAX_WAIT_HERE = 120.0
REDIRECTS = 3
#: Methods that may be sent twice without doing something twice.
REPEATABLE = ("GET", "HEAD", "PUT", "DELETE", "OPTIONS")
#: Where an error body says what is wrong, the most telling place first.
SAYING = (
    "message",
    "error_message",
    "errorMessage",
    "error_description",
    "msg",
    "errors",
    "error",
    "detail",
)
USER_AGENT = "OrderHub/1.0"


class NotFound(Refused):
    """The platform has no such thing."""


@dataclass(frozen=True)
class Answer:
    """What a platform said; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    host: str = ""

    def json(self) -> Any:
        """Return the body as JSON.

        :raise Unreachable: it is something else, e.g. a maintenance page
        """
        try:
            return json_module.loads(self.content)
        except (ValueError, RecursionError) as error:
            raise Unreachable(f"{self.host} answered something else than JSON.") from (
                error
            )


class Bucket:
    """At most ``burst`` calls at once and ``rate`` a second after that."""

    def __init__(
        self, rate: float, burst: float, clock: Callable[[], float] = time.monotonic
    ):
        self.rate, self.burst, self.clock = rate, float(burst), clock
        self.level, self.at = float(burst), clock()
        self.lock = threading.Lock()

    def take(self, cost: float = 1.0) -> float:
        """Take tokens; return the seconds to wait before using them.

        The tokens are taken at once, so that callers queue up one after another.
        """
        with self.lock:
            now = self.clock()
            gained = max(now - self.at, 0.0) * self.rate
            self.level, self.at = min(self.level + gained, self.burst) - cost, now
            return max(-self.level / self.rate, 0.0)


class Client:
    """HTTP for adapters.

    :param timeout: seconds to connect, and to wait for the next bytes
    :param bucket: the platform's rate limit; none: as fast as it answers
    :param allow_private: addresses inside the own network may be called; set by code
        for local stand-ins, never from a setting that a person can write
    :param secrets: texts that are blotted out wherever they turn up in an error
    """

    def __init__(
        self,
        session: requests.Session | None = None,
        timeout: tuple[float, float] = (5, 30),
        sleep: Callable[[float], None] = time.sleep,
        bucket: Bucket | None = None,
        *,
        allow_private: bool = False,
        secrets: Iterable[str] = (),
        tries: int = TRIES,
        max_answer: int = MAX_ANSWER,
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
    ):
        self._session = session
        self.timeout, self.sleep, self.bucket = timeout, sleep, bucket
        self.allow_private, self.secrets = allow_private, tuple(secrets)
        self.tries, self.max_answer = tries, max_answer
        self.clock, self.jitter = clock, jitter

    @cached_property
    def session(self) -> requests.Session:
        """The session, made when it is needed: many who have a client never call."""
        session = self._session or requests.Session()
        for scheme in ("http://", "https://"):
            session.mount(scheme, GuardedAdapter(self.timeout, self.allow_private))
        return session

    # === BUSINESS METHODS === #

    def request(
        self, method: str, url: str, *, repeatable: bool | None = None, **options
    ) -> Answer:
        """Call a platform, again when it makes sense, and return its answer.

        :param repeatable: the call may be sent twice; default: by its method
        :param options: ``params``, ``data``, ``json``, ``headers``, ``auth`` as in
            :func:`requests.request`
        :raise AuthenticationFailed: 401, 403
        :raise Throttled: 429 for longer than is waited for here
        :raise Unreachable: no answer, a broken one, or 5xx, and tries are used up
        :raise Refused: every other 4xx, an unsafe address, an answer too large
        """
        method = method.upper()
        again = method in REPEATABLE if repeatable is None else repeatable
        for number in range(1, self.tries + 1):
            try:
                return self._follow(method, url, options)
            except (Throttled, Unreachable) as error:
                pause = self._pause(error, number, again)
                if pause is None:
                    raise
                _logger.info("%s: once more in %.1f s", urlsplit(url).hostname, pause)
                self.sleep(pause)
        raise AssertionError("the last try returns or raises")

    def json(self, method: str, url: str, **options) -> Any:
        """As :meth:`request`; return the body as JSON."""
        return self.request(method, url, **options).json()

    def pause(self, seconds: float) -> None:
        """Wait because the platform asks for it.

        :raise Throttled: it asks for longer than a worker is held up
        """
        if seconds > MAX_WAIT_HERE:
            raise Throttled("The platform asks to wait.", seconds)
        if seconds > 0:
            self.sleep(seconds)

    # === ONE CALL === #

    def _follow(self, method: str, url: str, options: dict) -> Answer:
        """Call, and follow redirects that stay on the same host."""
        for _hop in range(REDIRECTS + 1):
            answer = self._call(method, url, options)
            if answer.status not in (301, 302, 303, 307, 308):
                return self._judge(answer, options)
            url = self._next_url(method, url, answer)
            options = {**options, "params": None}
        raise Refused(f"{answer.host} redirects in a circle.")

    def _next_url(self, method: str, url: str, answer: Answer) -> str:
        there = urljoin(url, answer.headers.get("location", ""))
        if _origin(there) != _origin(url):
            raise Refused(
                f"{answer.host} redirects to another address. If the platform has "
                "moved, change the address in the settings of the channel."
            )
        if method not in ("GET", "HEAD"):
            raise Refused(f"{answer.host} redirects a call that changes something.")
        return there

    def _call(self, method: str, url: str, options: dict) -> Answer:
        host = (check_form(url) if self.allow_private else self._public(url)).hostname
        if self.bucket:
            self.pause(self.bucket.take())
        started = self.clock()
        headers = {"User-Agent": USER_AGENT, "Accept-Encoding": "gzip"}
        sent = {**options, "headers": {**headers, **(options.get("headers") or {})}}
        sent.setdefault("auth", _no_auth)
        try:
            with quiet():
                response = self.session.request(
                    method, url, stream=True, allow_redirects=False, **sent
                )
            with response:
                content = self._content(response, started)
        except WebError:
            raise
        except requests.ConnectionError as error:
            raise _down(f"{host} cannot be reached.", not_sent(error)) from None
        except (requests.RequestException, HTTPError, OSError, ValueError):
            raise _down(f"{host} does not answer properly.") from None
        _logger.debug("%s %s: %s", method, host, response.status_code)
        named = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, named, content, host)

    def _public(self, url: str):
        check_public(url)
        return urlsplit(url)

    # === READING === #

    def _content(self, response: requests.Response, started: float) -> bytes:
        """Return the whole body, unpacked, or refuse it."""
        unpack = _unpacker(response.headers.get("Content-Encoding", ""))
        content = bytearray()
        for chunk in self._chunks(response, started):
            content += unpack(chunk, self.max_answer - len(content) + 1)
            if len(content) > self.max_answer:
                raise Refused(
                    f"{_host(response)} answered more than "
                    f"{self.max_answer // 1024 // 1024} MB."
                )
        return bytes(content)

    def _chunks(self, response: requests.Response, started: float) -> Iterable[bytes]:
        """Yield the body as it comes; a body that drips is given up."""
        while chunk := _read(response.raw):
            yield chunk
            if self.clock() - started > MAX_SECONDS:
                raise Unreachable(f"{_host(response)} answers too slowly.")

    # === JUDGING === #

    def _judge(self, answer: Answer, options: dict) -> Answer:
        """Return a good answer; raise what a bad one means, with the answer."""
        if answer.status < 400:
            return answer
        error = self._error(answer, self._said(answer, options))
        error.answer = answer
        raise error

    def _error(self, answer: Answer, said: str) -> WebError:
        status, host = answer.status, answer.host
        if status in (401, 403):
            return AuthenticationFailed(
                f"{host} does not accept the credentials, or they lack a right "
                f"({status}).{said}"
            )
        if status in (429, 430):
            wait = retry_after(answer.headers.get("retry-after"))
            return Throttled(f"{host} asks to slow down.", wait)
        if status >= 500 or status in (408, 425):
            return Unreachable(f"{host} is out of order ({status}).{said}")
        failure = NotFound if status in (404, 410) else Refused
        return failure(f"{host} refuses this ({status}).{said}")

    def _said(self, answer: Answer, options: dict) -> str:
        """Return the platform's own words about an error, short and clean."""
        try:
            told = json_module.loads(answer.content[:65536])
        except (ValueError, RecursionError):
            return ""
        text = _words(told)
        for secret in (*self.secrets, *_secrets(options)):
            if len(secret) >= 4:
                text = text.replace(secret, "***")
        text = " ".join("".join(c for c in text if c.isprintable()).split())
        return f" {text[:200]}" if text else ""

    def _pause(self, error: WebError, number: int, again: bool) -> float | None:
        """Return the seconds before the next try, or ``None`` for no more."""
        if number >= self.tries:
            return None
        if isinstance(error, Throttled):
            wait = error.retry_after
            return None if wait > MAX_PAUSE else wait + self.jitter() * 0.25
        if not again and not getattr(error, "not_sent", False):
            return None
        ceiling = min(FIRST_PAUSE * 2 ** (number - 1), MAX_PAUSE)
        return ceiling * (0.5 + self.jitter() / 2)


# === HELPERS === #


def retry_after(value: str | None, now: datetime | None = None) -> float:
    """Return the seconds that a ``Retry-After`` header asks for.

    Seconds or a date; what cannot be read counts as a minute, and nobody may put a
    channel to sleep for longer than a day.
    """
    text = (value or "").strip()
    try:
        seconds = float(text)
    except ValueError:
        try:
            moment = parsedate_to_datetime(text)
            moment = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
            seconds = (moment - (now or datetime.now(timezone.utc))).total_seconds()
        except (TypeError, ValueError, IndexError, OverflowError):
            seconds = 60.0
    return min(max(seconds, 0.0), 86_400.0) if seconds == seconds else 60.0


def not_sent(error: Exception) -> bool:
    """Return whether a call failed before any of it was sent."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    return type(reason).__name__ in ("NewConnectionError", "NameResolutionError")


def _down(message: str, never_sent: bool = False) -> Unreachable:
    error = Unreachable(message)
    error.not_sent = never_sent
    return error


def _no_auth(request):
    """Keep ``requests`` from taking credentials out of the machine's netrc file."""
    return request


def _origin(url: str) -> tuple:
    parts = urlsplit(url)
    default = {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, (parts.hostname or "").lower(), parts.port or default


def _host(response: requests.Response) -> str:
    return urlsplit(response.url).hostname or ""


def _read(raw) -> bytes:
    """Return the next bytes as soon as there are any, still packed.

    ``read`` would wait for a whole chunk, for hours if the other side drips.
    """
    inner = getattr(raw, "_fp", None)
    if hasattr(inner, "read1"):
        return inner.read1(CHUNK)
    return raw.read(CHUNK, decode_content=False)


def _unpacker(encoding: str) -> Callable[[bytes, int], bytes]:
    """Return a function that unpacks one chunk into at most so many bytes."""
    name = encoding.strip().lower()
    if name in ("", "identity"):
        return lambda chunk, _limit: chunk
    if name not in ("gzip", "x-gzip"):
        raise Unreachable("The answer is packed in a way that was not asked for.")
    machine = zlib.decompressobj(zlib.MAX_WBITS | 16)

    def unpack(chunk: bytes, limit: int) -> bytes:
        try:
            return machine.decompress(chunk, max(limit, 1))
        except zlib.error as error:
            raise Unreachable("The answer is packed wrongly.") from error

    return unpack


def _words(told: Any) -> str:
    """Return what an error body says, from the places where platforms say it."""
    if isinstance(told, str):
        return told
    if isinstance(told, list):
        return "; ".join(filter(None, map(_words, told[:3])))
    if not isinstance(told, dict):
        return ""
    for name in SAYING:
        if words := _words(told.get(name)):
            return words
    return ""


def _secrets(options: Mapping) -> list[str]:
    """Return what a call carries that nobody may read in a message."""
    found = [str(value) for value in (options.get("headers") or {}).values()]
    auth = options.get("auth")
    if isinstance(auth, tuple):
        found += [str(part) for part in auth]
    return [text for text in found if len(text) >= 8]
