"""What every group robot offers, and the words it speaks with.

A robot knows one messenger: how it signs, what it can show, how much it takes, what
its answers mean. It knows no database and no Odoo. Platforms answer HTTP 200 to
nearly everything; what happened stands in the body, and one code may mean several
things. So an answer becomes an :class:`Outcome` of a fixed list of kinds.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

from odoo.addons.order_hub.engine.web.client import Client
from odoo.addons.order_hub.engine.web.errors import Refused, Throttled, WebError
from odoo.addons.order_hub.engine.web.safe_url import check_form

from ..bucket import Limits
from . import text as texts
from .letter import Letter, bounded, tidy
from .outcome import (
    REFUSED,
    SAID,
    SENT,
    THROTTLED,
    UNSURE,
    Outcome,
    by_status,
    never_answered,
)

#: Parts that a long message is cut into; what is more is counted, not sent.
MAX_PARTS = 3
#: Fixed moment with as many digits as any other, for working out sizes.
SOME_DAY = datetime(2026, 1, 1, tzinfo=timezone.utc)


@dataclass(frozen=True)
class Words:
    """What robots add to a message, in the language of its readers."""

    more: str = "… and %(count)s more lines"
    part: str = "(%(part)s/%(parts)s)"


@dataclass(frozen=True)
class Request:
    """What is posted. The address carries a token and is not shown."""

    url: str = field(repr=False)
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)


class Robot:
    """A robot in a group chat.

    :param address: the web address that the platform gave; it is a secret
    :param secret: for signing; empty: the robot is protected in another way
    :param keyword: a word that the platform wants in every message
    :param client: for tests; else one that tries once and waits 10 seconds
    """

    #: As ``order.hub.robot`` names it.
    platform: ClassVar[str] = ""
    label: ClassVar[str] = ""
    limits: ClassVar[Limits]
    #: People can be called by their mobile number.
    calls_mobiles: ClassVar[bool] = False
    #: Code of the platform → kind of outcome.
    codes: ClassVar[Mapping[int, str]] = {}

    def __init__(
        self,
        address: str,
        secret: str = "",
        keyword: str = "",
        client: Client | None = None,
        words: Words | None = None,
    ):
        self.address, self.secret = (address or "").strip(), (secret or "").strip()
        self.keyword = bounded(keyword)
        self.words = words or Words()
        self.client = client or Client(
            timeout=(5, 10), tries=1, max_answer=65_536, secrets=self._secrets()
        )

    def __repr__(self):
        return f"{type(self).__name__}()"

    # === SETTINGS === #

    def check(self) -> None:
        """Check the settings without calling anybody.

        :raise Refused: what is wrong; its ``field`` is ``address`` or ``secret``
        """
        try:
            parts = check_form(self.address)
        except Refused as error:
            raise Refused(str(error), "address") from None
        if parts.scheme != "https" and not self.client.allow_private:
            raise Refused("The address of a robot begins with https.", "address")
        if not self._is_address(parts.path, dict(parse_qsl(parts.query))):
            raise Refused(
                f"This is not the address of a robot of {self.label}. Copy it again "
                "from the settings of the robot.",
                "address",
            )

    def _is_address(self, path: str, query: Mapping[str, str]) -> bool:
        """Return whether an address looks like one of this platform's robots."""
        raise NotImplementedError

    # === SENDING === #

    def fit(self, letter: Letter, most: int = MAX_PARTS) -> list[Letter]:
        """Cut a letter into letters that the platform takes, one request each.

        :param most: requests; what does not fit is counted in the last one
        """
        letter = tidy(letter)
        bare = replace(letter, body="", part=99, parts=99, key=f"{letter.key}.99")
        room = self.most_bytes(letter) - self.bytes_of(bare)
        chunks = texts.split(
            letter.body, room, self._measure(letter), most, self.words.more
        )
        return _numbered(letter, chunks)

    def shortened(self, letter: Letter) -> Letter:
        """Return a letter half as long, for a platform that finds it too long."""
        body = letter.body
        room = max(texts.size(body) // 2, 400)
        return replace(
            letter, body=texts.split(body, room, most=1, more=self.words.more)[0]
        )

    def build(self, letter: Letter, at: datetime) -> Request:
        """Return the signed request for a letter that fits.

        :param at: now, UTC; naive or aware
        """
        raise NotImplementedError

    def send(self, letter: Letter, at: datetime) -> Outcome:
        """Post a letter once; whatever happens is an outcome, never an exception."""
        request = self.build(letter, at)
        try:
            answer = self.client.request(
                "POST", request.url, data=request.body, headers=request.headers
            )
        except WebError as error:
            return self._failed(error)
        return self.judge(answer.status, answer.content)

    # === SIZE === #

    def bytes_of(self, letter: Letter) -> int:
        """Return what the platform counts of a letter, in bytes."""
        return len(self.build(letter, SOME_DAY).body)

    def most_bytes(self, letter: Letter) -> int:
        """Return how much the platform takes."""
        raise NotImplementedError

    def _measure(self, letter: Letter) -> Callable[[str], int]:
        """Return how much a piece of the body adds to :meth:`bytes_of`."""
        return lambda piece: len(as_json(self._dressed(piece, letter))) - 2

    def _dressed(self, body: str, letter: Letter) -> str:
        """Return a body as the platform wants it, line by line."""
        return texts.without_mentions(body)

    # === PARTS OF A MESSAGE === #

    def _title(self, letter: Letter) -> str:
        subject = texts.without_mentions(letter.subject)
        if letter.parts == 1:
            return subject
        label = self.words.part % {"part": letter.part, "parts": letter.parts}
        return f"{subject} {label}"

    def _tail(self, letter: Letter, calls: str = "") -> str:
        """Return the last line: who is called, the keyword, the key."""
        told = f"{letter.subject}\n{letter.body}"
        keyword = "" if self.keyword in told else self.keyword
        key = f"[{letter.key}]" if letter.key else ""
        return " ".join(filter(None, (calls, keyword, key)))

    # === READING === #

    def judge(self, status: int, content: bytes) -> Outcome:
        """Return what an answer means.

        :param status: of HTTP
        """
        try:
            data = json.loads(content)
        except (ValueError, RecursionError):
            data = None
        code, said = self._code(data) if isinstance(data, dict) else (None, "")
        if code is None:
            return self._unreadable(data, status)
        kind = self._kind(code, said)
        return Outcome(kind, str(code), self._blotted(said), self._pause(kind, data))

    def _code(self, data: Mapping[str, Any]) -> tuple[int | None, str]:
        """Return the platform's code and words."""
        return number(data.get("errcode")), str(data.get("errmsg") or "")

    def _kind(self, code: int, said: str) -> str:
        return SENT if code == 0 else self.codes.get(code, REFUSED)

    def _pause(self, kind: str, data: Mapping[str, Any]) -> float:
        """Return the seconds to wait that an answer stands for."""
        return self.limits.block if kind == THROTTLED else 0.0

    def _unreadable(self, data: Any, status: int) -> Outcome:
        return Outcome(UNSURE, str(status), "The answer cannot be read.")

    def _failed(self, error: WebError) -> Outcome:
        """Return what an error of the client means."""
        answer = getattr(error, "answer", None)
        if answer is None:
            return never_answered(error)
        if not isinstance(error, Throttled):
            outcome = self.judge(answer.status, answer.content)
            if outcome.kind not in (SENT, UNSURE, REFUSED):
                return outcome
        kind, said = by_status(error, answer.status), self._blotted(str(error))
        return Outcome(kind, str(answer.status), said, self._asked(error))

    def _asked(self, error: WebError) -> float:
        return getattr(error, "retry_after", 0.0)

    # === SECRETS === #

    def _secrets(self) -> list[str]:
        """Return every text that must not show up anywhere."""
        parts = urlsplit(self.address) if "//" in self.address else urlsplit("")
        pieces = [value for _name, value in parse_qsl(parts.query)]
        pieces += [piece for piece in parts.path.split("/") if len(piece) >= 16]
        return [text for text in (self.secret, *pieces) if len(text) >= 4]

    def _blotted(self, said: str) -> str:
        for secret in self._secrets():
            said = said.replace(secret, "***")
        return " ".join(texts.clean(said).split())[:SAID]


# === HELPERS === #


def number(value: Any) -> int | None:
    """Return a code that a platform says as a number or as digits."""
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return None
    try:
        return int(value)
    except ValueError:
        return None


def seconds(at: datetime) -> int:
    """Return a moment (UTC, naive or aware) as seconds since 1970."""
    aware = at if at.tzinfo else at.replace(tzinfo=timezone.utc)
    return int(aware.timestamp())


def as_json(data: Any) -> bytes:
    """Return the body of a request: UTF-8, so that Chinese takes three bytes."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


JSON_HEADERS = {"Content-Type": "application/json; charset=utf-8"}


def _numbered(letter: Letter, chunks: list[str]) -> list[Letter]:
    """Return a letter for each chunk; people are called once, by the first."""
    if len(chunks) == 1:
        return [replace(letter, body=chunks[0])]
    return [
        replace(
            letter,
            body=chunk,
            mentions=letter.mentions if part == 1 else (),
            at_all=letter.at_all and part == 1,
            key=f"{letter.key}.{part}" if letter.key else "",
            part=part,
            parts=len(chunks),
        )
        for part, chunk in enumerate(chunks, 1)
    ]
