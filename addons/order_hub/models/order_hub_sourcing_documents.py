from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.stock.models.stock_rule import ProcurementException


class OrderHubSourcingDocuments(models.AbstractModel):
    """Makes a plan real: transfers and replenishment, by Odoo's own documents.

    What has to be brought or made is set aside as a move of its own, chained to the
    document that brings it: it is for this order and for no other. Reserving,
    producing and buying stay Odoo's.
    """

    _name = "order.hub.sourcing.documents"
    _description = "Documents of Sourcing"

    def _make(self, decisions):
        """Make the documents of confirmed orders.

        :param decisions: ``{order: decision}``, as sourcing kept them
        """
        failed = {}
        for order, decision in decisions.items():
            value = decision.value or {}
            if value.get("transfers") or value.get("supplies"):
                problem = self._try(order, decision)
                if problem:
                    failed[order] = problem
        if failed:
            self.env["order.hub.exception"]._note("supply", failed)

    def _try(self, order, decision):
        """Make the documents of one order, all or none; return what went wrong."""
        try:
            with self.env.cr.savepoint():
                self._make_transfers(order, decision)
                self._make_supplies(order, decision)
        except (UserError, ProcurementException) as error:
            return (
                self.env._("Transfer or replenishment could not be made"),
                self.env._(
                    "%s\nThe delivery waits for stock. Make the documents by hand, or "
                    "mend what is missing and confirm the order again.",
                    self._words(error),
                ),
            )
        return None

    def _words(self, error):
        if isinstance(error, ProcurementException):
            return "\n".join(text for _need, text in error.procurement_exceptions)
        return str(error)

    # === TRANSFERS === #

    def _make_transfers(self, order, decision):
        """Make one internal transfer for each pair of warehouses."""
        by_way = {}
        for product, quantity, source, target, _km, days in decision.value["transfers"]:
            parts = self._set_aside(order, product, quantity, target)
            by_way.setdefault((source, target, days), []).extend(parts)
        ready = {days: self._ready(decision, days) for _s, _t, days in by_way}
        pickings = self.env["stock.picking"].create(
            [
                self._transfer_vals(order, source, target, parts, ready[days])
                for (source, target, days), parts in by_way.items()
                if parts
            ]
        )
        self._wait(self.env["stock.move"].union(*map(self._moves, by_way.values())))
        pickings.action_confirm()

    def _transfer_vals(self, order, source, target, parts, ready):
        source, target = self.env["stock.warehouse"].browse((source, target))
        common = {
            "location_id": source.lot_stock_id.id,
            "location_dest_id": target.lot_stock_id.id,
            "picking_type_id": source.int_type_id.id,
            "company_id": order.company_id.id,
            "origin": order.name,
        }
        return {
            **common,
            "partner_id": target.partner_id.id,
            "scheduled_date": fields.Datetime.now(),
            "move_ids": [
                Command.create(
                    {
                        **common,
                        "product_id": part.product_id.id,
                        "product_uom": part.product_id.uom_id.id,
                        "product_uom_qty": quantity,
                        "date": fields.Datetime.now(),
                        "date_deadline": ready,
                        "reference_ids": [Command.set(order.stock_reference_ids.ids)],
                        "move_dest_ids": [Command.link(part.id)],
                    }
                )
                for part, quantity in parts
            ],
        }

    # === MAKE OR BUY === #

    def _make_supplies(self, order, decision):
        """Ask Odoo's rules to make or buy what nobody has, for this order."""
        needs = []
        for product, quantity, warehouse, kind, days in decision.value["supplies"]:
            if kind in ("make", "buy"):
                ready = self._ready(decision, days)
                parts = self._set_aside(order, product, quantity, warehouse)
                needs += [self._need(order, *part, ready) for part in parts]
                self._wait(self._moves(parts))
        if needs:
            self.env["stock.rule"].run(needs)

    def _need(self, order, part, quantity, ready):
        product = part.product_id
        return self.env["stock.rule"].Procurement(
            product,
            quantity,
            product.uom_id,
            part.location_id,
            order.name,
            order.name,
            order.company_id,
            {
                "reference_ids": order.stock_reference_ids,
                "move_dest_ids": part,
                "date_planned": ready,
                "date_deadline": ready,
                "warehouse_id": part.location_id.warehouse_id,
                "company_id": order.company_id,
                "partner_id": order.partner_shipping_id.id,
            },
        )

    # === SET ASIDE === #

    def _ready(self, decision, days):
        return decision.date + timedelta(days=days)

    def _moves(self, parts):
        return self.env["stock.move"].union(*(part for part, _quantity in parts))

    def _set_aside(self, order, product, quantity, warehouse):
        """Part the quantity that is not in stock from the moves that deliver it.

        :param quantity: in the product's own unit; what Odoo could reserve stays
        :return: list of ``(move, quantity)``; the moves are still to be confirmed
        """
        parts = []
        for move in self._open_moves(order, product, warehouse):
            reserved = move.product_uom._compute_quantity(
                move.quantity, move.product_id.uom_id, rounding_method="HALF-UP"
            )
            apart = min(quantity, move.product_qty - reserved)
            if move.product_id.uom_id.compare(apart, 0.0) > 0:
                parts.append((self._apart(move, apart), apart))
                quantity -= apart
        return parts

    def _open_moves(self, order, product, warehouse):
        """Return the moves that take a product out of a warehouse's stock."""
        stock = self.env["stock.warehouse"].browse(warehouse).lot_stock_id
        return order.order_line.move_ids.filtered(
            lambda move: (
                move.product_id.id == product
                and move.state in ("confirmed", "partially_available")
                and move.procure_method == "make_to_stock"
                and not move.move_orig_ids
                and move.location_id._child_of(stock)
            )
        )

    def _apart(self, move, quantity):
        """Return a move over the quantity that waits for its own supply."""
        if move.product_id.uom_id.compare(quantity, move.product_qty) == 0:
            move.procure_method = "make_to_order"
            return move
        [vals] = move._split(quantity)
        return move.create({**vals, "procure_method": "make_to_order"})

    def _wait(self, parts):
        """Let moves wait for what is chained to them; no rule is run for them."""
        parts.filtered(lambda part: part.state == "draft")._action_confirm(
            merge=False, create_proc=False
        )
        parts._recompute_state()
