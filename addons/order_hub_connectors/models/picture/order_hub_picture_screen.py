from decimal import Decimal, InvalidOperation

from odoo import models

from ...const import FINAL_STATES
from ...engine.evidence import all_from_json
from ...engine.order import get_at, left_out_line
from ...engine.picture.checks import fits
from .order_hub_inbound_picture import LOOKED

COLUMNS = ("sku", "name", "unit", "quantity", "unit_price", "amount")
FIELDS = (
    "customer_ref",
    "customer.company",
    "date",
    "promised_date",
    "ship_to.name",
    "ship_to.phone",
    "ship_to.address",
    "note",
    "total",
)
#: Who orders, by the name on the paper.
BUYER = "customer.company"
#: Below this, a value that is there is called unknown rather than doubtful.
UNKNOWN = 0.5
#: Findings that the marks on the values say already.
SAID = ("uncertain", "unchecked")


class OrderHubPicture(models.Model):
    """The picture on one side, the order on the other, in one answer."""

    _inherit = "order.hub.picture"

    def screen(self):
        """Return the pages, and every value with its certainty and its place.

        :return: ``{"pages", "fields", "columns", "rows", "problems", "state",
            "can_correct", "certain_from", "why"}``; a value is ``{"path", "label",
            "value", "confidence", "level", "page", "box", "candidates"}``, levels are
            ``certain``, ``look``, ``unknown`` and ``empty``
        """
        self.ensure_one()
        self.check_access("read")
        inbound = self.inbound_id
        trace = inbound.trace_words()
        shown = _Shown(inbound, trace)
        operator = self.env.user.has_group("order_hub.order_hub_group_operator")
        return {
            "pages": self._pages_shown(),
            "fields": [shown.value(path) for path in FIELDS],
            "columns": [
                {"name": name, "label": inbound._place_words(name)} for name in COLUMNS
            ],
            "rows": shown.rows(),
            "problems": shown.problems(),
            "state": self.state,
            "why": self.why or "",
            "can_correct": operator
            and self.state != "waiting"
            and inbound.state not in (*FINAL_STATES, "reading"),
            "certain_from": shown.limit,
            "is_checked": LOOKED in shown.answered,
        }

    def _pages_shown(self):
        """Return ``[{"number", "url", "width", "height"}]``."""
        return [
            {
                "number": page.number,
                "url": f"/web/image/order.hub.picture.page/{page.id}/image",
                "width": page.width,
                "height": page.height,
            }
            for page in self.sudo().page_ids.sorted("number")
        ]

    # === PEOPLE === #

    def correct(self, values):
        """Put values in the place of those read, and run the steps again.

        :param dict values: ``{path: value}``, also ``lines[2].left_out``: true
        :return: the state of the order afterwards
        """
        self.ensure_one()
        return self.inbound_id.correct(values)

    def confirm(self, values=None):
        """Say that the picture has been looked at: the order goes on.

        :param dict values: corrections that come with it
        :return: the state of the order afterwards
        """
        self.ensure_one()
        inbound = self.inbound_id
        inbound._check_may_work()
        self.env["order.hub.inbound.correction"]._add(inbound, values or {})
        return inbound.confirm_understood()


class _Shown:
    """The values of one order as the screen shows them."""

    def __init__(self, inbound, trace):
        row = inbound.sudo()
        self.inbound = inbound
        self.order = row.values or {}
        self.evidence = all_from_json(row.evidence)
        self.answered = row._corrections().get(row.id, {})
        self.limit = row.channel_id.certain_from
        self.findings = [found for step in trace for found in step["findings"]]
        self.left_out = {
            left_out_line(path)
            for path, value in self.answered.items()
            if left_out_line(path) is not None and value
        }

    def value(self, path):
        """Return one value with what speaks for it."""
        value = get_at(self.order, path)
        found = self.evidence.get(path)
        source = found.source if found else {}
        return {
            "path": path,
            "label": self.inbound._place_words(path),
            "value": _text(value),
            "confidence": found.confidence if found else None,
            "level": self._level(path, value, found),
            "page": source.get("page", 0),
            "box": list(source.get("box") or ()),
            "candidates": self._candidates(path, found),
        }

    def rows(self):
        lines = self.order.get("lines") or []
        return [
            {
                "n": n,
                "is_left_out": n in self.left_out,
                "sum": _sum(line),
                "cells": [self.value(f"lines[{n}].{name}") for name in COLUMNS],
            }
            for n, line in enumerate(lines)
        ]

    def problems(self):
        """Return what else is wrong: ``[{"place", "message", "blocking"}]``."""
        return [
            {
                "path": finding["field"],
                "place": finding["place"],
                "message": finding["message"],
                "blocking": finding["blocking"],
            }
            for finding in self.findings
            if finding["is_problem"] and finding["code"] not in SAID
        ]

    def _level(self, path, value, found):
        if path in self.answered or LOOKED in self.answered:
            return "certain"
        if value in (None, ""):
            return "unknown" if found else "empty"
        if found is None or found.confidence >= self.limit:
            return "certain"
        return "look" if found.confidence >= UNKNOWN else "unknown"

    def _candidates(self, path, found):
        """Return what may be meant: by the picture, else by what the hub knows."""
        if path == BUYER:
            return self._customers()
        if path in self.answered:
            return []
        rows = [dict(row) for row in found.candidates] if found else []
        for finding in self.findings:
            options = (finding.get("figures") or {}).get("options")
            if finding["field"] == path and isinstance(options, list):
                rows += [
                    {"value": row["code"], "label": f"{row['code']} {row['name']}"}
                    for row in options
                    if row.get("code")
                ]
        seen = {}
        for row in rows:
            seen.setdefault(str(row["value"]), row)
        return list(seen.values())[:6]

    def _customers(self):
        """Return companies whose names begin alike, while it is not known which."""
        name = (get_at(self.order, BUYER) or "").strip()
        if self.inbound.sudo().partner_id or len(name) < 2:
            return []
        partners = self.inbound.env["res.partner"].search(
            [
                ("name", "ilike", name[:4]),
                ("is_company", "=", True),
                ("company_id", "in", (False, self.inbound.company_id.id)),
            ],
            limit=6,
        )
        return [{"value": row.name, "label": row.name} for row in partners]


def _text(value):
    """Return a value as it is typed: days as days, whole numbers without a point."""
    if value is None or value is False:
        return ""
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    text = str(value)
    return text[:10] if len(text) > 10 and text[10] == "T" else text


def _sum(line):
    """Return whether quantity × price is the amount: ``holds``, ``fails``, ``open``."""
    try:
        figures = [
            Decimal(str(line[name])) for name in ("quantity", "unit_price", "amount")
        ]
    except (KeyError, InvalidOperation):
        return "open"
    return "holds" if fits(*figures) else "fails"
