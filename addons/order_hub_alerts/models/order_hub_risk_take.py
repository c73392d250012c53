from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html


class OrderHubRiskTake(models.Model):
    """Takes up what the radar suggests, by Odoo's own documents and rights."""

    _inherit = "order.hub.risk"

    def action_take(self, number):
        """Open what a suggestion needs.

        :param int number: as in ``suggestion_view``
        :return: an action
        :raise UserError: the order was judged anew and the suggestion is gone
        """
        self.ensure_one()
        self.check_access("read")
        rows = self.sudo().suggestions or []
        if not isinstance(number, int) or not 0 <= number < len(rows):
            raise UserError(
                self.env._(
                    "This suggestion is gone: the order was judged anew. Reload the "
                    "page."
                )
            )
        row = rows[number]
        return getattr(self, f"_take_{row['kind']}")(row["figures"])

    def _take_switch_supplier(self, figures):
        switch = self.env["order.hub.risk.switch"].create(
            {
                "risk_id": self.id,
                "line_id": figures["purchase"],
                "partner_id": figures["supplier"],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Switch the Supplier"),
            "res_model": switch._name,
            "res_id": switch.id,
            "view_mode": "form",
            "target": "new",
        }

    def _take_transfer(self, figures):
        """Open an internal transfer, filled in and not yet made."""
        line = self.env["purchase.order.line"].browse(figures["purchase"]).exists()
        source = self.env["stock.warehouse"].browse(figures["warehouse"]).exists()
        if not line or not source:
            raise UserError(
                self.env._(
                    "The purchase or the warehouse is gone. Judge the order anew."
                )
            )
        target = line.sudo().order_id.picking_type_id.warehouse_id
        places = {
            "location_id": source.sudo().lot_stock_id.id,
            "location_dest_id": target.lot_stock_id.id,
        }
        move = {
            **places,
            "product_id": line.sudo().product_id.id,
            "product_uom": line.sudo().product_id.uom_id.id,
            "product_uom_qty": figures["quantity"],
        }
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Transfer"),
            "res_model": "stock.picking",
            "view_mode": "form",
            "context": {
                "default_picking_type_id": source.sudo().int_type_id.id,
                "default_origin": self.order_id.name,
                "default_move_ids": [fields.Command.create(move)],
                **{f"default_{name}": value for name, value in places.items()},
            },
        }

    def _take_split(self, figures):
        """Open the deliveries of the order: a part of one leaves, the rest follows."""
        return self.order_id.action_view_delivery()

    def _take_tell_customer(self, figures):
        """Open a message to the customer, with the talk-track if there is one."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Tell the Customer"),
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_model": "sale.order",
                "default_res_ids": self.order_id.ids,
                "default_partner_ids": self.order_id.partner_id.ids,
                "default_composition_mode": "comment",
                "default_subject": self.env._(
                    "Your order %s",
                    self.order_id.client_order_ref or self.order_id.name,
                ),
                "default_body": self._customer_text(figures),
            },
        }

    def _customer_text(self, figures):
        """Return what to write: the first talk-track, else one sentence."""
        order = self.order_id
        Track = self.env.get("order.hub.talk.track")
        track = Track is not None and Track.search(
            [("company_id", "in", [order.company_id.id, False])], limit=1
        )
        if track:
            text = track._render(order, fields.Datetime.now()).get(order.id)
            if text:
                return plaintext2html(text)
        words = self._words_of(figures, {})
        if not figures.get("expected"):
            return self.env._(
                "We promised your order for %s and may not be able to keep that. We "
                "will tell you the new date as soon as we know it.",
                words["promised"],
            )
        return self.env._(
            "We promised your order for %(promised)s. As things stand it will be ready "
            "on %(expected)s.",
            promised=words["promised"],
            expected=words["expected"],
        )
