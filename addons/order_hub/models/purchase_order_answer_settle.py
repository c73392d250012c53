from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine.answer import SETTLED, SPLIT, WAITING, Answer, merged
from .purchase_order_line_answer import INSIDE, write_parts


class PurchaseOrder(models.Model):
    """The buyer's part: take what the supplier offers, or ask for something else."""

    _inherit = "purchase.order"

    hub_pending_text = fields.Text(
        "To Decide", compute="_compute_hub_pending_text", groups=INSIDE
    )

    @api.depends("hub_answer_state")
    @api.depends_context("lang")
    def _compute_hub_pending_text(self):
        for order in self:
            pending = order._hub_pending()
            notes = [answer.note for answer in pending if answer.note]
            rows = order._hub_answer_rows(pending) if pending else []
            order.hub_pending_text = "\n".join(rows + notes)

    # === ACTIONS === #

    def action_hub_accept_answers(self):
        """Take everything suppliers offer otherwise on these orders.

        Lines are cut and rescheduled, receipts and whatever waits for them move;
        what is refused is taken off and offered to the next supplier.

        :raise AccessError: for whoever may not change the orders
        :raise UserError: when nothing waits for a decision
        """
        for order in self:
            order._hub_accept(order._hub_pending())
        return True

    def action_hub_counter_answers(self):
        """Open the form on which the buyer asks for something else."""
        self.ensure_one()
        self._hub_check_may_settle()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Ask for Something Else"),
            "res_model": "order.hub.answer.counter",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_id": self.id},
        }

    # === DECIDE === #

    def _hub_pending(self):
        """Return the answers that wait for the buyer (as superuser)."""
        answers = self.sudo().order_line.hub_answer_id
        return answers.filtered(lambda answer: answer.state == "proposed")

    def _hub_accept(self, answers, now=None):
        """Take what is offered in these answers to this order.

        :param datetime now: naive UTC; the present if left out
        """
        self.ensure_one()
        order = self._hub_settle_lock(answers)
        now = now or fields.Datetime.now()
        order._hub_keep_settlements(answers, "accepted", now)
        refused = answers.filtered("refused")
        fed = order._hub_fed_by(refused)
        lines = order.order_line._hub_take_answers(answers)
        order._hub_lines_become(answers.line_id, SETTLED)
        order._hub_adopt(lines)
        order._hub_settled(answers)
        order._hub_let_orders_know(answers.line_id | lines, now)
        order._hub_offer_refused(refused, fed)
        return True

    def _hub_counter(self, asked, note="", now=None):
        """Ask the supplier for something else than these answers offer.

        :param asked: ``{answer: [engine.answer.Part]}``
        :param note: what the supplier is told
        :param datetime now: naive UTC; the present if left out
        :raise UserError: when what is asked does not add up to what is open
        """
        self.ensure_one()
        answers = self.env["order.hub.supplier.answer"].union(*asked)
        order = self._hub_settle_lock(answers)
        now = now or fields.Datetime.now()
        order._hub_check_counter(asked, now)
        parts = {answer.id: write_parts(rows) for answer, rows in asked.items()}
        order._hub_keep_settlements(answers, "countered", now, parts, note)
        order._hub_lines_become(answers.line_id, WAITING)
        order._hub_settled(answers, note)
        return True

    def _hub_settle_lock(self, answers):
        """Return the order to work on, once nobody else can decide or answer.

        :raise AccessError: for whoever may not change the order
        :raise UserError: when one of the answers does not wait for a decision
        """
        self._hub_check_may_settle()
        order = self._hub_acting()
        order._hub_lock_for_answer(None)
        answers = answers.sudo()
        waits = answers.filtered(lambda answer: answer.state == "proposed")
        if not answers or answers != waits or answers.order_id != order:
            raise UserError(
                self.env._(
                    "Nothing on order %s waits for your decision, or somebody else has "
                    "decided or the supplier has answered anew. Open the order again.",
                    self.name,
                )
            )
        return order

    def _hub_check_may_settle(self):
        self.check_access("write")
        if self.env.su or self.env.user.has_group("purchase.group_purchase_user"):
            return
        raise AccessError(
            self.env._("Only buyers decide about what suppliers answer. Ask one.")
        )

    def _hub_check_counter(self, asked, now):
        """Refuse to ask for what does not add up."""
        wrong = []
        for answer, rows in asked.items():
            line = answer.line_id
            wrong += line._hub_answer_problems(
                Answer(SPLIT, merged(rows)), line._hub_asked(), now
            )
        if wrong:
            raise UserError("\n".join(wrong))

    def _hub_keep_settlements(self, answers, kind, now, parts=None, note=""):
        self.env["order.hub.supplier.settlement"].create(
            [
                {
                    "answer_id": answer.id,
                    "order_id": self.id,
                    "company_id": self.company_id.id,
                    "kind": kind,
                    "parts": (parts or {}).get(answer.id),
                    "user_id": self.env.uid,
                    "at": now,
                    "note": (note or "").strip()[:1000],
                }
                for answer in answers
            ]
        )

    # === AFTERWARDS === #

    def _hub_lines_become(self, lines, state):
        values = {line.id: {"hub_answer_state": state} for line in lines}
        self.env["order.hub.writer"]._update(lines, values)

    def _hub_settled(self, answers, note=""):
        """Tell the supplier, and close the buyer's to-do once nothing waits."""
        self._hub_refresh_answer_state()
        if not self._hub_pending():
            self._hub_take_back_todos()
        self._hub_tell_settled(answers, note)

    def _hub_fed_by(self, refused):
        """Return ``{line: customers' orders that wait for it}`` before it is cut."""
        return refused.line_id._hub_fed_orders() if refused else {}

    def _hub_offer_refused(self, refused, fed):
        """Let the buyer order elsewhere what this supplier does not deliver."""
        for answer in refused:
            answer.line_id._hub_offer_next_supplier(
                answer.reason_id.name or "", orders=fed.get(answer.line_id)
            )
