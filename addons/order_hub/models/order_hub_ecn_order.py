from odoo import fields, models

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
