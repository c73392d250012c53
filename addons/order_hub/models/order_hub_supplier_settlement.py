from odoo import fields, models

from ..const import SETTLEMENT_KINDS


class OrderHubSupplierSettlement(models.Model):
    """What the buyer decided about a supplier's answer. Append-only.

    Exactly one decision an answer: who comes second is told. An answer to what the
    buyer asked instead is a new answer of the supplier.
    """

    _name = "order.hub.supplier.settlement"
    _inherit = ["order.hub.append.only"]
    _description = "Decision about a Supplier's Answer"
    _order = "id desc"
    _rec_name = "kind"
    _created_through_orm = True

    answer_id = fields.Many2one(
        "order.hub.supplier.answer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    order_id = fields.Many2one(
        "purchase.order",
        "Purchase Order",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    kind = fields.Selection(SETTLEMENT_KINDS, "Decision", required=True, readonly=True)
    parts = fields.Json(readonly=True, help="What the buyer asks for instead.")
    user_id = fields.Many2one("res.users", "Decided By", required=True, readonly=True)
    at = fields.Datetime("Decided On", required=True, readonly=True)
    note = fields.Text(readonly=True, help="What the supplier is told.")

    _answer_unique = models.UniqueIndex(
        "(answer_id)",
        "Somebody else has decided about this answer. Open the order again.",
    )

    def _append_only_message(self):
        return self.env._(
            "What was decided about a supplier's answer is kept. The supplier may "
            "answer again, and that answer can be decided about."
        )
