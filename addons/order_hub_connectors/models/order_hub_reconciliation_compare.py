from datetime import timedelta

from odoo import models
from odoo.tools import SQL

#: Orders are received later than they were made, by so much at most.
LATE = timedelta(days=3)
ISO = 'YYYY-MM-DD"T"HH24:MI:SS'


class OrderHubReconciliation(models.Model):
    """The comparison: a few statements, whatever the number of orders."""

    _inherit = "order.hub.reconciliation"

    def _do_compare(self, _adapter):
        """Find the differences and the totals of the day."""
        self.env["sale.order"].flush_model()
        self.env["order.hub.inbound"].flush_model()
        self.env.cr.execute(self._sql_differences())
        self.env.cr.execute(self._sql_missing_there())
        self.env.cr.execute(self._sql_totals())
        self.invalidate_recordset(["line_ids", "total_ids"], flush=False)
        self.write(
            {
                "phase": "fetch",
                "there_count": sum(self.total_ids.mapped("count_there")),
                "here_count": sum(self.total_ids.mapped("count_here")),
            }
        )

    def _sql_differences(self):
        """Insert one line for each listed order that is not the same here."""
        return SQL(
            """INSERT INTO order_hub_reconciliation_line
                   (reconciliation_id, company_id, kind, state, external_ref,
                    inbound_id, order_id, amount_there, currency_there, amount_here,
                    currency_here, status_there)
               SELECT item.reconciliation_id, %(company)s, found.kind, 'open',
                      item.external_ref, message.id, o.id, item.amount, item.currency,
                      o.amount_total, currency.name, item.status
                 FROM order_hub_reconciliation_item item
            LEFT JOIN sale_order o ON o.hub_channel_id = %(channel)s
                  AND o.hub_external_ref = item.external_ref
            LEFT JOIN res_currency currency ON currency.id = o.currency_id
            LEFT JOIN order_hub_inbound message ON message.channel_id = %(channel)s
                  AND message.external_ref = item.external_ref
                  AND message.kind = 'order'
                CROSS JOIN LATERAL (%(kind)s) AS found(kind)
                WHERE item.reconciliation_id = %(id)s AND found.kind IS NOT NULL""",
            company=self.company_id.id,
            channel=self.channel_id.id,
            id=self.id,
            kind=self._sql_kind(),
        )

    def _sql_kind(self):
        """What is different, the gravest first; nothing if nothing is.

        A repeat that was merged, and what was put aside, are accounted for. What is
        cancelled on one side is not compared by its amount.
        """
        return SQL(
            """SELECT CASE
                 WHEN o.id IS NULL AND item.is_cancelled THEN NULL
                 WHEN o.id IS NULL AND message.id IS NULL THEN 'missing_here'
                 WHEN o.id IS NULL AND message.state IN ('duplicate', 'ignored')
                     THEN NULL
                 WHEN o.id IS NULL THEN 'waiting'
                 WHEN item.is_cancelled AND o.state <> 'cancel' THEN 'cancelled_there'
                 WHEN o.state = 'cancel' AND NOT item.is_cancelled
                     THEN 'cancelled_here'
                 WHEN o.state = 'cancel' THEN NULL
                 WHEN item.currency <> currency.name THEN 'amount'
                 WHEN abs(item.amount - o.amount_total) >= currency.rounding / 2
                     THEN 'amount'
               END"""
        )

    def _sql_missing_there(self):
        """Insert one line for each order of the day here that was not listed."""
        return SQL(
            """INSERT INTO order_hub_reconciliation_line
                   (reconciliation_id, company_id, kind, state, external_ref,
                    inbound_id, order_id, amount_here, currency_here)
               SELECT %(id)s, %(company)s, 'missing_there', 'open',
                      message.external_ref, message.id, o.id, o.amount_total,
                      currency.name
                 FROM (%(here)s) AS message
            LEFT JOIN sale_order o ON o.hub_channel_id = %(channel)s
                  AND o.hub_external_ref = message.external_ref
            LEFT JOIN res_currency currency ON currency.id = o.currency_id
                WHERE o.state IS DISTINCT FROM 'cancel'""",
            id=self.id,
            company=self.company_id.id,
            channel=self.channel_id.id,
            here=self._sql_unlisted(),
        )

    def _sql_unlisted(self):
        """Messages about orders of the day, by the channel's date, not listed."""
        return SQL(
            """SELECT message.id, message.external_ref
                 FROM order_hub_inbound message
                WHERE message.channel_id = %(channel)s AND message.kind = 'order'
                  AND message.state <> 'ignored'
                  AND message.received_at >= %(since)s
                  AND message.received_at < %(late)s
                  AND COALESCE(message.values ->> 'date',
                               to_char(message.received_at, %(iso)s))
                      BETWEEN to_char(%(since)s::timestamp, %(iso)s)
                          AND to_char(%(last)s::timestamp, %(iso)s)
                  AND NOT EXISTS (
                      SELECT 1 FROM order_hub_reconciliation_item item
                       WHERE item.reconciliation_id = %(id)s
                         AND item.external_ref = message.external_ref)""",
            channel=self.channel_id.id,
            since=self.since,
            last=self.until - timedelta(seconds=1),
            late=self.until + LATE,
            iso=ISO,
            id=self.id,
        )

    def _sql_totals(self):
        """Insert count and money by currency, there and here, without cancelled."""
        return SQL(
            """INSERT INTO order_hub_reconciliation_total
                   (reconciliation_id, company_id, currency, count_there, amount_there,
                    count_here, amount_here)
               SELECT %(id)s, %(company)s, currency, sum(there), sum(amount_there),
                      sum(here), sum(amount_here)
                 FROM (%(there)s UNION ALL %(here)s) AS each GROUP BY currency""",
            id=self.id,
            company=self.company_id.id,
            there=self._sql_total_there(),
            here=self._sql_total_here(),
        )

    def _sql_total_there(self):
        return SQL(
            """SELECT currency, 1 AS there, amount AS amount_there, 0 AS here,
                      0 AS amount_here
                 FROM order_hub_reconciliation_item
                WHERE reconciliation_id = %s AND NOT is_cancelled""",
            self.id,
        )

    def _sql_total_here(self):
        """Orders here that were listed, or are of the day and were not."""
        return SQL(
            """SELECT currency.name, 0, 0, 1, o.amount_total
                 FROM sale_order o JOIN res_currency currency
                   ON currency.id = o.currency_id
                WHERE o.hub_channel_id = %(channel)s AND o.state <> 'cancel'
                  AND o.hub_external_ref IN (
                      SELECT external_ref FROM order_hub_reconciliation_item
                       WHERE reconciliation_id = %(id)s
                       UNION
                      SELECT external_ref FROM order_hub_reconciliation_line
                       WHERE reconciliation_id = %(id)s
                         AND kind = 'missing_there')""",
            channel=self.channel_id.id,
            id=self.id,
        )
