"""Secrets at rest: encrypted with a key that is not in the database.

A dump of the database or an export of a table shows nothing that opens a
shop or a chat.
Fernet (AES-128-CBC with HMAC-SHA256, https://github.com/fernet/spec) of the
library ``cryptography``; the key is derived with HKDF (RFC 5869).
"""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

#: Part of the key: what is stored was sealed with these very words.
INFO = b"order_hub_connectors credentials"


class Locked(Exception):
    """The key does not open what is stored: another key has written it."""


def _fernet(key: str) -> Fernet:
    derived = HKDF(hashes.SHA256(), 32, salt=None, info=INFO).derive(key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))


def seal(text: str, key: str) -> str:
    """Return a text encrypted."""
    return _fernet(key).encrypt(text.encode()).decode()


def unseal(sealed: str, key: str) -> str:
    """Return the text again.

    :raise Locked: it was written with another key, or changed
    """
    try:
        return _fernet(key).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Locked from error
