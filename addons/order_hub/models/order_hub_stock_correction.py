from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

#: Longest reason that is kept.
MAX_REASON = 200
#: Places of one product that a phone can show.
MAX_PLACES = 30


class OrderHubStockCorrection(models.AbstractModel):
    """Stock is corrected where it lies: scan, count, say why.

    The correction is Odoo's own inventory adjustment. Drafts that want the product
    find their warehouse again.
    """

    _name = "order.hub.stock.correction"
    _description = "Stock Correction by Scan"

    @api.model
    def find(self, code):
        """Find what a code stands for: a product, or a location.

        :param str code: barcode or internal reference, scanned or typed
        :return: dict ``product`` (id, name, code, unit) and ``places`` (id, name,
            warehouse, quantity, reserved), or for a location ``products``; or
            ``{"error": sentence}``
        :raise AccessError: for anybody who may not count stock
        """
        self._check_may_count()
        text = str(code or "").strip()[:500]
        product = self._product(text)
        if product:
            return self._shown(product)
        location = self._location(text)
        if location:
            return self._shown_location(location)
        return {
            "error": self.env._("No product or location has the code “%s”.", text[:60])
        }

    @api.model
    def correct(self, product_id, location_id, quantity, reason):
        """Set what is really there, and look at waiting drafts again.

        :param int product_id: product, not tracked by lots
        :param int location_id: an internal location of a warehouse
        :param float quantity: what was counted, in the product's unit
        :param str reason: why it differs; kept with the adjustment
        :return: as :meth:`find`, and ``orders``: how many drafts were looked at
        :raise AccessError: for anybody who may not count stock
        :raise UserError: for an amount or a reason that makes no sense
        """
        self._check_may_count()
        product = self._checked_product(product_id)
        location = self._checked_location(location_id)
        counted = self._checked_quantity(quantity, product)
        reason = self._checked_reason(reason)
        self._count(product, location, counted, reason)
        orders = self._source_again(product)
        return {**self._shown(product), "orders": len(orders)}

    # === FIND === #

    def _product(self, code):
        Product = self.env["product.product"]
        for name in ("barcode", "default_code") if code else ():
            found = Product.search(
                [(name, "=", code), ("is_storable", "=", True)], limit=2
            )
            if len(found) == 1:
                return found
        return Product

    def _location(self, code):
        if not code:
            return self.env["stock.location"]
        domain = Domain("barcode", "=", code) | Domain("complete_name", "=", code)
        return self.env["stock.location"].search(
            domain & Domain("usage", "=", "internal"), limit=1
        )

    def _shown(self, product):
        quants = self.env["stock.quant"].search(
            [("product_id", "=", product.id), ("location_id.usage", "=", "internal")],
            order="location_id",
            limit=MAX_PLACES,
        )
        return {
            "product": self._shown_product(product),
            "tracked": product.tracking != "none",
            "places": [
                {
                    "id": location.id,
                    "name": location.complete_name,
                    "warehouse": location.warehouse_id.name or "",
                    "quantity": sum(found.mapped("quantity")),
                    "reserved": sum(found.mapped("reserved_quantity")),
                }
                for location, found in quants.grouped("location_id").items()
            ]
            or self._empty_places(),
        }

    def _empty_places(self):
        """Offer the stock locations where nothing is on record so far."""
        warehouses = self.env["stock.warehouse"].search(
            [("company_id", "in", self.env.companies.ids)]
        )
        return [
            {
                "id": warehouse.lot_stock_id.id,
                "name": warehouse.lot_stock_id.complete_name,
                "warehouse": warehouse.name,
                "quantity": 0.0,
                "reserved": 0.0,
            }
            for warehouse in warehouses
        ]

    def _shown_product(self, product):
        return {
            "id": product.id,
            "name": product.with_context(display_default_code=False).display_name,
            "code": product.default_code or "",
            "unit": product.uom_id.name,
        }

    def _shown_location(self, location):
        quants = self.env["stock.quant"].search(
            [("location_id", "=", location.id)], limit=MAX_PLACES
        )
        return {
            "location": {"id": location.id, "name": location.complete_name},
            "products": [
                {
                    **self._shown_product(product),
                    "scan": product.barcode or product.default_code or "",
                    "quantity": sum(found.mapped("quantity")),
                }
                for product, found in quants.grouped("product_id").items()
            ],
        }

    # === CHECK === #

    def _check_may_count(self):
        if not self.env.user.has_group("stock.group_stock_user"):
            raise AccessError(
                self.env._("Stock is corrected by the people of the warehouse.")
            )

    def _checked_product(self, product_id):
        known = product_id if isinstance(product_id, int) else []
        product = self.env["product.product"].browse(known).exists()
        if not product or not product.is_storable:
            raise UserError(self.env._("This product is not kept in stock."))
        product.check_access("read")
        if product.tracking != "none":
            raise UserError(
                self.env._(
                    "%s is tracked by lots or serial numbers: count it in Inventory › "
                    "Physical Inventory, lot by lot.",
                    product.display_name,
                )
            )
        return product

    def _checked_location(self, location_id):
        location = self.env["stock.location"].browse(int(location_id)).exists()
        if not location or location.usage != "internal":
            raise UserError(self.env._("Stock is counted in a location of the house."))
        location.check_access("read")
        if location.company_id not in self.env.companies:
            raise AccessError(self.env._("This location belongs to another company."))
        return location

    def _checked_quantity(self, quantity, product):
        try:
            counted = float(quantity)
        except (TypeError, ValueError):
            counted = -1.0
        if not 0 <= counted < 1e9:
            raise UserError(self.env._("Count again: the quantity must be 0 or more."))
        return product.uom_id.round(counted)

    def _checked_reason(self, reason):
        reason = str(reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why the figure was wrong."))
        return reason[:MAX_REASON]

    # === COUNT === #

    def _count(self, product, location, counted, reason):
        """Adjust by Odoo's own inventory, as the user, with the reason as its name."""
        Quant = self.env["stock.quant"].with_context(
            inventory_mode=True, inventory_name=self.env._("Count: %s", reason)
        )
        quant = Quant.search(
            [
                ("product_id", "=", product.id),
                ("location_id", "=", location.id),
                ("lot_id", "=", False),
                ("package_id", "=", False),
                ("owner_id", "=", False),
            ],
            limit=1,
        )
        others = self._elsewhere(product, location, quant)
        if quant:
            quant.inventory_quantity = counted - others
        else:
            quant = Quant.create(
                {
                    "product_id": product.id,
                    "location_id": location.id,
                    "inventory_quantity": counted - others,
                }
            )
        quant.user_id = self.env.uid
        quant.with_context(**Quant.env.context).action_apply_inventory()

    def _elsewhere(self, product, location, quant):
        """Return what lies in packages or belongs to others; refuse to count it."""
        others = self.env["stock.quant"].search(
            [("product_id", "=", product.id), ("location_id", "=", location.id)]
        )
        kept = (others - quant).filtered("quantity")
        if kept.package_id or kept.owner_id:
            raise UserError(
                self.env._(
                    "Part of %s lies in packages or belongs to somebody else: count it "
                    "in Inventory › Physical Inventory.",
                    product.display_name,
                )
            )
        return sum(kept.mapped("quantity"))

    def _source_again(self, product):
        """Let drafts that want the product, or a kit with it, find their warehouse."""
        kits = (
            self.env["mrp.bom.line"]
            .sudo()
            .search([("product_id", "=", product.id), ("bom_id.type", "=", "phantom")])
            .bom_id
        )
        templates = kits.product_tmpl_id
        wanted = Domain("order_line.product_id", "=", product.id)
        if templates:
            wanted |= Domain(
                "order_line.product_id.product_tmpl_id", "in", templates.ids
            )
        mine = Domain("company_id", "in", self.env.companies.ids)
        return self.env["sale.order"].sudo()._hub_source_waiting(wanted & mine)
