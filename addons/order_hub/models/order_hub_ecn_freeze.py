from odoo import fields, models


class OrderHubBomFreeze(models.Model):
    """A freeze that an engineering change brought says so."""

    _inherit = "order.hub.bom.freeze"

    ecn_id = fields.Many2one(
        "order.hub.ecn",
        "Engineering Change",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )

    def _columns_of_change(self, ecn):
        columns = super()._columns_of_change(ecn)
        return {**columns, "ecn_id": ecn.id if ecn else None}
