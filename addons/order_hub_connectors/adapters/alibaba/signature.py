"""The signature of Alibaba.com's open platform: HMAC-SHA256, upper-case hex."""

import hashlib
import hmac
from collections.abc import Mapping

from ..signing import joined


def sign(path: str, params: Mapping[str, str], secret: str) -> str:
    """Return the signature of a call.

    :param path: name of the API, e.g. ``/alibaba/order/list``, without ``/rest``
    :param params: all parameters; ``sign`` itself does not count
    """
    text = path + joined(params, "sign")
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest().upper()
