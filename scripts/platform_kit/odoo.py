"""Calling Odoo's command line with this project's settings."""

import ast
import os
import re
import signal
import subprocess
from pathlib import Path

from . import logs, odoo_source, paths, postgres, stamps, venv
from .process import CommandError, run
from .ui import HubError

SCRIPTS = Path(__file__).parent / "odoo_scripts"
NOT_INSTALLED = re.compile(
    r"(^|/)(tests|static|__pycache__|readme|doc)/|\.(pyc|md|rst)$"
)


def environment(**more) -> dict:
    """Odoo reads its options from the environment too: data, add-ons, database."""
    values = {
        **postgres.client_env(),
        "ODOO_DATA_DIR": str(paths.DATA_DIR),
        "ODOO_ADDONS_PATH": addons_path(),
        "ODOO_RC": str(paths.ODOO_CONF),
        "PYTHONUNBUFFERED": "1",
        **more,
    }
    if odoo_source.is_external():
        before = os.environ.get("PYTHONPATH")
        parts = [str(odoo_source.home()), *([before] if before else [])]
        values["PYTHONPATH"] = os.pathsep.join(parts)
    values.pop("PGDATABASE", None)
    return values


def addons_path() -> str:
    """Our add-ons' folder, and the one of an Odoo checkout beside its package."""
    folders = [paths.ADDONS, odoo_source.home() / "addons"]
    return ",".join(
        str(folder)
        for folder in folders
        if folder == paths.ADDONS or next(folder.glob("*/__manifest__.py"), None)
    )


def command(name: str, *arguments) -> list:
    """The command line of one of Odoo's commands."""
    program = (venv.python(), SCRIPTS / "run_odoo.py")
    return [str(part) for part in (*program, name, *arguments)]


# -- add-ons -------------------------------------------------------------------


def manifests() -> dict:
    """The manifests of our installable add-ons by name."""
    result = {}
    for file in sorted(paths.ADDONS.glob("*/__manifest__.py")):
        try:
            manifest = ast.literal_eval(file.read_text())
        except (SyntaxError, ValueError) as error:
            raise HubError(f"{file} is not a readable manifest: {error}.") from error
        if manifest.get("installable", True):
            result[file.parent.name] = manifest
    if not result:
        raise HubError(f"there is no add-on in {paths.ADDONS}.")
    return result


def addons_key() -> str:
    """A key of everything in our add-ons that an installation reads."""
    parts = []
    for name in manifests():
        folder = paths.ADDONS / name
        for file in sorted(folder.rglob("*")):
            relative = file.relative_to(folder).as_posix()
            if file.is_file() and not NOT_INSTALLED.search(relative):
                parts += [f"{name}/{relative}", file]
    return stamps.digest(*parts)


def scripts_key() -> str:
    """A key of what we let Odoo do to a prepared database."""
    return stamps.digest(*sorted(SCRIPTS.glob("*.py")))


def static_key() -> str:
    """A key of the files that the web bundles are made of."""
    parts = []
    for name in manifests():
        for file in sorted((paths.ADDONS / name).glob("static/**/*")):
            if file.is_file():
                parts += [str(file), file.stat().st_mtime]
    return stamps.digest(*parts)


# -- one-off calls ----------------------------------------------------------------


def install(database: str, doing: str, *options, log: Path) -> None:
    """Install or update modules; any trouble in the log is a failure."""
    arguments = ["-d", database, *options, "--stop-after-init", "--no-http"]
    _run(command("server", *arguments, "--max-cron-threads=0"), doing, log)


def script(database: str, name: str, doing: str, *, log: Path, **variables) -> None:
    """Run one of our scripts in Odoo's shell."""
    with (SCRIPTS / name).open() as source:
        words = command("shell", "-d", database, "--no-http", "--max-cron-threads=0")
        _run(words, doing, log, variables, stdin=source)


def _run(
    words: list, doing: str, log: Path, variables: dict | None = None, **options
) -> None:
    """Run Odoo quietly; a failure is told by what its log says."""
    env = environment(**(variables or {}))
    try:
        output = run(words, doing, log=log, cwd=paths.ROOT, env=env, **options)
    except CommandError as error:
        _refuse_trouble(error.output, doing, log)
        raise
    _refuse_trouble(output, doing, log)


def _refuse_trouble(output: str, doing: str, log: Path) -> None:
    found = logs.trouble(output)
    if found:
        raise HubError(
            f"{doing}: Odoo's log has {len(found)} warnings or errors: "
            f"{logs.summary(found)} (whole log in {log})."
        )


def call(arguments: list, env: dict | None = None) -> int:
    """Run a program in the foreground with the terminal; return its status.

    Ctrl-C is the program's: it may mean 'cancel this line' there.
    """
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        return subprocess.call(arguments, cwd=paths.ROOT, env=env or environment())
    finally:
        signal.signal(signal.SIGINT, before)
