from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.order_hub.const import MILESTONES

from ..engine.radar_clock import arrival
from ..engine.radar_facts import FACTORS
from .order_hub_risk import ANSWERS, COLOURS
from .order_hub_risk_rows import arrays

SHARES = tuple(f"share_{name}" for name in FACTORS)
#: Old calls that are deleted in one night at most.
PURGE = 200_000


class OrderHubRiskCall(models.Model):
    """What the radar said of an order in one night, and what became of the order.

    Rows come from :meth:`_note`; only the outcome is filled in later, by
    :meth:`_settle`. An empty share, stage time or answer means that nobody knew.
    """

    _name = "order.hub.risk.call"
    _description = "Call of the Radar"
    _inherit = ["order.hub.append.only"]
    _order = "day desc, score desc, id"
    _rec_name = "order_id"
    _log_access = False

    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="order_id.partner_id")
    day = fields.Date(required=True, readonly=True)
    at = fields.Datetime("Judged On", required=True, readonly=True)
    promised = fields.Datetime(readonly=True)
    agreed = fields.Datetime(
        readonly=True, help="What the customer last agreed to: late is measured by it."
    )
    colour = fields.Selection(COLOURS, readonly=True)
    score = fields.Float(readonly=True, digits=(5, 2), aggregator="avg")
    hours_left = fields.Float(readonly=True, aggregator="avg")
    slack_hours = fields.Float("Slack (h)", readonly=True, aggregator="avg")
    share_progress = fields.Float("Progress", readonly=True, aggregator="avg")
    share_supplier = fields.Float("Suppliers", readonly=True, aggregator="avg")
    share_quality = fields.Float("Defects", readonly=True, aggregator="avg")
    share_route = fields.Float("Route", readonly=True, aggregator="avg")
    share_maintenance = fields.Float("Maintenance", readonly=True, aggregator="avg")
    share_load = fields.Float("Work-centre Load", readonly=True, aggregator="avg")
    stage_times = fields.Float(
        "Times the Mean",
        readonly=True,
        aggregator="avg",
        help="Hours in its stage / mean of that stage and order type.",
    )
    rule_call = fields.Selection(ANSWERS, "1.3 Rule", readonly=True)
    probability = fields.Float(readonly=True, aggregator="avg")
    model_call = fields.Selection(ANSWERS, "Probability Says", readonly=True)
    outcome = fields.Selection(
        [("on_time", "On Time"), ("late", "Late"), ("cancelled", "Cancelled")],
        readonly=True,
        help="Empty: not delivered yet.",
    )
    delivered = fields.Datetime(readonly=True)
    lead_hours = fields.Float(
        "Lead Time (h)",
        readonly=True,
        aggregator="avg",
        help="From the call to the promise.",
    )

    _night_uniq = models.UniqueIndex(
        "(order_id, day)", "The radar calls an order once a night."
    )
    _agreed_idx = models.Index("(company_id, agreed)")
    _open_idx = models.Index("(company_id, order_id) WHERE outcome IS NULL")
    _day_idx = models.Index("(company_id, day)")

    def _append_only_message(self):
        return self.env._(
            "What the radar said is kept as it was said: its quality is measured by it."
        )

    # === BUSINESS === #

    @api.model
    def _note(self, run, judged):
        """Keep what was said in a night; what was said before is not said twice.

        :param run: record of kind ``night``; judged: as stored in ``order.hub.risk``
        """
        rows = [
            (
                each.facts.order,
                *each.risk.shares.values(),
                each.stage_times,
            )
            for each in judged
        ]
        types = "int" + " float8" * (len(FACTORS) + 1)
        shares = SQL(", ").join(map(SQL.identifier, SHARES))
        self.env.cr.execute(
            SQL(
                """INSERT INTO order_hub_risk_call (order_id, company_id, day, at,
                          promised, agreed, colour, score, hours_left, slack_hours,
                          rule_call, probability, model_call, lead_hours,
                          %(shares)s, stage_times)
                   SELECT risk.order_id, risk.company_id, %(day)s, risk.at,
                          risk.promised, risk.agreed, risk.colour, risk.score,
                          risk.hours_left, risk.slack_hours, risk.rule_call,
                          risk.probability, risk.model_call,
                          EXTRACT(epoch FROM risk.agreed - risk.at) / 3600,
                          %(shares)s, stage_times
                     FROM unnest(%(said)s) AS said(order_id, %(shares)s, stage_times)
                     JOIN order_hub_risk risk ON risk.order_id = said.order_id
                       ON CONFLICT (order_id, day) DO NOTHING""",
                shares=shares,
                day=run.day,
                said=arrays(zip(*rows, strict=True), types),
            )
        )
        self.invalidate_model(flush=False)

    @api.model
    def _settle(self, company, now):
        """Fill in what became of orders, and delete what is too old.

        :param now: naive UTC
        """
        scheme = self.env["order.hub.risk.scheme"]._of(company)
        decided = self.env.execute_query(self._decided_sql(company, scheme))
        if decided:
            self.env.cr.execute(self._settle_sql(company, decided))
        self._purge(company, now.date() - timedelta(days=scheme.keep_days))
        self.invalidate_model(flush=False)

    def _decided_sql(self, company, scheme):
        """Return orders that are decided: order, outcome, delivered, last agreed.

        Orders with calls that wait are read off the index one by one, whatever the
        planner knows of a table that was empty before this night.
        """
        return SQL(
            """WITH RECURSIVE waiting(order_id) AS (
               SELECT MIN(order_id) FROM order_hub_risk_call
                WHERE company_id = %(company)s AND outcome IS NULL
                UNION ALL
               SELECT (SELECT MIN(call.order_id) FROM order_hub_risk_call call
                        WHERE call.company_id = %(company)s AND call.outcome IS NULL
                          AND call.order_id > waiting.order_id)
                 FROM waiting WHERE waiting.order_id IS NOT NULL)
               SELECT sale.id,
                      CASE WHEN arrived.date IS NULL THEN 'cancelled'
                           WHEN arrived.date > last.agreed
                                + %(grace)s * interval '1 hour' THEN 'late'
                           ELSE 'on_time' END,
                      arrived.date, last.agreed
                 FROM waiting
                 JOIN sale_order sale ON sale.id = waiting.order_id
      CROSS JOIN LATERAL (
                      SELECT MIN(event.date) AS date
                        FROM order_hub_stage_event event
                       WHERE event.order_id = sale.id
                         AND event.stage_id = ANY(%(arrived)s)) arrived
      CROSS JOIN LATERAL (
                      SELECT call.agreed FROM order_hub_risk_call call
                       WHERE call.company_id = %(company)s
                         AND call.order_id = sale.id AND call.outcome IS NULL
                    ORDER BY call.day DESC LIMIT 1) last
                WHERE arrived.date IS NOT NULL OR sale.state = 'cancel'
                   OR sale.hub_milestone = 'cancelled'""",
            company=company.id,
            grace=scheme.grace_hours,
            arrived=self._arrived_stages(),
        )

    def _settle_sql(self, company, decided):
        """Write outcomes; ``decided`` as :meth:`_decided_sql` returns it."""
        return SQL(
            """UPDATE order_hub_risk_call call
                  SET outcome = known.outcome, delivered = known.date,
                      agreed = CASE WHEN known.outcome = 'cancelled'
                               THEN call.agreed ELSE known.agreed END,
                      lead_hours = EXTRACT(epoch FROM known.agreed - call.at) / 3600
                 FROM (SELECT found.id, said.* FROM unnest(%(decided)s)
                              AS said(order_id, outcome, date, agreed)
           CROSS JOIN LATERAL (
                              SELECT each.id FROM order_hub_risk_call each
                               WHERE each.company_id = %(company)s
                                 AND each.order_id = said.order_id
                                 AND each.outcome IS NULL OFFSET 0) found) known
                WHERE call.id = known.id""",
            company=company.id,
            decided=arrays(zip(*decided, strict=True), "int text timestamp timestamp"),
        )

    @api.model
    def _arrived_stages(self):
        """Return the ids of stages in which the goods are with the customer."""
        Stage = self.env["order.hub.stage"].sudo().with_context(active_test=False)
        stages = Stage.search([("milestone", "!=", False)])
        ranks = {name: place for place, (name, _label) in enumerate(MILESTONES)}
        found = []
        for flow in stages.grouped("flow_id").values():
            goal = ranks[arrival(flow.mapped("milestone"))]
            found += [
                stage.id
                for stage in flow
                if stage.milestone != "cancelled" and ranks[stage.milestone] >= goal
            ]
        return found

    @api.model
    def _purge(self, company, before):
        """Delete calls of days that nobody asks about any more."""
        self.env.cr.execute(
            SQL(
                """DELETE FROM order_hub_risk_call WHERE id IN (
                   SELECT id FROM order_hub_risk_call
                    WHERE company_id = %s AND day < %s LIMIT %s)""",
                company.id,
                before,
                PURGE,
            )
        )

    def action_open_order(self):
        """Open the order."""
        self.ensure_one()
        if not self.order_id:
            raise UserError(self.env._("The order of this call was deleted."))
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "view_mode": "form",
        }
