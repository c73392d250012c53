from odoo.tools import SQL


def pre_init_hook(env):
    """Have similar texts searched by PostgreSQL: cards of problems solved before."""
    env.cr.execute(SQL("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
