from dataclasses import dataclass, field
from typing import Any

from odoo import api, fields, models

from ...const import BATCH
from ...engine.chat_message import ChatMessage, is_chat, part_of, part_type
from ...engine.chat_order import CHECKED, to_order
from ...engine.evidence import Evidence, all_from_json
from ...engine.work import Work

#: What is said in a chat, and is no order: it is kept, and nobody is asked. Whoever
#: pastes or e-mails it expects somebody to look.
NO_ORDER = ("question", "greeting")
#: Signs of an order in words that nothing was understood of.
DIGITS = frozenset("0123456789０１２３４５６７８９两")
MAX_PARTS = 40


@dataclass
class Talk:
    """One message of a batch, and what it belongs to.

    :ivar chat: ``order.hub.chat`` (sudo), empty for a pasted message
    :ivar previous: ``order.hub.inbound`` (sudo) of the running order, if any
    :ivar kept: what an earlier run understood: ``understood``, ``values``, ``evidence``
    """

    work: Work
    message: ChatMessage
    chat: Any
    previous: Any
    kept: dict = field(default_factory=dict)
    said: Any = None
    by_mail: int = 0

    @property
    def partner_id(self) -> int:
        """Return the customer that the sender always orders for, or 0."""
        bound = self.message.partner_id or self.chat.partner_id.id
        return bound or (0 if self.chat.user_id else self.by_mail)


class OrderHubInbound(models.Model):
    """Messages that people wrote: understood instead of mapped."""

    _inherit = "order.hub.inbound"

    chat_id = fields.Many2one(
        "order.hub.chat", readonly=True, ondelete="set null", index="btree_not_null"
    )
    understood = fields.Json(
        readonly=True,
        prefetch=False,
        copy=False,
        help="What the message is about, and which order it goes on with.",
    )

    @api.model
    def _claim(self, channel, limit=BATCH):
        if channel._chat_adapter_class() and not channel._chat_lock():
            return self.browse()
        return super()._claim(channel, limit)

    # === STEP === #

    def _step_map(self, channel, works):
        chats = [work for work in works if is_chat(work.content_type)]
        others = [work for work in works if not is_chat(work.content_type)]
        if chats:
            self.sudo()._read_messages(channel.sudo(), chats)
        return super()._step_map(channel, others) if others else None

    def _read_messages(self, channel, works):
        """Understand messages of a batch, the first of each talk (sudo)."""
        talks = self._one_of_each_talk(channel, works)
        talks = [talk for talk in talks if self._is_text(channel, talk)]
        going = [talk for talk in talks if not self._take_kept(talk)]
        self._understand_all(channel, going)
        for talk in going:
            if not talk.work.outcome:
                self._settle(channel, talk)
        self._keep_talks(talks)
        works = [talk.work for talk in talks if not talk.work.outcome]
        self._clean([work for work in works if work.kind != "cancel"])

    def _understand_all(self, channel, talks):
        asked = [self._asked(talk) for talk in talks]
        if not asked:
            return
        found, shelf = self.env["order.hub.chat.reader"]._understand(channel, asked)
        customers = {s.customer.value for each in found for s in each if s.customer}
        names = self._customer_names(customers)
        for talk, said in zip(talks, found, strict=True):
            talk.said = self._part_said(channel, talk, said)
            if talk.said:
                order, evidence = to_order(
                    talk.said, shelf.items, names.get(talk.said.customer.value, "")
                )
                self._add_sender(talk, order)
                talk.work.values, talk.work.evidence = order, evidence
                talk.work.found["named_customer"] = talk.said.customer.value or 0

    def _asked(self, talk):
        """Return what the reader takes of a talk."""
        is_part = part_of(talk.work.content_type)
        previous = talk.previous if talk.previous and not is_part else None
        return (
            talk.message.text,
            talk.partner_id,
            talk.work.received_at,
            previous and previous._as_previous,
        )

    def _add_sender(self, talk, order):
        """Say who wrote an e-mail: a customer whom nobody knows yet is found by it."""
        if "@" in talk.message.sender and not talk.chat.user_id:
            name = talk.message.sender_name or talk.message.sender
            customer = order.setdefault("customer", {"name": name})
            customer.setdefault("email", talk.message.sender)

    def _customer_names(self, ids):
        partners = self.env["res.partner"].sudo().browse([i for i in ids if i])
        return {partner.id: partner.name or "" for partner in partners.exists()}

    def _part_said(self, channel, talk, said):
        """Return the order that this row is about; others get rows of their own."""
        part = part_of(talk.work.content_type)
        if part >= len(said):
            talk.work.problem("map", "part_gone")
            talk.work.outcome = "attention"
            return None
        if len(said) > 1 and not part:
            self._add_parts(channel, talk.work, min(len(said), MAX_PARTS))
        return said[part]

    def _add_parts(self, channel, work, count):
        """Store the further orders of a message, each as a row of its own."""
        from ...adapters.base import Message

        self._receive(
            channel,
            [
                Message(
                    "order",
                    f"{work.external_ref}/{part + 1}",
                    work.raw,
                    part_type(work.content_type, part),
                )
                for part in range(1, count)
            ],
        )
        work.note("map", "several", count=count)

    # === WHAT IT IS ABOUT === #

    def _settle(self, channel, talk):
        """Decide what becomes of a message that was understood."""
        work, said = talk.work, talk.said
        talk.kept["understood"] = {
            "intent": said.intent,
            "previous": talk.previous.id if talk.previous else 0,
            "doubts": sorted(said.doubt_codes()),
        }
        work.note(
            "map",
            "understood",
            intent=said.intent,
            lines=len(said.lines),
            percent=round(said.confidence * 100),
        )
        for code in sorted(said.doubt_codes()):
            work.problem(
                "map", "doubt", blocking=False, why=f"doubt_{code}", reason=code
            )
        if said.intent in NO_ORDER and not said.lines and channel.can_say:
            work.note("map", said.intent)
            work.outcome = "ignored"
        elif said.intent == "cancel" and not said.lines:
            self._settle_cancel(talk)
        elif not said.lines:
            self._settle_nothing(channel, talk)
        elif said.intent in ("change", "cancel"):
            self._settle_change(talk)

    def _settle_nothing(self, channel, talk):
        """Nothing that could be ordered: chit-chat, or something to look at."""
        is_chat = channel.can_say and not DIGITS & set(talk.message.text)
        if is_chat and talk.said.intent == "other" and not talk.said.doubts:
            talk.work.note("map", "no_order")
            talk.work.outcome = "ignored"
            return
        talk.work.problem("map", "no_lines")
        talk.work.outcome = "attention"

    def _settle_change(self, talk):
        """A message that changes the running order goes on with it."""
        work, previous = talk.work, talk.previous
        if not previous:
            work.problem("map", "change_of_what", blocking=False)
            work.evidence[CHECKED] = Evidence(0.3, "guess")
        elif previous.state == "done":
            work.kind = "change"
            work.values["external_ref"] = previous._ref_of_talk()
            work.values.pop("customer", None)
        else:
            self._put_aside(talk, "goes_on")

    def _settle_cancel(self, talk):
        """*Not any more*: what waits is put aside, what is an order is cancelled."""
        work, previous = talk.work, talk.previous
        if not previous:
            work.problem("map", "cancel_of_what")
            work.outcome = "attention"
        elif previous.state == "done":
            work.kind = "cancel"
            work.values = {
                "external_ref": previous._ref_of_talk(),
                "reason": talk.message.text[:200],
            }
            if not talk.said.is_certain:
                work.evidence[CHECKED] = Evidence(0.3, "guess")
        elif talk.said.is_certain:
            self._put_aside(talk, "withdrawn")
            work.outcome = "ignored"
        else:
            work.problem("map", "withdraws")
            work.outcome = "attention"

    def _put_aside(self, talk, code):
        """Put the earlier message aside: this one has all of it."""
        previous = talk.previous
        talk.work.note("map", code, number=previous.external_ref)
        if previous.state not in ("done", "duplicate", "ignored"):
            previous.write({"state": "ignored", "processed_at": fields.Datetime.now()})

    # === GATE === #

    def _submit_cancel(self, channel, works):
        for work in works:
            self._check_certain(channel, work)
        return super()._submit_cancel(channel, works)

    def _take_choices(self, channel, seekings):
        """Take the customers whom messages name, where nobody chose another."""
        super()._take_choices(channel, seekings)
        named = [
            (seeking, seeking.work.found.get("named_customer"))
            for seeking in seekings
            if seeking.is_open and seeking.work.found.get("named_customer")
        ]
        if not named:
            return
        finder = self.env["order.hub.customer.finder"]
        allowed = finder._chosen(channel, {number for _seeking, number in named})
        for seeking, number in named:
            if number in allowed:
                seeking.take(number, "by_words")

    # === KEPT === #

    def _result(self, work, now):
        result = super()._result(work, now)
        if not is_chat(work.content_type):
            return {**result, "understood": None, "chat_id": None}
        return {
            **result,
            "understood": work.found.get("understood") or None,
            "chat_id": work.found.get("chat_id") or None,
        }

    def _take_kept(self, talk):
        """Take what was understood before where a person has worked on it since.

        What people corrected stays what it was, however much is learned meanwhile.

        :return: whether it was taken
        """
        kept = talk.kept
        if not talk.work.corrections or not kept.get("values"):
            return False
        work, understood = talk.work, kept.get("understood") or {}
        work.values = kept["values"]
        work.evidence = all_from_json(kept.get("evidence"))
        work.found["named_customer"] = kept.get("partner_id") or 0
        follows = work.values.get("external_ref") not in (None, work.external_ref)
        if follows and understood.get("intent") in ("change", "cancel"):
            has_lines = bool(work.values.get("lines"))
            work.kind = "change" if has_lines else "cancel"
        work.note("map", "kept")
        return True
