"""What a message about a known order says: read, bounded, nothing guessed."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from odoo.addons.order_hub.engine.payload import MAX_LINES, READERS

from .order import LINE

FIELDS = {
    "external_ref": "word",
    "reason": "text",
    "amount": "price",
    "currency": "word",
    "at": "moment",
    "tracking": "word",
    "carrier": "word",
    "status": "word",
    "lines": "list",
}
LINE_FIELDS = {
    "external_ref": "word",
    "sku": "word",
    "quantity": "quantity",
    "amount": "price",
}


def clean_event(values: Any) -> tuple[dict, list[dict]]:
    """Return the event with clean values, and its problems (code, field, message).

    Amounts below zero and quantities not above it are problems: what a channel
    takes away is said by the kind of its message, never by a sign.
    """
    problems: list[dict] = []
    if not isinstance(values, Mapping):
        return {"lines": []}, [_problem("type", "", "An object is expected.")]
    event = _read(values, FIELDS, "", problems)
    lines = event.get("lines", [])
    if len(lines) > MAX_LINES:
        problems.append(_problem("too_many", "lines", f"More than {MAX_LINES} lines."))
        lines = []
    event["lines"] = [
        _read(line, LINE_FIELDS, f"lines[{n}].", problems)
        for n, line in enumerate(lines)
    ]
    return event, problems


def _read(raw: Any, spec: Mapping[str, str], prefix: str, problems: list) -> dict:
    if not isinstance(raw, Mapping):
        path = prefix.rstrip(".")
        problems.append(_problem("type", path, "An object is expected."))
        return {}
    clean = {}
    for name, kind in spec.items():
        value = raw.get(name)
        if value is None or value == "":
            continue
        try:
            clean[name] = READERS[kind](value)
        except (ValueError, TypeError, OverflowError) as error:
            problems.append(_problem("invalid", f"{prefix}{name}", str(error)))
    return clean


def _problem(code: str, field: str, message: str) -> dict:
    return {"code": code, "field": field, "message": message}


def is_event_path(path: str) -> bool:
    """Return whether a path names a value of an event."""
    head, _dot, name = path.rpartition(".")
    if head:
        return bool(LINE.fullmatch(head)) and name in LINE_FIELDS
    return name in FIELDS and FIELDS[name] != "list"


def fingerprint(kind: str, event: Mapping[str, Any]) -> str:
    """Return what makes two messages the same event, however often delivered."""
    text = json.dumps([kind, event], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
