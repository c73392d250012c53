from odoo import api, models
from odoo.exceptions import UserError

#: A list to choose a variant from is not longer than this.
MAX_VARIANTS = 80


class MrpBom(models.Model):
    """Two revisions side by side, on the screen and for integrations."""

    _inherit = "mrp.bom"

    def action_hub_compare(self):
        """Return the screen that compares this revision with the one before it.

        A first revision is compared with the one that is in force.
        """
        self.ensure_one()
        chain = self._hub_revisions()
        other = self.hub_predecessor_id or (chain - self)[-1:] or self
        return {
            "type": "ir.actions.client",
            "tag": "order_hub.bom_compare",
            "name": self.env._("Compare Revisions"),
            "params": {"old": other.id, "new": self.id},
        }

    def action_hub_revisions(self):
        """Return the list of all revisions of this bill of materials."""
        self.ensure_one()
        return {
            **self._hub_revisions()._get_records_action(
                name=self.env._("Revisions of %s", self.product_tmpl_id.display_name)
            ),
            "view_mode": "list,kanban,form",
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
            "context": {"active_test": False, "create": False},
        }

    @api.readonly
    def hub_compare(self, other_id, product_id=False):
        """Compare another revision (old) with this one (new), on all levels.

        Costs are those of today, in the currency of the company.

        :param other_id: id of the old ``mrp.bom``
        :param product_id: the variant; by default the first one that both are for
        :return: see ``order.hub.bom.compare._answer``; also ``old`` and ``new``
            (what they are), ``choices`` (revisions), ``product``, ``variants``
        :raise AccessError: for whom may not read both
        :raise UserError: when they are for different products
        """
        self.ensure_one()
        other = self.browse(other_id)
        both = other | self
        both.check_access("read")
        product = self._hub_compared_product(other, product_id)
        company = self.company_id or self.env.company
        tree = self.env["order.hub.bom.tree"]
        old, new = (
            tree._trees(product, company, boms={product.id: bom.id})[product.id]
            for bom in (other, self)
        )
        answer = self.env["order.hub.bom.compare"]._answer(old, new, company)
        variants = self._hub_compared_variants(other)
        return {
            **answer,
            "old": other._hub_described(),
            "new": self._hub_described(),
            "choices": [bom._hub_described() for bom in self._hub_choices(other)],
            "product": {"id": product.id, "name": product.display_name},
            "variants": [
                {"id": variant.id, "name": variant.display_name}
                for variant in variants[:MAX_VARIANTS]
            ],
        }

    def _hub_compared_product(self, other, product_id):
        """Return the variant that both bills are read for."""
        if self.product_tmpl_id != other.product_tmpl_id:
            raise UserError(
                self.env._(
                    "%(one)s and %(other)s are for different products: choose two "
                    "bills of materials of one product.",
                    one=other.display_name,
                    other=self.display_name,
                )
            )
        variants = self.product_tmpl_id.with_context(active_test=False)
        variants = variants.product_variant_ids
        chosen = variants.filtered(lambda variant: variant.id == product_id)
        product = chosen or self.product_id or other.product_id or variants[:1]
        if not product:
            raise UserError(
                self.env._(
                    "%(product)s has no variant yet: there is nothing to compare.",
                    product=self.product_tmpl_id.display_name,
                )
            )
        return product

    def _hub_compared_variants(self, other):
        """Return the variants to choose from, where the choice makes a difference."""
        both = other | self
        rows = both.bom_line_ids.bom_product_template_attribute_value_ids
        rows |= both.operation_ids.bom_product_template_attribute_value_ids
        rows |= both.byproduct_ids.bom_product_template_attribute_value_ids
        return self.product_tmpl_id.product_variant_ids if rows else self.product_id

    def _hub_choices(self, other):
        """Return the bills that can be compared with these two, oldest first."""
        same = self.with_context(active_test=False).search(
            [("product_tmpl_id", "=", self.product_tmpl_id.id)],
            order="hub_revision, id",
        )
        chains = self._hub_revisions() | other
        return chains | same

    def _hub_described(self):
        """Return what the screen says of a revision."""
        states = dict(
            self._fields["hub_revision_state"]._description_selection(self.env)
        )
        return {
            "id": self.id,
            "label": self.hub_revision_label,
            "code": self.code or "",
            "state": self.hub_revision_state,
            "state_label": states[self.hub_revision_state],
            "is_plain": self._hub_is_plain(),
            "from": self.hub_effective_date,
            "until": self.hub_effective_until,
            "hash": (self.hub_content_hash or "")[:10],
        }
