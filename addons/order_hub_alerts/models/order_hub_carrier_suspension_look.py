from odoo import api, models
from odoo.fields import Domain

from odoo.addons.order_hub.engine.carrier import Need

from ..engine import suspension as engine

#: Orders that have not left yet.
NOT_GONE = ("received", "approved", "scheduled", "preparing", "picked")
#: Alternatives that are kept of an order, those that can before those that cannot.
KEPT = 8


class OrderHubCarrierSuspension(models.Model):
    """Finds the orders that a suspension hits, and what else could bring them."""

    _inherit = "order.hub.carrier.suspension"

    @api.model
    def _look_at_all(self, now):
        """Look for affected orders of every suspension that is not over.

        :param now: naive UTC
        """
        Suspension = self.sudo().with_context(active_test=False)
        # Those that ended still have orders to be let go.
        ended = Suspension.search(
            [
                ("line_ids.is_open", "=", True),
                "|",
                ("active", "=", False),
                ("date_to", "<=", now),
            ]
        )
        (ended | Suspension.search(self._alive(now)))._look(now)

    @api.model
    def _alive(self, now):
        alive = Domain("active", "=", True)
        return alive & (Domain("date_to", "=", False) | Domain("date_to", ">", now))

    def _look(self, now):
        """Find what is affected now, compare the alternatives, tell who sells it."""
        for row in self.sudo():
            row = row.with_company(row.company_id)
            fresh = row._find_orders(now)
            row._compare(fresh, now)
            row.looked_at = now
            row._tell_sales(fresh, now)

    # === AFFECTED === #

    def _find_orders(self, now):
        """Update the list of affected orders.

        :return: the rows that are new on it
        """
        hit = self._hit_orders(now)
        known = self.line_ids
        gone = known.filtered(lambda line: line.is_open and line.order_id not in hit)
        gone.write({"is_open": False, "over_at": now})
        again = known.filtered(lambda line: not line.is_open and line.order_id in hit)
        again.write({"is_open": True, "over_at": False, "found_at": now})
        new = hit - known.order_id
        return again | known.create([self._line_vals(order, now) for order in new])

    def _line_vals(self, order, now):
        seller = order.user_id or order.hub_owner_id
        return {
            "suspension_id": self.id,
            "order_id": order.id,
            "user_id": seller.id,
            "promised_date": order.hub_promised_date,
            "found_at": now,
            "currency_id": order.currency_id.id,
        }

    def _hit_orders(self, now):
        """Return the open orders that must leave while the line is suspended."""
        if not self.active or self.date_to and self.date_to <= now:
            return self.env["sale.order"]
        line = self._as_line()
        days = self._transit(self.carrier_id, now).get(self.carrier_id.id)
        orders = self.env["sale.order"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("hub_is_open", "=", True),
                ("carrier_id", "=", self.carrier_id.id),
                ("hub_milestone", "in", NOT_GONE),
            ],
            order="hub_promised_date, id",
        )
        return orders.filtered(
            lambda order: (
                line.hits(self.carrier_id.id, self._place(order))
                and engine.runs(
                    self.date_from,
                    self.date_to or None,
                    engine.must_leave(order.hub_promised_date or None, days, now),
                )
            )
        )

    def _transit(self, carriers, now):
        return self.env["delivery.carrier"]._hub_transit(carriers, now)

    # === ALTERNATIVES === #

    def _compare(self, lines, now):
        """Write the alternatives of some rows anew."""
        if not lines:
            return
        carriers = self.env["delivery.carrier"]._hub_of_company(self.company_id)
        days = self._transit(carriers, now)
        leaves = self._leaves(lines.order_id, now)
        needs = lines.order_id._hub_needs()
        suspended = self._suspended_lines(now)
        lines.alternative_ids.unlink()
        vals_list = []
        for line in lines:
            vals_list += self._alternative_vals(
                line, needs.get(line.order_id), carriers, days, leaves, suspended
            )
        self.env["order.hub.carrier.alternative"].create(vals_list)

    def _suspended_lines(self, now):
        """Return all lines of the company that are suspended at a moment."""
        rows = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("date_from", "<=", now),
                *self._alive(now),
            ]
        )
        return [row._as_line() for row in rows]

    def _leaves(self, orders, now):
        """Return ``{order id: when its goods can leave}``, not before now."""
        rows = self.env["stock.picking"]._read_group(
            [
                ("sale_id", "in", orders.ids),
                ("picking_type_code", "=", "outgoing"),
                ("state", "not in", ("done", "cancel")),
            ],
            ["sale_id"],
            ["scheduled_date:min"],
        )
        planned = {order.id: moment for order, moment in rows if moment}
        return {id_: max(now, planned.get(id_, now)) for id_ in orders.ids}

    def _alternative_vals(self, line, need, carriers, days, leaves, suspended):
        """Return the values of the alternatives of one order, the best first."""
        order = line.order_id
        candidates = self._candidates(order, need, carriers, days, suspended)
        current = candidates.pop(self.carrier_id.id, None)
        cost = current.cost if current else None
        line.write({"cost": cost or 0.0, "cost_known": cost is not None})
        ranked = engine.compare(
            candidates.values(),
            cost,
            leaves[order.id],
            order.hub_promised_date or None,
        )
        return [
            self._alternative_row(line, rank, found)
            for rank, found in enumerate(ranked[:KEPT], 1)
        ]

    def _candidates(self, order, need, carriers, days, suspended):
        """Return ``{carrier id: engine.suspension.Alternative}`` with prices."""
        _plan, candidates = order._hub_carrier_plan(need or Need(), carriers)
        place = self._place(order)
        found = {}
        for candidate in candidates:
            id_ = candidate.carrier.id
            stands = any(line.hits(id_, place) for line in suspended)
            found[id_] = engine.Alternative(
                id_,
                candidate.cost,
                days.get(id_),
                candidate.missing + (("suspended",) if stands else ()),
            )
        return found

    def _alternative_row(self, line, rank, found):
        return {
            "line_id": line.id,
            "suspension_id": line.suspension_id.id,
            "carrier_id": found.carrier,
            "rank": rank,
            "fits": found.fits,
            "currency_id": line.currency_id.id,
            "cost": found.cost or 0.0,
            "cost_known": found.cost is not None,
            "difference": found.difference or 0.0,
            "difference_known": found.difference is not None,
            "days": found.days or 0.0,
            "days_known": found.days is not None,
            "arrives": found.arrives,
            "in_time": {True: "yes", False: "no", None: "unknown"}[found.in_time],
            "missing": list(found.missing),
        }


class OrderHubCarrierWords(models.AbstractModel):
    _inherit = "order.hub.carrier.words"

    def _code(self, code):
        if code == "suspended":
            return self.env._("suspended there, too")
        return super()._code(code)


class OrderHubWarningActionJob(models.AbstractModel):
    _inherit = "order.hub.warning.action.job"

    def _look_after(self, now):
        result = super()._look_after(now)
        self.env["order.hub.carrier.suspension"]._look_at_all(now)
        return result
