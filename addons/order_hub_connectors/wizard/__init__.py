from . import order_hub_duty_import
from . import order_hub_duty_trial
from . import order_hub_sku_resolve
from . import order_hub_sku_resolve_line
from . import order_hub_file_upload
from . import order_hub_mapping_compare
from . import order_hub_mapping_trial
