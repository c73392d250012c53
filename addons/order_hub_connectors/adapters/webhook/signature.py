"""Signatures over a body: how they are made, written and checked."""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone

from ..base import AdapterError, SignatureError

ALGORITHMS = {"sha256": hashlib.sha256, "sha512": hashlib.sha512}
ENCODINGS = ("hex", "base64")
#: Name of a header: what HTTP calls a token.
HEADER = re.compile(r"[a-z0-9!#$%&'*+.^_`|~-]+")
#: Seconds or milliseconds since 1970.
EPOCH = re.compile(r"\d{9,13}")


@dataclass(frozen=True)
class Scheme:
    """How a system signs.

    :ivar header: that carries the signature, in lower case
    :ivar prefix: before the signature in the header, e.g. ``sha256=``
    :ivar timestamp_header: if set, its text and a separator stand before the body
        in what is signed, so that nobody can renew an old delivery
    :ivar tolerance: seconds that the two clocks may differ
    """

    secret: str
    header: str = "x-signature"
    algorithm: str = "sha256"
    encoding: str = "hex"
    prefix: str = ""
    timestamp_header: str = ""
    separator: str = "."
    tolerance: float = 300.0

    def __post_init__(self):
        if self.algorithm not in ALGORITHMS:
            raise AdapterError("The algorithm is sha256 or sha512.", "algorithm")
        if self.encoding not in ENCODINGS:
            raise AdapterError("The encoding is hex or base64.", "encoding")
        for name in ("header", "timestamp_header"):
            value = getattr(self, name)
            if not HEADER.fullmatch(value) and (value or name == "header"):
                raise AdapterError("This is no name of a header.", name)
        if not 0 < self.tolerance <= 86_400:
            raise AdapterError("The tolerance is 1 to 86400 seconds.", "tolerance")

    def sign(self, raw: bytes, timestamp: str = "") -> str:
        """Return the text that the signature header has for this body."""
        signed = raw
        if self.timestamp_header:
            signed = f"{timestamp}{self.separator}".encode() + raw
        made = hmac.new(self.secret.encode(), signed, ALGORITHMS[self.algorithm])
        if self.encoding == "hex":
            return f"{self.prefix}{made.hexdigest()}"
        return f"{self.prefix}{base64.b64encode(made.digest()).decode()}"

    def headers(self, raw: bytes, now: datetime) -> dict[str, str]:
        """Return the headers with which a body is sent."""
        timestamp = str(int(now.timestamp()))
        headers = {self.header: self.sign(raw, timestamp)}
        if self.timestamp_header:
            headers[self.timestamp_header] = timestamp
        return headers

    def check(self, headers: Mapping[str, str], raw: bytes, now: datetime) -> None:
        """Check a delivery.

        :raise SignatureError: it is not signed with the secret, or too old
        """
        if not self.secret:
            raise SignatureError("The channel has no secret: set it first.")
        timestamp = headers.get(self.timestamp_header, "")
        made = self.sign(raw, timestamp)
        given = headers.get(self.header, "").strip()
        if self.encoding == "hex":
            # Hexadecimal digits are the same in small and in capital letters.
            start = len(self.prefix)
            given = given[:start] + given[start:].lower()
        if not hmac.compare_digest(made.encode(), given.encode("utf-8", "replace")):
            raise SignatureError("The signature does not fit the delivery.")
        if self.timestamp_header:
            self._check_age(timestamp, now)

    def _check_age(self, timestamp: str, now: datetime) -> None:
        sent = moment_of(timestamp)
        if sent is None:
            raise SignatureError("The moment of the delivery cannot be read.")
        if abs((now - sent).total_seconds()) > self.tolerance:
            raise SignatureError(
                "The delivery is too old, or the clocks of the two systems differ."
            )


def moment_of(text: str) -> datetime | None:
    """Return seconds or milliseconds since 1970, or ISO 8601, as aware moment."""
    text = text.strip()
    if text.isascii() and EPOCH.fullmatch(text):
        seconds = int(text) / (1000 if len(text) > 11 else 1)
        return datetime.fromtimestamp(seconds, timezone.utc)
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
