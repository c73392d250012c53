"""DingTalk as its documentation describes it, for tests only: robot and answers."""

import json

from odoo.addons.order_hub.tests.stand_in import Answer, Call, StandIn

from ...adapters.dingtalk.adapter import sign

SECRET, ROBOT = "app-secret-of-the-robot", "dingf0apw4ibx5u5ktba"
SESSION = "/robot/sendBySession"


class DingtalkStandIn(StandIn):
    """The webhook of a conversation: 20 answers a minute, then too fast."""

    def __init__(self, **options):
        super().__init__(**options)
        self.sent: list[dict] = []

    def delivery(self, words, moment, number="msgBjXREkdlZkfTfrIiQomjAw==", **more):
        """Return headers, body and query of a message to the robot.

        :param moment: aware; when DingTalk signed it
        """
        millis = int(moment.timestamp() * 1000)
        tree = {
            "conversationId": "cidh6ezDLHQau9V23Es",
            "conversationType": "1",
            "createAt": millis,
            "msgId": number,
            "msgtype": "text",
            "robotCode": ROBOT,
            "senderId": "$:LWCP_v1:$gzXDEXQDiM8piyLH4HRRcg==",
            "senderNick": "Zhang San",
            "senderStaffId": "000123",
            "sessionWebhook": f"{self.url}{SESSION}?session=0001",
            "sessionWebhookExpiredTime": millis + 5_400_000,
            "text": {"content": words},
            **more,
        }
        headers = {"timestamp": str(millis), "sign": sign(str(millis), SECRET)}
        return headers, json.dumps(tree, ensure_ascii=False).encode(), {}

    def answer(self, call: Call) -> Answer:
        if call.path != SESSION:
            return Answer("not found", 404)
        if len(self.sent) >= 20:
            return Answer({"errcode": 130101, "errmsg": "send too fast"})
        body = call.json()
        if body.get("msgtype") != "text":
            return Answer({"errcode": 310000, "errmsg": "param error"})
        self.sent.append(body)
        return Answer({"errcode": 0, "errmsg": "ok"})
