"""python-amazon-sp-api, made to go through the hub's own HTTP client.

The library knows the API: paths, parameters, bodies, answers. What goes over the
wire is the hub's: one client with limits, back-off and checks of the address, no
credentials from environment variables or files, no cache of tokens that outlives
the channel. It is imported when it is needed, for whoever does not sell on Amazon.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from functools import cache
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from odoo.addons.order_hub.engine.web.client import Answer, Client

from ..base import Access, AuthenticationFailed, Refused

NEEDED = (
    "The Amazon channel needs the Python package python-amazon-sp-api 2.1.35. Ask"
    " whoever runs the server to install it and to restart."
)
TOKEN_ADDRESS = "https://api.amazon.com/auth/o2/token"
TOKEN_PATH = "/auth/o2/token"
#: A token is renewed this long before it ends.
EARLY = timedelta(seconds=60)
#: Headers that our own client sets.
OWN_HEADERS = {"host", "user-agent"}


class Response:
    """An answer as the library reads it."""

    def __init__(self, answer: Answer):
        self.status_code = answer.status
        self.headers = dict(answer.headers)
        self.answer = answer

    def json(self) -> Any:
        if not self.answer.content.strip():
            raise json.JSONDecodeError("no content", "", 0)
        return self.answer.json()


class Transport:
    """Sends what the library prepared."""

    def __init__(self, client: Client):
        self.client = client

    def request(
        self, method, url, *, params=None, data=None, content=None, headers=None
    ) -> Response:
        """Send a request; errors of the platform come as errors of ``base.py``."""
        kept = {
            name: value
            for name, value in (headers or {}).items()
            if name.lower() not in OWN_HEADERS
        }
        answer = self.client.request(
            method,
            url,
            params=params or None,
            data=data if content is None else content.encode(),
            headers=kept,
            repeatable=_is_repeatable(method, url),
        )
        return Response(answer)

    def close(self) -> None:
        """Leave the connection open: it is the channel's, not the library's."""


class Tokens:
    """Access tokens of one seller, renewed when they end.

    :param address: of Login with Amazon
    """

    def __init__(self, access: Access, address: str):
        self.access, self.address = access, address
        self.token = ""
        self.ends = datetime.min.replace(tzinfo=timezone.utc)

    @property
    def is_fresh(self) -> bool:
        return bool(self.token) and self.access.now() < self.ends

    def forget(self) -> None:
        self.token = ""

    def get_auth(self) -> SimpleNamespace:
        """Return the token, in the form that the library asks for.

        :raise AuthenticationFailed: Amazon does not accept the credentials
        """
        if not self.is_fresh:
            self._renew()
        return SimpleNamespace(access_token=self.token)

    def _renew(self) -> None:
        core = _parts().auth_core
        values = self.access.values
        credentials = SimpleNamespace(
            client_id=values.get("client_id", ""),
            client_secret=values.get("client_secret", ""),
            refresh_token=values.get("refresh_token", ""),
        )
        form = core.build_refresh_token_data(credentials, "refresh_token")
        try:
            told = self.access.client.json(
                "POST", self.address, data=form, repeatable=True
            )
        except Refused as error:
            raise AuthenticationFailed(
                f"Amazon gives no token: {error} Authorise the application again."
            ) from None
        self.token = str(told.get("access_token") or "")
        if not self.token:
            raise AuthenticationFailed("Amazon's answer has no access token.")
        lasts = timedelta(seconds=float(told.get("expires_in") or 3600))
        self.ends = self.access.now() + lasts - EARLY


def token_address(endpoint: str) -> str:
    """Return where tokens are given: at Amazon, or beside a local stand-in."""
    parts = urlsplit(endpoint)
    if (parts.hostname or "").endswith(".amazon.com"):
        return TOKEN_ADDRESS
    return f"{parts.scheme}://{parts.netloc}{TOKEN_PATH}"


def api(name: str, access: Access, tokens: Tokens, endpoint: str, marketplace: str):
    """Return one API of the library, e.g. ``orders``, bound to a seller.

    :param name: attribute of what :func:`_parts` returns
    :param marketplace: Amazon's id of it
    :raise Refused: the library is not installed
    """
    bound = _bound(getattr(_parts(), name))
    return bound(Transport(access.client), tokens, endpoint, marketplace)


def marketplaces() -> Mapping[str, tuple[str, str]]:
    """Return country code or id → ``(id, endpoint)`` of Amazon's marketplaces."""
    found = {}
    for row in _parts().marketplaces:
        found[row.name] = found[row.marketplace_id] = (row.marketplace_id, row.endpoint)
    return found


@cache
def _parts() -> SimpleNamespace:
    try:
        from sp_api.api.listings_items.listings_items_2021_08_01 import (
            ListingsItemsV20210801,
        )
        from sp_api.api.orders.orders_v0 import OrdersV0
        from sp_api.api.sellers.sellers import Sellers
        from sp_api.api.tokens.tokens import Tokens as RestrictedTokens
        from sp_api.auth import _core
        from sp_api.base import Marketplaces
        from sp_api.base.exceptions import SellingApiException
    except ImportError as error:
        raise Refused(NEEDED) from error
    return SimpleNamespace(
        orders=OrdersV0,
        tokens=RestrictedTokens,
        listings=ListingsItemsV20210801,
        sellers=Sellers,
        marketplaces=Marketplaces.__members__.values(),
        auth_core=_core,
        error=SellingApiException,
    )


def library_error() -> type[Exception]:
    """Return the error that the library raises for an answer that has errors."""
    return _parts().error


@cache
def _bound(base: type) -> Callable:
    """Return a class of the library whose requests go through :class:`Transport`.

    Its own ``__init__`` reads environment variables and opens connections of its
    own; it is not called.
    """

    class Bound(base):
        def __init__(self, transport, tokens, endpoint, marketplace):
            self._transport, self._auth = transport, tokens
            self.endpoint, self.marketplace_id = endpoint, marketplace
            self.restricted_data_token = None
            self.version = None

        @property
        def headers(self):
            token = self.restricted_data_token or self.auth.access_token
            moment = self._auth.access.now().astimezone(timezone.utc)
            return {
                "x-amz-access-token": token,
                "x-amz-date": moment.strftime("%Y%m%dT%H%M%SZ"),
                "content-type": "application/json",
            }

    Bound.__name__ = Bound.__qualname__ = f"Bound{base.__name__}"
    return Bound


def _is_repeatable(method: str, url: str) -> bool | None:
    """Reads, and the confirmation of a shipment, whose package has one number."""
    if method == "POST" and url.endswith(
        ("/restrictedDataToken", "/shipmentConfirmation")
    ):
        return True
    return None
