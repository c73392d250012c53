from datetime import timedelta

from odoo import models
from odoo.tools import SQL

from ...engine.chat_message import part_of
from ...engine.chat_order import previous_of
from ...engine.evidence import all_from_json
from .order_hub_inbound_chat import Talk

#: Hours in which a message can go on with the last order of its talk: with one that
#: waits for somebody, and with one that was taken in.
WAITING_HOURS, DONE_HOURS = 72, 24


class OrderHubInbound(models.Model):
    """Talks: which order a message goes on with."""

    _inherit = "order.hub.inbound"

    def _one_of_each_talk(self, channel, works):
        """Return a :class:`Talk` for the first message of each talk.

        Others of the same talk go back: they are about what the first will have
        become, and are the next job's.
        """
        kept = self._kept_of(works)
        messages = {w.inbound_id: channel._chat_message(w.document) for w in works}
        chats = self.env["order.hub.chat"]._talks(channel, messages.values())
        nobody = self.env["order.hub.chat"].sudo()
        by_mail = self._customers_by_mail(channel, messages.values())
        talks, begun = [], set()
        for work in sorted(works, key=lambda row: row.inbound_id):
            message = messages[work.inbound_id]
            chat = chats.get(message.talk, nobody)
            if chat and chat.id in begun:
                work.note("map", "later")
                work.outcome = "received"
                continue
            begun.add(chat.id)
            row = kept.get(work.inbound_id, {})
            previous = self._previous(work, chat, row.get("understood") or {})
            talk = Talk(work, message, chat, previous, row)
            talk.by_mail = by_mail.get(message.sender.lower(), 0)
            talks.append(talk)
        return talks

    def _customers_by_mail(self, channel, messages):
        """Return ``{address: customer id}`` of senders whose address only one has."""
        addresses = {m.sender.lower() for m in messages if "@" in m.sender}
        if not addresses:
            return {}
        partners = (
            self.env["res.partner"]
            .sudo()
            .search(
                [
                    ("email_normalized", "in", list(addresses)),
                    ("company_id", "in", (False, channel.company_id.id)),
                ]
            )
        )
        found = {
            address: rows.commercial_partner_id
            for address, rows in partners.grouped("email_normalized").items()
        }
        return {address: p.id for address, p in found.items() if len(p) == 1}

    def _kept_of(self, works):
        """Return ``{inbound id: what an earlier run understood}``, one query."""
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT id, understood, values, evidence, partner_id
                     FROM order_hub_inbound
                    WHERE id IN %s AND understood IS NOT NULL""",
                tuple(work.inbound_id for work in works),
            )
        )
        return {row.pop("id"): row for row in rows}

    def _previous(self, work, chat, understood):
        """Return the inbound order that a message may go on with (sudo), or none."""
        nothing = self.sudo().browse()
        if part_of(work.content_type):
            return nothing
        if understood:  # decided at the first run, and gone on with since
            return self.sudo().browse(understood.get("previous") or []).exists()
        last = chat.inbound_id
        if not last or last.id == work.inbound_id or not last._may_go_on(work):
            return nothing
        return last

    def _may_go_on(self, work):
        """Tell whether a message can still be about this one."""
        if not (self.values or {}).get("lines") or self.state in (
            "ignored",
            "duplicate",
        ):
            return False
        hours = DONE_HOURS if self.state == "done" else WAITING_HOURS
        if work.received_at - self.received_at > timedelta(hours=hours):
            return False
        return self.state != "done" or self.order_id.state not in ("cancel", False)

    def _as_previous(self, shelf):
        """Return this order as the next message of its talk sees it."""
        self.ensure_one()
        evidence = self._evidence_now()
        key = self.partner_id.id
        return previous_of(self.values or {}, evidence, key, shelf.item_by_code)

    def _evidence_now(self):
        """Return the evidence of what is still open: what people answered is certain,
        and so is all of an order that was taken in."""
        if self.state == "done":
            return {}
        answered = self._corrections().get(self.id, {})
        kept = all_from_json(self.evidence)
        return {path: found for path, found in kept.items() if path not in answered}

    def _ref_of_talk(self):
        """Return the number under which the hub has the order of a talk."""
        return (self.values or {}).get("external_ref") or self.external_ref

    def _keep_talks(self, talks):
        """Keep what belongs to the rows, and what the chats say now."""
        news = {}
        for talk in talks:
            work, chat = talk.work, talk.chat
            work.found["understood"] = talk.kept.get("understood")
            work.found["chat_id"] = chat.id
            if not chat:
                continue
            news[chat.id] = {
                "sender_name": talk.message.sender_name or chat.sender_name,
                "reply_to": {
                    name: getattr(talk.message, name)
                    for name in ("reply_url", "reply_until")
                    if getattr(talk.message, name)
                },
            }
            is_order = not work.outcome and work.kind in ("order", "change")
            if is_order and not part_of(work.content_type):
                news[chat.id]["inbound_id"] = work.inbound_id
        if news:
            chats = self.env["order.hub.chat"].sudo().browse(news)
            chats._heard(news)

    # === WHAT IS NO TEXT === #

    def _is_text(self, channel, talk):
        """Tell whether there are words to read; pictures go to who reads them."""
        work, message = talk.work, talk.message
        if message.kind == "text" and message.text.strip():
            return True
        adapter = channel._chat_adapter_class()
        if message.kind == "picture" and message.media_id and adapter:
            channel.with_delay(
                description=f"Picture {channel.code}",
                identity_key=f"order_hub_chat_picture_{work.inbound_id}",
            )._job_chat_picture(work.inbound_id)
            work.note("map", "picture")
            work.outcome = "ignored"
        else:
            work.problem("map", "not_text", kind=message.kind)
            work.outcome = "attention"
        work.found["chat_id"] = talk.chat.id
        return False
