from . import order_hub_handover
from . import order_hub_order_check_result
from . import order_hub_overrule
from . import order_hub_routing_trial
from . import order_hub_credit_ask
from . import order_hub_credit_close
from . import order_hub_approval_reason
