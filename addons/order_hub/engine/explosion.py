"""Components of a multi-level bill of materials, without a query per level's row."""

from collections.abc import Mapping, Sequence

#: A structure deeper than this is a loop, not a product.
MAX_DEPTH = 30


class BomLoop(ValueError):
    """A product that contains itself. ``product`` is the one met again."""

    def __init__(self, product: int):
        super().__init__(f"product {product} contains itself")
        self.product = product


def explode(
    needs: Mapping[int, float],
    structure: Mapping[int, Sequence[tuple[int, float]]],
) -> dict[int, float]:
    """Return the quantity of every leaf component behind ``needs``.

    :param needs: product id → quantity in the product's own unit
    :param structure: product id → (component id, quantity of it for one piece);
        a product that is no key is bought or stocked: a leaf
    :raise BomLoop: when a product contains itself
    """
    leaves: dict[int, float] = {}
    for product, quantity in needs.items():
        _descend(product, quantity, structure, (), leaves)
    return leaves


def _descend(product, quantity, structure, above, leaves):
    if product in above or len(above) > MAX_DEPTH:
        raise BomLoop(product)
    components = structure.get(product)
    if not components:
        leaves[product] = leaves.get(product, 0.0) + quantity
        return
    for component, per_piece in components:
        _descend(component, quantity * per_piece, structure, (*above, product), leaves)
