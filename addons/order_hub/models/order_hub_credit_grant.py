from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL, format_amount, format_datetime

from ..const import INTERNAL
from ..engine.credit import Grant

STATES = [
    ("asked", "Asked"),
    ("approved", "Approved"),
    ("rejected", "Rejected"),
    ("used", "Used"),
    ("expired", "Expired"),
    ("revoked", "Revoked"),
]
#: What follows from asking, approving and using: written by those methods alone.
PROTECTED = frozenset(
    {
        "state",
        "asked_by_id",
        "asked_date",
        "approved_by_id",
        "approved_date",
        "valid_from",
        "valid_until",
        "used_order_id",
        "used_date",
        "closing_reason",
    }
)
#: What was asked for: a supervisor may change it until it is decided.
TERMS = frozenset({"amount", "hours", "use"})
SUPERVISOR = "order_hub.order_hub_group_supervisor"
#: Longest time of a temporary credit: a year. What lasts longer is a limit.
MOST_HOURS = 24 * 366
#: At most so many supervisors get a to-do for one request.
MOST_TOLD = 10


class OrderHubCreditGrant(models.Model):
    """A temporary credit: asked for, approved by another person, gone by itself.

    Whether it is valid is a matter of the clock, asked at the very check; no job
    has to run for it to end. What happens to it is kept in an append-only trail.
    """

    _name = "order.hub.credit.grant"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Temporary Credit"
    _order = "id desc"
    _rec_name = "partner_id"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    order_id = fields.Many2one(
        "sale.order",
        "Asked For",
        check_company=True,
        ondelete="set null",
        index="btree_not_null",
        help="The order that did not pass.",
    )
    amount = fields.Monetary(
        required=True,
        default=lambda self: self.env.company.hub_credit_temporary_amount,
        help="In company currency, on top of the credit limit.",
    )
    hours = fields.Float(
        "Valid (h)",
        digits=(16, 1),
        required=True,
        default=lambda self: self.env.company.hub_credit_temporary_hours,
        help="From the approval on.",
    )
    use = fields.Selection(
        [("single", "For one order"), ("revolving", "For any order")],
        required=True,
        default="single",
        help="For one order: the first one that needs it, and no other.",
    )
    reason = fields.Text(required=True)
    state = fields.Selection(
        STATES, required=True, readonly=True, copy=False, default="asked"
    )
    asked_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    asked_date = fields.Datetime("Asked On", readonly=True, copy=False)
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    approved_date = fields.Datetime("Approved On", readonly=True, copy=False)
    valid_from = fields.Datetime(readonly=True, copy=False)
    valid_until = fields.Datetime(readonly=True, copy=False)
    used_order_id = fields.Many2one(
        "sale.order",
        "Used By",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    used_date = fields.Datetime("Used On", readonly=True, copy=False)
    closing_reason = fields.Char("Why Not", readonly=True, copy=False)
    is_valid = fields.Boolean("Valid Now", compute="_compute_is_valid")
    can_decide = fields.Boolean(compute="_compute_can_decide")
    event_ids = fields.One2many(
        "order.hub.credit.grant.event", "grant_id", "Trail", readonly=True
    )
    credit_text = fields.Char("How They Stand", compute="_compute_credit_text")

    _amount_positive = models.Constraint(
        "CHECK(amount > 0)", "A temporary credit is more than nothing."
    )
    _hours_positive = models.Constraint(
        "CHECK(hours > 0)", "A temporary credit is valid for some time."
    )
    _valid_idx = models.Index(
        "(partner_id, company_id, valid_until) WHERE state IN ('approved', 'used')"
    )

    # === COMPUTE === #

    @api.depends("partner_id", "amount", "currency_id")
    def _compute_display_name(self):
        for grant in self:
            amount = format_amount(self.env, grant.amount, grant.currency_id)
            grant.display_name = f"{grant.partner_id.display_name} · {amount}"

    @api.depends("state", "valid_from", "valid_until")
    def _compute_is_valid(self):
        now = fields.Datetime.now()
        for grant in self:
            grant.is_valid = (
                grant.state in ("approved", "used")
                and grant.valid_from <= now < grant.valid_until
            )

    @api.depends("state", "asked_by_id")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        may = self.env.user.has_group(SUPERVISOR)
        for grant in self:
            asked = grant.state == "asked" and grant.asked_by_id != self.env.user
            grant.can_decide = may and asked

    @api.depends("partner_id", "company_id")
    @api.depends_context("lang")
    def _compute_credit_text(self):
        credits = (
            self.env["order.hub.credit"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", self.partner_id.ids),
                    ("company_id", "in", self.company_id.ids),
                ]
            )
        )
        known = {(c.partner_id.id, c.company_id.id): c for c in credits}
        for grant in self:
            credit = known.get((grant.partner_id.id, grant.company_id.id))
            grant.credit_text = credit and self.env._(
                "Limit %(limit)s, used %(used)s, left %(left)s.",
                limit=format_amount(self.env, credit.credit_limit, credit.currency_id),
                used=format_amount(self.env, credit.exposure, credit.currency_id),
                left=format_amount(self.env, credit.headroom, credit.currency_id),
            )

    @api.constrains("hours")
    def _check_hours(self):
        if any(not grant.hours <= MOST_HOURS for grant in self):
            raise ValidationError(
                self.env._(
                    "A temporary credit ends within a year. Change the customer's "
                    "limit if it shall last longer."
                )
            )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        """Ask for temporary credit; whoever creates one is the one who asks.

        :raise UserError: for values that only approving and using write
        """
        now = fields.Datetime.now()
        for vals in vals_list:
            self._check_protected(vals)
            vals.update(dict.fromkeys(PROTECTED, False))
            vals.update(state="asked", asked_by_id=self.env.uid, asked_date=now)
            self._complete(vals)
        grants = super().create(vals_list)
        grants._note_event("asked")
        grants._tell_supervisors()
        return grants

    def _complete(self, vals):
        """Take customer and company from the order; credit is the whole firm's."""
        order = self.env["sale.order"].browse(vals.get("order_id") or [])
        if order:
            order.check_access("read")
            vals["partner_id"] = order.sudo().partner_invoice_id.id
            vals["company_id"] = order.sudo().company_id.id
        partner = self.env["res.partner"].sudo().browse(vals.get("partner_id"))
        vals["partner_id"] = partner.commercial_partner_id.id

    def write(self, vals):
        """Change the terms of what is not decided yet: a supervisor's to do.

        :raise UserError: for anything that is decided, or decided by methods
        """
        if self.env.context.get("order_hub_credit") is INTERNAL:
            return super().write(vals)
        self._check_protected(vals)
        own = {name for name in vals if name in self._fixed_fields()}
        if own:
            self._check_terms(own)
        result = super().write(vals)
        if own:
            self._note_event("changed")
        return result

    @api.model
    def _fixed_fields(self):
        """Return the fields that say what was asked for, by whom and for whom."""
        return TERMS | {"partner_id", "company_id", "order_id", "reason"}

    def _check_terms(self, names):
        if names - TERMS:
            raise UserError(
                self.env._(
                    "Customer, order and reason of a temporary credit stay as they "
                    "were asked for. Reject it and ask again."
                )
            )
        if any(grant.state != "asked" for grant in self):
            raise UserError(
                self.env._(
                    "This temporary credit is decided; its terms stay. Revoke it and "
                    "ask for another one."
                )
            )
        self._check_supervisor()

    def _check_protected(self, vals):
        forged = PROTECTED.intersection(vals)
        if forged:
            raise UserError(
                self.env._(
                    "“%s” of a temporary credit follows from approving, rejecting "
                    "and using it; it cannot be written. Use the buttons.",
                    self._fields[sorted(forged)[0]].get_description(
                        self.env, ["string"]
                    )["string"],
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("Temporary credits are kept. Reject or revoke this one instead.")
        )

    def _put(self, vals):
        """Write what only the methods of this model write."""
        self.sudo().with_context(order_hub_credit=INTERNAL).write(vals)

    # === TELL === #

    def _note_event(self, kind, note=None):
        """Keep what happened in the trail; one INSERT."""
        self.env["order.hub.credit.grant.event"].sudo()._append(self, kind, note)

    def _tell_supervisors(self):
        """Give the supervisors of the company a to-do, the asker left out."""
        for grant in self.sudo():
            users = (
                self.env.ref(SUPERVISOR)
                .sudo()
                .all_user_ids.filtered(
                    lambda user, grant=grant: (
                        user.active
                        and user != grant.asked_by_id
                        and grant.company_id in user.company_ids
                    )
                )
            )
            for user in users[:MOST_TOLD]:
                grant.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=self.env._("Approve temporary credit"),
                    note=grant.reason,
                    user_id=user.id,
                )

    def _tell_asker(self, body):
        """Write to whoever asked; the to-dos are done."""
        for grant in self.sudo():
            grant.activity_ids.unlink()
            grant.message_post(
                body=body,
                partner_ids=grant.asked_by_id.partner_id.ids,
                subtype_xmlid="mail.mt_comment",
            )

    # === DECIDE === #

    def _check_supervisor(self):
        if not self.env.user.has_group(SUPERVISOR):
            raise AccessError(
                self.env._(
                    "Temporary credit is a supervisor's to decide. Ask one of them."
                )
            )

    def _check_decides(self, states):
        """Raise unless the user may decide, and there is something to decide.

        :param states: the states from which this step leads on
        """
        self._check_supervisor()
        self.check_access("read")
        self._lock()
        for grant in self.sudo():
            if grant.state not in states:
                label = dict(grant._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "The temporary credit of %(customer)s is %(state)s already.",
                        customer=grant.partner_id.name,
                        state=label[grant.state].lower(),
                    )
                )

    def _lock(self):
        """Two decisions about one request are taken one after the other."""
        self.env.execute_query(
            SQL(
                "SELECT id FROM order_hub_credit_grant WHERE id = ANY(%s) FOR UPDATE",
                self.ids,
            )
        )

    def action_approve(self):
        """Approve: valid from now on, for the hours asked for.

        :raise AccessError: for anybody but a supervisor
        :raise UserError: for the one who asked, and for what is decided already
        """
        self._check_decides(("asked",))
        if self.env.user in self.sudo().asked_by_id:
            raise UserError(
                self.env._(
                    "Nobody approves what they asked for themselves. Ask another "
                    "supervisor."
                )
            )
        now = fields.Datetime.now()
        for grant in self:
            until = now + timedelta(hours=grant.hours)
            grant._put(
                {
                    "state": "approved",
                    "approved_by_id": self.env.uid,
                    "approved_date": now,
                    "valid_from": now,
                    "valid_until": until,
                }
            )
            grant._note_event("approved")
            grant._tell_asker(grant._approved_text(until))
            self.env.ref("order_hub.ir_cron_credit_tidy").sudo()._trigger(until)
        return True

    def _approved_text(self, until):
        return self.env._(
            "Approved: %(amount)s until %(until)s.",
            amount=format_amount(self.env, self.amount, self.currency_id),
            until=format_datetime(
                self.env, until, tz=self.sudo().asked_by_id.tz or "UTC"
            ),
        )

    def action_reject(self):
        """Open the question why not."""
        return self._ask_why(self.env._("Reject"), "rejected")

    def action_revoke(self):
        """Open the question why it ends early."""
        return self._ask_why(self.env._("Revoke"), "revoked")

    def _ask_why(self, name, step):
        self.ensure_one()
        return {
            "name": name,
            "type": "ir.actions.act_window",
            "res_model": "order.hub.credit.close",
            "view_mode": "form",
            "target": "new",
            "context": {"default_grant_id": self.id, "default_step": step},
        }

    def _close(self, step, reason):
        """Reject what is asked, or revoke what is approved or used.

        Orders that were confirmed stay confirmed; nothing new passes.

        :param step: ``rejected`` or ``revoked``
        :raise UserError: without a reason
        """
        if step not in ("rejected", "revoked"):
            raise UserError(self.env._("A temporary credit is rejected or revoked."))
        asked = step == "rejected"
        self._check_decides(("asked",) if asked else ("approved", "used"))
        if not (reason or "").strip():
            raise UserError(self.env._("Say why: the salesperson has to tell it."))
        self._put({"state": step, "closing_reason": reason.strip()})
        self._note_event(step, reason.strip())
        label = self.env._("Rejected: %s") if asked else self.env._("Revoked: %s")
        self._tell_asker(label % reason.strip())

    # === USE === #

    @api.model
    def _valid(self, pairs):
        """Return the grants that are valid this very moment, for the engine.

        One query; by the clock alone, whatever jobs have or have not run.

        :param pairs: ``(commercial partner id, company id)`` …
        :return: ``{(customer id, company id): [engine.credit.Grant, …]}``
        """
        pairs = sorted(pair for pair in pairs if pair[0])
        if not pairs:
            return {}
        self.flush_model(["state", "amount", "valid_from", "valid_until", "use"])
        rows = self.env.execute_query(
            SQL(
                """SELECT given.partner_id, given.company_id, given.id, given.amount,
                          given.valid_from, given.valid_until, given.use = 'single',
                          given.used_order_id
                     FROM order_hub_credit_grant given JOIN %(pairs)s
                       ON given.partner_id = pair.partner
                      AND given.company_id = pair.company
                    WHERE given.state IN ('approved', 'used')
                      AND given.valid_until > %(now)s
                 ORDER BY given.id""",
                pairs=self.env["order.hub.credit"]._pairs_sql(pairs),
                now=fields.Datetime.now(),
            )
        )
        now, found = fields.Datetime.now(), {}
        for partner, company, id_, amount, start, end, single, order in rows:
            grant = Grant(id_, float(amount), start, end, single, order)
            if grant.holds(now):
                found.setdefault((partner, company), []).append(grant)
        return found

    def _use(self, order):
        """Bind single-use grants to the order that could not do without them."""
        fresh = self.sudo().filtered(lambda grant: grant.state == "approved")
        if fresh:
            now = fields.Datetime.now()
            fresh._put({"state": "used", "used_order_id": order.id, "used_date": now})
            fresh._note_event("used", order.name)

    @api.model
    def _cron_tidy(self):
        """Say of grants whose time is up that it is; they ended by themselves."""
        ended = self.sudo().search(
            [
                ("state", "in", ("approved", "used")),
                ("valid_until", "<=", fields.Datetime.now()),
            ]
        )
        unused = ended.filtered(lambda grant: grant.state == "approved")
        ended._put({"state": "expired"})
        ended._note_event("expired")
        unused._tell_asker(
            self.env._("Expired without having been used. Ask again if it is needed.")
        )
