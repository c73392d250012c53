from . import portal
from . import qr
from . import ecn
from . import portal_change
from . import portal_documents
from . import portal_receipt
from . import portal_supply
from . import portal_supply_usage
