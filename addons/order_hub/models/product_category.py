from odoo import api, fields, models, tools

#: Changes after which the categories kept cold are looked up again.
COLD_FIELDS = frozenset({"hub_needs_cold_chain", "parent_id"})


class ProductCategory(models.Model):
    """Categories whose products are to be kept cold on their way."""

    _inherit = "product.category"

    hub_needs_cold_chain = fields.Boolean(
        "Needs a Cold Chain",
        help="Products of this category and those below travel with carriers that "
        "have a cold chain.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        categories = super().create(vals_list)
        self.env.registry.clear_cache()
        return categories

    def write(self, vals):
        result = super().write(vals)
        if COLD_FIELDS.intersection(vals):
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.model
    @tools.ormcache()
    def _hub_cold_ids(self):
        """Return the ids of the categories kept cold, those below them included.

        :rtype: frozenset of int
        """
        Category = self.sudo()
        marked = Category.search([("hub_needs_cold_chain", "=", True)])
        if not marked:
            return frozenset()
        return frozenset(Category.search([("id", "child_of", marked.ids)]).ids)
