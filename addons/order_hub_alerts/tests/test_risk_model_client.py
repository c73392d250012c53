"""The diagram and the comparison in the browser."""

from odoo.tests import HttpCase, tagged

from odoo.addons.web.tests import test_js


class RiskModelUnits(HttpCase):
    """Run the unit tests of the reliability diagram (Hoot)."""

    def _run(self, preset):
        suite = test_js.HOOTCommon._generate_hash(None, "@order_hub_alerts/reliability")
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset={preset}&timeout=15000&id={suite}",
            "",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=test_js.unit_test_error_checker,
        )


@tagged("post_install", "-at_install")
class TestRiskModelDesktop(RiskModelUnits):
    def test_units_on_a_desktop(self):
        self._run("desktop")


@tagged("post_install", "-at_install")
class TestRiskModelPhone(RiskModelUnits):
    browser_size = "375x667"
    touch_enabled = True

    def test_units_on_a_phone(self):
        self._run("mobile")
