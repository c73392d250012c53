from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.order_hub.models.sale_order import INSIDE

from .order_hub_risk import BATCH, COLOURS


class SaleOrder(models.Model):
    """An order wears the colour that the radar gave it."""

    _inherit = "sale.order"

    hub_risk = fields.Selection(
        COLOURS,
        "Delivery Risk",
        copy=False,
        readonly=True,
        groups=INSIDE,
        help="How likely the promise is to be broken, as the radar says.",
    )
    hub_risk_id = fields.Many2one(
        "order.hub.risk",
        "Risk",
        compute="_compute_hub_risk_id",
        search="_search_hub_risk_id",
        groups="order_hub.order_hub_group_user",
    )

    @api.model
    def _hub_protected_fields(self):
        return super()._hub_protected_fields() | {"hub_risk"}

    def _compute_hub_risk_id(self):
        found = self.env["order.hub.risk"].search([("order_id", "in", self.ids)])
        by_order = {risk.order_id.id: risk for risk in found}
        for order in self:
            order.hub_risk_id = by_order.get(order.id)

    def _search_hub_risk_id(self, operator, value):
        found = self.env["order.hub.risk"].search([("id", operator, value)])
        return [("id", "in", found.order_id.ids)]

    def action_hub_judge_risk(self):
        """Judge these orders now instead of tonight.

        :raise AccessError: for users outside of the hub
        :raise UserError: no radar in the company, or too many orders
        """
        self.check_access("read")
        if not self.env.user.has_group("order_hub.order_hub_group_user"):
            raise AccessError(
                self.env._("Only users of Order Hub judge orders by the radar.")
            )
        if len(self) > BATCH:
            raise UserError(
                self.env._(
                    "%(count)s orders are too many to wait for; at most %(most)s. Let "
                    "the radar run for all of them: Configuration › Warnings › Radar.",
                    count=len(self),
                    most=BATCH,
                )
            )
        Scheme = self.env["order.hub.risk.scheme"]
        for company in self.company_id:
            if not Scheme._of(company):
                raise UserError(
                    self.env._(
                        "%s has no radar. A manager makes one under Configuration › "
                        "Warnings › Radar.",
                        company.name,
                    )
                )
        self.env["order.hub.risk"].sudo()._recompute(self.sudo(), fields.Datetime.now())
        return True

    def action_hub_open_risk(self):
        """Open the breakdown of the delivery risk."""
        self.ensure_one()
        if not self.hub_risk_id:
            self.action_hub_judge_risk()
            self.invalidate_recordset(["hub_risk_id"])
        if not self.hub_risk_id:
            raise UserError(
                self.env._(
                    "The radar judges orders in flight that have a promise; %s is "
                    "none.",
                    self.name,
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Delivery Risk"),
            "res_model": "order.hub.risk",
            "res_id": self.hub_risk_id.id,
            "view_mode": "form",
        }
