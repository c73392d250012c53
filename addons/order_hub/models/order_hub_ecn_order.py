from odoo import fields, models
from odoo.exceptions import AccessError, UserError

CHOICES = [("switch", "Switch"), ("keep", "Keep"), ("decide", "Decide")]


class OrderHubEcnOrder(models.Model):
    """What a change means for one order, and what becomes of it."""

    _name = "order.hub.ecn.order"
    _description = "Order in an Engineering Change"
    _inherit = ["order.hub.ecn.guarded"]
    _order = "ecn_id, is_past desc, suggestion, id"
    _check_company_auto = True
    _rec_name = "order_id"
    _open_fields = frozenset({"choice"})

    ecn_id = fields.Many2one(
        "order.hub.ecn", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="ecn_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    order_id = fields.Many2one(
        "sale.order",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    partner_id = fields.Many2one(related="order_id.partner_id")
    stage_id = fields.Many2one(
        "order.hub.stage", "Stage Then", readonly=True, ondelete="restrict"
    )
    is_past = fields.Boolean(
        "Past the Point of No Return", readonly=True, help="Too far on to switch."
    )
    pieces = fields.Float(readonly=True, digits="Product Unit")
    unit_cost_difference = fields.Monetary(
        "Cost Difference a Piece", readonly=True, aggregator="avg"
    )
    cost_difference = fields.Monetary(readonly=True)
    days_difference = fields.Integer("Days Later", readonly=True, aggregator="max")
    new_promise = fields.Datetime(readonly=True)
    suggestion = fields.Selection(CHOICES, readonly=True)
    choice = fields.Selection(
        CHOICES, required=True, default="decide", help="What becomes of the order."
    )
    choice_by_id = fields.Many2one("res.users", "Chosen By", readonly=True)
    state = fields.Selection(
        [
            ("todo", "To Do"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("skipped", "Skipped"),
        ],
        default="todo",
        required=True,
        readonly=True,
    )
    message = fields.Char(readonly=True, help="What was done, or why not.")

    _order_uniq = models.UniqueIndex(
        "(ecn_id, order_id)", "This order is on the change already."
    )
    _todo_idx = models.Index("(ecn_id, id) WHERE state = 'todo'")

    # === CHOICE === #

    def write(self, vals):
        if "choice" not in vals or self._is_inside():
            return super().write(vals)
        self._check_may_choose(vals["choice"])
        result = super().write(vals)
        self._inside().write({"choice_by_id": self.env.uid})
        self._after_choice()
        return result

    def _check_may_choose(self, choice):
        """Raise unless these orders are still to be decided about, by this user."""
        self.check_access("write")
        choices = dict(self._fields["choice"]._description_selection(self.env))
        if choice not in choices:
            raise UserError(self.env._("Choose one of those in the list."))
        labels = dict(self._fields["state"]._description_selection(self.env))
        may_pass = self.env.su or self.env.user.has_group(
            "order_hub.order_hub_group_supervisor"
        )
        for row in self:
            state = row._why_closed(choices, labels)
            if state:
                raise UserError(
                    self.env._(
                        "Order %(order)s in %(ecn)s is not open any more: %(state)s.",
                        order=row.order_id.name,
                        ecn=row.ecn_id.name,
                        state=state,
                    )
                )
            if choice == "switch" and row.is_past and not may_pass:
                raise AccessError(
                    self.env._(
                        "Order %s is past its point of no return. Only a supervisor "
                        "may switch it all the same.",
                        row.order_id.name,
                    )
                )

    def _why_closed(self, choices, labels):
        """Return in one word why nothing is chosen for this order now, or nothing.

        An order that was approved to keep what it has is not switched while the
        change is applied: nobody has agreed to that.
        """
        self.ensure_one()
        is_open = self.ecn_id.state in ("review", "applying")
        if not is_open or self.state not in ("todo", "failed"):
            return labels[self.state]
        settled = self.ecn_id.state == "applying" and self.choice == "keep"
        return choices["keep"] if settled else ""

    def _after_choice(self):
        """Note what was chosen; in a change being applied, carry it out at once."""
        labels = dict(self._fields["choice"]._description_selection(self.env))
        for ecn, rows in self._inside().grouped("ecn_id").items():
            names = ", ".join(rows.order_id.mapped("name"))
            choice = labels[rows[0].choice]
            ecn._message_log(
                body=self.env._(
                    "%(user)s chose for %(orders)s: %(choice)s",
                    user=self.env.user.name,
                    orders=names,
                    choice=choice,
                )
            )
            if ecn.state == "review":
                ecn.impact_key = False  # its figures are about other choices
            else:
                ecn._lock()
                rows.write({"state": "todo"})
                rows.filtered(lambda row: row._is_due())._apply()
                ecn._finish()

    def action_switch(self):
        """Choose for all of these orders: switch."""
        return self.write({"choice": "switch"})

    def action_keep(self):
        """Choose for all of these orders: keep."""
        return self.write({"choice": "keep"})
