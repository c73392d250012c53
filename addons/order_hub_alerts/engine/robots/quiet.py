"""No log shows the address of a robot: whoever has it can write into the group.

The library below ``requests`` logs every address that it calls when a server logs in
detail. While a robot sends, what it says in this thread is left out.
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
