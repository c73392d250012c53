from dataclasses import dataclass
from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ..const import UNATTENDED_SOURCES
from ..engine import approval as engine
from .sale_order import INSIDE

#: Where an order stands with its approval.
APPROVAL_STATES = [
    ("waiting", "Waiting for Approval"),
    ("approved", "Approved"),
    ("rejected", "Rejected"),
    ("free", "No Approval Needed"),
]
#: What is approved of an order, apart from its lines.
HEAD_FIELDS = (
    "company_id",
    "currency_id",
    "partner_id",
    "partner_invoice_id",
    "partner_shipping_id",
    "payment_term_id",
    "pricelist_id",
)


@dataclass
class Standing:
    """Where one order stands: what it needs, and which requests speak for it."""

    need: engine.Need
    content: dict[str, Any]
    fingerprint: str
    figures: dict[str, Any]
    rounds: int
    waiting: models.Model
    granted: models.Model
    rejected: models.Model
    previous: models.Model

    @property
    def is_due(self):
        """Somebody has to approve, and nobody has."""
        return bool(self.need) and not self.granted

    @property
    def is_asked(self):
        """What waits is what is needed."""
        return (
            bool(self.waiting)
            and self.waiting.fingerprint == self.fingerprint
            and set(self.need.keys) == set(self.waiting.step_ids.mapped("key"))
        )


class SaleOrder(models.Model):
    """Approvals: what an order needs, asking, and what an answer brings about."""

    _inherit = "sale.order"

    hub_approval_ids = fields.One2many(
        "order.hub.approval", "order_id", "Approvals", readonly=True, groups=INSIDE
    )
    hub_approval_id = fields.Many2one(
        "order.hub.approval",
        "Current Approval",
        copy=False,
        readonly=True,
        ondelete="set null",
        groups=INSIDE,
    )
    hub_approval_state = fields.Selection(
        APPROVAL_STATES, "Approval", copy=False, readonly=True, groups=INSIDE
    )
    hub_approval_up_to = fields.Float(
        "Shorter Approval Up To",
        copy=False,
        readonly=True,
        help="A rule's shorter way holds up to the amount that it was decided on, in "
        "company currency.",
        groups=INSIDE,
    )
    hub_confirm_wanted = fields.Boolean(
        "Confirm When Approved",
        copy=False,
        help="The order is confirmed by itself with the last approval, if nothing "
        "else stands against it.",
        groups=INSIDE,
    )

    @api.model
    def _hub_protected_fields(self):
        return super()._hub_protected_fields() | {
            "hub_approval_ids",
            "hub_approval_id",
            "hub_approval_state",
            "hub_approval_up_to",
        }

    # === WHAT IT NEEDS === #

    def _hub_under_approval(self):
        """Return the orders whose company has approvals; asks no database."""
        plans = self.env["order.hub.approval.policy"]._plans()
        return self.filtered(lambda o: o.company_id.id in plans) if plans else self[:0]

    def _hub_approval_policy(self):
        """Return the ``engine.approval.Policy`` of the order's type, or ``None``."""
        self.ensure_one()
        plans = self.env["order.hub.approval.policy"]._plans()
        found = plans.get(self.company_id.id, ())
        return engine.choose(found, self.hub_order_type_id.id)

    def _hub_approval_amount(self):
        """Return the total with taxes in company currency, rounded as it is shown."""
        self.ensure_one()
        amount = self.amount_total / (self.currency_rate or 1.0)
        return self.company_id.currency_id.round(amount)

    def _hub_need(self):
        """Return the ``engine.approval.Need`` of the order as it is now."""
        self.ensure_one()
        path = engine.Path(
            self.hub_approval_path or "full",
            self.hub_approver_id.id or None,
            self.hub_approval_up_to,
        )
        policy = self._hub_approval_policy()
        return engine.needed(policy, self._hub_approval_amount(), path)

    def _hub_approval_figures(self):
        """Return what a decision about approval is taken on, as JSON."""
        self.ensure_one()
        policy, need = self._hub_approval_policy(), self._hub_need()
        Level = self.env["order.hub.approval.level"].sudo()
        short = self.hub_approval_path in ("none", "short")
        return {
            "amount": self._hub_approval_amount(),
            "currency": self.company_id.currency_id.id,
            "type": self.hub_order_type_id.id,
            "policy": need.policy,
            "levels": [
                {
                    "id": level.id,
                    "name": Level.browse(level.id).name,
                    "from": level.amount_from,
                }
                for level in (policy.levels if policy else ())
            ],
            "needed": list(need.keys),
            "up_to": self.hub_approval_up_to if short and need.path == "full" else None,
        }

    def _hub_approval_value(self, need):
        """Return what was decided about approval, as JSON."""
        kinds = [key.partition(":")[::2] for key in need.keys]
        levels = [int(id_) for kind, id_ in kinds if kind == "level"]
        return {"path": need.path, "approver": None, "levels": levels}

    # === CONTENT === #

    def _hub_contents(self):
        """Return ``{order id: canonical content}`` of what is approved."""
        return {
            order.id: engine.content(order._hub_head(), order._hub_content_lines())
            for order in self.sudo()
        }

    def _hub_fingerprints(self):
        """Return ``{order id: fingerprint of its content}``."""
        contents = self._hub_contents()
        return {id_: engine.fingerprint(found) for id_, found in contents.items()}

    def _hub_head(self):
        self.ensure_one()
        promised = fields.Datetime.to_string(self.commitment_date)
        return {
            **{name: self[name].id for name in HEAD_FIELDS},
            "commitment_date": promised,
        }

    def _hub_content_lines(self):
        self.ensure_one()
        return [
            engine.Line(
                line.product_id.id,
                line.product_uom_qty,
                line.product_uom_id.id,
                line.price_unit,
                line.discount,
                tuple(line.tax_ids.ids),
            )
            for line in self.order_line
            if not line.display_type and not line.is_downpayment
        ]

    # === WHERE IT STANDS === #

    def _hub_standings(self):
        """Return ``{order: Standing}``; one query for the requests of all (sudo)."""
        orders = self.sudo()
        requests = (
            self.env["order.hub.approval"]
            .sudo()
            .search([("order_id", "in", orders.ids)], order="id desc")
        )
        by_order = requests.grouped("order_id")
        contents = orders._hub_contents()
        return {
            order: order._hub_standing(
                by_order.get(order, requests.browse()), contents[order.id]
            )
            for order in orders
        }

    def _hub_standing(self, requests, content):
        self.ensure_one()
        need, key = self._hub_need(), engine.fingerprint(content)
        live = requests.filtered(lambda r: r.state not in ("withdrawn", "superseded"))
        rejected = live[:1].filtered(
            lambda r: r.state == "rejected" and r.fingerprint == key
        )
        return Standing(
            need=need,
            content=content,
            fingerprint=key,
            figures={
                **self._hub_approval_figures(),
                "value": self._hub_approval_value(need),
            },
            rounds=max(requests.mapped("round"), default=0),
            waiting=requests.filtered(lambda r: r.state == "waiting")[:1],
            granted=requests.filtered(lambda r: r._covers(key, need))[:1],
            rejected=rejected,
            previous=requests.filtered("is_granted")[:1],
        )

    def _hub_mark_approvals(self, standings=None, asked=False):
        """Write where orders stand into their own columns: one query.

        :param asked: the orders have just been asked for
        :return: the orders that nothing keeps back now, and something did before
        """
        orders = self.sudo()
        standings = standings or orders._hub_standings()
        values, freed = {}, orders.browse()
        for order in orders:
            found = standings[order]
            state = order._hub_approval_state_of(found, asked)
            if state in ("approved", "free") and order.hub_approval_state != state:
                freed |= order
            request = found.granted or found.waiting or found.rejected
            values[order.id] = {
                "hub_approval_state": state,
                "hub_approval_id": request.id or order.hub_approval_id.id,
            }
        self.env["order.hub.writer"]._update(orders, values)
        orders._hub_approvals_marked()
        return freed

    def _hub_approval_state_of(self, standing, asked):
        self.ensure_one()
        if self.state == "cancel":
            return None
        if not standing.need:
            return "free" if asked or self.hub_approval_state else None
        if standing.granted:
            return "approved"
        if standing.waiting:
            return "waiting"
        return "rejected" if standing.rejected else None

    # === ASK === #

    def action_hub_ask_approval(self):
        """Ask for the approval of the orders as they are now.

        :raise AccessError: for who may not change the order
        :raise UserError: for orders that are cancelled or empty
        :return: a message for the web client: who decides, or that nobody has to
        """
        self.check_access("write")
        self._hub_check_can_ask()
        self.sudo()._hub_ask_approval()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": "\n".join(self.sudo()._hub_asked_words()),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _hub_check_can_ask(self):
        for order in self.sudo():
            if order.state == "cancel":
                raise UserError(
                    self.env._(
                        "Order %s is cancelled. Set it to quotation before you ask "
                        "for approval.",
                        order.name,
                    )
                )
            if not order._hub_content_lines():
                raise UserError(
                    self.env._("Order %s has no lines to be approved.", order.name)
                )

    def _hub_ask_approval(self):
        """Open requests where approval is due and not asked for (sudo)."""
        orders = self._hub_lock()
        orders._hub_reopen_requests(orders._hub_standings())
        freed = orders._hub_mark_approvals(asked=True)
        freed._hub_approved()

    def _hub_reopen_requests(self, standings):
        """Replace requests that no longer ask for what is needed (sudo)."""
        due = {o: s for o, s in standings.items() if s.is_due and not s.is_asked}
        over = [
            s.waiting.id for s in standings.values() if s.waiting and not s.is_asked
        ]
        Approval = self.env["order.hub.approval"].sudo()
        Approval.browse(over)._give_up("superseded")
        self._hub_add_rules(due)
        requests = Approval._open(
            {
                order: {
                    "need": found.need,
                    "content": found.content,
                    "fingerprint": found.fingerprint,
                    "figures": found.figures,
                    "previous": found.previous,
                    "rounds": found.rounds,
                }
                for order, found in due.items()
            }
        )
        return requests

    def _hub_add_rules(self, standings):
        """Put the name of the rule that chose the path into the figures."""
        orders = self.browse(
            o.id for o, s in standings.items() if s.need.path != "full"
        )
        if orders:
            Decision = self.env["order.hub.decision"]
            for (order_id, _kind), found in Decision._in_force(
                orders, ["approval"]
            ).items():
                figures = standings[self.browse(order_id)].figures
                figures["rule"] = found.rule_id.name or found.reason or ""

    def _hub_ask_unattended(self):
        """Ask for orders whose confirmation was refused while nobody waits.

        What was rejected is not asked again by itself.
        """
        orders = self.sudo().filtered(lambda o: o.state in ("draft", "sent"))
        orders = orders._hub_under_approval()
        if not orders:
            return
        standings = orders._hub_standings()
        due = orders.filtered(
            lambda o: standings[o].is_due and not standings[o].rejected
        )
        self.env["order.hub.writer"]._update(
            due, {order.id: {"hub_confirm_wanted": True} for order in due}
        )
        if due:
            due._hub_ask_approval()

    # === ANSWERS === #

    def _hub_approved(self):
        """Carry on orders that are approved, or need no approval any more (sudo)."""
        if not self:
            return
        self._hub_settle("approval")
        wanted = self.filtered(
            lambda o: o.hub_confirm_wanted and o.state in ("draft", "sent")
        )
        for order in wanted:
            order._hub_confirm_apart()
        self._hub_sync()
        self._hub_tell_seller()

    def _hub_confirm_apart(self):
        """Confirm one order; what stands against it becomes its problem."""
        self.ensure_one()
        order = self.with_company(self.company_id)
        try:
            with self.env.cr.savepoint():
                order._validate_order()
        except UserError as error:
            name = self.env._("Approved, but cannot be confirmed yet")
            self.env["order.hub.exception"]._note("confirm", {self: (name, str(error))})
        if order.state == "sale":
            order._hub_settle("action")

    def _hub_rejected(self):
        """Tell what can be done about rejected orders (sudo)."""
        self._hub_hold_changed(self.filtered(lambda order: order.state == "sale"))
        self._hub_tell_seller()

    def _hub_tell_seller(self):
        """Tell the salesperson how it came out, if somebody else decided."""
        for order in self.filtered("hub_approval_id"):
            seller = order.user_id
            if not seller or seller == self.env.user:
                continue
            told = order.with_context(lang=seller.lang)
            words = told._hub_outcome_words()
            if words:
                told.message_notify(
                    partner_ids=seller.partner_id.ids, subject=words, body=words
                )

    # === CONTENT CHANGED === #

    def _hub_review_approvals(self):
        """Look again at what approvals are good for after orders changed (sudo).

        A draft is asked again if it had been asked before; a confirmed order always,
        and it stops until it is approved.
        """
        orders = self.filtered(lambda order: order.state != "cancel")
        standings = orders._hub_standings()
        again = {
            order: found
            for order, found in standings.items()
            if order.state == "sale"
            or order.hub_approval_state in ("waiting", "approved", "free")
        }
        orders._hub_outdate(standings)
        orders._hub_reopen_requests(again)
        freed = orders._hub_mark_approvals()
        orders._hub_hold_changed(orders.filtered(lambda o: o.state == "sale"))
        freed._hub_approved()

    def _hub_outdate(self, standings):
        """Requests granted to another content are superseded; its own is revived."""
        Approval = self.env["order.hub.approval"].sudo()
        outdated, revived = [], []
        for order, found in standings.items():
            granted = order.hub_approval_id.filtered(
                lambda r: r.is_granted and r.state == "approved"
            )
            if granted and granted != found.granted:
                outdated.append(granted.id)
            if found.granted.state == "superseded":
                revived.append(found.granted.id)
        Approval.browse(outdated)._give_up("superseded")
        Approval.browse(revived)._give_up("approved")

    def _hub_hold_changed(self, orders):
        """Stop confirmed orders whose content nobody has approved (sudo)."""
        held = {
            order: (
                self.env._("Changed: has to be approved again"),
                order._hub_approval_sentence(),
            )
            for order in orders
            if order.hub_approval_state in ("waiting", "rejected")
        }
        if held:
            self.env["order.hub.exception"]._note("approval", held)
        orders.filtered(lambda order: order not in held)._hub_settle("approval")

    # === WORDS === #

    def _hub_asked_words(self):
        """Return one sentence an order: what became of asking."""
        return [order._hub_approval_sentence() for order in self]

    def _hub_approval_sentence(self):
        """Return where the order stands with its approval, and what can be done."""
        self.ensure_one()
        request = self.hub_approval_id
        if self.hub_approval_state == "waiting":
            step = request.current_step_id
            return self.env._(
                "%(order)s waits for “%(level)s” (%(names)s) since %(date)s.",
                order=self.name,
                level=step.name,
                names=step._approver_names(),
                date=format_datetime(self.env, step.since, dt_format="short"),
            )
        if self.hub_approval_state == "rejected":
            return self._hub_rejection_words(request)
        if self.hub_approval_state == "approved":
            return self.env._("%(order)s is approved.", order=self.name)
        return self.env._("Nobody has to approve %(order)s.", order=self.name)

    def _hub_rejection_words(self, request):
        decision = request.decision_ids.sorted("id")[-1:]
        words = self.env._(
            "%(name)s rejected %(order)s on %(date)s: “%(reason)s”.",
            order=self.name,
            name=decision.user_id.name,
            date=format_datetime(self.env, decision.date, dt_format="short"),
            reason=decision.reason,
        )
        if self.state == "sale":
            return f"{words} " + self.env._(
                "Take the change back, change the order otherwise, or cancel it."
            )
        return f"{words} " + self.env._("Change the order, then ask again.")

    def _hub_outcome_words(self):
        decision = self.hub_approval_id.decision_ids.sorted("id")[-1:]
        if not decision or self.hub_approval_state not in ("approved", "rejected"):
            return ""
        if self.hub_approval_state == "rejected":
            return self._hub_rejection_words(self.hub_approval_id)
        return self.env._(
            "%(order)s is approved, last by %(name)s.",
            order=self.name,
            name=decision.user_id.name,
        )

    def _hub_refusal_words(self, standing):
        """Return why the order may not be confirmed, who approves and what to do."""
        self.ensure_one()
        if standing.is_asked or standing.rejected:
            return self._hub_approval_sentence()
        Decision = self.env["order.hub.decision"]
        figures = standing.figures
        return self.env._(
            "It has to be approved by %(people)s. Press “Ask for Approval”. %(why)s",
            people=self._hub_people_words(standing.need),
            why=Decision._approval_words(figures["value"], figures),
        )

    def _hub_people_words(self, need):
        words = []
        for key in need.keys:
            kind, _colon, id_ = key.partition(":")
            if kind == "user":
                words.append(self.env["res.users"].sudo().browse(int(id_)).name)
                continue
            level = self.env["order.hub.approval.level"].sudo().browse(int(id_))
            words.append(f"{level.name} ({level._approver_words()})")
        return ", ".join(words)

    # === HOOKS === #

    def _hub_approvals_marked(self):
        """Act after where orders stand with their approval was written (sudo).

        Requests are written past the ORM: this is the place to follow their states.
        """

    def _hub_after_routing(self, fresh):
        super()._hub_after_routing(fresh)
        orders = self._hub_under_approval()
        if orders:
            orders._hub_keep_relief(fresh)
            orders._hub_record_need(fresh)
            if not fresh:
                orders.filtered("hub_approval_state")._hub_review_approvals()

    def _hub_keep_relief(self, fresh):
        """Write down up to which amount a shorter way holds.

        A rule has just been asked with the amount of now; a person decided about
        the amount of then.
        """
        shorter = self.filtered(lambda o: o.hub_approval_path in ("none", "short"))
        if not shorter:
            return
        Decision = self.env["order.hub.decision"].sudo()
        known = {} if fresh else Decision._in_force(shorter, ["approval"])
        limits = {}
        for order in shorter:
            found = known.get((order.id, "approval"))
            by_hand = found and found.source == "person"
            amount = (found.figures or {}).get("amount", 0.0) if by_hand else None
            limits[order.id] = {
                "hub_approval_up_to": order._hub_approval_amount()
                if amount is None
                else amount
            }
        self.env["order.hub.writer"]._update(shorter, limits)

    def _hub_record_need(self, fresh):
        """Keep why an order needs which approvals, where no rule or person said so."""
        rows = []
        for order in self.filtered(lambda o: not o.hub_approval_path):
            need = order._hub_need()
            rows.append(
                {
                    "order": order,
                    "kind": "approval",
                    "source": "policy",
                    "value": order._hub_approval_value(need),
                    "figures": order._hub_approval_figures(),
                }
            )
        if rows:
            self.env["order.hub.decision"].sudo()._record(rows, fresh)

    def _hub_decision_rows(self, outcomes, choices, known):
        """Add to what rules decided about approval the levels that follow from it."""
        rows = super()._hub_decision_rows(outcomes, choices, known)
        plans = self.env["order.hub.approval.policy"]._plans()
        kept = []
        for row in rows:
            if row["kind"] == "approval" and row["order"].company_id.id in plans:
                if row["source"] == "default":
                    continue
                if row["source"] == "rule":
                    figures = row["order"]._hub_fresh_figures(row["value"])
                    row["figures"] = {**figures, **(row.get("figures") or {})}
            kept.append(row)
        return kept

    def _hub_fresh_figures(self, value):
        """Return the figures of a path that was decided on the amount of now."""
        figures = self._hub_approval_figures()
        amount = figures["amount"]
        path = engine.Path(value["path"], value.get("approver"), amount)
        need = engine.needed(self._hub_approval_policy(), amount, path)
        return {**figures, "needed": list(need.keys), "up_to": None}

    def _hub_confirm_refusals(self):
        refusals = super()._hub_confirm_refusals()
        orders = self.sudo()._hub_under_approval()
        if orders:
            for order, found in orders._hub_standings().items():
                if found.is_due:
                    words = order._hub_refusal_words(found)
                    refusals.setdefault(order, []).append(words)
        return refusals

    def _hub_confirmed(self):
        """Requests that nobody needs any more, the policy being gone, end here."""
        super()._hub_confirmed()
        left = self.filtered(lambda order: order.hub_approval_state == "waiting")
        if left:
            left.sudo()._hub_withdraw()

    def _hub_content_changed(self):
        super()._hub_content_changed()
        orders = self.sudo()._hub_under_approval()
        orders = orders.filtered(lambda o: o.state == "sale" or o.hub_approval_state)
        if orders:
            orders._hub_review_approvals()

    def _hub_cancelled(self):
        super()._hub_cancelled()
        asked = self.sudo().filtered("hub_approval_state")
        if asked:
            asked._hub_settle("approval")
            asked._hub_withdraw()

    def _hub_withdraw(self):
        """Ask no more for orders; what was decided stays on record (sudo)."""
        waiting = [("order_id", "in", self.ids), ("state", "=", "waiting")]
        self.env["order.hub.approval"].sudo().search(waiting)._give_up("withdrawn")
        values = {"hub_approval_state": None, "hub_confirm_wanted": False}
        self.env["order.hub.writer"]._update(self, {o.id: values for o in self})
        self._hub_approvals_marked()

    def _hub_reopened(self):
        """An order as it was approved before it was cancelled is approved still."""
        super()._hub_reopened()
        known = self.sudo().filtered("hub_approval_id")._hub_under_approval()
        if known:
            known._hub_mark_approvals()

    def _hub_own_facts(self):
        found = super()._hub_own_facts()
        stopped = self.hub_approval_state in ("waiting", "rejected")
        given = self.hub_approval_state in ("approved", "free")
        if given or (self.state == "sale" and not stopped):
            found.add("approved")
        return found

    def _hub_run_actions(self, stage, source):
        """Ask for orders that a stage was to confirm, where nobody waits."""
        super()._hub_run_actions(stage, source)
        confirms = "confirm_sale" in stage.action_ids.mapped("kind")
        if confirms and source in UNATTENDED_SOURCES:
            self._hub_ask_unattended()

    # === DELETE === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        decided = (
            self.env["order.hub.approval.decision"]
            .sudo()
            .search([("order_id", "in", self.ids)], limit=1)
        )
        if decided:
            raise UserError(
                self.env._(
                    "Order %s has been approved or rejected and cannot be deleted. "
                    "Cancel it instead.",
                    decided.order_id.name,
                )
            )

    def unlink(self):
        self.sudo().hub_approval_ids._todos().unlink()
        return super().unlink()
