"""Figures against limits: does a gate hold, and by how much does it fail?"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

#: Relative tolerance: what rounding of units and currencies may leave.
TOLERANCE = 1e-6


@dataclass(frozen=True)
class Part:
    """One component of a figure: a product, a field name … and its own figures.

    ``need`` and ``have`` are in the unit of the thing (product units, company
    currency); ``label`` is what a person reads, ``ref`` what a program follows.
    """

    ref: int | str
    label: str = ""
    have: float = 0.0
    need: float = 1.0

    @property
    def gap(self) -> float:
        return self.need - self.have


@dataclass(frozen=True)
class Figures:
    """What was found for one order: ``have`` against ``need``, part by part.

    With parts, every part must hold by itself. ``unlimited`` says that no limit
    is set (a customer without credit limit): the gate holds.
    """

    have: float = 0.0
    need: float = 0.0
    parts: tuple[Part, ...] = ()
    unlimited: bool = False


@dataclass(frozen=True)
class Result:
    """The answer of one gate for one order, with the figures it used."""

    gate_id: int
    kind: str
    severity: str
    ok: bool
    have: float
    need: float
    ratio: float
    missing: tuple[Part, ...] = field(default=())

    @property
    def blocks(self) -> bool:
        return not self.ok and self.severity == "block"

    def named(self, labels: Mapping[int | str, str]) -> "Result":
        """Return the result with labels for the missing parts that have none."""
        return replace(
            self,
            missing=tuple(
                part if part.label else replace(part, label=labels.get(part.ref, ""))
                for part in self.missing
            ),
        )

    def to_json(self, most: int = 5) -> dict:
        """Return the short form that a stage event keeps (see ``from_json``)."""
        short = {
            "g": self.gate_id,
            "k": self.kind,
            "s": self.severity,
            "ok": self.ok,
            "h": round(self.have, 4),
            "n": round(self.need, 4),
            "r": self.ratio,
        }
        if self.missing:
            short["m"] = [
                [p.ref, p.label[:40], round(p.have, 4), round(p.need, 4)]
                for p in self.missing[:most]
            ]
            short["c"] = len(self.missing)
        return short

    @classmethod
    def from_json(cls, short: dict) -> "Result":
        return cls(
            gate_id=short["g"],
            kind=short["k"],
            severity=short["s"],
            ok=short["ok"],
            have=short["h"],
            need=short["n"],
            ratio=short["r"],
            missing=tuple(Part(*part) for part in short.get("m", ())),
        )


def holds(have: float, need: float, ratio: float = 1.0) -> bool:
    """Tell whether ``have`` is at least ``ratio × need``, rounding forgiven."""
    limit = ratio * need
    return have >= limit - TOLERANCE * max(1.0, abs(limit))


def decide(
    figures: Figures, *, gate_id: int, kind: str, severity: str, ratio: float = 1.0
) -> Result:
    """Compare figures with the limit of one gate.

    :param ratio: how many times the need must be there (1.05 is 5 % more)
    :return: the result; ``missing`` lists the failing parts, largest gap first
    """
    missing = tuple(
        sorted(
            (p for p in figures.parts if not holds(p.have, p.need, ratio)),
            key=lambda part: -part.gap,
        )
    )
    ok = figures.unlimited or (
        not missing if figures.parts else holds(figures.have, figures.need, ratio)
    )
    return Result(
        gate_id,
        kind,
        severity,
        ok,
        figures.have,
        figures.need,
        ratio,
        () if ok else missing,
    )
