from odoo import fields, models


class OrderHubSystemReport(models.Model):
    """What a system said of an order, once a word and moment; never changed."""

    _name = "order.hub.system.report"
    _inherit = ["order.hub.append.only"]
    _description = "Word of Another System on an Order"
    _order = "said_at desc, id desc"
    _rec_name = "word"

    system_id = fields.Many2one(
        "order.hub.system", required=True, ondelete="restrict", readonly=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, ondelete="restrict", readonly=True
    )
    order_id = fields.Many2one(
        "sale.order", required=True, ondelete="cascade", index=True, readonly=True
    )
    word = fields.Char(required=True, readonly=True)
    key = fields.Char(readonly=True, help="The word without its spelling.")
    said_at = fields.Datetime(required=True, readonly=True)
    heard_at = fields.Datetime(required=True, readonly=True)
    reference = fields.Char(
        "Its Document", readonly=True, help="Number of its own document."
    )
    note = fields.Char(readonly=True)
    user_id = fields.Many2one(
        "res.users", "Heard By", readonly=True, ondelete="restrict"
    )

    _said_uniq = models.UniqueIndex(
        "(system_id, order_id, word, said_at)", "This has been heard already."
    )
