"""Group robots of DingTalk (钉钉自定义机器人)."""

import base64
import hmac
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote_plus

from .. import bucket
from . import text as texts
from .base import JSON_HEADERS, Request, Robot, as_json, number, seconds
from .letter import Letter, Mention
from .outcome import (
    ADDRESS,
    DOWN,
    IP,
    KEYWORD,
    REFUSED,
    SECRET,
    THROTTLED,
    TOO_LONG,
    Outcome,
)

#: Source: answer 460101, "message too long, exceed 20000 bytes". Kept for the whole
#: body of the request, which is the stricter reading.
MOST_BYTES = 20_000
#: The one code of every security setting; its words say which one.
SECURITY = 310000
BY_WORDS = (
    (KEYWORD, re.compile(r"keyword|关键词", re.I)),
    (SECRET, re.compile(r"\bsign|签名|timestamp|时间戳", re.I)),
    (IP, re.compile(r"\bip\b|whitelist|白名单", re.I)),
)
#: What the platform's guard against floods says in place of a code.
PUNISHED = 1111


def sign(secret: str, timestamp: str) -> str:
    """Return the signature of a moment, not yet quoted.

    Source: "Security settings of custom robots" (自定义机器人安全设置): Base64 of
    HMAC-SHA256 over timestamp, line break and secret, keyed with the secret.

    :param timestamp: in milliseconds, not more than an hour off
    """
    signed = f"{timestamp}\n{secret}".encode()
    return base64.b64encode(
        hmac.new(secret.encode(), signed, "sha256").digest()
    ).decode()


class DingTalkRobot(Robot):
    platform = "dingtalk"
    label = "DingTalk"
    limits = bucket.DINGTALK
    calls_mobiles = True
    #: Source: error codes of "Send custom robot messages" and what the platform
    #: answers: 130101 "send too fast", 300005 "token is not exist".
    codes = {
        -1: DOWN,
        130101: THROTTLED,
        410100: THROTTLED,
        90030: THROTTLED,
        300001: ADDRESS,
        300005: ADDRESS,
        400013: ADDRESS,  # the group is dissolved
        400101: ADDRESS,  # no such token
        400102: ADDRESS,  # the robot is switched off
        400106: ADDRESS,  # no such robot
        460101: TOO_LONG,
    }

    def _is_address(self, path: str, query: Mapping[str, str]) -> bool:
        return path.endswith("/robot/send") and bool(query.get("access_token"))

    def most_bytes(self, letter: Letter) -> int:
        return MOST_BYTES

    def build(self, letter: Letter, at: datetime) -> Request:
        made = self._markdown(letter) if letter.is_markdown else self._text(letter)
        body = {
            **made,
            "at": {
                "atMobiles": [m.mobile for m in letter.mentions if m.mobile],
                "atUserIds": [m.user_ref for m in letter.mentions if _is_by_id(m)],
                "isAtAll": letter.at_all,
            },
        }
        return Request(self._url(at), as_json(body), JSON_HEADERS)

    def _url(self, at: datetime) -> str:
        if not self.secret:
            return self.address
        timestamp = str(seconds(at) * 1000)
        signature = quote_plus(sign(self.secret, timestamp))
        return f"{self.address}&timestamp={timestamp}&sign={signature}"

    def _text(self, letter: Letter) -> dict[str, Any]:
        lines = (self._title(letter), self._dressed(letter.body, letter))
        content = "\n".join(filter(None, (*lines, self._tail(letter, _calls(letter)))))
        return {"msgtype": "text", "text": {"content": content}}

    def _markdown(self, letter: Letter) -> dict[str, Any]:
        title = self._title(letter)
        body = self._dressed(letter.body, letter)
        tail = self._tail(letter, _calls(letter))
        whole = "\n\n".join(filter(None, (f"#### {title}", body, tail)))
        return {"msgtype": "markdown", "markdown": {"title": title, "text": whole}}

    def _dressed(self, body: str, letter: Letter) -> str:
        body = texts.without_mentions(body)
        # One line break is a blank here; two blanks before it make it a line break.
        return body.replace("\n", "  \n") if letter.is_markdown else body

    def _kind(self, code: int, said: str) -> str:
        if code != SECURITY:
            return super()._kind(code, said)
        return next((kind for kind, words in BY_WORDS if words.search(said)), REFUSED)

    def _unreadable(self, data: Any, status: int) -> Outcome:
        if not isinstance(data, dict) or number(data.get("status")) != PUNISHED:
            return super()._unreadable(data, status)
        pause = max(float(number(data.get("wait")) or 0), self.limits.block)
        return Outcome(THROTTLED, str(PUNISHED), "Too many messages.", pause)


def _calls(letter: Letter) -> str:
    """Return the marks in the text without which nobody sees that he is called."""
    return " ".join(f"@{m.mobile or m.user_ref or m.name}" for m in letter.mentions)


def _is_by_id(mention: Mention) -> bool:
    return bool(mention.user_ref) and not mention.mobile
