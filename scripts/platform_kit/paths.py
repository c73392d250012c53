"""Where things are. Everything generated lives below ``.platform``."""

import hashlib
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLATFORM = ROOT / ".platform"
ADDONS = ROOT / "addons"
ODOO_CONF = ROOT / "odoo.conf"

STAMPS = PLATFORM / "stamps"
LOGS = PLATFORM / "log"
SERVERS = PLATFORM / "servers"
ODOO_ROOT = PLATFORM / "root"
VENV = PLATFORM / "venv"
DATA_DIR = PLATFORM / "data"
NPM_DIR = PLATFORM / "npm"

# Downloads are kept for the next clone on this machine; nothing depends on them.
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "order_hub"


def project_id() -> str:
    """Short name of this clone, for folders that must live outside of it."""
    return hashlib.sha256(str(ROOT).encode()).hexdigest()[:10]
