import math

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class OrderHubChangeLine(models.Model):
    """One product of a customer change: how much of it, and at what price."""

    _name = "order.hub.change.line"
    _description = "Line of a Customer Change"
    _check_company_auto = True

    request_id = fields.Many2one(
        "order.hub.change.request", required=True, ondelete="cascade", index=True
    )
    order_id = fields.Many2one(related="request_id.order_id")
    company_id = fields.Many2one(
        related="request_id.company_id", store=True, index=True
    )
    currency_id = fields.Many2one(related="request_id.currency_id")
    line_id = fields.Many2one(
        "sale.order.line",
        "Order Line",
        ondelete="set null",
        index="btree_not_null",
        domain="[('order_id', '=', order_id), ('display_type', '=', False)]",
    )
    product_id = fields.Many2one(
        "product.product",
        compute="_compute_from_line",
        store=True,
        readonly=False,
        check_company=True,
        ondelete="restrict",
    )
    uom_id = fields.Many2one("uom.uom", "Unit", compute="_compute_uom_id")
    quantity_old = fields.Float(
        "Old Quantity", digits="Product Unit", readonly=True, copy=False
    )
    quantity_new = fields.Float("New Quantity", digits="Product Unit")
    price_old = fields.Monetary("Old Amount", readonly=True, copy=False)
    price_new = fields.Monetary("New Amount", readonly=True, copy=False)
    specification = fields.Text(
        help="What is to be different about the product: colour, print, packing."
    )

    # === COMPUTE === #

    @api.depends("line_id")
    def _compute_from_line(self):
        for line in self:
            line.product_id = line.line_id.product_id or line.product_id

    @api.depends("line_id", "product_id")
    def _compute_uom_id(self):
        for line in self:
            line.uom_id = line.line_id.product_uom_id or line.product_id.uom_id

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_number(vals)
        lines = super().create(vals_list)
        lines._check_may_write()
        return lines

    def write(self, vals):
        self._check_may_write()
        self._check_number(vals)
        result = super().write(vals)
        self._check_may_write()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_only_from_draft(self):
        self._check_may_write()

    @api.model
    def _check_number(self, vals):
        """Negative and absurd quantities are refused politely; no number is none."""
        if not math.isfinite(vals.get("quantity_new") or 0.0):
            raise ValidationError(
                self.env._("The new quantity is no number. Enter one.")
            )

    def _check_may_write(self):
        """What has been asked for stays as it was checked."""
        if not self.env.su:
            self.request_id._check_is_draft()

    @api.constrains("line_id", "request_id")
    def _check_line_of_order(self):
        for line in self.filtered("line_id"):
            if line.line_id.order_id != line.request_id.order_id:
                raise ValidationError(
                    self.env._(
                        "%(product)s is on another order than %(order)s. Choose a "
                        "line of this one.",
                        product=line.line_id.product_id.display_name,
                        order=line.request_id.order_id.name,
                    )
                )
