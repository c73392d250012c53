from odoo import fields, models

from ...engine.chat_message import is_chat
from ...engine.chat_order import CHECKED
from ...engine.evidence import CUSTOMER

MAX_LINES = 20


class OrderHubInbound(models.Model):
    """What whoever wrote is told: what was understood, one link, then the number."""

    _inherit = "order.hub.inbound"

    def _after_results(self, channel, works):
        result = super()._after_results(channel, works)
        if channel.can_say and channel.sudo().chat_reply != "none":
            talks = [w for w in works if is_chat(w.content_type)]
            self._answer_talks(channel, [w for w in talks if w.found.get("chat_id")])
        return result

    def _answer_talks(self, channel, works):
        """Have the answers to messages said."""
        acting = self._acting(channel).sudo()
        rows = []
        for work in works:
            text = acting._answer(channel, work)
            if text:
                chat = acting.env["order.hub.chat"].browse(work.found["chat_id"])
                rows.append((chat, acting.browse(work.inbound_id), text))
        if rows:
            self.env["order.hub.chat.reply"]._say(rows)

    def _answer(self, channel, work):
        """Return what is said to one message, or an empty text."""
        intent = (work.found.get("understood") or {}).get("intent", "")
        if work.outcome == "done" and work.order_id:
            return self._answer_done(work)
        if work.outcome == "attention" and intent:
            return self._answer_open(work)
        if work.outcome == "ignored" and intent == "cancel":
            return self.env._("Taken back. Nothing will be sent.")
        if work.outcome == "ignored" and intent == "question":
            is_polite = channel.sudo().chat_reply == "all"
            return is_polite and self.env._("Received. A colleague will answer.") or ""
        return ""

    def _answer_done(self, work):
        order = self.env["sale.order"].sudo().browse(work.order_id)
        number = order.hub_ref or order.name
        if work.kind == "cancel":
            return self.env._("Order %s: your cancellation was received.", number)
        heading = (
            self.env._("Order %s changed:", number)
            if work.kind == "change"
            else self.env._("Order %s received:", number)
        )
        return "\n".join([heading, *self._answer_lines(work)])

    def _answer_open(self, work):
        """Return what was understood, what is not certain, and the link."""
        lines = self._answer_lines(work)
        if not lines:
            return self.env._(
                "Received. A colleague looks at it: no product was recognised."
            )
        heading = self.env._("Understood so far, please check:")
        link = self.browse(work.inbound_id)._chat_link()
        ask = self.env._("Confirm or mend: %s", link)
        return "\n".join([heading, *lines, *self._answer_doubts(work), ask])

    def _answer_lines(self, work):
        """Return the lines of an order as somebody writes them, and its day."""
        asked = work.values.get("lines") or []
        products = {line["n"]: line.get("product_id") for line in work.lines}
        rows = [
            f"{n + 1}. {self._answer_line(line, products.get(n))}"
            for n, line in enumerate(asked[:MAX_LINES])
        ]
        if len(asked) > MAX_LINES:
            rows.append(self.env._("… and %s more", len(asked) - MAX_LINES))
        day = fields.Date.to_date(work.values.get("promised_date"))
        if rows and day:
            rows.append(self.env._("Wanted on %s", fields.Date.to_string(day)))
        return rows

    def _answer_line(self, line, product_id):
        product = self.env["product.product"].sudo().browse(product_id or ())
        names = [product.default_code, product.name] if product else [line.get("sku")]
        label = " ".join(filter(None, names)) or "?"
        unit = line.get("unit") or product.uom_id.name or ""
        return f"{label} × {_number(line.get('quantity', '?'))} {unit}".strip()

    def _answer_doubts(self, work):
        """Return what is asked, the customer by no name: others may read along."""
        places = [
            self._place_words(finding.field)
            for finding in work.problems
            if finding.blocking and finding.field not in ("", CUSTOMER, CHECKED)
        ]
        places = list(dict.fromkeys(places))[:6]
        return [self.env._("Not certain: %s", ", ".join(places))] if places else []


def _number(value):
    """Return a quantity without a point that says nothing."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
