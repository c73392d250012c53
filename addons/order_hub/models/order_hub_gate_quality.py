from odoo import fields, models
from odoo.tools.i18n import format_list

from ..engine.gates import Figures, Part


class OrderHubGate(models.Model):
    """The gate *Quality checks passed*: every check of the order is done and holds."""

    _inherit = "order.hub.gate"

    kind = fields.Selection(
        selection_add=[("quality_checks", "Quality checks passed")],
        ondelete={"quality_checks": "cascade"},
    )

    def _figures_quality_checks(self, orders):
        """One part for each check that has not passed; none is unlimited."""
        undone = self.env["order.hub.order.check"]._undone(orders)
        return {
            order.id: Figures(
                parts=tuple(
                    Part(row.check_id.id, row.check_id.name)
                    for row in undone.get(order.id, ())
                ),
                unlimited=order.id not in undone,
            )
            for order in orders
        }

    def _explain_quality_checks(self, result, currency):
        if result.ok:
            return self.env._("Every quality check has passed.")
        ids = [part.ref for part in result.missing]
        checks = self.env["order.hub.quality.check"].sudo().browse(ids).exists()
        return self.env._(
            "Checks that have not passed: %s.",
            format_list(self.env, checks.mapped("name")),
        )
