from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine.sku import sku_key

#: More pieces in one unit of a channel are a typing error.
MAX_FACTOR = 1_000_000


class OrderHubChannelProduct(models.Model):
    """The code a channel gives a product, and what one of it is here.

    One *box of 12* in the channel is ``factor`` 12 in pieces, or ``factor`` 1 in the
    unit *Box of 12*.
    """

    _name = "order.hub.channel.product"
    _description = "Product of a Channel"
    _order = "channel_id, sku"
    _rec_name = "sku"
    _check_company_auto = True

    channel_id = fields.Many2one(
        "order.hub.channel", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="channel_id.company_id", store=True)
    sku = fields.Char("Channel's Code", required=True)
    sku_key = fields.Char(compute="_compute_sku_key", store=True)
    product_id = fields.Many2one(
        "product.product",
        required=True,
        ondelete="cascade",
        index=True,
        check_company=True,
    )
    factor = fields.Float(
        "Units in One",
        digits=(16, 6),
        default=1.0,
        required=True,
        help="How many of the unit one of the channel's is: 12 for a box of 12 pieces.",
    )
    uom_id = fields.Many2one(
        "uom.uom",
        "Unit",
        ondelete="restrict",
        help="Unit of the order's line. Empty: the product's own unit, or the one that "
        "the channel's order names.",
    )
    active = fields.Boolean(default=True)
    learned_by_id = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="Who answered that this code always means this product.",
    )
    note = fields.Char()

    _sku_uniq = models.UniqueIndex(
        "(channel_id, sku_key)", "The channel has a product for this code already."
    )
    _factor_positive = models.Constraint(
        "CHECK (factor > 0)", "One of the channel's is more than 0 of the unit."
    )

    @api.depends("sku")
    def _compute_sku_key(self):
        for row in self:
            row.sku_key = sku_key(row.sku)

    @api.depends("sku", "product_id")
    def _compute_display_name(self):
        for row in self:
            row.display_name = f"{row.sku or ''} → {row.product_id.display_name or ''}"

    @api.constrains("sku")
    def _check_sku(self):
        for row in self:
            if not row.sku_key:
                raise ValidationError(self.env._("A code has at least one character."))

    @api.constrains("factor")
    def _check_factor(self):
        for row in self:
            if row.factor > MAX_FACTOR:
                raise ValidationError(
                    self.env._(
                        "%(factor)s units in one “%(sku)s” is more than %(most)s. "
                        "Check the number, or use a bigger unit.",
                        factor=row.factor,
                        sku=row.sku,
                        most=MAX_FACTOR,
                    )
                )

    @api.constrains("uom_id", "product_id")
    def _check_unit(self):
        for row in self.filtered("uom_id"):
            own = row.product_id.uom_id
            if not own._has_common_reference(row.uom_id):
                raise ValidationError(
                    self.env._(
                        "%(product)s is counted in %(own)s, which cannot be converted "
                        "to %(unit)s. Choose a unit of the same kind.",
                        product=row.product_id.display_name,
                        own=own.name,
                        unit=row.uom_id.name,
                    )
                )

    @api.model
    def _learn(self, channel, rows):
        """Keep that codes of a channel always mean products, as the user says.

        :param rows: dicts with ``sku``, ``product_id``, ``factor``, ``uom_id``
        :return: the records, those that were known changed
        """
        keys = {sku_key(row["sku"]): row for row in rows}
        known = self.with_context(active_test=False).search(
            [("channel_id", "=", channel.id), ("sku_key", "in", list(keys))]
        )
        for record in known:
            vals = keys.pop(record.sku_key)
            record.write({**vals, "active": True, "learned_by_id": self.env.uid})
        return known + self.create(
            [
                {**row, "channel_id": channel.id, "learned_by_id": self.env.uid}
                for row in keys.values()
            ]
        )
