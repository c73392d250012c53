"""What an answer of a messenger means: one of a fixed list of kinds."""

from dataclasses import dataclass

from odoo.addons.order_hub.engine.web.errors import (
    AuthenticationFailed,
    Throttled,
    UnknownHost,
    Unreachable,
    WebError,
)

#: Taken by the platform.
SENT = "sent"
#: Too many messages: wait, the message is good.
THROTTLED = "throttled"
#: The signature does not fit: the secret or the clock of this server is wrong.
SECRET = "secret"
#: There is no such robot, or it was switched off or put out of its group.
ADDRESS = "address"
#: The robot wants a keyword that the message lacks.
KEYWORD = "keyword"
#: The robot does not listen to the address of this server.
IP = "ip"
#: More than the platform takes.
TOO_LONG = "too_long"
#: The platform does not want this message, for another reason.
REFUSED = "refused"
#: Out of order or not reached: it surely has not taken the message.
DOWN = "down"
#: No answer, or none that can be read: perhaps it has taken the message.
UNSURE = "unsure"

KINDS = (
    SENT,
    THROTTLED,
    SECRET,
    ADDRESS,
    KEYWORD,
    IP,
    TOO_LONG,
    REFUSED,
    DOWN,
    UNSURE,
)
#: The settings of the robot are wrong: no message gets through before they are mended.
BROKEN = (SECRET, ADDRESS, KEYWORD, IP)

#: Characters of a platform's words that are kept.
SAID = 300


@dataclass(frozen=True)
class Outcome:
    """What became of one request.

    :ivar kind: one of ``KINDS``
    :ivar code: as the platform says it, or the status of HTTP
    :ivar said: the platform's own words, short and without any secret
    :ivar retry_after: seconds that it asks to wait
    """

    kind: str
    code: str = ""
    said: str = ""
    retry_after: float = 0.0

    @property
    def is_sent(self) -> bool:
        return self.kind == SENT


def never_answered(error: WebError) -> Outcome:
    """Return the outcome of a call that got no answer at all."""
    if isinstance(error, UnknownHost) or getattr(error, "not_sent", False):
        kind = DOWN
    elif isinstance(error, Unreachable):
        kind = UNSURE
    else:  # not a public address, or one that leads elsewhere
        kind = THROTTLED if isinstance(error, Throttled) else ADDRESS
    return Outcome(kind, "", str(error)[:SAID], getattr(error, "retry_after", 0.0))


def by_status(error: WebError, status: int) -> str:
    """Return what an error status means by itself."""
    if isinstance(error, Throttled):
        return THROTTLED
    if isinstance(error, AuthenticationFailed):
        return SECRET
    if isinstance(error, Unreachable):
        # The platform's gate gave up waiting for the platform.
        return UNSURE if status in (408, 504) else DOWN
    return {404: ADDRESS, 410: ADDRESS, 413: TOO_LONG}.get(status, REFUSED)
