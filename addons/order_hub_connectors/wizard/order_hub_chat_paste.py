import hashlib

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..adapters.chat.adapter import chat_message
from ..engine.chat_message import MAX_TEXT, ChatMessage
from ..engine.chat_order import plain_number


class OrderHubChatPaste(models.TransientModel):
    """A message pasted from anywhere: seen at once as it is understood, then taken."""

    _name = "order.hub.chat.paste"
    _description = "Pasted Message"

    channel_id = fields.Many2one(
        "order.hub.channel",
        required=True,
        default=lambda self: self._default_channel_id(),
        domain="[('adapter', '=', 'chat')]",
    )
    text = fields.Text("Message")
    partner_id = fields.Many2one(
        "res.partner", "Customer", help="Empty: as the message says."
    )
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    @api.model
    def _default_channel_id(self):
        return self.env["order.hub.channel"].search(
            [("adapter", "=", "chat"), ("company_id", "=", self.env.company.id)],
            limit=1,
        )

    @api.depends("text", "partner_id", "channel_id")
    def _compute_preview(self):
        for paste in self:
            values = paste._understood() if paste._is_ready() else None
            paste.preview = values and self.env["ir.qweb"]._render(
                "order_hub_connectors.chat_preview", values
            )

    def _is_ready(self):
        return bool(self.channel_id and (self.text or "").strip())

    def _understood(self):
        """Return what the screen shows: one block for each order of the text."""
        self._check_operator()
        reader = self.env["order.hub.chat.reader"]
        customer = self.partner_id.commercial_partner_id.id or 0
        said, shelf = reader._read_once(self.channel_id.sudo(), self.text, customer)
        limit = self.channel_id.sudo().certain_from
        return {
            "blocks": [self._block(each, shelf, limit) for each in said[:20]],
            "text": self._marked(said[0]) if said else "",
        }

    def _block(self, said, shelf, limit):
        partner = self.env["res.partner"].sudo().browse(said.customer.value or ())
        rows = [self._row(self.env._("Customer"), partner.name, said.customer, limit)]
        for line in said.lines:
            item = shelf.items.get(line.item.value)
            name = f"{item.code} {item.names[0] if item.names else ''}" if item else ""
            rows.append(self._row(line.words, name.strip(), line.item, limit))
            unit = line.unit.value or ""
            amount = (
                f"{plain_number(line.quantity.value)} {unit}" if line.quantity else ""
            )
            rows.append(self._row("", amount.strip(), line.quantity, limit))
        if said.date:
            day = said.date.value.isoformat()
            rows.append(self._row(self.env._("delivery date"), day, said.date, limit))
        if said.remark:
            label = self.env._("remark")
            rows.append(self._row(label, said.remark.value, said.remark, limit))
        words = self.env["order.hub.inbound"]._reason_words()
        return {
            "rows": rows,
            "is_order": bool(said.lines),
            "is_certain": said.is_certain and said.confidence >= limit,
            "doubts": [
                words.get(f"why.doubt_{code}", code)
                for code in sorted(said.doubt_codes())
            ],
        }

    def _row(self, label, value, found, limit):
        return {
            "label": label,
            "value": value or "–",
            "percent": round(found.confidence * 100) if found else 0,
            "is_certain": bool(found) and found.confidence >= limit,
        }

    def _marked(self, said):
        """Return the text, the words that something was read from marked."""
        found = [said.customer, said.date, said.remark, said.address, said.phone]
        for line in said.lines:
            found += [line.item, line.quantity]
        spans = sorted({span for each in found if each for span in each.spans})
        text, at, pieces = self.text, 0, []
        for start, end in spans:
            if start >= at:
                pieces += [text[at:start], Markup("<mark>%s</mark>") % text[start:end]]
                at = end
        return Markup("").join([*pieces, text[at:]])

    def _check_operator(self):
        if not self.env.user.has_group("order_hub.order_hub_group_operator"):
            raise AccessError(
                self.env._("Only operators of the Order Hub hand in messages.")
            )

    def action_take(self):
        """Make an inbound order of the message and open it."""
        self.ensure_one()
        self._check_operator()
        self.check_access("read")
        self.channel_id.check_access("read")
        if not self._is_ready():
            raise UserError(self.env._("Paste a message first."))
        if len(self.text) > MAX_TEXT:
            raise UserError(
                self.env._(
                    "The message has more than %s characters. Paste one order at a "
                    "time.",
                    MAX_TEXT,
                )
            )
        return self._open(self._taken())

    def _taken(self):
        """Return the inbound order (sudo); the same text of one day is the same."""
        channel = self.channel_id.sudo()
        if channel.intake_state == "off" or channel.adapter != "chat":
            raise UserError(
                self.env._("Channel %s takes no messages: switch it on.", channel.name)
            )
        message = ChatMessage(
            text=self.text.strip(),
            sender_name=self.env.user.name,
            partner_id=self.partner_id.commercial_partner_id.id or 0,
        )
        number = self._number(message)
        Inbound = self.env["order.hub.inbound"].sudo()
        new = Inbound._receive(channel, [chat_message(number, message)])["new"]
        Inbound.browse(new)._process(channel)
        return Inbound.search(
            [
                ("channel_id", "=", channel.id),
                ("kind", "=", "order"),
                ("external_ref", "=", number),
            ]
        )

    def _number(self, message):
        day = fields.Date.context_today(self)
        body = f"{day}|{message.partner_id}|{message.text}".encode()
        return f"MSG-{day:%y%m%d}-{hashlib.sha256(body).hexdigest()[:8].upper()}"

    def _open(self, inbound):
        return {
            "type": "ir.actions.act_window",
            "res_model": "order.hub.inbound",
            "res_id": inbound.id,
            "views": [(False, "form")],
        }
