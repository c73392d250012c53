"""What products, units and operation types must not do to released revisions.

Odoo rewrites or empties columns of bills of materials when these change: most of it
through the ORM, where the bills refuse it themselves; the rest is refused here.
"""

from odoo import api, models

from ..const import INTERNAL


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def write(self, vals):
        """Archive superseded revisions with nothing: they stay as they are."""
        if "active" in vals:
            self = self.with_context(order_hub_product=INTERNAL)
        return super().write(vals)


class ProductProduct(models.Model):
    _inherit = "product.product"

    def write(self, vals):
        if "active" in vals:
            self = self.with_context(order_hub_product=INTERNAL)
        if not vals.keys().isdisjoint(
            ("product_template_attribute_value_ids", "product_tmpl_id")
        ):
            self._hub_refuse_other_variant()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_revision(self):
        """A deleted variant would leave a revision behind for all variants."""
        Bom = self.env["mrp.bom"].sudo()
        Bom._hub_refuse_for([("product_id", "in", self.ids)], self)

    def _hub_refuse_other_variant(self):
        """Refuse other attribute values where a revision chooses lines by them."""
        self.env["mrp.bom"].sudo()._hub_refuse_for(
            [
                ("product_tmpl_id", "in", self.product_tmpl_id.ids),
                "|",
                "|",
                ("product_id", "in", self.ids),
                ("bom_line_ids.bom_product_template_attribute_value_ids", "!=", False),
                "|",
                ("operation_ids.bom_product_template_attribute_value_ids", "!=", False),
                ("byproduct_ids.bom_product_template_attribute_value_ids", "!=", False),
            ],
            self,
        )


class UomUom(models.Model):
    _inherit = "uom.uom"

    def write(self, vals):
        """Refuse to make a unit larger or smaller that a revision counts in."""
        if not vals.keys().isdisjoint(("relative_factor", "relative_uom_id")):
            units = self.search([("id", "child_of", self.ids)])
            self.env["mrp.bom"].sudo()._hub_refuse_for(
                [
                    "|",
                    "|",
                    ("product_uom_id", "in", units.ids),
                    ("bom_line_ids.product_uom_id", "in", units.ids),
                    ("byproduct_ids.product_uom_id", "in", units.ids),
                ],
                self,
            )
        return super().write(vals)


class StockPickingType(models.Model):
    _inherit = "stock.picking.type"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_revision(self):
        Bom = self.env["mrp.bom"].sudo()
        Bom._hub_refuse_for([("picking_type_id", "in", self.ids)], self)


class MrpBom(models.Model):
    _inherit = "mrp.bom"

    @api.model
    def _hub_refuse_for(self, domain, records):
        """Refuse a change of ``records`` that would change what a revision says.

        :param domain: of the bills that would change
        """
        if not self._hub_revision_setup()[0]:
            return
        locked = self.with_context(active_test=False).search(
            [("hub_revision_state", "!=", "draft"), *domain], limit=1
        )
        if locked:
            because = self.env._(
                "It would be changed by changing or deleting %(what)s.",
                what=records[:1].display_name,
            )
            locked._hub_refuse(because)
