"""What the figures were measured on."""

import os
import platform
import re
import subprocess
from pathlib import Path

from platform_kit import odoo_source, paths, postgres

SETTINGS = (
    "server_version",
    "fsync",
    "synchronous_commit",
    "shared_buffers",
    "work_mem",
    "random_page_cost",
)


def describe() -> dict:
    """Return the machine, its programs and the state of the code."""
    return {
        "processor": _processor(),
        "cpus": os.cpu_count(),
        "memory_gb": _memory(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": platform.python_version(),
        "odoo": odoo_source.version(),
        "postgresql": {name: postgres.sql(f"SHOW {name}")[0][0] for name in SETTINGS},
        "commit": _commit(),
        "load": load(),
    }


def load() -> float:
    """Return how many programs wanted a processor in the last minute."""
    return round(os.getloadavg()[0], 2)


def slug() -> str:
    """Return the machine in a word that a file name can carry."""
    return f"{platform.machine()}-{os.cpu_count()}cpu"


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.processor()
    found = re.search(r"model name\s*:\s*(.+)", text)
    return found[1] if found else platform.processor()


def _memory() -> float:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3, 1)


def _commit() -> str:
    """Return the commit that was measured, with a plus if files differ from it."""
    command = ["git", "describe", "--always", "--dirty=+", "--exclude=*"]
    done = subprocess.run(
        command, cwd=paths.ROOT, check=False, capture_output=True, text=True
    )
    return done.stdout.strip() or "unknown"
