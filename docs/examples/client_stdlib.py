#!/usr/bin/env python3
"""A client of the Order Hub with nothing but Python's standard library.

Two transports, one API: JSON-2 (the one to choose) and XML-RPC (works too, until
Odoo 20). Settings come from the environment::

    export ORDER_HUB_URL=https://hub.example.com
    export ORDER_HUB_DB=hub                # which database
    export ORDER_HUB_KEY=…                 # API key of the integration's user
    export ORDER_HUB_LOGIN=shop@example.com  # XML-RPC only

    client_stdlib.py submit order.json
    client_stdlib.py status OH-7K3M-9QX2-R4TC
    client_stdlib.py status shop-eu/10023
    client_stdlib.py push shop-eu/10023 packed
    client_stdlib.py attach OH-7K3M-9QX2-R4TC pallet.jpg
    client_stdlib.py events 4711

The answer is printed as JSON. Exit status: 0 done, 1 refused by the hub, 2 wrong
command line or settings, 3 not reached or not allowed.
"""

import argparse
import base64
import json
import mimetypes
import os
import sys
import time
import urllib.error
import urllib.request
import xmlrpc.client
from pathlib import Path

MODEL = "order.hub.api"
TIMEOUT = 60
TRIES = 4
#: Answers of a proxy or a busy server that another try can mend.
TRANSIENT = frozenset({429, 502, 503, 504})
#: A repeat of these does nothing new. ``attach_evidence`` is not among them.
REPEATABLE = frozenset({"submit_order", "order_status", "push_status", "list_events"})


class HubError(Exception):
    """The server could not be reached, or does not let this user in."""

    def __init__(self, message: str, *, transient: bool = False):
        super().__init__(message)
        self.transient = transient


# -- transports ------------------------------------------------------------------


def json2(url: str, database: str, key: str, method: str, arguments: dict) -> dict:
    """Call one method of the API over JSON-2 and return its answer."""
    request = urllib.request.Request(
        f"{url}/json/2/{MODEL}/{method}",
        data=json.dumps(arguments).encode(),
        headers={
            "Authorization": f"bearer {key}",
            "Content-Type": "application/json; charset=utf-8",
            "X-Odoo-Database": database,
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise HubError(
            f"HTTP {error.code}: {_message(error)}", transient=error.code in TRANSIENT
        ) from error
    except OSError as error:
        raise HubError(f"not reached: {error}", transient=True) from error


def _message(error: urllib.error.HTTPError) -> str:
    """Return what the server says about an HTTP error."""
    try:
        return json.load(error)["message"]
    except (ValueError, KeyError, TypeError):
        return error.reason


class Json2:
    """The API over JSON-2: one request a call, nothing to log in to."""

    def __init__(self, url: str, database: str, key: str):
        self.url, self.database, self.key = url.rstrip("/"), database, key

    def call(self, method: str, **arguments) -> dict:
        return json2(self.url, self.database, self.key, method, arguments)


class XmlRpc:
    """The API over XML-RPC: log in once, then call."""

    def __init__(self, url: str, database: str, login: str, key: str):
        self.database, self.key = database, key
        self.url = f"{url.rstrip('/')}/xmlrpc/2"
        with xmlrpc.client.ServerProxy(f"{self.url}/common") as common:
            self.uid = self._guarded(common.authenticate, database, login, key, {})
        if not self.uid:
            raise HubError("login or API key is wrong")

    def call(self, method: str, **arguments) -> dict:
        # None is no XML-RPC value: an argument that is not given is left out.
        given = {name: value for name, value in arguments.items() if value is not None}
        # A connection of its own for every call may be used from any thread.
        with xmlrpc.client.ServerProxy(
            f"{self.url}/object", allow_none=True
        ) as objects:
            return self._guarded(
                objects.execute_kw,
                *(self.database, self.uid, self.key, MODEL, method, [], given),
            )

    def _guarded(self, function, *arguments):
        try:
            return function(*arguments)
        except xmlrpc.client.Fault as fault:
            # Fault 1 is a traceback, of which the last line says what it was.
            lines = fault.faultString.strip().splitlines() or [""]
            text = lines[-1] if fault.faultCode == 1 else lines[0]
            raise HubError(f"fault {fault.faultCode}: {text}") from fault
        except xmlrpc.client.ProtocolError as error:
            raise HubError(
                f"HTTP {error.errcode}: {error.errmsg}",
                transient=error.errcode in TRANSIENT,
            ) from error
        except OSError as error:
            raise HubError(f"not reached: {error}", transient=True) from error


# -- the API ---------------------------------------------------------------------


class Hub:
    """The five methods, with the patience that an integration needs.

    :param transport: :class:`Json2` or :class:`XmlRpc`
    """

    def __init__(self, transport):
        self.transport = transport

    def submit(self, order: dict) -> dict:
        return self._call("submit_order", order=order)

    def status(self, reference: str) -> dict:
        return self._call("order_status", **named(reference))

    def push(self, reference: str, word: str, **more) -> dict:
        """Tell the hub your status; ``more`` are ``note`` and ``channel``.

        The words are those of the order's channel; with ``channel`` of another one.
        """
        return self._call("push_status", status=word, **{**named(reference), **more})

    def attach(self, reference: str, path: Path, *, is_public: bool = False) -> dict:
        kind = mimetypes.guess_type(path.name)[0] or ""
        return self._call(
            "attach_evidence",
            kind="photo" if kind.startswith("image/") else "file",
            content=base64.b64encode(path.read_bytes()).decode(),
            filename=path.name,
            is_public=is_public,
            **named(reference),
        )

    def events(self, cursor: int = 0, limit: int = 200) -> dict:
        return self._call("list_events", cursor=cursor, limit=limit)

    def follow(self, cursor: int = 0):
        """Yield ``(event, cursor to keep)`` until there is no further one.

        Keep the cursor in the same transaction as what the event changed: then
        none is lost and none is taken twice.
        """
        while True:
            answer = self.events(cursor)
            for event in answer["events"]:
                yield event, event["id"]
            cursor = answer["cursor"]
            if not answer["more"]:
                return

    def _call(self, method: str, **arguments) -> dict:
        """Call; where a repeat is harmless, try again after a failed network."""
        tries = TRIES if method in REPEATABLE else 1
        for attempt in range(1, tries + 1):
            try:
                return self.transport.call(method, **arguments)
            except HubError as error:
                if not error.transient or attempt == tries:
                    raise
                time.sleep(2**attempt)
        raise AssertionError("unreachable")


def named(reference: str) -> dict:
    """Return the arguments that name an order: ``OH-…`` or ``channel/number``."""
    channel, slash, number = reference.partition("/")
    if slash:
        return {"channel": channel, "external_ref": number}
    return {"hub_ref": reference}


# -- command line ----------------------------------------------------------------


def arguments_of(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Talk to the Order Hub. Settings: ORDER_HUB_URL, ORDER_HUB_DB, "
        "ORDER_HUB_KEY and, for --xmlrpc, ORDER_HUB_LOGIN."
    )
    parser.add_argument("--xmlrpc", action="store_true", help="instead of JSON-2")
    commands = parser.add_subparsers(dest="command", required=True)
    submit = commands.add_parser("submit", help="send an order (a JSON file, or -)")
    submit.add_argument("file", type=Path)
    status = commands.add_parser("status", help="say where an order stands")
    status.add_argument("ref", help="hub reference, or channel/number")
    push = commands.add_parser("push", help="tell the hub your status of an order")
    push.add_argument("ref")
    push.add_argument("word", help="the status as your system calls it")
    push.add_argument("--note")
    push.add_argument(
        "--channel", help="whose words, where not the order's own channel's"
    )
    attach = commands.add_parser("attach", help="add a photo or a file")
    attach.add_argument("ref")
    attach.add_argument("file", type=Path)
    attach.add_argument("--public", action="store_true", help="show the customer")
    events = commands.add_parser("events", help="list what happened since a cursor")
    events.add_argument("cursor", type=int, nargs="?", default=0)
    return parser.parse_args(words)


def run(hub: Hub, wanted: argparse.Namespace) -> dict:
    """Do one command and return the answer of the hub."""
    if wanted.command == "submit":
        file = wanted.file
        text = sys.stdin.read() if str(file) == "-" else file.read_text("utf-8")
        return hub.submit(json.loads(text))
    if wanted.command == "status":
        return hub.status(wanted.ref)
    if wanted.command == "push":
        more = {"note": wanted.note, "channel": wanted.channel}
        given = {name: value for name, value in more.items() if value}
        return hub.push(wanted.ref, wanted.word, **given)
    if wanted.command == "attach":
        return hub.attach(wanted.ref, wanted.file, is_public=wanted.public)
    return hub.events(wanted.cursor)


def connect(use_xmlrpc: bool) -> Hub:
    """Return the hub that the environment names."""
    names = ["ORDER_HUB_URL", "ORDER_HUB_DB", "ORDER_HUB_KEY"]
    names += ["ORDER_HUB_LOGIN"] if use_xmlrpc else []
    missing = [name for name in names if not os.environ.get(name)]
    if missing:
        raise ValueError(f"not set: {', '.join(missing)}")
    url, database, key = (os.environ[name] for name in names[:3])
    if use_xmlrpc:
        return Hub(XmlRpc(url, database, os.environ["ORDER_HUB_LOGIN"], key))
    return Hub(Json2(url, database, key))


def main(words: list[str]) -> int:
    wanted = arguments_of(words)
    try:
        answer = run(connect(wanted.xmlrpc), wanted)
    except HubError as error:
        print(error, file=sys.stderr)
        return 3
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    print(json.dumps(answer, ensure_ascii=False, indent=2))
    return 0 if answer["ok"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
