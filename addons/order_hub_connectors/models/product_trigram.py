from odoo import models


def _trigram(expression):
    """Return the definition of an index, none where PostgreSQL has no trigrams."""
    return lambda registry: (
        f"USING gin ({expression} gin_trgm_ops)" if registry.has_trigram else ""
    )


class ProductProduct(models.Model):
    """Similar codes are found among 180,000 without reading them all."""

    _inherit = "product.product"

    _hub_code_trigram = models.Index(_trigram("default_code"))


class ProductTemplate(models.Model):
    """Similar names too."""

    _inherit = "product.template"

    _hub_name_trigram = models.Index(
        _trigram("(jsonb_path_query_array(name, '$.*'::jsonpath)::text)")
    )
