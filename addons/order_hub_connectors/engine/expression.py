"""Sources of a field mapping: JMESPath, bounded, and columns of a table.

A source is compiled once into a function. Plain paths (``customer.email``,
``lines[0].sku``, ``a || b``) become closures, several times faster than the
interpreter; everything else runs in an interpreter that counts its steps, so that
no expression can make a worker grow or hang.
"""

import unicodedata
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import jmespath.exceptions
from jmespath import functions
from jmespath.parser import Parser
from jmespath.visitor import Options, TreeInterpreter

from .reading import Unreadable, read_number

MAX_EXPRESSION = 300
MAX_NESTING = 20
#: Visits of one evaluation; items of a list made by it; characters of a text.
MAX_VISITS = 200_000
MAX_ITEMS = 20_000
MAX_CHARACTERS = 1_000_000

Getter = Callable[[Any], Any]


class BadSource(ValueError):
    """A source that is not taken; ``code`` says why."""

    def __init__(self, code: str, **figures):
        super().__init__(code)
        self.code = code
        self.figures = figures


class TooMuch(ValueError):
    """An expression that makes too much of a payload."""


# === JMESPATH === #


def _number(value: Any) -> Decimal:
    return Decimal(0) if value in (None, "") else read_number(value)


class Arithmetic(functions.Functions):
    """JMESPath's functions and a few for money, exact to the cent.

    Empty counts as nought. What is no number makes the result empty.
    """

    @functions.signature({"types": ["array", "null"]})
    def _func_sum_of(self, values):
        return self._exact(lambda: sum(map(_number, values or ()), Decimal(0)))

    @functions.signature({"types": []}, {"types": []})
    def _func_plus(self, left, right):
        return self._exact(lambda: _number(left) + _number(right))

    @functions.signature({"types": []}, {"types": []})
    def _func_minus(self, left, right):
        return self._exact(lambda: _number(left) - _number(right))

    @functions.signature({"types": []}, {"types": []})
    def _func_times(self, left, right):
        return self._exact(lambda: _number(left) * _number(right))

    @functions.signature({"types": []}, {"types": []})
    def _func_divided(self, left, right):
        return self._exact(
            lambda: _number(left) / _number(right) if _number(right) else None
        )

    def _exact(self, work):
        try:
            return work()
        except (Unreadable, ArithmeticError):
            return None

    @functions.signature({"types": []})
    def _func_to_string(self, value):
        """Containers are left as they are: their text could be without bounds."""
        return value if isinstance(value, (str, dict, list)) else str(value)

    @functions.signature({"types": ["string"]}, {"types": ["array-string"]})
    def _func_join(self, separator, values):
        size = sum(map(len, values)) + len(separator) * len(values)
        if size > MAX_CHARACTERS:
            raise TooMuch("text")
        return separator.join(values)


FUNCTIONS = Arithmetic()
#: Functions that closures call themselves: they take what is there.
DIRECT = {
    "plus": FUNCTIONS._func_plus,
    "minus": FUNCTIONS._func_minus,
    "times": FUNCTIONS._func_times,
    "divided": FUNCTIONS._func_divided,
}


class Bounded(TreeInterpreter):
    """Counts the visits of one evaluation and looks at the size of results."""

    visits = 0

    def __init__(self):
        super().__init__(Options(custom_functions=FUNCTIONS))

    def fresh(self):
        """Return one for another evaluation; what is costly to make is shared."""
        other = Bounded.__new__(Bounded)
        other.__dict__.update(self.__dict__, visits=0)
        return other

    def visit(self, node, *args, **kwargs):
        self.visits += 1
        if self.visits > MAX_VISITS:
            raise TooMuch("visits")
        result = super().visit(node, *args, **kwargs)
        if isinstance(result, list) and len(result) > MAX_ITEMS:
            raise TooMuch("items")
        return result


def compile_path(source: str) -> Getter:
    """Return a function from a tree to the value at a JMESPath expression.

    :raise BadSource: ``source_long``, ``source_nested``, ``bad_source``
    """
    if len(source) > MAX_EXPRESSION:
        raise BadSource("source_long", limit=MAX_EXPRESSION)
    if _nesting(source) > MAX_NESTING:
        raise BadSource("source_nested", limit=MAX_NESTING)
    try:
        tree = Parser().parse(source).parsed
    except (jmespath.exceptions.JMESPathError, RecursionError, ValueError) as error:
        words = str(error).splitlines()[0] if str(error) else "?"
        raise BadSource("bad_source", source=source[:80], error=words[:160]) from error
    _check_functions(tree)
    return _closure(tree) or _interpreted(tree)


def _nesting(source: str) -> int:
    """Return how deep brackets, negations and references go, at most."""
    depth = deepest = 0
    for char in source:
        if char in "([{!&":
            depth += 1
            deepest = max(deepest, depth)
        elif char in ")]}":
            depth -= 1
    return deepest


def _check_functions(node: dict) -> None:
    if node["type"] == "function_expression":
        name = node["value"]
        if name not in Arithmetic.FUNCTION_TABLE:
            raise BadSource("unknown_function", name=str(name)[:40])
    for child in node.get("children", ()):
        if isinstance(child, dict):
            _check_functions(child)


def _interpreted(tree: dict) -> Getter:
    interpreter = Bounded()

    def get(scope):
        try:
            return interpreter.fresh().visit(tree, scope)
        except (jmespath.exceptions.JMESPathError, RecursionError, TypeError):
            return None

    return get


def is_empty(value: Any) -> bool:
    """Tell what JMESPath holds for false: nothing, an empty text, list or object."""
    return value is None or value is False or value == "" or value in ([], {})


def _closure(node: dict) -> Getter | None:
    """Return a node as a closure, or ``None`` for what the interpreter does."""
    make = CLOSURES.get(node["type"])
    if make is None:
        return None
    children = [_closure(child) for child in node.get("children", ())]
    if node["type"] == "function_expression":
        return _function(node, children)
    if None in children:
        return None
    return make(node, children)


def _field(node: dict, _children: list) -> Getter:
    name = node["value"]

    def get(scope):
        return scope.get(name) if isinstance(scope, dict) else None

    return get


def _index(node: dict, _children: list) -> Getter:
    number = node["value"]

    def get(scope):
        if isinstance(scope, list) and -len(scope) <= number < len(scope):
            return scope[number]
        return None

    return get


def _steps(_node: dict, children: list) -> Getter:
    if len(children) == 2:
        first, second = children
        return lambda scope: second(first(scope))

    def get(scope):
        for child in children:
            scope = child(scope)
        return scope

    return get


def _either(_node: dict, children: list) -> Getter:
    left, right = children

    def get(scope):
        value = left(scope)
        return right(scope) if is_empty(value) else value

    return get


def _several(_node: dict, children: list) -> Getter:
    def get(scope):
        return None if scope is None else [child(scope) for child in children]

    return get


def _function(node: dict, children: list) -> Getter | None:
    """Return arithmetic of two values; sub-expressions may be interpreted ones."""
    work = DIRECT.get(node["value"])
    if work is None or len(children) != 2:
        return None
    left, right = (
        child or _interpreted(tree)
        for child, tree in zip(children, node["children"], strict=True)
    )
    return lambda scope: work(left(scope), right(scope))


CLOSURES = {
    "function_expression": _function,
    "field": _field,
    "index": _index,
    "subexpression": _steps,
    "index_expression": _steps,
    "or_expression": _either,
    "multi_select_list": _several,
    "identity": lambda node, children: lambda scope: scope,
    "literal": lambda node, children: lambda scope: node["value"],
}


# === COLUMNS === #


def column_key(name: Any) -> str:
    """Return the name of a column without what writers of headers vary.

    >>> column_key(" *数量 (PCS)：")
    '数量(pcs)'
    """
    text = unicodedata.normalize("NFKC", str(name)).casefold()
    return "".join(text.split()).strip("*:")


def compile_columns(source: str) -> Getter:
    """Return a function from a row to the first filled of ``A | B | C``.

    :raise BadSource: ``source_long``, ``no_column``
    """
    if len(source) > MAX_EXPRESSION:
        raise BadSource("source_long", limit=MAX_EXPRESSION)
    names = [column_key(name) for name in source.split("|")]
    names = [name for name in names if name]
    if not names:
        raise BadSource("no_column")

    def get(row):
        if not isinstance(row, dict):
            return None
        for name in names:
            value = row.get(name)
            if value not in (None, ""):
                return value
        return None

    return get
