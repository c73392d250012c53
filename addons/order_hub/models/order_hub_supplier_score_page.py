from babel.dates import format_skeleton
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL, babel_locale_parse, format_date, get_lang

from ..engine import supplier_score as engine
from .order_hub_supplier_score import MONTHS, YEAR

#: Lines that cost points, shown at most.
MOST_LINES = 50


class OrderHubSupplierScore(models.Model):
    """What a supplier sees of the own score: plain values, and what was counted."""

    _inherit = "order.hub.supplier.score"

    @api.model
    def _for_supplier(self, partner, company, now):
        """Return the score of a supplier as plain values (as superuser).

        :param partner: commercial partner of the visitor, who was checked before
        :param datetime now: naive UTC
        :return: dict: score (0 to 100 or ``None``), components (see
            :meth:`_component_rows`), months, oldest first, and lines that cost points
        """
        today = self._day(company, now)
        since = today.replace(day=1) - relativedelta(months=YEAR - 1)
        rows = self.sudo().search(
            [
                ("partner_id", "=", partner.id),
                ("company_id", "=", company.id),
                ("month", ">=", since),
            ],
            order="month",
        )
        figures = engine.total([row._figures_kept() for row in rows])
        return {
            "score": engine.score(figures, company._hub_score_terms_of()).score,
            "components": self._component_rows(figures, company),
            "months": [row._month_values() for row in rows],
            "lines": self._lines_that_cost(partner, company, today, now),
        }

    @api.model
    def _day(self, company, now):
        """Return the day of a moment (naive UTC) where the company is."""
        zone = self._zone(company)
        return fields.Datetime.context_timestamp(
            self.with_context(tz=zone.zone), now
        ).date()

    def _month_values(self):
        return {
            "label": format_skeleton("yMMM", self.month, locale=self._locale()),
            "score": round(self.score) if self.has_score else None,
            "lines": self.line_count,
        }

    def _locale(self):
        return babel_locale_parse(get_lang(self.env).code)

    def _lines_that_cost(self, partner, company, today, now):
        """Return the supplier's own lines of the last months that earned less."""
        since = today.replace(day=1) - relativedelta(months=MONTHS - 1)
        values = self._score_values(company, since, now)
        own = SQL("supplier.commercial_partner_id = %s", partner.id)
        rows = self.env.execute_query_dict(
            SQL(
                """WITH due AS (%s)
                   SELECT bought.name AS "order", line.name AS item, due.day,
                          due.last_day, due.ordered / unit.factor AS ordered,
                          due.received / unit.factor AS received,
                          due.by_day / unit.factor AS by_day,
                          unit.id AS unit_id, due.is_bad
                     FROM due
                     JOIN purchase_order bought ON bought.id = due.order_id
                     JOIN purchase_order_line line ON line.id = due.id
                     JOIN uom_uom unit ON unit.id = line.product_uom_id
                    WHERE due.is_bad OR abs(due.by_day - due.ordered) > 1e-6
                       OR abs(due.received - due.ordered) > 1e-6
                 ORDER BY due.day DESC, due.id DESC LIMIT %s""",
                self._sql_due(values, own),
                MOST_LINES,
            )
        )
        return [self._line_values(row) for row in rows]

    def _line_values(self, row):
        return {
            "order": row["order"],
            "item": row["item"].partition("\n")[0],
            "day": format_date(self.env, row["day"]),
            "last_day": row["last_day"] and format_date(self.env, row["last_day"]),
            "why": self._line_words(row),
        }

    def _line_words(self, row):
        """Return what a line lost points for, in words."""
        words_of = self.env["order.hub.answer.words"]._quantity
        unit = self.env["uom.uom"].browse(row["unit_id"])
        amounts = {
            name: words_of(row[name], unit)
            for name in ("ordered", "received", "by_day")
        }
        words = []
        if row["by_day"] < row["ordered"]:
            words.append(
                self.env._(
                    "%(by_day)s of %(ordered)s were there on the day.", **amounts
                )
            )
        if abs(row["received"] - row["ordered"]) > 1e-6:
            words.append(
                self.env._("%(received)s of %(ordered)s were received.", **amounts)
            )
        if row["is_bad"]:
            words.append(self.env._("Goods were returned or a certificate refused."))
        return " ".join(words)
