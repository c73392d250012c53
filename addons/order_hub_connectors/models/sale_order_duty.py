from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.order_hub.models.sale_order import INSIDE

from ..engine import duty as engine
from ..engine.price import decimal
from .order_hub_duty import Parcel


class SaleOrder(models.Model):
    """The duty an order was calculated with, and why."""

    _inherit = "sale.order"

    hub_duty_state = fields.Selection(
        [
            (engine.COMPLETE, "Calculated"),
            (engine.INCOMPLETE, "Something Is Missing"),
            (engine.NO_TABLE, "No Table"),
        ],
        "Duty",
        readonly=True,
        copy=False,
        groups=INSIDE,
    )
    hub_duty_amount = fields.Monetary(
        "Expected Duty", readonly=True, copy=False, groups=INSIDE
    )
    hub_duty_table_id = fields.Many2one(
        "order.hub.duty.table",
        readonly=True,
        copy=False,
        ondelete="restrict",
        groups=INSIDE,
    )
    hub_duty = fields.Json(
        "Duty Figures", readonly=True, copy=False, prefetch=False, groups=INSIDE
    )
    hub_duty_explanation = fields.Html(
        "How It Is Calculated",
        compute="_compute_hub_duty_explanation",
        groups=INSIDE,
    )

    @api.depends("hub_duty")
    @api.depends_context("lang")
    def _compute_hub_duty_explanation(self):
        duty = self.env["order.hub.duty"]
        for order in self:
            order.hub_duty_explanation = duty._explanation(order.hub_duty)

    def action_hub_duty(self):
        """Calculate the duty of the order as it is now."""
        self.ensure_one()
        self._hub_check_inside()
        self.check_access("write")
        country = self.partner_shipping_id.country_id
        own = self.company_id.country_id
        if not own or not country or country == own:
            raise UserError(
                self.env._(
                    "%s does not leave the country: no duty is due. Check the country "
                    "of the delivery address and of your company.",
                    self.display_name,
                )
            )
        parcel = self._hub_parcel(country.code)
        duty = self.env["order.hub.duty"].sudo()
        [quote] = duty._quotes(self.company_id, [parcel])
        labels = {line.id: line.product_id.id for line in self.order_line}
        self.sudo().write(
            {
                "hub_duty_state": quote.state,
                "hub_duty_amount": float(quote.total),
                "hub_duty_table_id": quote.table.id if quote.table else False,
                "hub_duty": duty._kept(parcel, quote, labels),
            }
        )
        return True

    def _hub_parcel(self, destination):
        """Return the order's goods and freight (``order_hub_duty.Parcel``)."""
        lines = self.order_line.filtered(lambda line: not line.display_type)
        goods = lines.filtered(lambda line: line.product_id.type != "service")
        charged = self.hub_channel_id.sudo().shipping_product_id
        freight = lines.filtered(
            lambda line: line.is_delivery or charged and line.product_id == charged
        )
        items = [
            engine.Item(
                line.id,
                line.product_id.hs_code or "",
                line.product_id.country_of_origin.code or "",
                line.product_uom_qty,
                max(decimal(line.price_subtotal), Decimal(0)),
            )
            for line in goods
        ]
        return Parcel(
            destination,
            fields.Datetime.context_timestamp(self, self.date_order).date(),
            self.currency_id,
            items,
            max(decimal(sum(freight.mapped("price_subtotal"))), Decimal(0)),
        )
