"""Reading ``.xlsx`` and ``.xlsm``: values by calamine, what it does not tell here."""

import posixpath
import re
from urllib.parse import unquote

import python_calamine
from lxml import etree

from ..table import BadTable
from .archive import damaged, repack, unpack
from .cells import check_cells, clean_rows, fit_merges
from .model import Book, Doubt, Grid, Limits, Span
from .sheet_scan import Scan, check_extent, check_texts, scan

#: Number formats that every workbook knows without saying them.
BUILTIN = {
    5: "¥0",
    6: "¥0",
    7: "¥0.00",
    8: "¥0.00",
    9: "0%",
    10: "0.00%",
    42: "¥0",
    44: "¥0.00",
}
#: Formats that change what a number says: zeros in front, percent, currency.
TELLING = re.compile(r"^0{3,}$|^0[0-]{2,}0$|%|[¥￥$€£]|\[\$[^-]|\"元|USD|RMB|CNY")
VISIBLE = {"Hidden": "hidden", "VeryHidden": "very_hidden"}
HUGE = 10_000


def read_xlsx(raw: bytes, name: str, limits: Limits, clock) -> Book:
    """Return the sheets of a workbook.

    :param clock: called between steps; raises when the time is over
    :raise BadTable: with a code and words
    """
    parts, ignored = unpack(raw)
    if not any(part.lower() == "xl/workbook.xml" for part in parts):
        raise _unknown(parts)
    clock()
    layout = _Layout(parts)
    _check(layout, limits)
    clock()
    try:
        with python_calamine.load_workbook(repack(layout.clean())) as opened:
            sheets = tuple(
                _grid(opened, layout, number, limits, clock)
                for number in range(len(opened.sheet_names))
            )
    except BadTable:
        raise
    except BaseException as error:
        if _is_readers(error):
            raise damaged() from error
        raise
    return Book(name, "xlsx", sheets, layout.epoch, ignored=ignored)


def _is_readers(error: BaseException) -> bool:
    """Tell a failure of the reader, whose panics are no ``Exception``."""
    if isinstance(error, (KeyboardInterrupt, SystemExit, MemoryError)):
        return False
    return isinstance(error, Exception) or type(error).__name__ == "PanicException"


def _unknown(parts: dict) -> BadTable:
    return BadTable(
        "not_table",
        "The file is an archive but no workbook of a known kind. Save it as .xlsx, "
        ".ods or CSV.",
    )


def _check(layout: "_Layout", limits: Limits) -> None:
    if len(layout.sheets) > limits.sheets:
        raise BadTable(
            "too_many_sheets",
            f"The workbook has {len(layout.sheets)} sheets; at most {limits.sheets} "
            "are taken. Save the ones with orders as a file of their own.",
        )
    strings = layout.strings()
    cells = 0
    for part in layout.worksheets():
        cells += check_extent(part, limits)
        check_cells(cells, limits)
        check_texts(part, strings)


class _Layout:
    """Where things are in a workbook: its sheets, styles and shared texts."""

    def __init__(self, parts: dict[str, bytes]):
        self.parts = parts
        self.by_low = {name.lower(): name for name in parts}
        book = self._tree("xl/workbook.xml")
        links = self._links()
        found = [node for node in book.iter() if _tag(node) == "sheet"]
        self.sheets = {
            node.get("name", ""): links.get(_attribute(node, "id"), "")
            for node in found
        }
        flags = [node for node in book.iter() if _tag(node) == "workbookPr"]
        is_1904 = any(node.get("date1904") in ("1", "true", "on") for node in flags)
        self.epoch = 1904 if is_1904 else 1900
        self.styles = self._styles()

    def part(self, path: str) -> bytes:
        return self.parts.get(self.by_low.get(path.lower(), ""), b"")

    def worksheets(self) -> list[bytes]:
        """Return the markup of everything a reader may take for a sheet."""
        return [
            part
            for name, part in self.parts.items()
            if name.lower().startswith("xl/worksheets/") and not name.endswith(".rels")
        ]

    def clean(self) -> dict[str, bytes]:
        """Return the parts for the reader, without relations of single sheets."""
        return {
            name: part
            for name, part in self.parts.items()
            if not name.lower().startswith("xl/worksheets/_rels/")
        }

    def strings(self) -> list[int]:
        """Return the length of each shared text, markup included."""
        part = self.part("xl/sharedStrings.xml")
        return [len(text) for text in re.split(rb"</(?:\w+:)?si>", part)] or [0]

    def _links(self) -> dict[str, str]:
        if not self.part("xl/_rels/workbook.xml.rels"):
            return {}
        return {
            node.get("Id", ""): _path(node.get("Target", ""))
            for node in self._tree("xl/_rels/workbook.xml.rels").iter()
            if _tag(node) == "Relationship"
        }

    def _styles(self) -> dict[int, str]:
        """Return the telling number formats by the number of their style."""
        if not self.part("xl/styles.xml"):
            return {}
        tree = self._tree("xl/styles.xml")
        codes = dict(BUILTIN)
        for node in tree.iter():
            if _tag(node) == "numFmt" and node.get("numFmtId", "").isdecimal():
                codes[int(node.get("numFmtId"))] = node.get("formatCode", "")[:100]
        lists = [node for node in tree.iter() if _tag(node) == "cellXfs"][:1]
        found = {}
        for number, style in enumerate(child for node in lists for child in node):
            kind = style.get("numFmtId", "")
            code = codes.get(int(kind), "") if kind.isdecimal() else ""
            if TELLING.search(code) and number < HUGE:
                found[number] = code
        return found

    def _tree(self, path: str):
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        )
        try:
            return etree.fromstring(self.part(path), parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise damaged() from error


def _tag(node) -> str:
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def _attribute(node, name: str) -> str:
    """Return an attribute whatever namespace it is in."""
    for key, value in node.attrib.items():
        if key.rpartition("}")[2] == name and "}" in key:
            return value
    return ""


def _path(target: str) -> str:
    target = unquote(target.replace("\\", "/"))
    if target.startswith("/"):
        return target.lstrip("/")
    return posixpath.normpath(posixpath.join("xl", target))


def _grid(opened, layout: _Layout, number: int, limits: Limits, clock) -> Grid:
    meta = opened.sheets_metadata[number]
    hidden = VISIBLE.get(str(meta.visible).rpartition(".")[2], "")
    if str(meta.typ).rpartition(".")[2] != "WorkSheet":
        return Grid(meta.name, [], hidden=hidden)
    sheet = opened.get_sheet_by_index(number)
    doubts: list[Doubt] = []
    rows = clean_rows(sheet.to_python(skip_empty_area=False), limits, doubts)
    clock()
    found = scan(layout.part(layout.sheets.get(meta.name, "")), layout.styles)
    grid = Grid(
        meta.name,
        rows,
        hidden=hidden,
        formats=found.formats,
        formulas=found.formulas,
        doubts=doubts + _scan_doubts(found),
    )
    spans = (
        Span(top + 1, left + 1, bottom + 1, right + 1)
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
    )
    grid.merged = fit_merges(spans, grid, limits)
    clock()
    return grid


def _scan_doubts(found: Scan) -> list[Doubt]:
    return [
        *(Doubt("no_cached_value", *spot) for spot in found.unreckoned),
        *(Doubt("error_value", *spot) for spot in found.errors),
    ]
