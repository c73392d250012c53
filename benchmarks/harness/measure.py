"""Meters inside of an Odoo process, and statistics over rounds."""

import contextlib
import gc
import os
import re
import statistics
import threading
import time
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


def processor_seconds(pid: int) -> float:
    """Return the processor time of a process; 0 where it cannot be read."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:  # another machine's process, or another system
        return 0.0
    return (int(words[11]) + int(words[12])) / _TICK


class Meter:
    """Measures a block of work on one cursor.

    :ivar seconds: wall time
    :ivar cpu: processor time of Odoo and of its PostgreSQL process together; it
        is disturbed far less than wall time by other programs on the machine
    :ivar queries: SQL queries sent
    """

    def __init__(self, env):
        self.cr = env.cr
        info = env.cr.connection.info
        is_local = (info.host or "/").startswith("/")
        self._backend = info.backend_pid if is_local else 0

    def __enter__(self):
        gc.collect()
        self._queries = self.cr.sql_log_count
        self._cpu = self._cpu_now()
        self._start = time.perf_counter()
        return self

    def __exit__(self, *_error):
        self.seconds = time.perf_counter() - self._start
        self.cpu = self._cpu_now() - self._cpu
        self.queries = self.cr.sql_log_count - self._queries

    def _cpu_now(self) -> float:
        return time.process_time() + processor_seconds(self._backend)

    def answer(self, **more) -> dict:
        """Return the figures as JSON can carry them."""
        return {
            "seconds": self.seconds,
            "cpu": self.cpu,
            "queries": self.queries,
            **more,
        }


class Native:
    """Adds up time and queries spent inside of wrapped methods."""

    def __init__(self, env):
        self.cr = env.cr
        self.seconds = 0.0
        self.queries = 0
        self._depth = 0

    def wrap(self, method):
        """Return a function that calls ``method`` and adds up what it costs."""

        def measured(*args, **kwargs):
            if self._depth:
                return method(*args, **kwargs)
            self._depth += 1
            start, queries = time.perf_counter(), self.cr.sql_log_count
            try:
                return method(*args, **kwargs)
            finally:
                self._depth -= 1
                self.seconds += time.perf_counter() - start
                self.queries += self.cr.sql_log_count - queries

        return measured


@contextlib.contextmanager
def patched(owner, name: str, replacement):
    """Replace an attribute of a class for the length of a block."""
    own = name in vars(owner)
    before = getattr(owner, name)
    setattr(owner, name, replacement)
    try:
        yield
    finally:
        if own:
            setattr(owner, name, before)
        else:
            delattr(owner, name)


@contextlib.contextmanager
def recorded(env, wanted: bool = True):
    """Yield a list that fills with the SQL (text, whole) sent in the block.

    :param wanted: false records nothing and costs nothing
    """
    statements = []
    if not wanted:
        yield statements
        return

    def hook(cursor, query, params, _start, _delay):
        text = cursor.mogrify(query, params)
        statements.append(text.decode() if isinstance(text, bytes) else text)

    thread = threading.current_thread()
    thread.query_hooks = [*getattr(thread, "query_hooks", ()), hook]
    try:
        yield statements
    finally:
        thread.query_hooks = [h for h in thread.query_hooks if h is not hook]


def repeats(few: dict, many: dict) -> dict:
    """Return the shapes that many rows send more often than few rows.

    A statement that few rows did not send at all may be sent once for many: then
    something is there to be read for the first time. Twice is growth.
    """
    return {
        shape: count - max(1, few.get(shape, 0))
        for shape, count in many.items()
        if count > max(1, few.get(shape, 0))
    }


def shapes(statements: list) -> dict:
    """Count statements by their text without values: what repeats, shows."""
    counts: dict = {}
    for text in statements:
        shape = re.sub(r"\s+", " ", re.sub(r"'[^']*'|\b\d+\b", "?", text)).strip()
        shape = re.sub(r"\?(\s*,\s*\?)+", "?…", shape)[:160]
        counts[shape] = counts.get(shape, 0) + 1
    return counts


def spread(values: list) -> float:
    """Return half the distance of the quartiles over the median: the noise."""
    middle = statistics.median(values)
    if len(values) < 3 or not middle:
        return 0.0
    low, _mid, high = statistics.quantiles(values, n=4)
    return (high - low) / 2 / middle


def median(rows: list, name: str) -> float:
    return statistics.median(row[name] for row in rows)
