"""Signatures of open.1688.com: HMAC-SHA1, upper-case hexadecimal."""

import hashlib
import hmac
from collections.abc import Mapping

from ..signing import is_same, joined

FIELD = "_aop_signature"


def sign(path: str, params: Mapping[str, str], secret: str) -> str:
    """Return the signature of a call.

    :param path: from the protocol to the application's key, e.g.
        ``param2/1/com.alibaba.trade/alibaba.trade.get.sellerView/1000000``; empty for
        a pushed message, which has none
    :param params: all parameters; ``_aop_signature`` itself does not count
    """
    text = path + joined(params, FIELD)
    return hmac.new(secret.encode(), text.encode(), hashlib.sha1).hexdigest().upper()


def is_signed(form: Mapping[str, str], secret: str) -> bool:
    """Tell whether a pushed form was signed with the application's secret."""
    if not secret:
        return False
    return is_same(sign("", form, secret), form.get(FIELD, ""))
