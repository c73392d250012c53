"""Whose order it is: by what a customer is recognised, and when a person must say.

The strongest evidence decides alone. Where it fits several customers none of them is
taken: a wrong customer gets somebody else's prices, credit and parcel.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from .identity import (
    email_key,
    is_masked,
    is_masked_name,
    name_key,
    phone_key,
    vat_key,
)

#: Evidence, strongest first; each stands alone.
KINDS = ("vat", "email", "phone", "company")
#: What strangers can know too: never enough for somebody who sees orders online.
WEAK_KINDS = ("phone", "company")


@dataclass(frozen=True)
class Identity:
    """What an order says of its customer, as keys; empty where it says nothing.

    :ivar number: the channel's own number of the customer, as it stands
    :ivar name: key of the person's name
    :ivar company: key of the company's name
    """

    number: str = ""
    vat: str = ""
    email: str = ""
    phone: str = ""
    name: str = ""
    company: str = ""

    @property
    def is_nobody(self) -> bool:
        """Return whether there is not even a name to make a customer of."""
        return not any((self.number, self.vat, self.email, self.name, self.company))

    def key(self) -> str:
        """Return the mark under which two orders make one new customer, or nothing."""
        if self.number:
            return ""
        strongest = (
            (self.vat and f"vat:{self.vat}")
            or (self.email and f"email:{self.email}:{self.company}")
            or (self.phone and self.name and f"phone:{self.phone}:{self.name}")
            or (self.company and f"company:{self.company}")
        )
        return sha256(strongest.encode()).hexdigest() if strongest else ""

    def pending_keys(self) -> list[str]:
        """Return every key by which another order of the batch is of the same one."""
        keys = [f"number:{self.number}"] if self.number else []
        keys += [f"vat:{self.vat}"] if self.vat else []
        keys += [f"email:{self.email}"] if self.email else []
        if self.phone and self.name:
            keys.append(f"phone:{self.phone}:{self.name}")
        if self.company and not keys:
            keys.append(f"company:{self.company}")
        return keys


@dataclass(frozen=True)
class Candidate:
    """A partner that may be meant.

    :ivar commercial_id: the company behind it
    :ivar is_internal: belongs to an employee
    :ivar has_login: sees orders on the portal
    """

    id: int
    commercial_id: int
    label: str
    vat: str = ""
    email: str = ""
    phone: str = ""
    name: str = ""
    is_company: bool = False
    is_internal: bool = False
    has_login: bool = False

    def fits(self, identity: Identity, kind: str) -> bool:
        """Return whether one kind of evidence speaks for this partner."""
        if self.is_internal or (self.has_login and kind in WEAK_KINDS):
            return False
        if kind == "phone":
            is_same = self.phone == identity.phone and self.name == identity.name
            return bool(identity.phone and identity.name and is_same)
        if kind == "company":
            is_same = self.is_company and self.name == identity.company
            return bool(identity.company and is_same)
        wanted = getattr(identity, kind)
        return bool(wanted) and getattr(self, kind) == wanted


@dataclass(frozen=True)
class Choice:
    """What came of looking: one partner, or several that a person chooses from."""

    kind: str = ""
    partner_id: int = 0
    candidates: tuple[Candidate, ...] = ()


def customer_of(values: Mapping, receiver: Mapping | None = None) -> Mapping:
    """Return who buys: the customer, or else whoever it is sent to.

    :param receiver: name and phone found in the words of the address
    """
    customer = values.get("customer") or {}
    found = {name: value for name, value in (receiver or {}).items() if value}
    ship_to = {**found, **(values.get("ship_to") or {})}
    says_who = ("external_ref", "name", "company", "email", "phone", "mobile", "vat")
    if not any(customer.get(name) for name in says_who):
        return {**ship_to, "external_ref": ""}
    if not customer.get("name") and not customer.get("company"):
        return {**customer, "name": ship_to.get("name") or ship_to.get("company") or ""}
    return customer


def identity_of(customer: Mapping, country: str = "") -> Identity:
    """Return the keys of a customer; masked and made-up values have none.

    :param country: two letters, for telephone numbers without country code
    """
    number = (customer.get("external_ref") or "").strip()
    return Identity(
        number="" if is_masked(number) else number,
        vat=vat_key(customer.get("vat") or ""),
        email=email_key(customer.get("email") or ""),
        phone=phone_key(customer.get("mobile") or customer.get("phone") or "", country),
        name=name_key(customer.get("name") or ""),
        company=name_key(customer.get("company") or ""),
    )


def choose(identity: Identity, candidates: Iterable[Candidate]) -> Choice:
    """Choose the partner by the strongest evidence that speaks for any."""
    candidates = list(candidates)
    for kind in KINDS:
        fitting = [each for each in candidates if each.fits(identity, kind)]
        if fitting:
            return _among(identity, kind, fitting)
    return Choice()


def _among(identity: Identity, kind: str, fitting: list[Candidate]) -> Choice:
    named = [each for each in fitting if identity.name and each.name == identity.name]
    for group in (fitting, named):
        if len(group) == 1:
            return Choice(kind, group[0].id)
    if len({each.commercial_id for each in fitting}) == 1:
        return Choice(kind, fitting[0].commercial_id)
    return Choice(kind, 0, tuple(fitting))


def is_masked_customer(customer: Mapping) -> bool:
    """Return whether the channel has hidden who the customer is."""
    phone = customer.get("mobile") or customer.get("phone") or ""
    return is_masked_name(customer.get("name") or "") or is_masked(phone)
