from odoo import api, models
from odoo.tools import SQL

from ..engine.supplier_score import Figures

#: Differences that are none.
NOTHING = 1e-6


class OrderHubSupplierScore(models.Model):
    """The figures behind scores: one statement for all suppliers of a company.

    The same formula as ``engine.supplier_score.line_shares`` and ``answer_share``.
    """

    _inherit = "order.hub.supplier.score"

    @api.model
    def _figures(self, company, since, now):
        """Return what suppliers did since the first day of a month.

        A line belongs to the month of the day it was agreed for, an answer to that of
        the order, a complaint to its own.

        :param date since: first day of a month where the company is
        :param datetime now: naive UTC; lines of today and later are not due yet
        :return: ``{(partner id, first day of the month): Figures}``
        """
        self.env.flush_all()
        values = self._score_values(company, since, now)
        rows = self.env.execute_query_dict(
            SQL(
                """WITH due AS (%s), counted AS (%s UNION ALL %s UNION ALL %s)
                   SELECT partner_id, month, sum(lines)::int AS lines,
                          sum(on_time)::float AS on_time,
                          sum(quantity)::float AS quantity,
                          sum(received)::int AS received, sum(bad)::int AS bad,
                          sum(asked)::int AS asked, sum(answered)::int AS answered,
                          sum(answer)::float AS answer,
                          sum(answer_hours)::float AS answer_hours
                     FROM counted GROUP BY partner_id, month""",
                self._sql_due(values),
                self._sql_deliveries(),
                self._sql_answers(values),
                self._sql_complaints(values),
            )
        )
        return {
            (row.pop("partner_id"), row.pop("month")): Figures(**row) for row in rows
        }

    def _score_values(self, company, since, now):
        terms = company._hub_score_terms_of()
        return {
            "company": company.id,
            "since": self._month_start(company, since),
            "now": now,
            "tz": self._zone(company).zone,
            "full": terms.full_hours,
            "none": terms.none_hours,
        }

    def _sql_due(self, values, more=None):
        """Order lines whose agreed day has passed, with what came of them.

        Lines of which parts of a kit come in are left out: no part is the whole.

        :param more: condition on ``line``, ``bought`` and ``supplier``
        """
        return SQL(
            """SELECT line.id, bought.id AS order_id,
                      supplier.commercial_partner_id AS partner_id, agreed.day,
                      date_trunc('month', agreed.day)::date AS month,
                      asked.quantity AS ordered, came.received, came.by_day,
                      came.last_day, came.is_returned OR papers.is_refused AS is_bad
                 FROM purchase_order_line line
                 JOIN purchase_order bought ON bought.id = line.order_id
                  AND bought.state = 'purchase' AND bought.company_id = %(company)s
                 JOIN res_partner supplier ON supplier.id = bought.partner_id
                 JOIN product_product product ON product.id = line.product_id
                 JOIN product_template template
                      ON template.id = product.product_tmpl_id
                     AND template.type <> 'service'
                 JOIN uom_uom unit ON unit.id = line.product_uom_id
           CROSS JOIN LATERAL (
                      SELECT ((COALESCE(line.hub_agreed_date, line.date_planned)
                               AT TIME ZONE 'UTC') AT TIME ZONE %(tz)s)::date AS day
                      ) agreed
           CROSS JOIN LATERAL (%(refused)s) refused
           CROSS JOIN LATERAL (
                      SELECT (line.product_qty + refused.quantity) * unit.factor
                             AS quantity) asked
           CROSS JOIN LATERAL (%(came)s) came
           CROSS JOIN LATERAL (%(papers)s) papers
                WHERE COALESCE(line.hub_agreed_date, line.date_planned) >= %(since)s
                  AND line.display_type IS NULL AND asked.quantity > 0
                  AND NOT EXISTS (
                      SELECT 1 FROM stock_move part
                       WHERE part.purchase_line_id = line.id
                         AND part.product_id <> line.product_id)
                  AND agreed.day
                      < ((%(now)s AT TIME ZONE 'UTC') AT TIME ZONE %(tz)s)::date
                  AND %(more)s""",
            **values,
            refused=self._sql_refused(),
            came=self._sql_came(values),
            papers=self._sql_papers(),
            more=more or SQL("TRUE"),
        )

    @api.model
    def _sql_refused(self):
        """What the supplier refused of a line and was let off, in the line's unit."""
        return SQL(
            """SELECT COALESCE(sum(answer.refused), 0) AS quantity
                 FROM order_hub_supplier_answer answer
            LEFT JOIN order_hub_supplier_settlement decision
                   ON decision.answer_id = answer.id
                WHERE answer.line_id = line.id
                  AND (answer.is_taken OR decision.kind = 'accepted')"""
        )

    @api.model
    def _sql_came(self, values):
        """What came of a line: in all, by the agreed day, and whether it went back."""
        return SQL(
            """SELECT COALESCE(sum(moved.quantity) FILTER (WHERE NOT back), 0)
                          AS received,
                      COALESCE(sum(moved.quantity) FILTER (
                          WHERE NOT back AND moved.day <= agreed.day), 0) AS by_day,
                      max(moved.day) FILTER (WHERE NOT back) AS last_day,
                      COALESCE(bool_or(back), FALSE) AS is_returned
                 FROM (SELECT move.quantity * own.factor AS quantity,
                              ((move.date AT TIME ZONE 'UTC')
                               AT TIME ZONE %(tz)s)::date AS day,
                              dest.usage = 'supplier' AS back
                         FROM stock_move move
                         JOIN uom_uom own ON own.id = move.product_uom
                         JOIN stock_location dest ON dest.id = move.location_dest_id
                        WHERE move.purchase_line_id = line.id
                          AND move.product_id = line.product_id
                          AND move.state = 'done') moved""",
            tz=values["tz"],
        )

    @api.model
    def _sql_papers(self):
        """Whether a certificate of the line was refused and none was approved since."""
        return SQL(
            """SELECT COALESCE(bool_or(paper.state = 'rejected' AND NOT EXISTS (
                          SELECT 1 FROM order_hub_certificate better
                           WHERE better.purchase_line_id = line.id
                             AND better.kind_id = paper.kind_id
                             AND better.state = 'approved')), FALSE) AS is_refused
                 FROM order_hub_certificate paper
                WHERE paper.purchase_line_id = line.id"""
        )

    @api.model
    def _sql_deliveries(self):
        """Due lines as rows of figures."""
        return SQL(
            """SELECT partner_id, month, 1 AS lines,
                      LEAST(by_day / ordered, 1) AS on_time,
                      GREATEST(1 - abs(received - ordered) / ordered, 0) AS quantity,
                      (received > %s)::int AS received,
                      (received > %s AND is_bad)::int AS bad,
                      0 AS asked, 0 AS answered, 0 AS answer, 0 AS answer_hours
                 FROM due""",
            NOTHING,
            NOTHING,
        )

    @api.model
    def _sql_answers(self, values):
        """Orders that were to be answered; without an answer, once it is too late."""
        return SQL(
            """SELECT partner_id, month, 0, 0, 0, 0, 0, 1, is_answered::int,
                      CASE WHEN is_answered THEN
                          LEAST(GREATEST((%(none)s - hours)
                                         / (%(none)s - %(full)s), 0), 1)
                      ELSE 0 END,
                      CASE WHEN is_answered THEN hours ELSE 0 END
                 FROM (%(asked)s) asked
                WHERE is_answered OR hours >= %(none)s""",
            asked=self._sql_asked(values),
            **values,
        )

    @api.model
    def _sql_asked(self, values):
        """Orders with the hours until their first answer, or until now."""
        return SQL(
            """SELECT supplier.commercial_partner_id AS partner_id,
                      date_trunc('month', (bought.date_approve AT TIME ZONE 'UTC')
                                          AT TIME ZONE %(tz)s)::date AS month,
                      first.at IS NOT NULL AS is_answered,
                      GREATEST(EXTRACT(EPOCH FROM COALESCE(first.at, %(now)s)
                                       - bought.date_approve) / 3600, 0)::float AS hours
                 FROM purchase_order bought
                 JOIN res_partner supplier ON supplier.id = bought.partner_id
            LEFT JOIN LATERAL (
                      SELECT min(answer.at) AS at
                        FROM order_hub_supplier_answer answer
                       WHERE answer.order_id = bought.id) first ON TRUE
                WHERE bought.company_id = %(company)s AND bought.state = 'purchase'
                  AND bought.hub_answer_state <> 'none'
                  AND bought.date_approve >= %(since)s""",
            **values,
        )

    @api.model
    def _sql_complaints(self, values):
        """Complaints of customers that name a supplier as their cause."""
        return SQL(
            """SELECT supplier.commercial_partner_id,
                      date_trunc('month', complaint.date)::date,
                      0, 0, 0, 0, 1, 0, 0, 0, 0
                 FROM order_hub_complaint complaint
                 JOIN res_partner supplier ON supplier.id = complaint.supplier_id
                WHERE complaint.company_id = %(company)s AND complaint.active
                  AND complaint.date >= %(since)s::date""",
            **values,
        )
