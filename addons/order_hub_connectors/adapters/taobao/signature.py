"""Signatures of the Taobao Open Platform (TOP), of calls and of what it sends."""

import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import parse_qsl

from ..signing import is_same, joined

MD5 = "md5"
HMAC_MD5 = "hmac"
HMAC_SHA256 = "hmac-sha256"
METHODS = (MD5, HMAC_MD5, HMAC_SHA256)
SIGN_LIST = "top-sign-list"


def sign(
    params: Mapping[str, str], secret: str, method: str = HMAC_SHA256, body: bytes = b""
) -> str:
    """Return the signature of a call: upper-case hexadecimal.

    :param params: all parameters; ``sign`` itself does not count
    :param method: ``sign_method`` of the call, one of :data:`METHODS`
    :param body: a body that is no form, signed after the parameters
    """
    text = joined(params, "sign").encode() + body
    key = secret.encode()
    if method == MD5:
        digest = hashlib.md5(key + text + key, usedforsecurity=False)
        return digest.hexdigest().upper()
    if method not in METHODS:
        raise ValueError(f"TOP has no signature method {method}.")
    algorithm = hashlib.md5 if method == HMAC_MD5 else hashlib.sha256
    return hmac.new(key, text, algorithm).hexdigest().upper()


def is_signed(
    query: Mapping[str, str], headers: Mapping[str, str], raw: bytes, secret: str
) -> bool:
    """Tell whether a delivery was signed with the application's secret.

    Signed are the query, the headers that ``top-sign-list`` names, and the body: the
    fields of a form, any other body as it is.

    :param headers: names in lower case
    """
    params = dict(query)
    for name in filter(None, headers.get(SIGN_LIST, "").split(",")):
        params[name] = headers.get(name.strip().lower(), "")
    if "x-www-form-urlencoded" in headers.get("content-type", "").lower():
        form = parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True)
        params.update(form)
        raw = b""
    given = params.get("sign", "")
    method = params.get("sign_method") or MD5
    if not secret or method not in METHODS:
        return False
    return is_same(sign(params, secret, method, raw), given)
