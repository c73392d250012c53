"""Carriers by the codes that Amazon knows; others go by their name."""

CODES = (
    "4PX",
    "Australia Post",
    "Canada Post",
    "China Post",
    "DHL",
    "DHL eCommerce",
    "DPD",
    "EMS",
    "FedEx",
    "GLS",
    "Hermes",
    "Japan Post",
    "OnTrac",
    "Royal Mail",
    "SF Express",
    "UPS",
    "USPS",
    "Yamato",
    "Yanwen",
    "YunExpress",
)
BY_NAME = {code.lower(): code for code in CODES} | {"顺丰速运": "SF Express"}


def carrier(name: str) -> dict[str, str]:
    """Return how Amazon is told of a carrier.

    >>> carrier("fedex")
    {'carrierCode': 'FedEx'}
    >>> carrier("Our van")
    {'carrierCode': 'Other', 'carrierName': 'Our van'}
    """
    written = name.strip()
    known = BY_NAME.get(written.lower())
    if known:
        return {"carrierCode": known}
    return {"carrierCode": "Other", "carrierName": written or "Other"}
