from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class OrderHubSystemState(models.Model):
    """The last word of a system on an order, beside where the hub has it."""

    _name = "order.hub.system.state"
    _description = "Order in Another System"
    _order = "said_at desc, id desc"
    _rec_name = "word"

    system_id = fields.Many2one(
        "order.hub.system", required=True, ondelete="cascade", readonly=True
    )
    kind = fields.Selection(related="system_id.kind")
    company_id = fields.Many2one(
        "res.company", required=True, ondelete="cascade", readonly=True
    )
    order_id = fields.Many2one(
        "sale.order", required=True, ondelete="cascade", index=True, readonly=True
    )
    report_id = fields.Many2one(
        "order.hub.system.report", required=True, ondelete="cascade", readonly=True
    )
    word = fields.Char("Its Word", required=True, readonly=True)
    key = fields.Char(readonly=True, help="The word without its spelling.")
    milestone = fields.Selection(
        selection=lambda self: self.env["order.hub.system.word"]._milestones(),
        string="Means",
        readonly=True,
    )
    said_at = fields.Datetime("Said", required=True, readonly=True)
    heard_at = fields.Datetime("Heard", required=True, readonly=True)
    reference = fields.Char("Its Document", readonly=True)
    note = fields.Char(readonly=True)
    agreement = fields.Selection(
        [
            ("agrees", "Agrees"),
            ("behind", "Older News"),
            ("ahead", "Ahead"),
            ("contradicts", "Contradicts"),
            ("unmapped", "Word Not Mapped"),
        ],
        readonly=True,
        index=True,
    )
    due_at = fields.Datetime(readonly=True)
    hub_milestone = fields.Selection(related="order_id.hub_milestone", string="Here")
    hub_stage_since = fields.Datetime(
        related="order_id.hub_stage_since", string="Here Since"
    )
    kept_report_id = fields.Many2one(
        "order.hub.system.report", readonly=True, ondelete="set null"
    )
    is_kept = fields.Boolean("Ours Kept", compute="_compute_is_kept")
    kept_by_id = fields.Many2one("res.users", readonly=True, ondelete="set null")
    kept_reason = fields.Char("Why Ours Holds", readonly=True)

    _order_uniq = models.UniqueIndex(
        "(order_id, system_id)", "The system has a last word on this order already."
    )
    _due_index = models.Index("(due_at) WHERE due_at IS NOT NULL")

    @api.depends("report_id", "kept_report_id")
    def _compute_is_kept(self):
        for state in self:
            state.is_kept = state.kept_report_id == state.report_id

    # === PEOPLE DECIDE === #

    def action_take_theirs(self):
        """Move the order to the stage that the other system says, through the gates.

        :raise UserError: what a gate, a hold or missing evidence says against it
        """
        self._check_may_decide()
        for state in self:
            stage = state.order_id._hub_stage_of(state.milestone)
            if not stage:
                raise UserError(
                    self.env._(
                        "The flow of order %(order)s has no stage for “%(word)s” of "
                        "%(system)s. Map the word to another milestone, or keep ours.",
                        order=state.order_id.name,
                        word=state.word,
                        system=state.system_id.name,
                    )
                )
            note = self.env._("%(system)s: %(word)s", **state._names())
            state.order_id._hub_request_stage(stage, note=note)
        return True

    def action_keep_ours(self):
        """Ask why the hub is right, then close the contradiction."""
        self.ensure_one()
        self._check_may_decide()
        return {
            "name": self.env._("Why Is Ours Right?"),
            "type": "ir.actions.act_window",
            "res_model": "order.hub.system.keep",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_state_id": self.id},
        }

    def keep_ours(self, reason):
        """Keep where the hub has the order until the other system says more.

        :param str reason: why, 3 to 200 characters
        :return: ``True``
        """
        self._check_may_decide()
        reason = (reason or "").strip()
        if not 3 <= len(reason) <= 200:
            raise UserError(self.env._("Say in 3 to 200 characters why ours is right."))
        for state in self:
            state.sudo().write(
                {
                    "kept_report_id": state.report_id.id,
                    "kept_by_id": self.env.uid,
                    "kept_reason": reason,
                }
            )
            state.order_id.sudo()._message_log(body=state._kept_words(reason))
        self.env["order.hub.system"]._look_again(self.order_id)
        return True

    def _names(self):
        return {"system": self.system_id.sudo().name, "word": self.word}

    def _kept_words(self, reason):
        return self.env._(
            "%(system)s says “%(word)s”. Ours is kept: %(reason)s",
            reason=reason,
            **self._names(),
        )

    def _check_may_decide(self):
        """Who works on orders decides, on orders that are theirs to write."""
        if not self.env.user.has_group("order_hub.order_hub_group_operator"):
            raise AccessError(
                self.env._(
                    "Only operators of the Order Hub decide between two systems. Ask "
                    "one of them."
                )
            )
        self.check_access("read")
        self.order_id.check_access("read")
        over = self.filtered(lambda s: s.agreement not in ("contradicts", "ahead"))
        if over:
            raise UserError(
                self.env._(
                    "%s and the hub do not contradict each other any more.",
                    over[0].system_id.sudo().name,
                )
            )
