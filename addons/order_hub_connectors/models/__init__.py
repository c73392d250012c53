# The order matters: what a class inherits from comes first.
from . import order_hub_channel_parameter
from . import order_hub_channel_adapter
from . import order_hub_channel_state
from . import order_hub_channel_work
from . import order_hub_channel_pull
from . import order_hub_inbound
from . import order_hub_inbound_problem
from . import order_hub_inbound_correction
from . import order_hub_inbound_receive
from . import order_hub_inbound_claim
from . import order_hub_inbound_process
from . import order_hub_inbound_result
from . import order_hub_inbound_words
from . import order_hub_inbound_parse
from . import order_hub_inbound_clean
from . import order_hub_inbound_submit
from . import sale_order
