"""The open platform of Alibaba.com as its documentation describes it, for tests."""

import hashlib
import hmac
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from odoo.addons.order_hub.tests.stand_in import Answer, Call, StandIn

APP_KEY, APP_SECRET, TOKEN = "500001", "secret-of-icbu", "token-of-icbu"
NOW = datetime(2026, 3, 15, 8, 0, tzinfo=timezone.utc)
PACIFIC = ZoneInfo("America/Los_Angeles")


def icbu_sign(path: str, params: dict) -> str:
    text = path + "".join(k + v for k, v in sorted(params.items()) if k != "sign")
    digest = hmac.new(APP_SECRET.encode(), text.encode(), hashlib.sha256)
    return digest.hexdigest().upper()


def money(amount: str) -> dict:
    return {"amount": amount, "currency": "USD"}


def dated(moment: datetime) -> dict:
    return {
        "timestamp": str(round(moment.timestamp() * 1000)),
        "format_date": moment.astimezone(PACIFIC).strftime("%b. %d, %Y, %H:%M:%S PDT."),
    }


def order(number: int, changed: datetime = NOW, status="undeliver", **more) -> dict:
    return {
        "trade_id": str(number),
        "trade_status": status,
        "create_date": dated(changed - timedelta(hours=5)),
        "_changed": changed,
        "remark": "Wooden crates, please.",
        "buyer": {"full_name": "Ann Miller", "country": "US"},
        "total_amount": money("1250.0000"),
        "shipment_fee": money("50.0000"),
        "discount_amount": money("0.0000"),
        "trade_term": "FOB",
        "shipping_address": {
            "contact_person": "Ann Miller",
            "address": "1 Harbor Road",
            "city": "Detroit",
            "province": "Michigan",
            "country_code": "US",
            "zip": "48201",
            "mobile": {"country": "+1", "area": "null", "number": "3135550100"},
        },
        "order_products": [
            {
                "id": f"{number}-a",
                "name": "Shock absorber",
                "quantity": "10.0000",
                "unit": "Pieces",
                "unit_price": money("120.0000"),
                "product_id": "1601314875038",
                "sku_id": "106117950042",
                "sku_code": "ZXJ-0123",
            }
        ],
        **more,
    }


class IcbuStandIn(StandIn):
    """A seller at Alibaba.com."""

    def __init__(self):
        super().__init__(TOKEN)
        self.now = NOW
        self.orders: dict[str, dict] = {}

    def add(self, *orders: dict) -> None:
        self.orders.update((row["trade_id"], row) for row in orders)

    def failed(self, code: str, said: str, kind: str = "ISV", times: int = 1) -> None:
        told = {"type": kind, "code": code, "message": said, "request_id": "0ba2"}
        self.script(Answer(told), times)

    def answer(self, call: Call) -> Answer:
        form, path = call.form(), call.path.removeprefix("/rest")
        if form.get("sign") != icbu_sign(path, form):
            return self.said("IncompleteSignature", "The request signature is wrong")
        if form.get("access_token") != self.token:
            return self.said("IllegalAccessToken", "The specified token is expired")
        if path == "/alibaba/order/list":
            return self.listed(form)
        if path == "/alibaba/order/get":
            return self.one(form)
        return self.said("InvalidApiPath", "The specified API path is invalid")

    @staticmethod
    def said(code: str, said: str) -> Answer:
        return Answer({"type": "ISV", "code": code, "message": said})

    def listed(self, form: dict) -> Answer:
        """List by the moment in the text, which is of California."""
        rows = sorted(
            (row for row in self.orders.values() if self.is_within(row, form)),
            key=lambda row: row["_changed"],
        )
        start = int(form["start_page"]) * int(form["page_size"])
        shown = [
            {
                "trade_id": row["trade_id"],
                "trade_status": row["trade_status"],
                "create_date": row["create_date"],
                "modify_date": dated(row["_changed"]),
            }
            for row in rows[start : start + int(form["page_size"])]
        ]
        value = {"total_count": str(len(rows)), "order_list": shown}
        return Answer({"code": "0", "value": value})

    @staticmethod
    def is_within(row: dict, form: dict) -> bool:
        made = datetime.fromtimestamp(
            int(row["create_date"]["timestamp"]) / 1000, timezone.utc
        )
        for what, moment in (("modified", row["_changed"]), ("create", made)):
            start, end = form.get(f"{what}_date_start"), form.get(f"{what}_date_end")
            local = moment.astimezone(PACIFIC).strftime("%Y-%m-%d %H:%M:%S")
            if start and not _text(start) <= local <= _text(end):
                return False
        return True

    def one(self, form: dict) -> Answer:
        found = self.orders.get(form["e_trade_id"])
        if not found:
            return self.said("OrderNotExist", "The order does not exist")
        shown = {name: value for name, value in found.items() if name != "_changed"}
        return Answer({"code": "0", "value": shown})


def _text(parameter: str) -> str:
    return parameter.partition('"date_str":"')[2][:19]
