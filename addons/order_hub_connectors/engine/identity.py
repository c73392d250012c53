"""Who a message speaks of: telephone numbers, e-mail addresses, names as keys.

Keys compare, they are never shown. A value that a marketplace has masked or made up
identifies nobody and has no key.
"""

import re
import unicodedata

#: Placeholders that a marketplace puts in the place of a digit or letter.
MASK = re.compile(r"[*＊●•xX×]{2,}|[*＊●•]")
MOBILE = re.compile(r"1[3-9]\d{9}")
#: Domains of relays: one address an order or a buyer, changing, nobody's own.
RELAYS = (
    "marketplace.amazon.",
    "members.ebay.",
    "scan-target.",
    "relay.walmart.com",
    "etsy-relay.",
    "privaterelay.appleid.com",
    "buyer.aliexpress.",
    "message.alibaba.com",
)
#: What is typed where something must be.
NOBODY = frozenset(
    "noemail none null na n/a test example no-reply noreply donotreply unknown".split()
)
#: Country codes of telephone numbers without one, where the country is known.
CALLING = {"CN": "86", "HK": "852", "MO": "853", "TW": "886", "US": "1", "CA": "1"}
FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}


def is_masked(value: str) -> bool:
    """Return whether a marketplace has hidden a part of a value."""
    return bool(MASK.search(value or ""))


def phone_key(value: str, country: str = "") -> str:
    """Return a telephone number as ``+<country><number>``, or nothing.

    :param value: as written, with or without country code and extension
    :param country: two letters; a number without country code is of there
    """
    text = (value or "").translate(FULL_WIDTH)
    if is_masked(text):
        return ""
    number, *_extension = re.split(r"(?:ext\.?|转|#|x)", text, maxsplit=1, flags=re.I)
    digits = re.sub(r"\D", "", number)
    if not 7 <= len(digits) <= 15 or len(set(digits)) == 1:
        return ""
    if number.strip().startswith("+"):
        return f"+{_without_trunk(digits)}"
    return _with_country(digits, country.upper())


def _without_trunk(digits: str) -> str:
    """Drop the trunk zero of ``+86 (0)571 …``."""
    return f"86{digits[3:]}" if digits.startswith("860") else digits


def _with_country(digits: str, country: str) -> str:
    if digits.startswith("00"):
        return f"+{_without_trunk(digits[2:])}"
    if MOBILE.fullmatch(digits) and country in ("", "CN"):
        return f"+86{digits}"
    if digits.startswith("86") and MOBILE.fullmatch(digits[2:]):
        return f"+{digits}"
    calling = CALLING.get(country, "")
    if calling and digits.startswith(calling) and len(digits) > 10:
        return f"+{_without_trunk(digits)}"
    return f"+{calling}{digits.lstrip('0')}" if calling else digits


def email_key(value: str) -> str:
    """Return an e-mail address in small letters, or nothing if nobody owns it."""
    text = (value or "").strip().lower()
    local, at, domain = text.rpartition("@")
    if not at or is_masked(text.replace("xx", "")) or any(c.isspace() for c in text):
        return ""
    if local in NOBODY or domain.startswith(RELAYS) or "." not in domain:
        return ""
    is_made_up = domain in ("example.com", "example.org") and local in ("user", "test")
    return "" if is_made_up or not local or len(text) > 254 else text


def is_relay(value: str) -> bool:
    """Return whether mail to this address goes through a marketplace."""
    domain = (value or "").strip().lower().rpartition("@")[2]
    return domain.startswith(RELAYS)


def name_key(value: str) -> str:
    """Return a name without case, width, spaces and punctuation."""
    if is_masked_name(value):
        return ""
    text = unicodedata.normalize("NFKC", value or "").casefold()
    return "".join(char for char in text if char.isalnum())


def is_masked_name(value: str) -> bool:
    """Return whether a name has placeholders, e.g. ``张**``."""
    return bool(re.search(r"[*＊●•]", value or ""))


def vat_key(value: str) -> str:
    """Return a tax number in capitals without spaces and punctuation."""
    text = "".join(c for c in (value or "").upper() if c.isalnum())
    return text if len(text) > 3 and not is_masked(value or "") else ""
