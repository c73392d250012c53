"""What the adapters of marketplaces share."""

from .base import Adapter, Parameter

YES = ("yes", "true", "1")
TAKE_UNPAID = Parameter(
    "take_unpaid",
    "Take Unpaid Orders",
    required=False,
    default="no",
    help="yes: an order is taken before the buyer has paid.",
)

#: Of the application that a shop lets in, and what the shop gave it.
APPLICATION = (
    Parameter("app_key", "App Key"),
    Parameter("app_secret", "App Secret", secret=True),
)
ACCESS_TOKEN = Parameter(
    "access_token",
    "Access Token",
    secret=True,
    help="Token that the shop gave to the application.",
)


class MarketplaceAdapter(Adapter):
    """A marketplace: orders come by pull, pushes only name their number."""

    @property
    def address(self) -> str:
        """The address to call: the channel's own, else the platform's."""
        return self.access.base_url or self.base_url

    @property
    def takes_unpaid(self) -> bool:
        return self.is_on("take_unpaid")

    def is_on(self, name: str) -> bool:
        """Tell whether a setting says yes."""
        return self.value(name).strip().lower() in YES
