from odoo import api, fields, models
from odoo.exceptions import AccessError


class OrderHubPicturePage(models.Model):
    """One page of an order on paper, set upright, as it is shown."""

    _name = "order.hub.picture.page"
    _description = "Page of an Order on Paper"
    _order = "picture_id, number"
    _rec_name = "number"

    picture_id = fields.Many2one(
        "order.hub.picture",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="picture_id.company_id", store=True)
    number = fields.Integer("Page", required=True, readonly=True)
    width = fields.Integer(readonly=True, help="Pixels.")
    height = fields.Integer(readonly=True, help="Pixels.")
    image = fields.Binary(attachment=True, readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(self.env._("Pages are made by reading a picture."))
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            raise AccessError(self.env._("Pages are made by reading a picture."))
        return super().write(vals)
