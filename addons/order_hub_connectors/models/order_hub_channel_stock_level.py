from dataclasses import dataclass, field

from odoo import models
from odoo.tools import SQL

from odoo.addons.order_hub.engine.explosion import explode

from ..engine.stock_level import Buffer, level, of_kit, unasked


@dataclass(frozen=True)
class Code:
    """A code that a channel sells.

    :ivar product: id of its product, ``None`` for a bundle
    :ivar needs: ``{product id: quantity for one piece of the code}``
    """

    sku: str
    product: int | None
    needs: dict[int, float] = field(default_factory=dict)


class OrderHubChannel(models.Model):
    """How many pieces of each code a channel may sell, for all codes at once."""

    _inherit = "order.hub.channel"

    def _stock_rows(self, product_ids=None):
        """Return what the channel may sell of each code.

        A fixed number of queries, whatever the number of codes.

        :param product_ids: only codes that these products are in; ``None``: all
        :return: ``[{"sku", "product_id", "quantity", "free", "asked"}]``
        """
        codes = self._stock_codes(self._with_kits(product_ids))
        structure, structure_of = self._structure_reader()
        structure_of({product for code in codes for product in code.needs})
        leaves = [explode(code.needs, structure) for code in codes]
        products = self.env["product.product"].browse(
            sorted({product for parts in leaves for product in parts})
        )
        Asked = self.env["order.hub.stock.asked"]
        free = Asked._free(products, self.stock_warehouse_ids, self.company_id)
        asked = Asked._asked(self.stock_warehouse_ids, self.company_id, structure_of)
        left = unasked(free, asked)
        return [
            self._stock_row(code, parts, free, left)
            for code, parts in zip(codes, leaves, strict=True)
            if free.keys() & parts.keys()
        ]

    def _stock_row(self, code, parts, free, left):
        """Return the figures of one code.

        :param parts: ``{stocked product: quantity for one piece of the code}``
        """
        buffer = Buffer(self.stock_buffer, self.stock_buffer_percent)
        [*products] = parts
        if products == [code.product]:
            factor = parts[code.product]
            have, rest = free[code.product], left[code.product]
        else:
            factor = 1.0
            have, rest = of_kit(free, parts.items()), of_kit(left, parts.items())
        return {
            "sku": code.sku,
            "product_id": code.product,
            "quantity": level(rest, buffer, factor),
            "free": have,
            "asked": have - rest,
        }

    def _structure_reader(self):
        """Return a growing ``{kit: parts}`` and the method that makes it grow."""
        structure, seen = {}, set()

        def structure_of(products):
            fresh = products - seen
            if fresh:
                seen.update(fresh)
                supply = self.env["order.hub.supply"]
                structure.update(
                    supply._structure(fresh, self.company_id, ("phantom",))
                )
            return structure

        return structure, structure_of

    def _with_kits(self, product_ids):
        """Return products and the kits they are part of, upwards to the top."""
        if product_ids is None:
            return None
        rows = self.env.execute_query(
            SQL(
                """WITH RECURSIVE upward(id) AS (
                       SELECT unnest(%s)
                        UNION
                       SELECT made.id
                         FROM upward
                         JOIN mrp_bom_line part ON part.product_id = upward.id
                         JOIN mrp_bom bom ON bom.id = part.bom_id
                              AND bom.active AND bom.type = 'phantom'
                         JOIN product_product made
                              ON made.product_tmpl_id = bom.product_tmpl_id
                             AND (bom.product_id IS NULL
                                  OR bom.product_id = made.id))
                   SELECT id FROM upward""",
                sorted(product_ids),
            )
        )
        return [row[0] for row in rows]

    # === CODES === #

    def _stock_codes(self, product_ids):
        """Return the codes that the channel sells: mapped ones, bundles, own codes.

        :param product_ids: only those with one of these products; ``None``: all
        """
        self._flush_codes()
        among = (
            SQL("TRUE")
            if product_ids is None
            else SQL("product.id = ANY(%s)", product_ids)
        )
        codes = self._mapped_codes(among) + self._bundle_codes(product_ids)
        if self.stock_scope == "all":
            known = {code.sku for code in codes}
            codes += [c for c in self._own_codes(among) if c.sku not in known]
        return codes

    def _flush_codes(self):
        self.env["product.product"].flush_model(["default_code", "active"])
        self.env["product.template"].flush_model(["uom_id", "sale_ok", "type"])
        self.env["order.hub.channel.product"].flush_model()

    def _mapped_codes(self, among):
        rows = self.env.execute_query(
            SQL(
                """SELECT code.sku, code.product_id,
                          code.factor * COALESCE(unit.factor / own.factor, 1)
                     FROM order_hub_channel_product code
                     JOIN product_product product ON product.id = code.product_id
                     JOIN product_template template
                          ON template.id = product.product_tmpl_id
                     JOIN uom_uom own ON own.id = template.uom_id
                LEFT JOIN uom_uom unit ON unit.id = code.uom_id
                    WHERE code.channel_id = %s AND code.active AND product.active
                      AND %s AND template.type = 'consu'
                 ORDER BY code.sku""",
                self.id,
                among,
            )
        )
        return [
            Code(sku, product, {product: float(pieces)})
            for sku, product, pieces in rows
        ]

    def _own_codes(self, among):
        rows = self.env.execute_query(
            SQL(
                """SELECT product.default_code, MIN(product.id)
                     FROM product_product product
                     JOIN product_template template
                          ON template.id = product.product_tmpl_id
                    WHERE product.active AND product.default_code <> '' AND %s
                      AND template.sale_ok AND template.type = 'consu'
                      AND (template.company_id IS NULL OR template.company_id = %s)
                 GROUP BY product.default_code ORDER BY product.default_code""",
                among,
                self.company_id.id,
            )
        )
        return [Code(sku, product, {product: 1.0}) for sku, product in rows]

    def _bundle_codes(self, product_ids):
        """Return the bundles that the channel sells, those with these products."""
        bundles = (
            self.env["order.hub.bundle"]
            .sudo()
            .search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("channel_id", "in", (False, self.id)),
                ]
            )
        )
        own_last = bundles.sorted(lambda bundle: bool(bundle.channel_id))
        codes = []
        for bundle in {row.sku_key: row for row in own_last}.values():
            needs = bundle._stock_needs()
            if needs and (
                product_ids is None or not needs.keys().isdisjoint(product_ids)
            ):
                codes.append(Code(bundle.sku, None, needs))
        return codes
