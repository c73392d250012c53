"""Stories of intake in a browser: mending an order, merging a repeat, a mapping."""

from odoo.tests import HttpCase, tagged

from .common import ConnectorsCommon
from .test_duplicates import DuplicatesCommon
from .test_mapping import MappingCommon


@tagged("post_install", "-at_install")
class TestMendTour(ConnectorsCommon, HttpCase):
    browser_size = "1440x900"

    def test_what_is_wrong_is_found_on_the_monitor_mended_and_replayed(self):
        self._user(
            "hub_intake",
            "order_hub.order_hub_group_supervisor,"
            "sales_team.group_sale_salesman_all_leads",
        )
        lines = [{"sku": "NO-SUCH", "quantity": 2, "unit_price": 160.0}]
        inbound = self._take(self._message("M-1", lines=lines))
        self.assertEqual(inbound.state, "attention", inbound.trace)
        self.start_tour(
            "/odoo/order-intake", "order_hub_intake_mend", login="hub_intake"
        )
        inbound.invalidate_recordset()
        self.assertEqual(inbound.state, "done")
        self.assertEqual(inbound.order_id.order_line.product_id, self.products[0])
        self.assertEqual(inbound.correction_ids.new, "ZXJ-0123")
        self.assertEqual(inbound.correction_ids.user_id.login, "hub_intake")


@tagged("post_install", "-at_install")
class TestMergeTour(DuplicatesCommon, HttpCase):
    browser_size = "1440x900"

    def test_a_repeat_is_merged_with_one_tap(self):
        first, later, pair = self._ask()
        self.start_tour(
            f"/odoo/action-order_hub_connectors.order_hub_duplicate_action/{pair.id}",
            "order_hub_intake_merge",
            login=self.operator.login,
        )
        later.invalidate_recordset()
        self.assertEqual(later.state, "duplicate")
        self.assertEqual(later.order_id, first.order_id)


@tagged("post_install", "-at_install")
class TestMappingTour(MappingCommon, HttpCase):
    browser_size = "1440x900"

    def test_a_mapping_is_tried_on_a_stored_order(self):
        row = self._take(self._paper_order("T-1", colour="red"))
        before = row.read()
        self.start_tour(
            f"/odoo/action-order_hub_connectors.order_hub_mapping_action/{self.mapping.id}",
            "order_hub_mapping_trial",
            login=self.configurator.login,
        )
        row.invalidate_recordset()
        self.assertEqual(row.read(), before)
