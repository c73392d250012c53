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
