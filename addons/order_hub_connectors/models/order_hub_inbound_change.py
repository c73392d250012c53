from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_datetime

from ..engine.order_change import Line, compare_lines
from ..engine.versions import is_older


class OrderHubInbound(models.Model):
    """An order that its channel says differently now.

    What is still allowed is done through Odoo's own edits, and approvals are asked
    for again by the hub's own mechanism. Everything else is put before the order's
    owner, side by side; nothing is changed silently.
    """

    _inherit = "order.hub.inbound"

    def _inbound_words(self):
        words = super()._inbound_words()
        words["submit.changed"] = self.env._("Order %(name)s changed: %(what)s")
        return words

    def _submit_change(self, channel, works):
        going = self._complete_changes(channel, works)
        inside = self._told_by(channel)
        pairs = inside._with_orders(channel, going)
        orders = self.env["sale.order"].union(*(order for _work, order in pairs))
        latest = self._applied_versions(orders) if orders else {}
        for work, order in pairs:
            applied = latest.get(order.id, "")
            if is_older(work.version, applied):
                work.note("submit", "overtaken", version=work.version, applied=applied)
                work.outcome, work.order_id = "ignored", order.id
                continue
            latest[order.id] = work.version or applied
            inside._follow_one(
                work, order, lambda w, o: inside._do_change(channel, w, o)
            )

    def _complete_changes(self, channel, works):
        """Find addresses, and leave out changes that a person has to mend first."""
        moved = [work for work in works if work.values.get("ship_to")]
        if moved:
            self._step_customer(channel, moved)
        self._mark_lines(works)
        for work in works:
            for line in work.lines:
                if not line.get("product_id"):
                    path = f"lines[{line['n']}].sku"
                    work.problem("submit", "no_product", path, line.get("sku"))
            if work.is_blocked:
                work.outcome = "attention"
        return [work for work in works if not work.outcome]

    def _do_change(self, channel, work, order):
        if self._says_cancelled(channel, work):
            if order.state != "cancel":
                self._do_cancel(work, order, f"change-{work.inbound_id}")
            return
        now = self._lines_now(order, work)
        wanted = self._lines_wanted(channel, work)
        self._bring_about(work, order, now, wanted, self._header_changes(work, order))
        self._note_total(work, order)

    def _says_cancelled(self, channel, work):
        """Platforms without a message of its own say it with the order's status."""
        status = work.values.get("status")
        if not status:
            return False
        key = self.env["order.hub.status.map"]._key(status)
        words = channel.sudo().status_map_ids.filtered(
            lambda word: word.external_key == key
        )
        return "cancelled" in words.mapped("milestone")

    # === SIDE BY SIDE === #

    def _lines_now(self, order, work=None):
        """Return the lines of an order, in the products' own units."""
        lines = order.order_line.filtered(
            lambda line: not line.display_type and not line.is_downpayment
        )
        shipping = order.hub_channel_id.shipping_product_id
        if work and "shipping_price" not in work.values:
            lines = lines.filtered(lambda line: line.product_id != shipping)
        return [self._line_now(line) for line in lines]

    def _line_now(self, line):
        return Line(
            id=line.id,
            key=line.hub_external_ref or "",
            product=line.product_id.id,
            quantity=line.product_uom_id._compute_quantity(
                line.product_uom_qty, line.product_id.uom_id, round=False
            ),
            price=line.product_uom_id._compute_price(
                line.price_unit, line.product_id.uom_id
            ),
            discount=line.discount,
            name=line.product_id.display_name,
        )

    def _lines_wanted(self, channel, work):
        Product = self.env["product.product"].sudo()
        wanted = [
            self._line_wanted(Product.browse(row["product_id"]), row)
            for row in work.lines
        ]
        shipping = channel.sudo().shipping_product_id
        price = work.values.get("shipping_price")
        if price and shipping:
            wanted.append(
                Line(product=shipping.id, quantity=1, price=price, name=shipping.name)
            )
        return wanted

    def _line_wanted(self, product, row):
        unit = self.env["uom.uom"].browse(row.get("uom_id") or product.uom_id.id)
        price = row.get("unit_price")
        if price is not None:
            price = unit._compute_price(price, product.uom_id)
        return Line(
            key=row.get("external_ref") or "",
            product=product.id,
            quantity=unit._compute_quantity(
                row["quantity"], product.uom_id, round=False
            ),
            price=price,
            discount=row.get("discount", 0.0),
            name=product.display_name,
        )

    def _header_changes(self, work, order):
        """Return ``[(field, old, new)]`` of the order itself."""
        values, found = work.values, []
        if values.get("promised_date"):
            date = fields.Datetime.to_datetime(values["promised_date"])
            if order.commitment_date != date:
                found.append(("commitment_date", order.commitment_date, date))
        shipping = work.found.get("shipping_id")
        if shipping and order.partner_shipping_id.id != shipping:
            partner = self.env["res.partner"].sudo().browse(shipping)
            found.append(("partner_shipping_id", order.partner_shipping_id, partner))
        wish = values.get("special_request")
        if wish and (order.hub_special_request or "") != wish:
            found.append(("hub_special_request", order.hub_special_request, wish))
        return found

    # === DO IT, OR ASK === #

    def _bring_about(self, work, order, now, wanted, header):
        """Make an order as wanted, or put the difference before its owner."""
        differences = compare_lines(now, wanted)
        if not differences and not header:
            work.note("submit", "nothing", name=order.name)
            return
        words = self._difference_words(order, differences, header)
        reasons = self._change_refusals(order, differences)
        try:
            if not reasons:
                with self.env.cr.savepoint():
                    self._write_change(work, order, differences, wanted, header)
        except UserError as error:
            reasons = [str(error)]
        if reasons:
            self._ask(work, order, "channel_change", "\n".join([*words, "", *reasons]))
            return
        self.env["order.hub.exception"]._settle("channel_change", order)
        work.note("submit", "changed", name=order.name, what="; ".join(words)[:500])

    def _difference_words(self, order, differences, header):
        """Return one sentence a difference: what is, and what the channel wants."""
        labels = {
            "quantity": self.env._("Quantity of %(name)s: %(old)s → %(new)s"),
            "price": self.env._("Price of %(name)s: %(old)s → %(new)s"),
            "discount": self.env._("Discount of %(name)s: %(old)s %% → %(new)s %%"),
            "added": self.env._("New: %(new)s × %(name)s"),
            "removed": self.env._("No longer: %(old)s × %(name)s"),
        }
        words = [
            labels[row.what]
            % {"name": row.name, "old": _figure(row.old), "new": _figure(row.new)}
            for row in differences
        ]
        return words + [
            self.env._(
                "%(field)s: %(old)s → %(new)s",
                field=order._fields[name].get_description(self.env, ["string"])[
                    "string"
                ],
                old=self._shown(old),
                new=self._shown(new),
            )
            for name, old, new in header
        ]

    def _shown(self, value):
        if isinstance(value, models.BaseModel):
            return " ".join((value._display_address() or value.name or "").split())
        if hasattr(value, "tzinfo"):
            return format_datetime(self.env, value)
        return value or "–"

    def _change_refusals(self, order, differences):
        """Return why an order cannot be changed by itself any more, in words."""
        if order.state in ("draft", "sent"):
            return []
        if order.state == "cancel":
            return [self.env._("The order is cancelled here.")]
        reasons = []
        if order.locked:
            reasons.append(self.env._("The order is locked."))
        if any(move.state == "posted" for move in order.invoice_ids):
            reasons.append(self.env._("It has been invoiced."))
        if self._is_picked(order):
            reasons.append(self.env._("Its goods are being picked or have left."))
        if any(row.is_less for row in differences) and self._is_made(order):
            reasons.append(self.env._("Its goods are being made."))
        return reasons

    def _is_picked(self, order):
        moves = order.order_line.move_ids
        return any(
            move.state == "done" or (move.picked and move.state != "cancel")
            for move in moves
        )

    def _is_made(self, order):
        made = order.stock_reference_ids.production_ids
        return any(mo.state in ("progress", "to_close", "done") for mo in made)

    def _write_change(self, work, order, differences, wanted, header):
        commands = self._line_commands(order, differences, wanted, work)
        vals = {name: getattr(new, "id", new) for name, _old, new in header}
        if commands:
            vals["order_line"] = commands
        changed = order.with_context(update_delivery_shipping_partner=True)
        changed.write(vals)

    def _line_commands(self, order, differences, wanted, work):
        by_line, commands = {}, []
        for row in differences:
            if row.what == "added":
                commands.append(Command.create(self._new_line(wanted, row, work)))
            elif row.what == "removed" and order.state in ("draft", "sent"):
                commands.append(Command.delete(row.line))
            else:
                vals = by_line.setdefault(row.line, {})
                vals.update(self._line_change(order, row, work))
        return commands + [Command.update(key, vals) for key, vals in by_line.items()]

    def _line_change(self, order, row, work):
        line = order.order_line.browse(row.line)
        unit, own = line.product_uom_id, line.product_id.uom_id
        if row.what == "price":
            return {"price_unit": own._compute_price(row.new, unit)}
        if row.what == "discount":
            return {"discount": row.new}
        vals = {
            "product_uom_qty": own._compute_quantity(row.new or 0.0, unit, round=False)
        }
        marks = self._marks_of(work, row.number)
        if marks.get("hub_external_quantity"):
            vals["hub_external_quantity"] = marks["hub_external_quantity"]
        return vals

    def _marks_of(self, work, number):
        return work.lines[number]["extra"] if 0 <= number < len(work.lines) else {}

    def _new_line(self, wanted, row, work):
        line = wanted[row.number]
        vals = {
            "product_id": line.product,
            "product_uom_qty": line.quantity,
            "discount": line.discount,
            **self._marks_of(work, row.number),
        }
        product = self.env["product.product"].sudo().browse(line.product)
        vals["product_uom_id"] = product.uom_id.id
        if line.price is not None:
            vals["price_unit"] = line.price
        return vals

    def _note_total(self, work, order):
        """Say so where the channel's new total is not ours."""
        doubts = []
        self.env["order.hub.intake"]._check_total(order, work.values, doubts)
        if doubts:
            self.env["order.hub.exception"]._note(
                "amount", {order: (doubts[0][1], doubts[0][1])}
            )
        else:
            order._hub_settle("amount")


def _figure(value):
    return f"{value:g}" if isinstance(value, (int, float)) else value or "–"
