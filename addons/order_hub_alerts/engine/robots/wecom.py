"""Group robots of WeCom (企业微信群机器人)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from .. import bucket
from . import text as texts
from .base import JSON_HEADERS, MAX_PARTS, Request, Robot, as_json
from .letter import Letter, Mention, tidy
from .outcome import ADDRESS, DOWN, IP, REFUSED, THROTTLED, TOO_LONG

#: Bytes of the content in UTF-8. Source: "Group robot configuration" (群机器人配置说明)
#: of developer.work.weixin.qq.com, document 91770.
MOST_TEXT, MOST_MARKDOWN = 2048, 4096
BAD_PARAMETER = 40058


class WeComRobot(Robot):
    """The address carries the only secret there is; nothing is signed.

    Markdown calls people by their user id only, text by mobile as well. A message
    that calls a mobile goes as text if it fits, else as markdown with a short text
    behind it.
    """

    platform = "wecom"
    label = "WeCom"
    limits = bucket.WECOM
    calls_mobiles = True
    #: Source: "Global return codes" (全局错误码) of developer.work.weixin.qq.com.
    codes = {
        -1: DOWN,
        6000: DOWN,
        40058: REFUSED,  # a parameter; its words may say that it is too long
        45002: TOO_LONG,
        45009: THROTTLED,
        45033: THROTTLED,
        60020: IP,
        93000: ADDRESS,
        93004: ADDRESS,  # the robot was removed
        93008: ADDRESS,  # the robot is not in the group
    }

    def _is_address(self, path: str, query: Mapping[str, str]) -> bool:
        return path.endswith("/webhook/send") and bool(query.get("key"))

    # === SIZE === #

    def bytes_of(self, letter: Letter) -> int:
        return texts.size(self._content(letter))

    def most_bytes(self, letter: Letter) -> int:
        return MOST_MARKDOWN if letter.is_markdown else MOST_TEXT

    def _measure(self, letter: Letter) -> Callable[[str], int]:
        return lambda piece: texts.size(self._dressed(piece, letter))

    def fit(self, letter: Letter, most: int = MAX_PARTS) -> list[Letter]:
        letter = tidy(letter)
        called = tuple(m for m in letter.mentions if m.mobile and not m.user_ref)
        if not letter.is_markdown or not (called or letter.at_all):
            return super().fit(letter, most)
        in_text = replace(letter, body=texts.plain(letter.body), is_markdown=False)
        if self.bytes_of(in_text) <= MOST_TEXT:
            return [in_text]
        rest = tuple(m for m in letter.mentions if m not in called)
        shown = super().fit(replace(letter, mentions=rest, at_all=False), most)
        return [*shown, _call(letter, called)]

    # === BUILDING === #

    def build(self, letter: Letter, at: datetime) -> Request:
        content = self._content(letter)
        if letter.is_markdown:
            body = {"msgtype": "markdown", "markdown": {"content": content}}
        else:
            body = {"msgtype": "text", "text": {"content": content, **_called(letter)}}
        return Request(self.address, as_json(body), JSON_HEADERS)

    def _content(self, letter: Letter) -> str:
        title, calls = self._title(letter), ""
        if letter.is_markdown:
            title = f"**{title}**"
            calls = " ".join(f"<@{m.user_ref}>" for m in letter.mentions if m.user_ref)
        names = " ".join(f"@{m.name}" for m in letter.mentions if not _can_call(m))
        calls = f"{calls} {names}".strip()
        lines = (title, self._dressed(letter.body, letter), self._tail(letter, calls))
        return "\n".join(filter(None, lines))

    # === READING === #

    def _kind(self, code: int, said: str) -> str:
        if code == BAD_PARAMETER and "exceed" in said:
            return TOO_LONG
        return super()._kind(code, said)


def _call(letter: Letter, called: tuple[Mention, ...]) -> Letter:
    """Return the short text that calls people to the markdown before it."""
    key = f"{letter.key}.@" if letter.key else ""
    return replace(letter, body="", mentions=called, is_markdown=False, key=key)


def _can_call(mention: Mention) -> bool:
    return bool(mention.user_ref or mention.mobile)


def _called(letter: Letter) -> dict[str, list[str]]:
    """Return who is called by a text."""
    everybody = ["@all"] if letter.at_all else []
    users = [m.user_ref for m in letter.mentions if m.user_ref]
    mobiles = [m.mobile for m in letter.mentions if m.mobile and not m.user_ref]
    named = {
        "mentioned_list": users + everybody,
        "mentioned_mobile_list": mobiles,
    }
    return {name: values for name, values in named.items() if values}
