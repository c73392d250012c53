from odoo import api, fields, models
from odoo.tools import SQL

#: Waiting messages that one probe is compared with, the newest.
NEWEST = 30
#: Stands between the keys of one row.
BAR = "|"


class OrderHubInboundFacts(models.Model):
    """What is compared of inbound orders that wait for a person.

    Orders are compared by what they are; a message that waits is none yet, so what
    was understood of it is kept here until it goes on.
    """

    _name = "order.hub.inbound.facts"
    _description = "Waiting Inbound Orders to Compare With"
    _rec_name = "inbound_id"
    _log_access = False

    inbound_id = fields.Many2one(
        "order.hub.inbound", required=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, ondelete="cascade", readonly=True
    )
    at = fields.Datetime(required=True, readonly=True)
    keys = fields.Char(required=True, readonly=True)
    facts = fields.Json(required=True, readonly=True)

    _inbound_uniq = models.UniqueIndex("(inbound_id)")
    _keys_idx = models.Index("USING gin (string_to_array(keys, '|'))")

    @api.model
    def _keep(self, company, facts):
        """Keep, or keep anew, what is compared of messages.

        :param facts: ``{inbound id: engine.likeness.Facts}``
        """
        rows = [
            SQL(
                "(%s, %s, %s, %s, %s)",
                inbound_id,
                company.id,
                row.at,
                keys_text(row),
                self._fields["facts"].convert_to_column_insert(row.to_json(), self),
            )
            for inbound_id, row in facts.items()
            if row.keys
        ]
        if rows:
            self.env.execute_query(
                SQL(
                    """INSERT INTO order_hub_inbound_facts
                           (inbound_id, company_id, at, keys, facts)
                       VALUES %s ON CONFLICT (inbound_id) DO UPDATE
                          SET at = excluded.at, keys = excluded.keys,
                              facts = excluded.facts RETURNING id""",
                    SQL(", ").join(rows),
                )
            )

    @api.model
    def _forget(self, inbound_ids):
        """Forget messages that wait no longer."""
        if inbound_ids:
            self.env.cr.execute(
                SQL(
                    "DELETE FROM order_hub_inbound_facts WHERE inbound_id IN %s",
                    tuple(inbound_ids),
                )
            )

    @api.model
    def _waiting_like(self, company, probes, window):
        """Return waiting messages worth comparing, older ones only, one query.

        Only the later of two asks about the earlier: else each would wait for the
        other.

        :param probes: ``{inbound id: engine.likeness.Facts}``
        :param window: ``timedelta`` before and after
        :return: dicts with ``probe``, ``inbound_id``, ``channel_id``,
            ``external_ref``, ``facts`` (as JSON)
        """
        rows = [
            (inbound_id, row.at - window, row.at + window, keys_text(row))
            for inbound_id, row in probes.items()
            if row.keys
        ]
        if not rows:
            return []
        return self.env.execute_query_dict(
            SQL(
                """SELECT probe.id AS probe, found.*
                     FROM unnest(%s::int[], %s::timestamp[], %s::timestamp[],
                                 %s::text[]) AS probe(id, since, until, keys)
                    CROSS JOIN LATERAL (
                        SELECT waits.inbound_id, waits.facts, message.channel_id,
                               message.external_ref
                          FROM order_hub_inbound_facts waits
                          JOIN order_hub_inbound message
                            ON message.id = waits.inbound_id
                         WHERE string_to_array(waits.keys, '|')
                               && string_to_array(probe.keys, '|')
                           AND waits.inbound_id < probe.id
                           AND waits.company_id = %s
                           AND waits.at BETWEEN probe.since AND probe.until
                           AND message.state IN ('received', 'attention', 'failed')
                         ORDER BY waits.at DESC LIMIT %s) AS found""",
                *(list(column) for column in zip(*rows, strict=True)),
                company.id,
                NEWEST,
            )
        )


def keys_text(facts):
    """Return the keys of facts as one text."""
    return BAR.join(sorted(key.replace(BAR, " ") for key in facts.keys))
