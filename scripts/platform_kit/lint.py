"""``make lint``: every check, one after the other, all findings shown."""

import os
import subprocess
import time

from . import paths, stamps, ui, venv
from .ui import HubError

SOURCES = ("addons", "scripts", "tests", "benchmarks", "docs")


def _existing(*names: str) -> list:
    return [name for name in names if (paths.ROOT / name).exists()]


def _addons() -> list:
    return sorted(
        str(file.parent.relative_to(paths.ROOT))
        for file in paths.ADDONS.glob("*/__manifest__.py")
    )


def _po_files() -> list:
    return sorted(
        str(file.relative_to(paths.ROOT))
        for pattern in ("*/i18n/*.po", "*/i18n/*.pot")
        for file in paths.ADDONS.glob(pattern)
    )


def _tool(name: str, *arguments) -> list:
    return [str(venv.tool(name)), *arguments]


def checks(*, fix: bool = False) -> dict:
    """The checks by name: a command line, or nothing where nothing is to check.

    :param fix: let those tools that can repair what they find
    """
    python = _existing(*SOURCES)
    addons, po_files = _addons(), _po_files()
    return {
        "ruff-check": _tool("ruff", "check", *(["--fix"] if fix else []), *python),
        "ruff-format": _tool("ruff", "format", *([] if fix else ["--check"]), *python),
        "pylint-odoo": addons
        and _tool("pylint", "--rcfile=pyproject.toml", "-j", "2", *addons),
        "oca-checks-odoo-module": addons
        and _tool(
            "oca-checks-odoo-module",
            "--config=.oca_hooks.cfg",
            *(["--fix"] if fix else []),
            *addons,
        ),
        "oca-checks-po": po_files
        and _tool("oca-checks-po", "--config=.oca_hooks.cfg", *po_files),
    }


def run_lint(only: list) -> int:
    """Run the checks (all, or those named); return how many failed."""
    unknown = sorted(set(only) - set(checks()))
    if unknown:
        raise HubError(
            f"no check is called {unknown[0]}; there are: {', '.join(checks())}."
        )
    with stamps.exclusive():
        paths.PLATFORM.mkdir(exist_ok=True)
        if not os.environ.get("ODOO_PYTHON") or not venv.tool("ruff").exists():
            venv.ensure()
    failed = []
    fix = os.environ.get("FIX", "") not in ("", "0")
    for name, command in checks(fix=fix).items():
        if only and name not in only:
            continue
        if not command:
            print(f"{name:24} nothing to check", flush=True)
            continue
        start = time.monotonic()
        done = subprocess.run(
            command,
            check=False,
            cwd=paths.ROOT,
            capture_output=True,
            text=True,
            errors="replace",
        )
        state = "ok" if done.returncode == 0 else "FAILED"
        print(f"{name:24} {state}  {time.monotonic() - start:.1f} s", flush=True)
        if done.returncode:
            failed.append(name)
            print((done.stdout + done.stderr).rstrip() + "\n", flush=True)
    if failed:
        print(f"\nlint: {len(failed)} of the checks failed: {', '.join(failed)}")
    ui.DEBUG and print(f"lint: sources {_existing(*SOURCES)}")
    return 1 if failed else 0
