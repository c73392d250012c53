from . import order_hub_carrier_suspension_import
from . import order_hub_pack
