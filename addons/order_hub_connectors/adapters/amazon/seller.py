"""One seller at Amazon: the calls that the adapter makes."""

from collections.abc import Callable, Iterator
from typing import Any

from odoo.addons.order_hub.engine.web.client import NotFound

from ..base import Access, AuthenticationFailed, Refused
from ..documents import as_list, as_object, as_text
from . import library
from .limits import Limits

#: What one restricted data token opens: the personal data of every order.
RESTRICTED = (
    ("/orders/v0/orders", ["buyerInfo", "shippingAddress"]),
    ("/orders/v0/orders/{orderId}", ["buyerInfo", "shippingAddress"]),
    ("/orders/v0/orders/{orderId}/orderItems", ["buyerInfo"]),
    ("/orders/v0/orders/{orderId}/address", None),
    ("/orders/v0/orders/{orderId}/buyerInfo", None),
)
NO_PERSONAL_DATA = (
    "Amazon does not give this application personal data of buyers. Ask Amazon for the"
    " role that covers it, or set Personal Data of the channel to no."
)
MAX_ITEM_PAGES = 50


class Seller:
    """Orders, listings and tokens of one seller, within Amazon's usage plans.

    :param marketplaces: ids, all of one region
    :param endpoint: address of that region, or of a stand-in
    :param personal: ask for addresses and names of buyers
    """

    def __init__(
        self, access: Access, endpoint: str, marketplaces: list[str], personal: bool
    ):
        self.access, self.endpoint = access, endpoint
        self.marketplaces, self.personal = marketplaces, personal
        self.limits = Limits(access.client)
        self.tokens = library.Tokens(access, library.token_address(endpoint))
        self.restricted = ""

    # === ORDERS === #

    def orders(self, **filters: str) -> tuple[list[dict], str]:
        """Return one page of orders and the token of the next, if there is one."""
        payload = self._call(
            "getOrders",
            "orders",
            lambda api: api.get_orders(MarketplaceIds=self.marketplaces, **filters),
            restricted=True,
        )
        return as_list(payload.get("Orders"), "Orders"), as_text(
            payload.get("NextToken")
        )

    def order(self, number: str) -> dict | None:
        """Return one order, or ``None`` when Amazon has it not."""
        try:
            return self._call(
                "getOrder", "orders", lambda api: api.get_order(number), restricted=True
            )
        except NotFound:
            return None

    def items(self, number: str) -> list[dict]:
        """Return the lines of an order, all pages of them."""
        return [row for page in self._item_pages(number) for row in page]

    def address(self, number: str) -> dict:
        payload = self._call(
            "getOrderAddress",
            "orders",
            lambda api: api.get_order_address(number),
            restricted=True,
        )
        return _part(payload, "ShippingAddress")

    def buyer(self, number: str) -> dict:
        return self._call(
            "getOrderBuyerInfo",
            "orders",
            lambda api: api.get_order_buyer_info(number),
            restricted=True,
        )

    def confirm_shipment(self, number: str, marketplace: str, package: dict) -> None:
        """Tell Amazon that a package left; the same number twice is one package."""
        self._call(
            "confirmShipment",
            "orders",
            lambda api: api.confirm_shipment(
                number, marketplaceId=marketplace, packageDetail=package
            ),
        )

    # === OTHERS === #

    def names(self) -> list[str]:
        """Return the names of the marketplaces that this seller takes part in."""
        payload = self._call(
            "getMarketplaceParticipations",
            "sellers",
            lambda api: api.get_marketplace_participation(),
        )
        rows = payload if isinstance(payload, list) else []
        return [as_text(_part(row, "marketplace").get("name")) for row in rows]

    def set_stock(self, seller_id: str, sku: str, quantity: int) -> dict:
        """Set the quantity of a listing that the seller ships himself."""
        value = [{"fulfillment_channel_code": "DEFAULT", "quantity": quantity}]
        patch = {
            "op": "replace",
            "path": "/attributes/fulfillment_availability",
            "value": value,
        }
        return self._call(
            "patchListingsItem",
            "listings",
            lambda api: api.patch_listings_item(
                seller_id,
                sku,
                marketplaceIds=",".join(self.marketplaces),
                body={"productType": "PRODUCT", "patches": [patch]},
            ),
        )

    # === INNER === #

    def _item_pages(self, number: str) -> Iterator[list[dict]]:
        token = ""
        for _page in range(MAX_ITEM_PAGES):
            payload = self._item_page(number, token)
            yield as_list(payload.get("OrderItems"), "OrderItems")
            token = as_text(payload.get("NextToken"))
            if not token:
                return
        raise Refused(f"Order {number} has more than {MAX_ITEM_PAGES} pages of items.")

    def _item_page(self, number: str, token: str) -> dict:
        following = {"NextToken": token} if token else {}
        return self._call(
            "getOrderItems",
            "orders",
            lambda api: api.get_order_items(number, **following),
            restricted=True,
        )

    def _call(
        self,
        operation: str,
        name: str,
        call: Callable[[Any], Any],
        restricted: bool = False,
    ) -> Any:
        """Make one call; a token that Amazon ended early is renewed once."""
        is_new = not self.tokens.is_fresh
        try:
            return self._once(operation, name, call, restricted)
        except AuthenticationFailed:
            if is_new:
                raise
            self.tokens.forget()
            self.restricted = ""
            return self._once(operation, name, call, restricted)

    def _once(
        self,
        operation: str,
        name: str,
        call: Callable[[Any], Any],
        restricted: bool,
    ) -> Any:
        api = self._api(name)
        if restricted and self.personal:
            api.restricted_data_token = self._restricted_token()
        self.limits.wait(operation)
        try:
            answer = call(api)
        except library.library_error() as error:
            raise Refused(f"Amazon says: {getattr(error, 'message', error)}") from None
        self.limits.learn(operation, answer.headers)
        return answer.payload

    def _api(self, name: str):
        return library.api(
            name, self.access, self.tokens, self.endpoint, self.marketplaces[0]
        )

    def _restricted_token(self) -> str:
        """Return the token that opens personal data, asked for once a job."""
        if self.restricted and self.tokens.is_fresh:
            return self.restricted
        self.tokens.get_auth()
        self.limits.wait("createRestrictedDataToken")
        try:
            answer = self._api("tokens").create_restricted_data_token(
                restrictedResources=[
                    _resource(path, elements) for path, elements in RESTRICTED
                ]
            )
        except AuthenticationFailed as error:
            raise AuthenticationFailed(f"{error} {NO_PERSONAL_DATA}") from None
        except Refused as error:
            raise Refused(f"{error} {NO_PERSONAL_DATA}") from None
        payload = as_object(answer.payload)
        self.restricted = as_text(payload.get("restrictedDataToken"))
        if not self.restricted:
            raise Refused(NO_PERSONAL_DATA)
        return self.restricted


def _resource(path: str, elements: list[str] | None) -> dict:
    row: dict[str, Any] = {"method": "GET", "path": path}
    return {**row, "dataElements": elements} if elements else row


def _part(value: Any, name: str) -> dict:
    """Return an object inside another; Amazon writes ``[]`` for an empty one."""
    part = value.get(name) if isinstance(value, dict) else None
    return part if isinstance(part, dict) else {}
