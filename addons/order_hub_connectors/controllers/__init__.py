from . import receive
from . import portal_order
from . import portal_reorder
from . import card
from . import chat
