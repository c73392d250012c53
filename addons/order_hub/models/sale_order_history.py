from odoo import api, models

#: Fields whose changes after acceptance are kept.
AUDITED_ORDER_FIELDS = (
    "partner_id",
    "partner_shipping_id",
    "partner_invoice_id",
    "commitment_date",
    "client_order_ref",
    "payment_term_id",
    "pricelist_id",
    "warehouse_id",
    "user_id",
    "team_id",
    "incoterm",
    "hub_order_type_id",
    "hub_amount_prepaid",
    "note",
)
#: What a reason may be written with: never stored on the order itself.
REASON_FIELDS = ("hub_change_reason", "hub_change_voucher")


class SaleOrder(models.Model):
    """The change log: who changed what on an accepted order, and why."""

    _name = "sale.order"
    _inherit = ["sale.order", "order.hub.audited"]

    @api.model
    def _hub_audited_fields(self):
        """Return the names of the fields whose changes are kept."""
        return AUDITED_ORDER_FIELDS

    def _hub_is_accepted(self):
        """An order is accepted once the sale is confirmed."""
        self.ensure_one()
        return self.state == "sale"

    def _hub_with_reason(self, vals):
        """Take reason and voucher out of vals; return orders that know them."""
        given = {name: vals.pop(name, None) for name in REASON_FIELDS}
        context = {
            name.replace("hub_change_", "order_hub_"): value
            for name, value in given.items()
            if value
        }
        return (self.with_context(**context) if context else self), vals

    def _hub_change_row(self, name, old, new, line=None):
        self.ensure_one()
        return {
            "order_id": self.id,
            "company_id": self.company_id.id,
            "line_id": line and line.id,
            "line_label": line and (line.name or "").split("\n")[0][:120],
            "field_name": name,
            "old_value": old,
            "new_value": new,
        }
