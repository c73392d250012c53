"""K3 on the tests' own MariaDB, for the engine alone."""

from dataclasses import replace

from odoo.tests import BaseCase

from ..engine.erp import link, presets
from ..engine.erp.plan import Column
from ..engine.erp.target import OwnDatabase, Target
from . import erp_server

OWN = OwnDatabase("hub")


def plan_with(*columns):
    """Return the plan of K3 with more columns of the orders."""
    plan = presets.plan_of("k3")
    order = replace(plan.order, columns=(*plan.order.columns, *columns))
    return replace(plan, tables=(order, *plan.tables[1:]))


#: With a column that is written with the hub reference.
NOTE = plan_with(Column("FNote", writes="hub_ref"))


class EngineErpCase(BaseCase):
    """An empty K3 for each test, and links to it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = erp_server.shared()
        cls.addClassCleanup(cls.server.halt)

    def setUp(self):
        super().setUp()
        self.server.ensure()
        self.server.run(None, "DROP DATABASE IF EXISTS k3e")
        self.server.make("k3e", erp_server.K3)
        self.target = Target(
            "mysql", "127.0.0.1", self.server.port, "k3e", "hub",
            self.server.password, allow_internal=True, timeout=15,
        )  # fmt: skip

    def _link(self, writes=False, **changes):
        found = link.open_link(replace(self.target, **changes), OWN, writes)
        self.addCleanup(found.dispose)
        return found
