"""TOP, the router of Taobao and Tmall, as its documentation describes it.

It checks key, session, clock and signature, keeps trades and refunds of a made-up
shop, and shows lists the way that traps who reads them from the front: a trade that
is changed while they are read leaves the window.
"""

import hashlib
import hmac
import json
from datetime import datetime, timedelta, timezone

from odoo.addons.order_hub.tests.stand_in import Answer, Call, StandIn

CHINA = timezone(timedelta(hours=8))
TIME = "%Y-%m-%d %H:%M:%S"
APP_KEY, APP_SECRET, SESSION = "12345678", "secret-of-the-app", "session-of-the-shop"
NOW = datetime(2026, 3, 15, 8, 0, tzinfo=timezone.utc)


def local(moment: datetime) -> str:
    return moment.astimezone(CHINA).strftime(TIME)


def top_sign(params: dict, method: str, body: bytes = b"") -> str:
    """Sign as the documentation says, written without the adapter's code."""
    text = "".join(k + v for k, v in sorted(params.items()) if k != "sign" and v)
    raw, key = text.encode() + body, APP_SECRET.encode()
    if method == "md5":
        return hashlib.md5(key + raw + key).hexdigest().upper()
    algorithm = {"hmac": "md5", "hmac-sha256": "sha256"}[method]
    return hmac.new(key, raw, algorithm).hexdigest().upper()


def sub_order(oid: int, code: str, num: int = 1, price: str = "120.00", **more) -> dict:
    return {
        "oid": oid,
        "num": num,
        "num_iid": 680000000000 + oid % 1000,
        "outer_sku_id": code,
        "price": price,
        "payment": f"{num * float(price):.2f}",
        "divide_order_fee": f"{num * float(price):.2f}",
        "title": f"配件 {code}",
        "sku_properties_name": "颜色:黑色",
        "refund_status": "NO_REFUND",
        "status": "WAIT_SELLER_SEND_GOODS",
        **more,
    }


def trade(tid: int, changed: datetime = NOW, **more) -> dict:
    """Return a paid trade of a buyer who does not exist."""
    return {
        "tid": tid,
        "status": "WAIT_SELLER_SEND_GOODS",
        "created": local(changed - timedelta(hours=2)),
        "pay_time": local(changed - timedelta(hours=1)),
        "modified": local(changed),
        "payment": "252.00",
        "post_fee": "12.00",
        "discount_fee": "0.00",
        "buyer_nick": "太湖汽修老王",
        "buyer_message": "麻烦用木架包装，周末送",
        "seller_memo": "老客户",
        "receiver_name": "王建国",
        "receiver_state": "江苏省",
        "receiver_city": "无锡市",
        "receiver_district": "滨湖区",
        "receiver_address": "建筑西路 599 号 2 栋",
        "receiver_zip": "214072",
        "receiver_mobile": "13800001234",
        "orders": {"order": [sub_order(tid * 10 + 1, "ZXJ-0123", 2)]},
        **more,
    }


def refund(refund_id: int, tid: int, changed: datetime = NOW, **more) -> dict:
    return {
        "refund_id": str(refund_id),
        "tid": tid,
        "oid": tid * 10 + 1,
        "status": "SUCCESS",
        "refund_fee": "120.00",
        "reason": "拍错了",
        "num": 1,
        "modified": local(changed),
        **more,
    }


def error(code: int, msg: str, sub_code: str = "", sub_msg: str = "") -> Answer:
    """TOP's errors come with status 200."""
    told = {"code": code, "msg": msg, "sub_code": sub_code, "sub_msg": sub_msg}
    kept = {name: value for name, value in told.items() if value}
    return Answer({"error_response": {**kept, "request_id": "15ot2a3s0psq8"}})


class TopStandIn(StandIn):
    """A shop at Taobao."""

    def __init__(self):
        super().__init__(SESSION)
        self.now = NOW
        self.trades: dict[str, dict] = {}
        self.refunds: list[dict] = []
        self.sent: list[dict] = []
        self.stock: dict[str, str] = {}
        self.method_answers = {
            "taobao.user.seller.get": self.shop,
            "taobao.trades.sold.increment.get": self.changed,
            "taobao.trades.sold.get": self.made,
            "taobao.trade.fullinfo.get": self.one,
            "taobao.refunds.receive.get": self.refunded,
            "taobao.logistics.offline.send": self.send,
            "taobao.item.quantity.update": self.set_stock,
        }

    def add(self, *trades: dict) -> None:
        self.trades.update((str(row["tid"]), row) for row in trades)

    def throttled(self, seconds: int = 1, times: int = 1, **options) -> None:
        """Ban the application for some seconds, as TOP does: with status 200."""
        said = f"This ban will last for {seconds} more seconds"
        limited = "accesscontrol.limited-by-api-access-count"
        self.script(error(7, "App Call Limited", limited, said), times, **options)

    # --- answering ---

    def answer(self, call: Call) -> Answer:
        form = call.form()
        wrong = self.wrong(form)
        if wrong:
            return wrong
        answer = self.method_answers.get(form["method"])
        return answer(form) if answer else error(22, "Invalid method")

    def wrong(self, form: dict) -> Answer | None:
        """Return what TOP says of a call that it does not let in."""
        if form.get("app_key") != APP_KEY:
            return error(29, "Invalid App Key")
        if form.get("sign") != top_sign(form, form.get("sign_method", "")):
            return error(25, "Invalid Signature")
        if form.get("session") != self.token:
            return error(27, "Invalid session", "invalid-sessionkey", "SessionKey非法")
        made = datetime.strptime(form["timestamp"], TIME).replace(tzinfo=CHINA)
        if abs(self.now - made) > timedelta(minutes=10):
            return error(31, "Invalid Timestamp")
        return None

    def shop(self, form: dict) -> Answer:
        user = {"user_id": 1, "nick": "三江汽配旗舰店"}
        return Answer({"user_seller_get_response": {"user": user}})

    def changed(self, form: dict) -> Answer:
        start, end = form["start_modified"], form["end_modified"]
        limit = datetime.strptime(start, TIME) + timedelta(days=1)
        if datetime.strptime(end, TIME) > limit:
            return error(41, "Invalid arguments", "isv.invalid-parameter:time")
        rows = [t for t in self.trades.values() if start <= t["modified"] <= end]
        return self.page("trades_sold_increment_get", "trades", rows, form, "modified")

    def made(self, form: dict) -> Answer:
        start, end = form["start_created"], form["end_created"]
        rows = [t for t in self.trades.values() if start <= t["created"] <= end]
        return self.page("trades_sold_get", "trades", rows, form, "created")

    def refunded(self, form: dict) -> Answer:
        start, end = form["start_modified"], form["end_modified"]
        rows = [row for row in self.refunds if start <= row["modified"] <= end]
        return self.page("refunds_receive_get", "refunds", rows, form, "modified")

    def page(self, method: str, name: str, rows: list, form: dict, by: str) -> Answer:
        rows = sorted(rows, key=lambda row: row[by])
        number, size = int(form["page_no"]), int(form["page_size"])
        fields = form["fields"].split(",")
        shown = [
            {field: row[field] for field in fields if field in row}
            for row in rows[(number - 1) * size : number * size]
        ]
        inner = {"total_results": len(rows)}
        if shown:
            inner[name] = {name.rstrip("s"): shown}
        return Answer({f"{method}_response": inner})

    def one(self, form: dict) -> Answer:
        found = self.trades.get(form["tid"])
        if not found:
            return error(
                15, "Remote service error", "isv.trade-not-exist", "交易不存在"
            )
        return Answer({"trade_fullinfo_get_response": {"trade": found}})

    def send(self, form: dict) -> Answer:
        if any(
            row["tid"] == form["tid"] and not row.get("sub_tid") for row in self.sent
        ):
            return error(
                15,
                "Remote service error",
                "isv.logistics-offline-service-error:B04",
                "该订单已经发货",
            )
        self.sent.append(form)
        done = {"shipping": {"is_success": True}}
        return Answer({"logistics_offline_send_response": done})

    def set_stock(self, form: dict) -> Answer:
        if form["num_iid"] == "0":
            return error(15, "Remote service error", "isv.item-is-delete", "商品已删除")
        self.stock[f"{form['num_iid']}/{form.get('sku_id', '')}"] = form["quantity"]
        return Answer({"item_quantity_update_response": {"item": {}}})


# === WHAT TOP SENDS === #


def message(topic: str, tid: int, number: int = 1, **content) -> dict:
    """Return a message of the message service."""
    inner = {"tid": tid, "oid": tid, "payment": "252.00", **content}
    return {
        "id": str(9_000_000 + number),
        "topic": f"taobao_{'refund' if 'Refund' in topic else 'trade'}_{topic}",
        "pub_time": local(NOW),
        "pub_app_key": APP_KEY,
        "user_nick": "三江汽配旗舰店",
        "content": json.dumps(inner, ensure_ascii=False),
    }


def delivery(*messages: dict, at: datetime = NOW, method: str = "md5", **query):
    """Return headers, body and query of a signed delivery."""
    raw = json.dumps(messages[0] if len(messages) == 1 else messages).encode()
    query = {
        "app_key": APP_KEY,
        "timestamp": local(at),
        "sign_method": method,
        **query,
    }
    query["sign"] = top_sign(query, method, raw)
    return {"content-type": "application/json"}, raw, query
