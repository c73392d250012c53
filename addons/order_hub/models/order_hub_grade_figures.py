from odoo import api, models
from odoo.tools import SQL


class OrderHubGrade(models.Model):
    """The figures behind grades, as SQL: orders, margins, invoices, trouble …"""

    _inherit = "order.hub.grade"

    def _sql_placed(self, values):
        """Confirmed orders of the period with their customer and currency rate."""
        return SQL(
            """SELECT o.id, partner.commercial_partner_id AS partner_id,
                      COALESCE(NULLIF(o.currency_rate, 0), 1) AS rate
                 FROM sale_order o
                 JOIN res_partner partner ON partner.id = o.partner_id
                WHERE o.company_id = %(company)s AND o.state = 'sale'
                  AND o.date_order >= %(start)s AND o.date_order <= %(now)s""",
            **values,
        )

    def _sql_figures(self, values):
        """One row a customer: who ordered in the period or had a grade before."""
        return SQL(
            """SELECT customer.partner_id, COALESCE(orders.count, 0) AS orders,
                      margins.margin, COALESCE(invoices.due, 0) AS due,
                      COALESCE(invoices.on_time, 0) AS on_time,
                      COALESCE(troubles.count, 0) AS troubled,
                      COALESCE(referrals.count, 0) AS referrals
                 FROM (SELECT partner_id FROM placed
                        UNION SELECT partner_id FROM order_hub_grade
                               WHERE company_id = %s) customer
            LEFT JOIN (SELECT partner_id, count(*) FROM placed GROUP BY 1) orders
                      USING (partner_id)
            LEFT JOIN (%s) margins USING (partner_id)
            LEFT JOIN (%s) invoices USING (partner_id)
            LEFT JOIN (%s) troubles USING (partner_id)
            LEFT JOIN (%s) referrals USING (partner_id)""",
            values["company"],
            self._sql_margins(values),
            self._sql_invoices(values),
            self._sql_troubles(),
            self._sql_referrals(),
        )

    def _sql_margins(self, values):
        """Sales less today's cost, company currency; lines without cost left out."""
        return SQL(
            """SELECT placed.partner_id,
                      sum(line.price_subtotal / placed.rate
                          - line.product_uom_qty * unit.factor * cost.per_unit)
                      AS margin
                 FROM placed
                 JOIN sale_order_line line ON line.order_id = placed.id
                 JOIN (%s) cost ON cost.product_id = line.product_id
                 JOIN uom_uom unit ON unit.id = line.product_uom_id
                WHERE line.display_type IS NULL
             GROUP BY 1""",
            self._sql_costs(values["company"]),
        )

    @api.model
    def _sql_costs(self, company_id):
        """Products with a cost: per reference unit of their unit's tree."""
        return SQL(
            """SELECT product.id AS product_id,
                      (product.standard_price ->> %s)::float / unit.factor AS per_unit
                 FROM product_product product
                 JOIN product_template template
                      ON template.id = product.product_tmpl_id
                 JOIN uom_uom unit ON unit.id = template.uom_id
                WHERE (product.standard_price ->> %s)::float > 0""",
            str(company_id),
            str(company_id),
        )

    def _sql_invoices(self, values):
        """Invoices that fell due in the period, and those settled by that day."""
        return SQL(
            """SELECT invoice.commercial_partner_id AS partner_id, count(*) AS due,
                      count(*) FILTER (
                          WHERE invoice.payment_state IN ('paid', 'in_payment')
                            AND COALESCE(settled.day, invoice.invoice_date_due)
                                <= invoice.invoice_date_due) AS on_time
                 FROM account_move invoice
            LEFT JOIN LATERAL (
                      SELECT max(day) AS day FROM (
                          SELECT part.max_date AS day
                            FROM account_move_line line
                            JOIN account_partial_reconcile part
                                 ON part.debit_move_id = line.id
                           WHERE line.move_id = invoice.id
                       UNION ALL
                          SELECT payment.date
                            FROM account_move__account_payment link
                            JOIN account_payment payment
                                 ON payment.id = link.payment_id
                                AND payment.state IN ('in_process', 'paid')
                           WHERE link.invoice_id = invoice.id) dates) settled ON true
                WHERE invoice.company_id = %(company)s
                  AND invoice.move_type = 'out_invoice' AND invoice.state = 'posted'
                  AND invoice.payment_state NOT IN ('reversed', 'invoicing_legacy')
                  AND invoice.invoice_date_due >= %(since)s
                  AND invoice.invoice_date_due < %(until)s
             GROUP BY 1""",
            **values,
        )

    def _sql_troubles(self):
        """Orders of the period with trouble; each counts once."""
        return SQL(
            """SELECT placed.partner_id, count(*)
                 FROM placed
                WHERE placed.id IN (SELECT order_id FROM (%s) trouble)
             GROUP BY 1""",
            SQL(" UNION ALL ").join(self._after_sales_sources()),
        )

    @api.model
    def _after_sales_sources(self):
        """Return the SELECTs of ``order_id`` that say which orders had trouble.

        Extend the list to count more; an order counts once however often it is
        named.
        """
        return [
            SQL(  # goods taken back
                """SELECT line.order_id
                     FROM stock_move move
                     JOIN sale_order_line line ON line.id = move.sale_line_id
                     JOIN stock_location source ON source.id = move.location_id
                    WHERE move.origin_returned_move_id IS NOT NULL
                      AND move.state = 'done' AND source.usage = 'customer'"""
            ),
            SQL(  # credit notes
                """SELECT line.order_id
                     FROM account_move note
                     JOIN account_move_line item ON item.move_id = note.id
                     JOIN sale_order_line_invoice_rel link
                          ON link.invoice_line_id = item.id
                     JOIN sale_order_line line ON line.id = link.order_line_id
                    WHERE note.move_type = 'out_refund' AND note.state = 'posted'"""
            ),
            SQL(  # complaints about an order
                """SELECT order_id FROM order_hub_complaint
                    WHERE active AND order_id IS NOT NULL"""
            ),
        ]

    def _sql_referrals(self):
        """Other customers who ordered in the period and name this one."""
        return SQL(
            """SELECT referrer.commercial_partner_id AS partner_id,
                      count(DISTINCT customer.commercial_partner_id)
                 FROM res_partner customer
                 JOIN res_partner referrer ON referrer.id = customer.hub_referrer_id
                WHERE customer.commercial_partner_id IN (SELECT partner_id FROM placed)
                  AND customer.commercial_partner_id
                      <> referrer.commercial_partner_id
             GROUP BY 1"""
        )
