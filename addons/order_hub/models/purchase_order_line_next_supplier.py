from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from .order_hub_link import INSIDE


class PurchaseOrderLine(models.Model):
    """What one supplier cannot deliver is offered to the next approved one."""

    _inherit = "purchase.order.line"

    hub_replace_qty = fields.Float(
        "To Buy Elsewhere",
        digits="Product Unit",
        copy=False,
        readonly=True,
        groups=INSIDE,
        help="What the supplier was let off and nobody has been asked for yet.",
    )
    hub_replaces_id = fields.Many2one(
        "purchase.order.line",
        "Bought Instead Of",
        copy=False,
        readonly=True,
        index="btree_not_null",
        groups=INSIDE,
    )

    # === WHO IS NEXT === #

    def _hub_next_suppliers(self, quantities=None):
        """Return the approved suppliers of each line but the present one, best first.

        By their place in the product's price list, then score, then price.

        :param quantities: ``{line id: quantity}`` in the line's unit; else what is open
        :return: ``{line id: [dict]}``: partner_id, price (of the whole quantity, in the
            currency of the line's company), delay (days), date (when it would come),
            score (0 to 100 or ``None``), has_certificate
        """
        self.env.flush_all()
        now = fields.Datetime.now()
        today = fields.Date.context_today(self, now)
        found = {line.id: [] for line in self}
        rows = self.env["order.hub.chain"]._cr_rows(
            self.env["order.hub.alternative"]._sql(self.ids, today, quantities)
        )
        scores = self._hub_scores_of({row.supplier for row in rows})
        lines = {line.id: line for line in self}
        for row in rows:
            candidate = lines[row.line]._hub_candidate(row, scores, now, today)
            found[row.line].append(candidate)
        for candidates in found.values():
            candidates.sort(key=self._hub_rank)
        return found

    def _hub_scores_of(self, supplier_ids):
        """Return ``{company: {supplier id: score or None}}`` of these lines."""
        suppliers = self.env["res.partner"].browse(supplier_ids)
        Score = self.env["order.hub.supplier.score"]
        return {
            company: Score._scores(suppliers, company) if suppliers else {}
            for company in self.company_id
        }

    def _hub_candidate(self, row, scores, now, today):
        currency = self.env["res.currency"].browse(row.currency_id)
        company = self.company_id
        return {
            "partner_id": row.partner,
            "sequence": row.sequence or 0,
            "price": currency._convert(
                float(row.price), company.currency_id, company, today
            ),
            "delay": row.delay or 0,
            "date": fields.Datetime.add(now, days=row.delay or 0),
            "score": scores[company].get(row.supplier),
            "has_certificate": row.has_certificate,
        }

    @staticmethod
    def _hub_rank(candidate):
        return (
            candidate["sequence"],
            -(candidate["score"] or 0),
            candidate["price"],
            candidate["partner_id"],
        )

    # === OFFER === #

    def _hub_take_answers(self, answers):
        """Note what buyers let suppliers off; what is taken at once nobody replaces."""
        made = super()._hub_take_answers(answers)
        for answer in answers:
            if answer.refused > 0 and not answer.is_taken:
                answer.line_id._hub_note_refused(answer)
        return made

    def _hub_note_refused(self, answer):
        self.ensure_one()
        quantity = self.hub_replace_qty + answer.refused
        self.sudo().write({"hub_replace_qty": quantity})

    def _hub_fed_orders(self):
        """Return ``{line: orders of customers that wait for it}``."""
        arriving = self.env["order.hub.supply.reach"]._arriving(
            self, fields.Datetime.now()
        )
        orders = self.env["sale.order"].sudo()
        return {
            line: orders.browse(
                [order for order, lines in arriving.items() if line.id in lines]
            )
            for line in self
        }

    def _hub_offer_next_supplier(self, reason="", orders=None):
        """Give the buyer a to-do that names the next approved supplier of each line.

        :param reason: why the present supplier does not deliver, in words
        :param orders: orders of customers that wait for the goods
        :return: the to-dos
        """
        todos = self.env["mail.activity"].sudo()
        wanted = {line.id: line._hub_wanted_elsewhere() for line in self}
        found = self._hub_next_suppliers(wanted)
        for line in self:
            if line.product_uom_id.compare(wanted[line.id], 0) > 0:
                todos |= line._hub_next_todo(found[line.id], reason, orders)
        return todos

    def _hub_wanted_elsewhere(self):
        """Return what is to be bought elsewhere of a line, in its unit.

        What was refused first; of a line that nobody refused, what is open.
        """
        self.ensure_one()
        line = self.sudo()
        if line.hub_replace_qty > 0:
            return line.hub_replace_qty
        answer = line.hub_answer_id
        pending = line.hub_answer_state in ("differs", "refused")
        if pending and answer.refused > 0:
            return answer.refused
        return max(0.0, line.product_qty - line.qty_received)

    def _hub_next_todo(self, candidates, reason, orders):
        buyer = self.order_id.user_id
        if not buyer:
            return self.env["mail.activity"]
        line = self.with_context(lang=buyer.lang or self.env.lang)
        note = [line._hub_missing_words(reason), line._hub_next_words(candidates[:1])]
        if orders:
            names = ", ".join(orders.mapped("name")[:10])
            note.append(line.env._("It is needed for %s.", names))
        return line.order_id.activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=buyer.id,
            summary=line.env._("Buy %s elsewhere", line.product_id.display_name),
            note=" ".join(note),
        )

    def _hub_missing_words(self, reason):
        missing = {
            "quantity": round(self._hub_wanted_elsewhere(), 3),
            "unit": self.product_uom_id.name,
            "supplier": self.order_id.partner_id.name,
            "reason": reason,
        }
        if not reason:
            return self.env._(
                "%(supplier)s does not deliver %(quantity)g %(unit)s.", **missing
            )
        return self.env._(
            "%(supplier)s does not deliver %(quantity)g %(unit)s: %(reason)s.",
            **missing,
        )

    def _hub_next_words(self, candidates):
        if not candidates:
            return self.env._(
                "No other supplier is approved for it. Add one to the product's price "
                "list of suppliers."
            )
        first = candidates[0]
        partner = self.env["res.partner"].browse(first["partner_id"])
        score = first["score"]
        return self.env._(
            "Next approved: %(supplier)s, %(price)s, lead time %(days)s days, score "
            "%(score)s. Use Order from Next Supplier.",
            supplier=partner.name,
            price=format_amount(self.env, first["price"], self.company_id.currency_id),
            days=first["delay"],
            score="–" if score is None else round(score),
        )

    # === BUY === #

    def action_hub_next_supplier(self):
        """Open the wizard that buys elsewhere what this supplier does not deliver.

        :raise UserError: nothing is missing of the line
        """
        self.ensure_one()
        self.check_access("write")
        if self.product_uom_id.compare(self._hub_wanted_elsewhere(), 0) <= 0:
            raise UserError(
                self.env._(
                    "Nothing is missing of %s: there is nothing to buy elsewhere.",
                    self.product_id.display_name,
                )
            )
        wizard = self.env["order.hub.next.supplier"].create({"line_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Order from Next Supplier"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    def _hub_other_parts(self):
        """Lines bought instead of another serve the same moves as that one."""
        others = super()._hub_other_parts()
        line = self.sudo()
        root = line.hub_replaces_id or line
        instead = line.search([("hub_replaces_id", "=", root.id)])
        if line.hub_replaces_id or instead:
            others |= ((root | instead) - line).filtered(
                lambda other: other.product_qty > 0 and other.state != "cancel"
            )
        return others
