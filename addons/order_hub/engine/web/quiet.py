"""No log shows the addresses that are called: some hold a token.

Whoever has the address of a chat robot can write into its group, and platforms take
access tokens in the query. The library below ``requests`` logs every address when a
server logs in detail; what it says in a thread that calls is left out.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

#: Loggers that name addresses.
LOGGERS = ("urllib3.connectionpool", "urllib3.util.retry")


class _Silence(logging.Filter):
    """Leaves out what is said in threads that asked for silence."""

    def __init__(self):
        super().__init__()
        self.here = threading.local()

    def filter(self, record: logging.LogRecord) -> bool:
        return not getattr(self.here, "depth", 0)


_silence = _Silence()
for _name in LOGGERS:
    logging.getLogger(_name).addFilter(_silence)


@contextmanager
def quiet() -> Iterator[None]:
    """Leave out what the library logs in this thread."""
    _silence.here.depth = getattr(_silence.here, "depth", 0) + 1
    try:
        yield
    finally:
        _silence.here.depth -= 1
