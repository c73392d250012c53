from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.i18n import format_list


class OrderHubApprovalStep(models.Model):
    """One level of one request: whose turn it is, and how it was decided."""

    _name = "order.hub.approval.step"
    _inherit = ["order.hub.append.only"]
    _description = "Step of an Approval"
    _order = "approval_id, sequence, id"
    _rec_name = "name"

    approval_id = fields.Many2one(
        "order.hub.approval", readonly=True, ondelete="cascade", index=True
    )
    order_id = fields.Many2one("sale.order", readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", readonly=True)
    level_id = fields.Many2one(
        "order.hub.approval.level",
        "Level of the Policy",
        readonly=True,
        ondelete="set null",
    )
    key = fields.Char(readonly=True, help="The level or the person that was needed.")
    name = fields.Char("Level", readonly=True)
    sequence = fields.Integer(readonly=True)
    state = fields.Selection(
        [
            ("waiting", "Later"),
            ("current", "Now"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
            ("skipped", "Left to the Next Level"),
            ("dropped", "No Longer Asked"),
        ],
        readonly=True,
    )
    approver_ids = fields.Many2many(
        "res.users",
        "order_hub_approval_step_user_rel",
        "step_id",
        "user_id",
        "Who May Decide",
        readonly=True,
    )
    named_user_id = fields.Many2one(
        "res.users", "Named Approver", readonly=True, ondelete="set null"
    )
    since = fields.Datetime("Asked On", readonly=True)
    decision_ids = fields.One2many(
        "order.hub.approval.decision", "step_id", readonly=True
    )
    decided_text = fields.Char("Decision of", compute="_compute_decided_text")
    hours_to_remind = fields.Float(readonly=True)
    next_reminder = fields.Datetime(readonly=True)
    reminder_count = fields.Integer("Reminders", readonly=True)

    _current_idx = models.Index("(next_reminder) WHERE state = 'current'")

    def _append_only_message(self):
        return self.env._(
            "The steps of an approval follow from decisions. Approve or reject instead."
        )

    @api.depends("decision_ids", "state")
    @api.depends_context("lang")
    def _compute_decided_text(self):
        for step in self:
            decision = step.sudo().decision_ids[:1]
            words = step._decision_words(decision) if decision else False
            step.decided_text = words

    def _decision_words(self, decision):
        name = decision.user_id.name
        if decision.on_behalf_id:
            name = self.env._(
                "%(deputy)s for %(name)s",
                deputy=name,
                name=decision.on_behalf_id.name,
            )
        return f"{name}: {decision.reason}" if decision.reason else name

    # === WHO === #

    def _level_approvers(self, order):
        """Return whom the configuration of now asks at this step about its order."""
        self.ensure_one()
        if self.named_user_id:
            return self.named_user_id._hub_who_can_approve(self.company_id)
        if self.level_id:
            return self.level_id._approvers(order)
        return self.env["res.users"].sudo()

    def _bench(self, request=None):
        """Return the ``engine.approval.Bench`` of this step as it is now (sudo).

        :param request: the step's request, where the caller has many at hand

        A last level that nobody may decide is the managers' of the hub: an order
        must not wait for nobody.
        """
        self.ensure_one()
        request = request or self.approval_id
        bench = request._bench_of(self._level_approvers(request.order_id))
        if not bench.seats and self._is_last(request):
            group = self.env.ref("order_hub.order_hub_group_manager").sudo()
            managers = group.all_user_ids._hub_who_can_approve(self.company_id)
            bench = request._bench_of(managers)
        return bench

    def _is_last(self, request):
        later = request.step_ids.filtered(
            lambda step: step.sequence > self.sequence and step.state == "waiting"
        )
        return not later

    def _label(self):
        """Return the name of the level for this reader: of now, or of then."""
        self.ensure_one()
        return self.sudo().level_id.name or self.name

    def _approver_names(self):
        """Return the names of those whose turn it is, or that there is nobody."""
        self.ensure_one()
        names = self.sudo().approver_ids.mapped("name")
        return format_list(self.env, names) if names else self.env._("nobody yet")

    def _waits_for_words(self):
        """Return the level and whose turn it is; one named approver only once."""
        level, names = self._label(), self._approver_names()
        if level == names:
            return names
        return self.env._("%(level)s: %(names)s", level=level, names=names)

    # === WRITE === #

    def _refresh_approvers(self):
        """Write down who may decide the steps whose turn it is now."""
        if not self:
            return
        seats = {step.id: step._bench().seats for step in self}
        stale = self.filtered(lambda step: set(step.approver_ids.ids) != seats[step.id])
        if not stale:
            return
        self.env.execute_query(
            SQL(
                "DELETE FROM order_hub_approval_step_user_rel WHERE step_id = ANY(%s)",
                stale.ids,
            )
        )
        pairs = [(step.id, user) for step in stale for user in sorted(seats[step.id])]
        if pairs:
            self.env.execute_query(
                SQL(
                    "INSERT INTO order_hub_approval_step_user_rel (step_id, user_id) "
                    "VALUES %s",
                    SQL(", ").join(SQL("%s", pair) for pair in pairs),
                )
            )
        stale.invalidate_recordset(["approver_ids"], flush=False)
        stale.approval_id._refresh_todos()

    @api.model
    def _count_reminder(self, steps, now):
        """Write down that the approvers of steps are reminded now."""
        self.env["order.hub.writer"]._update(
            steps,
            {
                step.id: {
                    "reminder_count": step.reminder_count + 1,
                    "next_reminder": now + timedelta(hours=step.hours_to_remind),
                }
                for step in steps
            },
        )
