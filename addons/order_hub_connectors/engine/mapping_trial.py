"""What a mapping takes of a payload, what it leaves, and what another one changes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

MAX_LEAVES = 2000
MAX_SHOWN = 200


class Watched(dict):
    """An object of a payload that notes which of its fields are asked for."""

    def __init__(self, content: dict, path: str, seen: set[str]):
        super().__init__(
            (name, watched(value, join(path, name), seen))
            for name, value in content.items()
        )
        self._path = path
        self._seen = seen

    def get(self, name, default=None):
        self._seen.add(join(self._path, name))
        return super().get(name, default)

    def values(self):
        self._seen.update(join(self._path, name) for name in self)
        return super().values()


#: JMESPath tells types by the names of their classes.
Watched.__name__ = "dict"


def watched(tree: Any, path: str, seen: set[str]) -> Any:
    """Return a tree that adds the path of what is read of it to ``seen``."""
    if isinstance(tree, dict):
        return Watched(tree, path, seen)
    if isinstance(tree, list):
        return [watched(item, f"{path}[{n}]", seen) for n, item in enumerate(tree)]
    return tree


def join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else str(name)


@dataclass(frozen=True)
class Leaf:
    """One value of a payload; ``depth`` counts what it lies in."""

    path: str
    value: str
    is_used: bool

    @property
    def depth(self) -> int:
        return self.path.count(".") + self.path.count("[")


def leaves(tree: Any, seen: set[str], is_table: bool = False) -> list[Leaf]:
    """Return the values of a tree, at most :data:`MAX_LEAVES`, empty ones left out.

    :param is_table: only the rows are shown; what was read of ``first``, which
        repeats them, was read of the rows
    """
    if is_table and isinstance(tree, dict):
        tree = {"rows": tree.get("rows")}
    found = []
    for path, value in _walk(tree, ""):
        if len(found) >= MAX_LEAVES:
            break
        _row, dot, column = path.partition("].")
        is_used = path in seen or (is_table and f"first{dot[1:]}{column}" in seen)
        found.append(Leaf(path, shown(value), is_used))
    return found


def _walk(tree: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield path and value; a list of plain values is one value."""
    if isinstance(tree, dict):
        for name, value in dict.items(tree):
            yield from _walk(value, join(path, name))
    elif isinstance(tree, list) and any(isinstance(i, (dict, list)) for i in tree):
        for number, item in enumerate(tree):
            yield from _walk(item, f"{path}[{number}]")
    elif path.endswith("._row"):
        return
    elif tree not in (None, "", []):
        yield path, tree


def shown(value: Any) -> str:
    """Return a value short enough for a screen."""
    if value is None:
        return ""
    if isinstance(value, list):
        parts = [str(item) for item in value[:20] if not isinstance(item, (dict, list))]
        value = ", ".join(parts) or f"[{len(value)}]"
    elif isinstance(value, dict):
        value = f"{{{len(value)}}}"
    text = str(value)
    return text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 1]}…"


def differences(old: Any, new: Any, path: str = "") -> list[tuple[str, str, str]]:
    """Return ``(path, before, after)`` of what differs between two orders."""
    if isinstance(old, dict) and isinstance(new, dict):
        names = [*old, *(name for name in new if name not in old)]
        rows = [
            differences(old.get(name), new.get(name), join(path, name))
            for name in names
        ]
        return [row for part in rows for row in part]
    if isinstance(old, list) and isinstance(new, list):
        rows = [
            differences(_at(old, n), _at(new, n), f"{path}[{n}]")
            for n in range(max(len(old), len(new)))
        ]
        return [row for part in rows for row in part]
    return [] if old == new else [(path, shown(old), shown(new))]


def _at(items: list, number: int) -> Any:
    return items[number] if number < len(items) else None
