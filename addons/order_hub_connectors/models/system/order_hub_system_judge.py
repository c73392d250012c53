from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...engine.system import RANK

KIND = "systems_disagree"
#: States looked at again by one run of the scheduled action.
MAX_DUE = 2000


class OrderHubSystem(models.Model):
    """Comparing what systems say with where the hub has an order."""

    _inherit = "order.hub.system"

    @api.model
    def _look_again(self, orders):
        """Judge every last word on orders anew; open and close contradictions.

        :param orders: ``sale.order``, any number; where nobody listens to another
            system, nothing is read
        """
        if not orders or not self._any():
            return
        State = self.env["order.hub.system.state"].sudo()
        states = State.search([("order_id", "in", orders.ids)])
        if states:
            self._judge(states)

    @api.model
    def _judge(self, states):
        now = fields.Datetime.now()
        knows = {system: system._knows() for system in states.system_id}
        values = {}
        for state in states:
            verdict = state._verdict(knows[state.system_id], now)
            if (verdict.state, verdict.due or False) != (state.agreement, state.due_at):
                values[state.id] = {"agreement": verdict.state, "due_at": verdict.due}
        self.env["order.hub.writer"]._update(states, values)
        self._show(states.order_id)

    def _knows(self):
        """Return the milestones that the system has words for."""
        return frozenset(self.word_ids.mapped("milestone")) & frozenset(RANK)

    @api.model
    def _show(self, orders):
        """Have one problem an order that systems contradict, with both sides."""
        Problem = self.env["order.hub.exception"].sudo()
        problems = self._sides_of(orders)
        over = orders.browse(set(orders.ids) - {order.id for order in problems})
        if over:
            Problem._settle(KIND, over)
        if problems:
            Problem._note(KIND, problems)

    @api.model
    def _sides_of(self, orders):
        """Return ``{order: (name, both sides in words)}`` where systems contradict."""
        if not orders:
            return {}
        State = self.env["order.hub.system.state"].sudo()
        found = State.search(
            [("order_id", "in", orders.ids), ("agreement", "=", "contradicts")]
        ).filtered(lambda state: not state.is_kept)
        by_order = found.grouped("order_id")
        return {order: rows._both_sides() for order, rows in by_order.items()}

    # === CARRYING ON === #

    def _carry_on(self, orders):
        """Let orders follow the system where it is ahead, if it may carry them on.

        An order that a gate stops stays where it is: that is shown as any other
        hand-over that stopped, and as a contradiction.
        """
        if not self.moves_orders:
            return
        states = self.env["order.hub.system.state"].search(
            [("system_id", "=", self.id), ("order_id", "in", orders.ids)]
        )
        targets = {}
        for state in states:
            stage = state.order_id._hub_stage_of(state.milestone)
            if stage and state._is_ahead():
                targets.setdefault((stage, state.word), self.env["sale.order"])
                targets[stage, state.word] |= state.order_id
        for (stage, word), each in targets.items():
            self._move(each, stage, word)

    def _move(self, orders, stage, word):
        note = self.env._("%(system)s: %(word)s", system=self.name, word=word)
        try:
            with self.env.cr.savepoint():
                orders._hub_move(dict.fromkeys(orders, stage), source="api", note=note)
        except UserError as error:
            if len(orders) > 1:
                for order in orders:
                    self._move(order, stage, word)
                return
            orders._message_log(body=f"{note}\n{error}")

    # === WORDS AND TIME === #

    def _words_changed(self):
        """Give the last words their new meaning, and judge what has changed."""
        self.env["order.hub.system.word"].flush_model()
        if not self:
            return
        rows = self.env.execute_query(
            SQL(
                """UPDATE order_hub_system_state s SET milestone = m.milestone
                     FROM (SELECT x.id, w.milestone FROM order_hub_system_state x
                             LEFT JOIN order_hub_system_word w
                                  ON w.system_id = x.system_id AND w.key = x.key
                            WHERE x.system_id IN %s) m
                    WHERE m.id = s.id AND s.milestone IS DISTINCT FROM m.milestone
                RETURNING s.order_id""",
                tuple(self.ids),
            )
        )
        self.env["order.hub.system.state"].invalidate_model(flush=False)
        orders = self.env["sale.order"].sudo().browse({row[0] for row in rows})
        self._look_again(orders)

    @api.model
    def _cron_look_again(self):
        """Judge the words that were ahead and whose grace is over."""
        states = self.env["order.hub.system.state"].search(
            [("due_at", "<=", fields.Datetime.now())], order="due_at", limit=MAX_DUE
        )
        for company, rows in states.grouped("company_id").items():
            lang = company.partner_id.lang or self.env.lang
            self.with_company(company).with_context(lang=lang)._judge(
                rows.with_context(lang=lang)
            )
