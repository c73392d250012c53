import logging

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..const import INTERNAL, Checked
from ..engine import flow as flow_engine

_logger = logging.getLogger(__name__)

#: Orders that one step of the reconciling job looks at.
CRON_BATCH = 200


class SaleOrder(models.Model):
    """What native documents say about an order, and the stages that follow."""

    _inherit = "sale.order"

    # === FACTS === #

    def _hub_facts(self):
        """Return ``{order id: frozenset of triggers that hold now}``.

        A fact about goods holds when it holds for every part: an order with a
        backorder is as far as its slowest part. One query for goods, one for
        manufacturing, one for invoices, each only if a flow of the orders asks.
        """
        wanted = {step.trigger for flow in self.hub_flow_id for step in flow._steps()}
        facts = {order.id: order._hub_own_facts() for order in self}
        for names, collect in (
            ({"reserved", "picked", "delivered", "signed"}, self._hub_goods_facts),
            ({"mo_confirmed", "mo_done"}, self._hub_making_facts),
            ({"paid"}, self._hub_paid_facts),
        ):
            if wanted & names:
                for order_id, found in collect().items():
                    facts[order_id] |= found
        return {order_id: frozenset(found) for order_id, found in facts.items()}

    def _hub_own_facts(self):
        """Return the facts that the order's own columns tell."""
        self.ensure_one()
        found = {
            "sale_confirmed": self.state == "sale",
            "quotation_signed": bool(self.signed_on),
            "prepaid": self.hub_is_prepaid,
            "invoiced": self.invoice_status == "invoiced",
        }
        return {name for name, holds in found.items() if holds}

    def _hub_company_total(self):
        """Return the total with taxes in company currency, not rounded.

        A quotation counts at the rate of today, with which it would be confirmed;
        its own rate follows from a date that anybody may write.
        """
        self.ensure_one()
        own = self.company_id.currency_id
        if self.state not in ("draft", "sent") or self.currency_id == own:
            return self.amount_total / (self.currency_rate or 1.0)
        today = fields.Datetime.now().date()
        rate = self.env["res.currency"]._get_conversion_rate(
            own, self.currency_id, self.company_id, today
        )
        return self.amount_total / (rate or 1.0)

    def _hub_prepaid(self):
        """Return what has been paid before delivery, in the order's currency."""
        self.ensure_one()
        return max(self.hub_amount_prepaid, self.amount_paid)

    def _hub_goods_facts(self):
        """Facts of the moves that bring the goods to the customer.

        In a warehouse with several steps Odoo makes the move to the customer only
        when the goods were picked: until then the picking move, whose final
        destination is the customer, speaks for the line.
        """
        self.env["stock.move"].flush_model()
        self.env["stock.picking"].flush_model(["state"])
        signed = self.env["order.hub.evidence"]._orders_signed_after_delivery(self)
        found = {}
        for order, reserved, picked, delivered, on_paper in self.env.execute_query(
            SQL(
                """SELECT line.order_id,
                          bool_and(move.state IN ('assigned', 'done')),
                          bool_and(move.state = 'done' OR dest.usage = 'customer'
                                   AND (move.picked OR %(brought)s)),
                          bool_and(move.state = 'done')
                              AND bool_or(dest.usage = 'customer'),
                          bool_and(dest.usage != 'customer' OR %(signed)s)
                     FROM sale_order_line line
                     JOIN stock_move move ON move.sale_line_id = line.id
                     JOIN stock_location dest ON dest.id = move.location_dest_id
                     JOIN stock_location final ON final.id =
                          COALESCE(move.location_final_id, move.location_dest_id)
                    WHERE line.order_id = ANY(%(orders)s)
                      AND final.usage = 'customer' AND move.state != 'cancel'
                 GROUP BY line.order_id""",
                brought=self._hub_brought_sql(),
                signed=self._hub_signed_sql(),
                orders=self.ids,
            )
        ):
            facts = {
                "reserved": reserved,
                "picked": picked,
                "delivered": delivered,
                "signed": delivered and (on_paper or order in signed),
            }
            found[order] = {name for name, holds in facts.items() if holds}
        return found

    def _hub_brought_sql(self):
        """The goods of a move were picked by earlier moves, and all of those.

        What a receipt, a transfer or manufacturing brings is there, but not picked.
        """
        return SQL(
            """(EXISTS (SELECT FROM stock_move_move_rel link
                          JOIN stock_move origin ON origin.id = link.move_orig_id
                         WHERE link.move_dest_id = move.id
                           AND origin.sale_line_id = move.sale_line_id)
                AND NOT EXISTS (
                    SELECT FROM stock_move_move_rel link
                      JOIN stock_move origin ON origin.id = link.move_orig_id
                     WHERE link.move_dest_id = move.id
                       AND origin.sale_line_id = move.sale_line_id
                       AND origin.state NOT IN ('done', 'cancel')))"""
        )

    def _hub_signed_sql(self):
        """The delivery of a move carries the customer's signature."""
        return SQL(
            """EXISTS (SELECT FROM ir_attachment sign
                        WHERE sign.res_model = 'stock.picking'
                          AND sign.res_field = 'signature'
                          AND sign.res_id = move.picking_id)"""
        )

    def _hub_making_facts(self):
        """Facts of the manufacturing orders made for the orders."""
        self.env["mrp.production"].flush_model(["state", "reference_ids"])
        rows = self.env.execute_query(
            SQL(
                """SELECT link.sale_id,
                          bool_and(production.state != 'draft'),
                          bool_and(production.state = 'done')
                     FROM stock_reference_sale_rel link
                     JOIN stock_reference_production_rel made
                          ON made.reference_id = link.reference_id
                     JOIN mrp_production production
                          ON production.id = made.production_id
                    WHERE link.sale_id = ANY(%s) AND production.state != 'cancel'
                 GROUP BY link.sale_id""",
                self.ids,
            )
        )
        return {
            order: {
                name
                for name, holds in (("mo_confirmed", confirmed), ("mo_done", done))
                if holds
            }
            for order, confirmed, done in rows
        }

    def _hub_paid_facts(self):
        """Facts of the invoices: all of them paid, and nothing left to invoice."""
        invoiced = self.filtered(lambda order: order.invoice_status == "invoiced")
        paid_states = {"paid", "in_payment", "reversed"}
        return {
            order.id: {"paid"}
            for order in invoiced
            if order.invoice_ids
            and set(
                order.invoice_ids.filtered(lambda move: move.state == "posted").mapped(
                    "payment_state"
                )
            )
            <= paid_states
        }

    # === SYNC === #

    def _hub_sync(self, source="document", document=None, known=None):
        """Carry orders on as far as the facts of their documents allow.

        Called after every native step; one call a batch. Inside a hub action it
        does nothing: the action's caller looks again when all actions have run,
        and every look leads forward, so that it ends with the flow.
        """
        if self.env.context.get("order_hub_defer") is INTERNAL:
            return
        pending = self.sudo().filtered("hub_is_open")
        if not pending:
            return
        facts = pending._hub_facts()
        targets = pending._hub_targets(facts)
        if targets:
            pending.browse(order.id for order in targets)._hub_move(
                targets, source=source, document=document, facts=facts, known=known
            )

    def _hub_targets(self, facts):
        """Return ``{order: stage}`` for orders that facts carry further."""
        targets = {}
        for order in self:
            stage_id = flow_engine.furthest(
                order.hub_flow_id._steps(), order.hub_stage_id.id, facts[order.id]
            )
            if stage_id:
                targets[order] = self.env["order.hub.stage"].browse(stage_id)
        return targets

    @api.model
    def _cron_hub_reconcile(self):
        """Try again the hand-overs that something stopped, oldest first."""
        stopped = self.env["order.hub.exception"].search(
            [
                ("state", "=", "open"),
                ("is_automatic", "=", True),
                ("kind_id.code", "in", ("handover", "action")),
            ],
            order="id",
        )
        ids = stopped.order_id.ids
        Cron = self.env["ir.cron"]
        Cron._commit_progress(remaining=len(ids))
        for start in range(0, len(ids), CRON_BATCH):
            batch = self.browse(ids[start : start + CRON_BATCH])
            batch._hub_sync_apart()
            if not Cron._commit_progress(len(batch)):
                break

    def _hub_sync_apart(self):
        """Sync a batch; if that fails, one by one, so that one bad order stops none."""
        try:
            with self.env.cr.savepoint():
                self._hub_sync(source="cron")
        except OperationalError:
            raise
        except Exception:
            if len(self) == 1:
                _logger.exception("Order %s cannot be reconciled", self.name)
                return
            for order in self:
                order._hub_sync_apart()

    # === CONFIRMING === #

    def _hub_check_confirm(self):
        """Refuse to confirm an order whose stages before that are not passed.

        Whoever confirms, by whatever road, passes the gates, evidence and roles
        of every stage up to the one that stands for the confirmed sale.

        :return: ``{(order id, stage id): results}`` of the gates, so that the
            hand-over that follows need not ask them again: the figures on record
            are those the decision was taken on
        """
        self._hub_raise_refusals(self.sudo()._hub_confirm_refusals())
        waiting = self.sudo().filtered("hub_is_open")
        targets = waiting._hub_targets(
            dict.fromkeys(waiting.ids, frozenset({"sale_confirmed"}))
        )
        paths = {o.id: o._hub_path(o, stage) for o, stage in targets.items()}
        confirming = waiting.browse(paths)
        held = waiting.filtered("hub_is_held") - confirming
        if held:
            reasons = {order: order._hub_reasons([]) for order in held}
            raise UserError(self._hub_blocked_message(reasons))
        checks = confirming._hub_examine(paths, self._hub_confirm_source())
        confirming._hub_raise_if_blocked(checks, overrule=False, note=None)
        return {
            (order_id, check.stage_id): check.results
            for order_id, found in checks.items()
            for check in found
        }

    def _hub_check_made_confirmed(self):
        """Refuse to make orders confirmed that could not be confirmed.

        :raise UserError: why not, and how such orders come in
        """
        try:
            self._hub_check_confirm()
        except AccessError:
            raise
        except UserError as error:
            raise UserError(
                self.env._(
                    "%(why)s\nNothing was created. Create or import such orders as "
                    "quotations, without a status, and confirm them afterwards.",
                    why=error,
                )
            ) from error

    def _hub_check_may_confirm(self):
        """Raise unless the user's role may confirm the orders, now or later.

        :raise AccessError: naming the roles of the stage
        """
        waiting = self.sudo().filtered("hub_is_open")
        facts = dict.fromkeys(waiting.ids, frozenset({"sale_confirmed"}))
        for order, stage in waiting._hub_targets(facts).items():
            order.sudo(False)._hub_check_may_enter(stage, self._hub_confirm_source())

    def _hub_raise_refusals(self, refusals):
        if refusals:
            raise UserError(self._hub_blocked_message(refusals))

    def _hub_confirm_source(self):
        """A customer or a job confirms with nobody's role."""
        is_person = self.env.user._is_internal() and not self.env.su
        return self._hub_default_source() if is_person else "document"

    def action_confirm(self):
        waiting = self.filtered(lambda order: order.state in ("draft", "sent"))
        known = waiting._hub_check_confirm()
        waiting.sudo()._hub_confirming()
        inside = self.with_context(
            order_hub_defer=INTERNAL, order_hub_checked=Checked(waiting.ids)
        )
        result = super(SaleOrder, inside).action_confirm()
        waiting.sudo()._hub_confirmed()
        self._hub_sync(known=known)
        return result

    def _validate_order(self):
        """Keep what a customer signed or paid even where a gate says wait.

        A customer cannot mend a gate: the order stays as it is, with an exception
        for its owner, and is confirmed later.
        """
        ready, stopped = self._hub_ready_to_confirm()
        try:
            with self.env.cr.savepoint():
                result = super(SaleOrder, ready)._validate_order() if ready else None
        except UserError:
            # each may be confirmed alone, but not all together: one after the other
            result = ready._hub_validate_apart(stopped)
        if stopped:
            self.env["order.hub.exception"]._note("confirm", stopped)
        return result

    def _hub_ready_to_confirm(self):
        """Return the orders that pass, and ``{order: (name, why)}`` of the others."""
        ready, stopped = self.browse(), {}
        for order in self:
            try:
                order._hub_check_confirm()
                ready |= order
            except UserError as error:
                stopped[order] = order._hub_confirm_stop(error)
        return ready, stopped

    def _hub_validate_apart(self, stopped):
        """Confirm orders one by one; add those that cannot be to ``stopped``."""
        for order in self:
            try:
                with self.env.cr.savepoint():
                    # pylint: disable-next=super-method-mismatch
                    super(SaleOrder, order)._validate_order()
            except UserError as error:
                stopped[order] = order._hub_confirm_stop(error)
        return None

    def _hub_confirm_stop(self, error):
        name = self.env._("Signed or paid, but cannot be confirmed yet")
        return name, str(error)

    # === SIDE EXITS === #

    def _hub_cancelled(self):
        """Take cancelled orders off the board, through their side exit if any."""
        leaving = self.sudo().filtered(
            lambda order: order.hub_flow_id and order.hub_milestone != "cancelled"
        )
        common = leaving._hub_common_columns("document", None)
        rows, values = [], {}
        for order in leaving:
            stage = order._hub_cancelled_stage()
            [row] = order._hub_event_rows(stage, {}, None, common)
            rows.append({**row, "milestone": "cancelled"})
            values[order.id] = {
                **order._hub_stage_values(stage, common["date"]),
                "hub_milestone": "cancelled",
                "hub_is_open": False,
            }
        self.env["order.hub.stage.event"].sudo()._append(rows)
        self.env["order.hub.writer"]._update(leaving, values)
        leaving._hub_announce()

    def _hub_cancelled_stage(self):
        """Return the side exit of the flow, or the stage where the order stopped."""
        self.ensure_one()
        stages = self.hub_flow_id._stages()
        exits = stages.filtered(lambda stage: stage.milestone == "cancelled")
        return exits[:1] or self.hub_stage_id

    def _hub_reopened(self):
        """Put orders that are drafts again at the beginning of their flow."""
        back = self.sudo().filtered(
            lambda order: order.hub_flow_id and not order._hub_is_at_start()
        )
        if back:
            types = {order.id: order.hub_order_type_id for order in back}
            flows = {order.id: order.hub_flow_id for order in back}
            back._hub_enter_first_stage(types, flows, source="document")

    # === DOCUMENTS === #

    def _hub_documents(self, model_name):
        """Return the documents of a model that were made for the orders (sudo).

        :param model_name: a model that inherits ``order.hub.document``
        """
        model = self.env[model_name].sudo()
        return model.search([(model._hub_order_path, "in", self.ids)])
