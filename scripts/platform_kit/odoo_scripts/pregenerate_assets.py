"""Make the web bundles once, in a template; fed to ``odoo shell``.

Only those that our pages and tours load: Odoo's own pregeneration makes all,
which takes three times as long.
"""

import os

env = env  # noqa: F821, PLW0127  (given by odoo shell)
PAGES = {
    "web.assets_web",
    "web.assets_web_print",
    "web.assets_frontend",
    "web.assets_frontend_lazy",
    "web.assets_frontend_minimal",
    "web.assets_tests",
    "web.__assets_tests_call__",
    "web.report_assets_common",
}
UNIT_TESTS = {"web.assets_unit_tests", "web.assets_unit_tests_setup"}

wanted = PAGES | (UNIT_TESTS if os.environ["ORDER_HUB_UNIT_TESTS"] == "1" else set())
qweb = env["ir.qweb"]
scripts, styles = qweb._get_bundles_to_pregenarate()
for name in sorted(scripts & wanted):
    qweb._get_asset_bundle(name, css=False, js=True).js()
for name in sorted(styles & wanted):
    qweb._get_asset_bundle(name, css=True, js=False).css()
env.cr.commit()
