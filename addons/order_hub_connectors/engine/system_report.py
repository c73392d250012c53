"""What another system says of orders, as clean values."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from odoo.addons.order_hub.engine.payload import Shape, read_order

MAX_REPORTS = 5000
#: Longest word that is a state, not a story.
MAX_WORD = 80

SHAPE = Shape(
    order={
        "hub_ref": "word",
        "external_ref": "word",
        "word": "word!",
        "at": "moment",
        "reference": "word",
        "note": "text",
    },
    line={},
    address={},
)


@dataclass(frozen=True)
class Report:
    """One word on one order.

    :ivar said_at: naive UTC, never in the future: clocks differ
    """

    word: str
    said_at: datetime
    hub_ref: str = ""
    external_ref: str = ""
    reference: str = ""
    note: str = ""


def read_reports(
    raw: Iterable[Any], now: datetime
) -> tuple[list[Report], list[dict[str, Any]]]:
    """Return the reports that can be understood, and what is wrong with the others.

    :param now: naive UTC, for reports that do not say when
    :return: reports, and ``[{"index", "field", "message"}]``
    """
    reports, refused = [], []
    for index, item in enumerate(raw):
        values, problems = read_order(item, SHAPE)
        problem = next(iter(problems), None) or _fault(values)
        if problem:
            refused.append(
                {
                    "index": index,
                    "field": problem["field"],
                    "message": problem["message"],
                }
            )
        else:
            reports.append(_report(values, now))
    return reports, refused


def _fault(values: dict) -> dict | None:
    if not values.get("hub_ref") and not values.get("external_ref"):
        return {"field": "hub_ref", "message": "Name the order: hub_ref or its number."}
    if len(values["word"]) > MAX_WORD:
        return {"field": "word", "message": f"Longer than {MAX_WORD} characters."}
    return None


def _report(values: dict, now: datetime) -> Report:
    return Report(
        word=values["word"],
        said_at=min(values.get("at") or now, now),
        hub_ref=values.get("hub_ref", "").upper(),
        external_ref=values.get("external_ref", ""),
        reference=values.get("reference", ""),
        note=values.get("note", "")[:250],
    )
