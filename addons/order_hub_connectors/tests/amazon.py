"""What the tests of the Amazon adapter share."""

from ..adapters.amazon.adapter import AmazonAdapter
from .marketplaces import MarketplaceCase
from .stand_ins import amazon

NUMBER = "902-1845936-5435065"


def number(serial):
    return f"902-1845936-{serial:07d}"


class AmazonCase(MarketplaceCase):
    stand_in = amazon.AmazonStandIn
    adapter_class = AmazonAdapter
    values = {
        "client_id": amazon.CLIENT_ID,
        "client_secret": amazon.CLIENT_SECRET,
        "refresh_token": amazon.REFRESH,
        "marketplaces": "US,CA",
        "seller_id": "A1SELLER",
        "forwarder_secret": amazon.FORWARDER,
    }
