from odoo import models
from odoo.http import request


class IrHttp(models.AbstractModel):
    """An address that no text column can hold is the address of nothing."""

    _inherit = "ir.http"

    @classmethod
    def _serve_fallback(cls):
        """Look for no file under an address with a NUL: PostgreSQL takes none."""
        if "\0" in request.httprequest.path:
            return None
        return super()._serve_fallback()
