"""From the lines that a person set up to a mapping ready to run."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .converters import (
    SOURCELESS,
    BadArguments,
    Lookup,
    make_step,
    read_arguments,
)
from .expression import BadSource, Getter, compile_columns, compile_path
from .mapping import LINES, Compiled, Fault, Prepared, Rows, Rule

MAX_RULES = 300
MAX_STEPS = 5
#: A source of a line of rows that starts so is read from the whole tree.
ROOT = "$."
#: A source of a table that starts so is a path, not columns.
PATH = "="


def targets(order: Mapping, address: Mapping, line: Mapping) -> dict[str, str]:
    """Return every target a line may have → its kind (``engine.order.SHAPE``)."""
    found = {}
    for name, kind in order.items():
        kind = kind.rstrip("!")
        if kind == "mapping":
            found.update({f"{name}.{sub}": k.rstrip("!") for sub, k in address.items()})
        elif kind == "list":
            found.update({f"{LINES}{sub}": k.rstrip("!") for sub, k in line.items()})
        else:
            found[name] = kind
    return found


def compile_mapping(
    rules: Iterable[Rule],
    rows: Iterable[Rows],
    known: Mapping[str, str],
    is_table: bool = False,
    allowed: Callable[[Lookup], str] = lambda lookup: "",
) -> tuple[Compiled, list[Fault]]:
    """Make functions of the lines of a mapping; lines that are wrong are left out.

    :param known: of :func:`targets`
    :param is_table: sources are columns of a table, see ``engine.table``
    :param allowed: returns the code of a fault for a table that is not to be read
    """
    compiler = _Compiler(known, is_table, allowed)
    head = compiler.all(rules, is_row=False)
    parts = []
    for row in rows:
        get = compiler.guarded(row.key, lambda row=row: compiler.rows(row.source))
        prepared = compiler.all(row.rules, is_row=True)
        if get:
            parts.append((get, prepared))
    return Compiled(head, parts, is_table), compiler.faults


class _Compiler:
    def __init__(self, known, is_table, allowed):
        self.known = known
        self.is_table = is_table
        self.allowed = allowed
        self.faults: list[Fault] = []

    def all(self, rules: Iterable[Rule], is_row: bool) -> list[Prepared]:
        rules = list(rules)
        if len(rules) > MAX_RULES:
            self.faults.append(Fault(None, "too_many_rules", {"limit": MAX_RULES}))
            return []
        made = (self.guarded(r.key, lambda r=r: self.one(r, is_row)) for r in rules)
        return [prepared for prepared in made if prepared]

    def guarded(self, key: Any, work: Callable) -> Any:
        """Return what some work gives, or ``None`` and a fault."""
        try:
            return work()
        except (BadSource, BadArguments) as error:
            self.faults.append(Fault(key, error.code, error.figures))
        return None

    def one(self, rule: Rule, is_row: bool) -> Prepared:
        kind = self.known.get(rule.target)
        if kind is None or rule.target.startswith(LINES) != is_row:
            raise BadSource("unknown_target", target=rule.target[:60])
        get, is_of_root = self.source(rule, is_row)
        steps, lookup, after = self.steps(rule)
        group, _dot, name = rule.target.rpartition(".")
        group = "" if is_row else group
        return Prepared(rule, get, is_of_root, group, name, kind, steps, lookup, after)

    def source(self, rule: Rule, is_row: bool) -> tuple[Getter, bool]:
        """Return the function of a source, and whether it reads the whole tree."""
        source = rule.source.strip()
        if not source:
            if rule.converter in SOURCELESS or rule.default:
                return lambda scope: None, False
            raise BadSource("source_missing")
        if is_row and source.startswith(ROOT):
            return compile_path(source[len(ROOT) :]), True
        if not self.is_table:
            return compile_path(source), False
        if source.startswith(PATH):
            return compile_path(source[len(PATH) :].strip()), True
        return compile_columns(source), False

    def rows(self, source: str) -> Getter:
        if self.is_table and not source.strip():
            return compile_path("rows")
        return compile_path(source.strip())

    def steps(self, rule: Rule) -> tuple[list, Lookup | None, list]:
        """Return the converters before a look-up, the look-up, and those after."""
        chain = list(_chain(rule))
        if len(chain) > MAX_STEPS:
            raise BadArguments("too_many_steps", limit=MAX_STEPS)
        made = [make_step(name, arguments) for name, arguments in chain]
        spots = [n for n, step in enumerate(made) if isinstance(step, Lookup)]
        if len(spots) > 1:
            raise BadArguments("lookup_twice")
        if not spots:
            return made, None, []
        lookup = made[spots[0]]
        code = self.allowed(lookup)
        if code:
            raise BadArguments(code, table=lookup.table, by=lookup.by, give=lookup.give)
        return made[: spots[0]], lookup, made[spots[0] + 1 :]


def _chain(rule: Rule):
    """Yield the converters of a line, with their arguments."""
    if rule.converter:
        yield rule.converter, read_arguments(rule.arguments)
    for row in (rule.then or "").splitlines():
        name, _colon, arguments = row.partition(":")
        if name.strip():
            yield name.strip(), read_arguments(arguments, ";")
