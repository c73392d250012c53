import base64
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..const import BATCH, MAX_ATTEMPTS
from ..engine.work import Work

#: Minutes before what failed is tried again, times the tries so far.
RETRY_MINUTES = 5


class OrderHubInbound(models.Model):
    """Who works on what: rows are claimed by locking them, not by marking them.

    A worker that dies gives its rows back with its transaction, so that nothing
    stays "in work" for ever and nothing has to be repaired.
    """

    _inherit = "order.hub.inbound"

    @api.model
    def _claim(self, channel, limit=BATCH):
        """Lock the oldest messages that wait, leaving out those of other workers.

        :return: records, oldest first
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM order_hub_inbound
                    WHERE channel_id = %s AND %s
                    ORDER BY id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED""",
                channel.id,
                self._is_due(),
                limit,
            )
        )
        return self.browse(row[0] for row in rows)

    def _is_due(self):
        """Return the condition of messages to work on now."""
        return SQL(
            """(state = 'received' OR state = 'failed' AND attempts < %s
                AND processed_at < %s::timestamp - attempts * %s)""",
            MAX_ATTEMPTS,
            fields.Datetime.now(),
            timedelta(minutes=RETRY_MINUTES),
        )

    @api.model
    def _count_due(self, channel, limit):
        """Return how many messages are due, counting no further than ``limit``."""
        [[count]] = self.env.execute_query(
            SQL(
                """SELECT count(*) FROM (SELECT 1 FROM order_hub_inbound
                    WHERE channel_id = %s AND %s LIMIT %s) AS due""",
                channel.id,
                self._is_due(),
                limit,
            )
        )
        return count

    def _works(self):
        """Return one :class:`Work` a record, two queries for all."""
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT id, kind, external_ref, payload, content_type, version,
                          received_at, order_id, attempts
                     FROM order_hub_inbound WHERE id IN %s ORDER BY id""",
                tuple(self.ids),
            )
        )
        corrections = self._corrections()
        return [
            Work(
                inbound_id=row["id"],
                kind=row["kind"],
                external_ref=row["external_ref"],
                raw=base64.b64decode(row["payload"] or b""),
                content_type=row["content_type"] or "",
                received_at=row["received_at"],
                version=row["version"] or "",
                attempts=row["attempts"] or 0,
                corrections=corrections.get(row["id"], {}),
                order_id=row["order_id"] or 0,
            )
            for row in rows
        ]

    def _corrections(self):
        """Return ``{id: {path: value}}``, the last correction of each path."""
        rows = self.env.execute_query(
            SQL(
                """SELECT inbound_id, field, new FROM order_hub_inbound_correction
                    WHERE inbound_id IN %s ORDER BY id""",
                tuple(self.ids),
            )
        )
        found = {}
        for inbound_id, path, value in rows:
            found.setdefault(inbound_id, {})[path] = value
        return found
