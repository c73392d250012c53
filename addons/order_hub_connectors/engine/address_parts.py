"""The parts of an address, each with how sure it is and why."""

from dataclasses import dataclass, field

#: From here on a part needs nobody.
SURE = 0.85
REGIONS = ("province", "city", "district")
#: Parts in the order in which an address is written.
PARTS = (*REGIONS, "town", "street", "detail", "zip", "person", "phone")
FIELDS = ("country", "state", "city", "district", "address", "street", "street2")


@dataclass(frozen=True)
class Part:
    """One part of an address.

    :ivar confidence: 0 to 1
    :ivar reason: why it is thought to be so; empty: it stands there as it is
    :ivar words: the words it came from; empty: it follows from others
    """

    value: str
    confidence: float
    reason: str = ""
    words: str = ""


@dataclass
class Split:
    """An address in its parts.

    :ivar country: two letters
    :ivar code: code of the division, six digits; empty where unknown or abroad
    :ivar doubts: ``(code, figures)``: what a person should look at
    :ivar form: chinese, latin (Chinese written in Latin letters) or foreign
    """

    parts: dict[str, Part] = field(default_factory=dict)
    country: str = ""
    code: str = ""
    form: str = "chinese"
    doubts: list[tuple[str, dict]] = field(default_factory=list)
    kept: str = ""

    @property
    def is_sure(self) -> bool:
        return not self.doubts and all(
            part.confidence >= SURE for part in self.parts.values() if part.value
        )

    def value(self, name: str) -> str:
        part = self.parts.get(name)
        return part.value if part else ""

    def put(self, name: str, value: str, confidence: float, reason="", words=""):
        if value or words:
            self.parts[name] = Part(value, confidence, reason, words)

    def doubt(self, code: str, **figures) -> None:
        if code not in dict(self.doubts):
            self.doubts.append((code, figures))

    @property
    def line(self) -> str:
        """Return what is written below the district: town, street and the rest."""
        return "".join(self.value(name) for name in ("town", "street", "detail"))

    def to_json(self) -> dict:
        """Return it as kept with a finding and shown on the screen."""
        return {
            "form": self.form,
            "country": self.country,
            "code": self.code,
            "is_sure": self.is_sure,
            "parts": {
                name: {
                    "value": part.value,
                    "confidence": round(part.confidence, 2),
                    "reason": part.reason,
                    "words": part.words,
                }
                for name, part in self.parts.items()
            },
            "doubts": [{"code": code, "figures": f} for code, f in self.doubts],
        }
