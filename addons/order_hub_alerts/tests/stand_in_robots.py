"""Messengers as their documentation describes them, on a local port.

Each checks token, signature, clock, keyword, address, size and speed, and answers in
the platform's own words: HTTP 200 and a code in the body. What it took is in
``taken``. Written without the code of the robots, so that both can be wrong apart.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote

from odoo.addons.order_hub.tests.stand_in import Answer, Call, StandIn

NOW = datetime(2026, 3, 16, 1, 30, tzinfo=timezone.utc)
TOKEN = "0f3c7a51d2e94b6c8a7d5e1f"
SECRET = "SEC5b1d6c0e8f"


class Time:
    """A clock that only the test moves."""

    def __init__(self, now: datetime = NOW):
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class RobotStandIn(StandIn):
    """What the platforms have in common.

    :param clock: returns the platform's moment
    :param secret: signatures are checked when there is one
    :param keyword: each message must contain it when there is one
    :param lets_in: whether the address of a caller is on the robot's list
    """

    #: (messages, seconds), and the seconds of silence after one too many.
    windows: tuple[tuple[int, float], ...] = ()
    block = 0.0

    def __init__(
        self,
        clock: Callable[[], datetime] | None = None,
        secret: str = SECRET,
        keyword: str = "",
        lets_in: bool = True,
    ):
        super().__init__(TOKEN)
        self.clock = clock or Time()
        self.secret, self.keyword, self.lets_in = secret, keyword, lets_in
        self.taken: list[dict[str, Any]] = []
        self.arrivals: list[datetime] = []
        self.blocked_until: datetime | None = None
        self.refusals: list[Any] = []

    @property
    def address(self) -> str:
        raise NotImplementedError

    @property
    def texts(self) -> list[str]:
        """Return what people can read of each message."""
        return [self.shown(body) for body in self.taken]

    def answer(self, call: Call) -> Answer:
        refused = self.problem(call, call.json())
        if refused is not None:
            self.refusals.append(refused)
            return Answer(refused)
        self.taken.append(call.json())
        return Answer(self.welcome())

    def problem(self, call: Call, body: dict) -> Any:
        """Return the answer to a message that is not taken, or ``None``."""
        raise NotImplementedError

    def shown(self, body: dict) -> str:
        raise NotImplementedError

    def welcome(self) -> Any:
        return {"errcode": 0, "errmsg": "ok"}

    def is_too_fast(self) -> bool:
        """Count an arrival; return whether it is one too many."""
        now = self.clock()
        if self.blocked_until and now < self.blocked_until:
            return True
        for count, seconds in self.windows:
            since = now - timedelta(seconds=seconds)
            if sum(moment > since for moment in self.arrivals) >= count:
                if self.block:
                    self.blocked_until = now + timedelta(seconds=self.block)
                return True
        self.arrivals.append(now)
        return False

    def is_this_hour(self, seconds: float) -> bool:
        return abs(self.clock().timestamp() - seconds) <= 3600

    def lacks_keyword(self, body: dict) -> bool:
        return bool(self.keyword) and self.keyword not in self.shown(body)


class DingTalkStandIn(RobotStandIn):
    """20 messages a minute, else silence for ten; 20,000 bytes."""

    windows = ((20, 60.0),)
    block = 600.0
    more = "more: [https://ding-doc.dingtalk.com/doc#/serverapi2/qf2nxq]"

    @property
    def address(self) -> str:
        return f"{self.url}/robot/send?access_token={self.token}"

    def problem(self, call, body):
        if call.path != "/robot/send" or call.query.get("access_token") != self.token:
            return {"errcode": 300005, "errmsg": "token is not exist"}
        security = self.security_problem(call, body)
        if security:
            return {"errcode": 310000, "errmsg": security}
        if len(call.body) > 20_000:
            said = "message too long, exceed 20000 bytes"
            return {"errcode": 460101, "errmsg": said}
        if self.is_too_fast():
            said = "send too fast, exceed 20 times per minute"
            return {"errcode": 130101, "errmsg": said}
        if not self.shown(body):
            return {"errcode": 40035, "errmsg": "missing parameter content"}
        return None

    def security_problem(self, call, body):
        if not self.lets_in:
            return "ip 203.0.113.7 not in whitelist"
        if self.secret:
            timestamp = call.query.get("timestamp", "0")
            if not self.is_this_hour(int(timestamp) / 1000):
                return f"invalid timestamp, {self.more}"
            if call.query.get("sign") != self.signature(timestamp):
                return "sign not match"
        if self.lacks_keyword(body):
            return f"keywords not in content, {self.more}"
        return ""

    def signature(self, timestamp: str) -> str:
        key, text = self.secret.encode(), f"{timestamp}\n{self.secret}".encode()
        return base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()

    def shown(self, body):
        if body.get("msgtype") == "markdown":
            return body["markdown"]["text"]
        return body.get("text", {}).get("content", "")


class WeComStandIn(RobotStandIn):
    """20 messages a minute; 2,048 bytes of text, 4,096 of markdown."""

    windows = ((20, 60.0),)
    most = {"text": 2048, "markdown": 4096}

    @property
    def address(self) -> str:
        return f"{self.url}/cgi-bin/webhook/send?key={self.token}"

    def problem(self, call, body):
        if call.query.get("key") != self.token:
            return self.said(93000, "invalid webhook url")
        kind = body.get("msgtype")
        if kind not in self.most:
            return self.said(40008, "invalid message type")
        content = body[kind].get("content", "")
        if not content:
            return self.said(44004, "empty content")
        if len(content.encode()) > self.most[kind]:
            said = f"{kind}.content exceed max length {self.most[kind]}"
            return self.said(40058, f"{said}. invalid Request Parameter")
        if self.is_too_fast():
            return self.said(45009, "api freq out of limit")
        return None

    def said(self, code: int, words: str) -> dict:
        where = "from ip: 203.0.113.7, more info at https://open.work.weixin.qq.com"
        more = f"hint: [1764047542142832100935838], {where}/devtool/query?e={code}"
        return {"errcode": code, "errmsg": f"{words}, {more}"}

    def shown(self, body):
        return body.get(body.get("msgtype"), {}).get("content", "")


class FeishuStandIn(RobotStandIn):
    """100 messages a minute and 5 a second; 20 KB."""

    windows = ((100, 60.0), (5, 1.0))

    @property
    def address(self) -> str:
        return f"{self.url}/open-apis/bot/v2/hook/{self.token}"

    def problem(self, call, body):
        if call.path != f"/open-apis/bot/v2/hook/{self.token}":
            said = "param invalid: incoming webhook access token invalid"
            return {"code": 19001, "msg": said}
        if len(call.body) > 20 * 1024 or not self.shown(body):
            return {"code": 9499, "msg": "Bad Request", "data": {}}
        if not self.lets_in:
            return {"code": 19022, "msg": "Ip Not Allowed"}
        if self.secret and not self.is_signed(body):
            said = "sign match fail or timestamp is not within one hour"
            return {"code": 19021, "msg": f"{said} from current time"}
        if self.lacks_keyword(body):
            return {"code": 19024, "msg": "Key Words Not Found"}
        if self.is_too_fast():
            said = "frequency limited psm[lark.oapi.app_platform_runtime]appID[1500]"
            return {"code": 11232, "data": {}, "msg": said}
        return None

    def is_signed(self, body: dict) -> bool:
        timestamp = body.get("timestamp", "0")
        key = f"{timestamp}\n{self.secret}".encode()
        made = base64.b64encode(hmac.new(key, digestmod=hashlib.sha256).digest())
        fits = body.get("sign") == made.decode()
        return fits and self.is_this_hour(int(timestamp))

    def welcome(self):
        return {
            "StatusCode": 0,
            "StatusMessage": "success",
            "code": 0,
            "data": {},
            "msg": "success",
        }

    def shown(self, body):
        if body.get("msg_type") == "interactive":
            card = body["card"]
            title = card["header"]["title"]["content"]
            return "\n".join([title, *(part["content"] for part in card["elements"])])
        return body.get("content", {}).get("text", "")


class WebhookStandIn(RobotStandIn):
    """A receiver that checks the signature and leaves out what it has already."""

    windows = ((60, 60.0),)

    @property
    def address(self) -> str:
        return f"{self.url}/warnings/{quote(self.token)}"

    def answer(self, call):
        if self.secret and not self.is_signed(call):
            return Answer({"error": "signature"}, 401)
        if self.is_too_fast():
            return Answer({"error": "slow down"}, 429, {"Retry-After": "30"})
        body = call.json()
        if body["key"] not in {known["key"] for known in self.taken}:
            self.taken.append(body)
        return Answer(b"", 204)

    def is_signed(self, call: Call) -> bool:
        timestamp = call.headers.get("x-order-hub-timestamp", "0")
        signed = timestamp.encode() + b"." + call.body
        made = hmac.new(self.secret.encode(), signed, hashlib.sha256).hexdigest()
        given = call.headers.get("x-order-hub-signature")
        return given == f"sha256={made}" and self.is_this_hour(int(timestamp))

    def shown(self, body):
        return f"{body['subject']}\n{body['body']}"


STAND_INS: dict[str, type[RobotStandIn]] = {
    "dingtalk": DingTalkStandIn,
    "wecom": WeComStandIn,
    "feishu": FeishuStandIn,
    "webhook": WebhookStandIn,
}
