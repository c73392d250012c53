from odoo import fields, models

from ...engine.approval import numbers_in
from ...engine.chat_message import is_chat


class OrderHubInbound(models.Model):
    """Approvals of WeCom and DingTalk: which order they name, told to the systems."""

    _inherit = "order.hub.inbound"

    def _submit_other(self, channel, works):
        """Hear what approvals say; other events are kept, and that is all."""
        result = super()._submit_other(channel, works)
        said = [w for w in works if is_chat(w.content_type) and w.values.get("word")]
        if said:
            self._submit_approvals(channel, said)
        return result

    def _submit_approvals(self, channel, works):
        """Hear the approvals that name an order; ask about those that do not."""
        texts = {w.inbound_id: _said(w.values) for w in works}
        named = self._orders_named(channel, texts)
        heard = []
        for work in works:
            numbers = named[work.inbound_id]
            if work.values.get("is_part") or not numbers:
                self._ask_form(channel, work)
            elif len(numbers) > 1:
                work.problem("submit", "approval_several", numbers=", ".join(numbers))
                work.outcome = "attention"
            else:
                work.note("submit", "approval_heard", number=numbers[0])
                heard.append(_report(work.values, numbers[0], work.received_at))
        if heard:
            self._hear_approvals(channel, heard)

    def _orders_named(self, channel, texts):
        """Return ``{key: numbers of the company's orders that a text names}``."""
        found = {key: numbers_in(text) for key, text in texts.items()}
        wanted = {number for numbers in found.values() for number in numbers}
        orders = self.env["sale.order"].sudo()
        if wanted:
            company = ("company_id", "=", channel.sudo().company_id.id)
            orders = orders.search([company, ("hub_ref", "in", list(wanted))])
        known = set(orders.mapped("hub_ref"))
        return {
            key: [number for number in numbers if number in known]
            for key, numbers in found.items()
        }

    def _ask_form(self, channel, work):
        """Have a job fetch the form of an approval whose platform tells of it."""
        if not work.values.get("instance"):
            return
        work.note("submit", "approval_asked")
        channel.with_delay(
            description=f"Approval {channel.code}",
            identity_key=f"order_hub_chat_approval_{work.inbound_id}",
        )._job_chat_approval(work.inbound_id)

    def _hear_form(self, channel, adapter):
        """Hear an approval whose form names an order; return a sentence (sudo).

        :raise AdapterError: the platform does not tell
        """
        self.ensure_one()
        work = self._works()[0]
        document = adapter.read(work.raw, work.content_type, work.kind)
        said = adapter.read_event(work.kind, document)
        form = adapter.approval(said["instance"])
        if said.get("is_part") and form.is_over:
            return self.env._("The approval is over: its own word is heard.")
        text = f"{_said(said)}\n{form.text}"
        [numbers] = self._orders_named(channel, {self.id: text}).values()
        if not numbers:
            return self.env._("The approval names no order of the hub.")
        if len(numbers) > 1:
            words = self._inbound_words()["submit.approval_several"]
            error = words % {"numbers": ", ".join(numbers)}
            self.write({"state": "attention", "error": error[:500]})
            return error
        report = _report(said, numbers[0], self.received_at)
        self._hear_approvals(channel, [report])
        return self.env._("%(number)s: %(word)s", **report, number=numbers[0])

    def _hear_approvals(self, channel, reports):
        """Tell the systems' side what became of approvals."""
        self.env["order.hub.system"].sudo()._hear(channel, reports)


def _said(values):
    """Return where the number of an order may be in what an event says."""
    return f"{values.get('reference') or ''}\n{values.get('text') or ''}"


def _report(values, number, received_at):
    """Return what is told to the systems' side of one approval."""
    return {
        "hub_ref": number,
        "word": values["word"],
        "at": values.get("at") or fields.Datetime.to_string(received_at),
        "reference": values.get("instance") or values.get("reference") or "",
        "note": values.get("note") or "",
    }
