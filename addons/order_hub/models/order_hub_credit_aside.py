from odoo import api, fields, models
from odoo.tools import SQL

from .order_hub_credit_marks import MARKS


class OrderHubCredit(models.Model):
    """Set aside: orders that take nothing of the credit any more are not added up.

    Most orders of a customer are invoiced in full. The nightly job marks them; the
    mark goes as soon as an order or one of its lines is touched, before anything is
    added up. Without a mark an order is added up: a missing one costs time, never
    credit.
    """

    _inherit = "order.hub.credit"

    # === TAKE THE MARK AWAY === #

    def _flush_sources(self):
        super()._flush_sources()
        self._take_back(self.env.cr.precommit.data.get(MARKS) or {})

    @api.model
    def _take_back(self, marks):
        """Add orders up again that this transaction touched; at most one query.

        :param marks: what was touched, see :meth:`_mark`
        """
        orders, lines = marks.get("orders", ()), marks.get("lines", ())
        if not orders and not lines:
            return
        self.env.cr.execute(
            SQL(
                """UPDATE sale_order SET hub_takes_no_credit = NULL
                    WHERE hub_takes_no_credit AND id IN (
                          SELECT unnest(%s::int[])
                           UNION
                          SELECT order_id FROM sale_order_line WHERE id = ANY(%s))""",
                sorted(orders),
                sorted(lines),
            )
        )

    @api.model
    def _take_back_all(self):
        """Add every order up again, if nobody has a row: nothing was kept so far."""
        self.env.cr.execute(
            SQL(
                """UPDATE sale_order SET hub_takes_no_credit = NULL
                    WHERE hub_takes_no_credit
                      AND NOT EXISTS (SELECT FROM order_hub_credit)"""
            )
        )

    # === SET THE MARK === #

    @api.model
    def _set_aside(self, pairs):
        """Mark the orders of customers that take nothing, unmark those that do.

        Writes to the customers' rows first: a transaction that touches one of the
        orders meanwhile fails, starts again and sees the mark that it has to take
        away.

        :param pairs: ``(commercial partner id, company id)`` …; those who have no
            row yet are left out
        """
        self._flush_sources()
        self.env.cr.execute(
            SQL(
                """WITH kept AS (
                       UPDATE order_hub_credit credit SET date = %(now)s
                         FROM %(pairs)s
                        WHERE credit.partner_id = pair.partner
                          AND credit.company_id = pair.company
                    RETURNING credit.partner_id, credit.company_id)
                   UPDATE sale_order SET hub_takes_no_credit = found.takes_nothing
                     FROM (SELECT o.id, o.state = 'cancel' OR (o.state = 'sale'
                                  AND NOT EXISTS (%(asking)s)) AS takes_nothing
                             FROM kept
                             JOIN res_partner payer
                               ON payer.commercial_partner_id = kept.partner_id
                             JOIN sale_order o ON o.partner_invoice_id = payer.id
                              AND o.company_id = kept.company_id) found
                    WHERE sale_order.id = found.id
                      AND found.takes_nothing
                          != COALESCE(sale_order.hub_takes_no_credit, FALSE)""",
                now=fields.Datetime.now(),
                pairs=self._pairs_sql(pairs),
                asking=self._asking_lines_sql(),
            )
        )

    def _asking_lines_sql(self):
        """Lines of order ``o`` that might take credit, whatever is delivered.

        Stricter than the formula: a line is through when everything ordered, and
        everything delivered beyond it, has been invoiced.
        """
        return SQL(
            """SELECT FROM sale_order_line line
                WHERE line.order_id = o.id AND line.display_type IS NULL
                  AND NOT CASE
                      WHEN line.product_uom_qty = 0 THEN line.is_downpayment
                        OR COALESCE(line.untaxed_amount_to_invoice, 0) <= 0
                      WHEN COALESCE(line.untaxed_amount_invoiced, 0) = 0
                        THEN line.price_total = 0
                      ELSE line.untaxed_amount_invoiced * line.price_subtotal
                        >= line.price_subtotal * line.price_subtotal
                           * GREATEST(1, line.qty_delivered / line.product_uom_qty)
                      END"""
        )


class SaleOrder(models.Model):
    """The mark of orders that are not added up, and the index of the others."""

    _inherit = "sale.order"

    hub_takes_no_credit = fields.Boolean(
        copy=False,
        readonly=True,
        prefetch=False,
        groups="base.group_system",
        help="Invoiced in full or cancelled, and untouched since: not added up when "
        "the credit of its customer is worked out.",
    )

    _hub_takes_credit_idx = models.Index(
        "(partner_invoice_id) WHERE hub_takes_no_credit IS NOT TRUE"
    )

    @api.model
    def _hub_protected_fields(self):
        return super()._hub_protected_fields() | {"hub_takes_no_credit"}
