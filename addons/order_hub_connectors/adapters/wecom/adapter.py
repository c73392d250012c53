"""WeCom: what members write to the company's own app, and answers to them.

Documentation: developer.work.weixin.qq.com, *Receive messages* (callbacks with echo
and envelope), *Send app messages* (``cgi-bin/message/send``), *Global error codes*.
"""

import hashlib
import json
from datetime import datetime, timezone

from odoo.addons.order_hub.engine.web.errors import (
    AuthenticationFailed,
    Refused,
    Throttled,
    Unreachable,
)

from ...engine.chat_message import CHAT, ChatMessage
from ..base import Message, Parameter, ReadError
from ..chat.adapter import TextAdapter
from ..chat.tokens import TOKENS, held
from ..documents import read_xml
from ..registry import register
from .crypto import Envelope

CHAT_XML = f"{CHAT}+xml"
#: Bytes that a text message may have; more is cut by WeCom itself.
MAX_BYTES = 2048
STALE = (40014, 42001, 40001)
WRONG_KEYS = (40001, 40013, 40014, 40056, 41001, 42001, 60020)
TOO_OFTEN = (45009, 45033, 45035, 45047)
BUSY = (-1, 6000)
KINDS = {"text": "text", "image": "picture", "voice": "voice", "event": "event"}
__all__ = ["TOKENS", "WecomAdapter", "shortened"]


@register
class WecomAdapter(TextAdapter):
    """An app of the company in WeCom."""

    code = "wecom"
    label = "WeCom"
    base_url = "https://qyapi.weixin.qq.com"
    can_receive = True
    can_say = True
    is_silent = True
    parameters = (
        Parameter("corp_id", "Corporation ID"),
        Parameter("agent_id", "AgentId"),
        Parameter("secret", "Secret", secret=True, required=False),
        Parameter("token", "Token", secret=True),
        Parameter("aes_key", "EncodingAESKey", secret=True),
    )

    def test(self) -> str:
        self._token(is_new=True)
        return f"WeCom {self.value('corp_id')}, app {self.value('agent_id')}"

    # --- being reached ---

    def echo(self, query: dict) -> str:
        """Return what WeCom wants to hear when the address is entered there.

        :raise SignatureError: it is not WeCom that asks
        """
        return self._envelope().open(query.get("echostr", ""), query)

    def receive(self, headers, raw, query) -> list[Message]:
        # pylint: disable=method-required-super
        sealed = _outer(raw).get("Encrypt")
        if not isinstance(sealed, str):
            raise ReadError("not_sealed", "The delivery has no envelope.", "Encrypt")
        text = self._envelope().open(sealed, dict(query))
        tree = _outer(text.encode())
        is_event = str(tree.get("MsgType") or "").lower() == "event"
        if is_event and not _approval(tree):
            return []  # somebody opened the app: there is nothing to keep
        kind = "other" if is_event else "order"
        return [Message(kind, _number(tree), text.encode(), CHAT_XML)]

    def _envelope(self) -> Envelope:
        names = ("token", "aes_key", "corp_id")
        return Envelope(*(self.value(name) for name in names))

    def message_of(self, raw, content_type) -> ChatMessage:
        if content_type.startswith(f"{CHAT}+json"):
            return super().message_of(raw, content_type)
        tree = _outer(raw)
        kind = str(tree.get("MsgType") or "").lower()
        return ChatMessage(
            text=str(tree.get("Content") or ""),
            sender=str(tree.get("FromUserName") or ""),
            at=_moment(tree.get("CreateTime")),
            kind=KINDS.get(kind, "file"),
            media_id=str(tree.get("MediaId") or ""),
            report=_approval(tree) if kind == "event" else {},
        )

    def read_event(self, kind, document) -> dict:
        # pylint: disable=method-required-super
        chat = document.get("chat") if isinstance(document, dict) else None
        return dict((chat or {}).get("report") or {})

    # --- calling ---

    def say(self, to: ChatMessage, text: str) -> str:
        body = {
            "touser": to.sender,
            "msgtype": "text",
            "agentid": int(self.value("agent_id") or 0),
            "text": {"content": shortened(text)},
            "enable_duplicate_check": 1,
        }
        answer = self._call("POST", "message/send", json=body)
        if answer.get("invaliduser"):
            raise Refused("WeCom: the member is not among those who see the app.")
        return str(answer.get("msgid") or "")

    def picture(self, media_id: str) -> tuple[str, bytes]:
        url = f"{self.access.base_url}/cgi-bin/media/get"
        params = {"access_token": self._token(), "media_id": media_id}
        answer = self.access.client.request("GET", url, params=params)
        if answer.headers.get("content-type", "").startswith(
            ("text/", "application/j")
        ):
            self._judge(answer.json())
        return f"{media_id[:40]}.jpg", answer.content

    def _call(self, method: str, path: str, **options) -> dict:
        """Call with the token; with a new one where WeCom no longer takes it."""
        for is_new in (False, True):
            params = {"access_token": self._token(is_new)}
            url = f"{self.access.base_url}/cgi-bin/{path}"
            answer = self.access.client.json(method, url, params=params, **options)
            if is_new or _code(answer) not in STALE:
                break
        return self._judge(answer)

    def _token(self, is_new: bool = False) -> str:
        """Return the access token, see :func:`held`."""
        corp, secret = self.value("corp_id"), self.value("secret")
        if not secret:
            raise AuthenticationFailed("WeCom: the app's secret is not entered.")
        return held((self.access.base_url, corp, secret), self._new_token, is_new)

    def _new_token(self) -> tuple[str, int]:
        params = {
            "corpid": self.value("corp_id"),
            "corpsecret": self.value("secret"),
        }
        url = f"{self.access.base_url}/cgi-bin/gettoken"
        answer = self._judge(self.access.client.json("GET", url, params=params))
        return str(answer.get("access_token") or ""), int(answer.get("expires_in") or 0)

    def _judge(self, answer: dict) -> dict:
        """Return a good answer; raise what an error code means.

        WeCom's own words have hints and addresses in them: only the code is shown.
        """
        code = _code(answer)
        if code == 0:
            return answer
        if code in BUSY:
            raise Unreachable(f"WeCom is busy ({code}).")
        if code in TOO_OFTEN:
            raise Throttled(f"WeCom asks to slow down ({code}).", 60.0)
        if code in WRONG_KEYS:
            raise AuthenticationFailed(
                f"WeCom does not let the app in ({code}). Check corporation, secret "
                "and the app's trusted addresses."
            )
        raise Refused(f"WeCom refuses this ({code}).")


def shortened(text: str, most: int = MAX_BYTES) -> str:
    """Return a text of bounded bytes, cut between letters."""
    raw = text.encode()
    if len(raw) <= most:
        return text
    return raw[: most - 3].decode("utf-8", "ignore") + "…"


def _code(answer) -> int:
    code = answer.get("errcode", 0) if isinstance(answer, dict) else None
    return code if isinstance(code, int) else -1


def _outer(raw: bytes) -> dict:
    tree = read_xml(raw, {})
    inner = tree.get("xml", tree) if isinstance(tree, dict) else {}
    return inner if isinstance(inner, dict) else {}


def _number(tree: dict) -> str:
    """Return the number of a message; events have none: who, when and what."""
    if tree.get("MsgId"):
        return str(tree["MsgId"])
    body = json.dumps(tree, sort_keys=True, ensure_ascii=False).encode()
    return f"event-{hashlib.sha256(body).hexdigest()[:20]}"


def _moment(seconds) -> str:
    text = str(seconds or "")
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        return ""
    return datetime.fromtimestamp(int(text), timezone.utc).isoformat()


#: ``SpStatus`` and ``OpenSpStatus``: what became of an approval.
APPROVALS = {
    "1": "pending",
    "2": "approved",
    "3": "rejected",
    "4": "withdrawn",
    "6": "withdrawn",
    "7": "deleted",
}


def _approval(tree: dict) -> dict:
    """Return what an event says of an approval, empty for other events."""
    if tree.get("Event") not in ("sys_approval_change", "open_approval_change"):
        return {}
    info = tree.get("ApprovalInfo") or {}
    info = info if isinstance(info, dict) else {}
    number = str(info.get("ThirdNo") or info.get("SpNo") or "")
    status = str(info.get("OpenSpStatus") or info.get("SpStatus") or "")
    word = APPROVALS.get(status, status)
    return {
        "reference": number,
        "word": word,
        "at": _moment(tree.get("CreateTime")),
        "note": str(info.get("OpenSpName") or info.get("SpName") or ""),
    }
