from odoo.modules.db import has_trigram
from odoo.tools import SQL
from odoo.tools.sql import column_exists


def pre_init_hook(env):
    """Give existing orders their stored columns in one UPDATE.

    Without it the ORM would compute them order by order when the add-on is
    installed on a database that has been in use for years.
    """
    if column_exists(env.cr, "sale_order", "hub_promised_date"):
        return
    env.cr.execute(
        SQL(
            """ALTER TABLE sale_order
                 ADD COLUMN hub_promised_date timestamp,
                 ADD COLUMN hub_is_prepaid boolean"""
        )
    )
    env.cr.execute(
        SQL(
            """UPDATE sale_order SET hub_promised_date = commitment_date
                WHERE state = 'sale'"""
        )
    )


def have_trigrams(env):
    """Have texts searched by pieces of three characters, and their indexes made.

    The registry asked for the extension when it was loaded. Unless it is told anew, it
    leaves out every trigram index of this installation until the next update.
    """
    env.cr.execute(SQL("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
    if not env.registry.has_trigram:
        env.registry.has_trigram = has_trigram(env.cr)
        env.registry.check_indexes(env.cr, list(env.registry))
