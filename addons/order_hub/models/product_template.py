from odoo import api, fields, models, tools


class ProductTemplate(models.Model):
    """Products that are to be kept cold on their way."""

    _inherit = "product.template"

    hub_needs_cold_chain = fields.Boolean(
        "Needs a Cold Chain",
        help="Travels with carriers that have a cold chain. Products of a category "
        "that needs one need it too.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        templates = super().create(vals_list)
        if any(vals.get("hub_needs_cold_chain") for vals in vals_list):
            self.env.registry.clear_cache()
        return templates

    def write(self, vals):
        result = super().write(vals)
        if "hub_needs_cold_chain" in vals:
            self.env.registry.clear_cache()
        return result

    @api.model
    @tools.ormcache()
    def _hub_any_cold(self):
        """Tell whether a single product is marked to be kept cold."""
        found = self.sudo().with_context(active_test=False)
        return bool(found.search_count([("hub_needs_cold_chain", "=", True)], limit=1))
