"""What the user sees: numbered steps, notes and errors of one sentence."""

import contextlib
import os
import sys
import time
import unicodedata


class HubError(Exception):
    """An expected failure: its text tells what happened and what to do."""


DEBUG = os.environ.get("ORDER_HUB_DEBUG", "") not in ("", "0")


def note(text: str) -> None:
    """A line of its own for the user, also in the middle of a step."""
    if Progress.line_open:
        print()
        Progress.line_open = False
    print(f"      {text}", flush=True)


class Progress:
    """Numbered steps: ``[3/9] PostgreSQL cluster … 4 s``."""

    line_open = False

    def __init__(self, total: int):
        self.total = total
        self.done = 0

    @contextlib.contextmanager
    def step(self, title: str):
        """Announce a step, then say how long it took."""
        self.done += 1
        print(f"[{self.done}/{self.total}] {title} … ", end="", flush=True)
        Progress.line_open = True
        start = time.monotonic()
        try:
            yield
        except BaseException:
            self._close("failed")
            raise
        seconds = time.monotonic() - start
        self._close("ready" if seconds < 0.5 else f"{seconds:.0f} s")

    @staticmethod
    def _close(text: str) -> None:
        """End the step's line, or say it below the notes that came between."""
        print(text if Progress.line_open else f"      … {text}", flush=True)
        Progress.line_open = False


def width(text: str) -> int:
    """Columns that a text takes on a terminal; Chinese characters take two."""
    return sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in text)


def table(rows: list) -> str:
    """Rows of texts as aligned columns; the first row is the head."""
    columns = len(rows[0])
    rows = [(row + [""] * columns)[:columns] for row in rows]
    widths = [max(width(row[i]) for row in rows) for i in range(columns)]
    lines = [
        "  ".join(row[i] + " " * (widths[i] - width(row[i])) for i in range(columns))
        for row in rows
    ]
    lines.insert(1, "  ".join("-" * each for each in widths))
    return "\n".join("  " + line.rstrip() for line in lines)


def report_and_exit(error: BaseException) -> None:
    """Say a failure in one sentence and leave with status 1."""
    if DEBUG:
        raise error
    print(f"\norder_hub: {error}", file=sys.stderr)
    sys.exit(1)
