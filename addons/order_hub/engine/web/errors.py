"""What can go wrong when a server of somebody else is called."""


class WebError(Exception):
    """Something another system said or sent; the message is shown to a person.

    :ivar field: the field it is about, if there is one
    """

    def __init__(self, message: str, field: str = ""):
        super().__init__(message)
        self.field = field


class AuthenticationFailed(WebError):
    """The other system does not accept the credentials."""


class Throttled(WebError):
    """Too many calls; ``retry_after`` is in seconds."""

    def __init__(self, message: str, retry_after: float = 60.0):
        super().__init__(message)
        self.retry_after = retry_after


class Unreachable(WebError):
    """The other system does not answer or is broken: try again later."""


class Refused(WebError):
    """The other system says no: the same call would be refused again."""


class UnknownHost(Refused):
    """The name service knows no such host: a wrong name, or no name service."""
