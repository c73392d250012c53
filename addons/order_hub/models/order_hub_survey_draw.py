from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .order_hub_survey_round import MAX_AGE_DAYS

STATES = [
    ("drawn", "To Ask"),
    ("asked", "Asked"),
    ("answered", "Answered"),
    ("expired", "No Answer"),
    ("skipped", "Replaced"),
]
#: Why an order that was drawn is not asked about; the next one takes its place.
OBSTACLES = [
    ("optout", "Does not want to be asked"),
    ("no_address", "No e-mail address"),
    ("resting", "Was asked lately"),
    ("own", "One of our own companies"),
]
NPS_GROUPS = [
    ("promoter", "Promoter"),
    ("passive", "Passive"),
    ("detractor", "Detractor"),
]


class OrderHubSurveyDraw(models.Model):
    """A finished order that was drawn, its invitation and what came back.

    Rows come from the draw alone and are changed by the hub alone: nobody has the
    right to. ``order_hub_survey_draw_ask`` invites and reminds,
    ``order_hub_survey_draw_answer`` takes what customers answer.
    """

    _name = "order.hub.survey.draw"
    _description = "Surveyed Order"
    _order = "finished_at desc, id desc"
    _rec_name = "order_id"
    _check_company_auto = True

    round_id = fields.Many2one(
        "order.hub.survey.round",
        "Month",
        required=True,
        ondelete="restrict",
        index=True,
    )
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    order_id = fields.Many2one(
        "sale.order", required=True, index=True, ondelete="restrict", check_company=True
    )
    partner_id = fields.Many2one("res.partner", "Contact", ondelete="restrict")
    team_id = fields.Many2one("crm.team", "Sales Team", ondelete="set null")
    categ_id = fields.Many2one(
        "product.category",
        "Product Line",
        ondelete="set null",
        help="The category of the products that make up most of the order.",
    )
    finished_at = fields.Datetime("Goods Arrived")
    drawn_on = fields.Date(help="The last day whose orders took part in this draw.")
    share = fields.Float(
        digits=(16, 6),
        aggregator=None,
        help="The number from 0 to 1 that decided: smallest first.",
    )
    state = fields.Selection(STATES, required=True, default="drawn")
    obstacle = fields.Selection(OBSTACLES, "Why Not Asked")
    input_id = fields.Many2one(
        "survey.user_input", "Answer Sheet", ondelete="set null", copy=False
    )
    sent_at = fields.Datetime("Asked On")
    reminded_at = fields.Datetime("Reminded On")
    deadline = fields.Datetime("Answer Until")

    _order_uniq = models.UniqueIndex("(order_id)", "This order was drawn already.")
    _input_uniq = models.UniqueIndex(
        "(input_id) WHERE input_id IS NOT NULL", "This sheet belongs to another order."
    )
    _waiting_idx = models.Index(
        "(company_id, state, sent_at) WHERE state IN ('drawn', 'asked')"
    )
    _contact_idx = models.Index("(company_id, partner_id, drawn_on)")

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("What was drawn is kept: the draw can be checked by it.")
        )

    # === DRAWN === #

    @api.model
    def _keep(self, month, drawn, moments):
        """Store what was drawn.

        :param month: the ``order.hub.survey.round``
        :param drawn: list of ``sampling.Drawn``
        :param moments: ``{order id: when its goods arrived}``, naive UTC
        """
        orders = self.env["sale.order"].browse(row.order for row in drawn)
        lines = self._product_lines(orders)
        return self.create(
            [
                {
                    "round_id": month.id,
                    "company_id": month.company_id.id,
                    "order_id": order.id,
                    "partner_id": row.contact,
                    "team_id": order.team_id.id,
                    "categ_id": lines.get(order.id),
                    "finished_at": moments[order.id],
                    "drawn_on": row.day,
                    "share": row.share,
                    "state": "skipped" if row.obstacle else "drawn",
                    "obstacle": row.obstacle or False,
                }
                for row, order in zip(drawn, orders, strict=True)
            ]
        )

    def _product_lines(self, orders):
        """Return ``{order id: category id}`` of what makes up most of each order."""
        if not orders:
            return {}
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (line.order_id)
                          line.order_id, template.categ_id
                     FROM sale_order_line line
                     JOIN product_product product ON product.id = line.product_id
                     JOIN product_template template
                          ON template.id = product.product_tmpl_id
                    WHERE line.order_id IN %s AND template.categ_id IS NOT NULL
                 GROUP BY line.order_id, template.categ_id
                 ORDER BY line.order_id, sum(line.price_subtotal) DESC,
                          template.categ_id""",
                orders._ids,
            )
        )
        return dict(rows)

    # === WHAT IS DUE === #

    @api.model
    def _due(self, scheme, now, what):
        """Return the rows of a company that something is to be done with.

        :param what: ``ask``, ``remind`` or ``give_up``
        :param datetime now: naive UTC
        """
        due = {
            "ask": self._domain_to_ask,
            "remind": self._domain_to_remind,
            "give_up": self._domain_to_give_up,
        }
        own = Domain("company_id", "=", scheme.company_id.id)
        return self.search(own & due[what](scheme, now), order="id")

    def _domain_to_ask(self, scheme, now):
        """Drawn, while customers remember; nobody while the survey is closed."""
        if not scheme.survey_id.active:
            return Domain.FALSE
        oldest = now - timedelta(days=MAX_AGE_DAYS)
        return Domain("state", "=", "drawn") & Domain("finished_at", ">=", oldest)

    def _domain_to_remind(self, scheme, now):
        """Asked some days ago, neither answered nor reminded."""
        if not scheme.reminder_days:
            return Domain.FALSE
        since = now - timedelta(days=scheme.reminder_days)
        return (
            Domain("state", "=", "asked")
            & Domain("reminded_at", "=", False)
            & Domain("sent_at", "<=", since)
            & Domain("deadline", ">", now)
        )

    def _domain_to_give_up(self, scheme, now):
        """The last day to answer has passed, or it is too late to ask."""
        oldest = now - timedelta(days=MAX_AGE_DAYS)
        return (Domain("state", "=", "asked") & Domain("deadline", "<", now)) | (
            Domain("state", "=", "drawn") & Domain("finished_at", "<", oldest)
        )
