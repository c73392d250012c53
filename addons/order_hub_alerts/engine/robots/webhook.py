"""Warnings to any server that takes a signed JSON body."""

import hmac
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from .. import bucket
from .base import JSON_HEADERS, Request, Robot, as_json, seconds
from .letter import Letter
from .outcome import REFUSED, SENT, Outcome

#: Our own measure, far below what web servers take by default (1 MB).
MOST_BYTES = 64 * 1024
#: Hexadecimal HMAC-SHA256 over timestamp, full stop and body, after ``sha256=``.
SIGNATURE = "X-Order-Hub-Signature"
#: Seconds since 1970, signed along, so that nobody sends an old message again.
TIMESTAMP = "X-Order-Hub-Timestamp"
#: The same at every try: a receiver leaves out what it has already.
KEY = "Idempotency-Key"


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Return what the header of the signature says."""
    made = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, "sha256")
    return f"sha256={made.hexdigest()}"


class WebhookRobot(Robot):
    """2xx means taken, whatever the body says."""

    platform = "webhook"
    label = "a webhook"
    limits = bucket.WEBHOOK
    calls_mobiles = True

    def _is_address(self, path: str, query: Mapping[str, str]) -> bool:
        return True

    def most_bytes(self, letter: Letter) -> int:
        return MOST_BYTES

    def build(self, letter: Letter, at: datetime) -> Request:
        timestamp = str(seconds(at))
        body = as_json(
            {
                "key": letter.key,
                "subject": letter.subject,
                "body": letter.body,
                "format": "markdown" if letter.is_markdown else "text",
                "severity": letter.severity,
                "part": letter.part,
                "parts": letter.parts,
                "mentions": [asdict(mention) for mention in letter.mentions],
                "at_all": letter.at_all,
            }
        )
        headers = {**JSON_HEADERS, TIMESTAMP: timestamp}
        if letter.key:
            headers[KEY] = letter.key.encode("ascii", "replace").decode()
        if self.secret:
            headers[SIGNATURE] = sign(self.secret, timestamp, body)
        return Request(self.address, body, headers)

    def _dressed(self, body: str, letter: Letter) -> str:
        return body

    def judge(self, status: int, content: bytes) -> Outcome:
        if 200 <= status < 300:
            said = content[:600].decode("utf-8", "replace")
            return Outcome(SENT, str(status), self._blotted(said))
        return self._unreadable(None, status)

    def _unreadable(self, data: Any, status: int) -> Outcome:
        if status < 400:
            return Outcome(REFUSED, str(status), "The answer is not a success.")
        return super()._unreadable(data, status)
