from odoo import api, fields, models
from odoo.fields import Domain

from ..const import FINAL_MILESTONES, MILESTONES

#: What fits on a wall and can be read from three metres.
QUEUE_LENGTH = 12


class OrderHubWall(models.AbstractModel):
    """Figures of the live wall: counts by milestone and the orders most in need.

    Every figure travels with the very domain that counted it, so that a number
    and the list behind it cannot disagree.
    """

    _name = "order.hub.wall"
    _description = "Live Wall"

    @api.model
    def wall_data(self, flow_id=None):
        """Return what the wall of the user's company shows, as far as they may see.

        The number of queries does not depend on the number of orders.

        :param int flow_id: only orders of this flow; empty: of all flows
        :return: dict: ``now`` (UTC), ``company_id``, ``currency_id``, ``flows``
            (id, name), ``totals`` and ``milestones`` (``figures``: name → count and
            domain, ``value``; a milestone has ``key`` and ``label`` too), ``queue``
            (the orders most in need, as :meth:`_queue_row` gives them)
        """
        now = fields.Datetime.now()
        flow_id = flow_id if isinstance(flow_id, int) else None
        domains = self._domains(flow_id, now)
        counts = {name: self._counts(domain) for name, domain in domains.items()}
        values = self._values(domains["open"])
        return {
            "now": fields.Datetime.to_string(now),
            "company_id": self.env.company.id,
            "currency_id": self.env.company.currency_id.id,
            "flows": self._flows(),
            "totals": {
                "figures": self._figures(domains, counts),
                "value": sum(values.values()),
            },
            "milestones": [
                {
                    "key": milestone,
                    "label": label,
                    "figures": self._figures(domains, counts, milestone),
                    "value": values.get(milestone, 0.0),
                }
                for milestone, label in self._milestones()
            ],
            "queue": self._queue(domains, now),
        }

    # === WHAT IS COUNTED === #

    @api.model
    def _domains(self, flow_id, now):
        """Return the named domains behind the figures.

        ``urgent`` is any of overdue, held and broken promise. Goods that have been
        delivered cannot break their promise any more.
        """
        opened = Domain("company_id", "=", self.env.company.id)
        opened &= self.env["sale.order"]._hub_open_domain()
        if flow_id:
            opened &= Domain("hub_flow_id", "=", int(flow_id))
        moment = fields.Datetime.to_string(now)
        overdue = Domain("hub_stage_deadline", "<", moment)
        held = Domain("hub_is_held", "=", True)
        broken = Domain("hub_promised_date", "<", moment)
        broken &= Domain("hub_milestone", "!=", "delivered")
        return {
            "open": opened,
            "overdue": opened & overdue,
            "held": opened & held,
            "broken": opened & broken,
            "urgent": opened & (overdue | held | broken),
        }

    @api.model
    def _milestones(self):
        """Return key and label of the milestones an open order can be in."""
        labels = self.env["sale.order"]._fields["hub_milestone"]
        translated = dict(labels._description_selection(self.env))
        return [
            (key, translated[key])
            for key, _label in MILESTONES
            if key not in FINAL_MILESTONES
        ]

    def _counts(self, domain):
        """Return ``{milestone: number of orders}``."""
        rows = self.env["sale.order"]._read_group(
            domain, ["hub_milestone"], ["__count"]
        )
        return dict(rows)

    def _values(self, domain):
        """Return ``{milestone: value in the company's currency, at today's rate}``."""
        company, today = self.env.company, fields.Date.context_today(self)
        rows = self.env["sale.order"]._read_group(
            domain, ["hub_milestone", "currency_id"], ["amount_total:sum"]
        )
        values = {}
        for milestone, currency, amount in rows:
            value = currency._convert(amount, company.currency_id, company, today)
            values[milestone] = values.get(milestone, 0.0) + value
        return values

    @api.model
    def _figures(self, domains, counts, milestone=None):
        """Return ``{name: {"count", "domain"}}`` of one milestone, or of all."""
        if milestone is None:
            return {
                name: {"count": sum(counts[name].values()), "domain": list(domain)}
                for name, domain in domains.items()
            }
        inside = Domain("hub_milestone", "=", milestone)
        return {
            name: {
                "count": counts[name].get(milestone, 0),
                "domain": list(domain & inside),
            }
            for name, domain in domains.items()
        }

    def _flows(self):
        flows = self.env["order.hub.flow"].search(
            [("company_id", "in", (False, self.env.company.id))]
        )
        return [{"id": flow.id, "name": flow.name} for flow in flows]

    # === THE ORDERS MOST IN NEED === #

    def _queue(self, domains, now):
        """Return the urgent orders, filled up with those promised next."""
        Order = self.env["sale.order"]
        soonest = "hub_promised_date, hub_stage_deadline, id"
        orders = Order.search(
            domains["urgent"], order=f"hub_is_held desc, {soonest}", limit=QUEUE_LENGTH
        )
        room = QUEUE_LENGTH - len(orders)
        if room:
            calm = domains["open"] & Domain("id", "not in", orders.ids)
            orders |= Order.search(calm, order=soonest, limit=room)
        return [self._queue_row(order, now) for order in orders.sudo()]

    def _queue_row(self, order, now):
        """Return what the wall shows of an order that its reader may see."""
        promised = order.hub_promised_date
        is_broken = promised and promised < now and order.hub_milestone != "delivered"
        return {
            "id": order.id,
            "name": order.name,
            "ref": order.hub_ref or "",
            "customer": order.partner_id.display_name or "",
            "type": order.hub_order_type_id.name or "",
            "stage": order.hub_stage_id.name or "",
            "hours": order.hub_hours_in_stage,
            "limit": order.hub_stage_id.time_limit,
            "is_overdue": order.hub_is_overdue,
            "is_held": order.hub_is_held,
            "is_broken": bool(is_broken),
            "problem": order.hub_hold_text or "",
            "owner": order.hub_owner_id.name or "",
            "promised": promised and fields.Datetime.to_string(promised),
            "days_left": order.hub_days_left,
        }
