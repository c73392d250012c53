"""Running other programs, and turning their failures into sentences."""

import errno
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

from .ui import HubError

NO_NETWORK = re.compile(
    r"could not resolve|temporary failure (in name resolution|resolving)"
    r"|name or service not known|network is unreachable|could not connect"
    r"|failed to establish a new connection|connection (refused|timed out|reset)"
    r"|enotfound|eai_again|econnrefused|etimedout|enetunreach|no route to host",
    re.IGNORECASE,
)
DISK_FULL = re.compile(r"no space left on device", re.IGNORECASE)


class CommandError(HubError):
    """A program failed; ``output`` holds what it said."""

    def __init__(self, message: str, output: str = ""):
        super().__init__(message)
        self.output = output


def disk_full_error() -> HubError:
    return HubError(
        "the disk is full; free some space and run the same command again: it goes "
        "on where it stopped."
    )


def no_network_error(doing: str) -> HubError:
    return HubError(
        f"the network does not answer ({doing}); check the connection or the proxy "
        "settings and run the same command again: what is done so far is kept."
    )


def run(command: list, doing: str, *, log: Path | None = None, **options) -> str:
    """Run a program quietly and return its output.

    :param doing: what it is for, in the words of an error message
    :param log: a file that keeps the output
    """
    options.setdefault("stdin", subprocess.DEVNULL)
    try:
        done = subprocess.run(
            [str(part) for part in command],
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            **options,
        )
    except FileNotFoundError as error:
        raise HubError(f"{error.filename} is missing ({doing}).") from error
    if log:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(done.stdout)
    if done.returncode:
        raise explain(command, doing, done.stdout, log)
    return done.stdout


def explain(
    command: list, doing: str, output: str, log: Path | None = None
) -> HubError:
    """The best sentence for a program that failed."""
    if DISK_FULL.search(output):
        return disk_full_error()
    if NO_NETWORK.search(output):
        return no_network_error(doing)
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    tail = lines[-1] if lines else "it said nothing"
    where = f"; its output is in {log}" if log else ""
    name = Path(str(command[0])).name
    return CommandError(f"{doing} failed ({name}: {tail}){where}.", output)


def which(name: str) -> bool:
    """Whether a program is there, system folders of root included."""
    return bool(shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin"))


def alive(pid: int) -> bool:
    """Whether a process of this number runs (a zombie does not)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return True
    return stat.rpartition(")")[2].split()[0] != "Z"


def wait_gone(pid: int, seconds: float) -> bool:
    """Wait for a process to end; tell whether it did."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            os.waitpid(pid, os.WNOHANG)
        except ChildProcessError:
            pass
        if not alive(pid):
            return True
        time.sleep(0.1)
    return not alive(pid)


def is_disk_full(error: OSError) -> bool:
    return error.errno in (errno.ENOSPC, errno.EDQUOT)
