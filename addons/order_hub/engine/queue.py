"""The place of an order in the queue: points, a green lane, and nobody starves.

The hub scores all orders of a company in one SQL statement
(``order.hub.queue._rescore``). This is the same formula in plain Python: what the
statement is checked against, and what explains one order to a reader.

Points for the customer's grade, the promised time left, rush, margin and priority
are bounded; points for waiting grow by the hour. Two lanes lie in front of them:

- the *green* lane of rush orders of the best customers,
- the lane of orders that have waited longer than the limit: they go by waiting time
  alone, in front of everything else.

So an order that has waited as long as the limit is in front of every order whose
wait began later, whatever comes in after it (priority scheduling with ageing: A.
Silberschatz et al., *Operating System Concepts*, "starvation"). The wait begins when
the order is confirmed, but not before its promise is as near as the horizon: an
order for next quarter does not wait yet.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

#: Added to the score of a lane; points and hours waited stay far below it.
GREEN_LANE, WAITED_LANE = 100_000.0, 200_000.0
#: What a grade earns of its points.
GRADE_SHARES = {"a": 1.0, "b": 0.6, "c": 0.3, "d": 0.0}
#: What a priority earns of its points: normal, high, urgent.
PRIORITY_SHARES = {"0": 0.0, "1": 0.5, "2": 1.0}


@dataclass(frozen=True)
class Scheme:
    """How one company orders its queue; points, hours and days.

    :ivar horizon: hours before the promise at which time left begins to count
    :ivar full_margin: margin (share of the sale) that earns full points
    :ivar ageing: points for every day waited
    :ivar limit: days waited after which an order goes in front
    """

    grade: float = 30
    promise: float = 40
    rush: float = 20
    margin: float = 10
    priority: float = 20
    ageing: float = 2
    horizon: float = 240
    full_margin: float = 0.4
    limit: float = 14


@dataclass(frozen=True)
class Figures:
    """What is known of one order.

    :ivar grade: of the customer; ``None``: the company grades nobody
    :ivar promised: promised moment; ``None``: nothing promised
    :ivar joined: when the order was confirmed; ``None``: it is not yet
    :ivar margin: share of the sale; ``None``: no product has a cost
    :ivar jumps: the order may use the green lane
    """

    grade: str | None = None
    promised: datetime | None = None
    joined: datetime | None = None
    rush: bool = False
    margin: float | None = None
    priority: str = "0"
    jumps: bool = False


def hours(later: datetime, earlier: datetime) -> float:
    """Return the hours from one moment to another, negative backwards."""
    return (later - earlier).total_seconds() / 3600


def waits_since(figures: Figures, scheme: Scheme) -> datetime | None:
    """Return when the wait began: at confirmation, or later by the promise."""
    if not figures.joined or not figures.promised:
        return figures.joined
    return max(figures.joined, figures.promised - timedelta(hours=scheme.horizon))


def waited(figures: Figures, scheme: Scheme, now: datetime) -> float:
    """Return the hours waited, 0 for an order that does not wait yet."""
    since = waits_since(figures, scheme)
    return max(0.0, hours(now, since)) if since else 0.0


def nearness(figures: Figures, scheme: Scheme, now: datetime) -> float:
    """Return how near the promise is, 0 at the horizon to 1 when due or over."""
    if not figures.promised:
        return 0.0
    left = hours(figures.promised, now)
    return min(max(1 - left / scheme.horizon, 0.0), 1.0)


def points(figures: Figures, scheme: Scheme, now: datetime) -> dict:
    """Return ``{component: (points, of how many)}``; waiting has no bound: 0."""
    share = min(max((figures.margin or 0.0) / scheme.full_margin, 0.0), 1.0)
    earned = {
        "grade": (scheme.grade, GRADE_SHARES.get(figures.grade, 0.0)),
        "promise": (scheme.promise, nearness(figures, scheme, now)),
        "rush": (scheme.rush, float(figures.rush)),
        "margin": (scheme.margin, share),
        "priority": (scheme.priority, PRIORITY_SHARES.get(figures.priority, 0.0)),
    }
    found = {name: (of * part, of) for name, (of, part) in earned.items()}
    found["waiting"] = (waited(figures, scheme, now) / 24 * scheme.ageing, 0.0)
    return found


def has_waited(figures: Figures, scheme: Scheme, now: datetime) -> bool:
    """Return whether the order goes in front because it waited long enough."""
    return waited(figures, scheme, now) >= scheme.limit * 24


def is_green(figures: Figures) -> bool:
    """Return whether the order uses the green lane."""
    return figures.jumps and figures.rush


def score(figures: Figures, scheme: Scheme, now: datetime) -> float:
    """Return the score: of two orders the higher one comes first."""
    if has_waited(figures, scheme, now):
        return WAITED_LANE + waited(figures, scheme, now)
    lane = GREEN_LANE if is_green(figures) else 0.0
    return lane + sum(each for each, _of in points(figures, scheme, now).values())
