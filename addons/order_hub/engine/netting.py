"""What is still needed once stock and open orders are taken away.

Weeks are numbers: 0 is the current one, what is overdue counts as 0. Quantities are in
one unit, that of the product.

Supply is given out in two rounds for each kind of need, firm before planned before
forecast: first what is there in time, earlier weeks first, each taking what comes
latest before it; then what comes too late, earlier weeks first, each taking what comes
soonest. So a firm need never goes without while a planned one is served, nothing is
ordered a second time because the first order comes late, and what comes early stays for
whoever needs it early.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import NamedTuple

FIRM, PLANNED, FORECAST = "firm", "planned", "forecast"
#: In the order in which they are served.
KINDS = (FIRM, PLANNED, FORECAST)
#: Quantities below this are noise of floating point.
NOISE = 1e-9
_BY_DAY = attrgetter("day")


class Need(NamedTuple):
    """A quantity needed on a day.

    :param day: days after the Monday of week 0; negative when overdue
    :param kind: one of ``KINDS``
    :param pin: what it is frozen on, 0 for nothing; carried through untouched
    """

    day: int
    kind: str
    quantity: float
    pin: int = 0

    @property
    def week(self) -> int:
        return self.day // 7 if self.day > 0 else 0


class Net(NamedTuple):
    """What becomes of a need: covered in time, covered late, and still open."""

    need: Need
    in_time: float
    late: float

    @property
    def open(self) -> float:
        rest = self.need.quantity - self.in_time - self.late
        return rest if rest > NOISE else 0.0


def net(
    needs: Iterable[Need], stock: float, arrivals: Mapping[int, float]
) -> list[Net]:
    """Return what becomes of each need, in the order in which they were served.

    :param stock: what is there now; negative is owed and takes from what arrives
    :param arrivals: ``{week: quantity}`` on its way, none negative
    """
    lots = _Lots(stock, arrivals)
    wanted = {kind: [] for kind in KINDS}
    for need in needs:
        wanted[need.kind].append(need)
    return [row for kind in KINDS for row in _serve(wanted[kind], lots)]


def _serve(needs, lots):
    """Give out supply to needs of one kind: in time first, then late."""
    needs.sort(key=_BY_DAY)
    if lots.is_empty():
        return [Net(need, 0.0, 0.0) for need in needs]
    in_time = [lots.take_before(need.week, need.quantity) for need in needs]
    return [
        Net(need, taken, lots.take_after(need.week, need.quantity - taken))
        for need, taken in zip(needs, in_time, strict=True)
    ]


class _Lots:
    """Supply by week, to be taken from both sides of a week."""

    def __init__(self, stock, arrivals):
        lots = {0: max(0.0, stock)}
        for week, quantity in arrivals.items():
            lots[max(0, week)] = lots.get(max(0, week), 0.0) + max(0.0, quantity)
        self._left = {week: quantity for week, quantity in lots.items() if quantity > 0}
        self._weeks = sorted(self._left)
        self.take_after(-1, max(0.0, -stock))

    def is_empty(self):
        return not self._weeks

    def take_before(self, week, wanted):
        """Take up to ``wanted`` of what is there by ``week``, the latest first."""
        taken = 0.0
        while wanted - taken > NOISE:
            place = bisect_right(self._weeks, week) - 1
            if place < 0:
                break
            taken += self._take(place, wanted - taken)
        return taken

    def take_after(self, week, wanted):
        """Take up to ``wanted`` of what comes after ``week``, the soonest first."""
        taken = 0.0
        while wanted - taken > NOISE:
            place = bisect_right(self._weeks, week)
            if place == len(self._weeks):
                break
            taken += self._take(place, wanted - taken)
        return taken

    def _take(self, place, wanted):
        week = self._weeks[place]
        part = min(wanted, self._left[week])
        self._left[week] -= part
        if self._left[week] <= NOISE:
            del self._weeks[place]
        return part
