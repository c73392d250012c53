from odoo import models
from odoo.exceptions import UserError

from ..const import INTERNAL, UNATTENDED_SOURCES


class SaleOrder(models.Model):
    """Hand-overs: what follows one: problems noted, actions, word to open boards."""

    _inherit = "sale.order"

    # === PROBLEMS === #

    def _hub_note_stops(self, stopped):
        """Note what stopped orders; close the note of those that got through."""
        through = self.filtered(lambda order: order not in stopped)
        through._hub_settle("handover")
        if stopped:
            self.env["order.hub.exception"]._note("handover", stopped)

    def _hub_stop_note(self, checks):
        """Return name and description of the problem that stopped an order."""
        self.ensure_one()
        waiting = self.env["order.hub.stage"].sudo().browse(checks[-1].stage_id)
        name = self.env._("Cannot enter “%s” yet", waiting.name)
        return name, "\n".join(self._hub_reasons(checks))

    def _hub_settle(self, kind_code):
        """Close the hub's own problem of a kind on orders where it is over."""
        noted = self.filtered("hub_hold_count")
        if noted:
            self.env["order.hub.exception"]._settle(kind_code, noted)

    # === ACTIONS === #

    def _hub_act(self, paths, source):
        """Run the actions of the stages entered, then see what they brought about."""
        orders_by_stage = {}
        for order in self:
            for stage in paths[order.id]:
                orders_by_stage.setdefault(stage, []).append(order.id)
        acting = self.browse()
        for stage in sorted(orders_by_stage, key=lambda s: (s.flow_id.id, s.sequence)):
            if stage.action_ids:
                orders = self.browse(orders_by_stage[stage])
                orders._hub_run_actions(stage, source)
                acting |= orders
        if acting:
            acting.with_context(order_hub_defer=None)._hub_sync()

    def _hub_run_actions(self, stage, source):
        """Run a stage's actions; where nobody waits, a failure becomes a problem.

        Goods that have left are gone, even if what should follow on paper fails.
        """
        orders = self.with_context(order_hub_defer=INTERNAL)
        if source not in UNATTENDED_SOURCES:
            stage.action_ids._run(orders)
            return
        try:
            with self.env.cr.savepoint():
                stage.action_ids._run(orders)
        except UserError as error:
            if len(self) > 1:
                for order in self:
                    order._hub_run_actions(stage, source)
                return
            name = self.env._("“%s” could not do its work", stage.name)
            self.env["order.hub.exception"]._note("action", {self: (name, str(error))})

    def _hub_announce(self):
        """Tell open boards, once a company and transaction, that something moved."""
        told = self.env.cr.precommit.data.setdefault("order_hub.announced", set())
        group_id = self.env["ir.model.data"]._xmlid_to_res_id(
            "order_hub.order_hub_group_user"
        )
        group = self.env["res.groups"].sudo().browse(group_id)
        for company_id in set(self.company_id.ids) - told:
            told.add(company_id)
            group._bus_send("order_hub/moved", {"company_id": company_id})
