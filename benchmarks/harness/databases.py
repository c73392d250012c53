"""The databases of a run: generated once, copied for every run.

``bench_data_plain_<key>``  Odoo's apps with the generated data
``bench_data_hub_<key>``    the same, with the add-ons, configured and in use
``bench_run_<pid>_…``       the copies of one run, dropped at its end

The key covers the apps, the add-ons' code, the generator and the sizes.
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


def data_name(kind: str, sizes: dict) -> str:
    """Return the name of the database with the generated data."""
    key = stamps.digest(_source(kind), repr(sorted(sizes.items())), *GENERATORS)
    return f"bench_data_{kind}_{key}"


def is_prepared(kind: str, sizes: dict) -> bool:
    return data_name(kind, sizes) in postgres.databases()


def prepare(kind: str, sizes: dict) -> str:
    """Return the database with the generated data; made now if there is none."""
    import data

    name, existing = data_name(kind, sizes), postgres.databases()
    if name in existing:
        return name
    for old in existing:
        if old.startswith((f"bench_data_{kind}_", f"bench_draft_{kind}")):
            database.drop(old)
    draft = f"bench_draft_{kind}_{os.getpid()}"
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
    return f"bench_run_{os.getpid()}_{kind}"


def drop_copies() -> None:
    """Drop this run's copies, and those of runs that died."""
    for name in postgres.databases():
        match = re.fullmatch(r"bench_(?:run_(\d+)_\w+|draft_\w+_(\d+))", name)
        pid = match and int(match[1] or match[2])
        if pid and (pid == os.getpid() or not alive(pid)):
            database.drop(name)
