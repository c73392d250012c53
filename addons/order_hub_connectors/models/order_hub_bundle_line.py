from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine.bundle import Child


class OrderHubBundleLine(models.Model):
    """One thing in a bundle: a product, or another bundle."""

    _name = "order.hub.bundle.line"
    _description = "Content of a Bundle"
    _order = "bundle_id, sequence, id"
    _check_company_auto = True

    bundle_id = fields.Many2one(
        "order.hub.bundle", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="bundle_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    product_id = fields.Many2one(
        "product.product",
        ondelete="restrict",
        check_company=True,
        index="btree_not_null",
    )
    child_bundle_id = fields.Many2one(
        "order.hub.bundle",
        "Other Bundle",
        ondelete="restrict",
        check_company=True,
        index="btree_not_null",
        help="Instead of a product: all that is in this bundle.",
    )
    quantity = fields.Float(digits="Product Unit", default=1.0, required=True)
    uom_id = fields.Many2one(
        "uom.uom", "Unit", ondelete="restrict", help="Empty: the product's own unit."
    )
    share = fields.Float(
        digits=(16, 4),
        help="Part of the bundle's price, for bundles that go by shares: 60 and 40 are "
        "as good as 0.6 and 0.4.",
    )
    is_free = fields.Boolean("Gift", help="It carries nothing of the price.")

    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0)", "A bundle holds more than 0 of what is in it."
    )
    _share_positive = models.Constraint(
        "CHECK (share >= 0)", "A share of the price is 0 or more."
    )
    _one_thing = models.Constraint(
        "CHECK ((product_id IS NULL) != (child_bundle_id IS NULL))",
        "A line of a bundle names either a product or another bundle.",
    )

    @api.constrains("child_bundle_id", "share", "is_free")
    def _check_bundles(self):
        self.bundle_id._check_nesting()
        for bundle in self.bundle_id:
            bundle._check_shares()

    @api.constrains("uom_id", "product_id")
    def _check_unit(self):
        for line in self.filtered(lambda line: line.uom_id and line.product_id):
            if not line.product_id.uom_id._has_common_reference(line.uom_id):
                raise ValidationError(
                    self.env._(
                        "%(product)s is counted in %(own)s, which cannot be converted "
                        "to %(unit)s. Choose a unit of the same kind.",
                        product=line.product_id.display_name,
                        own=line.product_id.uom_id.name,
                        unit=line.uom_id.name,
                    )
                )

    def _as_child(self):
        """Return the line for the engine, in the product's own unit."""
        self.ensure_one()
        if self.child_bundle_id:
            key, quantity = ("bundle", self.child_bundle_id.id), self.quantity
        else:
            own = self.product_id.uom_id
            unit = self.uom_id or own
            key = ("product", self.product_id.id)
            quantity = unit._compute_quantity(self.quantity, own, round=False)
        return Child(key, quantity, self.share, self.is_free)
