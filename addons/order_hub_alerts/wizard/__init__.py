from . import order_hub_carrier_suspension_import
from . import order_hub_pack
from . import order_hub_risk_notice_import
from . import order_hub_risk_switch
from . import order_hub_risk_trial
from . import order_hub_warning_assign
from . import order_hub_warning_snooze
from . import order_hub_warning_try
