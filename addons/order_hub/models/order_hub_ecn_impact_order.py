from odoo import fields, models


class OrderHubEcnOrder(models.Model):
    """What the impact report adds to an order of a change."""

    _inherit = "order.hub.ecn.order"

    customer_id = fields.Many2one(
        "res.partner",
        "Customer to Tell",
        readonly=True,
        ondelete="restrict",
        help="The company of the order's customer.",
    )
    is_frozen = fields.Boolean(
        "Frozen",
        readonly=True,
        help="Frozen on the revision that is replaced. Others are not frozen yet and "
        "take what is in force when they are.",
    )
    is_added = fields.Boolean(
        "Came Later",
        readonly=True,
        help="Not in the report that was made before this one.",
    )
    promised = fields.Datetime(
        "Promised Then", readonly=True, help="When the report was made."
    )
    wait_days = fields.Integer(
        "Wait for Material",
        readonly=True,
        aggregator="max",
        help="Days until all material of the new revision is there.",
    )
    is_unsourced = fields.Boolean(
        "Nobody Sells It",
        readonly=True,
        help="Material is missing, none is on order, and no supplier is known.",
    )
    wip_value = fields.Monetary(
        "Work in Progress",
        readonly=True,
        help="What its manufacturing orders took, at today's costs.",
    )
    lost_value = fields.Monetary(
        "Lost When Switching",
        readonly=True,
        help="Of what was consumed, the part that the new revision has no use for.",
    )
    production_count = fields.Integer("Manufacturing Orders", readonly=True)
