from datetime import datetime, time, timedelta

import pytz
from dateutil.relativedelta import MO, relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_amount, ormcache

from ..const import GRADES
from ..engine.grade import COMPONENTS

LIMIT_FIELDS = ("limit_a", "limit_b", "limit_c")


class OrderHubGradeScheme(models.Model):
    """How a company grades its customers: weights, period, limits."""

    _name = "order.hub.grade.scheme"
    _inherit = ["order.hub.plan"]
    _description = "Customer Grading"
    _order = "company_id, id"
    _rec_name = "company_id"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
    )
    active = fields.Boolean(default=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    period_days = fields.Integer(
        "Period (days)", required=True, default=365, help="How far a grade looks back."
    )
    weight_frequency = fields.Float(
        "Frequency", default=30, help="Orders confirmed in the period."
    )
    weight_margin = fields.Float(
        "Margin", default=25, help="Sales without taxes less the cost of the products."
    )
    weight_on_time = fields.Float(
        "Paid on Time", default=20, help="Share of invoices paid by their due date."
    )
    weight_after_sales = fields.Float(
        "After-sales",
        default=15,
        help="Orders without a return, a credit note or a complaint.",
    )
    weight_referrals = fields.Float(
        "Referrals",
        default=10,
        help="Customers who name this one as their referrer and ordered in the period.",
    )
    weight_total = fields.Float("Total", compute="_compute_weight_total")
    full_orders = fields.Float(
        "Orders for Full Points",
        help="0: as many as the best tenth of the customers place.",
    )
    full_margin = fields.Monetary(
        "Margin for Full Points",
        help="0: as much as the best tenth of the customers bring.",
    )
    full_referrals = fields.Float("Referrals for Full Points", default=3)
    worst_after_sales = fields.Float(
        "Trouble for No Points (%)",
        default=20,
        help="Share of orders with trouble at which after-sales earns nothing.",
    )
    limit_a = fields.Float("A from", default=80)
    limit_b = fields.Float("B from", default=60)
    limit_c = fields.Float("C from", default=40)
    no_history_grade = fields.Selection(
        GRADES,
        "Without Orders",
        required=True,
        default="c",
        help="Grade of customers without an order in the period.",
    )
    graded_on = fields.Datetime(readonly=True)

    _company_uniq = models.UniqueIndex(
        "(company_id) WHERE active", "This company grades its customers already."
    )

    @api.depends(lambda self: [f"weight_{name}" for name in COMPONENTS])
    def _compute_weight_total(self):
        for scheme in self:
            scheme.weight_total = sum(scheme._weights().values())

    # === CONSTRAINTS === #

    @api.constrains(lambda self: [f"weight_{name}" for name in COMPONENTS])
    def _check_weights(self):
        for scheme in self:
            weights = scheme._weights()
            if min(weights.values()) < 0 or abs(sum(weights.values()) - 100) > 1e-6:
                raise ValidationError(
                    self.env._(
                        "The weights of %(company)s add up to %(total)g: %(weights)s. "
                        "They must add up to 100, and none may be negative.",
                        company=scheme.company_id.name,
                        total=sum(weights.values()),
                        weights=" + ".join(f"{each:g}" for each in weights.values()),
                    )
                )

    @api.constrains(*LIMIT_FIELDS)
    def _check_limits(self):
        for scheme in self:
            limits = [100, *(scheme[name] for name in LIMIT_FIELDS), 0]
            if limits != sorted(limits, reverse=True):
                raise ValidationError(
                    self.env._(
                        "The limits of the grades are A %(a)g, B %(b)g, C %(c)g. They "
                        "must go down from at most 100 to at least 0.",
                        a=scheme.limit_a,
                        b=scheme.limit_b,
                        c=scheme.limit_c,
                    )
                )

    @api.constrains(
        "period_days",
        "full_orders",
        "full_margin",
        "full_referrals",
        "worst_after_sales",
    )
    def _check_figures(self):
        for scheme in self:
            if not 1 <= scheme.period_days <= 3660:
                raise ValidationError(
                    self.env._(
                        "The period is %s days. Choose 1 day to ten years (3660).",
                        scheme.period_days,
                    )
                )
            if min(scheme.full_orders, scheme.full_margin) < 0:
                raise ValidationError(
                    self.env._(
                        "What earns full points cannot be negative: orders "
                        "%(orders)g, margin %(margin)s. Enter 0 to let the best tenth "
                        "of the customers set it.",
                        orders=scheme.full_orders,
                        margin=format_amount(
                            self.env, scheme.full_margin, scheme.currency_id
                        ),
                    )
                )
            if scheme.full_referrals <= 0 or not 0 < scheme.worst_after_sales <= 100:
                raise ValidationError(
                    self.env._(
                        "Referrals for full points (%(referrals)g) must be above 0, "
                        "trouble for no points (%(trouble)g %%) above 0 and at most "
                        "100.",
                        referrals=scheme.full_referrals,
                        trouble=scheme.worst_after_sales,
                    )
                )

    # === BUSINESS === #

    def _weights(self):
        """Return ``{component: points}``."""
        self.ensure_one()
        return {name: self[f"weight_{name}"] for name in COMPONENTS}

    @api.model
    @ormcache("company_id")
    def _id_for(self, company_id):
        """Return the id of a company's scheme, or False; costs nothing when known."""
        return self.sudo().search([("company_id", "=", company_id)], limit=1).id

    @api.model
    @ormcache("company_id")
    def _no_history(self, company_id):
        """Return the grade of a company's customers without orders, or False."""
        return self.sudo().browse(self._id_for(company_id)).no_history_grade

    def action_grade_now(self):
        """Grade the customers at once instead of next Monday.

        :raise AccessError: for users who may not change the scheme
        """
        self.check_access("write")
        for scheme in self:
            self.env["order.hub.grade"].sudo()._grade(scheme)
        return self.env["ir.actions.actions"]._for_xml_id(
            "order_hub.order_hub_grade_action"
        )

    @api.model
    def _cron_grade(self):
        """Grade the customers of every company, one commit a company."""
        # pylint: disable-next=no-search-all
        schemes = self.search([], order="id")
        self.env["ir.cron"]._commit_progress(remaining=len(schemes))
        for scheme in schemes:
            self.env["order.hub.grade"]._grade(scheme)
            if not self.env["ir.cron"]._commit_progress(1):
                break

    @api.model
    def _schedule_weekly(self):
        """Let the weekly job run on Mondays at 3 in the company's time zone."""
        zone = pytz.timezone(self.env.company.resource_calendar_id.tz or "UTC")
        today = datetime.now(zone).date()
        monday = today + timedelta(days=1) + relativedelta(weekday=MO)
        local = zone.localize(datetime.combine(monday, time(3)))
        cron = self.env.ref("order_hub.ir_cron_grade")
        cron.nextcall = local.astimezone(pytz.utc).replace(tzinfo=None)
