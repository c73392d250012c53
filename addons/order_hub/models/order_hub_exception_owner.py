from odoo import fields, models


class OrderHubExceptionOwner(models.Model):
    """Who looks after a kind of problem on orders of one type."""

    _name = "order.hub.exception.owner"
    _description = "Exception Owner by Order Type"
    _order = "kind_id, id"
    _rec_name = "user_id"

    kind_id = fields.Many2one(
        "order.hub.exception.kind", required=True, ondelete="cascade", index=True
    )
    order_type_id = fields.Many2one(
        "order.hub.order.type", required=True, ondelete="cascade"
    )
    user_id = fields.Many2one("res.users", "Owner", required=True)

    _type_uniq = models.UniqueIndex(
        "(kind_id, order_type_id)", "This order type has an owner already."
    )
