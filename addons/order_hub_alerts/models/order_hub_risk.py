import json
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..engine.radar import Risk, assess
from ..engine.radar_facts import Facts
from ..engine.radar_suggest import suggest
from ..engine.scores import rule_calls
from .order_hub_risk_rows import arrays

COLOURS = [("green", "Green"), ("yellow", "Yellow"), ("red", "Red")]
ANSWERS = [("yes", "Called"), ("no", "Not Called")]
#: Orders that are judged between two commits.
BATCH = 10_000
#: What is stored of an order in one row, with the types of PostgreSQL.
KEPT = "int text float8 float8 float8 timestamp text text float8 text text"
#: Yes, no and nothing, as they are stored.
SAID = {True: "yes", False: "no", None: None}

_as_text = json.JSONEncoder(separators=(",", ":")).encode


class Judged(NamedTuple):
    """What the radar says of one order.

    :ivar rule: what the plain 1.3 rule says; ``None``: nothing
    """

    facts: Facts
    risk: Risk
    stage_times: float | None
    rule: bool | None
    suggestions: tuple = ()


class OrderHubRisk(models.Model):
    """How likely an order in flight is to be late: one row an order, the latest.

    Rows are written by :meth:`_keep` only, many at once; what was said before is in
    ``order.hub.risk.call``.
    """

    _name = "order.hub.risk"
    _description = "Delivery Risk"
    _order = "score desc, promised, id"
    _rec_name = "order_id"
    _log_access = False

    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="order_id.partner_id")
    stage_id = fields.Many2one(related="order_id.hub_stage_id")
    owner_id = fields.Many2one(related="order_id.hub_owner_id")
    colour = fields.Selection(COLOURS, readonly=True)
    score = fields.Float(
        readonly=True,
        digits=(5, 2),
        aggregator="avg",
        help="0 to 100: nothing to fear, to late for certain.",
    )
    hours_left = fields.Float(
        readonly=True, aggregator="avg", help="Until the promise; negative: it is over."
    )
    slack_hours = fields.Float(
        "Slack (h)",
        readonly=True,
        aggregator="avg",
        help="How long the order can stand still and yet be on time.",
    )
    promised = fields.Datetime(readonly=True)
    agreed = fields.Datetime(
        readonly=True,
        help="What the customer last agreed to: a promise that was only moved does "
        "not make an order punctual.",
    )
    factors = fields.Json(readonly=True)
    suggestions = fields.Json(readonly=True, groups="purchase.group_purchase_user")
    probability = fields.Float(readonly=True, aggregator="avg")
    model_call = fields.Selection(ANSWERS, "Probability Says", readonly=True)
    rule_call = fields.Selection(
        ANSWERS,
        "1.3 Rule",
        readonly=True,
        help="Longer in its stage than the mean of the last days × 1.3. Empty: fewer "
        "than ten orders to take a mean of.",
    )
    at = fields.Datetime("Judged On", readonly=True)

    _order_uniq = models.UniqueIndex("(order_id)", "An order has one delivery risk.")
    _company_idx = models.Index("(company_id, colour)")

    def init(self):
        """Leave room on each page: every night writes every row anew.

        A row that stays on its page needs no new entries in the indexes.
        """
        self.env.cr.execute("ALTER TABLE order_hub_risk SET (fillfactor = 45)")
        return super().init()

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        raise AccessError(self._computed_message())

    def write(self, vals):  # pylint: disable=method-required-super
        raise AccessError(self._computed_message())

    def _computed_message(self):
        return self.env._(
            "The delivery risk follows from what is known of an order; nobody writes "
            "it. Change the weights of the radar, or judge the order anew."
        )

    # === ACTIONS === #

    def action_judge(self):
        """Judge these orders anew."""
        return self.order_id.action_hub_judge_risk()

    def action_open_order(self):
        """Open the order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "view_mode": "form",
        }

    # === JUDGING === #

    @api.model
    def _recompute(self, orders, now):
        """Judge orders at once; those not in flight or without a promise lose theirs.

        Rights are the caller's to check. History is not touched: one call a night.

        :param orders: of any companies; of those without a radar nothing is judged
        :param now: naive UTC
        """
        self.env.flush_all()
        self.env.cr.execute("SET LOCAL jit = off")
        for company, group in orders.grouped("company_id").items():
            scheme = self.env["order.hub.risk.scheme"]._of(company)
            judged = []
            if scheme:
                Measure = self.env["order.hub.risk.facts"]
                night = Measure._today(scheme, now, group.ids)
                judged = self._judge(night, Measure._in_flight(night, among=group.ids))
                self._keep(company, judged, now)
            self._colour(group, judged)

    @api.model
    def _judge(self, night, order_ids):
        """Return ``[Judged]`` of orders in flight: a bounded number of queries.

        :param night: :class:`Night`; order_ids: at most ``BATCH``
        """
        seen = self.env["order.hub.risk.facts"]._seen(night, order_ids)
        judged = []
        for each in seen:
            risk = assess(each.facts, night.rules, night.company, night.now)
            rule = rule_calls(*each.rule_hours)
            judged.append(Judged(each.facts, risk, each.stage_times, rule))
        return self._advise(night, judged)

    @api.model
    def _advise(self, night, judged):
        """Return the same with suggestions for the orders that are called."""
        called = [each for each in judged if each.risk.is_called]
        options = self.env["order.hub.risk.options"]._options(night, called)
        advised = {
            each.facts.order: suggest(
                each.facts,
                each.risk,
                options[each.facts.order],
                night.rules,
                night.company,
                night.now,
            )
            for each in called
        }
        return [
            each._replace(suggestions=advised[each.facts.order])
            if each.risk.is_called
            else each
            for each in judged
        ]

    @api.model
    def _foresee(self, company, judged):
        """Return ``{order id: (probability 0 to 1, whether it is called)}``.

        Nothing here: a trained model says it where there is one.
        """
        return {}

    # === KEEPING === #

    @api.model
    def _keep(self, company, judged, now, run=None):
        """Store what was judged: one statement, and one for a night's calls.

        A promise that was moved counts as agreed only if the customer asked for or
        accepted a change since the last time.

        :param run: night whose calls are kept as history; none: no history
        """
        if not judged:
            return
        foreseen = self._foresee(company, judged)
        rows = [self._row(each, foreseen.get(each.facts.order)) for each in judged]
        columns = arrays(zip(*rows, strict=True), KEPT)
        self.env.cr.execute(self._keep_sql(company, columns, now))
        self.invalidate_model(flush=False)
        if run and run.kind == "night":
            self.env["order.hub.risk.call"]._note(run, judged)

    @staticmethod
    def _row(each, foreseen):
        risk = each.risk
        probability, called = foreseen or (None, None)
        return (
            risk.order,
            risk.colour,
            risk.score,
            risk.hours_left,
            risk.slack_hours,
            each.facts.promised,
            _as_text(risk.as_json()),
            _as_text([row.as_json() for row in each.suggestions])
            if each.suggestions
            else "[]",
            probability,
            SAID[called],
            SAID[each.rule],
        )

    def _keep_sql(self, company, columns, now):
        return SQL(
            """INSERT INTO order_hub_risk (
                   company_id, at, order_id, colour, score, hours_left, slack_hours,
                   promised, agreed, factors, suggestions, probability, model_call,
                   rule_call)
               SELECT %(company)s, %(now)s, row.id, row.colour, row.score,
                      row.hours_left, row.slack, row.promised, row.promised,
                      row.factors::jsonb, row.suggestions::jsonb, row.probability,
                      row.model, row.rule
                 FROM unnest(%(columns)s) AS row(id, colour, score, hours_left, slack,
                      promised, factors, suggestions, probability, model, rule)
                   ON CONFLICT (order_id) DO UPDATE SET
                      company_id = EXCLUDED.company_id, at = EXCLUDED.at,
                      colour = EXCLUDED.colour,
                      score = EXCLUDED.score, hours_left = EXCLUDED.hours_left,
                      slack_hours = EXCLUDED.slack_hours,
                      promised = EXCLUDED.promised, factors = EXCLUDED.factors,
                      suggestions = EXCLUDED.suggestions,
                      probability = EXCLUDED.probability,
                      model_call = EXCLUDED.model_call, rule_call = EXCLUDED.rule_call,
                      agreed = CASE WHEN EXISTS (
                          SELECT FROM order_hub_change_request request
                           WHERE request.order_id = EXCLUDED.order_id
                             AND request.state = 'done'
                             AND request.closed_at >= order_hub_risk.at)
                          THEN EXCLUDED.promised ELSE order_hub_risk.agreed END""",
            company=company.id,
            now=now,
            columns=columns,
        )

    @api.model
    def _colour(self, orders, judged):
        """Show the colours on orders; those that were not judged lose theirs."""
        found = {each.facts.order: each.risk.colour for each in judged}
        gone = [order.id for order in orders if order.id not in found]
        if gone:
            self.env.cr.execute(
                SQL("DELETE FROM order_hub_risk WHERE order_id = ANY(%s)", gone)
            )
        self.env["order.hub.writer"]._update(
            orders, {order.id: {"hub_risk": found.get(order.id)} for order in orders}
        )
        orders.invalidate_recordset(["hub_risk_id"], flush=False)
        self.invalidate_model(flush=False)

    @api.model
    def _show(self, company, limit=BATCH):
        """Show the colours of a company on its orders, some thousand at a time.

        Orders that are not in flight any more lose theirs. Only what differs is
        written, so that it can be broken off and begun again.

        :return: number of orders written; less than ``limit``: nothing is left
        """
        self.env["sale.order"].flush_model(["hub_risk", "hub_is_open", "company_id"])
        rows = self.env.execute_query(
            SQL(
                """WITH wrong AS (
                   SELECT sale.id, risk.colour
                     FROM sale_order sale
                LEFT JOIN order_hub_risk risk ON risk.order_id = sale.id
                    WHERE sale.company_id = %(company)s
                      AND (sale.hub_is_open IS TRUE OR sale.hub_risk IS NOT NULL)
                      AND sale.hub_risk IS DISTINCT FROM risk.colour
                    LIMIT %(limit)s)
                   UPDATE sale_order sale SET hub_risk = wrong.colour
                     FROM wrong WHERE wrong.id = sale.id RETURNING sale.id""",
                company=company.id,
                limit=limit,
            )
        )
        written = self.env["sale.order"].browse(row[0] for row in rows)
        written.invalidate_recordset(["hub_risk"], flush=False)
        return len(written)

    @api.model
    def _forget(self, run):
        """Drop the rows of a company that a run did not judge, once it judged all."""
        self.env.cr.execute(
            SQL(
                "DELETE FROM order_hub_risk WHERE company_id = %s AND at < %s",
                run.company_id.id,
                run.at,
            )
        )
        self.invalidate_model(flush=False)
