"""Calling TOP: common parameters, signature, and what its errors mean."""

from datetime import datetime
from typing import Any

from ..base import (
    Access,
    AdapterError,
    AuthenticationFailed,
    ChannelDown,
    Refused,
    Throttled,
)
from ..documents import CHINA, as_text
from ..patience import patiently, seconds_in
from . import signature

TIME = "%Y-%m-%d %H:%M:%S"
#: 24–29: signature, session, application key; 11–13: not allowed to call it.
AUTHENTICATION = {"24", "25", "26", "27", "28", "29", "53"}
FORBIDDEN = {"11", "12", "13"}
LIMITED = {"7"}
DOWN = {"3", "5", "6", "10"}
FORM = {"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"}
LIMIT_WORDS = ("call-limited", "limited-by", "flow-control", "call-exceed")
NOT_THERE = ("trade-not-exist", "trade_not_exist", "order-not-exist", "not-found")


class Gateway:
    """The router of TOP, called with the settings of one channel.

    :param sign_method: one of ``signature.METHODS``
    """

    def __init__(self, access: Access, base_url: str, sign_method: str):
        self.access = access
        self.base_url = base_url
        self.sign_method = sign_method

    def call(self, method: str, **params: Any) -> dict:
        """Return what one API method answers, without its wrapper.

        :raise AuthenticationFailed, Throttled, ChannelDown, Refused: by TOP's codes
        """
        return patiently(self.access.client, lambda: self._call(method, params))

    def _call(self, method: str, params: dict) -> dict:
        answer = self.access.client.request(
            "POST",
            self.base_url,
            data=self._signed(method, params),
            headers=FORM,
            repeatable=method.endswith(".get"),
        )
        tree = answer.json()
        if not isinstance(tree, dict):
            raise ChannelDown("Taobao answered something else than an object.")
        if "error_response" in tree:
            raise failure(tree["error_response"])
        inner = tree.get(f"{method.split('.', 1)[1].replace('.', '_')}_response")
        return inner if isinstance(inner, dict) else tree

    def _signed(self, method: str, params: dict) -> dict[str, str]:
        values = self.access.values
        fields = {
            "method": method,
            "app_key": values.get("app_key", ""),
            "session": values.get("session", ""),
            "timestamp": self.access.now().astimezone(CHINA).strftime(TIME),
            "format": "json",
            "v": "2.0",
            "sign_method": self.sign_method,
            **{name: _as_parameter(value) for name, value in params.items()},
        }
        fields = {name: value for name, value in fields.items() if value != ""}
        secret = values.get("app_secret", "")
        fields["sign"] = signature.sign(fields, secret, self.sign_method)
        return fields


def failure(error: Any) -> AdapterError:
    """Return the error that a TOP ``error_response`` stands for."""
    error = error if isinstance(error, dict) else {"msg": error}
    code = as_text(error.get("code"))
    sub_code = as_text(error.get("sub_code"))
    said = " ".join(
        filter(None, map(as_text, (error.get("msg"), error.get("sub_msg"))))
    )
    reason = " ".join(filter(None, (code, sub_code)))
    message = f"Taobao says {reason}: {said}."
    if code in LIMITED or any(word in sub_code for word in LIMIT_WORDS):
        return Throttled(message, seconds_in(said))
    if code in AUTHENTICATION or "invalid-session" in sub_code:
        return AuthenticationFailed(
            f"{message} Authorise the shop again and put in the new session key."
        )
    if code in FORBIDDEN:
        return Refused(f"{message} Apply for this permission in TOP's console.")
    if code in DOWN or sub_code.startswith("isp."):
        return ChannelDown(message)
    return Refused(message, field=sub_code)


def is_missing(error: Refused) -> bool:
    """Tell whether TOP refused because it has no such order."""
    return any(word in error.field for word in NOT_THERE)


def top_time(moment: datetime) -> str:
    """Return an aware moment as TOP writes it, in GMT+8."""
    return moment.astimezone(CHINA).strftime(TIME)


def _as_parameter(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return as_text(value)
