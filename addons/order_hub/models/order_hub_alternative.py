from odoo import api, models
from odoo.tools import SQL


class OrderHubAlternative(models.AbstractModel):
    """Which other suppliers are approved for what a purchase line buys.

    Approved are those in the product's price list of suppliers, valid on the day and
    for the quantity that is wanted. One statement for all lines.
    """

    _name = "order.hub.alternative"
    _description = "Other Approved Suppliers"

    @api.model
    def _sql(self, lines, today, quantities=None):
        """Return the statement that finds them, the best price list row of each.

        :param lines: ids of purchase order lines
        :param date today: day on which price lists have to be valid
        :param quantities: ``{line id: quantity}`` in the line's unit; what is open of a
            line that is left out
        :return: ``SQL`` of rows: line, partner, supplier (its commercial partner),
            sequence, price (of the whole quantity, in ``currency``), currency_id,
            currency, delay (days), quantity (in the supplier's unit), seller,
            has_certificate (one for the product or for everything was approved and
            holds on the day)
        """
        return SQL(
            """SELECT DISTINCT ON (line.id, other.commercial_partner_id)
                      line.id AS line, other.id AS partner,
                      other.commercial_partner_id AS supplier, info.sequence,
                      info.price * (1 - COALESCE(info.discount, 0) / 100)
                          * wanted.quantity AS price,
                      currency.id AS currency_id, currency.name AS currency,
                      info.delay, wanted.quantity, info.id AS seller,
                      %(certified)s AS has_certificate
                 FROM purchase_order_line line
                 JOIN purchase_order purchase ON purchase.id = line.order_id
                 JOIN res_partner present ON present.id = purchase.partner_id
                 JOIN product_product product ON product.id = line.product_id
                 JOIN product_supplierinfo info
                      ON info.product_tmpl_id = product.product_tmpl_id
                     AND (info.product_id IS NULL OR info.product_id = product.id)
                     AND (info.company_id IS NULL OR info.company_id = line.company_id)
                     AND (info.date_start IS NULL OR info.date_start <= %(today)s)
                     AND (info.date_end IS NULL OR info.date_end >= %(today)s)
                 JOIN res_partner other ON other.id = info.partner_id
                  AND other.active IS TRUE
                  AND other.commercial_partner_id <> present.commercial_partner_id
                 JOIN res_currency currency ON currency.id = info.currency_id
                 JOIN uom_uom bought ON bought.id = line.product_uom_id
            LEFT JOIN uom_uom sold ON sold.id = info.product_uom_id
           CROSS JOIN LATERAL (
                      SELECT %(quantity)s * bought.factor
                             / COALESCE(sold.factor, bought.factor) AS quantity) wanted
                WHERE line.id = ANY(%(lines)s) AND wanted.quantity > 0
                  AND COALESCE(info.min_qty, 0) <= wanted.quantity
             ORDER BY line.id, other.commercial_partner_id, info.sequence,
                      info.min_qty DESC, price, info.id""",
            today=today,
            quantity=self._sql_quantity(quantities),
            certified=self._sql_certified(today),
            lines=list(lines),
        )

    @api.model
    def _sql_certified(self, today):
        """Return whether the other supplier has a certificate for the product."""
        return SQL(
            """EXISTS (
                SELECT FROM order_hub_certificate paper
                  JOIN res_partner holder ON holder.id = paper.partner_id
                 WHERE holder.commercial_partner_id = other.commercial_partner_id
                   AND paper.company_id = line.company_id
                   AND paper.state = 'approved'
                   AND (paper.product_id IS NULL OR paper.product_id = product.id)
                   AND (paper.valid_from IS NULL OR paper.valid_from <= %(today)s)
                   AND (paper.valid_until IS NULL OR paper.valid_until >= %(today)s))
            """,
            today=today,
        )

    @api.model
    def _sql_quantity(self, quantities):
        """Return the quantity wanted of a line in its own unit."""
        open_ = SQL("(line.product_qty - COALESCE(line.qty_received, 0))")
        if not quantities:
            return open_
        cases = SQL(" ").join(
            SQL("WHEN %s THEN %s::numeric", line, quantity)
            for line, quantity in quantities.items()
        )
        return SQL("(CASE line.id %s ELSE %s END)", cases, open_)
