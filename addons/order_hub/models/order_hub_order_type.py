from odoo import api, fields, models


class OrderHubOrderType(models.Model):
    """Sample, small batch, OEM, stock, rush …: picks the flow and the owners."""

    _name = "order.hub.order.type"
    _inherit = ["order.hub.condition"]
    _description = "Order Type"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, copy=False, help="What integrations call the type, e.g. rush."
    )
    description = fields.Text(translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company)
    condition = fields.Char(
        default="[]",
        help="An order that meets this condition is of this type without anybody "
        "saying so. The first type that fits wins. Empty: only by choice.",
    )
    is_default = fields.Boolean(
        "Otherwise", help="The type of orders that no condition fits."
    )
    is_rush = fields.Boolean(
        "Rush", help="Orders of this type jump the queue; rules can ask for it."
    )
    flow_ids = fields.Many2many(
        "order.hub.flow",
        "order_hub_flow_order_type_rel",
        "order_type_id",
        "flow_id",
        "Flows",
        readonly=True,
    )

    _code_company_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))", "Another order type has this code."
    )

    @api.constrains("condition")
    def _check_condition(self):
        for order_type in self:
            order_type._checked_domain()

    def _checked_domain(self):
        """Return the condition as a domain or say in words why it is none."""
        self.ensure_one()
        return self._order_domain(self.condition, self.name)

    @api.model
    def _candidates(self, company):
        """Return the types that orders of a company can have, in order."""
        return self.sudo().search([("company_id", "in", (False, company.id))])

    def _assign(self, orders):
        """Return ``{order id: type}`` for orders of one company.

        :param orders: ``sale.order`` records
        :return: the first type of self whose condition fits, else the one of the
            channel, else the one marked *Otherwise*
        """
        found, rest = {}, orders
        for order_type in self:
            domain = order_type._checked_domain()
            if domain.is_true() or not rest:
                continue
            fitting = rest.filtered_domain(domain)
            found.update(dict.fromkeys(fitting.ids, order_type))
            rest -= fitting
        otherwise = self.filtered("is_default")[:1]
        for order in rest:
            found[order.id] = order.hub_channel_id.sudo().order_type_id or otherwise
        return found
