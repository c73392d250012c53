from odoo import api, fields, models

from ..engine.usage import monday


class OrderHubForecast(models.Model):
    """What somebody expects to be needed of a product in a week.

    Of a finished product: to be sold. Of a bought item: to be used. Orders of the
    week use a forecast up, they are not added to it.
    """

    _name = "order.hub.forecast"
    _description = "Forecast"
    _order = "week, product_id, id"
    _rec_name = "product_id"
    _check_company_auto = True

    product_id = fields.Many2one(
        "product.product",
        required=True,
        check_company=True,
        ondelete="cascade",
        domain="[('type', '=', 'consu')]",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
        index=True,
    )
    week = fields.Date(
        required=True,
        default=lambda self: monday(fields.Date.context_today(self)),
        help="Any day of the week; the week's Monday is kept.",
    )
    quantity = fields.Float(required=True, digits="Product Unit")
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    source = fields.Selection(
        [("entered", "Entered"), ("imported", "Imported")],
        required=True,
        readonly=True,
        default="entered",
    )
    note = fields.Char()

    _week_uniq = models.UniqueIndex(
        "(product_id, company_id, week)",
        "There is a forecast of this product for this week already. Change that one.",
    )
    _quantity_positive = models.Constraint(
        "CHECK(quantity >= 0)", "A forecast cannot be less than nothing."
    )

    @api.model_create_multi
    def create(self, vals_list):
        is_import = "import_file" in self.env.context
        vals_list = [self._on_monday(vals) for vals in vals_list]
        if is_import:
            vals_list = [{**vals, "source": "imported"} for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        if "quantity" in vals:
            is_import = "import_file" in self.env.context
            vals = {**vals, "source": "imported" if is_import else "entered"}
        return super().write(self._on_monday(vals))

    @api.model
    def _on_monday(self, vals):
        """Return values with the Monday of the week that a day was given of."""
        if not vals.get("week"):
            return vals
        return {**vals, "week": monday(fields.Date.to_date(vals["week"]))}
