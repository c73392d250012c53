from odoo import api, fields, models
from odoo.tools import SQL

from ..const import ANSWER_KINDS, ANSWER_SOURCES, ANSWER_STATES


class OrderHubSupplierAnswer(models.Model):
    """What a supplier said about one line of a purchase order, word for word.

    Append-only. The newest answer of a line is the one that stands; it was taken at
    once (``is_taken``), or the buyer's decision about it is a row of
    ``order.hub.supplier.settlement``. What has become of an answer is read from these
    rows and never written.
    """

    _name = "order.hub.supplier.answer"
    _inherit = ["order.hub.append.only"]
    _description = "Supplier's Answer"
    _order = "id desc"
    _created_through_orm = True

    order_id = fields.Many2one(
        "purchase.order",
        "Purchase Order",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    line_id = fields.Many2one(
        "purchase.order.line",
        "Order Line",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    number = fields.Integer(
        required=True,
        readonly=True,
        help="The first, second, … answer to this line. The database lets nobody give "
        "the same one twice, not even in the same second.",
    )
    product_id = fields.Many2one("product.product", readonly=True)
    unit_id = fields.Many2one("uom.uom", readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner", "Supplier", required=True, readonly=True, index=True
    )
    at = fields.Datetime("Answered On", required=True, readonly=True)
    user_id = fields.Many2one("res.users", "Answered By", readonly=True)
    by_name = fields.Char(
        "Name Given",
        readonly=True,
        help="Who came by a link says who they are; nobody has checked it.",
    )
    source = fields.Selection(ANSWER_SOURCES, "Came By", required=True, readonly=True)
    kind = fields.Selection(ANSWER_KINDS, "Answer", required=True, readonly=True)
    asked = fields.Json(
        "Asked (Figures)", readonly=True, help="What was to come when, at that time."
    )
    parts = fields.Json("Says (Figures)", readonly=True, help="What comes when.")
    refused = fields.Float("Not Delivered", digits="Product Unit", readonly=True)
    late = fields.Integer("Days Later", readonly=True)
    early = fields.Integer("Days Earlier", readonly=True)
    percent = fields.Float("Not Delivered (%)", digits=(5, 2), readonly=True)
    reason_id = fields.Many2one("order.hub.answer.reason", readonly=True)
    note = fields.Text("Supplier's Note", readonly=True)
    is_taken = fields.Boolean(
        "Taken at Once",
        readonly=True,
        help="As asked, or within what the company takes without asking the buyer.",
    )
    settlement_ids = fields.One2many(
        "order.hub.supplier.settlement", "answer_id", "Decisions", readonly=True
    )
    state = fields.Selection(
        ANSWER_STATES, compute="_compute_state", search="_search_state"
    )
    asked_text = fields.Char("Asked", compute="_compute_texts")
    answer_text = fields.Char("Says", compute="_compute_texts")

    _line_number_unique = models.UniqueIndex(
        "(line_id, number)",
        "Somebody else has answered this line in the same moment. Open the page again.",
    )
    _company_idx = models.Index("(company_id, id)")

    # === COMPUTE === #

    @api.depends("order_id.name", "product_id.display_name")
    def _compute_display_name(self):
        for answer in self:
            answer.display_name = self.env._(
                "%(order)s: %(product)s",
                order=answer.order_id.name,
                product=answer.product_id.display_name,
            )

    @api.depends("is_taken", "settlement_ids", "line_id.hub_answer_id")
    def _compute_state(self):
        for answer in self:
            decided = answer.settlement_ids[:1].kind
            stands = answer.line_id.sudo().hub_answer_id == answer
            answer.state = (
                ("accepted" if answer.is_taken else decided)
                or ("proposed" if stands else False)
                or "superseded"
            )

    @api.model
    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("id", "in", self._in_states(set(value)))]

    def _in_states(self, states):
        """Return a subquery of the answers in the states asked for."""
        self.env["purchase.order.line"].flush_model(["hub_answer_id"])
        self.env["order.hub.supplier.settlement"].flush_model()
        return SQL(
            """(SELECT answer.id FROM order_hub_supplier_answer answer
                  JOIN purchase_order_line line ON line.id = answer.line_id
             LEFT JOIN order_hub_supplier_settlement decision
                    ON decision.answer_id = answer.id
                 WHERE CASE WHEN answer.is_taken THEN 'accepted'
                            WHEN decision.kind IS NOT NULL THEN decision.kind
                            WHEN line.hub_answer_id = answer.id THEN 'proposed'
                            ELSE 'superseded' END = ANY(%s))""",
            [state for state in states if state],
        )

    @api.depends("asked", "parts", "refused", "unit_id")
    @api.depends_context("lang")
    def _compute_texts(self):
        words = self.env["order.hub.answer.words"]
        for answer in self:
            answer.asked_text = words._parts(answer.asked, answer.unit_id)
            answer.answer_text = words._answer(answer)

    # === ACTIONS === #

    def action_open_order(self):
        """Open the purchase order that the answer is about."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "purchase.order",
            "res_id": self.order_id.id,
            "view_mode": "form",
        }

    def action_accept(self):
        """Take what the suppliers offer in these answers.

        :raise AccessError: for whoever may not change the orders
        :raise UserError: when one of them does not wait for a decision any more
        """
        for order, answers in self.grouped("order_id").items():
            order._hub_accept(answers)
        return True

    # === ANSWERS === #

    def _is_as_asked(self):
        """Tell whether the supplier delivers just what was asked when it was asked."""
        self.ensure_one()
        return not (self.late or self.early or self.refused)

    def _append_only_message(self):
        return self.env._(
            "What a supplier has said is kept as it was said. Accept it or ask for "
            "something else on the purchase order."
        )
