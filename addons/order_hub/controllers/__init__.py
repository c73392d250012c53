from . import portal
from . import qr
from . import ecn
from . import portal_change
