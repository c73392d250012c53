"""Connections that look at whom they reached before they say a word."""

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from .errors import Refused
from .safe_url import is_public


class _Guarded:
    """A connection that hangs up before a word is said to a private address."""

    def _new_conn(self):
        sock = super()._new_conn()
        if not is_public(sock.getpeername()[0].partition("%")[0]):
            sock.close()
            raise Refused(f"The address {self.host} is inside a private network.")
        return sock


class _HTTPConnection(_Guarded, HTTPConnection):
    pass


class _HTTPSConnection(_Guarded, HTTPSConnection):
    pass


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _HTTPConnection


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _HTTPSConnection


class GuardedAdapter(HTTPAdapter):
    """Sets the time limits, and looks at whom a connection reached.

    Through a proxy of the environment it is the proxy that resolves names; the
    address itself has been looked at before.
    """

    def __init__(self, timeout: tuple[float, float], allow_private: bool):
        self.limits, self.allow_private = timeout, allow_private
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args, **kwargs):
        result = super().init_poolmanager(*args, **kwargs)
        if not self.allow_private:
            self.poolmanager.pool_classes_by_scheme = {
                "http": _HTTPPool,
                "https": _HTTPSPool,
            }
        return result

    def send(self, request, *args, **kwargs):
        kwargs["timeout"] = self.limits
        return super().send(request, *args, **kwargs)
