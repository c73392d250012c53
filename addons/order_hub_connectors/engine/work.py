"""One received message on its way through the steps of intake.

Plain data: the steps read and fill it, the ORM stores it afterwards in one query
for the whole batch. What a step found is kept as a code and figures, so that it
is put into words in the language of whoever reads it later.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .evidence import Evidence

#: Longest text kept of a value that somebody typed into a foreign system.
MAX_SHOWN = 200


@dataclass
class Finding:
    """What a step did or found wrong.

    :ivar step: step that says it, e.g. ``customer``
    :ivar code: what it says, e.g. ``by_email``
    :ivar field: path of the value in the order, e.g. ``lines[0].sku``
    :ivar value: that value as text
    :ivar is_problem: something is wrong
    :ivar blocking: a person has to act before the order goes on
    :ivar figures: JSON values for the words
    """

    step: str
    code: str
    field: str = ""
    value: str = ""
    is_problem: bool = False
    blocking: bool = False
    figures: dict[str, Any] = dataclasses.field(default_factory=dict)

    def to_json(self) -> dict:
        """Return it as kept in the trace, without what is empty."""
        kept = {"code": self.code}
        for name in ("field", "value", "is_problem", "blocking", "figures"):
            if getattr(self, name):
                kept[name] = getattr(self, name)
        return kept


@dataclass
class Work:
    """One message and what the steps made of it so far.

    :ivar attempts: failed tries so far
    :ivar corrections: path in the order → value that a person typed instead
    :ivar document: the message as a tree, with the channel's own keys
    :ivar values: the clean order (``engine.order``)
    :ivar lines: its lines with product, unit and price found
    :ivar found: results of steps, e.g. ``partner_id``
    :ivar extra: values of ``sale.order`` to set when it is taken in
    :ivar evidence: path of a value → how sure it is (``engine.evidence``); empty where
        nobody had to understand
    :ivar outcome: empty while it goes on, else one of ``const.OUTCOMES``
    """

    inbound_id: int
    kind: str
    external_ref: str
    raw: bytes
    content_type: str
    received_at: datetime
    version: str = ""
    attempts: int = 0
    corrections: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    document: Any = None
    values: dict = dataclasses.field(default_factory=dict)
    lines: list[dict] = dataclasses.field(default_factory=list)
    found: dict = dataclasses.field(default_factory=dict)
    extra: dict = dataclasses.field(default_factory=dict)
    evidence: dict[str, Evidence] = dataclasses.field(default_factory=dict)
    findings: list[Finding] = dataclasses.field(default_factory=list)
    seconds: dict[str, float] = dataclasses.field(default_factory=dict)
    outcome: str = ""
    order_id: int = 0

    def note(self, step: str, code: str, **figures) -> None:
        """Say what a step did."""
        self.findings.append(Finding(step, code, figures=figures))

    def problem(
        self,
        step: str,
        code: str,
        field: str = "",
        value: Any = "",
        blocking: bool = True,
        **figures,
    ) -> None:
        """Say what is wrong; blocking: the order waits for a person."""
        shown = str(value if value is not None else "")[:MAX_SHOWN]
        self.findings.append(Finding(step, code, field, shown, True, blocking, figures))

    @property
    def problems(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.is_problem]

    @property
    def is_blocked(self) -> bool:
        return any(finding.blocking for finding in self.findings)

    def trace(self) -> list[dict]:
        """Return one row a step: its time in ms and its findings."""
        by_step: dict[str, list] = {name: [] for name in self.seconds}
        for finding in self.findings:
            by_step.setdefault(finding.step, []).append(finding.to_json())
        return [
            {
                "step": step,
                "ms": round(self.seconds.get(step, 0.0) * 1000, 2),
                "findings": findings,
            }
            for step, findings in by_step.items()
        ]
