from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..engine.order_change import spread


class OrderHubInbound(models.Model):
    """Money that the channel has given back: a draft credit note says so here.

    It is never posted by itself. Several refunds of one order add up, and never to
    more than the order.
    """

    _inherit = "order.hub.inbound"

    def _inbound_words(self):
        words = super()._inbound_words()
        words["submit.refunded"] = self.env._(
            "Draft credit note over %(amount)s is prepared for %(invoice)s."
        )
        words["submit.no_money"] = self.env._(
            "No money was given back for order %(name)s."
        )
        words["submit.unpaid"] = self.env._(
            "Not invoiced yet: %(amount)s less count as prepaid."
        )
        return words

    def _submit_refund(self, channel, works):
        self._follow(channel, works, type(self)._do_refund)

    def _do_refund(self, work, order, key):
        amount = self._refund_amount(work, order)
        if order.currency_id.is_zero(amount):
            work.note("submit", "no_money", name=order.name)
            return
        before = self.env["order.hub.applied"].sudo()._sum(order, "refund")
        if not self._apply_once(work, order, key, amount):
            return
        self._check_refund(work, order, amount, before)
        invoice = self._invoice_to_credit(order)
        if invoice:
            self._do_credit(work, order, invoice, amount)
        else:
            self._take_back_prepaid(work, order, amount)

    # === HOW MUCH === #

    def _refund_amount(self, work, order):
        """Return what was refunded: said, or the sum of lines, or everything left."""
        values = work.values
        if "amount" in values:
            return values["amount"]
        of_lines = [row["amount"] for row in values["lines"] if "amount" in row]
        if of_lines:
            return sum(of_lines)
        before = self.env["order.hub.applied"].sudo()._sum(order, "refund")
        return max(order.amount_total - before, 0.0)

    def _check_refund(self, work, order, amount, before):
        """Refuse what cannot be: another currency, nothing, more than the order.

        :raise UserError: for the order's owner
        """
        currency = order.currency_id
        named = (work.values.get("currency") or currency.name).upper()
        if named != currency.name:
            raise UserError(
                self.env._(
                    "The refund is in %(theirs)s, the order in %(ours)s. Credit it by "
                    "hand.",
                    theirs=named[:10],
                    ours=currency.name,
                )
            )
        if currency.compare_amounts(before + amount, order.amount_total) > 0:
            raise UserError(
                self.env._(
                    "%(amount)s refunded, with %(before)s before that, is more than "
                    "the order's %(total)s. Check it with the channel.",
                    amount=currency.format(amount),
                    before=currency.format(before),
                    total=currency.format(order.amount_total),
                )
            )

    # === CREDIT NOTE === #

    def _invoice_to_credit(self, order):
        """Return the posted invoice with most on it that is not credited yet."""
        posted = order.invoice_ids.filtered(
            lambda move: move.state == "posted" and move.move_type == "out_invoice"
        )
        return posted.sorted(lambda m: (-self._creditable(m), m.id))[:1]

    def _creditable(self, invoice):
        """Return what of an invoice no credit note, draft or posted, covers."""
        credited = invoice.reversal_move_ids.filtered(lambda m: m.state != "cancel")
        return invoice.amount_total - sum(credited.mapped("amount_total"))

    def _do_credit(self, work, order, invoice, amount):
        currency = invoice.currency_id
        if currency.compare_amounts(amount, self._creditable(invoice)) > 0:
            raise UserError(
                self.env._(
                    "%(amount)s were refunded, invoice %(invoice)s has only %(left)s "
                    "left to credit. Credit the invoices by hand.",
                    amount=currency.format(amount),
                    invoice=invoice.name,
                    left=currency.format(self._creditable(invoice)),
                )
            )
        note = self._reverse(work, invoice)
        if currency.compare_amounts(amount, invoice.amount_total):
            self._shorten(work, order, invoice, note, amount)
        work.note(
            "submit",
            "refunded",
            amount=currency.format(note.amount_total),
            invoice=invoice.name,
        )

    def _reverse(self, work, invoice):
        """Return a draft credit note over a whole invoice, Odoo's own way."""
        wizard = (
            self.env["account.move.reversal"]
            .sudo()
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create(
                {
                    "reason": (work.values.get("reason") or "")[:100],
                    "date": fields.Date.context_today(self),
                    "journal_id": invoice.journal_id.id,
                }
            )
        )
        wizard.reverse_moves()
        return wizard.new_move_ids

    def _shorten(self, work, order, invoice, note, amount):
        """Bring a credit note down to the amount refunded, line by line.

        Named lines bear what is said of them; otherwise every line bears its share,
        so that the taxes stay in proportion.
        """
        lines = self._goods_of(note)
        borne = self._borne(work, order, lines, amount, note.currency_id)
        commands = []
        for line in lines:
            share = borne.get(line, 0.0) / line.price_total if line.price_total else 0.0
            if share <= 0:
                commands.append(Command.delete(line.id))
            else:
                commands.append(
                    Command.update(line.id, {"price_unit": line.price_unit * share})
                )
        note.write({"invoice_line_ids": commands})
        self._even_out(note, amount)

    def _goods_of(self, note):
        return note.invoice_line_ids.filtered(lambda row: row.display_type == "product")

    def _borne(self, work, order, lines, amount, currency):
        """Return ``{credit note line: amount with taxes}`` that add up."""
        named = {}
        for row in work.values["lines"]:
            of_row = self._credit_lines(order, row, lines)
            if of_row and "amount" in row:
                for line in of_row:
                    part = row["amount"] / len(of_row)
                    named[line] = named.get(line, 0.0) + part
        fits = currency.compare_amounts(sum(named.values()), amount) == 0
        within = all(
            currency.compare_amounts(part, line.price_total) <= 0
            for line, part in named.items()
        )
        if named and fits and within:
            return named
        shares = spread(amount, lines.mapped("price_total"), currency.decimal_places)
        return dict(zip(lines, shares, strict=True))

    def _credit_lines(self, order, row, lines):
        of_order = self._lines_named(order, row)
        return [line for line in lines if line.sale_line_ids & of_order]

    def _even_out(self, note, amount):
        """Put the last cent right that rounding of taxes left, where it can be."""
        lines = self._goods_of(note)
        short = amount - note.amount_total
        if note.currency_id.is_zero(short) or not lines:
            return
        line = max(lines, key=lambda row: row.price_total)
        if line.price_total:
            factor = 1 + short / line.price_total
            line.price_unit = line.price_unit * factor

    # === NOT INVOICED YET === #

    def _take_back_prepaid(self, work, order, amount):
        """What was given back is prepaid no more; the invoice to come has to know."""
        prepaid = max(order.hub_amount_prepaid - amount, 0.0)
        order.write({"hub_amount_prepaid": prepaid})
        shown = order.currency_id.format(amount)
        work.note("submit", "unpaid", amount=shown)
        self._ask(
            work,
            order,
            "channel_refund",
            self.env._(
                "The channel has refunded %(amount)s before the order was invoiced. "
                "Reduce the order or its invoice.\nReason: %(reason)s",
                amount=shown,
                reason=work.values.get("reason") or "–",
            ),
        )
