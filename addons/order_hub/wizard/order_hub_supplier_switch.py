from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class OrderHubSupplierSwitch(models.AbstractModel):
    """Buys what is missing of a purchase line from another approved supplier.

    Done with the rights of whoever does it. What waits for the goods waits for the new
    line; an order that is confirmed already is reduced by what is open, not deleted.
    Wizards say why (:meth:`_switch_note`) and how much (:meth:`_wanted`).
    """

    _name = "order.hub.supplier.switch"
    _description = "Buy from Another Supplier"

    line_id = fields.Many2one("purchase.order.line", required=True, ondelete="cascade")
    purchase_id = fields.Many2one(related="line_id.order_id", string="Open Purchase")
    old_partner_id = fields.Many2one(
        related="line_id.order_id.partner_id", string="Present Supplier"
    )
    old_price = fields.Monetary(
        "Present Price", compute="_compute_terms", currency_field="old_currency_id"
    )
    old_currency_id = fields.Many2one(
        related="line_id.currency_id", string="Present Currency"
    )
    old_date = fields.Datetime(related="line_id.date_planned", string="Expected Now")
    product_id = fields.Many2one(related="line_id.product_id")
    uom_id = fields.Many2one(related="line_id.product_uom_id")
    quantity = fields.Float("Open", compute="_compute_terms", digits="Product Unit")
    partner_id = fields.Many2one("res.partner", "New Supplier", required=True)
    seller_id = fields.Many2one(
        "product.supplierinfo", "Price List", compute="_compute_terms"
    )
    currency_id = fields.Many2one(
        related="seller_id.currency_id", string="New Currency"
    )
    price = fields.Monetary("New Price", compute="_compute_terms")
    lead_days = fields.Integer("Lead Time (days)", compute="_compute_terms")
    date = fields.Datetime("Expected Then", compute="_compute_terms")
    is_confirmed = fields.Boolean(compute="_compute_terms")

    @api.depends("line_id", "partner_id")
    def _compute_terms(self):
        now = fields.Datetime.now()
        for switch in self:
            line = switch.line_id
            switch.quantity = switch._wanted()
            switch.old_price = switch.quantity * line.price_unit_discounted
            switch.is_confirmed = line.order_id.state == "purchase"
            seller = line.product_id.with_company(line.company_id)._select_seller(
                partner_id=switch.partner_id,
                quantity=switch.quantity,
                date=fields.Date.context_today(switch),
                uom_id=line.product_uom_id,
            )
            switch.seller_id = seller
            rate = line.product_uom_id._compute_quantity(
                switch.quantity, seller.product_uom_id or line.product_uom_id
            )
            switch.price = rate * seller.price_discounted
            switch.lead_days = seller.delay
            switch.date = fields.Datetime.add(now, days=seller.delay)

    # === WHAT A WIZARD SAYS === #

    def _wanted(self):
        """Return what is bought elsewhere, in the line's unit."""
        self.ensure_one()
        return max(self.line_id.product_qty - self.line_id.qty_received, 0.0)

    def _switch_note(self, new):
        """Return the note for both orders: what is bought elsewhere, and why."""
        raise NotImplementedError

    # === SWITCH === #

    def _switch(self):
        """Buy from the new supplier and take back from the present one.

        :return: the new ``purchase.order``
        :raise UserError: nothing is open any more, or the supplier is not approved
        """
        self.ensure_one()
        self.line_id.check_access("write")
        self._check_possible()
        old, purchase = self.line_id, self.purchase_id
        new = self.env["purchase.order"].create(self._purchase_vals())
        note = self._switch_note(new)
        self._hand_over(old, new.order_line)
        self._give_up(old, purchase)
        purchase.message_post(body=note)
        new.message_post(body=note)
        return new

    def _open_new(self, new):
        return {
            "type": "ir.actions.act_window",
            "res_model": "purchase.order",
            "res_id": new.id,
            "view_mode": "form",
        }

    def _check_possible(self):
        if self.quantity <= 0 or self.purchase_id.state == "cancel":
            raise UserError(
                self.env._(
                    "Nothing is open of %s any more. Look at the order again.",
                    self.purchase_id.name,
                )
            )
        if not self.seller_id:
            raise UserError(
                self.env._(
                    "%(supplier)s is no approved supplier of %(product)s for "
                    "%(quantity)g today. Add a price of theirs to the product first.",
                    supplier=self.partner_id.name,
                    product=self.product_id.display_name,
                    quantity=self.quantity,
                )
            )

    def _purchase_vals(self):
        old = self.purchase_id
        return {
            "partner_id": self.partner_id.id,
            "company_id": old.company_id.id,
            "currency_id": self.seller_id.currency_id.id,
            "picking_type_id": old.picking_type_id.id,
            "dest_address_id": old.dest_address_id.id,
            "origin": old.origin,
            "reference_ids": [Command.set(old.reference_ids.ids)],
            "order_line": [Command.create(self._line_vals())],
        }

    def _line_vals(self):
        return {
            "product_id": self.product_id.id,
            "product_qty": self.quantity,
            "product_uom_id": self.uom_id.id,
            "date_planned": self.date,
            "sale_line_id": self.line_id.sale_line_id.id,
            "propagate_cancel": self.line_id.propagate_cancel,
        }

    def _waiting_moves(self, old):
        """Return the moves that wait for the old line."""
        return (
            old.move_dest_ids
            | old.move_ids.filtered(
                lambda move: move.state not in ("done", "cancel")
            ).move_dest_ids
        )

    def _hand_over(self, old, new):
        """Let what waits for the old line wait for the new one."""
        waiting = self._waiting_moves(old)
        new.move_dest_ids = [Command.link(move.id) for move in waiting]
        old.move_dest_ids = [Command.clear()]
        old.move_ids.filtered(
            lambda move: move.state not in ("done", "cancel")
        ).move_dest_ids = [Command.clear()]

    def _give_up(self, old, purchase):
        """Take what is open from the old purchase; without any rest, cancel it."""
        others = purchase.order_line.filtered(
            lambda line: line != old and not line.display_type
        )
        if not others and not old.qty_received:
            purchase.button_cancel()
        elif purchase.state == "purchase":
            old.product_qty = old.qty_received
        else:
            old.unlink()
