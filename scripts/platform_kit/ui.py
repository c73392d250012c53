"""What the user sees: numbered steps, notes and errors of one sentence."""

import contextlib
import os
import sys
import time


class HubError(Exception):
    """An expected failure: its text tells what happened and what to do."""


DEBUG = os.environ.get("ORDER_HUB_DEBUG", "") not in ("", "0")


def note(text: str) -> None:
    """A line of its own for the user."""
    print(f"      {text}", flush=True)


class Progress:
    """Numbered steps: ``[3/9] PostgreSQL cluster … 4 s``."""

    def __init__(self, total: int):
        self.total = total
        self.done = 0

    @contextlib.contextmanager
    def step(self, title: str):
        """Announce a step, then say how long it took."""
        self.done += 1
        print(f"[{self.done}/{self.total}] {title} … ", end="", flush=True)
        start = time.monotonic()
        try:
            yield
        except BaseException:
            print("failed", flush=True)
            raise
        seconds = time.monotonic() - start
        print("ready" if seconds < 0.5 else f"{seconds:.0f} s", flush=True)


def table(rows: list) -> str:
    """Rows of texts as aligned columns; the first row is the head."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join("  " + line.rstrip() for line in lines)


def report_and_exit(error: BaseException) -> None:
    """Say a failure in one sentence and leave with status 1."""
    if DEBUG:
        raise error
    print(f"\norder_hub: {error}", file=sys.stderr)
    sys.exit(1)
