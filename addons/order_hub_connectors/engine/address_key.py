"""When two addresses are the same, however they are written."""

import unicodedata
from dataclasses import dataclass

from .address_parts import Split
from .address_table import simple, stem_of
from .identity import name_key, phone_key


@dataclass(frozen=True)
class AddressKey:
    """An address to compare.

    :ivar place: country, province, city, district and the line, without case, width,
        spaces and punctuation
    :ivar name: key of who receives there; empty: nobody is named
    :ivar phone: key of the telephone number
    """

    place: tuple[str, ...]
    name: str
    phone: str

    def is_same(self, other: "AddressKey") -> bool:
        """Return whether a parcel to one is a parcel to the other."""
        return (
            self.place == other.place
            and (not self.name or not other.name or self.name == other.name)
            and (not self.phone or not other.phone or self.phone == other.phone)
        )


def address_key(split: Split, state: str = "") -> AddressKey:
    """Return the key of an address that has been split.

    :param state: the official name of its state, where the address has a code of it
    """
    is_chinese = split.form == "chinese"
    region = [split.value(name) for name in ("province", "city", "district")]
    if state and not is_chinese:
        region[0] = state
    if is_chinese:
        region = [stem_of(name) for name in region]
        line = split.line
    else:
        line = f"{split.value('detail')}{split.value('zip')}"
    return AddressKey(
        (split.country, *map(plain, region), plain(line)),
        name_key(split.value("person")),
        phone_key(split.value("phone"), split.country),
    )


def plain(text: str) -> str:
    """Return a text in simple characters and small letters, only what is said."""
    text = unicodedata.normalize("NFKC", simple(text)).casefold()
    return "".join(char for char in text if char.isalnum())
