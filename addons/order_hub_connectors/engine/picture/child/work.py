"""One file from its bytes to its words, within limits."""

import importlib.util
import json
import resource
from pathlib import Path

import pages

#: Exit without an answer is a crash; what is understood is said in the answer.
ANSWER = "reading.json"


def run(order: dict) -> None:
    """Read the file of ``order`` and write the answer beside it.

    :param order: ``{"folder", "file", "is_pdf", "megabytes", "seconds", "pages",
        "pixels"}``
    """
    _limit(order["megabytes"], order["seconds"])
    folder = Path(order["folder"])
    try:
        answer = _read(folder, order)
    except pages.Unreadable as error:
        answer = {"error": error.code}
    (folder / ANSWER).write_text(json.dumps(answer, ensure_ascii=False))


def _limit(megabytes: int, seconds: int) -> None:
    """Have the system end this process rather than let it take more."""
    size = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _read(folder: Path, order: dict) -> dict:
    reader = None
    found = []
    for page in pages.opened(folder / order["file"], order):
        if page.lines is None:
            reader = reader or _reader()
            page.lines, page.turned = reader.read(page.picture)
        found.append(page.saved(folder))
    return {"pages": found}


def _reader():
    """Return what reads pictures; loaded only when a page needs it.

    :raise pages.Unreadable: ``missing`` when it is not installed
    """
    if not importlib.util.find_spec("rapidocr"):
        raise pages.Unreadable("missing")
    # pylint: disable-next=import-outside-toplevel
    import ocr

    return ocr.Reader()
