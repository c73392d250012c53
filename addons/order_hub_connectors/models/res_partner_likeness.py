from odoo import models


class ResPartner(models.Model):
    """Indexes by which customers are found who wrote from another road."""

    _inherit = "res.partner"

    # The expression is engine.likeness.phone_key and likeness.search's PHONE_KEY.
    _hub_phone_key_idx = models.Index(
        r"((right(regexp_replace(phone, '\D', '', 'g'), 8))) WHERE phone IS NOT NULL"
    )
    _hub_email_key_idx = models.Index(
        "(email_normalized) WHERE email_normalized IS NOT NULL"
    )
