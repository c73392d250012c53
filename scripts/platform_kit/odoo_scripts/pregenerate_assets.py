"""Make the web client's bundles once, in a template; fed to ``odoo shell``."""

env = env  # noqa: F821, PLW0127  (given by odoo shell)
env["ir.qweb"]._pregenerate_assets_bundles()
env.cr.commit()
