"""The virtual environment with the pinned Python packages."""

import os
import re
import shutil
import sys
import venv
from pathlib import Path

from . import odoo_source, paths, stamps
from .process import CommandError, run
from .ui import HubError

REQUIREMENTS = [paths.ROOT / "requirements.txt", paths.ROOT / "requirements-dev.txt"]
# Add-ons of others. They ask for Odoo itself, which is not installed as a package
# here, so that what they need is in requirements.txt and nothing is resolved.
ADDONS = paths.ROOT / "requirements-addons.txt"


def tool(name: str) -> Path:
    """A program of the virtual environment."""
    return paths.VENV / "bin" / name


def python() -> Path:
    """The interpreter that runs Odoo: ``ODOO_PYTHON`` or ours."""
    own = os.environ.get("ODOO_PYTHON")
    return Path(own).expanduser() if own else tool("python")


def ensure() -> None:
    """Have the environment with exactly the pinned packages."""
    interpreter = f"{sys.version_info[0]}.{sys.version_info[1]} {sys.base_prefix}"
    key = stamps.digest(interpreter, *REQUIREMENTS, ADDONS)
    known = stamps.read("venv")
    if known.get("key") == key and tool("python").exists():
        return
    stamps.remove("venv")
    # A finished environment of the same Python is brought up to date; anything
    # else (none, half-finished, another Python) starts anew.
    if known.get("python") != interpreter and paths.VENV.exists():
        shutil.rmtree(paths.VENV)
    if not tool("python").exists():
        venv.EnvBuilder(with_pip=True, symlinks=True).create(paths.VENV)
    _pip_install()
    stamps.write("venv", key, python=interpreter)


def _pip_install() -> None:
    _pip([word for file in REQUIREMENTS for word in ("-r", file)])
    _pip(["--no-deps", "-r", ADDONS])


def _pip(arguments: list) -> None:
    command = [tool("python"), "-m", "pip", "install", "--quiet", "--retries=2"]
    command += ["--disable-pip-version-check", "--no-input", *arguments]
    log = paths.LOGS / "pip.log"
    try:
        run(command, "installing the Python packages", log=log)
    except CommandError as error:
        errors = re.findall(r"^ERROR: (.*)", error.output, re.MULTILINE)
        reason = errors[0] if errors else "see the log"
        raise HubError(
            f"the Python packages could not be installed: {reason} (whole output in "
            f"{log}); mend that and run the same command again."
        ) from error


def link_odoo() -> None:
    """Make our Odoo importable: one ``.pth`` line, and a command ``odoo``."""
    site = next((paths.VENV / "lib").glob("python3.*/site-packages"))
    line = f"{odoo_source.package_root(paths.ODOO_ROOT)}\n"
    pth = site / "odoo19.pth"
    if not pth.exists() or pth.read_text() != line:
        pth.write_text(line)
    command = tool("odoo")
    text = f"#!{tool('python')}\nimport odoo.cli\n\nodoo.cli.main()\n"
    if not command.exists() or command.read_text() != text:
        command.write_text(text)
        command.chmod(0o755)


def check_modules(names: list, what_for: str) -> None:
    """Refuse an own interpreter that lacks what the job imports."""
    if not os.environ.get("ODOO_PYTHON"):
        return
    code = "import importlib, sys; [importlib.import_module(n) for n in sys.argv[1:]]"
    env = {**os.environ, "PYTHONPATH": str(odoo_source.home())}
    try:
        run([python(), "-c", code, *names], what_for, env=env)
    except HubError as error:
        raise HubError(
            f"ODOO_PYTHON={python()} cannot do this ({error}); install the packages of "
            "requirements.txt and requirements-dev.txt there, or unset ODOO_PYTHON."
        ) from error
