from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..const import SOURCES, UNATTENDED_SOURCES
from ..engine import flow as flow_engine
from ..engine.handover import StageCheck


class SaleOrder(models.Model):
    """Hand-overs: how an order gets from one stage to another."""

    _inherit = "sale.order"

    # === ASKED FOR BY SOMEBODY === #

    def _hub_request_stage(self, stage, **options):
        """Move the orders to a stage because somebody asks, or say why not.

        :param stage: id or record of ``order.hub.stage``
        :param options: ``source``, ``note``, ``overrule`` as in :meth:`_hub_move`
        :raise UserError: when a gate blocks, evidence is missing, the order is on
            hold, or the stage belongs to another flow; nothing is changed then
        :raise AccessError: when the user's role may not enter the stage
        """
        stage = self.env["order.hub.stage"].sudo().browse(int(stage))
        self.check_access("read")
        self._hub_check_same_flow(stage)
        if stage.milestone == "cancelled":
            self._hub_cancel(stage, options.get("source"))
        else:
            self._hub_move({order: stage for order in self}, **options)

    def _hub_cancel(self, stage, source):
        """Cancel the orders: that is what their side exit stands for.

        :raise UserError: when goods have reached the customer
        """
        self._hub_check_may_enter(stage, source or self._hub_default_source())
        moves = self.sudo().order_line.move_ids
        delivered = moves.filtered(
            lambda move: (
                move.state == "done" and move.location_dest_id.usage == "customer"
            )
        )
        if delivered:
            raise UserError(
                self.env._(
                    "Goods of order %s have been delivered. Take them back with a "
                    "return first.",
                    delivered[0].sale_line_id.order_id.name,
                )
            )
        self.sudo()._action_cancel()

    def _hub_check_same_flow(self, stage):
        flow = stage.sudo().flow_id
        strange = self.sudo().filtered(lambda order: order.hub_flow_id != flow)
        if strange or not flow:
            raise UserError(
                self.env._(
                    "Order %(order)s is in flow “%(flow)s”, which has no such stage. "
                    "Choose one of its own stages.",
                    order=strange[:1].name or "–",
                    flow=strange[:1].hub_flow_id.name or "–",
                )
            )

    def _hub_check_may_enter(self, stage, source):
        """Raise unless the user's role may move the orders into a stage."""
        for order in self.sudo():
            path = order._hub_path(order, stage)
            forward = bool(path) and order._hub_goes_forward(path)
            for step in path:
                if self._hub_is_forbidden(step, source, forward):
                    raise AccessError(self._hub_forbidden_message(StageCheck(step.id)))

    def _hub_check_supervisor(self):
        if not self.env.su and not self.env.user.has_group(
            "order_hub.order_hub_group_supervisor"
        ):
            raise AccessError(
                self.env._("Only an order hub supervisor can do that. Ask one of them.")
            )

    @api.model
    def _hub_default_source(self):
        """Return where a change comes from when nobody says it.

        A caller may name an attended source in the context; the unattended ones,
        which nobody's role is checked for, are the hub's own to use.
        """
        named = self.env.context.get("order_hub_source")
        if named in dict(SOURCES) and named not in UNATTENDED_SOURCES:
            return named
        return "import" if self.env.context.get("import_file") else "user"

    # === THE MOVE === #

    def _hub_move(
        self,
        targets,
        *,
        source=None,
        note=None,
        overrule=False,
        document=None,
        facts=None,
        known=None,
    ):
        """Move orders to stages: check, record, act, look again.

        A move over several stages enters each of them: their gates, evidence and
        actions all count. Backward moves are a supervisor's and check nothing.

        :param targets: ``{order: stage}``, each stage of the order's own flow
        :param source: one of ``const.SOURCES``
        :param note: free text kept with the last event
        :param overrule: pass blocking gates (supervisors, with a note)
        :param document: the native document that carried the orders on
        :param facts: ``{order id: facts}`` where the caller has them already
        :param known: ``{(order id, stage id): results}`` of gates just asked
        :return: the orders that moved
        """
        source = source or self._hub_default_source()
        orders = self._hub_lock()
        paths = {
            order.id: self._hub_path(order, targets[order])
            for order in orders
            if order in targets
        }
        paths = {order_id: path for order_id, path in paths.items() if path}
        moving = orders.browse(paths)
        checks = moving._hub_examine(paths, source, known)
        stopped = {}
        if source in UNATTENDED_SOURCES:
            facts = facts or moving._hub_facts()
            paths, checks, stopped = moving._hub_settle_for_less(paths, checks, facts)
        else:
            moving._hub_raise_if_blocked(checks, overrule, note)
        moved = moving.browse(order_id for order_id, path in paths.items() if path)
        common = moved._hub_common_columns(source, document)
        rows = moved._hub_rows(paths, checks, facts, common)
        moved._hub_record(rows, paths, common["date"], note, overrule)
        moved._hub_note_stops(stopped)
        moved._hub_act(paths, source)
        return moved

    def _hub_lock(self):
        """Lock the rows: two hand-overs of one order happen one after the other.

        Who comes second starts again on a fresh snapshot (Odoo repeats a request
        after a serialization failure) and finds the order where it is by then.
        """
        if self.ids:
            self.env.execute_query(
                SQL(
                    "SELECT id FROM sale_order WHERE id = ANY(%s) ORDER BY id "
                    "FOR NO KEY UPDATE",
                    self.ids,
                )
            )
        return self.sudo()

    def _hub_path(self, order, target):
        """Return the stages that the order enters on its way to target."""
        steps = order.hub_flow_id._steps()
        entered = flow_engine.path(steps, order.hub_stage_id.id or None, target.id)
        return target.sudo().browse(entered)
