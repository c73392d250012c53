from . import portal
from . import qr
