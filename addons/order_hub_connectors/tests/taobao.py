"""What the tests of the Taobao adapter share."""

from ..adapters.taobao.adapter import TaobaoAdapter
from .marketplaces import MarketplaceCase
from .stand_ins import top


class TaobaoCase(MarketplaceCase):
    stand_in = top.TopStandIn
    adapter_class = TaobaoAdapter
    path = "/router/rest"
    values = {
        "app_key": top.APP_KEY,
        "app_secret": top.APP_SECRET,
        "session": top.SESSION,
    }
