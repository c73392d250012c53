"""What becomes of a message after a try: sent, again, elsewhere, or given up.

One rule decides: a warning is never lost silently and never repeated without need.
What the platform surely did not take is tried again; what it perhaps took is tried
once more and no oftener; what it will not take goes to the fallback.
"""

from collections.abc import Callable
from dataclasses import dataclass

from .robots.outcome import (
    BROKEN,
    DOWN,
    REFUSED,
    SENT,
    THROTTLED,
    TOO_LONG,
    UNSURE,
    Outcome,
)

#: Seconds until the second try; doubled with every further one.
FIRST_WAIT = 60.0
#: No wait is longer than this, in seconds.
LONGEST_WAIT = 3600.0
#: Waits differ by up to this share, so that not everything comes back at once.
JITTER = 0.25
#: Tries of a robot that is down until the message takes its other way.
TRIES, TRIES_URGENT = 4, 2
#: Tries of which nobody knows whether they arrived: the first and one more.
TRIES_UNSURE = 2
#: Seconds that a message waits for a throttled robot while another way is free.
PATIENCE, PATIENCE_URGENT = 900.0, 120.0
#: Seconds after which a warning is no news any more.
MAX_AGE = 86_400.0
#: Seconds between two tries of a robot whose settings are wrong and that has no
#: fallback: somebody may have mended it.
MENDING = 1800.0

#: What to do next.
DONE, AGAIN, SHORTEN, FALLBACK, GIVE_UP = (
    "done",
    "again",
    "shorten",
    "fallback",
    "give_up",
)


@dataclass(frozen=True)
class History:
    """What is known about a message before the decision.

    :ivar tries: how often it was sent, this time included; throttled ones do not count
    :ivar unsure: how many of them, this one included, may have arrived
    :ivar age: seconds since the message came to be
    :ivar is_urgent: it says something critical
    :ivar has_fallback: there is another robot or mail
    :ivar was_shortened: it is as short as it gets
    """

    tries: int
    unsure: int = 0
    age: float = 0.0
    is_urgent: bool = False
    has_fallback: bool = False
    was_shortened: bool = False


@dataclass(frozen=True)
class Decision:
    """What becomes of the message, and of its robot.

    :ivar action: one of ``DONE``, ``AGAIN``, ``SHORTEN``, ``FALLBACK``, ``GIVE_UP``
    :ivar wait: seconds until it is tried again (``AGAIN``, ``SHORTEN``)
    :ivar counts: the try counts; a throttled one does not
    :ivar pause: seconds for which the robot's other messages wait too
    :ivar breaks: the robot's settings are wrong: show it as broken, with the outcome
    """

    action: str
    wait: float = 0.0
    counts: bool = True
    pause: float = 0.0
    breaks: bool = False


def wait(tries: int, chance: Callable[[], float], at_least: float = 0.0) -> float:
    """Return the seconds until the next try.

    :param tries: so far, from 1 on
    :param chance: returns a number from 0 to 1
    :param at_least: what the platform asked to wait
    """
    doubled = FIRST_WAIT * 2 ** min(max(tries, 1) - 1, 30)
    spread = 1 + JITTER * (2 * chance() - 1)
    return max(min(doubled, LONGEST_WAIT) * spread, at_least)


def decide(outcome: Outcome, history: History, chance: Callable[[], float]) -> Decision:
    """Return what to do after a try.

    :param chance: returns a number from 0 to 1, e.g. :func:`random.random`
    """
    if outcome.kind == SENT:
        return Decision(DONE)
    if outcome.kind == THROTTLED:
        return _throttled(outcome, history, chance)
    if outcome.kind in BROKEN:
        return _broken(outcome, history)
    if outcome.kind == TOO_LONG and not history.was_shortened:
        return Decision(SHORTEN)
    if outcome.kind in (TOO_LONG, REFUSED):
        return _elsewhere(history)
    if outcome.kind in (DOWN, UNSURE):
        return _down(outcome, history, chance)
    raise ValueError(f"No such outcome: {outcome.kind}")


def interrupted(history: History, chance: Callable[[], float]) -> Decision:
    """Return what to do with a message whose worker died while it was sending."""
    return decide(Outcome(UNSURE), history, chance)


# === KINDS === #


def _throttled(
    outcome: Outcome, history: History, chance: Callable[[], float]
) -> Decision:
    """Wait as long as the platform says; nothing is wrong with the message."""
    pause = outcome.retry_after or FIRST_WAIT
    patience = PATIENCE_URGENT if history.is_urgent else PATIENCE
    if history.has_fallback and history.age + pause > patience:
        return Decision(FALLBACK, counts=False, pause=pause)
    if history.age + pause > MAX_AGE:
        return Decision(GIVE_UP, counts=False, pause=pause)
    return Decision(AGAIN, pause * (1 + JITTER * chance()), counts=False, pause=pause)


def _broken(outcome: Outcome, history: History) -> Decision:
    """Nothing gets through this robot before somebody mends its settings."""
    if history.has_fallback:
        return Decision(FALLBACK, breaks=True)
    if history.age + MENDING > MAX_AGE:
        return Decision(GIVE_UP, breaks=True)
    pause = max(MENDING, outcome.retry_after)
    return Decision(AGAIN, pause, counts=False, breaks=True)


def _down(outcome: Outcome, history: History, chance: Callable[[], float]) -> Decision:
    pause = wait(history.tries, chance, outcome.retry_after)
    if outcome.kind == UNSURE and history.unsure >= TRIES_UNSURE:
        return _elsewhere(history, pause)
    tries = TRIES_URGENT if history.is_urgent else TRIES
    if history.has_fallback and history.tries >= tries:
        return _elsewhere(history, pause)
    if history.age + pause > MAX_AGE:
        return _elsewhere(history, pause)
    return Decision(AGAIN, pause, pause=pause)


def _elsewhere(history: History, pause: float = 0.0) -> Decision:
    return Decision(FALLBACK if history.has_fallback else GIVE_UP, pause=pause)
