import hashlib

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import LockError, UserError

from ..const import ANSWERED_STATES
from ..engine.answer import (
    CONFIRMED,
    PROPOSED,
    REFUSED,
    SETTLED,
    WAITING,
    Tolerance,
    difference,
    is_within,
    order_state,
)
from .purchase_order_line_answer import INSIDE, write_parts

KEPT = {"hub_answer_state", "hub_answered_at"}


class PurchaseOrder(models.Model):
    """The one way in for what a supplier says to an order.

    The page, a link, Odoo's own purchase page, a buyer on the telephone and a program
    all come here: what is said is checked, kept as a row, measured against what was
    asked, and taken at once or put before the buyer.
    """

    _inherit = "purchase.order"

    hub_answer_state = fields.Selection(
        ANSWERED_STATES,
        "Supplier Says",
        default="none",
        copy=False,
        readonly=True,
        index=True,
        groups=INSIDE,
    )
    hub_answered_at = fields.Datetime(
        "Last Answer", copy=False, readonly=True, groups=INSIDE
    )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._hub_check_answer_kept(vals)
        return super().create([self._hub_follow_state(vals) for vals in vals_list])

    def write(self, vals):
        self._hub_check_answer_kept(vals)
        if "state" in vals and set(self.mapped("state")) != {vals["state"]}:
            vals = self._hub_follow_state(vals)
        return super().write(vals)

    def _hub_check_answer_kept(self, vals):
        if KEPT & set(vals):
            self.order_line._hub_check_answer_kept({"hub_answer_state": None})

    def _hub_follow_state(self, vals):
        """Return values with which an order waits for its supplier once confirmed."""
        if "state" not in vals:
            return vals
        is_asked = vals["state"] == "purchase"
        return {**vals, "hub_answer_state": WAITING if is_asked else "none"}

    # === ANSWER === #

    def _hub_answer(self, words, source, now=None, by_name="", mark=None):
        """Take down what a supplier says to lines of this order.

        Whoever calls has checked that the visitor may speak for the supplier.

        :param words: dicts with ``line_id``, ``kind`` and, for a split, ``parts``
            (``[{"quantity": float, "date": date or ISO text}]``) and ``refused``;
            ``reason_id`` where something is refused, ``note``; quantities in the unit
            of the line, days in the zone of the order
        :param source: see ``const.ANSWER_SOURCES``
        :param datetime now: naive UTC; the present if left out
        :param by_name: who a visitor without login claims to be
        :param mark: what the page was made from; ``None`` for who saw no page
        :return: the rows made
        :raise UserError: with all that is wrong, or because somebody was faster
        """
        self.ensure_one()
        now = now or fields.Datetime.now()
        order = self._hub_acting()
        order._hub_lock_for_answer(mark)
        judged = order._hub_judge(words, now)
        answers = order._hub_keep_answers(judged, source, now, by_name, self.env.user)
        order._hub_let_stand(answers, now)
        lines = order._hub_take_at_once(answers)
        order._hub_tell_answered(answers, self.env.user)
        order._hub_let_orders_know(answers.line_id | lines, now)
        return answers

    def _hub_acting(self):
        """Return the order for the hub to work on, in its company.

        Receipts that move because a supplier answered are not the visitor's work.
        """
        user = self.env.user
        order = self.sudo() if user._is_internal() else self.with_user(SUPERUSER_ID)
        return order.with_company(order.company_id)

    def _hub_lock_for_answer(self, mark):
        """Let one answer through at a time.

        A second one waits for nothing: it is told, or, if the first was stored in the
        meantime, finds that the page it was written on is out of date.

        :raise UserError: when somebody else answers just now or has answered since
        """
        self.ensure_one()
        try:
            self.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(self._hub_overtaken_words()) from error
        if mark is not None and mark != self._hub_answer_mark():
            raise UserError(self._hub_overtaken_words())

    def _hub_overtaken_words(self):
        return self.env._(
            "Order %s was changed or answered by somebody else since you opened it. "
            "Nothing of yours was stored. Look at it as it is now and answer again.",
            self.name,
        )

    def _hub_answer_mark(self):
        """Return what tells two states of the order apart, as far as one answers it."""
        lines = self.order_line.filtered("product_id").sorted("id")
        seen = [
            (
                line.id,
                line.product_qty,
                line.qty_received,
                str(line.date_planned),
                line.hub_answer_id.id,
                line.hub_answer_id.settlement_ids.ids,
            )
            for line in lines
        ]
        return hashlib.sha256(repr((self.state, seen)).encode()).hexdigest()[:32]

    # === CHECK === #

    def _hub_judge(self, words, now):
        """Return ``[(line, word, answer, asked)]`` of what was said.

        :raise UserError: with everything that is wrong
        """
        lines = {line.id: line for line in self.order_line if line._hub_is_answerable()}
        self._hub_check_lines(words, lines)
        judged, wrong = [], []
        for word in words:
            line = lines[word["line_id"]]
            answer, asked = line._hub_said(word)
            wrong += line._hub_answer_problems(answer, asked, now)
            judged.append((line, word, answer, asked))
        if wrong:
            raise UserError("\n".join(wrong))
        return judged

    def _hub_check_lines(self, words, lines):
        """Refuse answers to nothing, to lines that are not open, two to one line."""
        ids = [word["line_id"] for word in words]
        if not ids:
            raise UserError(
                self.env._("Nothing was answered. Confirm, split or refuse a line.")
            )
        if len(set(ids)) < len(ids) or not set(ids) <= set(lines):
            raise UserError(
                self.env._(
                    "A line of order %s cannot be answered: it was answered twice, has "
                    "been received, or the order is not open. Open the order again.",
                    self.name,
                )
            )

    # === KEEP === #

    def _hub_keep_answers(self, judged, source, now, by_name, user):
        """Store the answers and return their rows, in the order of the lines."""
        lines = self.order_line.browse([line.id for line, *_rest in judged])
        numbers = self._hub_numbers(lines)
        who = {
            "source": source,
            "at": now,
            "user_id": not user._is_public() and user.id,
            "by_name": (by_name or "")[:64],
        }
        return self.env["order.hub.supplier.answer"].create(
            [
                {
                    **self._hub_answer_values(*row),
                    **who,
                    "number": numbers.get(row[0].id, 0) + 1,
                }
                for row in judged
            ]
        )

    def _hub_numbers(self, lines):
        """Return ``{line id: number of its last answer}``."""
        rows = self.env["order.hub.supplier.answer"]._read_group(
            [("line_id", "in", lines.ids)], ["line_id"], ["number:max"]
        )
        return {line.id: number for line, number in rows}

    def _hub_answer_values(self, line, word, answer, asked):
        found = difference(answer, asked)
        return {
            "order_id": self.id,
            "line_id": line.id,
            "product_id": line.product_id.id,
            "unit_id": line.product_uom_id.id,
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.commercial_partner_id.id,
            "kind": answer.kind,
            "asked": write_parts(asked.parts),
            "parts": write_parts(answer.parts),
            "refused": found.refused,
            "late": found.late,
            "early": found.early,
            "percent": found.percent,
            "reason_id": word.get("reason_id") or False,
            "note": (word.get("note") or "").strip()[:1000],
            "is_taken": is_within(found, self._hub_tolerance()),
        }

    def _hub_tolerance(self):
        company = self.company_id
        return Tolerance(company.hub_answer_days, company.hub_answer_percent)

    # === LET STAND === #

    def _hub_let_stand(self, answers, now):
        """Make these the answers that stand, and the order what follows from them."""
        values = {
            answer.line_id.id: {
                "hub_answer_id": answer.id,
                "hub_answer_state": self._hub_line_state(answer),
            }
            for answer in answers
        }
        self.env["order.hub.writer"]._update(answers.line_id, values)
        self._hub_refresh_answer_state(hub_answered_at=now)

    def _hub_line_state(self, answer):
        """Return what a line has come to by a new answer."""
        if not answer.is_taken:
            return PROPOSED if answer.parts else REFUSED
        is_plain = answer._is_as_asked() and not answer.line_id._hub_counter_parts()
        return CONFIRMED if is_plain else SETTLED

    def _hub_refresh_answer_state(self, **more):
        """Write what each order has come to, from the states of its lines."""
        values = {
            order.id: {"hub_answer_state": order._hub_answer_state_now(), **more}
            for order in self
        }
        self.env["order.hub.writer"]._update(self, values)

    def _hub_answer_state_now(self):
        self.ensure_one()
        if self.state != "purchase":
            return "none"
        lines = self.sudo().order_line
        return order_state(
            line.hub_answer_state or WAITING
            for line in lines
            if line.hub_answer_state or line._hub_is_answerable()
        )

    def _hub_take_at_once(self, answers):
        """Carry out what needs no decision; Odoo's own mark is set when all is said.

        :return: lines made for further deliveries
        """
        made = self.order_line._hub_take_answers(answers.filtered("is_taken"))
        self._hub_adopt(made)
        if self.hub_answer_state != WAITING and not self.acknowledged:
            self.acknowledged = True
        return made

    def _hub_let_orders_know(self, lines, now):
        """Tell the customers' orders that wait for these lines what is known now."""
        lines._hub_supplier_says(now)

    def _hub_adopt(self, lines):
        """Let lines made for further deliveries stand by the answer they came from."""
        roots = {line.id: line.hub_split_from_id for line in lines}
        values = {
            line: {
                "hub_answer_id": root.hub_answer_id.id,
                "hub_answer_state": root.hub_answer_state,
            }
            for line, root in roots.items()
        }
        self.env["order.hub.writer"]._update(lines, values)

    # === CANCEL === #

    def button_cancel(self):
        result = super().button_cancel()
        answered = self.sudo().order_line.filtered("hub_answer_id")
        if answered:
            answered._hub_ask_again()
            answered.order_id._hub_take_back_todos()
        return result
