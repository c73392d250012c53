from odoo import fields, models


class OrderHubChannelPartner(models.Model):
    """The number a channel gives a customer, and who that is here."""

    _name = "order.hub.channel.partner"
    _description = "Customer Number of a Channel"
    _order = "channel_id, external_ref"
    _rec_name = "external_ref"

    channel_id = fields.Many2one(
        "order.hub.channel", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="channel_id.company_id", store=True)
    external_ref = fields.Char("Customer Number", required=True)
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, ondelete="cascade", index=True
    )

    _number_uniq = models.UniqueIndex(
        "(channel_id, external_ref)", "The channel has this customer number already."
    )
