from odoo import api, fields, models


class OrderHubCarrierSuspensionOrder(models.Model):
    """An open order whose carrier does not go to its customer now."""

    _name = "order.hub.carrier.suspension.order"
    _description = "Order Affected by a Suspension"
    _order = "suspension_id, is_open desc, promised_date, id"
    _rec_name = "order_id"

    suspension_id = fields.Many2one(
        "order.hub.carrier.suspension",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="suspension_id.company_id", store=True)
    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, ondelete="cascade", index=True
    )
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    is_open = fields.Boolean("Affected", readonly=True, default=True)
    promised_date = fields.Datetime("Promised", readonly=True)
    found_at = fields.Datetime("Found On", readonly=True)
    over_at = fields.Datetime("Over Since", readonly=True)
    told_at = fields.Datetime("Told On", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    cost = fields.Monetary("Price So Far", readonly=True)
    cost_known = fields.Boolean("Price Known", readonly=True)
    alternative_ids = fields.One2many(
        "order.hub.carrier.alternative", "line_id", "Alternatives", readonly=True
    )
    best_text = fields.Char("Best Alternative", compute="_compute_best_text")

    _order_uniq = models.UniqueIndex(
        "(suspension_id, order_id)", "This order is on the list already."
    )

    @api.depends("alternative_ids.words", "alternative_ids.fits")
    def _compute_best_text(self):
        for line in self:
            best = line.alternative_ids.filtered("fits").sorted("rank")[:1]
            line.best_text = best.words or self.env._("nobody else goes there")
