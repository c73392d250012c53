from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_amount

from ..const import GRADES
from ..engine.grade import COMPONENTS


class OrderHubGrade(models.Model):
    """The grade of a customer (a commercial entity) in one company, and why.

    Computed by :meth:`_grade` in one statement for all customers of a company, and
    by nothing else. What each component earned is stored with the figure it was
    earned on, so that the row explains itself after the scheme was changed.
    ``engine.grade`` has the formula.
    """

    _name = "order.hub.grade"
    _description = "Customer Grade"
    _order = "score desc nulls last, id"
    _rec_name = "partner_id"
    _log_access = False

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    grade = fields.Selection(GRADES, required=True, readonly=True)
    score = fields.Float(
        readonly=True, digits=(5, 2), help="0 to 100: what the components earned."
    )
    previous_grade = fields.Selection(GRADES, "Grade Before", readonly=True)
    changed_on = fields.Datetime("Grade Changed On", readonly=True)
    computed_on = fields.Datetime("Graded On", readonly=True)
    date_from = fields.Date("From", readonly=True)
    date_to = fields.Date("To", readonly=True)

    order_count = fields.Integer("Orders", readonly=True)
    margin = fields.Monetary("Margin Earned", readonly=True)
    due_count = fields.Integer("Invoices Due", readonly=True)
    on_time_count = fields.Integer("Paid on Time", readonly=True)
    trouble_count = fields.Integer("Orders with Trouble", readonly=True)
    referral_count = fields.Integer("Customers Referred", readonly=True)
    full_orders = fields.Float("Orders for Full Points", readonly=True)
    full_margin = fields.Monetary("Margin for Full Points", readonly=True)
    full_referrals = fields.Float("Referrals for Full Points", readonly=True)
    worst_after_sales = fields.Float("Trouble for No Points (%)", readonly=True)

    frequency_points = fields.Float("Frequency", readonly=True)
    frequency_weight = fields.Float("Frequency Points at Most", readonly=True)
    margin_points = fields.Float("Margin", readonly=True)
    margin_weight = fields.Float("Margin Points at Most", readonly=True)
    on_time_points = fields.Float("On-time Points", readonly=True)
    on_time_weight = fields.Float("On-time Points at Most", readonly=True)
    after_sales_points = fields.Float("After-sales", readonly=True)
    after_sales_weight = fields.Float("After-sales Points at Most", readonly=True)
    referrals_points = fields.Float("Referrals", readonly=True)
    referrals_weight = fields.Float("Referral Points at Most", readonly=True)

    jump_date = fields.Date("Queue-jumps Of", readonly=True)
    jump_count = fields.Integer("Queue-jumps", readonly=True)
    explanation = fields.Html(compute="_compute_explanation", sanitize=False)
    summary = fields.Char("In Short", compute="_compute_summary")
    history_ids = fields.Many2many(
        "order.hub.grade.history", "Changes", compute="_compute_history_ids"
    )

    _partner_company_uniq = models.UniqueIndex(
        "(partner_id, company_id)", "A customer has one grade in a company."
    )
    _company_grade_idx = models.Index("(company_id, grade, partner_id)")

    # === COMPUTE === #

    @api.depends("partner_id", "grade")
    def _compute_display_name(self):
        labels = dict(GRADES)
        for row in self:
            row.display_name = f"{row.partner_id.name}: {labels.get(row.grade, '–')}"

    @api.depends_context("lang")
    def _compute_summary(self):
        for row in self:
            parts = [
                f"{each['label']} {each['points']:.0f}/{each['weight']:.0f}"
                for each in row._components()
                if each["weight"]
            ]
            row.summary = " · ".join(parts) or self.env._("No order in the period.")

    @api.depends_context("lang")
    def _compute_explanation(self):
        for row in self:
            row.explanation = self.env["ir.qweb"]._render(
                "order_hub.order_hub_components", {"components": row._components()}
            )

    def _compute_history_ids(self):
        found = self.env["order.hub.grade.history"].search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
            ]
        )
        by_key = found.grouped(lambda each: (each.partner_id, each.company_id))
        for row in self:
            row.history_ids = by_key.get((row.partner_id, row.company_id), False)

    # === WORDS === #

    def _components(self):
        """Return the components of the score, each with the figure behind it.

        :return: list of dicts: name, label, figure (a sentence in the reader's
            language), points, weight (of how many), share (0 to 100)
        """
        self.ensure_one()
        found = []
        for name in COMPONENTS:
            points, weight = self[f"{name}_points"], self[f"{name}_weight"]
            found.append(
                {
                    "name": name,
                    "label": self._component_labels()[name],
                    "figure": getattr(self, f"_figure_{name}")(),
                    "points": points,
                    "weight": weight,
                    "share": round(100 * points / weight) if weight else 0,
                }
            )
        return found

    def _component_labels(self):
        return {
            "frequency": self.env._("Frequency"),
            "margin": self.env._("Margin"),
            "on_time": self.env._("Paid on time"),
            "after_sales": self.env._("After-sales"),
            "referrals": self.env._("Referrals"),
        }

    def _figure_frequency(self):
        if not self.frequency_weight:
            return self.env._("%s orders in the period.", self.order_count)
        return self.env._(
            "%(orders)s orders in the period; full points from %(full)g.",
            orders=self.order_count,
            full=round(self.full_orders, 1),
        )

    def _figure_margin(self):
        if not self.margin_weight:
            return self.env._("Not counted: no product sold has a cost.")
        return self.env._(
            "%(margin)s earned; full points from %(full)s.",
            margin=format_amount(self.env, self.margin, self.currency_id),
            full=format_amount(self.env, self.full_margin, self.currency_id),
        )

    def _figure_on_time(self):
        if not self.on_time_weight:
            return self.env._("Not counted: no invoice fell due in the period.")
        return self.env._(
            "%(paid)s of %(due)s invoices paid by their due date.",
            paid=self.on_time_count,
            due=self.due_count,
        )

    def _figure_after_sales(self):
        return self.env._(
            "%(trouble)s of %(orders)s orders with a return, a credit note or a "
            "complaint; no points from %(worst)g %%.",
            trouble=self.trouble_count,
            orders=self.order_count,
            worst=self.worst_after_sales,
        )

    def _figure_referrals(self):
        return self.env._(
            "%(referrals)s customers who ordered name this one as their referrer; "
            "full points from %(full)g.",
            referrals=self.referral_count,
            full=self.full_referrals,
        )

    # === READ === #

    @api.model
    def _grades(self, partner_ids, company):
        """Return the grades of some customers, one query.

        :param partner_ids: ids of partners; contacts have their company's grade
        :param company: ``res.company`` whose grades are asked for
        :return: ``{partner id: 'a' | 'b' | 'c' | 'd'}``; empty, without a query,
            where the company grades nobody
        """
        no_history = self.env["order.hub.grade.scheme"]._no_history(company.id)
        wanted = {id_ for id_ in partner_ids if id_}
        if not no_history or not wanted:
            return {}
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        rows = self.env.execute_query(
            SQL(
                """SELECT partner.id, graded.grade
                     FROM res_partner partner
                LEFT JOIN order_hub_grade graded
                          ON graded.partner_id = partner.commercial_partner_id
                         AND graded.company_id = %s
                    WHERE partner.id = ANY(%s)""",
                company.id,
                list(wanted),
            )
        )
        return {partner_id: found or no_history for partner_id, found in rows}

    def action_open_partner(self):
        self.ensure_one()
        return self.partner_id.get_formview_action()

    # === NOBODY WRITES === #

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        raise UserError(self._computed_message())

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self._computed_message())

    def _computed_message(self):
        return self.env._(
            "Grades follow from orders, invoices and returns; nobody writes them. "
            "Change the weights or the limits of the grading and grade again."
        )
