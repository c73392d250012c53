from odoo import fields, models
from odoo.tools import SQL

#: Days within which the same card again means that the problem has come back.
DAYS_AGAIN = 30


class OrderHubDispositionReport(models.Model):
    """How long problems took to solve, and which came back, one row an exception."""

    _name = "order.hub.disposition.report"
    _description = "Time to Solve and Recurrence"
    _auto = False
    _order = "opened desc, id desc"
    _rec_name = "exception_id"

    exception_id = fields.Many2one("order.hub.exception", readonly=True)
    order_id = fields.Many2one("sale.order", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    kind_id = fields.Many2one("order.hub.exception.kind", readonly=True)
    disposition_id = fields.Many2one(
        "order.hub.disposition", "Disposition Card", readonly=True
    )
    owner_id = fields.Many2one("res.users", readonly=True)
    solved_by_id = fields.Many2one("res.users", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    order_type_id = fields.Many2one("order.hub.order.type", readonly=True)
    stage_id = fields.Many2one("order.hub.stage", readonly=True)
    state = fields.Selection(
        [("open", "Open"), ("solved", "Solved"), ("dropped", "Dropped")], readonly=True
    )
    is_automatic = fields.Boolean("Opened by the Hub", readonly=True)
    opened = fields.Datetime(readonly=True)
    solved = fields.Datetime(readonly=True)
    hours = fields.Float(
        "Hours to Solve",
        readonly=True,
        aggregator="avg",
        help="From opening to solving, by the clock; nothing while it is not solved.",
    )
    is_late = fields.Boolean("Solved Late", readonly=True)
    came_back = fields.Boolean(
        readonly=True,
        help="A problem with the same card was solved within 30 days before this one "
        "was opened.",
    )
    recurrences = fields.Integer("Came Back (Times)", readonly=True, aggregator="sum")
    days_since = fields.Float(
        "Days since It Was Solved",
        readonly=True,
        aggregator="avg",
        help="Days from the last time it was solved with the same card to its return.",
    )

    @property
    def _table_query(self):
        """Return one row an exception; the last solved one before it is looked up."""
        return SQL(
            """
            SELECT hold.id, hold.id AS exception_id, hold.order_id, hold.company_id,
                hold.kind_id, hold.disposition_id, hold.owner_id, hold.solved_by_id,
                sale.partner_id, sale.hub_order_type_id AS order_type_id,
                hold.stage_id, hold.state, hold.is_automatic,
                hold.create_date AS opened, hold.solved_date AS solved,
                CASE WHEN hold.state = 'solved' THEN EXTRACT(
                    EPOCH FROM hold.solved_date - hold.create_date) / 3600 END AS hours,
                COALESCE(
                    hold.state = 'solved' AND hold.solved_date > hold.deadline, FALSE
                ) AS is_late,
                COALESCE(%(again)s, FALSE) AS came_back,
                CASE WHEN %(again)s THEN 1 ELSE 0 END AS recurrences,
                CASE WHEN %(again)s THEN EXTRACT(
                    EPOCH FROM hold.create_date - before.solved_date) / 86400
                END AS days_since
            FROM order_hub_exception AS hold
            JOIN sale_order AS sale ON sale.id = hold.order_id
            LEFT JOIN LATERAL (
                SELECT max(other.solved_date) AS solved_date
                FROM order_hub_exception AS other
                WHERE other.disposition_id = hold.disposition_id
                    AND other.company_id = hold.company_id
                    AND other.state = 'solved' AND other.id != hold.id
                    AND other.solved_date <= hold.create_date
            ) AS before ON TRUE
            """,
            again=SQL(
                "before.solved_date >= hold.create_date - %s * interval '1 day'",
                DAYS_AGAIN,
            ),
        )
