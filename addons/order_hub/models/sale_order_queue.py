from functools import reduce

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..const import GRADES
from ..engine import queue as engine
from .order_hub_queue import QUEUE_MILESTONES
from .sale_order import INSIDE

#: Changes of confirmed orders that move them in the queue.
QUEUE_FIELDS = frozenset({"hub_order_type_id", "hub_is_type_manual"})


class SaleOrder(models.Model):
    """The order in the queue: its score, its place, and why."""

    _inherit = "sale.order"

    hub_queue_score = fields.Float(
        "Queue Score", copy=False, readonly=True, aggregator=None, groups=INSIDE
    )
    hub_queue_date = fields.Datetime(
        "In the Queue Since", copy=False, readonly=True, groups=INSIDE
    )
    hub_queue_jump_date = fields.Date(
        "Queue-jump On",
        copy=False,
        readonly=True,
        help="Rush order of a customer graded A: it went to the front on that day.",
        groups=INSIDE,
    )
    hub_is_queue_jump = fields.Boolean(
        "Green Queue-jump",
        compute="_compute_hub_is_queue_jump",
        search="_search_hub_is_queue_jump",
        groups=INSIDE,
    )
    hub_is_rush = fields.Boolean(
        "Rush", related="hub_order_type_id.is_rush", groups=INSIDE
    )
    hub_customer_grade = fields.Selection(
        GRADES,
        "Grade",
        compute="_compute_hub_customer_grade",
        search="_search_hub_customer_grade",
        groups=INSIDE,
    )
    hub_queue_position = fields.Integer(
        "Position",
        compute="_compute_hub_queue_position",
        aggregator=None,
        help="In the queue of the company; empty before the order is confirmed.",
        groups=INSIDE,
    )
    hub_queue_mark = fields.Selection(
        [("waited", "Longest wait"), ("green", "Queue-jump"), ("rush", "Rush")],
        "Mark",
        compute="_compute_hub_queue_mark",
        help="Why an order is ahead: it waited longest, it may jump the queue (rush "
        "order of a customer graded A), or it is a rush order.",
        groups=INSIDE,
    )
    hub_queue_text = fields.Char(
        "Place and Why", compute="_compute_hub_queue_text", groups=INSIDE
    )
    hub_waits_for = fields.Char(
        "Waits For", compute="_compute_hub_waits_for", compute_sudo=True, groups=INSIDE
    )

    @api.model
    def _hub_protected_fields(self):
        return super()._hub_protected_fields() | {
            "hub_queue_score",
            "hub_queue_date",
            "hub_queue_jump_date",
        }

    # === COMPUTE === #

    @api.depends("hub_queue_jump_date", "hub_order_type_id.is_rush")
    def _compute_hub_is_queue_jump(self):
        for order in self:
            order.hub_is_queue_jump = bool(
                order.hub_queue_jump_date and order.hub_order_type_id.is_rush
            )

    @api.model
    def _search_hub_is_queue_jump(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("hub_queue_jump_date", "!=", False) & Domain(
            "hub_order_type_id.is_rush", "=", True
        )

    @api.depends("partner_id.commercial_partner_id", "company_id")
    def _compute_hub_customer_grade(self):
        for company, orders in self.grouped("company_id").items():
            found = self.env["order.hub.grade"]._grades(orders.partner_id.ids, company)
            for order in orders:
                order.hub_customer_grade = found.get(order.partner_id.id, False)

    @api.model
    def _search_hub_customer_grade(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain.OR(
            Domain("company_id", "=", company.id)
            & self._hub_grade_domain(company, set(value))
            for company in self.env.companies
        )

    @api.model
    def _hub_grade_domain(self, company, grades):
        """Return the domain of orders of a company whose customer has a grade."""
        Grade = self.env["order.hub.grade"]
        no_history = self.env["order.hub.grade.scheme"]._no_history(company.id)
        if not no_history:
            return Domain.TRUE if False in grades else Domain.FALSE
        of_company = Domain("company_id", "=", company.id)
        payer = "partner_id.commercial_partner_id"
        named = Grade._search(of_company & Domain("grade", "in", list(grades)))
        found = Domain(payer, "in", named.subselect("partner_id"))
        if no_history in grades:
            graded = Grade._search(of_company).subselect("partner_id")
            found |= Domain(payer, "not in", graded)
        return found

    @api.depends("hub_queue_score")
    def _compute_hub_queue_position(self):
        for company, orders in self.grouped("company_id").items():
            scheme = self.env["order.hub.queue"]._scheme(company)
            places = self.env["order.hub.queue"]._places(company) if scheme else {}
            for order in orders:
                order.hub_queue_position = places.get(order.id, 0)

    @api.depends("hub_queue_score", "hub_order_type_id.is_rush")
    def _compute_hub_queue_mark(self):
        for order in self:
            rush = order.hub_order_type_id.is_rush and "rush"
            order.hub_queue_mark = order._hub_lane() or rush

    @api.depends("hub_queue_score")
    @api.depends_context("lang")
    def _compute_hub_queue_text(self):
        found = self.sudo()._hub_queue_components(fields.Datetime.now())
        for order in self:
            components = found.get(order.id)
            order.hub_queue_text = components and order._hub_queue_words(components)

    @api.depends("hub_hold_text", "hub_stage_id", "state")
    @api.depends_context("lang")
    def _compute_hub_waits_for(self):
        confirmed = self.filtered(lambda order: order.state == "sale")
        moves = confirmed._hub_open_moves()
        made = confirmed._hub_open_productions()
        for order in self:
            order.hub_waits_for = order._hub_waits_for(
                *moves.get(order.id, (0, 0)), made.get(order.id, 0)
            )

    def _hub_waits_for(self, lines, short, productions):
        """Return in words what comes next for one order.

        :param lines: deliveries of lines not done
        :param short: those of them without all their stock
        :param productions: manufacturing orders not done
        """
        self.ensure_one()
        if self.hub_hold_text:
            return self.hub_hold_text
        if self.state in ("draft", "sent"):
            return self.env._("Confirmation")
        if productions:
            return self.env._("Manufacturing (%s open)", productions)
        if short:
            return self.env._(
                "Stock for %(short)s of %(lines)s lines", short=short, lines=lines
            )
        return self.env._("Picking") if lines else self.hub_next_stage_id.name or ""

    def _hub_open_moves(self):
        """Return ``{order id: (lines to deliver, lines short of stock)}``."""
        if not self.ids:
            return {}
        rows = self.env.execute_query(
            SQL(
                """SELECT line.order_id, count(DISTINCT line.id),
                          count(DISTINCT line.id)
                              FILTER (WHERE move.state <> 'assigned')
                     FROM stock_move move
                     JOIN sale_order_line line ON line.id = move.sale_line_id
                    WHERE line.order_id = ANY(%s)
                      AND move.state NOT IN ('done', 'cancel')
                 GROUP BY 1""",
                self.ids,
                to_flush=self.env["stock.move"]._fields["state"],
            )
        )
        return {order_id: (lines, short) for order_id, lines, short in rows}

    def _hub_open_productions(self):
        """Return ``{order id: manufacturing orders that are not done}``."""
        if not self.ids:
            return {}
        rows = self.env.execute_query(
            SQL(
                """SELECT sale.sale_id, count(DISTINCT production.id)
                     FROM stock_reference_sale_rel sale
                     JOIN stock_reference_production_rel link
                          ON link.reference_id = sale.reference_id
                     JOIN mrp_production production
                          ON production.id = link.production_id
                    WHERE sale.sale_id = ANY(%s)
                      AND production.state NOT IN ('done', 'cancel')
                 GROUP BY 1""",
                self.ids,
                to_flush=self.env["mrp.production"]._fields["state"],
            )
        )
        return dict(rows)

    # === EXPLAINED === #

    def hub_queue_explained(self):
        """Say where an order stands in the queue and what put it there.

        :return: dict: position, score, lane (waited, green or empty), text, and
            components: list of dicts with name, label, figure, points, weight,
            share (%); components are empty where the order is in no queue
        """
        self.ensure_one()
        self._hub_check_inside()
        self.check_access("read")
        components = self.sudo()._hub_queue_components(fields.Datetime.now())
        return {
            "position": self.hub_queue_position,
            "score": self.hub_queue_score,
            "lane": self._hub_lane(),
            "text": self.hub_queue_text or "",
            "components": components.get(self.id, []),
        }

    def _hub_lane(self):
        self.ensure_one()
        if self.hub_queue_score >= engine.WAITED_LANE:
            return "waited"
        return "green" if self.hub_queue_score >= engine.GREEN_LANE else ""

    def _hub_queue_components(self, now):
        """Return ``{order id: [component, …]}`` of orders in the queue."""
        figures = self.env["order.hub.queue"].sudo()._figures(self)
        found = {}
        for order in self.filtered(lambda each: each.id in figures):
            scheme = self.env["order.hub.queue"]._scheme(order.company_id)._to_engine()
            known = figures[order.id]
            earned = engine.points(known, scheme, now)
            found[order.id] = [
                {
                    "name": name,
                    "label": self._hub_queue_labels()[name],
                    "figure": self._hub_queue_figure(name, known, scheme, now),
                    "points": points,
                    "weight": weight,
                    "share": round(100 * points / weight) if weight else 0,
                }
                for name, (points, weight) in earned.items()
            ]
        return found

    @api.model
    def _hub_queue_labels(self):
        return {
            "grade": self.env._("Grade"),
            "promise": self.env._("Time left"),
            "rush": self.env._("Rush"),
            "margin": self.env._("Margin"),
            "priority": self.env._("Priority"),
            "waiting": self.env._("Waiting"),
        }

    @api.model
    def _hub_queue_figure(self, name, figures, scheme, now):
        """Return the figure behind a component in a few words."""
        if name == "grade":
            grade = dict(GRADES).get(figures.grade)
            return self.env._("grade %s", grade) if grade else self.env._("no grade")
        if name == "promise":
            return self._hub_time_left(figures.promised, now)
        if name == "rush":
            return self.env._("rush") if figures.rush else self.env._("no rush")
        if name == "margin":
            if figures.margin is None:
                return self.env._("margin not known")
            return self.env._("margin %d %%", round(100 * figures.margin))
        if name == "priority":
            label = self.env["order.hub.decision"]._label_of(
                "sale.order.hub_priority", figures.priority or "0"
            )
            return self.env._("priority %s", label)
        waited = engine.waited(figures, scheme, now)
        return self.env._("waiting %s", self._hub_span(waited))

    @api.model
    def _hub_time_left(self, promised, now):
        if not promised:
            return self.env._("nothing promised")
        left = engine.hours(promised, now)
        if left < 0:
            return self.env._("%s late", self._hub_span(-left))
        return self.env._("%s left", self._hub_span(left))

    @api.model
    def _hub_span(self, hours):
        """Return a span of time in words: hours up to two days, then days."""
        if hours < 48:
            return self.env._("%.1f h", hours)
        return self.env._("%.1f days", hours / 24)

    def _hub_queue_words(self, components):
        """Return the one line of the order form."""
        self.ensure_one()
        parts = [
            self.env._(
                "%(figure)s %(points).1f", figure=each["figure"], points=each["points"]
            )
            for each in components
            if each["points"] >= 0.05
        ]
        figures = reduce(
            lambda one, other: self.env._("%(one)s, %(other)s", one=one, other=other),
            parts or [""],
        )
        return " ".join(filter(None, (self._hub_queue_begins(), figures)))

    def _hub_queue_begins(self):
        lane, place = self._hub_lane(), self.hub_queue_position
        if not place:
            return self.env._("Not in the queue before it is confirmed:")
        if lane == "waited":
            return self.env._("Place %s, in front after the longest wait:", place)
        if lane == "green":
            return self.env._("Place %s, green queue-jump:", place)
        return self.env._("Place %s in the queue:", place)

    # === MOVED IN THE QUEUE === #

    def _hub_after_routing(self, fresh):
        result = super()._hub_after_routing(fresh)
        self._hub_requeue()
        return result

    def _hub_content_changed(self):
        result = super()._hub_content_changed()
        self.filtered(lambda order: order.state == "sale")._hub_requeue()
        return result

    def _hub_confirming(self):
        result = super()._hub_confirming()
        self._hub_requeue(joining=True)
        return result

    def _hub_confirmed(self):
        result = super()._hub_confirmed()
        for company, orders in self._hub_queued().items():
            self.env["order.hub.queue"].sudo()._mark_pickings(company, orders)
        return result

    def write(self, vals):
        result = super().write(vals)
        if QUEUE_FIELDS.intersection(vals):
            self.sudo().filtered(lambda order: order.state == "sale")._hub_requeue()
        return result

    def _hub_queued(self):
        """Return the orders by company, companies without a queue left out."""
        Scheme = self.env["order.hub.queue.scheme"]
        if not Scheme._is_in_use():
            return {}
        return {
            company: orders
            for company, orders in self.grouped("company_id").items()
            if Scheme._id_for(company.id)
        }

    def _hub_requeue(self, joining=False):
        """Score the orders again and star what became urgent; batch, sudo."""
        Queue = self.env["order.hub.queue"].sudo()
        for company, orders in self._hub_queued().items():
            waiting = orders.filtered(
                lambda order: joining or order.state == "sale"
            )._hub_urgent()
            Queue._give_jumps(company, waiting.filtered("hub_is_open"))
            Queue._rescore(company, orders, joining=joining)
            if not joining:
                waiting._hub_star()

    def _hub_urgent(self):
        """Return the orders whose documents get a star (sudo)."""
        Scheme = self.env["order.hub.queue.scheme"]
        return self.sudo().filtered(
            lambda order: (
                order.hub_order_type_id.is_rush
                and order.hub_milestone in QUEUE_MILESTONES
                and Scheme._id_for(order.company_id.id)
            )
        )

    def _hub_star(self):
        """Star open transfers and manufacturing orders of urgent orders."""
        if not self:
            return
        wanted = Domain("state", "not in", ("done", "cancel")) & Domain(
            "priority", "=", "0"
        )
        paths = {
            "stock.picking": "move_ids.reference_ids.sale_ids",
            "mrp.production": "reference_ids.sale_ids",
        }
        for model, path in paths.items():
            found = self.env[model].sudo().search(wanted & Domain(path, "in", self.ids))
            found.write({"priority": "1"})
