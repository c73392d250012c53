from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..exceptions import HubInputError


class OrderHubIntake(models.AbstractModel):
    """Many orders at once, of which customers and products are known already.

    The same road as one order takes (``_take_in``), with the same doubts and
    holds, in batches: a bounded number of queries whatever their number.
    """

    _inherit = "order.hub.intake"

    @api.model
    def _take_in_many(self, channel, items):
        """Create, and where asked confirm, the orders of several payloads.

        :param channel: ``order.hub.channel`` of them all
        :param list items: clean payloads (``engine.payload.read_order``) with, in
            addition, ``partner_id``, ``shipping_id``, ``invoice_id`` (ids), in each
            line ``product_id``, ``uom_id``, ``quantity``, ``unit_price``, and
            ``doubts`` ``[(exception kind, text)]``, ``extra`` ``{field: value}``
        :return: the new ``sale.order`` records, in the order of items
        :raise HubInputError: nothing was created
        """
        Order = self.env["sale.order"].with_context(  # pylint: disable=context-overridden
            self._context()
        )
        orders = Order.create(self._many_vals(channel, items))
        orders = orders.with_context(order_hub_defer=None)
        wanted = [list(item.get("doubts", ())) for item in items]
        for order, item, doubts in zip(orders, items, wanted, strict=True):
            self._check_total(order, item, doubts)
        self._hold_many(orders, wanted)
        self._confirm_many(orders, items)
        orders._hub_sync(source="document")
        return orders

    def _many_vals(self, channel, items):
        problems = []
        shared = self._shared_vals(channel, items, problems)
        if problems:
            raise HubInputError(problems)
        owners = self._owners(channel, items)
        return [
            {
                **shared[self._shared_key(item)],
                **self._own_vals(channel, item, owners),
                **item.get("extra", {}),
                "order_line": self._many_lines(channel, item, problems),
            }
            for item in items
        ]

    def _shared_key(self, item):
        return item.get("order_type") or "", item.get("currency") or ""

    def _shared_vals(self, channel, items, problems):
        """Return what orders of the same type and currency have in common."""
        shared = {}
        for item in items:
            key = self._shared_key(item)
            if key not in shared:
                shared[key] = self._type_vals(channel, item, problems)
                if item.get("currency"):
                    # Without one the customer's own price list says it.
                    shared[key].update(self._currency_vals(channel, item, problems))
        return shared

    def _owners(self, channel, items):
        """Return ``{customer id: salesperson id}``."""
        partners = self.env["res.partner"].browse({row["partner_id"] for row in items})
        otherwise = channel.sudo().team_id.user_id
        return {row.id: (row.user_id or otherwise).id for row in partners}

    def _own_vals(self, channel, item, owners):
        vals = {
            **self._header_own_vals(channel, item),
            "partner_id": item["partner_id"],
            "partner_shipping_id": item.get("shipping_id") or item["partner_id"],
            "user_id": owners[item["partner_id"]],
        }
        if item.get("invoice_id"):
            vals["partner_invoice_id"] = item["invoice_id"]
        return vals

    def _many_lines(self, channel, item, problems):
        lines = [Command.create(self._known_line_vals(row)) for row in item["lines"]]
        if item.get("shipping_price"):
            lines += self._shipping(channel, item["shipping_price"], problems)
        if problems:
            raise HubInputError(problems)
        return lines

    def _known_line_vals(self, line):
        vals = {
            "product_id": line["product_id"],
            "product_uom_qty": line["quantity"],
            "discount": line.get("discount", 0.0),
            **line.get("extra", {}),
        }
        if line.get("uom_id"):
            vals["product_uom_id"] = line["uom_id"]
        if line.get("unit_price") is not None:
            vals["price_unit"] = line["unit_price"]
        if line.get("name"):
            vals["name"] = line["name"]
        return vals

    def _hold_many(self, orders, wanted):
        """Open one exception an order and kind of doubt."""
        by_kind = {}
        for order, doubts in zip(orders, wanted, strict=True):
            for kind, text in doubts:
                by_kind.setdefault(kind, {}).setdefault(order, []).append(text)
        for kind, texts in by_kind.items():
            self.env["order.hub.exception"]._note(
                kind,
                {order: (rows[0], "\n".join(rows)) for order, rows in texts.items()},
            )

    def _confirm_many(self, orders, items):
        """Confirm those asked for that nothing holds.

        What approvals or credit refuse stays a quotation with its request and its
        problem noted. No mail of confirmation: the channel has told the customer
        already, and the hub tells the channel.
        """
        wanted = {
            order.id
            for order, item in zip(orders, items, strict=True)
            if item.get("confirm")
        }
        ready = orders.filtered(lambda o: o.id in wanted and not o.hub_is_held)
        refused = ready.browse(o.id for o in ready.sudo()._hub_confirm_refusals())
        self._confirm_together(ready - refused)
        refused._hub_ask_unattended()
        self._confirm_apart(refused.filtered(lambda o: not o.hub_is_held))

    def _confirm_together(self, orders):
        """Confirm a batch; where one is refused, halve it until that one is alone."""
        if len(orders) < 2:
            self._confirm_apart(orders)
            return
        try:
            with self.env.cr.savepoint():
                orders.action_confirm()
        except UserError:
            half = len(orders) // 2
            self._confirm_together(orders[:half])
            self._confirm_together(orders[half:])

    def _confirm_apart(self, orders):
        """Confirm one after the other; a refusal becomes the order's problem."""
        stopped = {}
        for order in orders:
            try:
                with self.env.cr.savepoint():
                    order.action_confirm()
            except UserError as error:
                stopped[order] = (self.env._("Cannot be confirmed yet"), str(error))
        if stopped:
            self.env["order.hub.exception"]._note("confirm", stopped)
