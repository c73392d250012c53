from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.order_hub.engine.explosion import explode

from ..engine.sku import sku_key

#: Orders in the inbox that have not become orders of the hub yet.
NOT_TAKEN_IN = ("received", "attention", "failed")


class OrderHubStockAsked(models.AbstractModel):
    """What is free, and what waiting orders want of it, set-based.

    Stock is promised by more than its reservation: by orders that wait in the
    inbox, by quotations that channels sold already, and by confirmed orders for
    which nothing is set aside yet. All of them count, whichever channel asks.
    Quantities are in the product's own unit.
    """

    _name = "order.hub.stock.asked"
    _description = "Stock Free and Asked For"

    @api.model
    def _free(self, products, warehouses, company):
        """Return ``{product id: Odoo's own free quantity}`` in some warehouses.

        :param products: ``product.product`` that are no kits
        :param warehouses: ``stock.warehouse``; empty: all of the company
        """
        here = products.sudo().with_company(company)
        here = here.with_context(
            allowed_company_ids=company.ids, warehouse_id=warehouses.ids or False
        )
        storable = here.filtered("is_storable")
        storable.invalidate_recordset(["free_qty"], flush=False)
        return {product.id: product.free_qty for product in storable}

    @api.model
    def _asked(self, warehouses, company, structure_of):
        """Return ``{product id: quantity}`` that waiting orders want.

        :param structure_of: returns ``{kit id: [(component id, quantity)]}`` for
            product ids
        """
        wanted = defaultdict(float)
        for rows in (self._asked_by_inbox(company), self._asked_by_drafts(company)):
            for product, quantity in rows:
                wanted[product] += float(quantity)
        parts = explode(wanted, structure_of(set(wanted)))
        for product, quantity in self._asked_by_moves(warehouses, company).items():
            parts[product] = parts.get(product, 0.0) + quantity
        return parts

    def _asked_by_inbox(self, company):
        """Return pairs of product and quantity in orders that were received only."""
        self.env["order.hub.inbound"].flush_model(["state", "order_id", "values"])
        rows = self.env.execute_query(
            SQL(
                """SELECT inbound.channel_id, item ->> 'sku',
                          SUM((item ->> 'quantity')::numeric)
                     FROM order_hub_inbound inbound
                    CROSS JOIN LATERAL jsonb_array_elements(
                          CASE jsonb_typeof(inbound."values" -> 'lines')
                          WHEN 'array' THEN inbound."values" -> 'lines'
                          ELSE '[]'::jsonb END) item
                    WHERE inbound.kind = 'order' AND inbound.order_id IS NULL
                      AND inbound.company_id = %s AND inbound.state IN %s
                      AND jsonb_typeof(item -> 'quantity') = 'number'
                      AND item ->> 'sku' <> ''
                 GROUP BY inbound.channel_id, item ->> 'sku'""",
                company.id,
                NOT_TAKEN_IN,
            )
        )
        by_channel = defaultdict(dict)
        for channel_id, sku, quantity in rows:
            by_channel[channel_id][sku] = float(quantity)
        pairs = []
        for channel_id, codes in by_channel.items():
            channel = self.env["order.hub.channel"].sudo().browse(channel_id)
            pairs += self._pieces(channel, codes)
        return pairs

    def _pieces(self, channel, codes):
        """Return pairs of product and quantity of what codes of a channel are.

        Unknown codes are left out: nobody knows yet which product they take.

        :param codes: ``{code: how many}``
        """
        finder = self.env["order.hub.product.finder"].sudo()
        found = finder._by_channel(channel, set(codes))
        finder._by_code(channel, set(codes) - set(found), set(), found)
        pairs = []
        for sku, match in found.items():
            unit, own = match.unit or match.product.uom_id, match.product.uom_id
            quantity = unit._compute_quantity(
                codes[sku] * match.factor, own, round=False
            )
            pairs.append((match.product.id, quantity))
        return pairs + self._pieces_of_bundles(channel, codes, found)

    def _pieces_of_bundles(self, channel, codes, found):
        Bundle = self.env["order.hub.bundle"].sudo()
        keys = {sku_key(sku): sku for sku in codes if sku not in found}
        bundles = Bundle._known(channel, keys) if keys else {}
        return [
            (product, quantity * codes[keys[key]])
            for key, bundle_id in bundles.items()
            for product, quantity in Bundle.browse(bundle_id)._stock_needs().items()
        ]

    def _asked_by_drafts(self, company):
        """Rows of product and quantity in quotations that channels sold already."""
        self.env["sale.order"].flush_model(["state", "hub_channel_id", "company_id"])
        self.env["sale.order.line"].flush_model(
            ["order_id", "product_id", "product_uom_id", "product_uom_qty"]
        )
        return self.env.execute_query(
            SQL(
                """SELECT line.product_id,
                          SUM(line.product_uom_qty * unit.factor / own.factor)
                     FROM sale_order o
                     JOIN sale_order_line line ON line.order_id = o.id
                     JOIN uom_uom unit ON unit.id = line.product_uom_id
                     JOIN product_product product ON product.id = line.product_id
                     JOIN product_template template
                          ON template.id = product.product_tmpl_id
                     JOIN uom_uom own ON own.id = template.uom_id
                    WHERE o.state IN ('draft', 'sent') AND o.company_id = %s
                      AND o.hub_channel_id IS NOT NULL AND line.display_type IS NULL
                      AND template.type = 'consu'
                 GROUP BY line.product_id""",
                company.id,
            )
        )

    def _asked_by_moves(self, warehouses, company):
        """Return what moves out of the warehouses want that nothing is set aside for.

        Moves in several steps count where Odoo itself counts them as outgoing.
        """
        Product = (
            self.env["product.product"]
            .sudo()
            .with_context(
                allowed_company_ids=company.ids, warehouse_id=warehouses.ids or False
            )
        )
        _quants, _incoming, outgoing = Product._get_domain_locations()
        rows = (
            self.env["stock.move"]
            .sudo()
            ._read_group(
                [("state", "in", ("confirmed", "waiting", "partially_available"))]
                + list(outgoing),
                ["product_id", "product_uom"],
                ["product_uom_qty:sum", "quantity:sum"],
            )
        )
        asked = defaultdict(float)
        for product, unit, wanted, set_aside in rows:
            rest = max(wanted - set_aside, 0.0)
            asked[product.id] += unit._compute_quantity(
                rest, product.uom_id, round=False
            )
        return asked

    @api.model
    def _unread(self, company):
        """Return when the oldest order arrived that nobody has read yet, or None.

        What it wants is not known. Channels that are switched off or paused do not
        count: theirs would stop everything.
        """
        [[oldest]] = self.env.execute_query(
            SQL(
                """SELECT MIN(inbound.received_at) FROM order_hub_inbound inbound
                     JOIN order_hub_channel channel
                          ON channel.id = inbound.channel_id
                          AND channel.intake_state = 'on'
                    WHERE inbound.state = 'received' AND inbound.kind = 'order'
                      AND inbound.company_id = %s AND inbound."values" IS NULL""",
                company.id,
            )
        )
        return oldest
