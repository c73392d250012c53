"""Calling Alibaba.com's open platform, and what its errors mean."""

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from ..base import (
    Access,
    AdapterError,
    AuthenticationFailed,
    ChannelDown,
    Refused,
    Throttled,
)
from ..documents import as_text, first
from ..patience import patiently, seconds_in
from . import signature

#: Moments that are written as text are of this zone, says the documentation.
PACIFIC = ZoneInfo("America/Los_Angeles")
AUTHENTICATION = (
    "IllegalAccessToken",
    "IncompleteSignature",
    "IllegalAppKey",
    "InvalidAppKey",
    "IllegalTimestamp",
    "MissingAccessToken",
)
LIMITED = ("CallLimit", "FrequencyLimit", "TooManyRequests")


class Gateway:
    """The ``/rest`` gateway: parameters in a form, JSON back."""

    def __init__(self, access: Access, base_url: str):
        self.access = access
        self.base_url = base_url.rstrip("/")

    def call(self, path: str, **params: Any) -> dict:
        """Return what one API answers.

        :param path: e.g. ``/alibaba/order/get``
        :raise AuthenticationFailed, Throttled, ChannelDown, Refused: by its code
        """
        return patiently(self.access.client, lambda: self._call(path, params))

    def _call(self, path: str, params: dict) -> dict:
        answer = self.access.client.request(
            "POST",
            self.base_url + path,
            data=self._signed(path, params),
            repeatable=True,
        )
        tree = answer.json()
        if not isinstance(tree, dict):
            raise ChannelDown("Alibaba.com answered something else than an object.")
        if first(tree.get("code")) not in ("", "0"):
            raise failure(tree)
        return tree

    def _signed(self, path: str, params: dict) -> dict[str, str]:
        values = self.access.values
        form = {
            "app_key": values.get("app_key", ""),
            "access_token": values.get("access_token", ""),
            "timestamp": str(round(self.access.now().timestamp() * 1000)),
            "sign_method": "sha256",
            **{name: _as_parameter(value) for name, value in params.items()},
        }
        form["sign"] = signature.sign(path, form, values.get("app_secret", ""))
        return form


def failure(tree: dict) -> AdapterError:
    """Return the error that an answer of Alibaba.com stands for."""
    code, said = as_text(tree.get("code")), as_text(tree.get("message"))
    message = f"Alibaba.com says {code}: {said}."
    if any(word in code for word in LIMITED):
        return Throttled(message, seconds_in(said))
    if code in AUTHENTICATION:
        return AuthenticationFailed(
            f"{message} Check key and secret, and authorise the application again."
        )
    if as_text(tree.get("type")) in ("ISP", "SYSTEM") or code == "ServiceTimeout":
        return ChannelDown(message)
    return Refused(message, field=code)


def moment(at: datetime) -> dict[str, str]:
    """Return an aware moment as the platform's search takes it."""
    return {
        "date_str": at.astimezone(PACIFIC).strftime("%Y-%m-%d %H:%M:%S"),
        "date_timestamp": str(round(at.timestamp() * 1000)),
    }


def _as_parameter(value: Any) -> str:
    if isinstance(value, (dict, list)):
        return json.dumps(value, separators=(",", ":"))
    return as_text(value)
