from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache

from ..engine import queue as queue_engine

POINT_FIELDS = ("grade", "promise", "rush", "margin", "priority")


class OrderHubQueueScheme(models.Model):
    """How a company orders its queue: points, ageing, and who may jump it."""

    _name = "order.hub.queue.scheme"
    _inherit = ["order.hub.plan"]
    _description = "Priority Queue"
    _order = "company_id, id"
    _rec_name = "company_id"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
    )
    active = fields.Boolean(default=True)
    points_grade = fields.Float(
        "Grade", default=30, help="Full for A, 60 % for B, 30 % for C, none for D."
    )
    points_promise = fields.Float(
        "Time Left",
        default=40,
        help="Full when the promise is due or over, none at the horizon and before.",
    )
    points_rush = fields.Float("Rush", default=20, help="For rush order types.")
    points_margin = fields.Float(
        "Margin", default=10, help="Full from the margin beside; today's cost counts."
    )
    points_priority = fields.Float(
        "Priority", default=20, help="Full for urgent, half for high orders."
    )
    ageing = fields.Float(
        "Waiting, a Day", default=2, help="Points for every day an order has waited."
    )
    horizon_hours = fields.Float(
        "Horizon (h)",
        default=240,
        help="Hours before its promise from which an order earns points for the time "
        "left, and waits. An order for next quarter does not wait yet.",
    )
    full_margin = fields.Float("Margin for Full Points (%)", default=40)
    limit_days = fields.Float(
        "Longest Wait (days)",
        default=14,
        help="An order that has waited so long goes in front of all that came later, "
        "whoever they are from.",
    )
    is_jump_on = fields.Boolean(
        "Green Queue-jump",
        default=True,
        help="Rush orders of customers graded A go to the front.",
    )
    jumps_a_day = fields.Integer(
        "Jumps a Day and Customer",
        default=2,
        help="Further rush orders of that day queue as others do.",
    )

    _company_uniq = models.UniqueIndex(
        "(company_id) WHERE active", "This company has its queue already."
    )

    @api.constrains(
        lambda self: [
            *(f"points_{name}" for name in POINT_FIELDS),
            "ageing",
            "horizon_hours",
            "full_margin",
            "limit_days",
            "jumps_a_day",
        ]
    )
    def _check_figures(self):
        for scheme in self:
            self._check_points(scheme)
            above_zero = (scheme.ageing, scheme.horizon_hours, scheme.limit_days)
            if min(above_zero) <= 0 or not 0 < scheme.full_margin <= 100:
                raise ValidationError(
                    self.env._(
                        "In the queue of %s the points for waiting, the horizon and "
                        "the longest wait must be above 0, or orders would starve; "
                        "the margin for full points is above 0 and at most 100 %%.",
                        scheme.company_id.name,
                    )
                )
            if max(above_zero) > 10_000 or not 0 <= scheme.jumps_a_day <= 1000:
                raise ValidationError(
                    self.env._(
                        "In the queue of %s the points for waiting, the horizon and "
                        "the longest wait are at most 10,000, the jumps a day 0 to "
                        "1,000.",
                        scheme.company_id.name,
                    )
                )

    def _check_points(self, scheme):
        points = [scheme[f"points_{name}"] for name in POINT_FIELDS]
        if min(points) < 0 or max(points) > 1000 or not any(points):
            raise ValidationError(
                self.env._(
                    "The points of the queue of %(company)s are %(points)s. Each must "
                    "be from 0 to 1000, and one of them above 0.",
                    company=scheme.company_id.name,
                    points=" + ".join(f"{each:g}" for each in points),
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        schemes = super().create(vals_list)
        schemes._rescore_companies()
        schemes._mark_urgent()
        return schemes

    def write(self, vals):
        result = super().write(vals)
        self._rescore_companies()
        return result

    def _rescore_companies(self):
        """Let a changed scheme be seen at once."""
        for scheme in self.filtered("active"):
            self.env["order.hub.queue"].sudo()._rescore(scheme.company_id)

    def _mark_urgent(self):
        """Let rush orders that are under way already jump and have their stars."""
        orders = self.env["sale.order"].sudo()
        orders.search(
            [
                ("company_id", "in", self.filtered("active").company_id.ids),
                ("hub_is_open", "=", True),
                ("state", "=", "sale"),
                ("hub_order_type_id.is_rush", "=", True),
            ],
            order="date_order, id",
        )._hub_requeue()

    # === BUSINESS === #

    @api.model
    @ormcache("company_id")
    def _id_for(self, company_id):
        """Return the id of a company's scheme, or False; costs nothing when known."""
        return self.sudo().search([("company_id", "=", company_id)], limit=1).id

    @api.model
    @ormcache()
    def _is_in_use(self):
        """Return whether any company has a queue; costs nothing when known."""
        return bool(self.sudo().search_count([], limit=1))

    def _to_engine(self):
        """Return the scheme as ``engine.queue`` knows it."""
        self.ensure_one()
        return queue_engine.Scheme(
            **{name: self[f"points_{name}"] for name in POINT_FIELDS},
            ageing=self.ageing,
            horizon=self.horizon_hours,
            full_margin=self.full_margin / 100,
            limit=self.limit_days,
        )

    @api.model
    def _cron_rescore(self):
        """Score the queue of every company again, one commit a company."""
        # pylint: disable-next=no-search-all
        companies = self.search([], order="id").company_id
        self.env["ir.cron"]._commit_progress(remaining=len(companies))
        for company in companies:
            self.env["order.hub.queue"]._rescore(company, skip_locked=True)
            if not self.env["ir.cron"]._commit_progress(1):
                break
