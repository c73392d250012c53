"""The screens of order history in a browser, from a file to orders and back."""

from unittest.mock import patch

from odoo.tests import HttpCase, tagged

from .test_order_history import HistoryCommon


@tagged("post_install", "-at_install")
class TestHistoryTour(HistoryCommon, HttpCase):
    browser_size = "1440x900"

    def setUp(self):
        super().setUp()
        # a job is worked on at once
        model = type(self.env["order.hub.history.file"])
        self.startPatcher(
            patch.object(
                model,
                "_enqueue",
                lambda files: [file._job_work() for file in files.sudo()],
            )
        )

    def test_a_list_is_uploaded_reviewed_taken_in_found_and_taken_back(self):
        self.start_tour(
            "/odoo/action-order_hub_connectors.order_hub_history_upload_action",
            "order_hub_history",
            login=self.operator.login,
        )
        file = self.File.search([("name", "=", "old orders.csv")])
        self.assertEqual(file.operator_id, self.operator)
        self.assertTrue(file.undone_at)
        self.assertFalse(self._orders(file))
        self.assertEqual(self._rows_of(file).mapped("state"), ["new"] * 3)
