"""The orders of a batch whose customers are being looked for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .customer import Identity
from .work import Work

STEP = "customer"


@dataclass
class Seeking:
    """One order and what is known of its customer.

    :ivar partner_id: the customer, once found or made
    :ivar is_stopped: a person has to choose
    """

    work: Work
    customer: Mapping
    identity: Identity
    partner_id: int = 0
    is_stopped: bool = False
    is_stand_in: bool = False

    @property
    def is_open(self) -> bool:
        return not self.partner_id and not self.is_stopped

    @property
    def name(self) -> str:
        """Return what a new customer is called."""
        for key in ("company", "name", "email", "external_ref"):
            if self.customer.get(key):
                return self.customer[key]
        return ""

    @property
    def chosen(self) -> int:
        """Return the number of the partner that a person chose, or 0."""
        answer = self.work.found.get("answers", {}).get("customer.partner_id")
        text = str(answer or "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0

    def take(self, partner_id: int, code: str, is_stand_in: bool = False, **figures):
        """Settle the customer and say how."""
        self.partner_id, self.is_stand_in = partner_id, is_stand_in
        if code:
            self.work.note(STEP, code, **figures)

    def stop(self, code: str, path: str, value: Any = "", **figures) -> None:
        """Leave it to a person."""
        self.is_stopped = True
        self.work.problem(STEP, code, path, value, **figures)


@dataclass
class Pending:
    """New customers of a batch: orders of the same one share it.

    :ivar groups: orders, one list a new customer
    """

    groups: list[list[Seeking]] = field(default_factory=list)
    by_key: dict[str, list[Seeking]] = field(default_factory=dict)

    def add(self, seeking: Seeking) -> None:
        keys = seeking.identity.pending_keys()
        group = next((self.by_key[key] for key in keys if key in self.by_key), None)
        if group is None:
            group = []
            self.groups.append(group)
        group.append(seeking)
        for key in keys:
            self.by_key.setdefault(key, group)
