"""The adapter for any system that can send a signed webhook."""

import json
from collections.abc import Mapping
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError

from ..base import (
    KINDS,
    Adapter,
    AdapterError,
    Message,
    Parameter,
    ReadError,
    Refused,
    StatusUpdate,
)
from ..documents import as_object, as_text, read_json, to_raw
from ..registry import register
from .signature import Scheme

#: Orders that one delivery may hold.
MAX_ORDERS = 500
#: Headers that are kept with a delivery, besides that of its number.
HARMLESS = ("user-agent",)


@register
class WebhookAdapter(Adapter):
    """Where things are in a delivery is said by paths, in the JMESPath language."""

    code = "webhook"
    label = "Signed Webhook"
    parameters = (
        Parameter(
            "secret",
            "Secret",
            secret=True,
            help="Known to both systems; long and random. Without it every delivery "
            "is refused.",
        ),
        Parameter("header", "Signature Header", default="X-Signature"),
        Parameter(
            "algorithm",
            "Algorithm",
            default="sha256",
            help="sha256 or sha512.",
        ),
        Parameter("encoding", "Encoding", default="hex", help="hex or base64."),
        Parameter(
            "prefix",
            "Prefix",
            required=False,
            help="What stands before the signature, for example sha256=",
        ),
        Parameter(
            "timestamp_header",
            "Time Header",
            required=False,
            help="The header with the moment of sending. If set, moment, separator "
            "and body are signed together, and old deliveries are refused.",
        ),
        Parameter(
            "separator",
            "Separator",
            required=False,
            default=".",
            help="Between moment and body in what is signed.",
        ),
        Parameter(
            "tolerance",
            "Tolerance",
            required=False,
            default="300",
            help="Seconds that a delivery may be old, or the clocks differ.",
        ),
        Parameter(
            "orders_path",
            "Path of the Orders",
            required=False,
            help="If one delivery holds several orders: where their list is.",
        ),
        Parameter("number_path", "Path of the Number", default="external_ref"),
        Parameter(
            "kind_path",
            "Path of the Kind",
            required=False,
            help="Where it says what a message is about. Empty: always an order.",
        ),
        Parameter(
            "kinds",
            "Words of the Kind",
            required=False,
            help="Which word means what, for example: order.created=order, "
            "order.cancelled=cancel, parcel.sent=shipped. Other words are left alone.",
        ),
        Parameter(
            "version_path",
            "Path of the Version",
            required=False,
            help="Where a moment or a counter says which state of the order is newer.",
        ),
        Parameter(
            "event_path",
            "Path of the Delivery's Number",
            required=False,
            help="Where a number says which delivery this is, so that a repeat is "
            "known.",
        ),
        Parameter(
            "status_url",
            "Address for Statuses",
            required=False,
            help="Where the hub sends the status of an order, signed in the same way.",
        ),
    )
    can_receive = can_send_status = True
    mapping_code = "webhook"
    statuses = (
        ("received", "received"),
        ("approved", "approved"),
        ("scheduled", "scheduled"),
        ("preparing", "preparing"),
        ("picked", "picked"),
        ("shipped", "shipped"),
        ("delivered", "delivered"),
        ("closed", "closed"),
        ("cancelled", "cancelled"),
    )

    # === BEING REACHED === #

    def receive(
        self, headers: Mapping[str, str], raw: bytes, query: Mapping[str, str]
    ) -> list[Message]:
        self._scheme().check(headers, raw, self.access.now())
        tree = read_json(raw)
        rows = self._orders(tree)
        kept = {name: headers[name] for name in HARMLESS if name in headers}
        found = (
            self._message(row, raw if row is tree else to_raw(row), kept)
            for row in rows
        )
        return [message for message in found if message]

    def _orders(self, tree: Any) -> list:
        """Return the orders of a delivery.

        :raise ReadError: where the list should be there is none, or it is too long
        """
        path = self.value("orders_path")
        if not path:
            return [as_object(tree)]
        rows = self._at("orders_path", tree)
        if not isinstance(rows, list):
            raise ReadError("no_orders", "There is no list of orders.", path)
        if len(rows) > MAX_ORDERS:
            raise ReadError("too_many", f"More than {MAX_ORDERS} orders.", path)
        return [as_object(row, f"{path}[{at}]") for at, row in enumerate(rows)]

    def _message(self, row: dict, raw: bytes, headers: dict) -> Message | None:
        kind = self._kind(row)
        if not kind:
            return None
        number = as_text(self._at("number_path", row))
        if not number:
            raise ReadError(
                "no_reference",
                "The delivery has no number of an order.",
                self.value("number_path"),
            )
        return Message(
            kind,
            number,
            raw,
            event_id=as_text(self._at("event_path", row)),
            version=as_text(self._at("version_path", row)),
            headers=headers,
        )

    def _kind(self, row: dict) -> str:
        """Return what a message is about; empty for words that mean nothing here."""
        if not self.value("kind_path"):
            return "order"
        word = as_text(self._at("kind_path", row)).lower()
        return self._kinds().get(word, "")

    def _kinds(self) -> dict[str, str]:
        """Return the channel's words and the kinds they mean.

        Without any the kinds' own names are the words.
        """
        rows = self.value("kinds").replace(";", ",").replace("\n", ",").split(",")
        pairs = dict(
            tuple(part.strip().lower() for part in row.split("=", 1))
            for row in rows
            if "=" in row
        )
        if wrong := sorted(set(pairs.values()) - set(KINDS)):
            raise AdapterError(
                f"“{wrong[0]}” is no kind of message. There are: {', '.join(KINDS)}.",
                "kinds",
            )
        return pairs or {kind: kind for kind in KINDS}

    # === UNDERSTANDING === #

    # pylint: disable-next=method-required-super
    def read(self, raw: bytes, content_type: str, kind: str) -> Any:
        return as_object(read_json(raw))

    def read_event(self, kind: str, document: Any) -> dict:
        """Return the hub's own names for what they are worth.

        The sender of a generic webhook writes events as the hub's API does.
        """
        row = as_object(document)
        names = ("reason", "amount", "currency", "at", "tracking", "carrier", "lines")
        event = {name: row[name] for name in names if row.get(name) is not None}
        event["external_ref"] = as_text(self._at("number_path", row))
        return event

    # === REACHING THE PLATFORM === #

    def test(self) -> str:
        """Check the settings; there is nothing to call unless statuses are sent."""
        self._scheme()
        self._kinds()
        for name in ("orders_path", "number_path", "kind_path", "version_path"):
            self._at(name, {})
        if not self.value("secret"):
            raise AdapterError("The channel has no secret: set it first.", "secret")
        return "The settings are complete. The next delivery will show the rest."

    @classmethod
    def tells(cls, settings: Mapping[str, str]) -> bool:
        """Without an address for statuses there is nobody to tell."""
        return bool(settings.get("status_url"))

    def send_status(self, update: StatusUpdate) -> str:
        """Send a status as JSON, signed as deliveries are."""
        url = self.value("status_url")
        if not url:
            raise Refused("The channel has no address for statuses. Set it first.")
        scheme = self._scheme()
        if not scheme.secret:
            raise Refused("The channel has no secret: set it first.")
        raw = json.dumps(_told(update), ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json",
            **scheme.headers(raw, self.access.now()),
        }
        # The receiver knows a repeat by its content: number, status and moment.
        answer = self.access.client.request(
            "POST", url, data=raw, headers=headers, repeatable=True
        )
        return f"{answer.host} answered {answer.status}"

    # === SETTINGS === #

    def _scheme(self) -> Scheme:
        try:
            tolerance = float(self.value("tolerance"))
        except ValueError:
            tolerance = -1.0
        return Scheme(
            secret=self.value("secret"),
            header=self.value("header").strip().lower(),
            algorithm=self.value("algorithm").strip().lower(),
            encoding=self.value("encoding").strip().lower(),
            prefix=self.value("prefix").strip(),
            timestamp_header=self.value("timestamp_header").strip().lower(),
            separator=self.value("separator"),
            tolerance=tolerance,
        )

    def _at(self, name: str, tree: Any) -> Any:
        """Return what is at the path that a setting names, ``None`` without one."""
        path = self.value(name)
        if not path:
            return None
        try:
            return jmespath.search(path, tree)
        except (JMESPathError, RecursionError) as error:
            raise AdapterError(
                f"The path {path[:100]} cannot be used.", name
            ) from error


def _told(update: StatusUpdate) -> dict:
    """Return what a status update says; what it does not say is left out."""
    told = {
        "external_ref": update.external_ref,
        "hub_ref": update.hub_ref,
        "status": update.status,
        "milestone": update.milestone,
        "at": update.at.isoformat() if update.at else "",
        "tracking": update.tracking,
        "carrier": update.carrier,
        "tracking_url": update.tracking_url,
        "note": update.note,
        "lines": [dict(line) for line in update.lines],
        "is_partial": update.is_partial or "",
    }
    return {name: value for name, value in told.items() if value not in ("", [])}
