"""A limit on how often somebody may be refused."""

import weakref
from collections import deque

#: Keys remembered at once; the oldest are forgotten first.
MAX_KEYS = 10_000


class Throttle:
    """Counts attempts a key within a sliding window, in this process only.

    References and tokens cannot be guessed by trying; this keeps a script that
    tries all the same from costing more than a dictionary look-up. Every worker
    process counts by itself, so the limit is one per worker.

    :param limit: attempts allowed in the window
    :param seconds: length of the window
    """

    _all = weakref.WeakSet()

    def __init__(self, limit, seconds):
        self.limit = limit
        self.seconds = seconds
        self._attempts = {}
        self._all.add(self)

    @classmethod
    def all(cls):
        """Return every limit of this process, for tests that try without end."""
        return tuple(cls._all)

    def count(self, key, now):
        """Note an attempt of ``key`` at the moment ``now`` (seconds)."""
        moments = self._attempts.pop(key, None) or deque(maxlen=self.limit)
        moments.append(now)
        self._attempts[key] = moments
        while len(self._attempts) > MAX_KEYS:
            del self._attempts[next(iter(self._attempts))]

    def is_exceeded(self, key, now):
        """Tell whether ``key`` has used up its attempts at the moment ``now``."""
        moments = self._attempts.get(key, ())
        return len(moments) >= self.limit and now - moments[0] < self.seconds

    def clear(self):
        self._attempts.clear()
