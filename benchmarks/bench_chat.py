"""How well and how fast chat messages are understood: the labelled set."""

import importlib
import sys
import types
from pathlib import Path

from harness.registry import benchmark

ADD_ON = Path(__file__).resolve().parents[1] / "addons" / "order_hub_connectors"
#: Products in the catalogue beside those that messages ask for.
OTHERS = 1_970
#: Percent of what is certain that may be wrong; of all messages, wrong unseen.
WRONG_OF_CERTAIN, SILENT = 2, 0.5
#: Percent of all messages in which anything may be wrong, seen by a person.
WRONG = 15
#: The same of parts that were written to mislead or in ways of speaking of their own.
WRONG_OF = {"fresh": 20, "second": 30}
MILLISECONDS = 3


@benchmark("chat-understanding")
def understanding(bench):
    """Chat messages to orders: right by field and message, sure, silently wrong."""
    judge = _judge()
    judge.evaluate(others=OTHERS)
    for half in ("dev", "held", "fresh", "second", None):
        _report(bench, judge.figures(judge.evaluate(half, OTHERS)), half or "all")


def _report(bench, found, half: str) -> None:
    fields = {name: round(100 * share, 2) for name, share in found.fields.items()}
    bench.note(f"{half}, {found.messages} messages; percent right: {fields}")
    bench.note(
        f"{half}: {100 * found.right:.1f} % entirely right, "
        f"{100 * found.certain:.1f} % certain, "
        f"{100 * found.certain_of_clear:.1f} % of the clear ones"
    )
    name = f"chat-{half}"
    right = 100 * (1 - found.right)
    bench.figure(f"{name}-wrong", right, "%", WRONG_OF.get(half, WRONG), fields=fields)
    wrong_of_certain = 100 * (1 - found.precision)
    bench.figure(f"{name}-wrong-of-certain", wrong_of_certain, "%", WRONG_OF_CERTAIN)
    bench.figure(f"{name}-silent", 100 * found.silent, "%", SILENT)
    bench.figure(f"{name}-message", found.milliseconds, "ms", MILLISECONDS)


def _judge():
    """Return the judge of the add-on's tests; it and the engine need no Odoo."""
    for name, folder in (("", ""), (".tests", "tests")):
        package = types.ModuleType(f"chat_reading{name}")
        package.__path__ = [str(ADD_ON / folder)]
        sys.modules[package.__name__] = package
    return importlib.import_module("chat_reading.tests.chat_evaluation")
