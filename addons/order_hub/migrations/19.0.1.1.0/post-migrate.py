from odoo.tools import SQL


def migrate(cr, version):
    """Types that were called rush so far are rush for the rules, too."""
    cr.execute(
        SQL("UPDATE order_hub_order_type SET is_rush = TRUE WHERE code = 'rush'")
    )
