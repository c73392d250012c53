from odoo import fields, models

PARTY_REASONS = [
    ("reduce", "Less is needed than is on order"),
    ("order", "More has to be bought"),
    ("date", "Delivery moves"),
    ("revision", "Gets a new revision, date holds"),
]


class OrderHubEcnParty(models.Model):
    """A supplier or customer who has to be told of a change, and why."""

    _name = "order.hub.ecn.party"
    _description = "To Tell about an Engineering Change"
    _inherit = ["order.hub.ecn.guarded"]
    _order = "ecn_id, kind desc, reason, value desc, id"
    _rec_name = "partner_id"

    ecn_id = fields.Many2one(
        "order.hub.ecn", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="ecn_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner", required=True, readonly=True, ondelete="cascade", index=True
    )
    kind = fields.Selection(
        [("supplier", "Supplier"), ("customer", "Customer")], readonly=True
    )
    reason = fields.Selection(PARTY_REASONS, "Why", readonly=True)
    documents = fields.Integer(
        readonly=True,
        help="Purchase orders to reduce, components to buy, or orders concerned.",
    )
    days = fields.Integer(
        "Days Later", readonly=True, aggregator="max", help="Of the latest order."
    )
    value = fields.Monetary(
        readonly=True, help="To cancel or to buy; company currency."
    )
