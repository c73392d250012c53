from odoo import api, fields, models
from odoo.exceptions import UserError


class OrderHubNextSupplier(models.TransientModel):
    """Order from the next approved supplier what the present one does not deliver.

    What was refused is taken from the answer: one that still waits for the buyer is
    accepted first. Of a line that nobody refused, all that is open changes hands.
    """

    _name = "order.hub.next.supplier"
    _inherit = ["order.hub.supplier.switch"]
    _description = "Order from Next Supplier"

    partner_id = fields.Many2one(required=False)
    option_ids = fields.One2many(
        "order.hub.next.supplier.option", "wizard_id", readonly=True
    )
    option_partner_ids = fields.Many2many(
        "res.partner", compute="_compute_option_partner_ids"
    )
    is_refused = fields.Boolean(compute="_compute_is_refused")

    @api.model_create_multi
    def create(self, vals_list):
        wizards = super().create(vals_list)
        wizards._fill_options()
        return wizards

    def _fill_options(self):
        """Put the approved suppliers into the wizard, the next one first."""
        for wizard in self:
            line = wizard.line_id
            found = line._hub_next_suppliers({line.id: wizard._wanted()})[line.id]
            wizard.option_ids = [
                fields.Command.create({"sequence": number, **wizard._option_vals(each)})
                for number, each in enumerate(found, 1)
            ]
            wizard.partner_id = wizard.option_ids[:1].partner_id

    @staticmethod
    def _option_vals(candidate):
        score = candidate["score"]
        return {
            "partner_id": candidate["partner_id"],
            "price": candidate["price"],
            "lead_days": candidate["delay"],
            "date": candidate["date"],
            "score": score or 0.0,
            "has_score": score is not None,
            "has_certificate": candidate["has_certificate"],
        }

    # === COMPUTE === #

    @api.depends("option_ids")
    def _compute_option_partner_ids(self):
        for wizard in self:
            wizard.option_partner_ids = wizard.option_ids.partner_id

    @api.depends("line_id")
    def _compute_is_refused(self):
        for wizard in self:
            wizard.is_refused = wizard._is_refused()

    def _is_refused(self):
        """Tell whether the quantity comes from a refusal, not from what is open."""
        self.ensure_one()
        line = self.line_id.sudo()
        return line.hub_replace_qty > 0 or self._is_pending()

    def _is_pending(self):
        line = self.line_id.sudo()
        waits = line.hub_answer_state in ("differs", "refused")
        return waits and line.hub_answer_id.refused > 0

    def _wanted(self):
        self.ensure_one()
        return self.line_id._hub_wanted_elsewhere()

    # === ORDER === #

    def action_order(self):
        """Order from the chosen supplier.

        :return: the form of the new request for quotation
        :raise UserError: nothing is missing any more, or the supplier is not approved
        """
        self.ensure_one()
        self.line_id.check_access("write")
        if not self.line_id.sudo().hub_replace_qty and self._is_pending():
            self.purchase_id._hub_accept(self.line_id.hub_answer_id)
            self.invalidate_recordset()
        return self._open_new(self._switch())

    def _check_possible(self):
        if not self.partner_id:
            raise UserError(
                self.env._(
                    "No supplier is chosen for %s. Choose one, or add one to the "
                    "product's price list of suppliers.",
                    self.product_id.display_name,
                )
            )
        return super()._check_possible()

    def _line_vals(self):
        return {**super()._line_vals(), "hub_replaces_id": self._root().id}

    def _root(self):
        return self.line_id.sudo().hub_replaces_id or self.line_id

    def _hand_over(self, old, new):
        """What was refused in part is waited for from both suppliers."""
        if not self._keeps_rest(old):
            return super()._hand_over(old, new)
        waiting = self._waiting_moves(old)
        new.move_dest_ids = [fields.Command.link(move.id) for move in waiting]
        return None

    def _keeps_rest(self, old):
        """Tell whether the present supplier still delivers something of the line."""
        is_open = old.product_uom_id.compare(old.product_qty, old.qty_received) > 0
        return self._is_refused() and is_open

    def _give_up(self, old, purchase):
        """A refusal was taken from the line already when it was accepted."""
        if not self._is_refused():
            return super()._give_up(old, purchase)
        old.sudo().write({"hub_replace_qty": 0})
        return None

    def _switch_note(self, new):
        return self.env._(
            "%(quantity)g %(unit)s of %(product)s are bought from %(supplier)s instead "
            "(%(purchase)s).",
            quantity=self.quantity,
            unit=self.uom_id.name,
            product=self.product_id.display_name,
            supplier=self.partner_id.name,
            purchase=new.name,
        )


class OrderHubNextSupplierOption(models.TransientModel):
    """One approved supplier to choose from."""

    _name = "order.hub.next.supplier.option"
    _description = "Approved Supplier to Order From"
    _order = "sequence, id"

    wizard_id = fields.Many2one(
        "order.hub.next.supplier", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer()
    partner_id = fields.Many2one("res.partner", "Supplier", readonly=True)
    currency_id = fields.Many2one(
        related="wizard_id.line_id.company_id.currency_id", string="Company Currency"
    )
    price = fields.Monetary(readonly=True, help="Of the whole quantity.")
    lead_days = fields.Integer("Lead Time (days)", readonly=True)
    date = fields.Datetime("Would Come On", readonly=True)
    score = fields.Float(readonly=True)
    has_score = fields.Boolean(readonly=True)
    has_certificate = fields.Boolean(
        "Certified",
        readonly=True,
        help="A certificate for the product, or for everything, is approved and holds.",
    )

    def action_choose(self):
        """Choose this supplier; the wizard stays open."""
        self.ensure_one()
        self.wizard_id.partner_id = self.partner_id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Order from Next Supplier"),
            "res_model": "order.hub.next.supplier",
            "res_id": self.wizard_id.id,
            "view_mode": "form",
            "target": "new",
        }
