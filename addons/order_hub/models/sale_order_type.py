from odoo import fields, models

from ..const import FINAL_MILESTONES, INTERNAL
from ..engine.reference import new_reference


class SaleOrder(models.Model):
    """How an order gets its type and flow, and enters its first stage."""

    _inherit = "sale.order"

    # === TYPE AND FLOW === #

    def _hub_begin(self):
        """Give new orders their type, flow and first stage."""
        types = self._hub_find_types()
        outcomes = self._hub_route(types)
        types = self._hub_routed_types(types, outcomes)
        flows = self._hub_find_flows(types, outcomes)
        self._hub_enter_first_stage(types, flows)
        self._hub_carry_out(outcomes, fresh=True)

    def _hub_find_types(self):
        """Return ``{order id: order type}``; a type chosen by hand stays."""
        found = {}
        chosen = self.filtered(lambda o: o.hub_is_type_manual and o.hub_order_type_id)
        found.update({order.id: order.hub_order_type_id for order in chosen})
        for company, orders in (self - chosen).grouped("company_id").items():
            found.update(self.env["order.hub.order.type"]._assign(orders, company))
        return found

    def _hub_find_flows(self, types, outcomes):
        """Return ``{order id: flow}``: what a rule says, else what fits the type."""
        Flow = self.env["order.hub.flow"]
        return {
            order.id: self._hub_routed_flow(outcomes.get(order.id))
            or Flow._choose_for(order, types[order.id])
            for order in self
        }

    def _hub_enter_first_stage(self, types, flows, source=None):
        now = fields.Datetime.now()
        values, entered = {}, self.browse()
        for order in self:
            stage = flows[order.id]._first_stage()
            values[order.id] = {
                "hub_order_type_id": types[order.id].id,
                "hub_flow_id": flows[order.id].id,
                **order._hub_stage_values(stage, now),
            }
            entered |= order if stage else self.browse()
        self.env["order.hub.writer"]._update(self, values)
        entered._hub_record_entry(source or self._hub_default_source(), now)

    def _hub_stage_values(self, stage, now):
        """Return the columns that follow from being in a stage since ``now``."""
        self.ensure_one()
        return {
            "hub_stage_id": stage.id,
            "hub_milestone": stage.milestone,
            "hub_stage_since": stage and now,
            "hub_stage_deadline": stage and stage._deadline_from(now),
            "hub_is_open": bool(stage) and stage.milestone not in FINAL_MILESTONES,
            "hub_owner_id": stage and stage._owner_for(self).id or self.hub_owner_id.id,
        }

    def _hub_retype(self):
        """Look at type and flow again while the orders are at their beginning.

        An order that has moved on keeps both: what was agreed stays.
        """
        if self.env.context.get("order_hub_routing") is INTERNAL:
            return
        waiting = self.filtered(
            lambda order: order.state in ("draft", "sent") and order._hub_is_at_start()
        )
        types = waiting._hub_find_types()
        outcomes = waiting._hub_route(types)
        types = waiting._hub_routed_types(types, outcomes)
        waiting._hub_take_types(types, waiting._hub_find_flows(types, outcomes))
        waiting._hub_carry_out(outcomes)

    def _hub_take_types(self, types, flows):
        """Write types and flows where they are others than before."""
        other_flow = self.filtered(lambda o: flows[o.id] != o.hub_flow_id)
        other_flow._hub_enter_first_stage(types, flows)
        other_type = (self - other_flow).filtered(
            lambda order: types[order.id] != order.hub_order_type_id
        )
        self.env["order.hub.writer"]._update(
            self, {o.id: {"hub_order_type_id": types[o.id].id} for o in other_type}
        )

    def _hub_is_at_start(self):
        self.ensure_one()
        return self.hub_stage_id == self.hub_flow_id._first_stage()

    def action_hub_adopt(self):
        """Take orders from before the hub into their flow, as far as facts carry.

        :raise AccessError: for anybody but a supervisor who may change the orders
        """
        self._hub_check_supervisor()
        self.check_access("write")
        strangers = self.filtered(lambda order: not order.hub_flow_id)
        refs = {o.id: {"hub_ref": new_reference()} for o in strangers if not o.hub_ref}
        self.env["order.hub.writer"]._update(strangers, refs)
        strangers._hub_begin()
        strangers._hub_sync()
        return True

    # === HOLDS === #

    def _hub_refresh_holds(self):
        """Count the open problems again: two stored columns, one grouped query."""
        rows = (
            self.env["order.hub.exception"]
            .sudo()
            ._read_group(
                [("order_id", "in", self.ids), ("state", "=", "open")],
                ["order_id"],
                ["__count", "is_blocking:bool_or"],
            )
        )
        found = {order.id: (count, held) for order, count, held in rows}
        values = {}
        for order in self:
            count, held = found.get(order.id, (0, False))
            values[order.id] = {
                "hub_hold_count": count,
                "hub_is_held": held,
                "hub_trouble": "held" if held else "problem" if count else "none",
            }
        self.env["order.hub.writer"]._update(self, values)
        self._hub_announce()
