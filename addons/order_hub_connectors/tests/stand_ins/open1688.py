"""The gateway of open.1688.com as its documentation describes it, for tests only."""

import hashlib
import hmac
import json
from datetime import datetime, timedelta, timezone
from urllib.parse import urlencode

from odoo.addons.order_hub.tests.stand_in import Answer, Call, StandIn

CHINA = timezone(timedelta(hours=8))
APP_KEY, APP_SECRET = "1000000", "test123"
TOKEN = "token-of-the-1688-shop"
NOW = datetime(2026, 3, 15, 8, 0, tzinfo=timezone.utc)


def stamp(moment: datetime) -> str:
    """Write a moment as 1688 does: ``20260315160000000+0800``."""
    return moment.astimezone(CHINA).strftime("%Y%m%d%H%M%S000+0800")


def open_sign(path: str, params: dict) -> str:
    """Sign as the documentation says, written without the adapter's code."""
    text = path + "".join(
        k + v for k, v in sorted(params.items()) if k != "_aop_signature"
    )
    digest = hmac.new(APP_SECRET.encode(), text.encode(), hashlib.sha1)
    return digest.hexdigest().upper()


def order(number: int, changed: datetime = NOW, status="waitsellersend", **base):
    """Return a paid order of a buyer who does not exist, as ``get.sellerView`` does."""
    return {
        "baseInfo": {
            # What JavaScript makes of it: the last digits are lost.
            "id": round(number, -2),
            "idOfStr": str(number),
            "status": status,
            "createTime": stamp(changed - timedelta(hours=2)),
            "payTime": stamp(changed - timedelta(hours=1)),
            "modifyTime": stamp(changed),
            "totalAmount": 905.5,
            "shippingFee": 25.5,
            "discount": 0,
            "buyerLoginId": "太湖汽配王",
            "sellerLoginId": "三江汽配",
            "buyerFeedback": "发票随货，走德邦",
            "buyerContact": {"name": "王建国", "mobile": "13800001234"},
            **base,
        },
        "nativeLogistics": {
            "province": "江苏省",
            "city": "无锡市",
            "area": "滨湖区",
            "town": "蠡园街道",
            "address": "建筑西路 599 号 2 栋",
            "contactPerson": "王建国",
            "mobile": "13800001234",
            "zip": "214072",
        },
        "productItems": [
            {
                "subItemIDString": f"{number}1",
                "subItemID": round(number * 10 + 1, -2),
                "name": "减震器 ZXJ-0123",
                "quantity": 4,
                "unit": "只",
                "price": 220,
                "itemAmount": 880,
                "productID": 570959966604,
                "skuID": 3315536521048,
                "cargoNumber": "ZXJ-0123",
                "status": "waitsellersend",
            }
        ],
    }


def failed(code: str, said: str, status: int = 400) -> Answer:
    told = {"error_code": code, "error_message": said, "exception": said}
    return Answer(told, status)


class Open1688StandIn(StandIn):
    """A shop at 1688."""

    def __init__(self):
        super().__init__(TOKEN)
        self.now = NOW
        self.orders: dict[str, dict] = {}

    def add(self, *orders: dict) -> None:
        self.orders.update((row["baseInfo"]["idOfStr"], row) for row in orders)

    def limited(self, times: int = 1) -> None:
        self.script(
            failed("gw.QosAppFrequencyLimit", "request too frequent", 403), times
        )

    def answer(self, call: Call) -> Answer:
        form = call.form()
        path = call.path.removeprefix("/openapi/")
        wrong = self.wrong(path, form)
        if wrong:
            return wrong
        if "alibaba.trade.getSellerOrderList/" in path:
            return self.listed(form)
        if "alibaba.trade.get.sellerView/" in path:
            return self.one(form)
        return failed("gw.APIUnsupported", "no such API")

    def wrong(self, path: str, form: dict) -> Answer | None:
        if not path.endswith(f"/{APP_KEY}"):
            return failed("gw.AppKeyNotFound", "app key not found")
        if form.get("_aop_signature") != open_sign(path, form):
            return failed("gw.SignatureInvalid", "signature is wrong")
        if form.get("access_token") != self.token:
            return failed("401", "Request need user authorized", 401)
        if abs(self.now.timestamp() * 1000 - int(form["_aop_timestamp"])) > 600_000:
            return failed("gw.TimestampInvalid", "the clock is wrong")
        return None

    def listed(self, form: dict) -> Answer:
        name = "modifyTime" if "modifyStartTime" in form else "createTime"
        prefix = name.removesuffix("Time")
        start = form.get(f"{prefix}StartTime", "")
        end = form.get(f"{prefix}EndTime", "9")
        rows = sorted(
            (
                row
                for row in self.orders.values()
                if start <= row["baseInfo"][name] <= end
            ),
            key=lambda row: row["baseInfo"][name],
        )
        number, size = int(form["page"]), int(form["pageSize"])
        shown = rows[(number - 1) * size : number * size]
        return Answer({"result": shown, "totalRecord": len(rows)})

    def one(self, form: dict) -> Answer:
        found = self.orders.get(form["orderId"])
        if not found:
            return Answer(
                {"errorCode": "ORDER_NOT_EXIST", "errorMessage": "订单不存在"}
            )
        return Answer({"result": found, "success": "true"})


# === WHAT 1688 SENDS === #


def message(kind: str, number: int, msg_id: int = 1, **data) -> dict:
    return {
        "type": kind,
        "msgId": msg_id,
        "bizKey": str(number),
        "gmtBorn": round(NOW.timestamp() * 1000),
        "userInfo": "b2b-1623492085",
        "data": {"orderId": number, "currentStatus": "waitsellersend", **data},
    }


def forwarded(kind: str, number: int, **body) -> dict:
    """Return a message in the form of a forwarder, who counts money in fen."""
    return {
        "messageType": kind,
        "messageBody": json.dumps({"orderId": str(number), **body}),
        "messagePlatform": 1,
        "timestamp": str(round(NOW.timestamp() * 1000)),
    }


def delivery(told, **fields):
    """Return headers, body and query of a signed push."""
    form = {"message": json.dumps(told, ensure_ascii=False), **fields}
    form["_aop_signature"] = open_sign("", form)
    headers = {"content-type": "application/x-www-form-urlencoded"}
    return headers, urlencode(form).encode(), {}
