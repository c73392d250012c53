from datetime import timedelta
from functools import cache

from babel.dates import format_skeleton
from babel.numbers import format_decimal, parse_pattern

from odoo import api, fields, models
from odoo.tools import babel_locale_parse, format_date, get_lang

from ..engine import usage as engine
from ..engine.netting import KINDS

#: What a week of an item is made of, as a supplier sees it.
PARTS = ("ordered", *KINDS)
COLUMNS = (*PARTS, "total")
PAGE_SIZE = 20


class OrderHubUsage(models.AbstractModel):
    """The usage as a supplier reads it: words and figures, no records.

    What a supplier gets is named here, value by value: net needs and own orders, in the
    supplier's unit and words. Not who needs it, not what is in stock, not what others
    supply.
    """

    _inherit = "order.hub.usage"

    # === FIGURES === #

    @api.model
    def _today(self, company, now):
        """Return the day it is for a company at a moment (naive UTC)."""
        zoned = company.with_context(tz=company._hub_time_zone())
        return fields.Datetime.context_timestamp(zoned, now).date()

    @api.model
    def _mondays(self, company, now, weeks):
        """Return the Mondays of the weeks that are looked at, the current one first."""
        return engine.mondays(self._today(company, now), weeks)

    @api.model
    def _rows(self, partner, company, now, weeks):
        """Return the supplier's items with their weeks as plain figures.

        :return: dicts with the words of ``_item_words``, ``late``, and for each of
            ``COLUMNS`` a list with a figure a week, in the supplier's unit
        """
        today = self._today(company, now)
        return [
            {
                "id": item.product.id,
                **self._item_words(item),
                **self._columns(item, found, own, weeks),
            }
            for item, found, own in self._usage(partner, company, today)
        ]

    def _columns(self, item, found, own, weeks):
        """Return the figures of an item by week, and how much comes too late."""
        factor, part = item.factor, item.share * item.factor
        ordered = [own.get(week, 0.0) * factor for week in range(weeks)]
        needs = [[need * part for need in found.net[kind][:weeks]] for kind in KINDS]
        return {
            "ordered": ordered,
            **dict(zip(KINDS, needs, strict=True)),
            "total": [sum(parts) for parts in zip(ordered, *needs, strict=True)],
            "late": min(sum(ordered), sum(found.late[:weeks]) * part),
        }

    def _item_words(self, item):
        """Return what the supplier calls an item and what we call it."""
        product, seller = item.product, item.seller
        return {
            "name": seller.product_name or product.product_tmpl_id.name,
            "code": seller.product_code or "",
            "our_code": product.default_code or "",
            "unit": item.unit.name,
        }

    def _totals(self, rows, days):
        """Return what is kept of a visit: the weeks looked at and what was needed.

        :param days: Mondays of the weeks
        :return: ``{"weeks": [first Monday as text, last], "totals": {product id as
            text: [total of each week]}}``, the list empty where nothing is needed;
            {} without items
        """
        if not rows:
            return {}
        return {
            "weeks": [days[0].isoformat(), days[-1].isoformat()],
            "totals": {
                str(row["id"]): [round(total, 6) for total in row["total"]]
                if any(row["total"])
                else []
                for row in rows
            },
        }

    # === THE PAGE === #

    @api.model
    def _page(self, partner, company, now, query, visitor=None):
        """Return everything the page of expected usage shows, as plain values.

        :param query: what was asked for: ``weeks``, ``search``, ``show``, ``page``; may
            be any nonsense
        :param visitor: user whose visit it is; None only looks and leaves no trace
        """
        weeks = engine.clamp_weeks(query.get("weeks"))
        days = self._mondays(company, now, engine.MOST_WEEKS)
        rows = self._rows(partner, company, now, len(days))
        since, before = self._before(partner, company, rows, days, now, visitor)
        shown = [self._first_weeks(row, weeks) for row in rows]
        self._mark_changes(shown, before, days[:weeks])
        found = self._filtered(shown, query)
        page = self._page_number(query, len(found))
        return {
            "items": self._items_page(found, page, days[:weeks]),
            "total": len(found),
            "page": page,
            "has_items": bool(rows),
            "weeks": weeks,
            "search": (query.get("search") or "")[:100],
            "show": self._shown(query),
            "units": self._unit_totals(found),
            "horizon": self.env._("in %(weeks)s weeks", weeks=weeks),
            **self._since_page(shown, since, now),
            "gone": self._gone_words(rows, before),
        }

    def _first_weeks(self, row, weeks):
        """Return an item with the first weeks only; what is late is said of all."""
        return {**row, **{column: row[column][:weeks] for column in COLUMNS}}

    def _before(self, partner, company, rows, days, now, visitor):
        """Return when the supplier was here before and what was shown then."""
        Visit = self.env["order.hub.supply.visit"]
        if not visitor:
            return Visit._last(partner, company)
        figures = self._totals(rows, days)
        return Visit._note(partner, company, visitor, figures, now)

    def _mark_changes(self, rows, before, days):
        """Give every item ``changes``: ``{number of a week: engine.usage.Change}``.

        Of the weeks in sight then and now. An item that was not shown the last time
        counts as nothing needed of it.

        :param before: figures of the visit before, see ``_totals``
        """
        totals, step = before.get("totals"), self._step()
        if not totals:
            for row in rows:
                row["changes"] = {}
            return
        first, last = map(fields.Date.to_date, before["weeks"])
        passed = (days[0] - first).days // 7
        nothing = [0.0] * ((last - first).days // 7 + 1)
        for row in rows:
            old = totals.get(str(row["id"])) or nothing
            seen = {week - passed: total for week, total in enumerate(old)}
            now = dict(enumerate(row["total"]))
            row["changes"] = engine.changes(seen, now, step)

    def _step(self):
        """Return the smallest difference that is shown."""
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        return 10.0**-digits

    def _since_page(self, rows, since, now):
        """Return how many items have changed since when, as figures and a sentence."""
        day = self._since(since, now)
        changed = sum(bool(row["changes"]) for row in rows)
        if not day:
            words = self.env._(
                "When you come back, you will see here what has changed since today."
            )
        elif changed:
            words = self.env._(
                "Items whose need has changed since %(day)s: %(count)s",
                day=day,
                count=changed,
            )
        else:
            words = self.env._("Nothing has changed since %(day)s.", day=day)
        return {"since": day, "changed": changed, "since_words": words}

    def _gone_words(self, rows, before):
        """Name the items that were needed and are no longer asked of the supplier."""
        names = ", ".join(self._gone(rows, before))
        return names and self.env._("No longer asked of you: %(items)s", items=names)

    def _gone(self, rows, before):
        """Return the names of items that were needed and are no longer asked for."""
        known = {str(row["id"]) for row in rows}
        items = before.get("totals", {})
        gone = [int(item) for item in sorted(items.keys() - known) if items[item]]
        products = self.env["product.product"].browse(gone).exists()
        return [product.name for product in products]

    # === FILTERS === #

    def _shown(self, query):
        asked = query.get("show")
        return asked if asked in ("all", "needed", "changed") else "needed"

    def _filtered(self, rows, query):
        """Return the items that were asked for, changed ones first."""
        words = (query.get("search") or "")[:100].casefold().split()
        keep = {
            "all": lambda row: True,
            "changed": lambda row: row["changes"],
            "needed": lambda row: row["changes"] or any(row["total"]),
        }[self._shown(query)]
        found = [row for row in rows if keep(row) and self._has_words(row, words)]
        return sorted(found, key=lambda row: not row["changes"])

    def _has_words(self, row, words):
        text = " ".join((row["name"], row["code"], row["our_code"])).casefold()
        return all(word in text for word in words)

    def _page_number(self, query, count):
        last = max(1, -(-count // PAGE_SIZE))
        try:
            return min(last, max(1, int(query.get("page") or 1)))
        except (TypeError, ValueError):
            return 1

    # === WORDS === #

    def _items_page(self, rows, page, days):
        """Return the items of one page as it shows them.

        :param days: Mondays of the weeks
        """
        start = (page - 1) * PAGE_SIZE
        names, figure = self._days(days), self._figures()
        return [self._item_page(row, names, figure) for row in rows[start:][:PAGE_SIZE]]

    def _item_page(self, row, names, figure):
        """Return one item as the page shows it.

        :param names: what the weeks are called, in their order
        :param figure: writes a number, see ``_figures``
        """
        highest = max(row["total"], default=0.0)
        cells = [
            {**name, **self._cell(row, week, highest, figure)}
            for week, name in enumerate(names)
        ]
        return {
            **{name: row[name] for name in ("id", "name", "unit")},
            "codes": self._codes(row),
            "late": self._late_words(row, figure),
            "weeks": cells,
            "sums": {column: figure(sum(row[column])) for column in COLUMNS},
            "changed": self._changed_words(len(row["changes"])),
        }

    def _codes(self, row):
        """Return the supplier's code of an item and ours."""
        ours = row["our_code"]
        ours = ours and self.env._("our code %(code)s", code=ours)
        return " · ".join(filter(None, (row["code"], ours)))

    def _late_words(self, row, figure):
        late = figure(row["late"])
        return late and self.env._(
            "%(quantity)s %(unit)s of what is on order with you is needed sooner than "
            "it is due.",
            quantity=late,
            unit=row["unit"],
        )

    def _changed_words(self, count):
        return count and self.env._("weeks changed: %(count)s", count=count)

    def _cell(self, row, week, highest, figure):
        """Return one week of an item: its figures, bar and change."""
        change = row["changes"].get(week)
        return {
            **{column: figure(row[column][week]) for column in COLUMNS},
            "heights": {
                part: round(100 * row[part][week] / highest, 1) if highest else 0
                for part in PARTS
            },
            "change": change and self._change_words(change, figure),
        }

    def _days(self, days):
        """Return what weeks are called: their number, and first and last day.

        :param days: their Mondays
        """
        return [
            {
                "week": day.isocalendar().week,
                "days": f"{self._day_words(day)} – "
                f"{self._day_words(day + timedelta(days=6))}",
            }
            for day in days
        ]

    def _day_words(self, day):
        locale = babel_locale_parse(get_lang(self.env).code)
        return format_skeleton("MMMd", day, locale=locale)

    def _change_words(self, change, figure):
        difference = figure(abs(change.difference))
        words = {
            engine.NEW: self.env._("%(quantity)s new", quantity=difference),
            engine.GONE: self.env._(
                "%(quantity)s no longer needed", quantity=difference
            ),
            engine.UP: self.env._("%(quantity)s more", quantity=difference),
            engine.DOWN: self.env._("%(quantity)s less", quantity=difference),
        }
        return {
            "kind": change.kind,
            "is_more": change.difference > 0,
            "difference": difference,
            "words": words[change.kind],
        }

    def _unit_totals(self, rows):
        """Return the sums of all items found, one line per unit."""
        units, figure = {}, self._figures()
        for row in rows:
            sums = units.setdefault(row["unit"], dict.fromkeys(COLUMNS, 0.0))
            for column in COLUMNS:
                sums[column] += sum(row[column])
        return [
            {"unit": unit, **{column: figure(sums[column]) for column in COLUMNS}}
            for unit, sums in units.items()
        ]

    def _figures(self):
        """Return a function that writes a figure as people read it.

        Without empty decimals, "" for nothing; each figure is worked out once.
        """
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        locale = babel_locale_parse(get_lang(self.env).code)
        pattern = parse_pattern(f"#,##0.{'#' * digits}")

        @cache
        def figure(value):
            value = round(value, digits)
            return format_decimal(value, pattern, locale) if value else ""

        return figure

    def _since(self, moment, now):
        """Return since when things changed: a day of the week, or a date."""
        if not moment:
            return ""
        day = fields.Datetime.context_timestamp(self, moment).date()
        today = fields.Datetime.context_timestamp(self, now).date()
        if (today - day).days < 7:
            return format_date(self.env, day, date_format="EEEE")
        return format_date(self.env, day)
