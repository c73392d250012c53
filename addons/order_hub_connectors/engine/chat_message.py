"""One message that somebody wrote, whichever chat it came by.

Adapters make it of a platform's own payload; what stands after ``text`` says who wrote
it, where, and where an answer goes.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

#: Content types of payloads that hold a message; only our own code writes them, so
#: that no payload of anybody else can pass for what a known sender wrote.
CHAT = "application/x-hub-chat"
MAX_TEXT = 4000
MAX_WORD = 128
MAX_URL = 500


@dataclass(frozen=True)
class ChatMessage:
    """What somebody wrote.

    :ivar text: the words, as they came
    :ivar sender: the platform's number of whoever wrote it
    :ivar group: the platform's number of the group; empty: written to us alone
    :ivar at: moment, ISO 8601 with a zone; empty: when it was received
    :ivar reply_url: address that takes an answer, for platforms that give one
    :ivar reply_until: until when, ISO 8601, UTC
    :ivar partner_id: customer that an operator has named; 0: nobody has
    :ivar kind: ``text``; what is no text is ``picture``, ``voice``, ``file``, ``event``
    :ivar media_id: the platform's number of a picture
    """

    text: str = ""
    sender: str = ""
    sender_name: str = ""
    group: str = ""
    at: str = ""
    reply_url: str = ""
    reply_until: str = ""
    partner_id: int = 0
    kind: str = "text"
    media_id: str = ""
    report: Mapping[str, Any] = field(default_factory=dict)

    @property
    def talk(self) -> str:
        """Return the name of the talk: one sender, in one group or alone."""
        return f"{self.group}|{self.sender}" if self.group else self.sender

    def to_json(self) -> dict:
        return {name: value for name, value in asdict(self).items() if value}


def from_json(row: Any) -> ChatMessage:
    """Return a message of what was kept, bounded; what is no text is left out."""
    row = row if isinstance(row, Mapping) else {}
    limits = {"text": MAX_TEXT * 5, "reply_url": MAX_URL}
    words = {
        name: _word(row.get(name), limits.get(name, MAX_WORD))
        for name in ChatMessage.__dataclass_fields__
        if name not in ("partner_id", "report", "kind")
    }
    number = row.get("partner_id")
    report = row.get("report")
    return ChatMessage(
        **words,
        partner_id=number if isinstance(number, int) and number > 0 else 0,
        kind=_word(row.get("kind"), 20) or "text",
        report=report if isinstance(report, Mapping) else {},
    )


def is_chat(content_type: str) -> bool:
    """Tell whether a payload is a message that somebody wrote."""
    return content_type.startswith(CHAT)


def part_of(content_type: str) -> int:
    """Return which order of a message with several a row is about, 0 for the first."""
    _type, _semicolon, rest = content_type.partition(";part=")
    return int(rest) if rest.isascii() and rest.isdigit() and len(rest) < 4 else 0


def part_type(content_type: str, part: int) -> str:
    """Return the content type of a further order of the same message."""
    return f"{content_type.partition(';part=')[0]};part={part}"


def _word(value: Any, most: int) -> str:
    return value[:most] if isinstance(value, str) else ""
