from odoo import fields, models
from odoo.fields import Domain

from ..adapters.registry import ADAPTERS


class OrderHubChannel(models.Model):
    """Which mapping understands the payloads of a channel."""

    _inherit = "order.hub.channel"

    mapping_id = fields.Many2one(
        "order.hub.mapping",
        "Field Mapping",
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
        domain="[('adapter', 'in', (False, adapter)), "
        "('company_id', 'in', (False, company_id))]",
        help="Empty: the one that ships for the platform.",
    )

    def _mapping(self):
        """Return the mapping of a channel (sudo), empty for one without a platform."""
        self.ensure_one()
        chosen = self.sudo().mapping_id
        adapter = ADAPTERS.get(self.adapter)
        if chosen or not adapter or not adapter.mapping_code:
            return chosen
        shipped = Domain("code", "=", adapter.mapping_code)
        return chosen.with_context(active_test=False).search(shipped, limit=1)

    def action_view_mapping(self):
        """Open the mapping that is used."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "order.hub.mapping",
            "res_id": self._mapping().id,
            "views": [(False, "form")],
        }
