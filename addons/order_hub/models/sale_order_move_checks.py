from odoo import models
from odoo.exceptions import AccessError, UserError

from ..const import UNATTENDED_SOURCES
from ..engine import flow as flow_engine
from ..engine.handover import StageCheck, reachable


class SaleOrder(models.Model):
    """Hand-overs: gates, evidence and roles, and how far they let an order go."""

    _inherit = "sale.order"

    # === EXAMINE === #

    def _hub_examine(self, paths, source, known=None):
        """Return ``{order id: [StageCheck, …]}`` for every stage on the paths."""
        forward = self.filtered(lambda order: order._hub_goes_forward(paths[order.id]))
        results = {**forward._hub_gate_results(paths, known or {}), **(known or {})}
        given = forward._hub_given_evidence(paths)
        checks = {}
        for order in self:
            checks[order.id] = [
                StageCheck(
                    stage.id,
                    tuple(results.get((order.id, stage.id), ())),
                    frozenset(
                        stage._evidence_kinds() - given.get((order.id, stage.id), set())
                        if order in forward
                        else ()
                    ),
                    self._hub_is_forbidden(stage, source, order in forward),
                )
                for stage in paths[order.id]
            ]
        return checks

    def _hub_goes_forward(self, path):
        self.ensure_one()
        steps = self.hub_flow_id._steps()
        return flow_engine.is_forward(steps, self.hub_stage_id.id or None, path[-1:].id)

    def _hub_given_evidence(self, paths):
        """Return ``{(order id, stage id): {kind}}`` of what was given so far.

        A delivery slip signed in Odoo is the signature that a stage wants which
        the signed receipt carries an order into.
        """
        stages = self.env["order.hub.stage"].union(*(paths[o.id] for o in self))
        asking = stages.filtered(lambda stage: stage._evidence_kinds())
        if not asking:
            return {}
        given = self.env["order.hub.evidence"]._given(self)
        receipts = asking.filtered(
            lambda s: s.needs_signature and s.trigger == "signed"
        )
        if receipts:
            for order_id, facts in self._hub_goods_facts().items():
                for stage in receipts if "signed" in facts else ():
                    given.setdefault((order_id, stage.id), set()).add("signature")
        return given

    def _hub_gate_results(self, paths, known):
        """Return ``{(order id, stage id): [Result]}``, figures collected in batch.

        :param known: pairs of order and stage that need not be asked
        """
        orders_by_gate = {}
        for order in self:
            for gate in paths[order.id].gate_ids:
                if (order.id, gate.stage_id.id) not in known:
                    orders_by_gate.setdefault(gate, []).append(order.id)
        gates = self.env["order.hub.gate"].sudo().union(*orders_by_gate)
        evaluated = gates._evaluate(
            {gate: self.browse(ids) for gate, ids in orders_by_gate.items()}
        )
        results = {}
        for order_id, of_order in evaluated.items():
            for result in of_order:
                stage_id = gates.browse(result.gate_id).stage_id.id
                results.setdefault((order_id, stage_id), []).append(result)
        return results

    def _hub_is_forbidden(self, stage, source, forward):
        if source in UNATTENDED_SOURCES:
            return False
        user = self.env.user
        if not forward and not user.has_group("order_hub.order_hub_group_supervisor"):
            return True
        return not stage._may_be_entered_by(user)

    # === WHERE NOBODY WAITS === #

    def _hub_settle_for_less(self, paths, checks, facts):
        """Let unattended moves go as far as they can.

        :return: paths and checks as far as they go, and ``{order: (name,
            description)}`` of what stopped an order
        """
        kept, stopped = {}, {}
        for order in self:
            ways = checks[order.id]
            way = reachable(ways, order._hub_backed(facts[order.id]))
            kept[order.id] = () if order.hub_is_held else way
            if len(way) < len(ways) and not order.hub_is_held:
                stopped[order] = order._hub_stop_note(ways[len(way) :])
        return {o.id: paths[o.id][: len(kept[o.id])] for o in self}, kept, stopped

    def _hub_backed(self, facts):
        """Return the ids of the stages that a fact carries the order into."""
        self.ensure_one()
        steps = self.hub_flow_id._steps()
        return {step.id for step in steps if step.trigger in facts}

    # === WHERE SOMEBODY WAITS === #

    def _hub_raise_if_blocked(self, checks, overrule, note):
        blocked = {
            order: order._hub_reasons(checks[order.id])
            for order in self
            if order.hub_is_held or any(check.blocked for check in checks[order.id])
        }
        forbidden = [c for of in checks.values() for c in of if c.forbidden]
        if forbidden:
            raise AccessError(self._hub_forbidden_message(forbidden[0]))
        if blocked and overrule:
            self._hub_check_overrule(note, blocked)
        elif blocked:
            raise UserError(self._hub_blocked_message(blocked))

    def _hub_check_overrule(self, note, blocked):
        self.sudo(False)._hub_check_supervisor()
        held = [order for order in blocked if order.hub_is_held]
        if held:
            raise UserError(self._hub_blocked_message({o: blocked[o] for o in held}))
        if not (note or "").strip():
            raise UserError(self.env._("Say why the gates are overruled."))
