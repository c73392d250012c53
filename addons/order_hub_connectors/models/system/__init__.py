from . import order_hub_system
from . import order_hub_system_word
from . import order_hub_system_report
from . import order_hub_system_state
from . import order_hub_system_state_sides
from . import order_hub_system_hear
from . import order_hub_system_judge
from . import sale_order_system
