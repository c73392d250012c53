"""Steps that are done: a stamp is written only after success.

A stamp holds a key made from the step's inputs. Same key: the step is skipped.
Other key or no stamp: the step is done again.
"""

import contextlib
import fcntl
import hashlib
import json
import os
from pathlib import Path

from . import paths, ui


def digest(*parts) -> str:
    """A short key of texts, numbers, lists and files' contents."""
    result = hashlib.sha256()
    for part in parts:
        content = part.read_bytes() if isinstance(part, Path) else repr(part).encode()
        result.update(hashlib.sha256(content).digest())
    return result.hexdigest()[:12]


def _file(name: str) -> Path:
    return paths.STAMPS / f"{name}.json"


def read(name: str) -> dict:
    """A step's stamp, or an empty dictionary."""
    try:
        return json.loads(_file(name).read_text())
    except (OSError, ValueError):
        return {}


def write(name: str, key: str, /, **info) -> None:
    """Say that a step is done, in one atomic move."""
    paths.STAMPS.mkdir(parents=True, exist_ok=True)
    draft = _file(name).with_suffix(".new")
    draft.write_text(json.dumps({"key": key, **info}, indent=1))
    os.replace(draft, _file(name))


def remove(name: str) -> None:
    _file(name).unlink(missing_ok=True)


def forget(pattern: str) -> None:
    """Have all steps done again whose names fit a pattern."""
    for file in paths.STAMPS.glob(f"{pattern}.json"):
        file.unlink(missing_ok=True)


def done(name: str, key: str) -> bool:
    """Whether a step is done with these inputs."""
    return read(name).get("key") == key


@contextlib.contextmanager
def exclusive():
    """One set-up at a time in this clone: a second one waits."""
    paths.PLATFORM.mkdir(parents=True, exist_ok=True)
    with open(paths.PLATFORM / "lock", "w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            ui.note("another command is setting up this clone; waiting for it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
