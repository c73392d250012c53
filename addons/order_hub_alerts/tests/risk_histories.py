"""Made-up pasts of a company whose truth is known."""

import random
from datetime import datetime, timedelta

from ..engine.risk_backtest import Sample
from ..engine.risk_model import FEATURES, features, sigmoid

BEGIN = datetime(2026, 1, 1, 18, 0)


def past(count, truth, rule=None, radar=None, seed=7, nights=120):
    """Return samples of ``count`` orders over so many nights, the oldest first.

    :param truth: ``truth(values, share)`` → chance of being late, of the values by
        name of feature and of how far the history has come (0 to 1)
    :param rule: ``rule(values, is_late, draw)`` → what the plain rule said
    :param radar: likewise
    """
    chance = random.Random(seed)
    return [
        _sample(number, number / count, truth, rule, radar, chance, nights)
        for number in range(count)
    ]


def _sample(number, share, truth, rule, radar, chance, nights):
    values = drawn(chance)
    by_name = dict(zip(FEATURES, values, strict=True))
    is_late = chance.random() < truth(by_name, share)
    at = BEGIN + timedelta(days=int(share * nights))
    says = [
        bool(caller and caller(by_name, is_late, chance)) for caller in (rule, radar)
    ]
    return Sample(number, at, at + timedelta(days=3), values, is_late, *says)


def drawn(chance):
    """Return the features of any order."""
    return features(*known(chance))


def known(chance):
    """Return what the radar knows of any order.

    Shares by factor, score, hours left, hours of slack, times the mean of its stage.
    """
    shares = {
        "progress": chance.random(),
        "supplier": chance.random() ** 2,
        "quality": chance.random() / 3,
        "route": chance.choice([0.0, 0.0, 0.0, 0.3, 0.6, 1.0]),
        "maintenance": chance.choice([0.0, 0.0, 0.1, 0.5]),
        "load": None if chance.random() < 0.2 else chance.random(),
    }
    return (
        shares,
        100 * chance.random(),
        chance.uniform(48, 700),
        chance.uniform(-50, 300),
        chance.uniform(0, 3),
    )


def by_factors(values, _share):
    """Late by what the radar measures: a truth that a straight model can learn."""
    return sigmoid(6 * values["progress"] + 5 * values["supplier"] - 6)


def by_corner(values, _share):
    """Late only where two things meet: a truth that needs trees."""
    meet = (values["progress"] > 0.5) == (values["stage"] > 0.37)
    return 0.75 if meet else 0.05


def by_chance(_values, _share):
    """Late for reasons that nobody measures."""
    return 0.3


def turned(values, share):
    """Late as before, until the world turns round in the last fifth."""
    before = by_factors(values, share)
    return before if share < 0.8 else 1 - before


def stuck(values, _is_late, _chance):
    """The plain rule: longer in its stage than 1.3 times the mean."""
    return values["stage"] * 4 > 1.3


def knowing(_values, is_late, chance):
    """A rule that knows what no feature shows: right nineteen times out of twenty."""
    return is_late if chance.random() < 0.95 else not is_late
