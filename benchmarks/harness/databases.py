"""The databases of a run: generated once, copied for every run.

``…_bench_data_plain<orders>_<key>``  Odoo's apps with the generated data
``…_bench_data_hub<orders>_<key>``    the same with the add-ons, in use
``…_bench_run_<pid>_…``               the copies of one run, dropped at its end

The key covers the apps, the add-ons' code, the generator and the sizes. The names
begin as those of the templates do: other clones on the same server have their own.
"""

import os
import re
import subprocess
from pathlib import Path

from platform_kit import database, postgres, stamps
from platform_kit.process import alive

from .registry import BenchError
from .side import Side

HERE = Path(__file__).resolve().parents[1]
GENERATORS = [HERE / "data.py", HERE / "data_hub.py"]
TEMPLATES = {"plain": "ORDER_HUB_BASE_TEMPLATE", "hub": "ORDER_HUB_TEST_TEMPLATE"}


def _source(kind: str) -> str:
    name = os.environ.get(TEMPLATES[kind])
    if not name:
        raise BenchError("the benchmarks are started by 'make bench'.")
    return name


def _prefix() -> str:
    return _source("plain").partition("_base_")[0] + "_bench"


def data_name(kind: str, sizes: dict) -> str:
    """Return the name of the database with the generated data."""
    key = stamps.digest(_source(kind), repr(sorted(sizes.items())), *GENERATORS)
    return f"{_family(kind, sizes)}_{key}"


def _family(kind: str, sizes: dict) -> str:
    """Return how the names of a kind and size begin: of each one is kept."""
    return f"{_prefix()}_data_{kind}{sizes['past']}"


def is_prepared(kind: str, sizes: dict) -> bool:
    return data_name(kind, sizes) in postgres.databases()


def prepare(kind: str, sizes: dict) -> str:
    """Return the database with the generated data; made now if there is none."""
    import data

    name, existing = data_name(kind, sizes), postgres.databases()
    if name in existing:
        return name
    for old in existing:
        if old.startswith(_family(kind, sizes) + "_"):
            database.drop(old)
    draft = run_name(f"data_{kind}")
    copy(_source(kind), draft)
    side = Side(draft, f"data-{kind}")
    try:
        side.run(data.generate, sizes=sizes)
    finally:
        side.stop()
    postgres.sql("VACUUM (FREEZE, ANALYZE)", draft)
    database.rename(draft, name)
    return name


def copy(template: str, name: str) -> None:
    """Copy a database file by file, which is the fast way for a large one."""
    if postgres.is_external():
        database.create(name, template)
        return
    program = postgres.client("createdb")
    command = [program, "-T", template, "--strategy=file_copy", name]
    done = subprocess.run(
        command,
        env=postgres.client_env(),
        check=False,
        stderr=subprocess.PIPE,
        text=True,
    )
    if done.returncode:  # PostgreSQL before 15 knows this way only
        database.create(name, template)


def run_name(kind: str) -> str:
    return f"{_prefix()}_run_{os.getpid()}_{kind}"


def drop_copies() -> None:
    """Drop this run's copies, and those of runs that died."""
    for name in postgres.databases():
        match = re.fullmatch(_prefix() + r"_run_(\d+)_\w+", name)
        if match and (int(match[1]) == os.getpid() or not alive(int(match[1]))):
            database.drop(name)
