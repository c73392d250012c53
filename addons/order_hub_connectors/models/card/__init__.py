from . import order_hub_channel
from . import order_hub_card
from . import order_hub_card_offer
from . import order_hub_card_order
from . import order_hub_inbound
from . import res_users
