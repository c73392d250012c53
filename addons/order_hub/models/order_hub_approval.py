from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..const import APPROVAL_PATHS
from ..engine.approval import Bench, covers, judge

#: States in which a request is still to be decided, or was.
STATES = [
    ("waiting", "Waiting"),
    ("approved", "Approved"),
    ("rejected", "Rejected"),
    ("superseded", "Content Changed"),
    ("withdrawn", "Withdrawn"),
]


class OrderHubApproval(models.Model):
    """A request to approve an order as it is: one per order and round.

    Its levels decide one after the other. Nothing here is written by anybody but
    these methods, not even with superuser rights through the ORM: what was asked,
    for which content, and who decided, stays as it was.
    """

    _name = "order.hub.approval"
    _inherit = ["order.hub.append.only", "mail.thread", "mail.activity.mixin"]
    _description = "Approval"
    _order = "date desc, id desc"
    _mail_post_access = "read"

    name = fields.Char("Order Number", readonly=True)
    order_id = fields.Many2one(
        "sale.order", readonly=True, ondelete="cascade", index=True
    )
    round = fields.Integer(
        readonly=True, aggregator="max", help="How often this order has been asked for."
    )
    company_id = fields.Many2one("res.company", readonly=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    salesperson_id = fields.Many2one("res.users", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    order_type_id = fields.Many2one("order.hub.order.type", readonly=True)
    amount_total = fields.Monetary("Order Total", readonly=True, aggregator=None)
    amount = fields.Monetary(
        currency_field="company_currency_id",
        readonly=True,
        help="With taxes, in company currency.",
    )
    promised_date = fields.Datetime("Promised", readonly=True)
    state = fields.Selection(STATES, readonly=True)
    path = fields.Selection(APPROVAL_PATHS, readonly=True)
    one_may_decide_several = fields.Boolean(readonly=True)
    fingerprint = fields.Char(readonly=True, help="Of the content asked about.")
    content = fields.Json(readonly=True)
    figures = fields.Json(readonly=True)
    asked_by_id = fields.Many2one("res.users", readonly=True)
    date = fields.Datetime("Asked On", readonly=True)
    decided_date = fields.Datetime("Decided On", readonly=True)
    is_granted = fields.Boolean(
        "Approved Once",
        readonly=True,
        help="Its content needs no second approval, even after changes and back.",
    )
    hours = fields.Float(
        "Hours Taken",
        readonly=True,
        aggregator="avg",
        help="From asking to the last decision.",
    )
    previous_id = fields.Many2one(
        "order.hub.approval", "Approved Before", readonly=True, ondelete="set null"
    )
    step_ids = fields.One2many(
        "order.hub.approval.step", "approval_id", "Levels", readonly=True
    )
    current_step_id = fields.Many2one(
        "order.hub.approval.step", "Current Level", readonly=True, ondelete="set null"
    )
    decision_ids = fields.One2many(
        "order.hub.approval.decision", "approval_id", "Decisions", readonly=True
    )

    _one_waiting_uniq = models.UniqueIndex(
        "(order_id) WHERE state = 'waiting'",
        "This order waits for an approval already.",
    )
    _round_uniq = models.UniqueIndex("(order_id, round)")
    _waiting_idx = models.Index("(company_id, date) WHERE state = 'waiting'")

    def _append_only_message(self):
        return self.env._(
            "Approvals are not written: ask for one on the order; approve or reject "
            "it with the buttons."
        )

    @api.depends("name", "round")
    def _compute_display_name(self):
        for request in self:
            request.display_name = (
                self.env._("%(order)s, round %(round)s", order=request.name, round=n)
                if (n := request.round) > 1
                else request.name
            )

    # === ASK === #

    @api.model
    def _open(self, asked):
        """Open a request for each order; the first level is asked at once.

        :param asked: ``{order: {"need", "content", "fingerprint", "figures",
            "previous", "rounds"}}``, see ``sale.order._hub_standings``
        :return: the new requests; one whose levels all fall away is not among them
        """
        if not asked:
            return self.sudo()
        writer, now = self.env["order.hub.writer"], fields.Datetime.now()
        rows = [self._row(order, found, now) for order, found in asked.items()]
        requests = self.sudo().browse(writer._insert(self, rows))
        Step = self.env["order.hub.approval.step"].sudo()
        steps = [
            row
            for request, (order, found) in zip(requests, asked.items(), strict=True)
            for row in self._step_rows(request, order, found["need"], now)
        ]
        writer._insert(Step, steps)
        requests.invalidate_recordset(["step_ids", "decision_ids"], flush=False)
        requests.order_id.invalidate_recordset(["hub_approval_ids"], flush=False)
        requests._advance()
        return requests

    def _row(self, order, found, now):
        policy = self.env["order.hub.approval.policy"].sudo()
        need = found["need"]
        return {
            "name": order.name,
            "order_id": order.id,
            "round": found["rounds"] + 1,
            "company_id": order.company_id.id,
            "currency_id": order.currency_id.id,
            "partner_id": order.partner_id.id,
            "salesperson_id": order.user_id.id,
            "team_id": order.team_id.id,
            "order_type_id": order.hub_order_type_id.id,
            "amount_total": order.amount_total,
            "amount": found["figures"]["amount"],
            "promised_date": order.commitment_date or order.hub_promised_date,
            "state": "waiting",
            "path": need.path,
            "one_may_decide_several": policy.browse(need.policy).one_may_decide_several
            if need.policy
            else False,
            "fingerprint": found["fingerprint"],
            "content": found["content"],
            "figures": found["figures"],
            "asked_by_id": self.env.uid,
            "date": now,
            "is_granted": False,
            "previous_id": found["previous"].id,
            **self._log_columns(now),
        }

    def _log_columns(self, now):
        return {
            "create_uid": self.env.uid,
            "create_date": now,
            "write_uid": self.env.uid,
            "write_date": now,
        }

    def _step_rows(self, request, order, need, now):
        Level = self.env["order.hub.approval.level"].sudo()
        rows = []
        for number, key in enumerate(need.keys, 1):
            kind, _colon, id_ = key.partition(":")
            level = Level.browse(int(id_) if kind == "level" else [])
            user = self.env["res.users"].sudo().browse(int(id_) if not level else [])
            rows.append(
                {
                    "approval_id": request.id,
                    "order_id": order.id,
                    "company_id": order.company_id.id,
                    "level_id": level.id,
                    "named_user_id": user.id,
                    "key": key,
                    "name": level.name or user.name,
                    "sequence": number,
                    "state": "waiting",
                    "hours_to_remind": level.hours_to_remind if level else 4.0,
                    "reminder_count": 0,
                    **self._log_columns(now),
                }
            )
        return rows

    # === NEXT LEVEL === #

    def _bench_of(self, users):
        """Return the ``engine.approval.Bench`` of users for this request (sudo)."""
        self.ensure_one()
        decided = self.decision_ids
        sellers = self.salesperson_id | self.order_id.user_id | self.asked_by_id
        return Bench(
            frozenset(users.ids),
            frozenset(sellers.ids),
            frozenset((decided.user_id | decided.on_behalf_id).ids),
            self.one_may_decide_several,
        )

    def _advance(self):
        """Ask the next level of each request; return those that have none left.

        A level that nobody may decide, its only approver being the salesperson for
        example, is left to the one after it.
        """
        steps, requests, done = {}, {}, self.browse()
        for request in self:
            skipped, following = request._next_step()
            steps.update({step: "skipped" for step in skipped})
            if following:
                steps[following] = "current"
                requests[request.id] = {"current_step_id": following.id}
            else:
                requests[request.id] = {"current_step_id": None}
                done |= request
        self._write_steps(steps)
        self.env["order.hub.writer"]._update(self, requests)
        asked = [step.id for step, state in steps.items() if state == "current"]
        self.step_ids.browse(asked)._refresh_approvers()
        (self - done)._refresh_todos()
        return done

    def _next_step(self):
        """Return the steps to leave out and the one to ask next (or none)."""
        self.ensure_one()
        left = self.step_ids.sorted("sequence")
        left = left.filtered(lambda step: step.state == "waiting")
        for number, step in enumerate(left):
            if step._bench(self).seats or step == left[-1:]:
                return left[:number], step
        return left, left.browse()

    def _write_steps(self, states):
        """Write the states of steps; those asked now get their time.

        :param states: ``{step: state}``
        """
        now = fields.Datetime.now()
        values = {}
        for step, state in states.items():
            is_current = state == "current"
            hours = step.hours_to_remind
            values[step.id] = {
                "state": state,
                "since": now if is_current else step.since,
                "next_reminder": now + timedelta(hours=hours)
                if is_current and hours
                else None,
            }
        Step = self.env["order.hub.approval.step"].sudo()
        self.env["order.hub.writer"]._update(Step.browse(values), values)

    # === DECIDE === #

    def action_approve(self, reason=None):
        """Approve the level whose turn it is, as the user who calls.

        :param str reason: a note for the record
        :raise AccessError: for anybody whose turn it is not
        :raise UserError: when it has been decided, or the order has changed
        """
        return self._decide("approve", reason)

    def action_reject(self, reason=None):
        """Reject the orders, as the user who calls.

        :param str reason: what is wrong; required
        :raise AccessError: for anybody whose turn it is not
        :raise UserError: without a reason, when it has been decided, or changed
        """
        if not isinstance(reason, str) or not reason.strip():
            raise UserError(
                self.env._("Say why it is rejected: the salesperson will ask.")
            )
        return self._decide("reject", reason)

    def _decide(self, verdict, reason):
        """Keep a decision of the current user and carry out what follows from it.

        Orders, then requests are locked: of two approvers at once the second one
        finds the level decided. Nobody decides with superuser rights.
        """
        self._check_is_person()
        self.check_access("read")
        requests = self._lock()
        requests._check_decidable()
        rows = requests._decision_rows(self.env.user, verdict, reason)
        self.env["order.hub.approval.decision"]._keep(rows)
        requests.invalidate_recordset(["decision_ids"], flush=False)
        requests.step_ids.invalidate_recordset(["decision_ids"], flush=False)
        requests._todos().unlink()
        if verdict == "approve":
            requests._approved_level()
        else:
            requests._rejected()
        return True

    def _check_is_person(self):
        user = self.env.user
        if self.env.su or not user.has_group("order_hub.order_hub_group_user"):
            raise AccessError(
                self.env._(
                    "A decision about an order is taken by a person who works with "
                    "the order hub, in their own name."
                )
            )

    def _lock(self):
        """Lock orders and requests, and look at them as they are now (sudo)."""
        requests = self.sudo()
        requests.order_id._hub_lock()
        self.env.execute_query(
            SQL(
                "SELECT id FROM order_hub_approval WHERE id = ANY(%s) ORDER BY id "
                "FOR UPDATE",
                requests.ids,
            )
        )
        requests.invalidate_recordset(flush=False)
        requests.step_ids.invalidate_recordset(flush=False)
        return requests

    def _check_decidable(self):
        labels = dict(self._fields["state"]._description_selection(self.env))
        prints = self.order_id._hub_fingerprints()
        for request in self:
            if request.state != "waiting":
                raise UserError(
                    self.env._(
                        "Order %(order)s no longer waits for this approval: "
                        "%(state)s. Look at the list again.",
                        order=request.name,
                        state=labels[request.state],
                    )
                )
            if request.fingerprint != prints[request.order_id.id]:
                raise UserError(
                    self.env._(
                        "Order %s is not as it was when approval was asked for. The "
                        "salesperson has to ask again.",
                        request.name,
                    )
                )

    def _decision_rows(self, user, verdict, reason):
        principals = self.env["order.hub.approval.delegation"]._principals(user)
        rows = []
        for request in self:
            step = request.current_step_id
            found = judge(user.id, step._bench(request), principals)
            if found.refusal:
                raise AccessError(request._refusal_words(found.refusal))
            rows.append(
                {
                    "approval_id": request.id,
                    "step_id": step.id,
                    "order_id": request.order_id.id,
                    "company_id": request.company_id.id,
                    "on_behalf_id": found.on_behalf,
                    "verdict": verdict,
                    "reason": str(reason or "").strip()[:2000] or None,
                    "fingerprint": request.fingerprint,
                }
            )
        return rows

    def _refusal_words(self, refusal):
        self.ensure_one()
        step = self.current_step_id
        if refusal == "own":
            return self.env._(
                "You sell order %s or asked for its approval: somebody else has to "
                "decide about it.",
                self.name,
            )
        if refusal == "again":
            return self.env._(
                "An earlier level of order %(order)s was decided by you or for you. "
                "“%(level)s” wants another person: %(names)s.",
                order=self.name,
                level=step._label(),
                names=step._approver_names(),
            )
        return self.env._(
            "It is not your turn: order %(order)s waits for “%(level)s” (%(names)s).",
            order=self.name,
            level=step._label(),
            names=step._approver_names(),
        )

    def _approved_level(self):
        self._write_steps({request.current_step_id: "approved" for request in self})
        done = self._advance()
        done._finish("approved", is_granted=True)
        done.order_id._hub_approved()

    def _rejected(self):
        states = {}
        for request in self:
            later = request.step_ids.filtered(lambda step: step.state == "waiting")
            states[request.current_step_id] = "rejected"
            states.update({step: "dropped" for step in later})
        self._write_steps(states)
        self._finish("rejected")
        self.order_id._hub_rejected()

    # === END === #

    def _finish(self, state, is_granted=False):
        now = fields.Datetime.now()
        values = {
            request.id: {
                "state": state,
                "is_granted": is_granted or request.is_granted,
                "current_step_id": None,
                "decided_date": now,
                "hours": (now - request.date).total_seconds() / 3600,
            }
            for request in self
        }
        self.env["order.hub.writer"]._update(self, values)
        self.order_id._hub_mark_approvals()

    def _give_up(self, state):
        """Ask no more: the content changed (superseded) or the order was cancelled."""
        waiting = self.filtered(lambda request: request.state == "waiting")
        if waiting:
            waiting._todos().unlink()
            steps = waiting.step_ids.filtered(
                lambda step: step.state in ("waiting", "current")
            )
            self._write_steps(dict.fromkeys(steps, "dropped"))
        self.env["order.hub.writer"]._update(
            self,
            {request.id: {"state": state, "current_step_id": None} for request in self},
        )

    def _covers(self, fingerprint, need):
        """Tell whether this request once granted what is needed now."""
        self.ensure_one()
        return (
            self.is_granted
            and self.fingerprint == fingerprint
            and covers(self.path, self.step_ids.mapped("key"), need)
        )
