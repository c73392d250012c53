from odoo import api, models
from odoo.tools import SQL

from ..engine.credit import Standing

FIGURES = ("receivable", "uninvoiced", "in_approval")


class OrderHubCredit(models.Model):
    """The formula: what counts against a limit, from orders and journal items."""

    _inherit = "order.hub.credit"

    @api.model
    def _standings(self, pairs, apart=()):
        """Work out how customers stand, from orders and journal items themselves.

        The one formula of the add-on. Two queries, however many there are.

        :param pairs: ``(commercial partner id, company id)`` … that have a limit,
            as a mapping to the limit
        :param apart: ids of orders to leave out: those in question
        :return: ``{(customer id, company id): Standing}`` with the temporary credits
            valid now, and ``{order id: amount}`` of the orders left out, confirmed
            ones with what is not invoiced; company currency
        """
        figures = {pair: dict.fromkeys(FIGURES, 0.0) for pair in pairs}
        own = {}
        for partner, company, kind, order_id, amount in self._exposure_rows(
            sorted(pairs), apart
        ):
            if order_id:
                own[order_id] = float(amount)
            else:
                figures[partner, company][kind] += float(amount)
        grants = self.env["order.hub.credit.grant"]._valid(pairs)
        standings = {
            pair: Standing(limit, **figures[pair], grants=tuple(grants.get(pair, ())))
            for pair, limit in pairs.items()
        }
        return standings, own

    def _exposure_rows(self, pairs, apart):
        if not pairs:
            return []
        self._flush_sources()
        return self.env.execute_query(
            SQL(
                """SELECT item.partner_id, item.company_id, 'receivable', NULL::int,
                          SUM(item.amount_residual)
                     FROM %(pairs)s
                     JOIN account_move_line item ON item.partner_id = pair.partner
                      AND item.company_id = pair.company
                     JOIN account_account account ON account.id = item.account_id
                    WHERE item.parent_state = 'posted'
                      AND item.reconciled IS NOT TRUE
                      AND account.account_type = 'asset_receivable'
                 GROUP BY item.partner_id, item.company_id
                    UNION ALL
                   SELECT partner, company, kind, apart, SUM(amount)
                     FROM (%(orders)s) counted
                 GROUP BY partner, company, kind, apart""",
                pairs=self._pairs_sql(pairs),
                orders=self._orders_sql(pairs, apart),
            )
        )

    def _flush_sources(self):
        """Write what the formula reads."""
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        self.env["sale.order"].flush_model()
        self.env["sale.order.line"].flush_model()
        self.env["stock.move"].flush_model(["state", "sale_line_id"])
        self.env["account.move.line"].flush_model(
            [
                "account_id",
                "amount_residual",
                "balance",
                "parent_state",
                "partner_id",
                "reconciled",
            ]
        )

    def _orders_sql(self, pairs, apart):
        """One row an order: what it takes of the limit, in company currency.

        An order of which nothing is invoiced takes its own total, so that no cent
        is lost; else line by line what is left, less the down payments invoiced.
        """
        return SQL(
            """SELECT pair.partner, pair.company,
                      CASE WHEN o.state = 'sale' THEN 'uninvoiced'
                           ELSE 'in_approval' END AS kind,
                      CASE WHEN o.id = ANY(%(apart)s) THEN o.id END AS apart,
                      GREATEST(0, ROUND((CASE WHEN part.rest = part.total
                          THEN o.amount_total ELSE part.rest END
                          / COALESCE(NULLIF(o.currency_rate, 0), 1))::numeric,
                          currency.decimal_places) - COALESCE(advance.paid, 0)
                      ) AS amount
                 FROM %(pairs)s
                 JOIN res_partner payer ON payer.commercial_partner_id = pair.partner
                 JOIN sale_order o ON o.partner_invoice_id = payer.id
                  AND o.company_id = pair.company
                 JOIN res_company company ON company.id = o.company_id
                 JOIN res_currency currency ON currency.id = company.currency_id
                CROSS JOIN LATERAL (%(rest)s) part
                CROSS JOIN LATERAL (%(advance)s) advance
                WHERE o.hub_takes_no_credit IS NOT TRUE
                  AND o.hub_is_history IS NOT TRUE
                  AND (o.state = 'sale'
                       OR (o.state IN ('draft', 'sent') AND %(reserves)s))""",
            apart=list(apart),
            pairs=self._pairs_sql(pairs),
            rest=self._rest_sql(),
            advance=self._advance_sql(),
            reserves=self._hub_reserves_credit_sql(),
        )

    def _rest_sql(self):
        """What of the lines of order ``o`` no posted invoice asks for, with tax."""
        return SQL(
            """SELECT COALESCE(SUM(line.price_total), 0) AS total,
                      COALESCE(SUM(CASE
                        WHEN line.product_uom_qty = 0 THEN
                          CASE WHEN line.is_downpayment THEN 0 ELSE
                          GREATEST(COALESCE(line.untaxed_amount_to_invoice, 0), 0) END
                        WHEN COALESCE(line.untaxed_amount_invoiced, 0) = 0
                          THEN line.price_total * share.due
                        WHEN line.price_subtotal > 0 THEN
                          GREATEST(line.price_subtotal * share.due
                                   - line.untaxed_amount_invoiced, 0)
                          * line.price_total / line.price_subtotal
                        WHEN line.price_subtotal < 0 THEN
                          LEAST(line.price_subtotal * share.due
                                - line.untaxed_amount_invoiced, 0)
                          * line.price_total / line.price_subtotal
                        ELSE 0 END), 0) AS rest
                 FROM sale_order_line line
            LEFT JOIN product_product product ON product.id = line.product_id
            LEFT JOIN product_template template
                   ON template.id = product.product_tmpl_id
           CROSS JOIN LATERAL (SELECT CASE
                        WHEN template.invoice_policy = 'delivery' THEN
                          CASE WHEN %(closed)s THEN line.qty_delivered
                          ELSE GREATEST(line.qty_delivered, line.product_uom_qty) END
                          / NULLIF(line.product_uom_qty, 0)
                        ELSE 1 END AS due) share
                WHERE line.order_id = o.id AND line.display_type IS NULL""",
            closed=self._closed_sql(),
        )

    def _closed_sql(self):
        """Nothing more of ``line`` will be delivered: what was not, never is owed."""
        return SQL(
            """(EXISTS (SELECT FROM stock_move move
                         WHERE move.sale_line_id = line.id)
                AND NOT EXISTS (SELECT FROM stock_move move
                         WHERE move.sale_line_id = line.id
                           AND move.state NOT IN ('done', 'cancel')))"""
        )

    def _advance_sql(self):
        """Down payments of order ``o`` that are invoiced and not yet taken off.

        With tax, in company currency: an invoice says it in its own currency.
        """
        return SQL(
            """SELECT SUM(ROUND(-item.balance * item.price_total
                          / NULLIF(item.price_subtotal, 0), currency.decimal_places)
                      ) AS paid
                 FROM sale_order_line line
                 JOIN sale_order_line_invoice_rel link
                   ON link.order_line_id = line.id
                 JOIN account_move_line item ON item.id = link.invoice_line_id
                WHERE line.order_id = o.id AND line.is_downpayment
                  AND line.product_uom_qty = 0 AND line.display_type IS NULL
                  AND item.parent_state = 'posted'"""
        )

    @api.model
    def _hub_reserves_credit_sql(self):
        """Return the condition under which a draft ``o`` takes credit already.

        For orders whose approval is asked for or given; extended where approvals
        are.
        """
        return SQL("FALSE")
