from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from odoo import api, models
from odoo.tools import SQL

from ..engine import duty as engine

#: HS codes have at most ten digits.
LONGEST = 10


@dataclass
class Parcel:
    """What leaves the country: where to, when, in which currency, which goods.

    :ivar currency: ``res.currency`` of amounts and freight
    """

    destination: str
    day: date
    currency: Any
    items: list[engine.Item] = field(default_factory=list)
    freight: Decimal = Decimal(0)


class OrderHubDuty(models.AbstractModel):
    """Duty of many orders at once, offline, by the published tables."""

    _name = "order.hub.duty"
    _description = "Duty Calculation"

    @api.model
    def _quotes(self, company, parcels, tables=None):
        """Return an ``engine.Quote`` for each parcel, with a bounded number of queries.

        :param tables: ``order.hub.duty.table`` to use instead of those in force
        """
        found = self._tables(company, parcels, tables)
        by_id = {table.id: table for table in found}
        names = {table.currency for table in found}
        rates = self._currency_rates(company, parcels, names) if found else {}
        quotes = []
        for parcel in parcels:
            table = engine.choose_table(by_id.values(), parcel.destination, parcel.day)
            factor = self._factor(rates, table, parcel) if table else 1.0
            quotes.append(
                engine.quote(
                    table,
                    parcel.items,
                    factor,
                    parcel.currency.rounding,
                    parcel.freight,
                )
            )
        return quotes

    # === TABLES === #

    def _tables(self, company, parcels, tables):
        """Return the tables (``engine.Table``) that any of the parcels may need."""
        if tables is None:
            codes = {parcel.destination for parcel in parcels}
            tables = self.env["order.hub.duty.table"].search(
                [
                    ("state", "=", "live"),
                    ("company_id", "in", (False, company.id)),
                    ("country_ids.code", "in", list(codes)),
                ]
            )
        tables = tables.sudo()
        rates = self._rates(tables, parcels) if tables else {}
        return [self._as_table(table, rates.get(table.id, ())) for table in tables]

    def _rates(self, tables, parcels):
        """Return ``{table id: rates}`` of the codes in question: a tariff is long."""
        codes = {engine.digits(i.hs_code) for parcel in parcels for i in parcel.items}
        prefixes = {code[:n] for code in codes for n in range(2, LONGEST + 1)}
        rows = (
            self.env["order.hub.duty.rate"]
            .sudo()
            .search(
                [
                    ("table_id", "in", tables.ids),
                    ("prefix", "in", list(prefixes - {""})),
                ]
            )
        )
        found = defaultdict(list)
        for row in rows:
            found[row.table_id.id].append(row._as_rate())
        return found

    def _as_table(self, table, rates):
        return engine.Table(
            table.id,
            table.version,
            frozenset(table.country_ids.mapped("code")),
            table.valid_from,
            table.valid_to or None,
            table.currency_id.name,
            table.threshold,
            table.base == "freight",
            tuple(rates),
        )

    # === CURRENCIES === #

    def _currency_rates(self, company, parcels, names):
        """Return ``{currency code: [(day, rate), …]}``, oldest first, one query."""
        names = names | {parcel.currency.name for parcel in parcels}
        self.env["res.currency.rate"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT currency.name, rate.name, rate.rate
                     FROM res_currency_rate rate
                     JOIN res_currency currency ON currency.id = rate.currency_id
                    WHERE currency.name IN %s AND (rate.company_id IS NULL
                          OR rate.company_id = %s)
                 ORDER BY rate.name, rate.company_id DESC NULLS FIRST""",
                tuple(names),
                company.root_id.id,
            )
        )
        rates = defaultdict(list)
        for name, day, rate in rows:
            rates[name].append((day, float(rate)))
        return rates

    def _factor(self, rates, table, parcel):
        """Return the table's currency for one unit of the parcel's, on its day."""
        if table.currency == parcel.currency.name:
            return 1.0
        theirs = self._rate_on(rates[table.currency], parcel.day)
        return theirs / self._rate_on(rates[parcel.currency.name], parcel.day)

    def _rate_on(self, rows, day):
        """Return the rate of a day as Odoo does: the last before it, else the first."""
        if not rows:
            return 1.0
        place = bisect_right(rows, day, key=lambda row: row[0])
        return rows[max(place - 1, 0)][1] or 1.0

    # === KEPT ON THE ORDER === #

    @api.model
    def _kept(self, parcel, quote, labels):
        """Return what an order keeps of a quote: small, and enough to explain it.

        :param labels: ``{n of an item: product id}``
        """
        return {
            "destination": parcel.destination,
            "day": parcel.day.isoformat(),
            "currency": parcel.currency.name,
            "table": quote.table.id if quote.table else 0,
            "table_currency": quote.table.currency if quote.table else "",
            "value": str(round(quote.value, 2)),
            "factor": f"{float(quote.factor):.6g}",
            "lines": [self._kept_line(line, labels) for line in quote.lines],
        }

    def _kept_line(self, line, labels):
        kept = {
            "product": labels.get(line.n, 0),
            "state": line.state,
            "hs": line.hs_code,
            "origin": line.origin,
            "base": str(line.base),
        }
        if line.rate:
            kept.update(
                rate=line.rate.id,
                prefix=line.rate.prefix,
                percent=line.rate.percent,
                duty=str(line.duty),
            )
        if line.limit:
            kept["limit"] = line.limit
        return kept
