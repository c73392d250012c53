"""What every platform's adapter offers, and the words it speaks with.

An adapter knows one platform: its signatures, its pages, its limits, the keys of
its payloads. It knows no database and no Odoo; what it needs is given to it as
:class:`Access`, so that tests can point the same code at a local server.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from odoo.addons.order_hub.engine.web import errors

if TYPE_CHECKING:
    from odoo.addons.order_hub.engine.web.client import Client

#: What a message is about.
KINDS = ("order", "change", "cancel", "return", "refund", "paid", "shipped", "other")
MAX_BODY = 2 * 1024 * 1024


# === ERRORS === #

#: What calling a platform can end in.
AdapterError = errors.WebError
AuthenticationFailed = errors.AuthenticationFailed
Throttled = errors.Throttled
ChannelDown = errors.Unreachable
Refused = errors.Refused


class SignatureError(AdapterError):
    """A delivery that does not prove where it comes from."""


class ReadError(AdapterError):
    """A payload that cannot be understood.

    :ivar code: for programs, e.g. ``not_json``
    """

    def __init__(self, code: str, message: str, field: str = ""):
        super().__init__(message, field)
        self.code = code


# === DATA === #


@dataclass(frozen=True)
class Parameter:
    """A setting or credential that a channel of this adapter has."""

    name: str
    label: str
    secret: bool = False
    required: bool = True
    default: str = ""
    help: str = ""


@dataclass(frozen=True)
class Message:
    """One thing received, as it came.

    :ivar kind: one of :data:`KINDS`
    :ivar external_ref: the order's number at the platform
    :ivar event_id: the platform's number of this delivery, if it has one
    :ivar version: orders the versions of one order (greater is later); a moment
        in ISO 8601 or a counter of fixed width, empty if the platform has none
    :ivar headers: harmless ones only, never a signature or a token
    """

    kind: str
    external_ref: str
    raw: bytes
    content_type: str = "application/json"
    event_id: str = ""
    version: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """Messages of one page of a pull, and where to go on."""

    messages: list[Message]
    cursor: str = ""


@dataclass(frozen=True)
class StatusUpdate:
    """What the platform is told about one order.

    :ivar status: the platform's own word, from the channel's status map
    :ivar at: aware moment, UTC
    :ivar lines: ``[{"external_ref", "sku", "quantity"}]`` of the part it is about;
        empty: the whole order
    :ivar is_partial: more goods of the order are still to follow
    :ivar key: the same at every try: for platforms that take an idempotency key
    """

    external_ref: str
    status: str
    milestone: str = ""
    at: datetime | None = None
    tracking: str = ""
    carrier: str = ""
    tracking_url: str = ""
    lines: tuple = ()
    note: str = ""
    hub_ref: str = ""
    is_partial: bool = False
    key: str = ""


@dataclass(frozen=True)
class StockLevel:
    """How many pieces of a code the platform may sell."""

    sku: str
    quantity: float
    external_ids: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Listed:
    """One order as the platform lists it, for reconciliation.

    :ivar amount: total in ``currency`` (ISO 4217)
    :ivar at: aware moment of its creation, UTC
    """

    external_ref: str
    amount: float
    currency: str
    status: str = ""
    at: datetime | None = None
    is_cancelled: bool = False


@dataclass(frozen=True)
class Access:
    """What an adapter may use: address, settings, secrets, clock, network."""

    base_url: str
    values: Mapping[str, str]
    now: Callable[[], datetime]
    client: "Client"


# === ADAPTER === #


class Adapter:
    """One platform.

    :cvar statuses: ``((word of the platform, milestone), …)``; the first word of a
        milestone is the one sent back
    :cvar mapping_code: code of the field mapping template that ships for it
    :cvar is_silent: the platform wants an empty body for an answer to a delivery
    :cvar understands: :meth:`read` gives ``{"order": …, "evidence": {path: …}}``, the
        hub's own order (``engine.order``) with what speaks for each value
    """

    code: ClassVar[str] = ""
    label: ClassVar[str] = ""
    base_url: ClassVar[str] = ""
    parameters: ClassVar[tuple[Parameter, ...]] = ()
    can_pull: ClassVar[bool] = False
    can_receive: ClassVar[bool] = False
    can_send_status: ClassVar[bool] = False
    can_send_stock: ClassVar[bool] = False
    can_list: ClassVar[bool] = False
    max_body: ClassVar[int] = MAX_BODY
    statuses: ClassVar[tuple[tuple[str, str], ...]] = ()
    mapping_code: ClassVar[str] = ""
    understands: ClassVar[bool] = False
    is_silent: ClassVar[bool] = False

    def __init__(self, access: Access):
        self.access = access

    def value(self, name: str) -> str:
        """Return a setting or secret, or its default."""
        return self.access.values.get(name) or self._defaults.get(name, "")

    @cached_property
    def _defaults(self) -> dict[str, str]:
        return {row.name: row.default for row in self.parameters}

    # --- reaching the platform ---

    def test(self) -> str:
        """Try the credentials.

        :return: a sentence that names the shop
        :raise AdapterError: saying what is wrong
        """
        raise NotImplementedError

    def pull(self, cursor: str, since: datetime, until: datetime) -> Iterator[Page]:
        """Yield what was made or changed between two aware moments, page by page."""
        raise NotImplementedError

    def fetch(self, external_ref: str) -> Message | None:
        """Return one order anew, or ``None`` when the platform has it not."""
        raise NotImplementedError

    @classmethod
    def tells(cls, settings: Mapping[str, str]) -> bool:
        """Tell whether a channel with these settings can be told anything."""
        return cls.can_send_status

    def send_status(self, update: StatusUpdate) -> str:
        """Tell the platform where an order stands; return its receipt as text."""
        raise NotImplementedError

    def send_stock(self, levels: list[StockLevel]) -> dict[str, str]:
        """Tell the platform what may be sold.

        :return: code → what went wrong with it, empty for what was taken
        """
        raise NotImplementedError

    def list_orders(self, since: datetime, until: datetime) -> Iterator[Listed]:
        """Yield the orders made between two aware moments."""
        raise NotImplementedError

    # --- being reached ---

    def receive(
        self, headers: Mapping[str, str], raw: bytes, query: Mapping[str, str]
    ) -> list[Message]:
        """Check the signature of a delivery and return its messages.

        :param headers: names in lower case
        :raise SignatureError: it does not prove where it comes from
        :raise ReadError: it is signed and cannot be understood
        """
        raise NotImplementedError

    def reply(self, raw: bytes, query: Mapping[str, str]) -> dict | None:
        """Return what a delivery that was taken is answered with.

        :return: an object for platforms that want a certain one, else ``None``
        """
        return None

    # --- understanding ---

    def read(self, raw: bytes, content_type: str, kind: str) -> Any:
        """Return the document of one message, a tree with the platform's keys.

        :raise ReadError: with a code, and the field where there is one
        """
        # pylint: disable=method-required-super
        raise NotImplementedError

    def read_event(self, kind: str, document: Any) -> dict:
        """Return what a message about a known order says, in our words.

        :return: any of ``external_ref, reason, amount, currency, at, tracking,
            carrier, lines [{external_ref, sku, quantity, amount}]``
        """
        raise NotImplementedError
