"""Load the demo data of our add-ons only; fed to ``odoo shell``.

What ``odoo module force-demo`` does for every module, for ours alone: the
modules below them were installed without demo data, which switches off the
ordinary way.
"""

import os

from odoo.modules.loading import load_demo
from odoo.modules.module_graph import ModuleGraph

env = env  # noqa: F821, PLW0127  (given by odoo shell)
names = os.environ["ORDER_HUB_MODULES"].split(",")
modules = env["ir.module.module"].search(
    [("name", "in", names), ("state", "=", "installed"), ("demo", "=", False)]
)
graph = ModuleGraph(env.cr, mode="load")
graph.extend(
    env["ir.module.module"].search([("state", "=", "installed")]).mapped("name")
)
for package in graph:
    wanted = package.name in modules.mapped("name")
    if wanted and not load_demo(env, package, {}, "init"):
        raise SystemExit(f"the demo data of {package.name} does not load")
if modules:
    env.cr.execute(
        "UPDATE ir_module_module SET demo = TRUE WHERE id IN %s", [modules._ids]
    )
env.invalidate_all()
modules._update_translations()
env.cr.commit()
