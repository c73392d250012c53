from odoo import api, fields, models
from odoo.tools import SQL

from ..engine.credit import Demand, decide


class OrderHubCredit(models.Model):
    """The check: whether the credit of orders holds, one transaction at a time."""

    _inherit = "order.hub.credit"

    @api.model
    def _verdicts(self, orders, lock=False, ratio=None):
        """Decide for orders, in the order given, whether their credit holds.

        :param orders: ``sale.order`` records, drafts or confirmed
        :param lock: keep the customers' rows until the end of the transaction, so
            that no other one takes the same money; not for a mere look
        :param ratio: instead of the companies' own
        :return: ``{order: Verdict}`` of the orders whose customer has a limit, and
            ``{(customer id, company id): what was used before this transaction}``
        """
        of_pair = self._by_pair(orders)
        limits = self._limits(pair for pair in of_pair if pair[0])
        before = self._lock(limits) if lock and limits else {}
        standings, own = self._standings(limits, self._ids_of(of_pair, limits))
        verdicts = {}
        for pair, standing in standings.items():
            demands = [
                Demand(order.id, order._hub_credit_amount(own))
                for order in of_pair[pair]
            ]
            ratio_of_company = of_pair[pair][0].company_id.hub_credit_ratio
            found = decide(standing, demands, ratio or ratio_of_company)
            verdicts.update(zip(of_pair[pair], found, strict=True))
        return verdicts, before

    @api.model
    def _headrooms(self, orders):
        """Return ``{order: (left, amount)}``, each order looked at by itself.

        What the other orders have taken counts, what they might take does not.

        :param orders: ``sale.order`` records; those without a limit are left out
        """
        of_pair = self._by_pair(orders)
        limits = self._limits(pair for pair in of_pair if pair[0])
        standings, own = self._standings(limits, self._ids_of(of_pair, limits))
        found = {}
        for pair, standing in standings.items():
            taken = sum(own.get(order.id, 0.0) for order in of_pair[pair])
            for order in of_pair[pair]:
                others = taken - own.get(order.id, 0.0)
                left = standing.headroom(order.id) - others
                found[order] = (left, order._hub_credit_amount(own))
        return found

    def _by_pair(self, orders):
        """Return ``{(customer id, company id): [order, …]}`` (sudo)."""
        of_pair = {}
        for order in orders.sudo():
            of_pair.setdefault(order._hub_credit_pair(), []).append(order)
        return of_pair

    def _ids_of(self, of_pair, pairs):
        return [order.id for pair in pairs for order in of_pair[pair]]

    def _lock(self, limits):
        """Lock and touch the rows of customers; make those that are missing.

        Touching is what makes the second of two transactions fail and start again:
        a lock alone would let it go on with what it saw before.

        :param limits: ``{(customer id, company id): limit}``, not empty
        :return: ``{(customer id, company id): exposure stored so far}``
        """
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO order_hub_credit AS credit (partner_id, company_id,
                          credit_limit, receivable, uninvoiced, in_approval,
                          exposure, date)
                   SELECT pair.partner, pair.company, 0, 0, 0, 0, 0, %(now)s
                     FROM %(pairs)s
                 ORDER BY 1, 2
              ON CONFLICT (partner_id, company_id) DO UPDATE SET date = %(now)s
                RETURNING partner_id, company_id, exposure""",
                now=fields.Datetime.now(),
                pairs=self._pairs_sql(sorted(limits)),
            )
        )
        self._mark(pairs=limits)
        return {(partner, company): float(used) for partner, company, used in rows}
