"""Amazon's usage plans: so many calls a second of each operation."""

from collections.abc import Mapping

from odoo.addons.order_hub.engine.web.client import Bucket, Client

from ..documents import as_text

#: Operation → calls a second and burst, as documented.
PLANS = {
    "getOrders": (0.0167, 20),
    "getOrder": (0.5, 30),
    "getOrderItems": (0.5, 30),
    "getOrderAddress": (0.5, 30),
    "getOrderBuyerInfo": (0.5, 30),
    "confirmShipment": (2, 10),
    "createRestrictedDataToken": (1, 10),
    "patchListingsItem": (5, 5),
    "getMarketplaceParticipations": (0.016, 15),
}
HEADER = "x-amzn-ratelimit-limit"


class Limits:
    """One bucket an operation; the rate is corrected by what Amazon says."""

    def __init__(self, client: Client):
        self.client = client
        self.buckets: dict[str, Bucket] = {}

    def wait(self, operation: str) -> None:
        """Wait until an operation may be called.

        :raise Throttled: that would take too long for a worker to wait
        """
        self.client.pause(self._bucket(operation).take())

    def learn(self, operation: str, headers: Mapping[str, str] | None) -> None:
        """Take over the rate that an answer states; it differs by seller."""
        text = as_text(dict(headers or {}).get(HEADER))
        try:
            rate = float(text)
        except ValueError:
            return
        if 0 < rate <= 1000:
            self._bucket(operation).rate = rate

    def _bucket(self, operation: str) -> Bucket:
        if operation not in self.buckets:
            rate, burst = PLANS[operation]
            self.buckets[operation] = Bucket(rate, burst, self.client.clock)
        return self.buckets[operation]
