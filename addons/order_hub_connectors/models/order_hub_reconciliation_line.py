from odoo import api, fields, models

LINE_KINDS = [
    ("missing_here", "Missing here"),
    ("missing_there", "Not there"),
    ("amount", "Other amount"),
    ("cancelled_there", "Cancelled there only"),
    ("cancelled_here", "Cancelled here only"),
    ("waiting", "Waits here"),
]


class OrderHubReconciliationLine(models.Model):
    """One difference between a channel and the hub, and what to do about it."""

    _name = "order.hub.reconciliation.line"
    _description = "Difference to a Channel"
    _order = "kind, external_ref, id"
    _rec_name = "external_ref"
    _log_access = False

    reconciliation_id = fields.Many2one(
        "order.hub.reconciliation",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    channel_id = fields.Many2one(related="reconciliation_id.channel_id")
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    kind = fields.Selection(LINE_KINDS, required=True, readonly=True)
    state = fields.Selection(
        [("open", "To Look At"), ("fetched", "Fetched"), ("settled", "Settled")],
        default="open",
        required=True,
        readonly=True,
    )
    is_asked = fields.Boolean(readonly=True, help="The channel was asked about it.")
    external_ref = fields.Char("External Number", required=True, readonly=True)
    inbound_id = fields.Many2one(
        "order.hub.inbound", readonly=True, ondelete="set null", index="btree_not_null"
    )
    order_id = fields.Many2one(
        "sale.order", readonly=True, ondelete="set null", index="btree_not_null"
    )
    amount_there = fields.Float(readonly=True, digits=(16, 2))
    currency_there = fields.Char(readonly=True)
    amount_here = fields.Float(readonly=True, digits=(16, 2))
    currency_here = fields.Char(readonly=True)
    status_there = fields.Char(readonly=True)
    todo = fields.Char("What to Do", compute="_compute_todo")

    @api.depends("kind", "state", "inbound_id", "order_id")
    @api.depends_context("lang")
    def _compute_todo(self):
        words = self._todo_words()
        for line in self:
            key = f"{line.kind}.{line.state}"
            line.todo = words.get(key) or words.get(line.kind, "")

    def _todo_words(self):
        return {
            "missing_here.fetched": self.env._(
                "It was fetched and goes on as an inbound order. Nothing to do."
            ),
            "missing_here": self.env._(
                "The channel lists it and does not give it. Look it up there and enter "
                "it by hand if it is real."
            ),
            "missing_there": self.env._(
                "The channel does not know it. Ask the customer, then cancel it here."
            ),
            "amount": self.env._(
                "Compare the lines. Usual reasons: a discount, the freight, or a tax "
                "that one side does not know."
            ),
            "cancelled_there": self.env._(
                "Cancel it here, or stop the delivery if it has left."
            ),
            "cancelled_here": self.env._(
                "Cancel it there and tell the customer, or reopen it here."
            ),
            "waiting": self.env._(
                "Open the inbound order and put right what is wrong."
            ),
        }

    def action_open(self):
        """Open the order, or else the inbound order."""
        self.ensure_one()
        record = self.order_id or self.inbound_id
        if not record:
            return False
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }
