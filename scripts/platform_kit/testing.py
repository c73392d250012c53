"""``make test``: the add-ons' own tests and the end-to-end tests, one pytest."""

import os
import shlex

from . import database, odoo, paths, setup, stamps, ui, venv

END_TO_END = paths.ROOT / "tests"
# The one file there that reads the add-ons' registry in its own process.
WITH_REGISTRY = END_TO_END / "test_odoo_lint.py"


def _selected(arguments: list) -> list:
    """The paths among pytest's arguments."""
    return [
        word
        for word in arguments
        if not word.startswith("-") and (paths.ROOT / word.partition("::")[0]).exists()
    ]


def _default_paths() -> list:
    folders = [
        paths.ADDONS / name / "tests"
        for name in odoo.manifests()
        if next((paths.ADDONS / name / "tests").glob("test_*.py"), None)
    ]
    if next(END_TO_END.glob("test_*.py"), None):
        folders.append(END_TO_END)
    return [str(folder.relative_to(paths.ROOT)) for folder in folders]


def _needs_registry(path: str) -> bool:
    """Whether tests run inside of Odoo: the add-ons' own and one end-to-end file."""
    file = (paths.ROOT / path.partition("::")[0]).resolve()
    return WITH_REGISTRY.is_relative_to(file) or not file.is_relative_to(END_TO_END)


def _may_open_pages(path: str) -> bool:
    """Whether tests may load web pages: only then are the bundles worth making."""
    file = paths.ROOT / path.partition("::")[0]
    if file.is_dir():
        return True
    words = ("http", "tour", "browser")
    return any(word in file.read_text().lower() for word in words)


def _needs_server(path: str) -> bool:
    """Whether tests may ask for a running server with demo data."""
    file = (paths.ROOT / path.partition("::")[0]).resolve()
    return file != WITH_REGISTRY and not file.is_relative_to(paths.ADDONS)


def run_tests() -> int:
    """Prepare, run pytest, clear up; return pytest's status."""
    arguments = shlex.split(os.environ.get("ARGS", ""))
    chosen = _selected(arguments)
    if not chosen:
        chosen = _default_paths()
        arguments = [*arguments, *chosen]
    with_odoo = any(map(_needs_registry, chosen))
    with_server = any(map(_needs_server, chosen))
    scratch = database.scratch_name("test")
    with setup.for_command(
        setup.PLATFORM_STEPS + (3 if with_server else 2)
    ) as progress:
        setup.platform(progress, browser=True)
        venv.check_modules(["pytest_odoo", "playwright"], "running the tests")
        assets = with_server or any(map(_may_open_pages, chosen))
        test, demo = setup.templates(progress, demo=with_server, assets=assets)
        database.drop_scratch()
        if with_odoo:
            database.create(scratch, test)
    env = odoo.environment(
        ORDER_HUB_DEMO_TEMPLATE=demo,
        ORDER_HUB_TEST_TEMPLATE=test,
        ORDER_HUB_LOGS=str(paths.LOGS),
    )
    try:
        return odoo.call(_pytest(arguments, scratch if with_odoo else ""), env)
    finally:
        with stamps.exclusive():
            database.drop_scratch()


def _pytest(arguments: list, scratch: str) -> list:
    command = [venv.python(), "-m", "pytest"]
    if scratch:
        command += [
            f"--odoo-database={scratch}",
            f"--odoo-config={paths.ODOO_CONF}",
            "--odoo-http",
            *("--odoo-extra", f"db-filter=^{scratch}$"),
            # No job runs by itself: a test says when. With this option the runner
            # of the job queue does not start in this process.
            *("--odoo-extra", "stop-after-init"),
            # Odoo would limit the memory of this process, Chromium with it.
            *("--odoo-extra", "limit-memory-hard=0"),
        ]
    else:
        command += ["-p", "no:odoo"]
    ui.DEBUG and print(shlex.join(map(str, command + arguments)))
    return [str(part) for part in [*command, *arguments]]
