"""A message and robots of stand-ins, for the tests of robots."""

from odoo.addons.order_hub.engine.web.client import Client

from ..engine.robots import Letter, make
from .stand_in_robots import SECRET as THE_SECRET
from .stand_in_robots import STAND_INS

BODY = """## Preparing since yesterday
**S00042** Sanjiang Motors, 31 h, limit 24 h
- missing: [ZXJ-0123](https://hub.example.com/odoo/orders/42)
> What to do: ask the purchaser."""


def letter(**values):
    return Letter(**{"subject": "Stuck", "body": BODY, "key": "W-7", **values})


def client(**options):
    """A client that may call this machine and tries once."""
    return Client(**{"timeout": (2, 2), "tries": 1, "allow_private": True, **options})


def robot_of(server, address="", **settings):
    given_settings = {"secret": THE_SECRET, "client": client(), **settings}
    (platform,) = [name for name, kind in STAND_INS.items() if type(server) is kind]
    return make(platform, address or server.address, **given_settings)
