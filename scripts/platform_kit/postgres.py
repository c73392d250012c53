"""PostgreSQL: a private cluster of this clone, or the user's own server.

The private cluster listens on a unix socket only and never runs as root. It is
tuned for development: fsync and synchronous_commit are off, so a power cut may
cost its contents (``make clean`` and ``make run`` make them anew). Those two
settings are for this cluster only, never for a server that holds real orders.
"""

import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.parse
from pathlib import Path

from . import paths, stamps, ui
from .process import CommandError, alive, run
from .ui import HubError

ROLE = "order_hub"
SUPERUSER = "postgres"
SOCKET_LIMIT = 90
VARIABLES = ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD")
SETTINGS = """\
# Written by scripts/platform_kit/postgres.py for the private development cluster.
listen_addresses = ''
unix_socket_directories = '{socket}'
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = 512MB
work_mem = 32MB
maintenance_work_mem = 256MB
effective_cache_size = 4GB
random_page_cost = 1.1
# Development only: fast, and not safe against a power cut.
fsync = off
synchronous_commit = off
full_page_writes = off
logging_collector = off
"""


# -- where ---------------------------------------------------------------------


def find_binaries() -> Path | None:
    """The folder of the newest PostgreSQL server (13 or later)."""
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda folder: [int(n) for n in re.findall(r"\d+", folder.parent.name)],
        reverse=True,
    )
    own = shutil.which("postgres")
    if own:
        folders.append(Path(own).resolve().parent)
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    return None


def is_external() -> bool:
    """Whether the user points at a PostgreSQL of their own."""
    if os.environ.get("DATABASE_URL"):
        return True
    host = os.environ.get("PGHOST")
    return bool(host) and host != str(socket_dir())


def _server_user() -> pwd.struct_passwd | None:
    """Who runs the cluster when we are root: never root itself."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise HubError(
        "PostgreSQL never runs as root, and this system has no user 'postgres'; "
        "create one (useradd --system postgres) and run the same command again."
    )


def _as_server(command: list, doing: str, **options) -> str:
    user = _server_user()
    if user:
        options.update(user=user.pw_uid, group=user.pw_gid, extra_groups=[])
    env = {k: v for k, v in os.environ.items() if k not in VARIABLES}
    return run(command, doing, cwd="/", env={**env, "LC_ALL": "C.UTF-8"}, **options)


def _reachable(folder: Path) -> bool:
    """Whether the cluster's user may enter a folder."""
    user = _server_user()
    if not user:
        return True
    done = subprocess.run(
        ["/usr/bin/env", "test", "-x", str(folder)],
        check=False,
        cwd="/",
        user=user.pw_uid,
        group=user.pw_gid,
        extra_groups=[],
    )
    return done.returncode == 0


def home() -> Path:
    """The folder of the cluster: ours, or outside when ours is closed to it."""
    if _reachable(paths.ROOT):
        return paths.PLATFORM
    return Path("/var/lib") / f"order_hub-{paths.project_id()}"


def data_dir() -> Path:
    return home() / "pg"


def socket_dir() -> Path:
    """The socket's folder; a socket's path must stay short."""
    folder = home() / "run"
    if len(str(folder)) <= SOCKET_LIMIT:
        return folder
    return Path(tempfile.gettempdir()) / f"order_hub-{paths.project_id()}"


# -- connection ------------------------------------------------------------------


def environment() -> dict:
    """The PG variables that lead to the database server."""
    if not is_external():
        return {"PGHOST": str(socket_dir()), "PGPORT": "5432", "PGUSER": ROLE}
    if not os.environ.get("DATABASE_URL"):
        return {name: os.environ[name] for name in VARIABLES if os.environ.get(name)}
    url = urllib.parse.urlsplit(os.environ["DATABASE_URL"])
    query = dict(urllib.parse.parse_qsl(url.query))
    values = {
        "PGHOST": url.hostname or query.get("host", ""),
        "PGPORT": str(url.port or query.get("port", "")),
        "PGUSER": urllib.parse.unquote(url.username or query.get("user", "")),
        "PGPASSWORD": urllib.parse.unquote(url.password or ""),
    }
    return {name: value for name, value in values.items() if value}


def client(name: str) -> str:
    """A client program, of the private cluster's version if it is ours."""
    folder = find_binaries()
    return str(folder / name) if folder and not is_external() else name


def client_env() -> dict:
    """The environment for client programs and for Odoo."""
    kept = {k: v for k, v in os.environ.items() if k not in VARIABLES}
    kept.pop("DATABASE_URL", None)
    return {**kept, **environment()}


def sql(statement: str, database: str = "postgres") -> list:
    """Run a statement; return its rows as lists of texts."""
    command = [client("psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-F", "\t"]
    output = run(
        [*command, "-d", database, "-c", statement],
        "asking PostgreSQL",
        env=client_env(),
    )
    return [line.split("\t") for line in output.splitlines() if line]


def databases() -> set:
    return {row[0] for row in sql("SELECT datname FROM pg_database")}


# -- life ----------------------------------------------------------------------


def ensure() -> None:
    """Have a server that answers."""
    if is_external():
        _check_external()
        return
    binaries = find_binaries()
    if not binaries:
        raise HubError(
            "PostgreSQL's server programs are missing; run 'make run' again."
        )
    _ensure_initialised(binaries)
    _write_settings()
    if not _answers():
        _start(binaries)
    _ensure_role()


def _check_external() -> None:
    where = environment()
    if where.get("PGUSER") == "postgres":
        raise HubError(
            "Odoo refuses to work as PostgreSQL's superuser 'postgres'; create a role "
            "that may create databases and name it in DATABASE_URL or PGUSER."
        )
    try:
        rows = sql(
            "SELECT current_setting('server_version_num')::int / 10000, rolcreatedb "
            "OR rolsuper FROM pg_roles WHERE rolname = current_user"
        )
    except HubError as error:
        raise HubError(
            "the PostgreSQL server given by DATABASE_URL or PGHOST "
            f"({where.get('PGHOST', 'local')}) does not answer or refuses the role; "
            "'psql' with the same settings tells why."
        ) from error
    major, may_create = rows[0]
    if int(major) < 13:
        raise HubError(f"Odoo 19 needs PostgreSQL 13 or later; this one is {major}.")
    if may_create != "t":
        raise HubError("the PostgreSQL role may not create databases (CREATEDB).")


def _own(folder: Path) -> None:
    """Give a private folder to the cluster's user."""
    folder.mkdir(parents=True, exist_ok=True)
    user = _server_user()
    if user:
        os.chown(folder, user.pw_uid, user.pw_gid)
    elif folder.stat().st_uid != os.geteuid():
        raise HubError(f"{folder} belongs to somebody else; remove it and try again.")
    folder.chmod(0o700)


def _ensure_initialised(binaries: Path) -> None:
    if not _reachable(paths.ROOT):
        home().mkdir(mode=0o755, exist_ok=True)
    _own(socket_dir())
    known = stamps.read("cluster")
    version_file = data_dir() / "PG_VERSION"
    if known and version_file.exists():
        major = version_file.read_text().strip()
        if major != binaries.parent.name and binaries.parent.name.isdigit():
            older = Path("/usr/lib/postgresql") / major / "bin"
            if not older.exists():
                raise HubError(
                    f"the private cluster was made by PostgreSQL {major}, which is no "
                    "longer installed; 'make clean' and 'make run' make it anew."
                )
        return
    if data_dir().exists():
        shutil.rmtree(data_dir())
    _own(data_dir())
    _as_server(
        [
            *(binaries / "initdb", "-D", data_dir(), "-U", SUPERUSER),
            *("--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"),
        ],
        "creating the PostgreSQL cluster",
    )
    stamps.write("cluster", "made", home=str(home()))


def _write_settings() -> None:
    """Our settings in a file of their own; a change restarts the cluster."""
    text = SETTINGS.format(socket=socket_dir())
    file = data_dir() / "order_hub.conf"
    if file.exists() and file.read_text() == text:
        return
    file.write_text(text)
    file.chmod(0o644)
    main = data_dir() / "postgresql.conf"
    include = "include 'order_hub.conf'\n"
    if include not in main.read_text():
        with main.open("a") as handle:
            handle.write("\n" + include)
    stop()


def _answers() -> bool:
    """Whether a server listens on our socket."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(socket_dir() / ".s.PGSQL.5432"))
        except OSError:
            return False
    return True


def _pid() -> int:
    try:
        return int((data_dir() / "postmaster.pid").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return 0


def _is_our_postmaster(pid: int) -> bool:
    """Whether a process is the server of this cluster, not a reused number."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return alive(pid) and not Path("/proc/self").exists()
    return str(data_dir()).encode() in words


def _start(binaries: Path) -> None:
    """Start the server, with what a crash left behind cleared away."""
    pid = _pid()
    if pid and not _is_our_postmaster(pid):
        _clear_after_crash()
    log = data_dir() / "server.log"
    command = [binaries / "pg_ctl", "-D", data_dir(), "-w", "-t", "60", "-l", log]
    try:
        _as_server([*command, "-s", "start"], "starting PostgreSQL")
    except CommandError as error:
        last = log.read_text(errors="replace").strip().splitlines()[-3:]
        raise HubError(
            f"the private PostgreSQL does not start ({' / '.join(last)}; whole log in "
            f"{log}); 'make clean' and 'make run' make it anew, without its data."
        ) from error


def _clear_after_crash() -> None:
    """Make the templates anew: without fsync they may miss what was written last."""
    ui.note("PostgreSQL was not stopped properly; the templates are made anew.")
    stamps.forget("template_*")
    stamps.forget("assets_*")
    (data_dir() / "postmaster.pid").unlink(missing_ok=True)


def _ensure_role() -> None:
    """The role Odoo works as: may create databases, is no superuser."""
    env = {**client_env(), "PGUSER": SUPERUSER}
    statement = (
        f"DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}') "
        f"THEN CREATE ROLE {ROLE} LOGIN CREATEDB; END IF; END $$"
    )
    command = [client("psql"), "-Xq", "-d", "postgres", "-c", statement]
    for _attempt in range(50):
        try:
            run(command, "preparing the database role", env=env)
            return
        except CommandError as error:
            if "starting up" not in error.output:
                raise
            time.sleep(0.2)
    raise HubError("the private PostgreSQL is still recovering; try again in a minute.")


def stop() -> bool:
    """Stop the private cluster; tell whether it ran."""
    binaries = find_binaries()
    pid = _pid()
    if not binaries or not pid or not _is_our_postmaster(pid):
        return False
    _as_server(
        [binaries / "pg_ctl", "-D", data_dir(), "-m", "fast", "-w", "-s", "stop"],
        "stopping PostgreSQL",
    )
    return True


def remove() -> None:
    """Delete what the cluster keeps outside of ``.platform``."""
    for folder in (home(), socket_dir()):
        if folder != paths.PLATFORM and paths.project_id() in folder.name:
            shutil.rmtree(folder, ignore_errors=True)
    ui.DEBUG and ui.note("cluster removed")
