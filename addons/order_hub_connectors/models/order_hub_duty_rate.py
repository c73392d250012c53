from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine import duty as engine


class OrderHubDutyRate(models.Model):
    """The duty on goods whose HS code begins with some digits."""

    _name = "order.hub.duty.rate"
    _description = "Duty Rate"
    _order = "table_id, prefix, id"
    _rec_name = "hs_code"

    table_id = fields.Many2one(
        "order.hub.duty.table",
        "Duty Table",
        required=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="table_id.company_id", store=True)
    state = fields.Selection(related="table_id.state")
    currency_id = fields.Many2one(related="table_id.currency_id")
    hs_code = fields.Char(
        "HS Code Begins With",
        required=True,
        help="Two to ten digits: 8708 covers all of 8708.xx. The longest one that fits "
        "wins.",
    )
    prefix = fields.Char(compute="_compute_prefix", store=True)
    origin_id = fields.Many2one(
        "res.country",
        ondelete="restrict",
        help="Only for goods made there. Empty: for all that no row of their origin "
        "names.",
    )
    percent = fields.Float("Rate (%)", digits=(16, 4), required=True)
    threshold_kind = fields.Selection(
        [("table", "As the Table"), ("own", "Its Own"), ("none", "None")],
        "Duty-free Threshold",
        default="table",
        required=True,
    )
    threshold = fields.Monetary("Own Threshold")
    minimum = fields.Monetary("Least a Unit", help="0: none.")
    maximum = fields.Monetary("Most a Unit", help="0: none.")
    note = fields.Char("Goods", help="What the tariff calls them.")

    _prefix_uniq = models.UniqueIndex(
        "(table_id, prefix, COALESCE(origin_id, 0))",
        "The table has a rate for this HS code and origin already.",
    )
    _amounts = models.Constraint(
        "CHECK (percent >= 0 AND percent <= 1000 AND threshold >= 0 AND minimum >= 0 "
        "AND maximum >= 0 AND (maximum = 0 OR maximum >= minimum))",
        "A rate is between 0 and 1,000 %, amounts are 0 or more, and the most duty is "
        "not below the least.",
    )

    @api.depends("hs_code")
    def _compute_prefix(self):
        for rate in self:
            rate.prefix = engine.digits(rate.hs_code)

    @api.constrains("hs_code")
    def _check_prefix(self):
        for rate in self:
            if not engine.MIN_PREFIX <= len(rate.prefix or "") <= 10:
                raise ValidationError(
                    self.env._(
                        "“%s” is no beginning of an HS code: two to ten digits.",
                        rate.hs_code,
                    )
                )

    # === ONLY IN DRAFTS === #

    @api.model_create_multi
    def create(self, vals_list):
        rates = super().create(vals_list)
        rates.table_id._check_draft()
        return rates

    def write(self, vals):
        self.table_id._check_draft()
        result = super().write(vals)
        self.table_id._check_draft()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_published(self):
        self.table_id._check_draft()

    def _as_rate(self):
        """Return the row for the engine."""
        self.ensure_one()
        return engine.Rate(
            self.id,
            self.prefix,
            self.origin_id.code or "",
            self.percent,
            self.threshold_kind,
            self.threshold,
            self.minimum,
            self.maximum,
        )
