from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from odoo import models
from odoo.tools import SQL

from odoo.addons.order_hub.const import MILESTONES

from ..engine.radar_clock import Step, positions, progress
from ..engine.radar_facts import Company, Facts, Scheme
from .order_hub_risk_rows import id_array

RANKS = {milestone: place for place, (milestone, _label) in enumerate(MILESTONES)}


@dataclass
class Night:
    """What the radar looks up once for all orders of a company.

    :ivar scheme: record ``order.hub.risk.scheme``; ``rules``: as the engine has it
    :ivar now: naive UTC
    :ivar positions: ``{stage: Position}`` of stages before the arrival of the goods
    :ivar means: ``{(stage, order type): (hours, stays)}``
    :ivar bought: products of which a purchase is open
    :ivar suppliers: ``{commercial partner: (on time, deliveries)}``
    :ivar similar: ``{key: (bad, total)}`` of similar products
    :ivar defects: ``{product: (rate, Quality)}``, ``None``: not known; filled as orders
        are looked at
    :ivar loads: ``{work centre: Queue}``
    :ivar windows: ``{work centre: (Maintenance, …)}``
    :ivar lines: ``{purchase line: row}``, filled as orders are looked at
    :ivar unknown_years: of which China's public days are not known
    """

    scheme: models.BaseModel
    rules: Scheme
    now: datetime
    positions: dict = field(default_factory=dict)
    means: dict = field(default_factory=dict)
    company: Company = Company()
    bought: list = field(default_factory=list)
    suppliers: dict = field(default_factory=dict)
    similar: dict = field(default_factory=dict)
    defects: dict = field(default_factory=dict)
    clock: object = None
    loads: dict = field(default_factory=dict)
    windows: dict = field(default_factory=dict)
    notices: object = None
    lines: dict = field(default_factory=dict)
    unknown_years: set = field(default_factory=set)

    @property
    def company_id(self) -> int:
        return self.scheme.company_id.id

    def since(self, days: int) -> datetime:
        return self.now - timedelta(days=days)


@dataclass(frozen=True, slots=True)
class Seen:
    """One order as the radar sees it.

    :ivar stage_times: hours in its stage / mean of that stage and order type;
        ``None``: no mean
    :ivar rule_hours: hours in its stage, with the mean and the stays behind it
    """

    facts: Facts
    stage_times: float | None
    rule_hours: tuple[float, float | None, int]


class OrderHubRiskFacts(models.AbstractModel):
    """Measures what the radar judges by: a few statements for thousands of orders.

    Rights are not asked here: whoever shows a result asks them.
    """

    _name = "order.hub.risk.facts"
    _description = "Facts of the Radar"

    # === ONCE A NIGHT === #

    def _night(self, scheme, now, past=None, among=None):
        """Return what all orders of a company have in common.

        :param scheme: record; ``now``: naive UTC
        :param past: as :meth:`_past` found it; none: it is looked up
        :param among: ids of the only orders that are asked for; none: any
        """
        night = Night(scheme.sudo(), scheme._scheme(), now)
        self._recall(night, past or self._past(night))
        night.positions = self._positions(night)
        night.bought = self._bought_products(night)
        self._measure_work(night, among)
        self._measure_notices(night)
        return night

    def _today(self, scheme, now, among):
        """Return the same for few orders, with the past as the last night saw it."""
        past = self._kept_past(Night(scheme.sudo(), scheme._scheme(), now))
        return self._night(scheme, now, past, among)

    def _stage_means(self, night):
        """Return ``{(stage, order type): (mean hours, stays)}``; type None: of all."""
        rows = self.env.execute_query(
            SQL(
                """SELECT event.from_stage_id, sale.hub_order_type_id,
                          AVG(event.duration), COUNT(*)
                     FROM order_hub_stage_event event
                     JOIN sale_order sale ON sale.id = event.order_id
                    WHERE event.company_id = %s AND event.date >= %s
                      AND event.date <= %s AND event.from_stage_id IS NOT NULL
                      AND event.duration IS NOT NULL
                 GROUP BY GROUPING SETS ((1, 2), (1))
                   HAVING GROUPING(sale.hub_order_type_id) = 1
                       OR sale.hub_order_type_id IS NOT NULL""",
                night.company_id,
                night.since(night.scheme.stage_days),
                night.now,
            )
        )
        return {
            (stage, kind): (float(mean), stays) for stage, kind, mean, stays in rows
        }

    def _positions(self, night):
        """Return ``{stage: Position}``; without a time limit the mean stands in."""
        rows = self.env.execute_query(
            SQL(
                """SELECT stage.flow_id, stage.id, stage.milestone, stage.time_limit
                     FROM order_hub_stage stage
                    WHERE stage.company_id = %s OR stage.company_id IS NULL
                 ORDER BY stage.flow_id, stage.sequence, stage.id""",
                night.company_id,
            )
        )
        flows = {}
        for flow, stage, milestone, limit in rows:
            mean = night.means.get((stage, None), (0.0, 0))[0]
            flows.setdefault(flow, []).append(
                Step(stage, milestone, float(limit or 0.0) or mean)
            )
        found = {}
        for steps in flows.values():
            found |= positions(steps, RANKS)
        return found

    # === ORDERS === #

    def _in_flight(self, night, after=0, among=None, limit=None):
        """Return the ids of orders in flight that have a promise, ascending.

        :param after: only greater ids; ``among``: only these ids
        :param limit: at most so many; none: all
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT sale.id FROM sale_order sale
                    WHERE sale.company_id = %s AND sale.hub_is_open IS TRUE
                      AND sale.state <> 'cancel' AND sale.hub_stage_id = ANY(%s)
                      AND sale.hub_promised_date IS NOT NULL AND sale.id > %s
                      AND %s
                 ORDER BY sale.id LIMIT %s""",
                night.company_id,
                list(night.positions),
                after,
                SQL("TRUE")
                if among is None
                else SQL("sale.id = ANY(%s)", id_array(among)),
                limit,
            )
        )
        return [order for [order] in rows]

    def _seen(self, night, order_ids):
        """Return ``[Seen]`` of orders in flight.

        :param order_ids: at most some ten thousand; see :meth:`_in_flight`
        """
        ids = id_array(order_ids)
        rows = self._order_rows(ids)
        work = self._work_of(night, ids)
        supply = self._supply_of(night, ids)
        return [self._see(night, row, work, supply) for row in rows]

    def _order_rows(self, ids):
        return self.env["order.hub.chain"]._cr_rows(
            SQL(
                """SELECT sale.id, sale.hub_promised_date AS promised,
                          sale.hub_stage_id AS stage, sale.hub_stage_since AS since,
                          sale.hub_order_type_id AS kind, sale.carrier_id AS carrier,
                          place.country_id AS country, place.state_id AS state,
                          lower(place.city) AS city,
                          house.country_id AS from_country,
                          house.state_id AS from_state,
                          lower(house.city) AS from_city,
                          first.date AS begun, out.date AS leaves
                     FROM sale_order sale
                     JOIN res_partner place ON place.id = sale.partner_shipping_id
                LEFT JOIN stock_warehouse warehouse ON warehouse.id = sale.warehouse_id
                LEFT JOIN res_partner house ON house.id = warehouse.partner_id
                LEFT JOIN LATERAL (
                          SELECT MIN(event.date) AS date
                            FROM order_hub_stage_event event
                           WHERE event.order_id = sale.id
                             AND event.milestone <> 'received') first ON TRUE
                LEFT JOIN LATERAL (
                          SELECT MIN(picking.scheduled_date) AS date
                            FROM stock_picking picking
                            JOIN stock_picking_type kind
                                 ON kind.id = picking.picking_type_id
                                AND kind.code = 'outgoing'
                           WHERE picking.sale_id = sale.id
                             AND picking.state NOT IN ('done', 'cancel')) out ON TRUE
                    WHERE sale.id = ANY(%s)""",
                ids,
            )
        )

    def _see(self, night, row, work: Mapping, supply: Mapping):
        in_stage = self._hours(night.now, row.since)
        mean, stays = night.means.get((row.stage, row.kind), (None, 0))
        done = work.get(row.id)
        going = progress(
            night.positions[row.stage],
            in_stage,
            self._hours(night.now, row.begun),
            done.operations(night.clock) if done else None,
        )
        facts = Facts(
            order=row.id,
            promised=row.promised,
            leaves=self._leaves(night, row),
            progress=going,
            purchases=self._purchases(night, row, supply, going),
            quality=self._quality(night, supply.products.get(row.id)),
            notices=night.notices.on(row) if night.notices else (),
            maintenance=self._windows(night, done),
            loads=self._loads(night, done, row.promised),
        )
        times = in_stage / mean if mean else None
        return Seen(facts, times, (in_stage, mean, stays))

    @staticmethod
    def _leaves(night, row):
        """Return when the goods set out: as planned, in time to be there at the latest.

        A delivery is planned for the day of the promise; where it travels, it leaves
        before that, taken as ``hours_ahead``.
        """
        latest = row.promised - timedelta(hours=night.rules.hours_ahead)
        return min(row.leaves or latest, latest)

    @staticmethod
    def _hours(now, since):
        return max((now - since).total_seconds() / 3600, 0.0) if since else 0.0
