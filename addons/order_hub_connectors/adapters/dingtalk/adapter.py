"""DingTalk: what people write to the company's robot, and answers to them.

Documentation: open.dingtalk.com, *Robots receive messages* (``timestamp`` and ``sign``
in the headers, within an hour), *sessionWebhook* (answers, 20 a minute).
"""

import base64
import hashlib
import hmac
from datetime import datetime, timezone
from urllib.parse import urlsplit

from odoo.addons.order_hub.engine.web.client import Bucket
from odoo.addons.order_hub.engine.web.errors import (
    AuthenticationFailed,
    Refused,
    Throttled,
    Unreachable,
)

from ...engine.chat_message import ChatMessage
from ..base import Message, Parameter, ReadError, SignatureError
from ..chat.adapter import CHAT_JSON, TextAdapter
from ..documents import read_object
from ..registry import register

#: Milliseconds that a delivery may be old.
MAX_AGE = 60 * 60 * 1000
#: Hosts that answers may go to; nothing a delivery says leads anywhere else.
HOSTS = ("oapi.dingtalk.com", "api.dingtalk.com")
#: Answers a minute in one conversation.
PER_MINUTE = 20
MAX_TEXT = 2000
MAX_BUCKETS = 1000
KINDS = {"text": "text", "richText": "text", "picture": "picture", "audio": "voice"}
BUCKETS: dict[str, Bucket] = {}


@register
class DingtalkAdapter(TextAdapter):
    """A robot of the company in DingTalk."""

    code = "dingtalk"
    label = "DingTalk"
    base_url = "https://oapi.dingtalk.com"
    can_receive = True
    can_say = True
    parameters = (
        Parameter("robot_code", "RobotCode", required=False),
        Parameter("app_secret", "AppSecret", secret=True),
    )

    def test(self) -> str:
        if not self.value("app_secret"):
            raise AuthenticationFailed("DingTalk: the AppSecret is not entered.")
        return "DingTalk: the robot is tested by writing to it."

    # --- being reached ---

    def receive(self, headers, raw, query) -> list[Message]:
        # pylint: disable=method-required-super
        self._check(headers)
        tree = read_object(raw)
        wanted = self.value("robot_code")
        if wanted and tree.get("robotCode") not in ("", None, wanted):
            raise SignatureError("The delivery is for another robot.")
        number = tree.get("msgId")
        if not isinstance(number, str) or not number:
            raise ReadError("no_number", "The delivery has no number.", "msgId")
        return [Message("order", number, raw, CHAT_JSON)]

    def _check(self, headers) -> None:
        """Check time and signature of a delivery.

        :raise SignatureError: older than an hour, or not signed with the secret
        """
        stamp, secret = headers.get("timestamp", ""), self.value("app_secret")
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 15) or not secret:
            raise SignatureError("The delivery is not signed.")
        now = int(self.access.now().timestamp() * 1000)
        if abs(now - int(stamp)) > MAX_AGE:
            raise SignatureError("The delivery is older than an hour.")
        given = headers.get("sign", "").encode("utf-8", "replace")
        if not hmac.compare_digest(given, sign(stamp, secret).encode()):
            raise SignatureError("The signature does not fit.")

    def message_of(self, raw, content_type) -> ChatMessage:
        tree = read_object(raw)
        if "msgId" not in tree:
            return super().message_of(raw, content_type)
        is_group = str(tree.get("conversationType")) == "2"
        return ChatMessage(
            text=_text(tree),
            sender=_word(tree.get("senderStaffId")) or _word(tree.get("senderId")),
            sender_name=_word(tree.get("senderNick")),
            group=_word(tree.get("conversationId")) if is_group else "",
            at=_moment(tree.get("createAt")),
            reply_url=_word(tree.get("sessionWebhook")),
            reply_until=_moment(tree.get("sessionWebhookExpiredTime")),
            kind=KINDS.get(_word(tree.get("msgtype")), "file"),
        )

    # --- calling ---

    def say(self, to: ChatMessage, text: str) -> str:
        self._check_reply(to)
        wait = _bucket(to.reply_url).take()
        if wait > 0:
            raise Throttled("DingTalk takes 20 answers a minute.", wait)
        body = {"msgtype": "text", "text": {"content": text[:MAX_TEXT]}}
        if to.group:
            body["at"] = {"atUserIds": [to.sender], "isAtAll": False}
        answer = self.access.client.json("POST", to.reply_url, json=body)
        return self._judge(answer)

    def _check_reply(self, to: ChatMessage) -> None:
        """Refuse an address that is none of DingTalk's, or no longer holds."""
        own = urlsplit(self.access.base_url)
        there = urlsplit(to.reply_url)
        is_known = there.scheme == "https" and there.hostname in HOSTS
        if not is_known and (there.scheme, there.netloc) != (own.scheme, own.netloc):
            raise Refused("DingTalk gave no address for an answer.")
        try:
            until = datetime.fromisoformat(to.reply_until)
        except ValueError:
            return
        if until <= self.access.now():
            raise Refused("The conversation can no longer be answered.")

    def _judge(self, answer) -> str:
        """Return the receipt of a good answer; raise what an error code means."""
        code = answer.get("errcode", 0) if isinstance(answer, dict) else -1
        if code == 0:
            return "ok"
        if code in (-1, 88):
            raise Unreachable(f"DingTalk is busy ({code}).")
        if code in (130101, 130102, 410100):
            raise Throttled(f"DingTalk asks to slow down ({code}).", 60.0)
        raise Refused(f"DingTalk refuses this ({code}).")


def sign(timestamp: str, secret: str) -> str:
    """Return DingTalk's signature of a moment (milliseconds), base64."""
    text = f"{timestamp}\n{secret}".encode()
    return base64.b64encode(
        hmac.new(secret.encode(), text, hashlib.sha256).digest()
    ).decode()


def _bucket(key: str) -> Bucket:
    if key not in BUCKETS:
        while len(BUCKETS) >= MAX_BUCKETS:
            del BUCKETS[next(iter(BUCKETS))]
        BUCKETS[key] = Bucket(PER_MINUTE / 60, PER_MINUTE)
    return BUCKETS[key]


def _text(tree: dict) -> str:
    """Return the words of a message: plain, or the texts of a rich one."""
    plain = tree.get("text")
    if isinstance(plain, dict) and isinstance(plain.get("content"), str):
        return plain["content"].strip()
    content = tree.get("content")
    rows = content.get("richText") if isinstance(content, dict) else None
    rows = rows if isinstance(rows, list) else []
    texts = [row.get("text") for row in rows if isinstance(row, dict)]
    return "".join(text for text in texts if isinstance(text, str)).strip()


def _word(value) -> str:
    return value if isinstance(value, str) else ""


def _moment(millis) -> str:
    if not isinstance(millis, int) or not 0 < millis < 10**14:
        return ""
    return datetime.fromtimestamp(millis / 1000, timezone.utc).isoformat()
