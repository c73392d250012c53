from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import format_amount

from ..engine import vmi as engine

STATES = [
    (engine.BELOW, "Below the Minimum"),
    (engine.WITHIN, "Within"),
    (engine.ABOVE, "Above the Maximum"),
]


class OrderHubVmi(models.Model):
    """An agreement: a supplier keeps our stock of an item between two quantities.

    The supplier sees what is in stock and on the way of this item in this warehouse,
    and proposes deliveries up to the maximum.
    """

    _name = "order.hub.vmi"
    _description = "Vendor-managed Stock"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "partner_id, product_id, id"
    _check_company_auto = True
    _rec_name = "product_id"

    partner_id = fields.Many2one(
        "res.partner",
        "Supplier",
        required=True,
        tracking=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", store=True, index=True
    )
    product_id = fields.Many2one(
        "product.product",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('is_storable', '=', True)]",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
        ondelete="cascade",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        required=True,
        check_company=True,
        ondelete="restrict",
        default=lambda self: self._default_warehouse_id(),
    )
    uom_id = fields.Many2one(
        "uom.uom",
        "Unit",
        required=True,
        compute="_compute_uom_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
    )
    min_qty = fields.Float("Minimum", digits="Product Unit", tracking=True)
    max_qty = fields.Float("Maximum", digits="Product Unit", tracking=True)
    date_from = fields.Date("Agreed From", tracking=True)
    date_until = fields.Date("Agreed Until", tracking=True)
    confirm_amount = fields.Monetary(
        "Order by Itself up to",
        tracking=True,
        help="A proposal up to this amount (without taxes) becomes an order at once. "
        "0: a buyer looks at every proposal.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Buyer",
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        index="btree_not_null",
    )
    active = fields.Boolean(default=True, tracking=True)
    told_on = fields.Date(
        readonly=True,
        copy=False,
        help="When the supplier was told last that the stock is short; empty once it "
        "is not any more.",
    )
    stock_qty = fields.Float(
        "In Stock", compute="_compute_position", digits="Product Unit"
    )
    coming_qty = fields.Float(
        "On the Way",
        compute="_compute_position",
        digits="Product Unit",
        help="Ordered from or proposed by this supplier, and not received yet.",
    )
    room_qty = fields.Float(
        "Room",
        compute="_compute_position",
        digits="Product Unit",
        help="What can still be proposed without exceeding the maximum.",
    )
    state = fields.Selection(STATES, "Stock Is", compute="_compute_position")
    supplier_label = fields.Char(
        compute="_compute_supplier_label", help="The item as the supplier calls it."
    )
    stock_text = fields.Char(compute="_compute_stock_text")

    _agreed_uniq = models.UniqueIndex(
        "(commercial_partner_id, product_id, warehouse_id) WHERE active",
        "This item is agreed with this supplier for this warehouse already. Change or "
        "archive that agreement.",
    )
    _quantities = models.Constraint(
        "CHECK (min_qty >= 0 AND max_qty > 0 AND max_qty >= min_qty)",
        "The minimum must not be negative, and the maximum neither zero nor below it.",
    )
    _amount_positive = models.Constraint(
        "CHECK (confirm_amount >= 0)",
        "Orders cannot be placed by themselves up to a negative amount. Write 0 for "
        "never.",
    )

    # === DEFAULTS AND CONSTRAINTS === #

    @api.model
    def _default_warehouse_id(self):
        company = self.env.company.id
        return self.env["stock.warehouse"].search(
            [("company_id", "=", company)], limit=1
        )

    @api.constrains("uom_id", "product_id")
    def _check_unit(self):
        for agreement in self:
            if not agreement.uom_id._has_common_reference(agreement.product_id.uom_id):
                raise ValidationError(
                    self.env._(
                        "%(product)s is not counted in %(unit)s. Choose a unit that "
                        "can be converted into %(own)s.",
                        product=agreement.product_id.display_name,
                        unit=agreement.uom_id.name,
                        own=agreement.product_id.uom_id.name,
                    )
                )

    @api.constrains("date_from", "date_until")
    def _check_dates(self):
        for agreement in self.filtered(lambda each: each.date_from and each.date_until):
            if agreement.date_until < agreement.date_from:
                raise ValidationError(
                    self.env._(
                        "The agreement about %s ends before it begins.",
                        agreement.product_id.display_name,
                    )
                )

    # === COMPUTE === #

    @api.depends("product_id", "partner_id")
    def _compute_uom_id(self):
        for agreement in self.filtered("product_id"):
            theirs = agreement.product_id.seller_ids.filtered(
                lambda seller, partner=agreement.partner_id: (
                    seller.partner_id.commercial_partner_id
                    == partner.commercial_partner_id
                )
            )
            agreement.uom_id = theirs[:1].product_uom_id or agreement.product_id.uom_id

    @api.depends("product_id", "warehouse_id", "uom_id", "min_qty", "max_qty")
    def _compute_position(self):
        positions = self._positions()
        for agreement in self:
            found = positions.get(agreement.id, engine.Position(0, 0, 0, 0))
            agreement.stock_qty = found.stock
            agreement.coming_qty = found.coming
            agreement.room_qty = found.room
            agreement.state = found.state

    @api.depends("product_id", "partner_id")
    def _compute_supplier_label(self):
        labels = self._labels()
        for agreement in self:
            agreement.supplier_label = labels[agreement]

    @api.depends("stock_qty", "coming_qty", "min_qty", "max_qty", "uom_id")
    @api.depends_context("lang")
    def _compute_stock_text(self):
        for agreement in self:
            agreement.stock_text = self.env._(
                "%(stock)g %(unit)s in stock, %(coming)g %(unit)s on the way; agreed "
                "%(low)g to %(high)g %(unit)s",
                stock=round(agreement.stock_qty, 3),
                coming=round(agreement.coming_qty, 3),
                low=agreement.min_qty,
                high=agreement.max_qty,
                unit=agreement.uom_id.name or "",
            )

    @api.depends("product_id", "partner_id")
    def _compute_display_name(self):
        for agreement in self:
            agreement.display_name = (
                f"{agreement.product_id.display_name} – {agreement.partner_id.name}"
            )

    def _labels(self):
        """Return ``{agreement: the supplier's own code and name of the item}``."""
        sellers = self.env["product.supplierinfo"].search(
            [
                ("product_tmpl_id", "in", self.product_id.product_tmpl_id.ids),
                ("partner_id", "child_of", self.commercial_partner_id.ids),
            ]
        )
        found = {}
        for agreement in self:
            theirs = sellers.filtered(
                lambda seller, each=agreement: (
                    seller.product_tmpl_id == each.product_id.product_tmpl_id
                    and seller.product_id in (each.product_id, each.product_id.browse())
                    and seller.partner_id.commercial_partner_id
                    == each.commercial_partner_id
                )
            ).sorted(lambda seller: not seller.product_id)[:1]
            code = theirs.product_code
            name = theirs.product_name or agreement.product_id.name or ""
            found[agreement] = f"[{code}] {name}" if code else name
        return found

    @api.model
    def _valid_domain(self, today):
        """Return the domain of agreements that hold on a day."""
        begun = Domain("date_from", "=", False) | Domain("date_from", "<=", today)
        lasts = Domain("date_until", "=", False) | Domain("date_until", ">=", today)
        return begun & lasts

    # === ACTIONS === #

    def action_open_orders(self):
        """Open the purchases of this item from this supplier."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Purchases"),
            "res_model": "purchase.order",
            "view_mode": "list,form",
            "domain": [
                ("partner_id", "child_of", self.commercial_partner_id.ids),
                ("order_line.product_id", "=", self.product_id.id),
                ("company_id", "=", self.company_id.id),
            ],
        }

    def _amount_text(self, amount):
        return format_amount(self.env, amount, self.currency_id)
