"""What a benchmark is given: both sides, sizes, and where to put its figures."""

import statistics
import time

import data

from . import databases
from .measure import median, spread
from .side import Side


class Bench:
    """One run of the benchmarks.

    :ivar full: the full sizes are wanted (``FULL=1``)
    :ivar sizes: rows of the generated data, see ``data.SIZES``
    """

    def __init__(self, report, sizes: dict, full: bool):
        self.report = report
        self.sizes = sizes
        self.full = full
        self.figure = report.figure
        self.note = report.note
        self._sides: dict = {}

    @property
    def plain(self) -> Side:
        """Odoo without the hub."""
        return self.side("plain")

    @property
    def hub(self) -> Side:
        """Odoo with the hub, on the same data."""
        return self.side("hub")

    def side(self, kind: str, name: str = "") -> Side:
        """Return a side on a fresh copy of the data, made when first asked for.

        :param kind: plain or hub
        :param name: for a benchmark that wants a copy of its own
        """
        label = name or kind
        if label not in self._sides:
            template = self._prepared(kind)
            copy = databases.run_name(label)
            databases.copy(template, copy)
            self._sides[label] = Side(copy, label)
        return self._sides[label]

    def _prepared(self, kind: str) -> str:
        begun = time.monotonic()
        if not databases.is_prepared(kind, self.sizes):
            self.note(f"generating the data of {kind}, once for this code …")
        name = databases.prepare(kind, self.sizes)
        if time.monotonic() - begun > 5:
            self.note(f"the data of {kind} took {time.monotonic() - begun:.0f} s")
        return name

    def pick(self, full, usual, small):
        """Choose by the size of this run; small goes with a ``SCALE`` below 1."""
        if self.full:
            return full
        return usual if self.sizes == data.SIZES else small

    def close(self) -> None:
        for side in self._sides.values():
            side.stop()
        databases.drop_copies()

    # -- comparing ------------------------------------------------------------

    def rounds(self, measure, rounds: int, warm_up: int = 1) -> tuple:
        """Measure both sides in turn and return ``(plain rows, hub rows)``.

        The side that begins changes with every round, so that whatever drifts
        (the processor's clock, other programs) drifts for both alike.

        :param measure: function of a side and the number of the round
        """
        rows: dict = {"plain": [], "hub": []}
        for number in range(-warm_up, rounds):
            order = ("plain", "hub") if number % 2 else ("hub", "plain")
            for kind in order:
                row = measure(self.side(kind), number)
                if number >= 0:
                    rows[kind].append(row)
        return rows["plain"], rows["hub"]

    def compare(self, name: str, limit: float, measured: tuple, **detail) -> None:
        """Give the figure *hub ÷ plain*: the median over pairs of one round."""
        plain, hub = measured
        detail.update(_noise(plain, hub))
        self.figure(name, detail.pop("ratio"), "×plain", limit, **detail)
        self.note(
            f"{name}: plain {detail['plain_ms']} ms ±{detail['plain_spread']:.0%}, "
            f"hub {detail['hub_ms']} ms ±{detail['hub_spread']:.0%}, "
            f"ratios {detail['ratios']}, by processor time {detail['cpu_ratio']}"
        )


def _noise(plain: list, hub: list) -> dict:
    """Return medians, ratios of the pairs and how far the rounds are apart."""
    per = [row.get("orders", 1) for row in plain]
    ratios = [h["seconds"] / p["seconds"] for p, h in zip(plain, hub, strict=True)]
    cpu = [h["cpu"] / p["cpu"] for p, h in zip(plain, hub, strict=True) if p.get("cpu")]
    return {
        "ratio": statistics.median(ratios),
        "ratios": [round(ratio, 3) for ratio in ratios],
        "cpu_ratio": round(statistics.median(cpu), 3) if cpu else None,
        "plain_ms": round(1000 * median(plain, "seconds") / per[0], 2),
        "hub_ms": round(1000 * median(hub, "seconds") / per[0], 2),
        "plain_spread": round(spread([row["seconds"] for row in plain]), 3),
        "hub_spread": round(spread([row["seconds"] for row in hub]), 3),
    }
