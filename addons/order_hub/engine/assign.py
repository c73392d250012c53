"""Who gets the next order: in turns, or whoever has least to do."""

from collections.abc import Mapping, Sequence


def in_turns(pool: Sequence[int], last: Mapping[int, int], count: int) -> list[int]:
    """Return the next ``count`` persons of a pool, those longest without first.

    :param pool: ids in the order of the list
    :param last: ``{person: number that grows with every order given}``
    """
    ranked = sorted(pool, key=lambda person: (last.get(person, -1), pool.index(person)))
    return [ranked[i % len(ranked)] for i in range(count)] if ranked else []


def least_loaded(
    pool: Sequence[int], load: Mapping[int, float], count: int
) -> list[int]:
    """Return ``count`` persons, each time the one with least to do by then.

    :param load: ``{person: open orders}``
    """
    now = {person: load.get(person, 0.0) for person in pool}
    chosen = []
    for _order in range(count if now else 0):
        person = min(now, key=lambda p: (now[p], pool.index(p)))
        now[person] += 1
        chosen.append(person)
    return chosen
