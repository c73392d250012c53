"""The commands of ``scripts/hub``, one function each."""

import csv
import os
import shlex
import shutil
import sys
import time
from pathlib import Path

from . import (
    database,
    lint,
    odoo,
    paths,
    postgres,
    process,
    server,
    setup,
    stamps,
    testing,
    ui,
    venv,
)
from .ui import HubError

LOGINS = paths.ROOT / "scripts" / "demo_logins.tsv"


def _flag(name: str) -> bool:
    return os.environ.get(name, "") not in ("", "0")


def cmd_setup(_arguments: list) -> int:
    """Odoo, Python packages, PostgreSQL and the prepared databases."""
    with setup.for_command(setup.PLATFORM_STEPS + 3) as progress:
        setup.platform(progress, browser=True)
        setup.templates(progress, demo=True)
    return 0


def cmd_platform(_arguments: list) -> int:
    """Odoo, Python packages and PostgreSQL, no database."""
    with setup.for_command(setup.PLATFORM_STEPS) as progress:
        setup.platform(progress, browser=False)
    return 0


def cmd_run(_arguments: list) -> int:
    """A running server with demo data; ends with its address and logins."""
    start = time.monotonic()
    with setup.for_command(setup.PLATFORM_STEPS + 5) as progress:
        setup.platform(progress, browser=False)
        running = _keep_or_stop()
        if running:
            print("Order Hub runs already, and its code has not changed.")
            print(_welcome(running))
            return 0
        setup.templates(progress, demo=True)
        with progress.step(f"Database {database.working_name()}"):
            name = database.ensure_working(fresh=_flag("FRESH"))
        with progress.step("Server"):
            running = server.start_recorded(name)
    print(
        f"Order Hub is up after {time.monotonic() - start:.0f} s.\n{_welcome(running)}"
    )
    return 0


def _keep_or_stop() -> server.Server | None:
    """The running server if it is up to date; one that is not is stopped."""
    running = server.recorded()
    if not running:
        return None
    name = database.working_name()
    current = (
        running.db == name
        and stamps.done(f"database_{name}", database.addons_key())
        and not _flag("FRESH")
        and (os.environ.get("PORT") or str(running.port)) == str(running.port)
        and running.answers()
    )
    if current:
        return running
    server.stop_recorded()
    return None


def _welcome(running: server.Server) -> str:
    with LOGINS.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file, delimiter="\t"))
    rows = [row for row in rows if row and not row[0].startswith("#")]
    return (
        f"\n  {running.url}\n\n{ui.table(rows)}\n\n"
        "  make logs follows its log, make stop ends it, make help lists the rest."
    )


def cmd_stop(_arguments: list) -> int:
    """Stop the server and the private PostgreSQL."""
    with stamps.exclusive():
        stopped = setup.stop_all()
    print(f"stopped {' and '.join(stopped)}" if stopped else "nothing was running")
    return 0


def cmd_status(_arguments: list) -> int:
    """What runs, and where."""
    running = server.recorded()
    print(f"server: {running.url if running else 'not running'}")
    print("database server: " + " ".join(f"{k}={v}" for k, v in _shown_env()))
    print(f"python: {venv.python()}")
    print(f"log files: {paths.LOGS}")
    return 0


def _shown_env() -> list:
    return [(k, v) for k, v in postgres.environment().items() if k != "PGPASSWORD"]


def cmd_logs(_arguments: list) -> int:
    """Follow the server's log."""
    log = paths.LOGS / "server.log"
    if not log.exists():
        raise HubError("there is no server log yet: 'make run' starts the server.")
    return odoo.call(["tail", "-n", "100", "-F", str(log)], dict(os.environ))


def cmd_test(_arguments: list) -> int:
    """The add-ons' tests and the end-to-end tests."""
    return testing.run_tests()


def cmd_lint(arguments: list) -> int:
    """ruff, pylint-odoo and OCA's checks; names choose some of them."""
    return lint.run_lint(arguments)


def _ready_database() -> str:
    """The working database, made or started as needed."""
    with setup.for_command(setup.PLATFORM_STEPS) as progress:
        setup.platform(progress, browser=False)
        name = database.working_name()
        if name not in postgres.databases():
            raise HubError(f"there is no database {name} yet: 'make run' makes it.")
    return name


def cmd_shell(_arguments: list) -> int:
    """Odoo's Python shell on the working database."""
    name = _ready_database()
    return odoo.call(odoo.command("shell", "-d", name, "--no-http"))


def cmd_psql(arguments: list) -> int:
    """PostgreSQL's shell on the working database."""
    name = _ready_database()
    return odoo.call(
        [postgres.client("psql"), "-d", name, *arguments], postgres.client_env()
    )


def cmd_odoo(arguments: list) -> int:
    """Any command of Odoo, with this project's settings; for developers."""
    with setup.for_command(setup.PLATFORM_STEPS) as progress:
        setup.platform(progress, browser=False)
    words = arguments or shlex.split(os.environ.get("ARGS", "")) or ["help"]
    return odoo.call(odoo.command(*words))


def cmd_bench(_arguments: list) -> int:
    """The benchmarks: ``benchmarks/run.py`` in the prepared environment."""
    program = paths.ROOT / "benchmarks" / "run.py"
    if not program.exists():
        raise HubError("there are no benchmarks yet (benchmarks/run.py).")
    with setup.for_command(setup.PLATFORM_STEPS + 2) as progress:
        setup.platform(progress, browser=False)
        test, _demo = setup.templates(progress, demo=False)
        base = database.base_template()
    env = odoo.environment(
        ORDER_HUB_BASE_TEMPLATE=base,
        ORDER_HUB_TEST_TEMPLATE=test,
        ORDER_HUB_LOGS=str(paths.LOGS),
    )
    return odoo.call([str(venv.python()), str(program)], env)


def cmd_i18n(_arguments: list) -> int:
    """Write each add-on's .pot and refresh its .po files from the code."""
    with setup.for_command(setup.PLATFORM_STEPS + 2) as progress:
        setup.platform(progress, browser=False)
        template, _demo = setup.templates(progress, demo=False)
        scratch = database.scratch_name("i18n")
        database.drop_scratch()
        database.create(scratch, template)
    try:
        arguments = ["-d", scratch, *odoo.manifests(), "-l", "pot"]
        failed = odoo.call(odoo.command("i18n", "export", *arguments))
    finally:
        database.drop_scratch()
    # Odoo's export of a language opens the file before it reads the words of the code
    # from it: they would be lost.
    program = odoo.SCRIPTS / "merge_po.py"
    return failed or odoo.call([str(venv.python()), str(program), str(paths.ADDONS)])


def cmd_clean(_arguments: list) -> int:
    """Stop everything and delete what the set-up made."""
    paths.PLATFORM.mkdir(exist_ok=True)
    with stamps.exclusive():
        setup.stop_all()
        if postgres.is_external():
            database.drop_all()
            print(f"the database {database.working_name()} stays on your server")
        else:
            postgres.remove()
        shutil.rmtree(paths.PLATFORM)
    print(f"removed {paths.PLATFORM.name}; downloads stay in {paths.CACHE}")
    return 0


def cmd_help(_arguments: list) -> int:
    """This list."""
    print("make <target>, or scripts/hub <command>:\n")
    for name, function in commands().items():
        print(f"  {name:10} {function.__doc__.splitlines()[0]}")
    entry = Path(sys.argv[0]).read_text(encoding="utf-8")
    print("\n" + entry.split("Environment:")[1].split('"""')[0].strip("\n"))
    return 0


def commands() -> dict:
    """The commands by name, in the order of this file."""
    found = [name for name in globals() if name.startswith("cmd_")]
    return {name[4:]: globals()[name] for name in found}


def main(arguments: list) -> None:
    """Run one command; expected failures are one sentence."""
    name, *rest = arguments or ["help"]
    command = commands().get(name)
    try:
        if not command:
            raise HubError(
                f"there is no command {name}; 'scripts/hub help' lists them."
            )
        sys.exit(command(rest))
    except HubError as error:
        ui.report_and_exit(error)
    except OSError as error:
        if process.is_disk_full(error):
            ui.report_and_exit(process.disk_full_error())
        ui.report_and_exit(
            HubError(
                f"{error.strerror or error} ({error.filename or name}); with "
                "ORDER_HUB_DEBUG=1 the same command shows where."
            )
        )
    except KeyboardInterrupt:
        print("\norder_hub: interrupted; run the same command again to go on.")
        sys.exit(130)
