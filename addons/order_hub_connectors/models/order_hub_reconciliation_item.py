from itertools import islice

from odoo import api, fields, models
from odoo.tools import SQL

CHUNK = 500


class OrderHubReconciliationItem(models.Model):
    """What a channel listed, while it is being compared; gone afterwards.

    In a table and not in memory: a sale day has 48,000 of them, and a worker that
    dies must not lose what was listed.
    """

    _name = "order.hub.reconciliation.item"
    _description = "Order as Listed"
    _rec_name = "external_ref"
    _log_access = False

    reconciliation_id = fields.Many2one(
        "order.hub.reconciliation", required=True, ondelete="cascade", readonly=True
    )
    external_ref = fields.Char(required=True, readonly=True)
    amount = fields.Float(readonly=True)
    currency = fields.Char(readonly=True)
    status = fields.Char(readonly=True)
    at = fields.Datetime(readonly=True)
    is_cancelled = fields.Boolean(readonly=True)

    _ref_uniq = models.UniqueIndex("(reconciliation_id, external_ref)")

    @api.model
    def _keep_all(self, reconciliation, listed):
        """Keep what an adapter lists, a bounded number at a time.

        :param listed: iterator of ``adapters.base.Listed``; read as far as needed
        :return: how many it was
        """
        count, listed = 0, iter(listed)
        while chunk := list(islice(listed, CHUNK)):
            self._keep(reconciliation, chunk)
            count += len(chunk)
        return count

    def _keep(self, reconciliation, chunk):
        """Insert rows; one that was listed before is as listed last."""
        last = {row.external_ref: row for row in chunk}
        self.env.cr.execute(
            SQL(
                """INSERT INTO order_hub_reconciliation_item
                       (reconciliation_id, external_ref, amount, currency, status, at,
                        is_cancelled)
                   VALUES %s
                   ON CONFLICT (reconciliation_id, external_ref) DO UPDATE
                      SET amount = excluded.amount, currency = excluded.currency,
                          status = excluded.status,
                          is_cancelled = excluded.is_cancelled""",
                SQL(", ").join(
                    SQL(
                        "(%s, %s, %s, %s, %s, %s, %s)",
                        reconciliation.id,
                        row.external_ref,
                        row.amount,
                        (row.currency or "").upper(),
                        row.status or None,
                        row.at and row.at.replace(tzinfo=None),
                        bool(row.is_cancelled),
                    )
                    for row in last.values()
                ),
            )
        )
