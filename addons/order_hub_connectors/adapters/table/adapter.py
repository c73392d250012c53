"""Orders in files: CSV, XLSX, XLS, ODS and JSON, by a field mapping.

There is no platform behind it. Files come by hand or as attachments of e-mails;
:meth:`TableAdapter.split` makes one message an order of them, so that one bad
order does not hold up the others of its file.
"""

import hashlib
import json
import re
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from ...engine.expression import column_key
from ...engine.table import (
    ENCODINGS,
    MAX_ROWS,
    SEPARATORS,
    BadTable,
    decode,
)
from ...engine.table_orders import MAX_LINES, Grouped, group_orders
from ...engine.workbook.orders import read_sheets
from ..base import Adapter, Message, Parameter, ReadError
from ..documents import read_json
from ..registry import register
from .columns import KEY, NAMES, keys

#: Mark of our own messages: rows of one order of a table.
TABLE = "order_hub_table"
LISTS = ("orders", "data", "items", "list")


@register
class TableAdapter(Adapter):
    """Files with orders."""

    code = "table"
    label = "Files (CSV, Excel, JSON)"
    mapping_code = "table"
    max_body = 10 * 1024 * 1024
    parameters = (
        Parameter(
            "key_column",
            "Column of the order's number",
            required=False,
            help="Rows with the same number are one order. Several names: with | "
            "between. Empty: the usual names, for example 订单号 or Order No.",
        ),
        Parameter(
            "header_row",
            "Row of the column names",
            required=False,
            help="Empty: found out, among the first 20 rows.",
        ),
        Parameter(
            "sheet", "Sheet", required=False, help="Empty: the first one with rows."
        ),
        Parameter(
            "encoding",
            "Encoding of CSV files",
            required=False,
            help=f"Empty: found out. Known are: {', '.join(ENCODINGS)}.",
        ),
        Parameter(
            "separator",
            "Separator of CSV files",
            required=False,
            help="One of , ; | or tab. Empty: found out.",
        ),
    )

    def test(self) -> str:
        self._settings()
        return "Files need no connection: upload one to see what is recognised."

    def fetch(self, external_ref: str) -> None:
        return None

    # --- files ---

    def split(self, raw: bytes, filename: str, content_type: str = "") -> list[Message]:
        """Return one message an order of a file.

        :param filename: its name, kept with each order
        :raise ReadError: saying what is wrong with the file
        """
        if len(raw) > self.max_body:
            raise ReadError(
                "too_large",
                f"The file has more than {self.max_body // 1024 // 1024} MB. Send it "
                "in parts.",
            )
        if not raw.strip():
            raise ReadError("empty", "The file is empty.")
        if _is_json(raw, content_type, filename):
            return self._split_json(raw, filename)
        messages, taken = [], set()
        for name, grouped in self.recognise_all(raw):
            for group in grouped.groups:
                message = self._message(filename, raw, name, grouped, group)
                messages.append(_apart(message, taken, grouped.header_row))
        return messages

    def recognise(self, raw: bytes) -> tuple[str, Grouped]:
        """Return the name of the sheet and the orders of its first table.

        :raise ReadError: saying what is wrong with the file
        """
        return self.recognise_all(raw)[0]

    def recognise_all(self, raw: bytes) -> list[tuple[str, Grouped]]:
        """Return the name of the sheet and the orders of each of its tables.

        :raise ReadError: saying what is wrong with the file
        """
        settings = self._settings()
        numbers, names = keys(settings["key_column"] or KEY), keys(NAMES)
        try:
            sheets = read_sheets(
                raw,
                settings["encoding"],
                settings["separator"],
                settings["sheet"],
                bool(settings["header_row"]),
                {*numbers, *names},
            )
            return [
                (
                    sheet.name,
                    group_orders(sheet, numbers, names, settings["header_row"]),
                )
                for sheet in sheets
            ]
        except BadTable as error:
            raise ReadError(error.code, str(error)) from error

    def _settings(self) -> dict[str, Any]:
        """Return the channel's settings, checked."""
        found = {row.name: self.value(row.name).strip() for row in self.parameters}
        separator = {"tab": "\t", "\\t": "\t"}.get(
            found["separator"], found["separator"]
        )
        if separator and separator not in SEPARATORS:
            raise ReadError("setting", "A separator is one of , ; | or tab.")
        if found["encoding"] and found["encoding"].lower() not in ENCODINGS:
            known = ", ".join(ENCODINGS)
            raise ReadError("setting", f"The encoding is one of {known}.")
        row = found["header_row"]
        if row and not (row.isascii() and row.isdigit() and len(row) < 6):
            raise ReadError("setting", "The row of the column names is a number.")
        return {
            **found,
            "encoding": found["encoding"].lower(),
            "separator": separator,
            "header_row": int(row or 0),
        }

    def _message(self, filename, raw, sheet, grouped, group) -> Message:
        content = {
            TABLE: 1,
            "file": _short(filename),
            "sheet": sheet,
            "columns": grouped.columns,
            "rows": [[row.number, row.cells] for row in group.rows],
        }
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        ref = " ".join(group.key.splitlines()) or _file_ref(filename, raw)
        return Message("order", ref, body.encode())

    def _split_json(self, raw: bytes, filename: str) -> list[Message]:
        text, _encoding = self._decoded(raw)
        tree = read_json(text.encode())
        found = _orders(tree)
        if len(found) > MAX_ROWS:
            raise ReadError("too_many_rows", f"More than {MAX_ROWS} orders in a file.")
        names = keys(self.value("key_column") or KEY)
        messages = []
        for order in found:
            body = json.dumps(order, ensure_ascii=False, separators=(",", ":")).encode()
            ref = _key_of(order, names) or _file_ref(filename, body)
            messages.append(Message("order", ref, body))
        return messages

    def _decoded(self, raw: bytes) -> tuple[str, str]:
        try:
            return decode(raw, self._settings()["encoding"])
        except BadTable as error:
            raise ReadError(error.code, str(error)) from error

    # --- understanding ---

    # pylint: disable-next=method-required-super
    def read(self, raw: bytes, content_type: str, kind: str) -> Any:
        """Return ``{"first", "rows", …}`` of rows, or the tree of a JSON order.

        ``first`` has the first filled cell of each column: exports write what
        belongs to the whole order in its first row only.
        """
        tree = read_json(raw)
        if not (isinstance(tree, dict) and TABLE in tree):
            return tree
        columns = [column_key(name) for name in tree["columns"]]
        rows, first = [], {}
        for number, cells in tree["rows"]:
            row = {
                name: cell
                for name, cell in zip(columns, cells, strict=False)
                if cell != ""
            }
            for name, cell in row.items():
                first.setdefault(name, cell)
            rows.append({"_row": number, **row})
        if len(rows) > MAX_LINES:
            raise ReadError("too_many_lines", f"More than {MAX_LINES} lines.")
        return {
            "file": tree["file"],
            "sheet": tree["sheet"],
            "first": first,
            "rows": rows,
        }

    def read_event(self, kind: str, document: Any) -> dict:
        return {}


def _apart(message: Message, taken: set[str], header: int) -> Message:
    """Return a message whose number no other table of its file has.

    :param taken: numbers so far, gets this one
    :param header: row of the table's names
    """
    ref = message.external_ref
    if ref in taken:
        message = replace(message, external_ref=f"{ref}-{header}")
    taken.add(message.external_ref)
    return message


def _is_json(raw: bytes, content_type: str, filename: str) -> bool:
    head = raw[:100].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    says_so = "json" in content_type or filename.lower().endswith(".json")
    return says_so or head[:1] in (b"{", b"[")


def _orders(tree: Any) -> list[dict]:
    """Return the orders of a JSON file: one, a list, or a list in an envelope."""
    if isinstance(tree, dict):
        lists = [tree[name] for name in LISTS if isinstance(tree.get(name), list)]
        is_envelope = len(lists) == 1 and len(tree) <= 3
        tree = lists[0] if is_envelope else [tree]
    if not isinstance(tree, list) or not tree:
        raise ReadError("not_an_object", "The file holds no list of orders.")
    for at, order in enumerate(tree):
        if not isinstance(order, dict):
            raise ReadError("not_an_object", f"Order {at + 1} is no object.")
    return tree


def _key_of(order: dict, names: list[str]) -> str:
    for name, value in order.items():
        if column_key(name) in names and isinstance(value, (str, int)):
            return str(value).strip()
    value = order.get("external_ref") or order.get("id")
    return str(value).strip() if isinstance(value, (str, int)) else ""


def _short(filename: str) -> str:
    """Return the name of a file without folders, at most 100 characters."""
    name = PurePath(filename.replace("\\", "/")).name
    return re.sub(r"[\x00-\x1f]", "", name)[:100]


def _file_ref(filename: str, raw: bytes) -> str:
    """Return a number for an order that has none: the same file gives the same."""
    stem = PurePath(_short(filename)).stem[:60] or "file"
    return f"{stem}-{hashlib.sha256(raw).hexdigest()[:8]}"
