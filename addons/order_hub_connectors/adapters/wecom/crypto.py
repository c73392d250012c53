"""WeCom's envelopes: signed with SHA-1 of the sorted parts, sealed with AES-256-CBC.

The sealing is ``wechatpy``'s; what it raises on made-up input (any exception at all) is
one error here.
"""

import base64
import hashlib
import time

from ..base import SignatureError
from ..signing import is_same


def signature(token: str, timestamp: str, nonce: str, sealed: str) -> str:
    """Return the signature of an envelope, hexadecimal."""
    parts = "".join(sorted([token, timestamp, nonce, sealed]))
    return hashlib.sha1(parts.encode()).hexdigest()


class Envelope:
    """The keys of one app.

    :param aes_key: ``EncodingAESKey``, 43 characters
    :param receiver: the number of the corporation (of the app, at DingTalk)
    """

    def __init__(self, token: str, aes_key: str, receiver: str):
        self.token, self.receiver = token, receiver
        self.key = _key(aes_key)

    def open(self, sealed: str, query: dict, name: str = "msg_signature") -> str:
        """Return what is in an envelope.

        :param query: ``timestamp``, ``nonce`` and the signature by its ``name``
        :raise SignatureError: not signed by who knows the token, or for another app
        """
        stamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
        wanted = signature(self.token, stamp, nonce, sealed)
        if not self.token or not is_same(query.get(name, ""), wanted):
            raise SignatureError("The signature does not fit.")
        return self._unsealed(sealed)

    def _unsealed(self, sealed: str) -> str:
        from wechatpy.work.crypto import PrpCrypto

        try:
            return PrpCrypto(self.key).decrypt(sealed, self.receiver)
        except Exception as error:  # pylint: disable=broad-exception-caught
            raise SignatureError("The envelope cannot be opened.") from error

    def seal(self, text: str, nonce: str, timestamp: str = "") -> dict[str, str]:
        """Return an envelope: ``encrypt, msg_signature, timeStamp, nonce``."""
        from wechatpy.work.crypto import PrpCrypto

        sealed = PrpCrypto(self.key).encrypt(text, self.receiver).decode()
        stamp = timestamp or str(int(time.time()))
        return {
            "encrypt": sealed,
            "msg_signature": signature(self.token, stamp, nonce, sealed),
            "timeStamp": stamp,
            "nonce": nonce,
        }


def _key(text: str) -> bytes:
    try:
        key = base64.b64decode(text.strip() + "=")
    except ValueError:
        key = b""
    if len(key) != 32:
        raise SignatureError("The key has not the 43 characters of an EncodingAESKey.")
    return key
