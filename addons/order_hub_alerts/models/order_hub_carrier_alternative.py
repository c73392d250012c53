from odoo import api, fields, models


class OrderHubCarrierAlternative(models.Model):
    """Another way to bring an affected order: price, time, or why not."""

    _name = "order.hub.carrier.alternative"
    _description = "Alternative Carrier"
    _order = "line_id, rank, id"
    _rec_name = "carrier_id"

    line_id = fields.Many2one(
        "order.hub.carrier.suspension.order",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    suspension_id = fields.Many2one(
        "order.hub.carrier.suspension",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="suspension_id.company_id", store=True)
    order_id = fields.Many2one(related="line_id.order_id")
    carrier_id = fields.Many2one(
        "delivery.carrier", required=True, readonly=True, ondelete="cascade"
    )
    rank = fields.Integer(readonly=True, aggregator=None)
    fits = fields.Boolean("Possible", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    cost = fields.Monetary("Price", readonly=True, aggregator=None)
    cost_known = fields.Boolean("Price Known", readonly=True)
    difference = fields.Monetary("More Than So Far", readonly=True, aggregator=None)
    difference_known = fields.Boolean(readonly=True)
    days = fields.Float("Days on the Way", readonly=True, aggregator=None)
    days_known = fields.Boolean("Time Known", readonly=True)
    arrives = fields.Datetime("There By", readonly=True)
    in_time = fields.Selection(
        [("yes", "In time"), ("no", "Late"), ("unknown", "Not known")], readonly=True
    )
    missing = fields.Json(readonly=True)
    words = fields.Char("In Words", compute="_compute_words")

    @api.depends("carrier_id", "cost", "difference", "days", "missing", "in_time")
    @api.depends_context("lang")
    def _compute_words(self):
        for row in self:
            row.words = row._text()

    def _text(self):
        """Return the alternative as a sentence: *Rail: ¥ 80.00 (+ ¥ 12.00), 2 days*."""
        words = self.env["order.hub.carrier.words"]
        carrier = self.carrier_id.sudo().name or "–"
        if not self.fits:
            missing = words._missing(self.missing or [])
            return self.env._(
                "%(carrier)s: %(missing)s", carrier=carrier, missing=missing
            )
        return self.env._(
            "%(carrier)s: %(price)s, %(time)s",
            carrier=carrier,
            price=self._price_text(words),
            time=self._time_text(),
        )

    def _price_text(self, words):
        price = words._cost(self.cost if self.cost_known else None, self.currency_id)
        if not self.difference_known or not self.difference:
            return price
        gap = words._cost(abs(self.difference), self.currency_id)
        sign = "+" if self.difference > 0 else "−"
        return f"{price} ({sign} {gap})"

    def _time_text(self):
        if not self.days_known:
            return self.env._("time not known")
        days = self.env._("%g days", self.days)
        if self.in_time == "unknown":
            return days
        verdict = {"yes": self.env._("in time"), "no": self.env._("late")}[self.in_time]
        return f"{days}, {verdict}"
