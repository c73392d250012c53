"""The benchmarks by name, and the functions that run inside of Odoo."""

import fnmatch
from collections.abc import Callable
from dataclasses import dataclass

BENCHMARKS: dict = {}


class BenchError(Exception):
    """An expected failure: its text tells what happened and what to do."""


@dataclass(frozen=True)
class Benchmark:
    """One benchmark: ``run`` takes the :class:`harness.bench.Bench` of this run."""

    name: str
    run: Callable

    @property
    def title(self) -> str:
        return (self.run.__doc__ or "").strip().splitlines()[0]


def benchmark(name: str):
    """Register a function as the benchmark ``name`` (what ``ONLY`` chooses by)."""

    def register(function):
        if name in BENCHMARKS:
            raise ValueError(f"two benchmarks are called {name}")
        BENCHMARKS[name] = Benchmark(name, function)
        return function

    return register


def task(function=None, *, keep: bool = False):
    """Mark a function that runs in an Odoo process: ``function(env, **arguments)``.

    It answers with what JSON can carry. Its transaction is rolled back, so that
    every round finds the same data, unless ``keep`` says to commit it.
    """

    def mark(marked):
        marked.bench_keep = keep
        return marked

    return mark(function) if function else mark


def chosen(only: str) -> list:
    """Return the benchmarks that ``ONLY`` names; all without it.

    :param only: names separated by commas; ``*`` and ``?`` stand for any text
    """
    patterns = [name.strip() for name in only.split(",") if name.strip()] or ["*"]
    found = []
    for pattern in patterns:
        names = [n for n in BENCHMARKS if fnmatch.fnmatch(n, pattern)]
        if not names:
            raise BenchError(
                f"there is no benchmark {pattern}; these are: {', '.join(BENCHMARKS)}."
            )
        found += [name for name in names if name not in found]
    return [BENCHMARKS[name] for name in found]
