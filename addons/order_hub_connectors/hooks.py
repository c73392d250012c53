from odoo.addons.order_hub.hooks import have_trigrams


def pre_init_hook(env):
    """Have similar texts searched by PostgreSQL: candidates for unknown codes."""
    have_trigrams(env)
