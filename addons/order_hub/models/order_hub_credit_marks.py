from odoo import api, fields, models
from odoo.tools import SQL

#: What of a transaction touched the figures of customers, until it commits.
MARKS = "order_hub.credit"
#: Customers that are worked out in one step where all of them are.
CRON_BATCH = 500


class OrderHubCredit(models.Model):
    """Kept right: what a transaction touched is worked out once, before it commits."""

    _inherit = "order.hub.credit"

    # === WHAT WAS TOUCHED === #

    @api.model
    def _mark(self, everything=False, **touched):
        """Remember what this transaction touched, to be worked out once at its end.

        :param everything: all customers
        :param touched: ids by what they are: ``orders``, ``lines``,
            ``orders_of_lines``, ``items``, ``partners``; ``pairs`` of customer and
            company
        """
        precommit = self.env.cr.precommit
        marks = precommit.data.get(MARKS)
        if marks is None:
            marks = precommit.data[MARKS] = {}
            precommit.add(self.sudo().browse()._apply_marks)
        if everything:
            marks["everything"] = {True}
        for kind, ids in touched.items():
            marks.setdefault(kind, set()).update(ids)

    @api.model
    def _apply_marks(self):
        """Work out the customers that this transaction touched."""
        marks = self.env.cr.precommit.data.pop(MARKS, None)
        if not marks:
            return
        if marks.get("everything") or marks.get("partners"):
            self._take_back_all()
        if marks.get("everything"):
            self._rebuild()
            return
        pairs = self._marked_pairs(marks) | marks.get("pairs", set())
        if pairs:
            self._refresh(pairs)

    def _marked_pairs(self, marks):
        """Return the customers and companies behind what was touched; one query."""
        if not marks.keys() - {"pairs"}:
            return set()
        self._flush_sources()
        self._take_back(marks)
        ids = {
            kind: sorted(marks.get(kind, ()))
            for kind in ("orders", "lines", "items", "partners")
        }
        rows = self.env.execute_query(
            SQL(
                """SELECT payer.commercial_partner_id, o.company_id
                     FROM sale_order o
                     JOIN res_partner payer ON payer.id = o.partner_invoice_id
                    WHERE o.id = ANY(%(orders)s)
                    UNION
                   SELECT payer.commercial_partner_id, o.company_id
                     FROM sale_order_line line
                     JOIN sale_order o ON o.id = line.order_id
                     JOIN res_partner payer ON payer.id = o.partner_invoice_id
                    WHERE line.id = ANY(%(lines)s)
                      AND (o.state = 'sale' OR %(reserves)s)
                    UNION
                   SELECT item.partner_id, item.company_id
                     FROM account_move_line item
                     JOIN account_account account ON account.id = item.account_id
                    WHERE item.id = ANY(%(items)s) AND item.partner_id IS NOT NULL
                      AND account.account_type = 'asset_receivable'
                    UNION
                   SELECT customer.commercial_partner_id, company.id
                     FROM res_partner customer CROSS JOIN res_company company
                    WHERE customer.id = ANY(%(partners)s)""",
                **ids,
                reserves=self._hub_reserves_credit_sql(),
            )
        )
        return {tuple(row) for row in rows if row[0]}

    # === WORKED OUT AND STORED === #

    @api.model
    def _refresh(self, pairs):
        """Work customers out from scratch and store it; three queries.

        :param pairs: ``(commercial partner id, company id)`` …; rows of those who
            have no limit go
        """
        limits = self._limits(pairs)
        self._store(self._standings(limits)[0])
        self._forget(set(pairs) - limits.keys())
        self.invalidate_model(flush=False)

    def _store(self, standings):
        if not standings:
            return
        now = fields.Datetime.now()
        rows = [
            SQL(
                "(%s, %s, %s, %s, %s, %s, %s, %s)",
                *pair,
                standing.limit,
                standing.receivable,
                standing.uninvoiced,
                standing.in_approval,
                standing.exposure,
                now,
            )
            for pair, standing in sorted(standings.items())
        ]
        self.env.execute_query(
            SQL(
                """INSERT INTO order_hub_credit (partner_id, company_id,
                          credit_limit, receivable, uninvoiced, in_approval,
                          exposure, date)
                   VALUES %s
              ON CONFLICT (partner_id, company_id) DO UPDATE SET
                          credit_limit = EXCLUDED.credit_limit,
                          receivable = EXCLUDED.receivable,
                          uninvoiced = EXCLUDED.uninvoiced,
                          in_approval = EXCLUDED.in_approval,
                          exposure = EXCLUDED.exposure, date = EXCLUDED.date
                RETURNING id""",
                SQL(", ").join(rows),
            )
        )

    def _forget(self, pairs):
        """Drop the rows of customers who have no limit any more."""
        if pairs:
            self.env.cr.execute(
                SQL(
                    """DELETE FROM order_hub_credit credit USING %s
                        WHERE credit.partner_id = pair.partner
                          AND credit.company_id = pair.company""",
                    self._pairs_sql(sorted(pairs)),
                )
            )

    @api.model
    def _rebuild(self):
        """Work out every customer who has a limit, in batches."""
        pairs = self._all_pairs()
        for start in range(0, len(pairs), CRON_BATCH):
            batch = pairs[start : start + CRON_BATCH]
            self._set_aside(batch)
            self._refresh(batch)
