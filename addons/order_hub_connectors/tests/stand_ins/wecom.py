"""WeCom as its documentation describes it, for tests only: callbacks and answers."""

import json

from odoo.addons.order_hub.tests.stand_in import Answer, Call, StandIn

from ...adapters.wecom.crypto import Envelope, signature

CORP, AGENT, SECRET = "ww1234567890abcdef", "1000002", "secret-of-the-app"
TOKEN, AES_KEY = "QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
#: Documented words of the error codes that tests use.
ERRORS = {
    -1: "system error",
    40014: "invalid access_token",
    42001: "access_token expired",
    40001: "invalid credential",
    45009: "api freq out of limit",
    60020: "not allow to access from your ip",
}


class WecomStandIn(StandIn):
    """``cgi-bin``: tokens of two hours, messages to members, media."""

    def __init__(self, **options):
        super().__init__(**options)
        self.sent: list[dict] = []
        self.tokens = 0
        self.members = {"ZhangSan", "LiSi"}

    def delivery(self, text, sender="ZhangSan", number="4561255354251345929", **more):
        """Return headers, body and query of a message as WeCom delivers it."""
        fields = {
            "ToUserName": CORP,
            "FromUserName": sender,
            "CreateTime": "1773532800",
            "MsgType": "text",
            "Content": text,
            "MsgId": number,
            "AgentID": AGENT,
            **more,
        }
        inner = "".join(
            f"<{name}><![CDATA[{value}]]></{name}>"
            for name, value in fields.items()
            if value is not None
        )
        return self.sealed(f"<xml>{inner}</xml>")

    def sealed(self, inner):
        envelope = Envelope(TOKEN, AES_KEY, CORP).seal(
            inner, "1372623149", "1773532800"
        )
        body = (
            f"<xml><ToUserName><![CDATA[{CORP}]]></ToUserName><Encrypt><![CDATA["
            f"{envelope['encrypt']}]]></Encrypt><AgentID><![CDATA[{AGENT}]]></AgentID>"
            "</xml>"
        )
        query = {
            "msg_signature": envelope["msg_signature"],
            "timestamp": envelope["timeStamp"],
            "nonce": envelope["nonce"],
        }
        return {}, body.encode(), query

    @staticmethod
    def echo(plain="1616140317555161061"):
        """Return the query of the question that WeCom asks at first."""
        sealed = Envelope(TOKEN, AES_KEY, CORP).seal(plain, "263014780", "1773532800")
        return {
            "msg_signature": signature(
                TOKEN, "1773532800", "263014780", sealed["encrypt"]
            ),
            "timestamp": "1773532800",
            "nonce": "263014780",
            "echostr": sealed["encrypt"],
        }

    def answer(self, call: Call) -> Answer:
        if call.path == "/cgi-bin/gettoken":
            return self._token(call)
        if call.query.get("access_token") != self.token:
            return self.error(40014)
        if call.path == "/cgi-bin/message/send":
            return self._send(json.loads(call.body))
        if call.path == "/cgi-bin/media/get":
            return Answer(
                b"\xff\xd8\xff\xe0 a picture", 200, {"Content-Type": "image/jpeg"}
            )
        return Answer("not found", 404)

    def error(self, code) -> Answer:
        words = f"{ERRORS.get(code, 'error')}, hint: [1773532800], from ip: 203.0.113.9"
        return Answer({"errcode": code, "errmsg": words})

    def _token(self, call):
        if call.query != {"corpid": CORP, "corpsecret": SECRET}:
            return self.error(40001)
        self.tokens += 1
        self.token = f"accesstoken{self.tokens:06}"
        return Answer(
            {
                "errcode": 0,
                "errmsg": "ok",
                "access_token": self.token,
                "expires_in": 7200,
            }
        )

    def _send(self, body):
        if body.get("touser") not in self.members:
            return Answer({"errcode": 0, "errmsg": "ok", "invaliduser": body["touser"]})
        self.sent.append(body)
        return Answer({"errcode": 0, "errmsg": "ok", "msgid": f"msg{len(self.sent)}"})
