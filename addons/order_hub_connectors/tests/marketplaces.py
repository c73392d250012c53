"""What the tests of marketplaces share."""

from datetime import timedelta
from pathlib import Path

from odoo.tests import BaseCase

from odoo.addons.order_hub.engine.web.client import Client
from odoo.addons.order_hub.tests.stand_in import Clock

from ..adapters.base import Access

SAMPLES = Path(__file__).parents[4] / "shared" / "samples"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class MarketplaceCase(BaseCase):
    """A stand-in of the platform, and the adapter pointed at it.

    :cvar stand_in: class of the stand-in
    :cvar adapter_class: class of the adapter
    :cvar path: of the address, after the stand-in's own
    :cvar values: settings and secrets of a channel that works
    """

    stand_in = adapter_class = None
    path = ""
    values: dict = {}

    def setUp(self):
        super().setUp()
        self.server = self.enterContext(self.stand_in())
        self.clock = Clock()
        self.adapter = self.make()

    def make(self, **values):
        """Return an adapter, its clock that of the stand-in."""
        client = Client(
            sleep=self.clock.sleep,
            clock=self.clock,
            allow_private=True,
            jitter=lambda: 0.5,
        )
        access = Access(
            self.server.url + self.path,
            {**self.values, **values},
            lambda: self.server.now,
            client,
        )
        return self.adapter_class(access)

    def pull(self, since=DAY, adapter=None, cursor=""):
        """Return all messages of a pull that began so long ago."""
        now = self.server.now
        pages = (adapter or self.adapter).pull(cursor, now - since, now)
        return [message for page in pages for message in page.messages]

    def understood(self, message):
        return self.adapter.read(message.raw, message.content_type, message.kind)

    def event(self, message):
        return self.adapter.read_event(message.kind, self.understood(message))

    def calls(self, text):
        """Return the calls whose path or form has a text."""
        return [
            call
            for call in self.server.calls
            if text in call.path or text.encode() in call.body
        ]
