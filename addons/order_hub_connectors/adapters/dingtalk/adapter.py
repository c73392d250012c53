"""DingTalk: what people write to the company's robot, and answers to them.

Documentation: open.dingtalk.com, *Robots receive messages* (``timestamp`` and ``sign``
in the headers, within an hour), *sessionWebhook* (answers, 20 a minute), *Event
subscription* (sealed envelopes, answered with a sealed ``success``).
"""

import base64
import hashlib
import hmac
import json
from datetime import datetime
from urllib.parse import urlsplit

from odoo.addons.order_hub.engine.web.client import Bucket
from odoo.addons.order_hub.engine.web.errors import (
    AuthenticationFailed,
    Refused,
    Throttled,
    Unreachable,
    WebError,
)

from ...engine.approval import Approval
from ...engine.chat_message import ChatMessage
from ..base import Message, Parameter, ReadError, SignatureError
from ..chat.adapter import CHAT_JSON, TextAdapter
from ..chat.tokens import held
from ..documents import read_object
from ..registry import register
from ..wecom.crypto import Envelope
from .approvals import approval_of, moment, report_of

#: Milliseconds that a delivery may be old.
MAX_AGE = 60 * 60 * 1000
#: Hosts that answers may go to; nothing a delivery says leads anywhere else.
HOSTS = ("oapi.dingtalk.com", "api.dingtalk.com")
#: Answers a minute in one conversation.
PER_MINUTE = 20
#: Where approvals are asked about: newer than the address of the robots.
API = "https://api.dingtalk.com"
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
        Parameter("app_key", "AppKey", required=False),
        Parameter("token", "Token of Events", secret=True, required=False),
        Parameter("aes_key", "AES Key of Events", secret=True, required=False),
        Parameter("process_codes", "Approval Templates", required=False),
    )

    def test(self) -> str:
        if not self.value("app_secret"):
            raise AuthenticationFailed("DingTalk: the AppSecret is not entered.")
        return "DingTalk: the robot is tested by writing to it."

    # --- being reached ---

    def receive(self, headers, raw, query) -> list[Message]:
        # pylint: disable=method-required-super
        sealed = _sealed(raw)
        if sealed:
            return self._event(self._opened(sealed, query))
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

    # --- events ---

    def reply(self, raw, query) -> dict | None:
        """Return the sealed ``success`` that an event is answered with."""
        if not _sealed(raw):
            return None
        stamp = str(int(self.access.now().timestamp() * 1000))
        return self._envelope().seal("success", query.get("nonce", ""), stamp)

    def _envelope(self) -> Envelope:
        names = ("token", "aes_key", "app_key")
        return Envelope(*(self.value(name) for name in names))

    def _opened(self, sealed: str, query) -> dict:
        """Return an event.

        :raise SignatureError: it is not DingTalk that says so
        """
        query = {**query, "timestamp": query.get("timestamp", query.get("timeStamp"))}
        if not query["timestamp"]:
            raise SignatureError("The event is not signed.")
        name = "msg_signature" if "msg_signature" in query else "signature"
        return read_object(self._envelope().open(sealed, query, name).encode())

    def _event(self, event: dict) -> list[Message]:
        """Return what is kept of an event: what it says of an approval."""
        report = report_of(event)
        if not report or not self._is_wanted(event):
            return []
        body = json.dumps({"event": event}, sort_keys=True, ensure_ascii=False).encode()
        number = f"event-{hashlib.sha256(body).hexdigest()[:20]}"
        return [Message("other", number, body, CHAT_JSON)]

    def _is_wanted(self, event: dict) -> bool:
        """Tell whether the approval is of a template that is about orders."""
        codes = self.value("process_codes").replace("，", ",").replace(",", " ").split()
        return not codes or event.get("processCode") in codes

    def read_event(self, kind, document) -> dict:
        # pylint: disable=method-required-super
        chat = document.get("chat") if isinstance(document, dict) else None
        return dict((chat or {}).get("report") or {})

    def message_of(self, raw, content_type) -> ChatMessage:
        tree = read_object(raw)
        if isinstance(tree.get("event"), dict):
            report = report_of(tree["event"])
            return ChatMessage(kind="event", at=report.get("at", ""), report=report)
        if "msgId" not in tree:
            return super().message_of(raw, content_type)
        is_group = str(tree.get("conversationType")) == "2"
        return ChatMessage(
            text=_text(tree),
            sender=_word(tree.get("senderStaffId")) or _word(tree.get("senderId")),
            sender_name=_word(tree.get("senderNick")),
            group=_word(tree.get("conversationId")) if is_group else "",
            at=moment(tree.get("createAt")),
            reply_url=_word(tree.get("sessionWebhook")),
            reply_until=moment(tree.get("sessionWebhookExpiredTime")),
            kind=KINDS.get(_word(tree.get("msgtype")), "file"),
        )

    # --- calling ---

    def approval(self, number: str) -> Approval:
        """Return an approval by DingTalk's number of it.

        :raise AdapterError: unknown there, no right to read it, too often asked
        """
        url = f"{self._api()}/v1.0/workflow/processInstances"
        params = {"processInstanceId": number}
        for is_new in (False, True):
            headers = {"x-acs-dingtalk-access-token": self._token(is_new)}
            try:
                answer = self.access.client.json(
                    "GET", url, params=params, headers=headers
                )
                return approval_of(answer if isinstance(answer, dict) else {})
            except WebError as error:
                if is_new or _fault(error) != "InvalidAuthentication":
                    raise self._meant(error) from error
        raise AssertionError("the second try returns or raises")

    def _meant(self, error: WebError) -> WebError:
        """Return an error as what it means here; DingTalk says *too often* by 403."""
        code = _fault(error)
        if "QpsLimit" in code or "Throttl" in code:
            return Throttled("DingTalk asks to slow down.", 60.0)
        if code == "InvalidAuthentication":
            return AuthenticationFailed(
                "DingTalk does not take the access token. Check AppKey and AppSecret."
            )
        return error

    def _token(self, is_new: bool = False) -> str:
        """Return the access token, see :func:`held`."""
        key, secret = self.value("app_key"), self.value("app_secret")
        if not key or not secret:
            raise AuthenticationFailed(
                "DingTalk: AppKey and AppSecret are needed to read approvals."
            )
        return held((self._api(), key, secret), self._new_token, is_new)

    def _new_token(self) -> tuple[str, int]:
        body = {"appKey": self.value("app_key"), "appSecret": self.value("app_secret")}
        url = f"{self._api()}/v1.0/oauth2/accessToken"
        answer = self.access.client.json("POST", url, json=body, repeatable=True)
        answer = answer if isinstance(answer, dict) else {}
        return str(answer.get("accessToken") or ""), int(answer.get("expireIn") or 0)

    def _api(self) -> str:
        """Return the newer address; an address of one's own stays what it is."""
        is_usual = urlsplit(self.access.base_url).hostname in HOSTS
        return API if is_usual else self.access.base_url

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


def _sealed(raw: bytes) -> str:
    """Return the envelope of a delivery, empty for what a robot heard."""
    try:
        sealed = read_object(raw).get("encrypt")
    except ReadError:
        return ""
    return sealed if isinstance(sealed, str) else ""


def _fault(error: WebError) -> str:
    """Return DingTalk's word for what is wrong."""
    answer = getattr(error, "answer", None)
    try:
        told = answer.json() if answer else {}
    except WebError:
        return ""
    code = told.get("code") if isinstance(told, dict) else ""
    return code if isinstance(code, str) else ""


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
