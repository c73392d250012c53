"""Chat messages become orders: text in, an order with its doubts out.

Plain Python: no Odoo, no network, no clock; the same words give the same order.
"""

from .catalogue import Catalogue
from .reader import understand, understand_all, understand_relay
from .words import (
    CERTAIN,
    NOTHING,
    Context,
    Doubt,
    Found,
    Item,
    Line,
    Person,
    Understood,
)

__all__ = [
    "CERTAIN",
    "NOTHING",
    "Catalogue",
    "Context",
    "Doubt",
    "Found",
    "Item",
    "Line",
    "Person",
    "Understood",
    "understand",
    "understand_all",
    "understand_relay",
]
