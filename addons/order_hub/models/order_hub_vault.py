import os

from odoo import models
from odoo.tools import config

#: Where the key of the secrets is looked for before the database's own secret.
KEY_NAME = "order_hub_secret_key"


class OrderHubVault(models.AbstractModel):
    """Which key the secrets of a model are sealed with (``engine/vault.py``)."""

    _name = "order.hub.vault"
    _description = "Vault"

    def _vault_key(self):
        """Return the key of the secrets: the server's, else the database's."""
        return (
            os.environ.get(KEY_NAME.upper())
            or config.get(KEY_NAME)
            or self.env["ir.config_parameter"].sudo().get_param("database.secret")
        )
