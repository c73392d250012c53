"""Which finished orders of a month a customer is asked about.

The sample of a month is meant to be the ``size`` finished orders with the smallest
share, a number from 0 to 1 that an order gets from the seed of the month and its
own id. That is a simple random sample: every order has the same chance, whoever
has it, whenever in the month it was finished, in whatever order events came in. It
can be drawn again from the seed by anybody, and by nobody before the month begins.

Whoever waits for the end of the month to know the smallest shares asks about
deliveries of four weeks ago. So an order whose share is below an early limit is
asked about on the day after it was finished, and the rest of the sample once the
month is over. The early limit is set when the month begins, from how many orders
finished in the busiest of the months before: ``EARLY * size / expected``. As long
as the month is at most ``1 / EARLY`` times as busy, all that are asked early belong
to the sample anyhow, and the sample is exactly the one above. A month that is busier
than that narrows the limit to the smallest shares seen so far, and no more than
``size`` are ever asked.

Days are gone through one by one, each with what was finished by then: a job that
did not run for a week draws the same as one that ran every night.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import blake2b

#: Share of the sample that may be asked before the month is over.
EARLY = 0.8
#: Why an order that was drawn is not asked about: the contact was asked lately.
RESTING = "resting"


@dataclass(frozen=True)
class Plan:
    """How a month is drawn.

    :ivar size: orders to ask about
    :ivar limit: early limit of shares, see :func:`early_limit`
    :ivar rest_days: days for which a contact is left alone after being asked
    """

    seed: str
    size: int
    limit: float
    rest_days: int = 0


@dataclass(frozen=True)
class Finish:
    """An order that was finished.

    :ivar contact: id of who would be asked
    :ivar day: day it was finished, where the company is
    :ivar obstacle: why this contact cannot be asked; empty: can be
    """

    order: int
    contact: int
    day: date
    obstacle: str = ""


@dataclass(frozen=True)
class Drawn:
    """An order that was drawn; one with an obstacle is replaced by the next.

    :ivar day: last day whose orders took part
    """

    order: int
    contact: int
    share: float
    day: date
    obstacle: str = ""


def share(seed: str, order: int) -> float:
    """Return the number from 0 to below 1 that decides about an order.

    >>> 0 <= share("2026-03", 42) < 1
    True
    """
    digest = blake2b(f"{seed}/{order}".encode(), digest_size=6).digest()
    return int.from_bytes(digest, "big") / 2**48


def early_limit(size: int, expected: int) -> float:
    """Return the share below which orders are asked about at once.

    :param expected: orders finished in the busiest month known; 0: none known

    >>> early_limit(300, 1200)
    0.2
    >>> early_limit(300, 200), early_limit(300, 0)
    (1.0, 1.0)
    """
    return min(1.0, EARLY * size / expected) if expected else 1.0


def draw(
    plan: Plan,
    finishes: Iterable[Finish],
    days: Iterable[date],
    known: Iterable[Drawn] = (),
    asked: Mapping[int, date] | None = None,
    is_over: bool = False,
) -> list[Drawn]:
    """Return what is drawn on some days of a month, in the order it is drawn.

    :param finishes: the orders finished in the month, at least by the last day
    :param days: days not drawn yet, ascending
    :param known: what was drawn on earlier days of the month
    :param asked: when each contact was asked last, in this month or before
    :param is_over: the month is over with these days: fill up the sample
    """
    urn = _Urn(plan, known, asked or {})
    ranked = sorted(
        ((share(plan.seed, finish.order), finish) for finish in finishes),
        key=lambda row: (row[0], row[1].order),
    )
    days = list(days)
    for day in days:
        urn.draw([row for row in ranked if row[1].day <= day], day)
    if is_over and days:
        urn.draw([row for row in ranked if row[1].day <= days[-1]], days[-1], True)
    return urn.drawn


class _Urn:
    """The draw of a month, day after day."""

    def __init__(self, plan, known, asked):
        self.plan = plan
        self.drawn = []
        self.orders = {row.order for row in known}
        self.left = plan.size - sum(not row.obstacle for row in known)
        self.asked = dict(asked)

    def draw(self, ranked, day, is_over=False):
        """Draw among the orders finished by a day.

        :param ranked: pairs of share and ``Finish``, smallest share first
        """
        limit = 1.0 if is_over else self._limit(ranked)
        for number, finish in ranked:
            if self.left <= 0 or number > limit:
                break
            if finish.order not in self.orders:
                self._take(finish, number, day)

    def _limit(self, ranked):
        """The early limit, or less: the smallest shares so far are enough."""
        free = [number for number, finish in ranked if not finish.obstacle]
        narrow = free[self.plan.size - 1] if len(free) > self.plan.size else 1.0
        return min(self.plan.limit, narrow)

    def _take(self, finish, number, day):
        obstacle = finish.obstacle or self._rest(finish.contact, day)
        self.orders.add(finish.order)
        self.drawn.append(Drawn(finish.order, finish.contact, number, day, obstacle))
        if not obstacle:
            self.left -= 1
            self.asked[finish.contact] = day

    def _rest(self, contact, day):
        last = self.asked.get(contact)
        is_resting = (
            self.plan.rest_days > 0
            and last is not None
            and day - last < timedelta(days=self.plan.rest_days)
        )
        return RESTING if is_resting else ""
