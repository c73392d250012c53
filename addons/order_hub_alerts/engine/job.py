"""One message on its way: what a worker holds while it talks to the outside.

While it sends no transaction is open and nothing of the database is held.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .robots.outcome import Outcome


@dataclass(frozen=True)
class Job:
    """Sending one request, once.

    :ivar send: takes now (naive UTC) and returns the outcome; needs no database
    :ivar record: takes the outcome and now, and writes what came of it
    """

    send: Callable[[datetime], Outcome]
    record: Callable[[Outcome, datetime], Any]
