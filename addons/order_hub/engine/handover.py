"""Is an order fit to enter the stages on its way, and how far does it get?"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from .gates import Result


@dataclass(frozen=True)
class StageCheck:
    """What entering one stage came to for one order.

    ``missing`` are kinds of evidence still wanted, ``forbidden`` that the role of
    whoever asks does not allow it.
    """

    stage_id: int
    results: tuple[Result, ...] = ()
    missing: frozenset[str] = frozenset()
    forbidden: bool = False

    @property
    def blocked(self) -> bool:
        return (
            self.forbidden
            or bool(self.missing)
            or any(result.blocks for result in self.results)
        )

    @property
    def warnings(self) -> tuple[Result, ...]:
        return tuple(r for r in self.results if not r.ok and not r.blocks)


def clean_prefix(checks: Sequence[StageCheck]) -> tuple[StageCheck, ...]:
    """Return the checks before the first blocked one."""
    clean = []
    for check in checks:
        if check.blocked:
            break
        clean.append(check)
    return tuple(clean)


def reachable(
    checks: Sequence[StageCheck], backed: Collection[int]
) -> tuple[StageCheck, ...]:
    """Return the way to the furthest stage that is clean and backed by a fact.

    Between two facts lie stages that somebody should have entered by hand; an
    order never rests in one of those because of a fact further on.
    """
    clean = clean_prefix(checks)
    last = max(
        (i for i, check in enumerate(clean) if check.stage_id in backed), default=-1
    )
    return clean[: last + 1]
