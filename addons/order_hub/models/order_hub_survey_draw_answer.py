from collections import defaultdict

import pytz

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine import notice as engine
from ..engine import nps
from .order_hub_survey_draw import NPS_GROUPS

#: How soon the customer was told, as the hub knows it or as the customer says.
NOTICES = [
    ("at_once", "At once"),
    ("same_day", "The same day"),
    ("later", "Later"),
    ("never", "Not at all"),
    ("nothing", "Nothing changed"),
]
VERDICTS = [
    ("agrees", "Both agree"),
    ("later", "Customer says later"),
    ("sooner", "Customer says sooner"),
    ("unnoticed", "Customer noticed no change"),
    ("unknown", "We know of no change"),
]
#: Kinds of problems that say a delay became known.
DELAY_KINDS = ("supplier_delay",)
#: Messages that reached somebody.
REACHED = ("sent", "pending")


class OrderHubSurveyDraw(models.Model):
    """What a customer answered, and beside it what really happened."""

    _inherit = "order.hub.survey.draw"

    answer_ids = fields.One2many("order.hub.survey.answer", "draw_id", "Answers")
    answered_at = fields.Datetime("Answered On")
    has_index = fields.Boolean(help="The answers have points that weigh anything.")
    experience_index = fields.Float("Index", aggregator="avg", digits=(16, 2))
    nps_group = fields.Selection(NPS_GROUPS, "Would Recommend")
    is_low = fields.Boolean("Low", help="One of the answers is low.")
    comment = fields.Text(help="What the customer wrote, in the customer's words.")
    notice_claim = fields.Selection(
        NOTICES, "Told of Changes: Customer", help="What the customer says."
    )
    notice_fact = fields.Selection(
        NOTICES,
        "Told of Changes: Hub",
        help="By the time of messages: of several delays the one told worst.",
    )
    known_at = fields.Datetime(
        "Delay Known",
        help="When that delay became known: promise moved, supplier late.",
    )
    told_at = fields.Datetime("Customer Told", help="The first message after that.")
    notice_hours = fields.Float("Hours until Told", aggregator="avg", digits=(16, 2))
    told_count = fields.Integer(
        "Messages", help="Messages to the customer until the goods arrived."
    )
    notice_verdict = fields.Selection(VERDICTS, "Compared")
    is_contradiction = fields.Boolean(
        "Contradiction",
        compute="_compute_is_contradiction",
        store=True,
        help="What the customer says and what the hub knows are far apart.",
    )

    @api.depends("notice_verdict")
    def _compute_is_contradiction(self):
        for draw in self:
            draw.is_contradiction = draw.notice_verdict not in (False, "agrees")

    # === TAKE ANSWERS === #

    @api.model
    def _take_answers(self, sheets):
        """Take the answers of sheets that were sent off; others are left alone.

        Only the first answer to an order counts.

        :param sheets: ``survey.user_input`` records
        """
        found = self.search(
            Domain("input_id", "in", sheets.ids)
            & Domain("state", "in", ("asked", "expired"))
        )
        notices = found._notices()
        for draw in found:
            draw._take(notices[draw.order_id.id])
        found._open_problems()

    def _take(self, facts):
        """Store the answers of one sheet.

        :param facts: pair of ``engine.notice.Notice`` and number of messages
        """
        self.ensure_one()
        scheme, weights = self.round_id.scheme_id, self.round_id.scheme_id._weights()
        lines = self.input_id.user_input_line_ids
        points = lines._hub_points()
        self.answer_ids.create(
            [
                {
                    "draw_id": self.id,
                    "question": role,
                    "has_points": value is not None,
                    "points": value,
                    "weight": weights[role],
                    "is_low": value is not None and value <= scheme.low_points,
                }
                for role, value in points.items()
            ]
        )
        index = nps.index(points, weights)
        self.write(
            {
                "state": "answered",
                "answered_at": self.input_id.end_datetime or fields.Datetime.now(),
                "has_index": index is not None,
                "experience_index": index,
                "nps_group": points.get("recommend") is not None
                and nps.group(points["recommend"]),
                "is_low": any(self.answer_ids.mapped("is_low")),
                "comment": lines._hub_comment(),
                **self._notice_values(lines._hub_claim(), *facts),
            }
        )

    def _notice_values(self, claim, found, messages):
        return {
            "notice_claim": claim,
            "notice_fact": found.fact,
            "known_at": found.known,
            "told_at": found.told,
            "notice_hours": found.hours,
            "told_count": messages,
            "notice_verdict": engine.verdict(claim or None, found.fact),
        }

    # === LOW ANSWERS === #

    def _open_problems(self):
        """Open a problem on the order of each low answer, for who looks after it."""
        problems = {
            draw.order_id: draw._problem_words()
            for draw in self
            if draw.state == "answered" and draw.is_low
        }
        if problems:
            self.env["order.hub.exception"]._note("low_survey", problems)

    def _problem_words(self):
        """Return name and description of the problem that a low answer is."""
        self.ensure_one()
        words = self.answer_ids._words()
        if self.is_contradiction:
            verdicts = dict(
                self._fields["notice_verdict"]._description_selection(self.env)
            )
            words.append(
                self.env._(
                    "Notice of changes: %(verdict)s",
                    verdict=verdicts[self.notice_verdict],
                )
            )
        if self.comment:
            words.append(self.env._("“%s”", self.comment))
        return (
            self.env._("%(customer)s is not content", customer=self.partner_id.name),
            "\n".join(words),
        )

    # === WHAT THE HUB KNOWS === #

    def _notices(self):
        """Return ``{order id: (Notice, messages until the goods arrived)}``.

        Three queries, however many orders.
        """
        known, told = self._known_delays(), self._told_moments()
        found = {}
        for draw in self:
            zone = pytz.timezone(draw.company_id._hub_time_zone())
            order, until = draw.order_id.id, draw.finished_at
            messages = [moment for moment in told[order] if moment <= until]
            found[order] = (
                engine.notice(
                    known[order],
                    messages,
                    until,
                    zone,
                    draw.round_id.scheme_id.told_hours,
                ),
                len(messages),
            )
        return found

    def _known_delays(self):
        """Return ``{order id: moments}`` at which a delay became known.

        That is each change of the promise to a later day (moments of the change log
        are ISO text: they sort as they are) and each problem of a late supplier.
        """
        return self._moments(
            SQL(
                """SELECT change.order_id, change.date
                     FROM order_hub_change change
                    WHERE change.order_id IN %(orders)s
                      AND change.field_name = 'commitment_date'
                      AND left(change.new_value, 10) > left(change.old_value, 10)
                UNION
                   SELECT problem.order_id, problem.create_date
                     FROM order_hub_exception problem
                     JOIN order_hub_exception_kind kind ON kind.id = problem.kind_id
                    WHERE problem.order_id IN %(orders)s AND kind.code IN %(kinds)s""",
                orders=self.order_id._ids or (0,),
                kinds=DELAY_KINDS,
            )
        )

    def _told_moments(self):
        """Return ``{order id: moments}`` of messages that reached the customer.

        Messages on the order, its deliveries and its change requests, to anybody of
        the customer's company, that were delivered.
        """
        return self._moments(
            SQL(
                """WITH document(order_id, model, res_id) AS (
                   SELECT id, 'sale.order', id FROM sale_order WHERE id IN %(orders)s
                UNION ALL
                   SELECT sale_id, 'stock.picking', id
                     FROM stock_picking WHERE sale_id IN %(orders)s
                UNION ALL
                   SELECT order_id, 'order.hub.change.request', id
                     FROM order_hub_change_request WHERE order_id IN %(orders)s)
                SELECT DISTINCT document.order_id, message.date
                  FROM document
                  JOIN mail_message message ON message.model = document.model
                       AND message.res_id = document.res_id
                  JOIN mail_notification notification
                       ON notification.mail_message_id = message.id
                      AND notification.notification_status IN %(reached)s
                  JOIN res_partner reader ON reader.id = notification.res_partner_id
                  JOIN sale_order o ON o.id = document.order_id
                  JOIN res_partner customer ON customer.id = o.partner_id
                 WHERE reader.commercial_partner_id = customer.commercial_partner_id""",
                orders=self.order_id._ids or (0,),
                reached=REACHED,
            )
        )

    def _moments(self, query):
        """Return what a query of order and moment finds, by order."""
        self.env.flush_all()
        found = defaultdict(list)
        for order_id, moment in self.env.execute_query(query):
            found[order_id].append(moment)
        return found
