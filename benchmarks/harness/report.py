"""The lines on the terminal and the file of results."""

import json
import time
from pathlib import Path

from . import machine

RESULTS = Path(__file__).resolve().parents[1] / "results"


class Report:
    """Prints figures as they come and keeps them in a dated file.

    The first line of the file is the machine, every other one a figure; a run
    that was interrupted leaves what it had.
    """

    def __init__(self, **settings):
        self.short: list = []
        self.count = 0
        moment = time.strftime("%Y-%m-%dT%H%M%SZ", time.gmtime())
        self.file = RESULTS / f"{moment}-{machine.slug()}.jsonl"
        RESULTS.mkdir(exist_ok=True)
        self._keep({"machine": machine.describe(), "date": moment, **settings})

    def figure(self, name: str, value: float, unit: str, limit: float, **detail):
        """Print and keep one figure; it holds when it is at most its limit."""
        holds = value <= limit
        word = "ok" if holds else "short"
        print(
            f"bench: {name} {_number(value)} {unit} limit {_number(limit)} {word}",
            flush=True,
        )
        self.count += 1
        if not holds:
            self.short.append(name)
        self._keep(
            {
                "name": name,
                "value": round(value, 4),
                "unit": unit,
                "limit": limit,
                "holds": holds,
                "load": machine.load(),
                **detail,
            }
        )

    def note(self, text: str) -> None:
        """Print a line of explanation: not a figure, judged by nothing."""
        print(f"       {text}", flush=True)

    def _keep(self, row: dict) -> None:
        with self.file.open("a", encoding="utf-8") as handle:
            handle.write(json.dumps(row, ensure_ascii=False) + "\n")


def _number(value: float) -> str:
    """Write a number with as many digits as mean something."""
    if float(value).is_integer() and abs(value) < 1e9:
        return f"{value:.0f}"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
