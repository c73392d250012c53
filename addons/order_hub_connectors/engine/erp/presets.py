"""Mappings that ship: tables and columns of known systems, as data."""

import json
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from .plan import Column, Plan, Table

FOLDER = Path(__file__).parent / "presets"
CODES = ("k3", "u8")


@cache
def preset(code: str) -> dict[str, Any]:
    """Return ``{"name", "zone", "tables": [{"role", "table", "columns": […]}, …]}``.

    :raise KeyError: there is none of this code
    """
    if code not in CODES:
        raise KeyError(code)
    return json.loads((FOLDER / f"{code}.json").read_text(encoding="utf-8"))


def plan_of(code: str) -> Plan:
    """Return the plan of a preset, as it ships."""
    found = preset(code)
    tables = tuple(
        Table(
            row["role"],
            row["table"],
            row["alias"],
            tuple(map(_column, row["columns"])),
            row.get("parent", ""),
        )
        for row in found["tables"]
    )
    return Plan(tables, ZoneInfo(found["zone"]))


def _column(row: dict) -> Column:
    return Column(
        row["column"],
        row.get("target", ""),
        row.get("key", False),
        row.get("watermark", False),
        row.get("link", ""),
        row.get("test", ""),
        values_of(row.get("values", "")),
        words_of(row.get("words", "")),
        row.get("writes", ""),
        row.get("rule", "theirs"),
        row.get("new", ""),
    )


def values_of(text: str) -> tuple[str, ...]:
    """Return the values of a test: ``1, 2, 3``."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def words_of(text: str) -> dict[str, str]:
    """Return what values mean: one ``there = here`` a row."""
    rows = (row.partition("=") for row in text.splitlines() if "=" in row)
    return {there.strip(): here.strip() for there, _is, here in rows if here.strip()}
