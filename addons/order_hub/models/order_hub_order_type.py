from odoo import api, fields, models
from odoo.tools import ormcache


class OrderHubOrderType(models.Model):
    """Sample, small batch, OEM, stock, rush …: picks the flow and the owners."""

    _name = "order.hub.order.type"
    _inherit = ["order.hub.condition", "order.hub.plan"]
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

    @ormcache("company_id")
    def _plan(self, company_id):
        """Return ``((type id, condition or None, is the one otherwise), …)`` in order.

        :param company_id: id of the company whose orders are asked
        """
        company = self.env["res.company"].browse(company_id)
        plan = []
        for order_type in self._candidates(company):
            domain = order_type._checked_domain()
            plan.append(
                (
                    order_type.id,
                    None if domain.is_true() else domain,
                    order_type.is_default,
                )
            )
        return tuple(plan)

    @api.model
    def _assign(self, orders, company):
        """Return ``{order id: type}`` for orders of one company.

        :param orders: ``sale.order`` records
        :return: the first type whose condition fits, else the one of the channel,
            else the one marked *Otherwise*
        """
        found, rest, otherwise = {}, orders, self.sudo()
        for type_id, domain, is_default in self._plan(company.id):
            order_type = self.sudo().browse(type_id)
            if is_default and not otherwise:
                otherwise = order_type
            if domain is not None and rest:
                fitting = rest.filtered_domain(domain)
                found.update(dict.fromkeys(fitting.ids, order_type))
                rest -= fitting
        for order in rest:
            found[order.id] = order.hub_channel_id.sudo().order_type_id or otherwise
        return found
