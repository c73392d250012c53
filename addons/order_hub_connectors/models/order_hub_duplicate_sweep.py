from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine.likeness import THRESHOLD, likest

SWEPT_AT = "order_hub_connectors.repeats_swept_at"
#: Longest a worker may hold back its orders from others: what was swept this
#: recently is swept again.
OVERLAP = timedelta(minutes=15)
FIRST = timedelta(days=1)
BATCH = 500


class OrderHubDuplicate(models.Model):
    """Afterwards: repeats that two workers took in at the same moment.

    Neither saw the other's order, for neither had committed. The sweep looks at
    the orders made since the last one again, when both are there; the later one is
    held and offered.
    """

    _inherit = "order.hub.duplicate"

    @api.model
    def _cron_sweep(self):
        """Sweep all channels that look for repeats, batch by batch."""
        params = self.env["ir.config_parameter"].sudo()
        now = fields.Datetime.now()
        since = fields.Datetime.to_datetime(params.get_param(SWEPT_AT)) or now - FIRST
        channels = self.env["order.hub.channel"].search(
            [("duplicate_mode", "!=", "off")]
        )
        for channel in channels:
            if not self._sweep(channel, since - OVERLAP):
                return
        params.set_param(SWEPT_AT, fields.Datetime.to_string(now))
        self.env["ir.cron"]._commit_progress(remaining=0)

    def _sweep(self, channel, since):
        """Sweep one channel.

        :param since: naive UTC; orders made from then on
        :return: whether there was time for all of it
        """
        after = 0
        while True:
            order_ids = self._orders_made(channel, since, after)
            if not order_ids:
                return True
            self._sweep_orders(channel, order_ids)
            after = order_ids[-1]
            if not self.env["ir.cron"]._commit_progress(len(order_ids)):
                return False

    def _orders_made(self, channel, since, after):
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM sale_order
                    WHERE hub_channel_id = %s AND create_date >= %s AND id > %s
                      AND hub_inbound_id IS NOT NULL AND state <> 'cancel'
                    ORDER BY id LIMIT %s""",
                channel.id,
                since,
                after,
                BATCH,
            )
        )
        return [row[0] for row in rows]

    @api.model
    def _sweep_orders(self, channel, order_ids):
        """Hold those of the orders that are like an earlier one and undecided.

        :return: ids of the orders that are held now
        """
        Search = self.env["order.hub.likeness.search"].sudo()
        scheme = channel.sudo().likeness_id
        mine = Search._order_facts(order_ids)
        probes = {order_id: row["facts"] for order_id, row in mine.items()}
        pairs = Search._pairs(channel.company_id, probes, scheme)
        others = self._earlier(channel, pairs, mine)
        known = self._known_pairs([row["inbound_id"] for row in mine.values()])
        matches, facts = {}, {}
        for order_id, rows in others.items():
            inbound_id = mine[order_id]["inbound_id"]
            unknown = [row for row in rows if (inbound_id, row[0]["key"]) not in known]
            best = likest(
                probes[order_id],
                unknown,
                scheme._weights(),
                scheme.threshold or THRESHOLD,
            )
            if best:
                matches[inbound_id], facts[inbound_id] = best, probes[order_id]
        return self._hold_found(channel, facts, matches)

    def _earlier(self, channel, pairs, mine):
        """Return ``{order id: [(other, Facts)]}``, earlier orders in scope only."""
        earlier = {pair for pair in pairs if pair[1] < pair[0]}
        Search = self.env["order.hub.likeness.search"].sudo()
        theirs = Search._order_facts({other for _own, other in earlier})
        others = defaultdict(list)
        for own, other_id in sorted(earlier):
            row = theirs[other_id]
            if channel.duplicate_scope != "all" and row["channel_id"] == channel.id:
                continue
            key = -row["inbound_id"] if row["inbound_id"] else other_id
            other = {
                "key": key,
                "order_id": other_id,
                "inbound_id": row["inbound_id"],
                "name": row["name"],
                "facts": row["facts"],
            }
            others[own].append((other, row["facts"]))
        return others

    def _known_pairs(self, inbound_ids):
        """Return pairs that were found before, either way round, decided or not."""
        rows = self.env.execute_query(
            SQL(
                """SELECT inbound_id, other_key FROM order_hub_duplicate
                    WHERE inbound_id IN %(ids)s AND state <> 'over'
                    UNION
                   SELECT other_inbound_id, -inbound_id FROM order_hub_duplicate
                    WHERE other_inbound_id IN %(ids)s AND state <> 'over'""",
                ids=tuple(inbound_ids),
            )
        )
        return set(rows)

    def _hold_found(self, channel, facts, matches):
        if not matches:
            return []
        self.sudo()._store_found(channel, facts, matches)
        found = self.sudo().search(
            [("inbound_id", "in", list(matches)), ("state", "=", "open")]
        )
        for row in found:
            row._hold(row.inbound_id.order_id)
        return found.inbound_id.order_id.ids
