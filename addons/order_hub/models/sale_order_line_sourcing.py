from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import INTERNAL
from .sale_order_sourcing import SAME_MOMENT

#: Columns that only the hub writes, through ``order.hub.writer``.
OWN_FIELDS = frozenset({"hub_warehouse_id", "hub_ready_date"})


class SaleOrderLine(models.Model):
    """Where a line ships from when its order is split, and when its goods are there."""

    _inherit = "sale.order.line"

    hub_warehouse_id = fields.Many2one(
        "stock.warehouse",
        "Shipped From",
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="Where this line ships from if that is not where its order does.",
    )
    hub_ready_date = fields.Datetime(
        "Goods Ready",
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="When what has to be brought, made or bought is in the warehouse.",
    )

    # === COMPUTE === #

    @api.depends("hub_warehouse_id")
    def _compute_warehouse_id(self):
        """A line of a split order ships from its own warehouse; routes come first."""
        result = super()._compute_warehouse_id()
        for line in self:
            own = line.sudo().hub_warehouse_id
            if own and not line.route_ids:
                line.warehouse_id = own
        return result

    def _expected_date(self):
        """Goods are not expected before they are in the warehouse."""
        expected = super()._expected_date()
        ready = self.sudo().hub_ready_date
        return max(expected, ready) if ready else expected

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._hub_check_own_fields(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._hub_check_own_fields(vals)
        return super().write(vals)

    def _hub_check_own_fields(self, vals):
        forged = sorted(OWN_FIELDS.intersection(vals))
        if forged and self.env.context.get("order_hub_routing") is not INTERNAL:
            raise UserError(
                self.env._(
                    "“%s” follows from the sourcing of the order and cannot be "
                    "written. Choose another warehouse for the order instead.",
                    self._fields[forged[0]].get_description(self.env, ["string"])[
                        "string"
                    ],
                )
            )

    # === PLAN === #

    def _hub_planned(self, plan, now):
        """Return what a plan changes on the line, or nothing.

        :param plan: ``engine.sourcing.Plan``
        :param now: the moment from which its days count
        """
        self.ensure_one()
        warehouse = plan.lines.get(self.id, plan.warehouse)
        own = warehouse if warehouse != plan.warehouse else False
        days = plan.line_days(self.id)
        ready = now + timedelta(days=days) if days else False
        shown = self.hub_ready_date
        if ready and shown and abs(ready - shown) < SAME_MOMENT:
            ready = shown
        if (own, ready) == (self.hub_warehouse_id.id, shown):
            return {}
        return {"hub_warehouse_id": own or None, "hub_ready_date": ready or None}
