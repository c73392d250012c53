#!/usr/bin/env python3
"""The same with OdooRPC (``pip install OdooRPC``): submit, follow, push, attach.

OdooRPC speaks Odoo's JSON-RPC, so an order arrives as it is. Settings come from the
environment as in ``client_stdlib.py``: ORDER_HUB_URL, ORDER_HUB_DB, ORDER_HUB_LOGIN,
ORDER_HUB_KEY.

    client_odoorpc.py order.json
"""

import base64
import json
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

import odoorpc


def connect(url: str, database: str, login: str, key: str) -> odoorpc.ODOO:
    """Return a logged-in connection; an API key stands in for the password."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    odoo = odoorpc.ODOO(
        parts.hostname,
        protocol="jsonrpc+ssl" if secure else "jsonrpc",
        port=parts.port or (443 if secure else 80),
        version="19.0",
    )
    odoo.login(database, login, key)
    return odoo


class Refused(Exception):
    """The hub did not accept what it was sent; nothing was changed.

    :ivar errors: list of ``{"code", "field", "message"}``
    """

    def __init__(self, errors: list):
        super().__init__("; ".join(f"{e['field']}: {e['message']}" for e in errors))
        self.errors = errors


class Hub:
    """The API of the hub as Python methods that raise :class:`Refused`."""

    def __init__(self, odoo: odoorpc.ODOO):
        self.api = odoo.env["order.hub.api"]

    def submit(self, order: dict) -> dict:
        return self._checked(self.api.submit_order(order))

    def status(self, **named) -> dict:
        return self._checked(self.api.order_status(**named))

    def push(self, word: str, note: str = "", **named) -> dict:
        return self._checked(self.api.push_status(word, note=note, **named))

    def attach(self, kind: str, path: Path, **named) -> dict:
        content = base64.b64encode(path.read_bytes()).decode()
        return self._checked(
            self.api.attach_evidence(kind, content, path.name, **named)
        )

    def events(self, cursor: int = 0) -> dict:
        return self._checked(self.api.list_events(cursor))

    def _checked(self, answer: dict) -> dict:
        if not answer["ok"]:
            raise Refused(answer["errors"])
        return answer


def main(words: list[str]) -> int:
    """Submit the order of a file and print where it stands."""
    if len(words) != 1:
        print("usage: client_odoorpc.py FILE", file=sys.stderr)
        return 2
    names = ("ORDER_HUB_URL", "ORDER_HUB_DB", "ORDER_HUB_LOGIN", "ORDER_HUB_KEY")
    hub = Hub(connect(*(os.environ[name] for name in names)))
    try:
        taken = hub.submit(json.loads(Path(words[0]).read_text("utf-8")))
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 1
    where = hub.status(hub_ref=taken["hub_ref"])
    print(f"{where['hub_ref']} ({where['name']}): {where['stage']}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
