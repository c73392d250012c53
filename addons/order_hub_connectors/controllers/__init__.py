from . import receive
from . import portal_order
