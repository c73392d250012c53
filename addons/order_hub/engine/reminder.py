"""When a supplier is reminded of an order, and of what.

Every decision is made anew from the facts of the order and the last reminder, not from
a list of days: a day on which nothing ran is made up for once, the next day, and never
by as many messages as days were missed. Days are days where the company is.
"""

from dataclasses import dataclass
from datetime import date, timedelta

#: The supplier has not said whether the order can be delivered.
ANSWER = "answer"
#: What is open is due within a few days.
DUE = "due"
#: What is open should have been here.
OVERDUE = "overdue"


@dataclass(frozen=True)
class Plan:
    """How a company reminds its suppliers; days.

    :ivar answer_days: days after the order until an answer is asked for
    :ivar due_days: days before the goods are due
    :ivar every_days: days between two reminders of the same kind, at least 1
    """

    answer_days: int = 2
    due_days: int = 3
    every_days: int = 3


@dataclass(frozen=True)
class Order:
    """What is known of an order that was sent to a supplier.

    :ivar ordered: day on which it was confirmed
    :ivar due: earliest day on which something still open is expected; ``None``: nothing
        is open, or nobody said when
    :ivar is_open: whether anything is still to come
    :ivar is_unanswered: whether an answer was asked for and none has come
    """

    ordered: date
    due: date | None = None
    is_open: bool = True
    is_unanswered: bool = False


@dataclass(frozen=True)
class Reminder:
    """A reminder that was sent: its day, its kind and the day it was about."""

    day: date
    kind: str
    due: date | None = None


def next_reminder(
    order: Order, plan: Plan, last: Reminder | None, today: date
) -> tuple[date, str] | None:
    """Return the day and the kind of the next reminder.

    :param today: a day in the past is a reminder that was missed: send it today, once
    :return: ``(day, kind)``; ``None`` where nothing is left to be reminded of

    >>> order = Order(date(2025, 3, 3), due=date(2025, 3, 20))
    >>> next_reminder(order, Plan(), None, date(2025, 3, 4))
    (datetime.date(2025, 3, 17), 'due')
    >>> next_reminder(order, Plan(), None, date(2025, 3, 29))
    (datetime.date(2025, 3, 21), 'overdue')
    """
    if not order.is_open:
        return None
    moments = [
        moment
        for moment in (
            _overdue(order, plan, last),
            _due(order, plan, last, today),
            _answer(order, plan, last, today),
        )
        if moment
    ]
    reached = [moment for moment in moments if moment[0] <= today]
    return reached[0] if reached else min(moments, default=None)


def due_today(
    order: Order, plan: Plan, last: Reminder | None, today: date
) -> str | None:
    """Return the kind of reminder to send today, or ``None``."""
    found = next_reminder(order, plan, last, today)
    return found[1] if found and found[0] <= today else None


def _overdue(order, plan, last):
    """Every so many days from the day after the goods were due."""
    if not order.due:
        return None
    start = order.due + timedelta(days=1)
    if last and last.kind == OVERDUE and last.day >= start:
        start = last.day + timedelta(days=max(plan.every_days, 1))
    return start, OVERDUE


def _due(order, plan, last, today):
    """Once for each day that is named; not after it, not before the day after order."""
    if not order.due or not plan.due_days or today > order.due:
        return None
    if last and last.kind == DUE and last.due == order.due:
        return None
    start = order.due - timedelta(days=plan.due_days)
    start = _not_twice(max(start, order.ordered + timedelta(days=1)), last)
    return (start, DUE) if start <= order.due else None


def _answer(order, plan, last, today):
    """Every so many days until there is an answer; overdue goods are asked for first.

    Whatever reminder is sent names the missing answer too, so they share one pace.
    """
    is_late = order.due and today > order.due
    if not order.is_unanswered or not plan.answer_days or is_late:
        return None
    start = order.ordered + timedelta(days=plan.answer_days)
    if last:
        start = max(start, last.day + timedelta(days=max(plan.every_days, 1)))
    return start, ANSWER


def _not_twice(day, last):
    """Return the day, or the one after the last reminder: one a day at most."""
    return max(day, last.day + timedelta(days=1)) if last else day
