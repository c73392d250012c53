from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import format_amount, format_date, format_datetime, html2plaintext

from .purchase_order_line_answer import write_parts

#: Messages and answers shown on the page of an order, newest first.
MOST_MESSAGES = 30
MOST_ANSWERS = 60
#: Deliveries that the form offers for one line without a script.
FORM_ROWS = 4
#: How a state looks: an icon and a colour, never a colour alone.
LOOKS = {
    "waiting": ("fa-question-circle", "text-bg-warning"),
    "differs": ("fa-exchange", "text-bg-info"),
    "refused": ("fa-ban", "text-bg-info"),
    "confirmed": ("fa-check", "text-bg-success"),
    "settled": ("fa-check", "text-bg-success"),
    "received": ("fa-archive", "text-bg-secondary"),
    "cancelled": ("fa-times", "text-bg-secondary"),
}


class PurchaseOrder(models.Model):
    """What suppliers see of orders to them: plain words, figures and addresses only.

    Whoever calls has checked that the visitor may see them; all of this runs as
    superuser, so no record leaves it. Of the company only the buyer has a name.
    """

    _inherit = "purchase.order"

    # === WHICH === #

    def _hub_supply_domain(self, partner, company):
        """Return the orders that a supplier may see: placed, or cancelled since."""
        return Domain(
            [
                ("partner_id", "child_of", partner.ids),
                ("company_id", "=", company.id),
                ("state", "in", ("purchase", "cancel")),
            ]
        )

    def _hub_supply_filters(self):
        """Return ``{name: {"label", "domain"}}`` of the list, in the order shown."""
        is_open = Domain("state", "=", "purchase") & Domain(
            "receipt_status", "!=", "full"
        )
        to_answer = is_open & Domain("hub_answer_state", "in", ("none", "waiting"))
        return {
            "answer": {"label": self.env._("To Answer"), "domain": to_answer},
            "open": {"label": self.env._("Open"), "domain": is_open},
            "done": {"label": self.env._("Done"), "domain": ~is_open},
            "all": {"label": self.env._("All"), "domain": Domain.TRUE},
        }

    # === THE LIST === #

    def _hub_supply_rows(self):
        """Return one row an order for the list."""
        return [
            {
                "name": order.name,
                "url": order._hub_page_path(),
                "ordered": order._hub_shown_day(order.date_approve),
                "expected": order._hub_shown_day(order.date_planned),
                "lines": len(order.order_line.filtered("product_id")),
                "total": order._hub_money(order.amount_total),
                "state": order._hub_supply_state(),
            }
            for order in self
        ]

    def _hub_supply_state(self):
        """Return what the order has come to, for the supplier: words and looks."""
        self.ensure_one()
        code = self.hub_answer_state
        if self.state == "cancel":
            code = "cancelled"
        elif self.receipt_status == "full":
            code = "received"
        return self._hub_look("waiting" if code == "none" else code)

    def _hub_look(self, code):
        icon, look = LOOKS[code]
        return {
            "code": code,
            "label": self._hub_labels()[code],
            "icon": icon,
            "look": look,
        }

    def _hub_labels(self):
        env = self.env
        return {
            "waiting": env._("Please answer"),
            "differs": env._("Your answer is being looked at"),
            "refused": env._("Your answer is being looked at"),
            "confirmed": env._("Confirmed"),
            "settled": env._("Agreed"),
            "received": env._("Goods received"),
            "cancelled": env._("Cancelled"),
        }

    # === ONE ORDER === #

    def _hub_supply_page(self):
        """Return what the page of an order shows."""
        self.ensure_one()
        lines = self.order_line.filtered(
            lambda line: line.product_id and not line.is_downpayment
        )
        rows = [self._hub_supply_line(line) for line in lines]
        return {
            "id": self.id,
            "name": self.name,
            "reference": self.partner_ref or "",
            "ordered": self._hub_shown_day(self.date_approve),
            "expected": self._hub_shown_day(self.date_planned),
            "total": self._hub_money(self.amount_total),
            "untaxed": self._hub_money(self.amount_untaxed),
            "state": self._hub_supply_state(),
            "buyer": self._hub_buyer_contact(),
            "mark": self._hub_answer_mark(),
            "today": lines[:1]._hub_today(fields.Datetime.now()).isoformat()
            if lines
            else "",
            "lines": rows,
            "waiting": [row for row in rows if row["is_waiting"]],
            "changeable": [
                row for row in rows if row["is_open"] and not row["is_waiting"]
            ],
            "reasons": self._hub_answer_reasons(),
            "rows": list(range(FORM_ROWS)),
            "answers": self._hub_supply_answers(),
            "messages": self._hub_supply_messages(),
        }

    def _hub_buyer_contact(self):
        buyer = self._hub_buyer().partner_id
        return {
            "name": buyer.name or self.company_id.name,
            "email": (buyer or self.company_id.partner_id).email or "",
            "phone": (buyer or self.company_id.partner_id).phone or "",
        }

    def _hub_answer_reasons(self):
        return self.env["order.hub.answer.reason"]._choices()

    def _hub_supply_line(self, line):
        words = self.env["order.hub.answer.words"]
        unit = line.product_uom_id
        asked = line._hub_asked()
        is_open = line._hub_is_answerable()
        state = line.hub_answer_state or "waiting"
        day = line._hub_local_day(line.date_planned).isoformat()
        return {
            "id": line.id,
            "name": line.name.partition("\n")[0],
            "more": line.name.partition("\n")[2],
            "ordered": words._parts(
                [{"quantity": line.product_qty, "date": day}], unit
            ),
            "received": words._quantity(line.qty_received, unit)
            if line.qty_received
            else "",
            "open": self.env._("%s open", words._quantity(asked.open, unit)),
            "asked": words._parts(write_parts(asked.parts), unit),
            "together": self.env._(
                "Together %s. Leave rows empty that you do not need.",
                words._quantity(asked.open, unit),
            ),
            "unit": unit.name,
            "date": day,
            "price": self._hub_money(line.price_unit_discounted),
            "is_open": is_open,
            "is_waiting": is_open and state == "waiting",
            "counter": self._hub_counter_words(line),
            "answer": words._answer(line.hub_answer_id) if line.hub_answer_id else "",
            "state": self._hub_look(state if is_open else self._hub_line_end(line)),
        }

    def _hub_line_end(self, line):
        """Return why nothing is open of a line any more."""
        is_off = self.state == "cancel" or not line.product_qty
        return "cancelled" if is_off else "received"

    def _hub_counter_words(self, line):
        """Return what the buyer asks for instead of the last answer, and why."""
        decided = line.hub_answer_id.settlement_ids[:1]
        if decided.kind != "countered" or not line._hub_counter_parts():
            return {}
        words = self.env["order.hub.answer.words"]
        asked = words._parts(decided.parts, line.product_uom_id)
        return {
            "words": self.env._("We ask for %s instead.", asked),
            "note": decided.note or "",
        }

    # === WHAT WAS SAID === #

    def _hub_supply_answers(self):
        """Return the answers to this order and what became of them, newest first."""
        found = self.env["order.hub.supplier.answer"].search(
            [("order_id", "=", self.id)], limit=MOST_ANSWERS
        )
        return [self._hub_supply_answer(answer) for answer in found]

    def _hub_supply_answer(self, answer):
        words = self.env["order.hub.answer.words"]
        decided = answer.settlement_ids[:1]
        return {
            "at": self._hub_shown_moment(answer.at),
            "who": answer.by_name or self._hub_public_name(answer.user_id.partner_id),
            "product": answer.line_id.name.partition("\n")[0],
            "asked": words._parts(answer.asked, answer.unit_id),
            "said": words._answer(answer),
            "note": answer.note or "",
            "state": self._hub_answer_labels()[answer.state],
            "counter": self.env._(
                "We asked for %s instead.", words._parts(decided.parts, answer.unit_id)
            )
            if decided.parts
            else "",
            "counter_note": decided.note or "",
        }

    def _hub_answer_labels(self):
        env = self.env
        return {
            "proposed": env._("is being looked at"),
            "accepted": env._("agreed"),
            "countered": env._("we ask for something else"),
            "superseded": env._("replaced by a later answer or order change"),
        }

    def _hub_supply_messages(self):
        """Return the conversation with the supplier as plain text, newest first.

        Notes of the company's own people are never among it.
        """
        found = self.env["mail.message"].search(
            [
                ("model", "=", self._name),
                ("res_id", "=", self.id),
                ("message_type", "in", ("comment", "email", "email_outgoing")),
                ("subtype_id.internal", "=", False),
                ("subtype_id", "!=", False),
                ("is_internal", "=", False),
            ],
            limit=MOST_MESSAGES,
        )
        return [
            {
                "at": self._hub_shown_moment(message.date),
                "who": self._hub_public_name(message.author_id),
                "is_own": self._hub_is_supplier_side(message.author_id),
                "text": html2plaintext(message.body or "").strip(),
            }
            for message in found
        ]

    def _hub_is_supplier_side(self, partner):
        own = self.partner_id.commercial_partner_id
        return bool(partner) and partner.commercial_partner_id == own

    def _hub_public_name(self, partner):
        """Return a name a supplier may read: the own people's, the buyer's, or that
        of the company.
        """
        known = partner == self._hub_buyer().partner_id
        if partner and (known or self._hub_is_supplier_side(partner)):
            return partner.name
        return self.company_id.name

    def _hub_supply_ask(self, text, author):
        """Put a question to the buyer; everybody who follows the order reads it.

        :param author: partner who asks
        """
        self.ensure_one()
        buyer = self._hub_buyer()
        self.message_post(
            body=text,
            author_id=author.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=buyer.partner_id.ids,
        )

    # === WORDS === #

    def _hub_money(self, amount):
        return format_amount(self.env, amount, self.currency_id)

    def _hub_shown_day(self, moment):
        return format_date(self.env, moment) if moment else ""

    def _hub_shown_moment(self, moment):
        zone = self.env.context.get("tz") or "UTC"
        return format_datetime(self.env, moment, tz=zone, dt_format="short")
