from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL
from odoo.tools.i18n import format_list

from ..const import EVIDENCE_KINDS, INTERNAL, SOURCES, UNATTENDED_SOURCES
from ..engine import flow as flow_engine
from ..engine.handover import StageCheck, reachable


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

    # === CHECKS === #

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

    def _hub_note_stops(self, stopped):
        """Note what stopped orders; close the note of those that got through."""
        through = self.filtered(lambda order: order not in stopped)
        through._hub_settle("handover")
        if stopped:
            self.env["order.hub.exception"]._note("handover", stopped)

    def _hub_settle(self, kind_code):
        """Close the hub's own problem of a kind on orders where it is over."""
        noted = self.filtered("hub_hold_count")
        if noted:
            self.env["order.hub.exception"]._settle(kind_code, noted)

    def _hub_stop_note(self, checks):
        """Return name and description of the problem that stopped an order."""
        self.ensure_one()
        waiting = self.env["order.hub.stage"].sudo().browse(checks[-1].stage_id)
        name = self.env._("Cannot enter “%s” yet", waiting.name)
        return name, "\n".join(self._hub_reasons(checks))

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

    # === WORDS === #

    def _hub_forbidden_message(self, check):
        stage = self.env["order.hub.stage"].sudo().browse(check.stage_id)
        groups = format_list(self.env, stage.group_ids.mapped("full_name"))
        if not groups:
            return self.env._(
                "Your role does not allow this hand-over to “%s”. Ask a supervisor.",
                stage.name,
            )
        return self.env._(
            "Your role does not allow to move an order into “%(stage)s”. "
            "It is done by: %(groups)s.",
            stage=stage.name,
            groups=groups,
        )

    def _hub_blocked_message(self, blocked):
        lines = []
        for order, reasons in list(blocked.items())[:5]:
            lines.append(self.env._("Order %s cannot go on:", order.name))
            lines.extend(f"• {reason}" for reason in reasons)
        if len(blocked) > 5:
            lines.append(self.env._("… and %s more orders.", len(blocked) - 5))
        return "\n".join(lines)

    def _hub_reasons(self, checks):
        """Return the sentences that say what stops one order."""
        self.ensure_one()
        reasons = []
        if self.hub_is_held:
            holds = self.sudo().hub_exception_ids.filtered(
                lambda hold: hold.state == "open" and hold.is_blocking
            )
            reasons += [self.env._("On hold: %s.", hold.name) for hold in holds]
        Gate = self.env["order.hub.gate"].sudo()
        for check in checks:
            reasons += [
                Gate.browse(result.gate_id)._explain(result, self.currency_id)
                for result in check.results
                if result.blocks
            ]
            if check.missing:
                reasons.append(self._hub_missing_evidence_message(check))
        return reasons

    def _hub_missing_evidence_message(self, check):
        Evidence = self.env["order.hub.evidence"]
        labels = dict(Evidence._fields["kind"]._description_selection(self.env))
        stage = self.env["order.hub.stage"].sudo().browse(check.stage_id)
        wanted = [labels[k] for k, _label in EVIDENCE_KINDS if k in check.missing]
        return self.env._(
            "“%(stage)s” wants: %(kinds)s.",
            stage=stage.name,
            kinds=format_list(self.env, wanted),
        )

    # === RECORD === #

    def _hub_common_columns(self, source, document):
        return {
            "date": fields.Datetime.now(),
            "source": source,
            "document": document and f"{document._name},{document.id}",
            "user_id": self.env.uid,
        }

    def _hub_rows(self, paths, checks, facts, common):
        """Return the event rows of all moves, in the order of events."""
        rows = []
        for order in self:
            of_stage = {check.stage_id: check for check in checks[order.id]}
            known = facts.get(order.id) if facts else None
            rows += order._hub_event_rows(paths[order.id], of_stage, known, common)
        return rows

    def _hub_record(self, rows, paths, now, note, overruled):
        """Write events, evidence links and stage columns: one query each."""
        if not self:
            return
        self._hub_close_rows(rows, note, overruled)
        ids = self.env["order.hub.stage.event"].sudo()._append(rows)
        self._hub_link_evidence(rows, ids)
        self.env["order.hub.writer"]._update(
            self, {o.id: o._hub_stage_values(paths[o.id][-1], now) for o in self}
        )
        self._hub_announce()

    def _hub_event_rows(self, path, checks, facts, common):
        """Return one event row per stage entered; the first one carries the time."""
        self.ensure_one()
        rows, previous = [], self.hub_stage_id
        hours = self._hub_hours_in_stage(common["date"])
        backed = self._hub_backed(facts) if facts is not None else None
        for stage in path:
            check = checks.get(stage.id, StageCheck(stage.id))
            rows.append(
                {
                    **common,
                    "order_id": self.id,
                    "hub_ref": self.hub_ref,
                    "company_id": self.company_id.id,
                    "stage_id": stage.id,
                    "from_stage_id": previous.id,
                    "milestone": stage.milestone,
                    "duration": 0.0 if rows else hours,
                    "is_out_of_order": backed is not None and stage.id not in backed,
                    "gate_results": [r.to_json() for r in check.results] or None,
                    "is_overruled": any(result.blocks for result in check.results),
                }
            )
            previous = stage
        return rows

    def _hub_close_rows(self, rows, note, overruled):
        """Put the note on the last row of each order, and on overruled ones."""
        last = {row["order_id"]: row for row in rows}
        for row in rows:
            row["is_overruled"] = overruled and row["is_overruled"]
            if note and (row["is_overruled"] or last[row["order_id"]] is row):
                row["note"] = note

    def _hub_link_evidence(self, rows, event_ids):
        """Tie the evidence given for a stage to the event of entering it."""
        event_of = {
            (row["order_id"], row["stage_id"]): event_id
            for row, event_id in zip(rows, event_ids, strict=True)
        }
        evidence = (
            self.env["order.hub.evidence"]
            .sudo()
            .search([("order_id", "in", self.ids), ("event_id", "=", False)])
        )
        links = {
            item.id: {"event_id": event_of.get((item.order_id.id, item.stage_id.id))}
            for item in evidence
        }
        self.env["order.hub.writer"]._update(
            evidence, {key: link for key, link in links.items() if link["event_id"]}
        )

    def _hub_hours_in_stage(self, now):
        self.ensure_one()
        if not self.hub_stage_since:
            return 0.0
        return max(0.0, (now - self.hub_stage_since).total_seconds() / 3600)

    def _hub_record_entry(self, source, now):
        """Write the first event of orders that have just entered their flow."""
        rows = [
            {
                "order_id": order.id,
                "hub_ref": order.hub_ref,
                "company_id": order.company_id.id,
                "stage_id": order.hub_stage_id.id,
                "milestone": order.hub_milestone,
                "date": now,
                "user_id": self.env.uid,
                "source": source,
            }
            for order in self
        ]
        self.env["order.hub.stage.event"].sudo()._append(rows)
        self._hub_announce()

    # === FOLLOW-UP === #

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
