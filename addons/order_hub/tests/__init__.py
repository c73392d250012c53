from . import test_access_rights
from . import test_gates
from . import test_history
from . import test_holds
from . import test_multicompany
from . import test_order_types
from . import test_stage_moves
