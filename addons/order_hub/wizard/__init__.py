from . import order_hub_handover
