"""Waiting for platforms that say "slow down" inside an answer of status 200."""

import re
from collections.abc import Callable
from typing import TypeVar

from odoo.addons.order_hub.engine.web.client import Client

from .base import Throttled

Result = TypeVar("Result")

TRIES = 4
#: Seconds; whoever is told to wait longer goes back to the queue.
MAX_HERE = 10.0
UNTOLD = 60.0
SECONDS = re.compile(r"(\d{1,5})(?: more)? seconds?")


def patiently(client: Client, call: Callable[[], Result], tries: int = TRIES) -> Result:
    """Return what ``call`` returns, after the short waits that the platform asks.

    :raise Throttled: it asks for a long wait, or again and again
    """
    for _try in range(tries - 1):
        try:
            return call()
        except Throttled as error:
            if error.retry_after > MAX_HERE:
                raise
            client.pause(error.retry_after)
    return call()


def seconds_in(said: str) -> float:
    """Return the wait that an error's words ask for, in seconds.

    >>> seconds_in("This ban will last for 7 more seconds")
    7.0
    """
    found = SECONDS.search(said)
    return float(found[1]) if found else UNTOLD
