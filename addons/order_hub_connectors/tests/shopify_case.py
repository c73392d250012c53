"""What the tests of the Shopify adapter have in common."""

from datetime import timedelta

from odoo.tests import BaseCase

from odoo.addons.order_hub.engine.web.client import Client
from odoo.addons.order_hub.tests.stand_in import Clock

from ..adapters.base import (
    Access,
)
from ..adapters.shopify.adapter import ShopifyAdapter
from .stand_ins.shopify import DOMAIN, SECRET, ShopifyStandIn
from .stand_ins.shopify_orders import (
    START,
)

SINCE, UNTIL = START - timedelta(days=1), START + timedelta(days=1)


def adapter(shop=None, clock=None, **values):
    """A Shopify adapter that talks to a stand-in."""
    clock = clock or Clock()
    settings = {
        "shop_domain": DOMAIN,
        "access_token": "tok-of-the-test",
        "webhook_secret": SECRET,
        **values,
    }
    client = Client(sleep=clock.sleep, allow_private=True, jitter=lambda: 0.5)
    url = shop.url if shop and shop.server else ""
    return ShopifyAdapter(Access(url, settings, lambda: START, client))


def pulled(shop, **values):
    return [
        message
        for page in adapter(shop, **values).pull("", SINCE, UNTIL)
        for message in page.messages
    ]


class ShopifyCase(BaseCase):
    def shop(self, *orders, **options):
        return self.enterContext(ShopifyStandIn(orders, **options))
