"""Entry of ``make bench``: runs the benchmarks and says whether all limits held.

Environment: ``ONLY`` (names, ``*`` allowed), ``FULL=1`` (full sizes), ``SCALE``
(a fraction of the data for trying things out; its figures mean nothing), and
what ``scripts/hub bench`` sets.
"""

import importlib
import os
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "scripts")]

import odoo.init  # noqa: E402, F401  completes the package ``odoo``; goes first

import data  # noqa: E402
from harness import databases, registry  # noqa: E402
from harness.bench import Bench  # noqa: E402
from harness.registry import BenchError  # noqa: E402
from harness.report import Report  # noqa: E402
from platform_kit.ui import HubError  # noqa: E402

#: In this order: what compares the sides comes before what only the hub does.
GROUPS = (
    "orders",
    "intake",
    "moves",
    "history",
    "board",
    "events",
    "grade",
    "routing",
    "ecn",
    "freeze",
    "warnings",
    "radar",
    "portal",
    "workbook",
    "erp",
    "history_import",
    "chat",
)


def _sizes() -> dict:
    scale = float(os.environ.get("SCALE") or 1)
    return {name: max(20, int(rows * scale)) for name, rows in data.SIZES.items()}


def run() -> int:
    """Run what is asked for; return 0 when every figure held its limit."""
    for group in GROUPS:
        importlib.import_module(f"bench_{group}")
    full = os.environ.get("FULL", "") not in ("", "0")
    wanted = registry.chosen(os.environ.get("ONLY", ""))
    sizes, start = _sizes(), time.monotonic()
    databases.drop_copies()
    report = Report(sizes=sizes, full=full, only=os.environ.get("ONLY", ""))
    bench = Bench(report, sizes, full)
    try:
        for each in wanted:
            print(f"\n{each.name}: {each.title}", flush=True)
            begun = time.monotonic()
            each.run(bench)
            report.note(f"{each.name} took {time.monotonic() - begun:.0f} s")
    finally:
        bench.close()
    seconds = time.monotonic() - start
    short = f"short: {', '.join(report.short)}" if report.short else "all held"
    print(f"\n{report.count} figures in {seconds:.0f} s, {short}")
    print(f"results: {report.file.relative_to(HERE.parent)}")
    return 1 if report.short else 0


if __name__ == "__main__":
    try:
        sys.exit(run())
    except (BenchError, HubError) as error:
        sys.exit(f"\norder_hub: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
