from datetime import timedelta

from babel.numbers import format_decimal

from odoo import api, fields, models
from odoo.tools import babel_locale_parse, format_date, get_lang

from ..engine import usage as engine
from ..engine.netting import KINDS

#: What a week of an item is made of, as a supplier sees it.
PARTS = ("ordered", *KINDS)
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
    def _rows(self, partner, company, now, weeks):
        """Return the supplier's items with their weeks as plain figures."""
        today = self._today(company, now)
        return [
            {
                "id": row["item"].product.id,
                **self._item_words(row["item"]),
                "late": self._late(row["weeks"]),
                "weeks": [
                    {
                        "monday": week["monday"],
                        **{part: week[part] for part in PARTS},
                        "total": sum(week[part] for part in PARTS),
                    }
                    for week in row["weeks"]
                ],
            }
            for row in self._weeks(partner, company, today, weeks)
        ]

    def _item_words(self, item):
        """Return what the supplier calls an item and what we call it."""
        product, seller = item.product, item.seller
        return {
            "name": seller.product_name or product.name,
            "code": seller.product_code or "",
            "our_code": product.default_code or "",
            "unit": item.unit.name,
        }

    def _late(self, weeks):
        """Return how much of this supplier's open orders is needed sooner."""
        ordered = sum(week["ordered"] for week in weeks)
        return min(ordered, sum(week["late"] for week in weeks))

    def _totals(self, rows):
        """Return what is kept of a visit: the weeks looked at and what was needed.

        :return: ``{"weeks": [first Monday, last], "items": {product id: {Monday:
            total}}}``, all keys text, weeks without need left out; {} without items
        """
        if not rows:
            return {}
        days = [week["monday"].isoformat() for week in rows[0]["weeks"]]
        return {
            "weeks": [days[0], days[-1]],
            "items": {
                str(row["id"]): {
                    week["monday"].isoformat(): round(week["total"], 6)
                    for week in row["weeks"]
                    if week["total"]
                }
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
        rows = self._rows(partner, company, now, engine.MOST_WEEKS)
        since, before = self._before(partner, company, rows, now, visitor)
        shown = [{**row, "weeks": row["weeks"][:weeks]} for row in rows]
        for row in shown:
            row["changes"] = self._changes(row, before)
        found = self._filtered(shown, query)
        page = self._page_number(query, len(found))
        start = (page - 1) * PAGE_SIZE
        days = self._days(rows[0]["weeks"][:weeks] if rows else [])
        return {
            "items": [self._item_page(row, days) for row in found[start:][:PAGE_SIZE]],
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

    def _before(self, partner, company, rows, now, visitor):
        """Return when the supplier was here before and what was shown then."""
        Visit = self.env["order.hub.supply.visit"]
        if not visitor:
            return Visit._last(partner, company)
        return Visit._note(partner, company, visitor, self._totals(rows), now)

    def _changes(self, row, before):
        """Return ``{Monday as text: engine.usage.Change}`` of an item.

        Of the weeks in sight then and now. An item that was not shown the last time
        counts as nothing needed of it.
        """
        if not before:
            return {}
        first, last = before["weeks"]
        old = before["items"].get(str(row["id"]), {})
        now = {week["monday"].isoformat(): week["total"] for week in row["weeks"]}
        seen = {day: old.get(day, 0.0) for day in now if first <= day <= last}
        return engine.changes(seen, now, self._step())

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
        items = before.get("items", {})
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
            "needed": lambda row: (
                row["changes"] or any(week["total"] for week in row["weeks"])
            ),
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

    def _item_page(self, row, days):
        """Return one item as the page shows it.

        :param days: what the weeks are called, in their order
        """
        highest = max((week["total"] for week in row["weeks"]), default=0.0)
        cells = [
            {"days": name, **self._cell(week, row["changes"], highest)}
            for name, week in zip(days, row["weeks"], strict=True)
        ]
        return {
            **{name: row[name] for name in ("id", "name", "unit")},
            "codes": self._codes(row),
            "late": self._late_words(row),
            "weeks": cells,
            "sums": self._sums(row["weeks"]),
            "changed": self._changed_words(sum(bool(c["change"]) for c in cells)),
        }

    def _codes(self, row):
        """Return the supplier's code of an item and ours."""
        ours = row["our_code"]
        ours = ours and self.env._("our code %(code)s", code=ours)
        return " · ".join(filter(None, (row["code"], ours)))

    def _late_words(self, row):
        late = self._number(row["late"])
        return late and self.env._(
            "%(quantity)s %(unit)s of what is on order with you is needed sooner than "
            "it is due.",
            quantity=late,
            unit=row["unit"],
        )

    def _changed_words(self, count):
        return count and self.env._("weeks changed: %(count)s", count=count)

    def _cell(self, week, changes, highest):
        """Return one week of an item: its name, figures, bar and change."""
        monday = week["monday"]
        change = changes.get(monday.isoformat())
        return {
            "week": monday.isocalendar().week,
            **{part: self._number(week[part]) for part in (*PARTS, "total")},
            "heights": {
                part: round(100 * week[part] / highest, 1) if highest else 0
                for part in PARTS
            },
            "change": change and self._change_words(change),
        }

    def _days(self, weeks):
        """Return the first and the last day of weeks, as words."""
        return [
            f"{self._day_words(week['monday'])} – "
            f"{self._day_words(week['monday'] + timedelta(days=6))}"
            for week in weeks
        ]

    def _day_words(self, day):
        return format_date(self.env, day, date_format="d MMM")

    def _change_words(self, change):
        difference = self._number(abs(change.difference))
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

    def _sums(self, weeks):
        return {
            part: self._number(sum(week[part] for week in weeks))
            for part in (*PARTS, "total")
        }

    def _unit_totals(self, rows):
        """Return the sums of all items found, one line per unit."""
        units = {}
        for row in rows:
            units.setdefault(row["unit"], []).extend(row["weeks"])
        return [{"unit": unit, **self._sums(weeks)} for unit, weeks in units.items()]

    def _number(self, value):
        """Return a figure as people read it, without empty decimals; "" for nothing."""
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        value = round(value, digits)
        if not value:
            return ""
        locale = babel_locale_parse(get_lang(self.env).code)
        return format_decimal(value, f"#,##0.{'#' * digits}", locale)

    def _since(self, moment, now):
        """Return since when things changed: a day of the week, or a date."""
        if not moment:
            return ""
        day = fields.Datetime.context_timestamp(self, moment).date()
        today = fields.Datetime.context_timestamp(self, now).date()
        if (today - day).days < 7:
            return format_date(self.env, day, date_format="EEEE")
        return format_date(self.env, day)
