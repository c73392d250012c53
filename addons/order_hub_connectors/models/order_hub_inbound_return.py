from odoo import models
from odoo.exceptions import UserError


class OrderHubInbound(models.Model):
    """Goods that the channel says are coming back.

    Odoo's own return transfer is prepared for them; it is done when the goods are
    there. A reason becomes a complaint.
    """

    _inherit = "order.hub.inbound"

    def _inbound_words(self):
        words = super()._inbound_words()
        words["submit.returning"] = self.env._("Return %(names)s waits for the goods.")
        words["submit.complaint"] = self.env._("Complaint “%(name)s” is recorded.")
        words["submit.no_cause"] = self.env._(
            "The reason “%(reason)s” was not recorded as a complaint: choose a cause "
            "for returns on the channel."
        )
        return words

    def _submit_return(self, channel, works):
        self._follow(channel, works, type(self)._do_return)

    def _do_return(self, work, order, key):
        """Prepare the return of what the channel names, or of everything."""
        if not self._apply_once(work, order, key):
            return
        moves = self._delivered_moves(order)
        if not moves:
            raise UserError(
                self.env._(
                    "A return is announced, but nothing has left. If the customer "
                    "wants nothing any more, cancel the order.\nReason: %s",
                    work.values.get("reason") or "–",
                )
            )
        wanted = self._moves_wanted(work, order, moves)
        pickings = self._make_returns(wanted)
        work.note("submit", "returning", names=", ".join(pickings.mapped("name")))
        self._complain(work, order, key)

    # === WHAT COMES BACK === #

    def _moves_wanted(self, work, order, moves):
        """Return ``{done move: quantity that comes back}``, in the move's unit.

        :raise UserError: more than has left, or a line that the order has not
        """
        shares = self._shares_wanted(work, order)
        wanted = {}
        for line, share in shares.items():
            of_line = moves.filtered(lambda m, line=line: m.sale_line_id == line)
            for product in of_line.product_id:
                of_product = of_line.filtered(lambda m, p=product: m.product_id == p)
                if share is None:
                    wanted.update(self._all_left(of_product))
                    continue
                asked = share * self._quantity_for(line, product)
                self._spread_over(asked, of_product, wanted)
        if not wanted:
            raise UserError(self.env._("What is announced has come back already."))
        return wanted

    def _shares_wanted(self, work, order):
        """Return ``{order line: share of it that comes back}``; ``None``: all left."""
        if not work.values["lines"]:
            return {line: None for line in order.order_line if line.move_ids}
        shares = {}
        for row in work.values["lines"]:
            lines = self._lines_named(order, row)
            if not lines:
                raise UserError(
                    self.env._(
                        "The return names “%s”, which the order has not.",
                        row.get("sku") or row.get("external_ref") or "–",
                    )
                )
            for line in lines:
                quantity = self._own_quantity(line, row.get("quantity"))
                share = quantity / (line.product_uom_qty or 1.0)
                shares[line] = shares.get(line, 0.0) + share
        return shares

    def _quantity_for(self, line, product):
        """Return how much of a product one whole line wants, in the product's unit."""
        moves = line.move_ids.filtered(
            lambda m: (
                m.product_id == product
                and m.state != "cancel"
                and m.location_dest_id.usage == "customer"
            )
        )
        return sum(
            m.product_uom._compute_quantity(
                m.quantity if m.state == "done" else m.product_uom_qty,
                product.uom_id,
                round=False,
            )
            for m in moves
        )

    def _spread_over(self, asked, moves, wanted):
        """Take a quantity from done moves, oldest first; not more than has left."""
        rest = asked
        for move in moves.sorted("id"):
            unit, own = move.product_uom, move.product_id.uom_id
            there = unit._compute_quantity(self._returnable(move), own, round=False)
            take = min(there, rest)
            if own.compare(take, 0) > 0:
                wanted[move] = own._compute_quantity(take, unit)
                rest -= take
        if moves and moves.product_id.uom_id.compare(rest, 0) > 0:
            raise UserError(
                self.env._(
                    "%(asked)s × %(name)s are announced, only %(left)s can come back.",
                    asked=f"{asked:g}",
                    name=moves.product_id.display_name,
                    left=f"{asked - rest:g}",
                )
            )

    def _all_left(self, moves):
        left = {move: self._returnable(move) for move in moves}
        return {
            move: quantity
            for move, quantity in left.items()
            if move.product_uom.compare(quantity, 0) > 0
        }

    def _returnable(self, move):
        back = move.returned_move_ids.filtered(lambda m: m.state != "cancel")
        returned = sum(
            m.product_uom._compute_quantity(
                m.quantity if m.state == "done" else m.product_uom_qty,
                move.product_uom,
                round=False,
            )
            for m in back
        )
        return max(move.quantity - returned, 0.0)

    # === ODOO'S OWN RETURN === #

    def _make_returns(self, wanted):
        """Prepare one return for every delivery (sudo), through Odoo's own wizard."""
        moves = self.env["stock.move"].sudo().union(*wanted)
        made = moves.picking_id.browse()
        for picking in moves.picking_id:
            Wizard = self.env["stock.return.picking"].sudo()
            wizard = Wizard.with_context(
                active_id=picking.id,
                active_ids=picking.ids,
                active_model="stock.picking",
            ).create({"picking_id": picking.id})
            for row in wizard.product_return_moves:
                row.quantity = wanted.get(row.move_id, 0.0)
            made |= wizard._create_return()
        return made

    # === WHY === #

    def _complain(self, work, order, key):
        """Record the reason as a complaint, once."""
        reason = work.values.get("reason")
        if not reason:
            return
        cause = self._return_cause(order, reason)
        if not cause:
            work.note("submit", "no_cause", reason=reason[:100])
            return
        name = reason.split("\n")[0][:100]
        self.env["order.hub.complaint"].sudo().create(
            {
                "name": name,
                "order_id": order.id,
                "partner_id": order.partner_id.id,
                "cause_id": cause.id,
                "description": reason,
                "responsible_id": (order.hub_owner_id or order.user_id).id,
                "external_ref": f"{order.hub_ref}-{key[:16]}",
            }
        )
        work.note("submit", "complaint", name=name)

    def _return_cause(self, order, reason):
        """Return the cause whose code the channel names, else the channel's own."""
        Cause = self.env["order.hub.complaint.cause"].sudo()
        named = Cause.search(
            [
                ("code", "=", reason.strip()),
                ("company_id", "in", (False, order.company_id.id)),
            ],
            order="company_id nulls last",
            limit=1,
        )
        return named or order.hub_channel_id.return_cause_id
