"""What the machine itself must have, and the one command that installs it."""

import shutil
from pathlib import Path

from . import apt, paths, postgres
from .process import which
from .ui import HubError

NEEDED_BYTES = 3 * 1024**3
CJK_FONTS = ("*wqy*", "NotoSansCJK*", "NotoSerifCJK*", "*DroidSansFallback*", "uming*")
BROWSERS = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
#: What tests of foreign databases start: a server, and what makes its data folder.
FOREIGN_DATABASE = {
    "mariadbd": "mariadb-server-core",
    "my_print_defaults": "mariadb-client-core",
}


def _has_chinese_font() -> bool:
    folders = [Path("/usr/share/fonts"), Path.home() / ".fonts"]
    return any(
        next(folder.rglob(pattern), None) for folder in folders for pattern in CJK_FONTS
    )


def missing_packages(*, browser: bool, postgresql: bool, npm: bool) -> list:
    """Debian's names of what is missing."""
    missing = []
    if postgresql and not postgres.find_binaries():
        missing.append("postgresql")
    if npm and not which("npm"):
        missing.append("npm")
    if not which("wkhtmltopdf"):
        missing.append("wkhtmltopdf")
    if not _has_chinese_font():
        missing.append("fonts-wqy-zenhei")
    if browser and not any(which(name) for name in BROWSERS):
        missing.append("chromium")
    if browser:
        missing += [
            package for name, package in FOREIGN_DATABASE.items() if not which(name)
        ]
    return missing


def ensure_packages(*, browser: bool, postgresql: bool, npm: bool) -> None:
    """Install what is missing, or say how."""
    missing = missing_packages(browser=browser, postgresql=postgresql, npm=npm)
    if missing:
        apt.install(missing, "this set-up")


def ensure_space() -> None:
    """Refuse early when the disk cannot hold the set-up."""
    if paths.VENV.exists() and paths.ODOO_ROOT.exists():
        return
    free = shutil.disk_usage(paths.ROOT).free
    if free < NEEDED_BYTES:
        raise HubError(
            f"the set-up needs {NEEDED_BYTES / 1024**3:.0f} GB on the disk of this "
            f"folder and {free / 1024**3:.1f} GB are free; make room and run the same "
            "command again."
        )
