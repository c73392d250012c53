from odoo import api, fields, models


class OrderHubInboundProblem(models.Model):
    """What is wrong with an inbound order, in which field.

    Made anew by each run of the steps.
    """

    _name = "order.hub.inbound.problem"
    _description = "Problem of an Inbound Order"
    _order = "id"
    _rec_name = "code"

    inbound_id = fields.Many2one(
        "order.hub.inbound", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="inbound_id.company_id", store=True)
    channel_id = fields.Many2one(
        related="inbound_id.channel_id", store=True, index=True
    )
    step = fields.Char(required=True)
    code = fields.Char(required=True, index=True)
    field = fields.Char()
    value = fields.Char()
    is_blocking = fields.Boolean("Stops")
    figures = fields.Json()
    place = fields.Char("Where", compute="_compute_message")
    message = fields.Char("What Is Wrong", compute="_compute_message")

    @api.depends("code", "step", "figures", "field")
    @api.depends_context("lang")
    def _compute_message(self):
        words = self.env["order.hub.inbound"]._inbound_words()
        for row in self:
            row.place = row.inbound_id._place_words(row.field)
            row.message = row.inbound_id._in_words(
                words, row.step, row.code, row.figures, row.value
            )
