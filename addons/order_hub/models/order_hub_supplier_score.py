from datetime import datetime, time, timedelta

import pytz
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..const import INTERNAL
from ..engine import supplier_score as engine
from ..engine.supplier_score import COMPONENTS, Figures

#: Months that are looked at anew every night: late goods still come in.
MONTHS = 3
#: Months that a supplier's present score is about, and that a first run looks at.
YEAR = 12


class OrderHubSupplierScore(models.Model):
    """What a supplier (a commercial entity) did in a month for one company.

    Computed from receipts, answers and complaints by :meth:`_score`, and by nothing
    else. The sums are kept, so that months add up: ``engine.supplier_score`` has the
    formula.
    """

    _name = "order.hub.supplier.score"
    _description = "Supplier Score"
    _order = "month desc, score desc nulls last, id"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", "Supplier", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade", index=True
    )
    month = fields.Date(required=True, readonly=True, help="Its first day.")
    score = fields.Float(
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="0 to 100. Empty components were left out.",
    )
    has_score = fields.Boolean(
        "Enough Is Known", readonly=True, help="There were enough samples for a score."
    )
    on_time = fields.Float("On Time (%)", readonly=True, aggregator="avg")
    quantity = fields.Float("Right Quantity (%)", readonly=True, aggregator="avg")
    quality = fields.Float("Quality (%)", readonly=True, aggregator="avg")
    answer_hours = fields.Float(
        "Hours to Answer",
        readonly=True,
        aggregator="avg",
        help="Mean of the orders that were answered.",
    )
    line_count = fields.Integer("Lines Due", readonly=True)
    received_count = fields.Integer("Lines Received", readonly=True)
    bad_count = fields.Integer("Lines with Trouble", readonly=True)
    asked_count = fields.Integer("Answers Asked", readonly=True)
    answered_count = fields.Integer("Answers Given", readonly=True)
    figures = fields.Json(
        readonly=True, help="The sums behind the components, by engine.supplier_score."
    )
    computed_on = fields.Datetime(readonly=True)
    summary = fields.Char("In Short", compute="_compute_summary")

    _partner_month_uniq = models.UniqueIndex(
        "(partner_id, company_id, month)", "A supplier has one score a month."
    )

    # === COMPUTE === #

    @api.depends("partner_id", "month", "score")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for row in self:
            month = format_date(self.env, row.month, date_format="MMMM y")
            score = f"{row.score:.0f}" if row.has_score else "–"
            row.display_name = f"{row.partner_id.name}, {month}: {score}"

    @api.depends("figures", "company_id")
    @api.depends_context("lang")
    def _compute_summary(self):
        for row in self:
            parts = self._component_rows(row._figures_kept(), row.company_id)
            row.summary = " · ".join(
                f"{part['label']} {part['points']:.0f}/{part['weight']:.0f}"
                for part in parts
                if part["weight"]
            ) or self.env._("Too little is known.")

    def _figures_kept(self):
        """Return the :class:`Figures` of one row."""
        return Figures(**(self.figures or {}))

    # === WORDS === #

    @api.model
    def _component_rows(self, figures, company):
        """Return the components of a score in words, for pages and forms.

        :param figures: :class:`engine.supplier_score.Figures`
        :return: list of dicts: name, label, figure (a sentence), points, weight (of
            how many; 0: left out), share (0 to 100)
        """
        found = engine.score(figures, company._hub_score_terms_of())
        labels = self._component_labels()
        return [
            {
                "name": name,
                "label": labels[name],
                "figure": getattr(self, f"_figure_{name}")(figures),
                "points": found.points.get(name, (0, 0))[0],
                "weight": found.points.get(name, (0, 0))[1],
                "share": round(100 * found.shares.get(name, 0)),
            }
            for name in COMPONENTS
        ]

    def _component_labels(self):
        return {
            "on_time": self.env._("On time"),
            "quantity": self.env._("Right quantity"),
            "quality": self.env._("Quality"),
            "answer": self.env._("Answers"),
        }

    def _figure_on_time(self, figures):
        return self.env._(
            "%(percent)s %% of what was agreed for a day was there on that day "
            "(%(lines)s lines).",
            percent=round(100 * figures.on_time / (figures.lines or 1)),
            lines=figures.lines,
        )

    def _figure_quantity(self, figures):
        return self.env._(
            "Quantities were %(percent)s %% right (%(lines)s lines).",
            percent=round(100 * figures.quantity / (figures.lines or 1)),
            lines=figures.lines,
        )

    def _figure_quality(self, figures):
        return self.env._(
            "%(bad)s of %(received)s lines received were returned, complained about "
            "or had a certificate refused.",
            bad=figures.bad,
            received=figures.received,
        )

    def _figure_answer(self, figures):
        return self.env._(
            "%(answered)s of %(asked)s orders were answered, in %(hours)s hours on "
            "average.",
            answered=figures.answered,
            asked=figures.asked,
            hours=round(figures.answer_hours / (figures.answered or 1)),
        )

    # === SCORE === #

    @api.model
    def _cron_score(self):
        """Score the suppliers of every company that buys; a company at a time."""
        orders = self.env["purchase.order"].sudo()
        groups = orders._read_group([("state", "=", "purchase")], ["company_id"])
        companies = [company for (company,) in groups]
        Cron = self.env["ir.cron"]
        Cron._commit_progress(remaining=len(companies))
        for company in companies:
            self._score(company, fields.Datetime.now())
            if not Cron._commit_progress(1):
                break

    @api.model
    def _score(self, company, now):
        """Compute the months that can still change; the first time, a year.

        :param datetime now: naive UTC
        """
        rows = self.sudo().with_context(order_hub_scoring=INTERNAL)
        known = rows.search([("company_id", "=", company.id)], limit=1)
        zone = rows._zone(company)
        today = pytz.utc.localize(now).astimezone(zone).date()
        since = today.replace(day=1) - relativedelta(
            months=(MONTHS if known else YEAR) - 1
        )
        rows._keep(company, since, rows._figures(company, since, now), now)

    @api.model
    def _zone(self, company):
        """Return the time zone of a company: days and months are its own."""
        return pytz.timezone(company.sudo().partner_id.tz or "UTC")

    @api.model
    def _month_start(self, company, month):
        """Return the first moment of a month (its first day), naive UTC."""
        start = self._zone(company).localize(datetime.combine(month, time()))
        return start.astimezone(pytz.utc).replace(tzinfo=None)

    def _keep(self, company, since, figures, now):
        """Store months, whatever was stored of them before.

        :param since: first day of the first month looked at
        :param figures: ``{(partner id, month): Figures}``
        """
        stored = {
            (row.partner_id.id, row.month): row
            for row in self.search(
                [("company_id", "=", company.id), ("month", ">=", since)]
            )
        }
        terms = company._hub_score_terms_of()
        values = {
            key: self._score_vals(found, terms, now) for key, found in figures.items()
        }
        gone = [row.id for key, row in stored.items() if key not in values]
        self.browse(gone).unlink()
        self.env["order.hub.writer"]._update(
            self, {stored[key].id: values[key] for key in values if key in stored}
        )
        self.create(
            [
                {
                    "partner_id": key[0],
                    "company_id": company.id,
                    "month": key[1],
                    **each,
                }
                for key, each in values.items()
                if key not in stored
            ]
        )

    @staticmethod
    def _score_vals(figures, terms, now):
        found = engine.score(figures, terms)
        percent = {name: 100 * share for name, share in found.shares.items()}
        return {
            "score": found.score or 0.0,
            "has_score": found.score is not None,
            "on_time": percent.get("on_time", 0.0),
            "quantity": percent.get("quantity", 0.0),
            "quality": percent.get("quality", 0.0),
            "answer_hours": figures.answer_hours / (figures.answered or 1),
            "line_count": figures.lines,
            "received_count": figures.received,
            "bad_count": figures.bad,
            "asked_count": figures.asked,
            "answered_count": figures.answered,
            "figures": {name: round(value, 6) for name, value in vars(figures).items()},
            "computed_on": now,
        }

    # === READ === #

    @api.model
    def _of_partners(self, partners, company, today=None):
        """Return what suppliers did in the last twelve months, one query.

        :param partners: commercial partners
        :param date today: the day it is for the company; the present if left out
        :return: ``{partner id: Figures}``
        """
        today = today or fields.Date.context_today(self)
        since = today.replace(day=1) - relativedelta(months=YEAR - 1)
        rows = self.sudo().search_fetch(
            [
                ("partner_id", "in", partners.ids),
                ("company_id", "=", company.id),
                ("month", ">=", since),
            ],
            ["partner_id", "figures"],
        )
        return {
            partner.id: engine.total([row._figures_kept() for row in found])
            for partner, found in rows.grouped("partner_id").items()
        }

    @api.model
    def _scores(self, partners, company):
        """Return ``{partner id: score or None}`` over the last twelve months."""
        terms = company._hub_score_terms_of()
        found = self._of_partners(partners, company)
        return {id_: engine.score(each, terms).score for id_, each in found.items()}

    def action_open_lines(self):
        """Open the purchase order lines that a month's score is about."""
        self.ensure_one()
        start = self._month_start(self.company_id, self.month)
        following = self.month + timedelta(days=32)
        end = self._month_start(self.company_id, following.replace(day=1))
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": "purchase.order.line",
            "view_mode": "list,form",
            "domain": [
                ("order_id.company_id", "=", self.company_id.id),
                ("order_id.state", "=", "purchase"),
                ("partner_id.commercial_partner_id", "=", self.partner_id.id),
                ("hub_agreed_date", ">=", start),
                ("hub_agreed_date", "<", end),
            ],
        }

    # === NOBODY WRITES === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_computed()
        return super().create(vals_list)

    def write(self, vals):
        self._check_computed()
        return super().write(vals)

    def _check_computed(self):
        if self.env.context.get("order_hub_scoring") is not INTERNAL:
            raise UserError(
                self.env._(
                    "Scores follow from receipts, answers and complaints; nobody "
                    "writes them. Change the weights in the settings and wait for the "
                    "night."
                )
            )
