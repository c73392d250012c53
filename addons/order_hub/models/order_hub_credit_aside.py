from odoo import api, fields, models
from odoo.tools import SQL

from .order_hub_credit_marks import MARKS

#: Orders that this transaction knows not to be set aside, and those it took back:
#: a savepoint may bring the mark of the latter back, so they are asked for again.
KNOWN = "order_hub.credit.known"
TAKEN_BACK = "order_hub.credit.taken_back"


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
        result = super()._flush_sources()
        self._take_back(self.env.cr.precommit.data.get(MARKS) or {})
        return result

    @api.model
    def _take_back(self, marks):
        """Add orders up again that this transaction touched.

        Asked once of an order in a transaction, and never of new ones.

        :param marks: what was touched, see :meth:`_mark`
        """
        data = self.env.cr.precommit.data
        known = data.setdefault(KNOWN, set())
        touched = marks.get("orders", set()) | marks.get("orders_of_lines", set())
        if touched <= known:
            return
        rows = self.env.execute_query(
            SQL(
                """UPDATE sale_order SET hub_takes_no_credit = NULL
                    WHERE hub_takes_no_credit AND id = ANY(%s) RETURNING id""",
                sorted(touched - known),
            )
        )
        taken_back = data.setdefault(TAKEN_BACK, set())
        taken_back.update(id_ for [id_] in rows)
        known.update(touched - taken_back)

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
        self.env.cr.precommit.data.pop(KNOWN, None)
        self.env.cr.execute(
            SQL(
                """WITH kept AS (
                       UPDATE order_hub_credit credit SET date = %(now)s
                         FROM %(pairs)s
                        WHERE credit.partner_id = pair.partner
                          AND credit.company_id = pair.company
                    RETURNING credit.partner_id, credit.company_id)
                   UPDATE sale_order SET hub_takes_no_credit = found.takes_nothing
                     FROM (SELECT o.id, o.hub_is_history IS TRUE OR o.state = 'cancel'
                                  OR (o.state = 'sale'
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
        "Takes No Credit",
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

    def _create(self, data_list):
        orders = super()._create(data_list)
        self.env.cr.precommit.data.setdefault(KNOWN, set()).update(orders.ids)
        return orders
