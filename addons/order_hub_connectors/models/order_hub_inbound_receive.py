import base64
import hashlib
from dataclasses import replace

from psycopg2.extras import Json

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.order_hub.engine.payload import clean_text

from ..adapters.base import Message
from ..const import BATCH, GATHERING

#: Longest number of an order or of a delivery.
MAX_WORD = 256


class OrderHubInbound(models.Model):
    """Taking in what arrives: stored before anything is understood.

    Unique indexes decide what is new, not a search: two workers that receive the
    same delivery in the same millisecond store it once.
    """

    _inherit = "order.hub.inbound"

    @api.model
    def _receive(self, channel, messages):
        """Store messages, each at most once.

        A second message with the number of an order that is known is a repeat if it
        says the same, else a change of it.

        :param channel: ``order.hub.channel``
        :param messages: ``adapters.base.Message``, any number
        :return: ``{"new": ids in the order received, "repeated": how many}``
        """
        rows = self._unlike(messages)
        new, again, unheard = self._store(channel, rows)
        changes = self._changes(channel, again)
        later, known, unheard_later = self._store(channel, changes)
        self._count_repeats(channel, messages, rows, again, changes, known)
        ids = sorted(new + later)
        if unheard or unheard_later or len(ids) > BATCH:
            channel._issue_tickets(-(-len(ids) // BATCH), after=GATHERING)
        return {"new": ids, "repeated": len(messages) - len(ids)}

    def _unlike(self, messages):
        """Return ``{key: (message, checksum)}``: the same twice in one call is one.

        An order that one call has twice, and differently, is an order and its change.
        """
        rows = {}
        for message in messages:
            clean = self._storable(message)
            checksum = hashlib.sha256(message.raw).hexdigest()
            key = self._message_key(clean, checksum)
            if key in rows and rows[key][1] != checksum:
                clean = replace(clean, kind="change")
                key = self._message_key(clean, checksum)
            rows.setdefault(key, (clean, checksum))
        return rows

    def _storable(self, message):
        """Return a message whose words the database takes; its bytes stay."""
        return replace(
            message,
            external_ref=self._short(clean_text(message.external_ref) or "?"),
            event_id=self._short(clean_text(message.event_id)),
            version=clean_text(message.version)[:MAX_WORD],
            content_type=clean_text(message.content_type)[:100],
            headers={
                clean_text(name): clean_text(str(value))
                for name, value in message.headers.items()
            },
        )

    def _short(self, text):
        """Return a number of bounded length; long ones do not become the same."""
        if len(text) <= MAX_WORD:
            return text
        digest = hashlib.sha256(text.encode()).hexdigest()
        return f"{text[: MAX_WORD - 13]}~{digest[:12]}"

    def _message_key(self, message, checksum):
        """Return what makes a message the same as another one of its channel."""
        content = "" if message.kind == "order" else checksum
        return message.kind, message.external_ref, content

    def _store(self, channel, rows):
        """Insert messages that are new.

        :param rows: ``{key: (message, checksum)}``
        :return: the new ids, the rows that were known, and whether there are new
            ones that no job waits for
        """
        if not rows:
            return [], {}, False
        found = self.env.execute_query_dict(
            SQL(
                """INSERT INTO order_hub_inbound
                       (channel_id, company_id, kind, external_ref, event_id, version,
                        payload, content_type, headers, checksum, size, received_at,
                        state, attempts, create_uid, create_date, write_uid,
                        write_date)
                   VALUES %s ON CONFLICT DO NOTHING
                   RETURNING id, kind, external_ref,
                       CASE WHEN kind = 'order' THEN '' ELSE checksum END AS content,
                       %s AS is_unheard""",
                SQL(", ").join(
                    self._row(channel, message, checksum)
                    for message, checksum in rows.values()
                ),
                channel._lacks_ticket(),
            )
        )
        new = {(row["kind"], row["external_ref"], row["content"]) for row in found}
        return (
            [row["id"] for row in found],
            {key: row for key, row in rows.items() if key not in new},
            any(row["is_unheard"] for row in found),
        )

    def _row(self, channel, message, checksum):
        now, uid = fields.Datetime.now(), self.env.uid
        return SQL(
            "(%s, (SELECT company_id FROM order_hub_channel WHERE id = %s), "
            "%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'received', 0, %s, %s, %s, %s)",
            channel.id,
            channel.id,
            message.kind,
            message.external_ref,
            message.event_id or None,
            message.version or None,
            base64.b64encode(message.raw),
            message.content_type,
            Json(dict(message.headers)),
            checksum,
            len(message.raw),
            now,
            uid,
            now,
            uid,
            now,
        )

    def _changes(self, channel, known):
        """Return those of the known orders that say something else now, as changes."""
        orders = {key: row for key, row in known.items() if key[0] == "order"}
        if not orders:
            return {}
        stored = self.env.execute_query(
            SQL(
                """SELECT external_ref, checksum FROM order_hub_inbound
                    WHERE channel_id = %s AND kind = 'order' AND external_ref IN %s""",
                channel.id,
                tuple(key[1] for key in orders),
            )
        )
        same = set(stored)
        changes = {}
        for message, checksum in orders.values():
            if (message.external_ref, checksum) not in same:
                change = replace(message, kind="change")
                changes[self._message_key(change, checksum)] = (change, checksum)
        return changes

    def _count_repeats(self, channel, messages, rows, again, changes, known):
        """Note when, and how often, what was there came again."""
        changed = {row[1] for row in changes.values()}
        repeated = [
            (message.kind, message.external_ref)
            for message, checksum in again.values()
            if checksum not in changed
        ]
        repeated += [(m.kind, m.external_ref) for m, _sum in known.values()]
        if len(messages) > len(rows):
            repeated += self._within(channel, messages)
        if repeated:
            self._note_repeats(channel, sorted(set(repeated)))

    def _within(self, channel, messages):
        """Return kind and number of messages that one call holds more than once."""
        seen, twice = set(), []
        for message in messages:
            key = (message.kind, message.external_ref)
            if key in seen:
                twice.append(key)
            seen.add(key)
        return twice

    @api.model
    def _keep_unreadable(self, channel, raw, content_type, error):
        """Keep a delivery that is genuine and cannot be understood.

        :param error: ``adapters.base.AdapterError``
        """
        checksum = hashlib.sha256(raw).hexdigest()
        message = Message("other", f"? {checksum[:12]}", raw, content_type)
        new, _known, _unheard = self._store(channel, self._unlike([message]))
        if new:
            problem = {"step": "parse", "code": "unreadable"}
            code = getattr(error, "code", "settings")
            figures = {"reason": clean_text(str(error)), "why": code}
            kept = self.browse(new)
            kept.sudo().write({"state": "attention", "step": "parse"})
            self.env["order.hub.inbound.problem"].sudo().create(
                {
                    "inbound_id": kept.id,
                    **problem,
                    "field": clean_text(error.field),
                    "is_blocking": True,
                    "figures": figures,
                }
            )
