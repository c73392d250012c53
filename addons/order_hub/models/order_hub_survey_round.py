from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import hmac

from ..engine import nps, sampling

#: Months looked back at to know how many orders to expect.
MONTHS_BEFORE = 3
#: Nobody is asked about a delivery that he has forgotten.
MAX_AGE_DAYS = 45


class OrderHubSurveyRound(models.Model):
    """One month of one company: what was drawn from how many, and what came back.

    The seed and the early limit are set when the month begins and never change:
    whoever has them and the orders can draw the month again. See ``engine.sampling``.
    """

    _name = "order.hub.survey.round"
    _description = "Survey Month"
    _order = "month desc, company_id, id"
    _rec_name = "month"

    scheme_id = fields.Many2one(
        "order.hub.survey.scheme", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    month = fields.Date("First Day", required=True, readonly=True)
    seed = fields.Char(
        required=True,
        readonly=True,
        groups="order_hub.order_hub_group_configurator",
        help="Decides with the id of an order about its place in the draw.",
    )
    size = fields.Integer("To Ask", readonly=True)
    limit = fields.Float(
        "Early Limit",
        readonly=True,
        digits=(16, 6),
        aggregator=None,
        help="Orders whose share is below are asked about on the next day, the rest "
        "of the sample when the month is over.",
    )
    drawn_until = fields.Date(readonly=True)
    is_closed = fields.Boolean("Closed", readonly=True)
    finished_count = fields.Integer("Finished Orders", readonly=True)
    draw_ids = fields.One2many("order.hub.survey.draw", "round_id", "Drawn")
    asked_count = fields.Integer("Asked", compute="_compute_figures")
    answered_count = fields.Integer("Answered", compute="_compute_figures")
    answer_rate = fields.Float("Answered (%)", compute="_compute_figures")
    experience_index = fields.Float("Index", compute="_compute_figures")
    nps = fields.Float("NPS", compute="_compute_figures")
    nps_text = fields.Char("NPS, 95 %", compute="_compute_figures")

    _month_uniq = models.UniqueIndex(
        "(company_id, month)", "This month is drawn already."
    )

    @api.depends("draw_ids.state", "draw_ids.nps_group", "draw_ids.experience_index")
    @api.depends_context("lang")
    def _compute_figures(self):
        figures = self._figures()
        for month in self:
            asked, answered, mean, groups = figures[month.id]
            score = nps.score(*groups)
            month.asked_count, month.answered_count = asked, answered
            month.answer_rate = 100 * answered / asked if asked else 0.0
            month.experience_index = mean
            month.nps = score.value or 0.0
            month.nps_text = self._score_text(score)

    def _figures(self):
        """Return ``{id: (asked, answered, mean index, counts by NPS group)}``."""
        Draw = self.env["order.hub.survey.draw"].sudo()
        rows = Draw._read_group(
            Domain("round_id", "in", self.ids) & Domain("sent_at", "!=", False),
            ["round_id", "state", "nps_group", "has_index"],
            ["__count", "experience_index:sum"],
        )
        figures = {}
        for month in self:
            own = [row[1:] for row in rows if row[0].id == month._origin.id]
            back = [row for row in own if row[0] == "answered"]
            count = sum(row[3] for row in back)
            rated = sum(row[3] for row in back if row[2])
            groups = [
                sum(row[3] for row in back if row[1] == name)
                for name in ("promoter", "passive", "detractor")
            ]
            mean = sum(row[4] for row in back) / rated if rated else 0.0
            figures[month.id] = (sum(row[3] for row in own), count, mean, groups)
        return figures

    @api.model
    def _score_text(self, score):
        """Return a net promoter score with how far it can be trusted, in words."""
        if score.value is None:
            return self.env._("no answers yet")
        return self.env._(
            "%(low)+.0f to %(high)+.0f, %(count)d answers",
            low=score.low,
            high=score.high,
            count=score.count,
        )

    # === DRAW === #

    @api.model
    def _draw_until(self, scheme, now):
        """Draw what finished up to yesterday, month by month, day by day.

        :param scheme: one scheme, as superuser
        :param datetime now: naive UTC
        :return: the ``order.hub.survey.draw`` rows made
        """
        drawn = self.env["order.hub.survey.draw"]
        last = scheme.company_id._hub_day_of(now) - timedelta(days=1)
        for month in self._months(scheme, last):
            found = self._for_month(scheme, month)
            drawn |= found._draw_days(last)
        return drawn

    def _months(self, scheme, last):
        """Return the first days of the months that are not drawn to their end."""
        newest = self.search(
            [("company_id", "=", scheme.company_id.id)], order="month desc", limit=1
        )
        first = max(newest.month or scheme.begins_on, scheme.begins_on).replace(day=1)
        first = max(first, (last - timedelta(days=MAX_AGE_DAYS)).replace(day=1))
        months = []
        while first <= last:
            months.append(first)
            first += relativedelta(months=1)
        return months

    def _for_month(self, scheme, month):
        """Return the round of a month; one that begins gets its seed and limit."""
        company = scheme.company_id
        known = self.search([("company_id", "=", company.id), ("month", "=", month)])
        return known or self.create(
            {
                "scheme_id": scheme.id,
                "company_id": company.id,
                "month": month,
                "seed": self._seed(company, month),
                "size": scheme.size,
                "limit": sampling.early_limit(
                    scheme.size, self._expected(company, month)
                ),
            }
        )

    def _seed(self, company, month):
        """Return the seed of a month: the same ever after, and known to nobody before.

        It depends on the secret of the database, so that nobody can tell beforehand
        which orders will be asked about and look after these alone.
        """
        return hmac(
            self.env(su=True), "order_hub-survey", (company.id, month.isoformat())
        )[:16]

    def _expected(self, company, month):
        """Return how many orders finished in the busiest of the months before."""
        starts = [
            month - relativedelta(months=back) for back in range(1, MONTHS_BEFORE + 1)
        ]
        return max(
            self._count_finished(company, start, start + relativedelta(months=1))
            for start in starts
        )

    def _draw_days(self, last):
        """Draw the days of this month up to a day that are not drawn yet."""
        self.ensure_one()
        end = self.month + relativedelta(months=1) - timedelta(days=1)
        begin = max(self.month, self.scheme_id.begins_on)
        first = max(begin, (self.drawn_until or date.min) + timedelta(days=1))
        stop = min(last, end)
        if self.is_closed or first > stop:
            return self.env["order.hub.survey.draw"]
        finishes = self._finishes(self.company_id, begin, stop + timedelta(days=1))
        found = sampling.draw(
            self._plan(),
            [row["finish"] for row in finishes],
            [first + timedelta(days=each) for each in range((stop - first).days + 1)],
            self._known(),
            self._asked(first),
            is_over=stop == end,
        )
        self.write(
            {
                "drawn_until": stop,
                "is_closed": stop == end,
                "finished_count": len(finishes),
            }
        )
        moments = {row["finish"].order: row["finished_at"] for row in finishes}
        return self.draw_ids._keep(self, found, moments)

    def _plan(self):
        return sampling.Plan(
            self.sudo().seed, self.size, self.limit, self.scheme_id.rest_days
        )

    def _known(self):
        """Return what was drawn of this month so far."""
        return [
            sampling.Drawn(
                draw.order_id.id,
                draw.partner_id.id,
                draw.share,
                draw.drawn_on,
                draw.obstacle or "",
            )
            for draw in self.draw_ids
        ]

    def _asked(self, first):
        """Return ``{contact id: day last drawn to be asked}`` before a day."""
        Draw = self.env["order.hub.survey.draw"]
        rows = Draw._read_group(
            Domain("company_id", "=", self.company_id.id)
            & Domain("obstacle", "=", False)
            & Domain("drawn_on", "<", first)
            & Domain("drawn_on", ">", first - timedelta(self.scheme_id.rest_days)),
            ["partner_id"],
            ["drawn_on:max"],
        )
        return {partner.id: day for partner, day in rows}

    # === FINISHED ORDERS === #

    @api.model
    def _finishes(self, company, begin, end):
        """Return the orders finished from one day to before another, by one query.

        :return: list of ``{"finish": Finish, "finished_at": naive UTC}``
        """
        self.env.flush_all()
        rows = self.env.execute_query_dict(
            SQL(
                """%s
                SELECT o.id, o.partner_id, finished.at, %s AS obstacle
                  FROM finished
                  JOIN sale_order o ON o.id = finished.order_id AND o.state <> 'cancel'
                  JOIN res_partner contact ON contact.id = o.partner_id
              ORDER BY o.id""",
                self._finished_sql(company, begin, end),
                self._obstacle_sql(),
            )
        )
        return [
            {
                "finish": sampling.Finish(
                    row["id"],
                    row["partner_id"],
                    company._hub_day_of(row["at"]),
                    row["obstacle"] or "",
                ),
                "finished_at": row["at"],
            }
            for row in rows
        ]

    @api.model
    def _count_finished(self, company, begin, end):
        """Return how many orders finished from one day to before another."""
        self.env.flush_all()
        [[count]] = self.env.execute_query(
            SQL(
                "%s SELECT count(*) FROM finished",
                self._finished_sql(company, begin, end),
            )
        )
        return count

    def _finished_sql(self, company, begin, end):
        """Orders whose goods arrived in a span: the first stage *delivered* of a
        flow, else *shipped*, else *closed*."""
        since, until = company._hub_moment_of(begin), company._hub_moment_of(end)
        return SQL(
            """WITH place(milestone, rank) AS (
                VALUES ('delivered', 1), ('shipped', 2), ('closed', 3)),
            best AS (
                SELECT flow_id, min(rank) AS rank
                  FROM order_hub_stage JOIN place USING (milestone)
                 WHERE active GROUP BY flow_id),
            arrival AS (
                SELECT stage.id
                  FROM order_hub_stage stage
                  JOIN place USING (milestone)
                  JOIN best ON best.flow_id = stage.flow_id
                 WHERE place.rank <= best.rank),
            finished AS (
                SELECT event.order_id, min(event.date) AS at
                  FROM order_hub_stage_event event
                 WHERE event.company_id = %(company)s
                   AND event.stage_id IN (SELECT id FROM arrival)
                   AND event.date >= %(since)s AND event.date < %(until)s
                   AND event.order_id IS NOT NULL AND NOT EXISTS (
                       SELECT FROM order_hub_stage_event earlier
                        WHERE earlier.order_id = event.order_id
                          AND earlier.date < %(since)s
                          AND earlier.stage_id IN (SELECT id FROM arrival))
              GROUP BY event.order_id)""",
            company=company.id,
            since=since,
            until=until,
        )

    def _obstacle_sql(self):
        """Why the contact of an order cannot be asked; NULL: can be."""
        return SQL(
            """CASE
                WHEN EXISTS (SELECT FROM res_company own
                              JOIN res_partner house ON house.id = own.partner_id
                             WHERE house.commercial_partner_id
                                 = contact.commercial_partner_id)
                THEN 'own'
                WHEN COALESCE(contact.email_normalized, '') = '' THEN 'no_address'
                WHEN contact.hub_survey_optout OR EXISTS (
                     SELECT FROM mail_blacklist list
                      WHERE list.email = contact.email_normalized AND list.active)
                THEN 'optout'
            END"""
        )

    # === ACTIONS === #

    def action_view_draws(self):
        """Open what was drawn of these months."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_hub.order_hub_survey_draw_action"
        )
        return {**action, "domain": [("round_id", "in", self.ids)], "context": {}}

    def _draw_again(self):
        """Draw this month afresh from its seed and the orders, and keep nothing.

        :return: list of ``sampling.Drawn``; for a closed month the same orders as
            were drawn, unless contacts have changed their address or opted out
        """
        self.ensure_one()
        begin = max(self.month, self.scheme_id.begins_on)
        if not self.drawn_until:
            return []
        stop = self.drawn_until
        finishes = self._finishes(self.company_id, begin, stop + timedelta(days=1))
        return sampling.draw(
            self._plan(),
            [row["finish"] for row in finishes],
            [begin + timedelta(days=each) for each in range((stop - begin).days + 1)],
            asked=self._asked(begin),
            is_over=self.is_closed,
        )
