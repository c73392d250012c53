from odoo import api, fields, models

BUYERS = "purchase.group_purchase_user"


class ResPartner(models.Model):
    """What a supplier did in the last twelve months, on the supplier's form."""

    _inherit = "res.partner"

    hub_supplier_score = fields.Float(
        "Supplier Score",
        compute="_compute_hub_supplier_score",
        digits=(5, 1),
        groups=BUYERS,
        help="Of the last twelve months, 0 to 100.",
    )
    hub_has_supplier_score = fields.Boolean(
        compute="_compute_hub_supplier_score", groups=BUYERS
    )

    @api.depends_context("company")
    def _compute_hub_supplier_score(self):
        suppliers = self.commercial_partner_id
        Score = self.env["order.hub.supplier.score"]
        found = Score._scores(suppliers, self.env.company)
        for partner in self:
            score = found.get(partner.commercial_partner_id.id)
            partner.hub_supplier_score = score or 0.0
            partner.hub_has_supplier_score = score is not None

    def action_hub_supplier_scores(self):
        """Open the months of this supplier."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "order_hub.order_hub_supplier_score_action"
            ),
            "domain": [("partner_id", "=", self.commercial_partner_id.id)],
            "context": {},
        }
