"""Stories 2 and 3 in a browser: the red wall, the text for the customer."""

from datetime import timedelta

from odoo.tests import HttpCase, tagged

from .test_breaker import BreakerCommon
from .warning_action_common import NOW, WarningActionCommon


@tagged("post_install", "-at_install")
class TestBreakerTour(BreakerCommon, HttpCase):
    browser_size = "1440x900"

    def test_the_wall_is_red_and_leads_to_the_orders(self):
        orders = self._made_orders(9)
        self._queue()
        self.start_tour(
            "/odoo/order-wall", "order_hub_alerts_breaker", login="hub_supervisor"
        )
        self._finish(orders[:1])
        self._queue(NOW + timedelta(minutes=5))
        self.start_tour(
            "/odoo/order-wall",
            "order_hub_alerts_breaker_closed",
            login="hub_supervisor",
        )


@tagged("post_install", "-at_install")
class TestBreakerOnPhone(TestBreakerTour):
    """The same on a screen of 390 pixels."""

    allow_inherited_tests_method = True
    browser_size = "390x844"
    touch_enabled = True


@tagged("post_install", "-at_install")
class TestTalkTrackTour(WarningActionCommon, HttpCase):
    browser_size = "1440x900"

    def test_the_account_manager_reads_the_text_and_writes_to_the_customer(self):
        self.partner.email = "buyer@taihu.example"
        self._waiting()
        self._purchase()
        self._cycle(NOW)
        warning = self._warnings()
        self.start_tour(
            f"/odoo/order.hub.warning/{warning.id}",
            "order_hub_alerts_talk_track",
            login="hub_sales",
        )
