"""Custom bots of Feishu and Lark (飞书自定义机器人)."""

import base64
import hmac
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from odoo.addons.order_hub.engine.web.errors import WebError

from .. import bucket
from . import text as texts
from .base import JSON_HEADERS, Request, Robot, as_json, number, seconds
from .letter import Letter, Mention
from .outcome import ADDRESS, IP, KEYWORD, REFUSED, SECRET, SENT, THROTTLED, TOO_LONG

#: Source: "Custom bot usage guide" (自定义机器人使用指南): a request is not larger than
#: 20 KB. Counted as thousands, which is the stricter reading.
MOST_BYTES = 20_000
COLOURS = {"info": "blue", "warning": "orange", "critical": "red"}
BAD_REQUEST = 9499
HOOK = re.compile(r"/open-apis/bot/v2/hook/[\w-]+/?")


def sign(secret: str, timestamp: str) -> str:
    """Return the signature of a moment.

    Source: "Custom bot usage guide": Base64 of HMAC-SHA256 over nothing, keyed with
    timestamp, line break and secret.

    :param timestamp: in seconds, not older than an hour
    """
    key = f"{timestamp}\n{secret}".encode()
    return base64.b64encode(hmac.new(key, b"", "sha256").digest()).decode()


class FeishuRobot(Robot):
    """A bot calls people by their id only; one known by mobile is named, not called."""

    platform = "feishu"
    label = "Feishu or Lark"
    limits = bucket.FEISHU
    #: Source: "Custom bot usage guide" and "Rate limits" of open.feishu.cn.
    codes = {
        9499: REFUSED,
        11232: THROTTLED,
        99991400: THROTTLED,
        230020: THROTTLED,
        230025: TOO_LONG,
        19001: ADDRESS,
        19021: SECRET,
        19022: IP,
        19024: KEYWORD,
    }

    def _is_address(self, path: str, query: Mapping[str, str]) -> bool:
        return bool(HOOK.fullmatch(path))

    def most_bytes(self, letter: Letter) -> int:
        return MOST_BYTES

    # === BUILDING === #

    def build(self, letter: Letter, at: datetime) -> Request:
        body = {} if not self.secret else self._signature(at)
        body |= self._card(letter) if letter.is_markdown else self._text(letter)
        return Request(self.address, as_json(body), JSON_HEADERS)

    def _signature(self, at: datetime) -> dict[str, str]:
        timestamp = str(seconds(at))
        return {"timestamp": timestamp, "sign": sign(self.secret, timestamp)}

    def _text(self, letter: Letter) -> dict[str, Any]:
        tail = self._tail(letter, _calls(letter, '<at user_id="{ref}">{name}</at>'))
        lines = (self._title(letter), self._dressed(letter.body, letter), tail)
        return {
            "msg_type": "text",
            "content": {"text": "\n".join(filter(None, lines))},
        }

    def _card(self, letter: Letter) -> dict[str, Any]:
        tail = self._tail(letter, _calls(letter, "<at id={ref}></at>"))
        lines = (self._dressed(letter.body, letter), tail)
        content = "\n".join(filter(None, lines)) or " "
        return {
            "msg_type": "interactive",
            "card": {
                "config": {"wide_screen_mode": True},
                "header": {
                    "title": {"tag": "plain_text", "content": self._title(letter)},
                    "template": COLOURS.get(letter.severity, "blue"),
                },
                "elements": [{"tag": "markdown", "content": content}],
            },
        }

    def _dressed(self, body: str, letter: Letter) -> str:
        body = texts.without_mentions(body)
        if not letter.is_markdown:
            return body
        return texts.HEADING.sub(r"**\1**", body)  # a card knows no headings

    # === READING === #

    def _code(self, data: Mapping[str, Any]) -> tuple[int | None, str]:
        """Read the names of today, else those of the first version."""
        code = number(data.get("code"))
        code = number(data.get("StatusCode")) if code is None else code
        return code, str(data.get("msg") or data.get("StatusMessage") or "")

    def _kind(self, code: int, said: str) -> str:
        if code == 0:
            return SENT
        if code == BAD_REQUEST and "too many" in said.lower():
            return THROTTLED
        return super()._kind(code, said)

    def _asked(self, error: WebError) -> float:
        answer = getattr(error, "answer", None)
        asked = number(answer.headers.get("x-ogw-ratelimit-reset")) if answer else None
        return float(asked) if asked and 0 < asked <= 3600 else super()._asked(error)


def _calls(letter: Letter, form: str) -> str:
    """Return the tags that call people, and the names of those it cannot call."""
    people = (Mention(user_ref="all"),) if letter.at_all else ()
    return " ".join(
        form.format(ref=m.user_ref, name=m.name)
        if m.user_ref
        else f"@{m.name or m.mobile}"
        for m in people + letter.mentions
    )
