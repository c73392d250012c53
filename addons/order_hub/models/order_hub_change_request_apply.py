from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command


class OrderHubChangeRequest(models.Model):
    """Customer changes: how the order follows; the documents are in ``_documents``."""

    _inherit = "order.hub.change.request"

    def action_carry_out(self):
        """Carry out requests that have every yes they need.

        They are looked at once more: what has left or was cancelled in the meantime
        is refused instead.

        :raise AccessError: for who may not change the order
        :raise UserError: while acceptances are missing, or for a closed request
        """
        self.check_access("read")
        self._check_may_change()
        for request in self.sudo():
            request._lock()
            request._check_open()
            request._look(carry_out=False)
            if request.state == "waiting":
                raise UserError(request._waiting_words())
            if request.state == "open":
                request._carry_out()
        return True

    def _check_may_change(self):
        """Raise unless the user may change the orders by hand as well."""
        for request in self:
            if not request._may_change():
                raise AccessError(
                    self.env._(
                        "Changing order %s is up to its salesperson or a supervisor. "
                        "Ask one of them to carry out the change.",
                        request.sudo().order_id.name,
                    )
                )

    def _carry_out(self, by_itself=False):
        """Change order and documents, tell everybody, close the request (sudo).

        :param by_itself: nobody had to agree or push a button
        :raise UserError: where Odoo itself refuses; nothing is changed then
        """
        self.ensure_one()
        before = self._documents_before()
        speaking = self.with_context(
            order_hub_reason=self._reason(),
            order_hub_voucher=self.name,
            mail_activity_automation_skip=self.kind == "address",
        )
        made = speaking._change_order()
        self._check_as_accepted()
        acting = self.with_context(mail_activity_automation_skip=False)
        acting._change_documents(before, made)
        self._finish("done", by_itself=by_itself)
        self.order_id._hub_sync(source="document")
        self._hub_change_done()

    def _hub_change_done(self):
        """Hook: called once a change was carried out, in the same transaction."""

    def _check_as_accepted(self):
        """Raise where the order came out otherwise than was shown and accepted."""
        order = self.order_id
        if order.currency_id.compare_amounts(order.amount_total, self.amount_new):
            raise UserError(
                self.env._(
                    "The total of order %(order)s would be %(total)s and not "
                    "%(shown)s as shown. Check %(request)s again.",
                    order=order.name,
                    total=self._money(order.amount_total),
                    shown=self._money(self.amount_new),
                    request=self.name,
                )
            )

    # === THE ORDER === #

    def _change_order(self):
        """Change the order and nothing else, as the dry run has done (sudo).

        :return: ``{change line: order line}``
        """
        self.ensure_one()
        made = self._change_content()
        if self.date_new != self.date_old:
            self._change_promise(self.date_new)
        return made

    def _change_content(self):
        """Change what is ordered, where it goes and what freight costs (sudo).

        A locked order is unlocked for it, and locked again.
        """
        order = self.order_id
        locked = order.locked and self.kind in ("quantity", "add", "drop")
        if locked:
            order.action_unlock()
        made = getattr(self, f"_change_{self.kind}")()
        self._change_freight()
        if locked:
            order.action_lock()
        return made

    def _change_address(self):
        """Write the new address; the taxes that follow from it where none is invoiced.

        The open deliveries get it from the hub: Odoo's own way would rewrite those
        that have left, too.
        """
        order = self.order_id
        position = order.fiscal_position_id
        order.write({"partner_shipping_id": self.shipping_id.id})
        if order.fiscal_position_id != position and not order.amount_invoiced:
            order._recompute_taxes()
        return {}

    def _change_quantity(self):
        """Write the quantities through the order: Odoo tells the warehouse of less."""
        return self._write_quantities(
            {line.line_id: line.quantity_new for line in self.line_ids}
        )

    def _change_drop(self):
        """A confirmed line is not deleted: nothing is ordered of it any more."""
        return self._write_quantities({line.line_id: 0.0 for line in self.line_ids})

    def _write_quantities(self, quantities):
        self.order_id.write(
            {
                "order_line": [
                    Command.update(sold.id, {"product_uom_qty": quantity})
                    for sold, quantity in quantities.items()
                ]
            }
        )
        return {line: line.line_id for line in self.line_ids}

    def _change_add(self):
        """Add the products at the price of the order's pricelist."""
        order = self.order_id
        last = max(order.order_line.mapped("sequence"), default=10)
        made = {}
        for line in self.line_ids:
            sold = self.env["sale.order.line"].create(
                {
                    "order_id": order.id,
                    "product_id": line.product_id.id,
                    "product_uom_qty": line.quantity_new,
                    "sequence": last,
                }
            )
            made[line] = sold
        return made

    def _change_date(self):
        return {line: line.line_id for line in self.line_ids}

    def _change_specification(self):
        """Put what is to be different as a note below each product."""
        self.order_id.write(
            {
                "order_line": [
                    Command.create(
                        {
                            "display_type": "line_note",
                            "name": f"{self.name}: {line.specification}",
                            "sequence": line.line_id.sequence,
                        }
                    )
                    for line in self.line_ids
                    if line.specification
                ]
            }
        )
        return {line: line.line_id for line in self.line_ids}

    def _change_freight(self):
        """Let the carrier price the order anew, unless freight is invoiced already."""
        order = self.order_id
        freight = order.order_line.filtered("is_delivery")
        if self.kind not in ("address", "quantity", "add", "drop") or not freight:
            return
        if any(line.qty_invoiced for line in freight) or not order.carrier_id:
            return
        rate = order.carrier_id.rate_shipment(order)
        if rate.get("success") and len(freight) == 1:
            price = order.currency_id.round(rate["price"])
            if order.currency_id.compare_amounts(price, freight.price_unit):
                freight.write({"price_unit": price})

    def _change_promise(self, promise):
        """Write a new promise: the customer is told of it.

        :param promise: naive UTC, or nothing
        """
        if promise and promise != self._promise():
            self.order_id.write({"commitment_date": promise})

    # === WHY === #

    def _reason(self):
        """Return why, for the order's change log, in the company's words."""
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        words = self.env._("Customer change: %s", kinds[self.kind])
        return f"{words} – {self.note}" if self.note else words

    # === LATE FACTS === #

    @api.model
    def _orders_cancelled(self, orders):
        """Refuse the open requests of orders that were cancelled."""
        requests = self.sudo().search(
            [("order_id", "in", orders.ids), ("state", "in", ("open", "waiting"))]
        )
        for request in requests:
            request._look(carry_out=False)
