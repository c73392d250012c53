"""Unpacking workbooks that are archives, so that a reader meets only what was checked.

A hostile archive lies: about the size of its parts, by two entries of one name, by
entities in its markup, by a single cell in the last corner of a sheet that makes a
reader reserve memory for all before it. So the parts that hold cells are unpacked
here, bounded by what was really unpacked, looked at, and packed anew for the reader;
everything else (macros, links, embedded files) never gets near it.
"""

import io
import re
import zipfile
import zlib

from ..table import BadTable, check_archive
from .model import Limits

MAX_UNPACKED = 256 * 1024 * 1024
CHUNK = 1024 * 1024
#: Parts that a reader of cells needs, by their beginning in small letters.
WANTED = (
    "[content_types].xml",
    "_rels/.rels",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/sharedstrings.xml",
    "xl/styles.xml",
    "xl/worksheets/",
    "mimetype",
    "content.xml",
)
IGNORED = (
    ("macros", re.compile(r"vbaProject|(?:^|/)(?:Basic|Scripts)/|macrosheets", re.I)),
    ("external_links", re.compile(r"externalLinks/")),
    ("embedded_files", re.compile(r"embeddings/|activeX/|(?:^|/)Object \d", re.I)),
    ("queries", re.compile(r"connections\.xml|queryTables/|customXml/|model/", re.I)),
    ("pictures", re.compile(r"media/|(?:^|/)Pictures/", re.I)),
)
DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([^\"']{1,40})[\"']")


def unpack(raw: bytes) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Return the parts that hold cells, and what else there is and was left alone.

    :raise BadTable: ``zip_bomb``, ``encrypted``, ``not_table``
    """
    check_archive(raw, MAX_UNPACKED)
    parts: dict[str, bytes] = {}
    left = MAX_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            names = dict.fromkeys(archive.namelist())
            for name in names:
                if _is_wanted(name):
                    parts[name] = _unpacked(archive, name, left)
                    left -= len(parts[name])
    except (zipfile.BadZipFile, zlib.error, RuntimeError, OSError) as error:
        raise damaged() from error
    except (NotImplementedError, ValueError, EOFError) as error:
        raise damaged() from error
    for name, part in parts.items():
        if name.lower().endswith((".xml", ".rels")):
            check_markup(part)
    return parts, ignored(names)


def repack(parts: dict[str, bytes]) -> io.BytesIO:
    """Return an archive of parts, not compressed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    out.seek(0)
    return out


def check_markup(part: bytes) -> None:
    """Refuse markup that defines entities or that is no UTF-8.

    :raise BadTable: ``not_table``
    """
    if b"<!DOCTYPE" in part or b"<!ENTITY" in part:
        raise BadTable("not_table", "The workbook defines entities and is refused.")
    declared = DECLARED.search(part[:400])
    if declared and declared[1].lower() not in (b"utf-8", b"utf8", b"us-ascii"):
        raise damaged()
    if b"\x00" in part[:400] or part[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise damaged()


def ignored(names) -> tuple[str, ...]:
    """Return what kinds of things a workbook holds that are no cells."""
    return tuple(
        kind for kind, pattern in IGNORED if any(pattern.search(name) for name in names)
    )


def damaged() -> BadTable:
    return BadTable(
        "not_table", "The file is damaged or no workbook. Open it and save it again."
    )


def too_much(limits: Limits) -> BadTable:
    return BadTable(
        "too_many_rows",
        f"A sheet has more than {limits.rows} rows, {limits.columns} columns or "
        f"{limits.cells} cells, blank ones before the last one included. Remove what "
        "is far below or to the right of the orders, or send the file in parts.",
    )


def _is_wanted(name: str) -> bool:
    low = name.lower()
    return low.startswith(WANTED) and not low.endswith(("/", ".bin"))


def _unpacked(archive: zipfile.ZipFile, name: str, left: int) -> bytes:
    """Return a part; its size is what comes out, not what the archive says."""
    found, size = [], 0
    with archive.open(name) as opened:
        while chunk := opened.read(CHUNK):
            size += len(chunk)
            if size > left:
                raise BadTable(
                    "zip_bomb",
                    "The workbook would unpack to far more than a list of orders. "
                    "Save it as CSV, or send fewer orders at a time.",
                )
            found.append(chunk)
    return b"".join(found)
