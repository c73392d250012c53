from . import receive
