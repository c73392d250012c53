"""The steps from a fresh clone to prepared databases, in order."""

import contextlib
import os

from . import (
    database,
    odoo_source,
    paths,
    postgres,
    server,
    stamps,
    system,
    ui,
    venv,
)

PLATFORM_STEPS = 4


def platform(progress: ui.Progress, *, browser: bool) -> None:
    """System packages, Odoo, Python packages, PostgreSQL."""
    system.ensure_space()
    paths.PLATFORM.mkdir(exist_ok=True)
    with progress.step("System packages"):
        system.ensure_packages(
            browser=browser,
            postgresql=not postgres.is_external(),
            npm=not odoo_source.is_external() and not stamps.read("odoo"),
        )
    with progress.step("Odoo 19"):
        odoo_source.ensure()
    with progress.step("Python packages"):
        if not os.environ.get("ODOO_PYTHON"):
            venv.ensure()
            if not odoo_source.is_external():
                venv.link_odoo()
    with progress.step("PostgreSQL"):
        postgres.ensure()


def templates(progress: ui.Progress, *, demo: bool, assets: bool = True) -> tuple:
    """The prepared databases: base, test and, if asked for, demo."""
    with progress.step("Database with Odoo's apps"):
        database.base_template()
    with progress.step("Database with Order Hub"):
        test = database.test_template(assets=assets)
    if not demo:
        return test, ""
    with progress.step("Database with demo data"):
        return test, database.demo_template()


@contextlib.contextmanager
def for_command(total: int):
    """One set-up at a time; gives the progress to report to."""
    with stamps.exclusive():
        yield ui.Progress(total)


def stop_all() -> list:
    """Stop what runs; return its names."""
    stopped = ["the server"] if server.stop_recorded() else []
    if not postgres.is_external() and postgres.stop():
        stopped.append("PostgreSQL")
    return stopped
