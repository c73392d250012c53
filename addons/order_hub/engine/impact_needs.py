"""What orders need of the components that an engineering change touches."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from .impact_facts import DIGITS, Order, Part, Recipe


class Needs:
    """What every order needs of every component that changes, both ways.

    Recipes are shared by many orders, and so are quantities: what two recipes differ
    in is looked at once a pair, what so many pieces need once a number of pieces.
    """

    def __init__(self, orders: Iterable[Order]):
        self._pairs: dict = {}
        self._known: dict = {}
        self.orders = tuple(orders)
        #: order key → component → (old need, new need, consumed for nothing)
        self.rows = {order.key: self._of(order) for order in self.orders}

    def look_at(self, old: Recipe, new: Recipe) -> dict:
        """Return what differs between two recipes; see ``changed``."""
        key = (id(old), id(new))
        if key not in self._pairs:
            self._pairs[key] = changed(old, new)
        return self._pairs[key]

    def components(self) -> set[int]:
        """Return the components that any pair of recipes takes differently."""
        return {product for pair in self._pairs.values() for product in pair}

    def wanted(self) -> set[int]:
        """Return those of them that a new recipe takes, if less than before."""
        return {
            product
            for pair in self._pairs.values()
            for product, (_old, new) in pair.items()
            if new > 0
        }

    def sums(self) -> dict[int, list[float]]:
        """Return ``{component: [without, with the change, of those that stay]}``.

        The first two are what the orders need that switch.
        """
        counts = Counter(
            (id(self.rows[order.key]), order.stays) for order in self.orders
        )
        rows = {id(row): row for row in self.rows.values()}
        sums: dict = defaultdict(lambda: [0.0, 0.0, 0.0])
        for (row, stays), count in counts.items():
            for product, (old, new, _lost) in rows[row].items():
                if stays:
                    sums[product][2] += count * old
                else:
                    sums[product][0] += count * old
                    sums[product][1] += count * new
        return sums

    def _of(self, order: Order) -> dict:
        if len(order.parts) == 1:
            row = self._of_part(order.parts[0])
        else:
            row = _added(self._of_part(part) for part in order.parts)
        taken = row.keys() & order.consumed.keys()
        if not taken:
            return row
        return {
            **row,
            **{
                product: _less_consumed(*row[product][:2], self._left(order, product))
                for product in taken
            },
        }

    def _of_part(self, part: Part) -> dict:
        """Return what the pieces of a part that are still to make need."""
        pieces = part.open
        key = (id(part.old), id(part.new), pieces)
        if key not in self._known:
            self._known[key] = {
                product: (round(pieces * old, DIGITS), round(pieces * new, DIGITS), 0.0)
                for product, (old, new) in self.look_at(part.old, part.new).items()
            }
        return self._known[key]

    def _left(self, order: Order, product: int) -> float:
        """Return what an order consumed that is not in its finished pieces."""
        finished = sum(
            part.finished * part.old.leaves.get(product, 0.0) for part in order.parts
        )
        return max(0.0, order.consumed[product] - finished)


def _added(rows: Iterable[dict]) -> dict:
    """Return the sums of needs of several parts."""
    sums: dict = {}
    for row in rows:
        for product, (old, new, _lost) in row.items():
            before = sums.get(product, (0.0, 0.0))
            sums[product] = (before[0] + old, before[1] + new, 0.0)
    return sums


def changed(old: Recipe, new: Recipe) -> dict[int, tuple[float, float]]:
    """Return ``{component: (old, new quantity)}`` of those that differ.

    >>> changed(Recipe({1: 2, 2: 1}), Recipe({1: 2, 3: 1}))
    {2: (1, 0.0), 3: (0.0, 1)}
    """
    found = {}
    for product in sorted({*old.leaves, *new.leaves}):
        pair = old.leaves.get(product, 0.0), new.leaves.get(product, 0.0)
        if round(pair[0] - pair[1], DIGITS):
            found[product] = pair
    return found


def _less_consumed(old: float, new: float, consumed: float) -> tuple:
    """Return the needs that are left, and what was consumed for nothing."""
    lost = max(0.0, consumed - new) - max(0.0, consumed - old)
    return (
        round(max(0.0, old - consumed), DIGITS),
        round(max(0.0, new - consumed), DIGITS),
        round(max(0.0, lost), DIGITS),
    )
