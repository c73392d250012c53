"""DingTalk as its documentation describes it, for tests only: robot, events, API."""

import json

from odoo.addons.order_hub.tests.stand_in import Answer, Call, StandIn

from ...adapters.dingtalk.adapter import sign
from ...adapters.wecom.crypto import Envelope

SECRET, ROBOT = "app-secret-of-the-robot", "dingf0apw4ibx5u5ktba"
KEY, TOKEN = "dinglk7xqapprovals", "123456"
AES_KEY = "4g5j64qlyl3zvetqxz5jiocdr586fn2zvjpa8zls3ij"
CORP, INSTANCE = "ding9f50b15bccd16741", "ad253df6-e175-42f9-8085-24ac5f1b1d3c"
SESSION = "/robot/sendBySession"
#: Documented statuses and words of the faults that tests use.
FAULTS = {
    "InvalidAuthentication": (400, "不合法的access_token"),
    "Forbidden.AccessDenied.QpsLimitForApi": (403, "Request has been throttled"),
    "Forbidden.AccessDenied.AccessTokenPermissionDenied": (403, "No right"),
    "aflowProcessInstNotExist": (400, "审批实例不存在"),
    "invalidClientIdOrSecret": (400, "无效的clientId或者clientSecret"),
}


class DingtalkStandIn(StandIn):
    """The webhook of a conversation: 20 answers a minute, then too fast.

    :ivar approvals: number → what the API tells of an approval
    """

    def __init__(self, **options):
        super().__init__(**options)
        self.sent: list[dict] = []
        self.tokens = 0
        self.approvals: dict[str, dict] = {}

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

    # --- events ---

    @staticmethod
    def event(title="订单评审", **more):
        """Return what an event says of an approval."""
        return {
            "EventType": "bpms_instance_change",
            "processInstanceId": INSTANCE,
            "corpId": CORP,
            "createTime": 1_773_532_800_000,
            "title": title,
            "type": "start",
            "staffId": "er5875",
            "url": "https://aflow.dingtalk.com/dingtalk/mobile/homepage.htm",
            "processCode": "PROC-FF6YRLE1N2-K7AKDC6AVAFCM",
            **more,
        }

    @staticmethod
    def sealed(event, receiver=KEY, token=TOKEN):
        """Return headers, body and query of an event as DingTalk pushes it."""
        text = json.dumps(event, ensure_ascii=False)
        envelope = Envelope(token, AES_KEY, receiver).seal(
            text, "nEXhMP4r", "1445827045067"
        )
        query = {
            "signature": envelope["msg_signature"],
            "timestamp": envelope["timeStamp"],
            "nonce": envelope["nonce"],
        }
        return {}, json.dumps({"encrypt": envelope["encrypt"]}).encode(), query

    def tell(self, values=(), status="RUNNING", number=INSTANCE):
        """Have the API know an approval with these values in its form."""
        self.approvals[number] = {
            "title": "订单评审",
            "businessId": "202603151508000001234",
            "status": status,
            "result": "agree" if status == "COMPLETED" else "",
            "formComponentValues": [
                {"componentType": "TextField", "name": f"F{at}", "value": value}
                for at, value in enumerate(values)
            ],
        }

    # --- answering ---

    def answer(self, call: Call) -> Answer:
        if call.path == "/v1.0/oauth2/accessToken":
            return self._token(call.json())
        if call.path == "/v1.0/workflow/processInstances":
            return self._approval(call)
        if call.path != SESSION:
            return Answer("not found", 404)
        if len(self.sent) >= 20:
            return Answer({"errcode": 130101, "errmsg": "send too fast"})
        body = call.json()
        if body.get("msgtype") != "text":
            return Answer({"errcode": 310000, "errmsg": "param error"})
        self.sent.append(body)
        return Answer({"errcode": 0, "errmsg": "ok"})

    def error(self, code) -> Answer:
        status, words = FAULTS[code]
        return Answer({"code": code, "message": words, "requestid": "7B1F"}, status)

    def _token(self, body):
        if body != {"appKey": KEY, "appSecret": SECRET}:
            return self.error("invalidClientIdOrSecret")
        self.tokens += 1
        self.token = f"token{self.tokens:06}"
        return Answer({"accessToken": self.token, "expireIn": 7200})

    def _approval(self, call):
        if call.headers.get("x-acs-dingtalk-access-token") != self.token:
            return self.error("InvalidAuthentication")
        known = self.approvals.get(call.query.get("processInstanceId"))
        if not known:
            return self.error("aflowProcessInstNotExist")
        return Answer({"result": known, "success": True})
