"""Visitors of the portals for Locust: each opens pages, reads, opens the next.

``VISITORS`` names a file with ``[{"name", "cookie", "paths"}]``, one a visitor. Runs
in Locust's own environment, without Odoo.
"""

import json
import os
import random
import time
from itertools import count
from pathlib import Path

from locust import FastHttpUser, between, task

PLAN = json.loads(Path(os.environ["VISITORS"]).read_text())
NUMBERS = count()


class Visitor(FastHttpUser):
    """One of the visitors; no two have the same session."""

    #: Seconds that a page is looked at.
    wait_time = between(3, 7)

    def on_start(self):
        """Take a place in the plan; nobody knocks in the same moment as all others."""
        self.place = PLAN[next(NUMBERS) % len(PLAN)]
        time.sleep(random.uniform(0, 5))

    @task
    def look(self):
        """Open one of the visitor's pages."""
        cookie = self.place["cookie"]
        self.client.get(
            random.choice(self.place["paths"]),
            headers={"Cookie": cookie} if cookie else {},
            name=self.place["name"],
        )
