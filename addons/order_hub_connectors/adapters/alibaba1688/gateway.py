"""Calling the gateway of open.1688.com, and what its errors mean."""

import json
from datetime import datetime, timezone
from typing import Any

from ..base import (
    Access,
    AdapterError,
    AuthenticationFailed,
    ChannelDown,
    Refused,
    Throttled,
)
from ..documents import CHINA, as_text, first
from ..patience import patiently
from . import signature

TRADE = "com.alibaba.trade"
AUTHENTICATION = (
    "401",
    "SignatureInvalid",
    "AppKeyNotFound",
    "AccessToken",
    "Unauthorized",
    "UserNotAuthorized",
    "TimestampInvalid",
)
LIMITED = ("Qos", "FrequencyLimit", "Limit", "TooMany")
NOT_THERE = ("ORDER_NOT_EXIST", "NOT_FOUND", "not exist", "不存在")


class Gateway:
    """The ``param2`` protocol: JSON back for a form sent."""

    def __init__(self, access: Access, base_url: str):
        self.access = access
        self.base_url = base_url.rstrip("/")

    def call(self, name: str, version: int = 1, space: str = TRADE, **params) -> Any:
        """Return what one API answers.

        :param name: e.g. ``alibaba.trade.get.sellerView``
        :param params: texts, numbers, booleans; lists and objects go as JSON
        :raise AuthenticationFailed, Throttled, ChannelDown, Refused: by its code
        """
        key = self.access.values.get("app_key", "")
        path = f"param2/{version}/{space}/{name}/{key}"
        fields = {name: _as_parameter(value) for name, value in params.items()}
        return patiently(self.access.client, lambda: self._call(path, fields))

    def _call(self, path: str, fields: dict[str, str]) -> dict:
        try:
            answer = self.access.client.request(
                "POST",
                f"{self.base_url}/{path}",
                data=self._signed(path, fields),
                repeatable=True,
            )
        except AdapterError as error:
            raise _told(error) from None
        tree = answer.json()
        if not isinstance(tree, dict):
            raise ChannelDown("1688 answered something else than an object.")
        if _is_failed(tree):
            raise failure(tree)
        return tree

    def _signed(self, path: str, fields: dict[str, str]) -> dict[str, str]:
        """Return the form, with the moment of this very try and its signature."""
        values = self.access.values
        millis = round(self.access.now().timestamp() * 1000)
        form = {name: value for name, value in fields.items() if value != ""}
        form["access_token"] = values.get("access_token", "")
        form["_aop_timestamp"] = str(millis)
        form[signature.FIELD] = signature.sign(path, form, values.get("app_secret", ""))
        return form


def failure(tree: dict) -> AdapterError:
    """Return the error that an answer of 1688 stands for."""
    code = first(tree.get("error_code"), tree.get("errorCode"))
    said = first(
        tree.get("error_message"), tree.get("errorMessage"), tree.get("exception")
    )
    message = f"1688 says {code}: {said}."
    if any(word in code for word in LIMITED):
        return Throttled(message, 60.0)
    if any(word in code for word in AUTHENTICATION):
        return AuthenticationFailed(
            f"{message} Check key and secret, and authorise the application again."
        )
    if code.startswith("gw.") and ("Timeout" in code or "Unavailable" in code):
        return ChannelDown(message)
    missing = any(word in f"{code} {said}" for word in NOT_THERE)
    return Refused(message, field="missing" if missing else code)


def is_missing(error: Refused) -> bool:
    """Tell whether 1688 refused because it has no such order."""
    return error.field == "missing"


def open_time(moment: datetime) -> str:
    """Return an aware moment as 1688 writes it: ``20180721172607000+0800``."""
    local = moment.astimezone(CHINA)
    return f"{local:%Y%m%d%H%M%S}{local.microsecond // 1000:03d}+0800"


def iso_of(value: Any) -> str:
    """Return a moment of 1688 as ISO 8601 in UTC, empty if it is none."""
    text = as_text(value)
    digits, sign, zone = text[:17], text[17:18], text[18:22]
    if len(text) != 22 or not (digits + zone).isdigit() or sign not in ("+", "-"):
        return ""
    try:
        moment = datetime.strptime(f"{digits[:14]}{sign}{zone}", "%Y%m%d%H%M%S%z")
    except ValueError:
        return ""
    moment = moment.replace(microsecond=int(digits[14:]) * 1000)
    return moment.astimezone(timezone.utc).isoformat(timespec="milliseconds")


def _is_failed(tree: dict) -> bool:
    if as_text(tree.get("error_code")):
        return True
    return as_text(tree.get("errorCode")) not in ("", "0") and not tree.get("result")


def _told(error: AdapterError) -> AdapterError:
    """Return the error that a 4xx tells in its body, or the error itself."""
    answer = getattr(error, "answer", None)
    try:
        tree = answer.json() if answer else None
    except ChannelDown:
        tree = None
    told = failure(tree) if isinstance(tree, dict) and _is_failed(tree) else error
    return error if isinstance(error, Throttled) else told


def _as_parameter(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False)
    return as_text(value)
