from odoo import api, fields, models, tools


class OrderHubShippingConstraint(models.Model):
    """What must be observed on the way: cold chain, no tail lift, by appointment …"""

    _name = "order.hub.shipping.constraint"
    _description = "Shipping Constraint"
    _inherit = ["order.hub.plan"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    is_cold_chain = fields.Boolean(
        "Cold Chain", help="Only carriers with a cold chain to the destination."
    )
    carrier_ids = fields.Many2many(
        "delivery.carrier",
        "order_hub_shipping_constraint_carrier_rel",
        "constraint_id",
        "carrier_id",
        "Carriers That Can",
        help="Only these bring such orders. Empty: any carrier; the constraint is for "
        "the warehouse.",
    )
    description = fields.Text(translate=True, help="What the warehouse must do.")
    problem = fields.Char(compute="_compute_problem")

    @api.depends("is_cold_chain", "active", "carrier_ids.hub_is_cold_chain")
    def _compute_problem(self):
        asking = self.filtered(lambda row: row.active and row.is_cold_chain)
        Carrier = self.env["delivery.carrier"].sudo()
        cold = Carrier.search([("hub_is_cold_chain", "=", True)]) if asking else Carrier
        for constraint in self:
            constraint.problem = (
                constraint._problem(cold) if constraint in asking else False
            )

    def _problem(self, cold):
        """Return why no carrier could ever do it, or ``False``.

        :param cold: the carriers that have a cold chain
        """
        if not cold:
            return self.env._(
                "No delivery method has a cold chain: every order that needs one will "
                "wait. Tick “Cold Chain” on the delivery methods that have it."
            )
        if self.carrier_ids and not self.carrier_ids & cold:
            return self.env._(
                "None of the carriers that can do this has a cold chain: every order "
                "that needs it will wait."
            )
        return False

    @api.model
    @tools.ormcache()
    def _in_use(self):
        """Tell whether any constraint exists: without one, orders cost no query."""
        return bool(self.sudo().search_count([], limit=1))
