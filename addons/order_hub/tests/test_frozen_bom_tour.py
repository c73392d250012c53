"""The sixth BOM: frozen, an edit is refused, an engineering change, the MO follows."""

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .ecn_common import EcnCommon


@tagged("post_install", "-at_install")
class TestFrozenBomTour(EcnCommon, HttpCase):
    browser_size = "1440x900"

    def test_a_frozen_bom_changes_only_by_an_engineering_change(self):
        order = self._frozen(5)
        production = self._mos(order)
        with mute_logger("odoo.http"):
            self.start_tour(
                f"/odoo/action-mrp.mrp_bom_form_action/{self.board_bom.id}",
                "order_hub_frozen_bom_change",
                login=self.engineer.login,
            )
        self.assertTrue(self.board_bom.active)
        self.assertEqual(self._taken(production)[self.resistor], 50)
        ecn = self.env["order.hub.ecn"].search([], limit=1)
        self.assertEqual((ecn.state, ecn.order_ids.order_id), ("review", order))
        self.assertIs(ecn.with_user(self.head).action_approve(), True)
        self.start_tour(
            f"/odoo/action-order_hub.order_hub_ecn_action/{ecn.id}",
            "order_hub_frozen_bom_approve",
            login=self.chief.login,
        )
        self.env.invalidate_all()
        self.assertEqual(production.bom_id.hub_revision_label, "B")
        self.assertEqual(self._taken(production)[self.resistor], 60)
        self.start_tour(
            f"/odoo/action-mrp.mrp_production_action/{production.id}",
            "order_hub_frozen_bom_built",
            login=self.maker.login,
        )
