"""Workbooks that tests write: xlsx by openpyxl, ods and odd archives by hand."""

import io
import re
import zipfile
from xml.sax.saxutils import escape

import openpyxl

SHEET = "xl/worksheets/sheet1.xml"
ODS_HEAD = (
    '<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x">'
    "<office:body><office:spreadsheet>"
)


def xlsx(rows, merges=(), formats=None, title="Sheet", **more) -> bytes:
    """Return a workbook of rows from A1; ``more``: further sheets by name."""
    book = openpyxl.Workbook()
    for name, cells in ({title: rows} | more).items():
        sheet = book.active if name == title else book.create_sheet()
        sheet.title = name
        for row in cells:
            sheet.append(list(row))
    for span in merges:
        book.worksheets[0].merge_cells(span)
    for spot, form in (formats or {}).items():
        book.worksheets[0][spot].number_format = form
    return saved(book)


def saved(book) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def parts(raw: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(found: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in found.items():
            archive.writestr(name, part)
    return out.getvalue()


def changed(raw: bytes, name: str, pattern: str, text: str) -> bytes:
    """Return a workbook in which the markup of a part was changed."""
    found = parts(raw)
    markup, count = re.subn(pattern, text, found[name].decode())
    assert count, pattern
    return packed({**found, name: markup.encode()})


def with_cells(cells: str, **more) -> bytes:
    """Return a workbook whose only sheet has this markup for its rows."""
    raw = xlsx([["x"]])
    raw = changed(raw, SHEET, r"<sheetData>.*</sheetData>", cells)
    return packed({**parts(raw), **more}) if more else raw


def ods(rows: str, head: str = ODS_HEAD) -> bytes:
    """Return an OpenDocument spreadsheet with the markup of a table's rows."""
    content = (
        f'{head}<table:table table:name="Orders">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    return packed({"mimetype": kind, "content.xml": content.encode()})


def ods_cell(value, attributes: str = "") -> str:
    if isinstance(value, (int, float)):
        kind = f'office:value-type="float" office:value="{value}"'
        return f"<table:table-cell {kind} {attributes}/>"
    return (
        f'<table:table-cell office:value-type="string" {attributes}>'
        f"<text:p>{escape(value)}</text:p></table:table-cell>"
    )
