from odoo import api, fields, models

from ..engine import duty as engine
from ..engine.price import decimal, to_coin
from ..models.order_hub_duty import Parcel


class OrderHubDutyTrial(models.TransientModel):
    """Try duty on goods that need not exist: the rule, the base, the amount."""

    _name = "order.hub.duty.trial"
    _description = "Try Duty"

    table_id = fields.Many2one(
        "order.hub.duty.table",
        "Duty Table",
        help="Empty: the table that is in force for the country on that day.",
    )
    hs_code = fields.Char("HS Code", default="8708.30")
    origin_id = fields.Many2one("res.country")
    country_id = fields.Many2one("res.country", "Destination", required=True)
    amount = fields.Monetary("Value of the Goods", default=1000.0)
    freight = fields.Monetary()
    quantity = fields.Float(default=1.0)
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.currency_id
    )
    date = fields.Date(required=True, default=fields.Date.context_today)
    result = fields.Html(compute="_compute_result")

    @api.depends(
        "table_id",
        "hs_code",
        "origin_id",
        "country_id",
        "amount",
        "freight",
        "quantity",
        "currency_id",
        "date",
    )
    @api.depends_context("lang")
    def _compute_result(self):
        for trial in self:
            is_ready = trial.country_id and trial.currency_id and trial.date
            trial.result = trial._explained() if is_ready else False

    def _explained(self):
        """Return the calculation in words, with the table's line of the rule."""
        self.ensure_one()
        parcel = Parcel(
            self.country_id.code,
            self.date,
            self.currency_id,
            [self._item()],
            decimal(max(self.freight, 0.0)),
        )
        duty = self.env["order.hub.duty"]
        [quote] = duty._quotes(self.env.company, [parcel], self.table_id or None)
        return duty._explanation(duty._kept(parcel, quote, {}))

    def _item(self):
        coin = self.currency_id.rounding
        return engine.Item(
            0,
            self.hs_code or "",
            self.origin_id.code or "",
            max(self.quantity, 0.0),
            to_coin(decimal(max(self.amount, 0.0)), decimal(coin)),
        )
