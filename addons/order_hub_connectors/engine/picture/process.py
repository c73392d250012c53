"""Having a file read by a process of its own, and what it may cost."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .sheet import Reading, page_of

CHILD = Path(__file__).parent / "child"


class PictureError(Exception):
    """A picture that could not be read.

    :ivar code: ``missing``, ``slow``, ``memory``, ``crashed``, ``broken``,
        ``locked``, ``too_many_pages`` or ``nothing``
    """

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Limits:
    """What reading one file may take.

    :ivar seconds: of wall clock: a busy machine reads ten times slower than a free one
    :ivar cpu_seconds: of a processor, for the whole file
    :ivar megabytes: address space of the process; 1,100 are used for one page
    """

    seconds: int = 480
    cpu_seconds: int = 120
    megabytes: int = 3072
    pages: int = 8
    pixels: int = 9_000_000


def read_file(
    raw: bytes, is_pdf: bool, limits: Limits = Limits()
) -> tuple[Reading, list[bytes]]:
    """Return the words of a file, and each page as a JPEG picture set upright.

    :param raw: a JPEG or PNG picture, or a PDF
    :raise PictureError: it cannot be read, or costs too much
    """
    with tempfile.TemporaryDirectory(prefix="hub-picture-") as folder:
        path = Path(folder)
        (path / "file").write_bytes(raw)
        _run(_order(folder, is_pdf, limits), limits)
        return _answer(path)


def _order(folder: str, is_pdf: bool, limits: Limits) -> dict:
    return {
        "folder": folder,
        "file": "file",
        "is_pdf": is_pdf,
        "megabytes": limits.megabytes,
        "seconds": limits.cpu_seconds,
        "pages": limits.pages,
        "pixels": limits.pixels,
        "path": [path for path in sys.path if path],
    }


def _run(order: dict, limits: Limits) -> None:
    """Start the process and wait; it gets nothing of the server's environment."""
    environment = {
        "PATH": os.defpath,
        "HOME": order["folder"],
        "TMPDIR": order["folder"],
        "LANG": "C.UTF-8",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(CHILD)],
            input=json.dumps(order).encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=limits.seconds,
            env=environment,
            cwd=order["folder"],
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise PictureError("slow") from error
    if done.returncode:
        raise PictureError(_why(done.returncode, done.stderr[-4000:]))


def _why(status: int, said: bytes) -> str:
    """Return why a process ended without an answer."""
    if status in (-24, -9):
        return "slow"
    starved = (b"MemoryError", b"bad_alloc", b"Failed to allocate", b"nsufficient mem")
    return "memory" if any(word in said for word in starved) else "crashed"


def _answer(folder: Path) -> tuple[Reading, list[bytes]]:
    answer = json.loads((folder / "reading.json").read_text())
    if "error" in answer:
        raise PictureError(answer["error"])
    pages = answer["pages"]
    if not any(page["lines"] for page in pages):
        raise PictureError("nothing")
    pictures = [(folder / page["file"]).read_bytes() for page in pages]
    return Reading(tuple(page_of(page) for page in pages)), pictures
