from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import formatLang

from ..engine.indicators import line, trend
from .order_hub_indicator import VERDICTS

#: Days that a sparkline shows, and its box in points.
LINE_DAYS, LINE_WIDTH, LINE_HEIGHT = 60, 120.0, 28.0


class OrderHubIndicator(models.Model):
    """What the dashboard and the daily report show of each indicator."""

    _inherit = "order.hub.indicator"

    @api.model
    def dashboard_data(self):
        """Return the figures of the user's company, as far as they may see them.

        The number of queries does not depend on the number of figures.

        :return: dict: ``company``, ``day`` (of the newest figure, or False),
            ``measured_at`` (UTC or False), ``packs`` (``key``, ``label``, ``tiles``),
            ``counts`` (verdict → number of tiles), ``verdicts`` and ``trends``
            (key → word), ``may_configure``
        """
        self.check_access("read")
        tiles = self._tiles(self.env.company, fields.Datetime.now())
        packs = dict(self._fields["pack"]._description_selection(self.env))
        days = [tile["day"] for tile in tiles if tile["day"]]
        moments = [tile["measured_at"] for tile in tiles if tile["measured_at"]]
        return {
            "company": self.env.company.display_name,
            "day": max(days, default=False),
            "measured_at": max(moments, default=False),
            "packs": [
                {"key": key, "label": label, "tiles": found}
                for key, label in packs.items()
                if (found := [tile for tile in tiles if tile["pack"] == key])
            ],
            "counts": {
                key: sum(tile["verdict"] == key for tile in tiles)
                for key, _label in VERDICTS
            },
            "verdicts": self._words("verdict"),
            "trends": self._words("trend"),
            "may_configure": self.has_access("write"),
        }

    @api.model
    def _words(self, name):
        """Return key → word of a selection, in the reader's language."""
        return dict(self._fields[name]._description_selection(self.env))

    @api.model
    def _tiles(self, company, now):
        """Return one dict an active indicator that the reader may see.

        :param company: whose figures
        :param datetime now: naive UTC
        """
        rows = self._line_rows(company, now)
        sees_all = self.env.user.has_group("order_hub.order_hub_group_manager")
        shown = self.search(
            Domain.TRUE if sees_all else Domain("is_confidential", "=", False)
        )
        return [
            indicator._tile(rows.get(indicator.id, []), company) for indicator in shown
        ]

    @api.model
    def _line_rows(self, company, now):
        """Return ``{indicator id: figures of the last days, oldest first}``."""
        first = fields.Date.to_date(now) - timedelta(days=LINE_DAYS)
        found = self.env["order.hub.indicator.value"].search_read(
            [
                ("company_id", "=", company.id),
                ("dimension", "=", ""),
                ("day", ">", first),
            ],
            ["indicator_id", "day", "value", "has_data", "samples", "measured_at"],
            order="day",
        )
        rows = {}
        for row in found:
            rows.setdefault(row["indicator_id"][0], []).append(row)
        return rows

    def _tile(self, rows, company):
        """Return what is shown of one indicator.

        :param rows: its figures, oldest first
        """
        self.ensure_one()
        newest = next((row for row in reversed(rows) if row["has_data"]), None)
        shown = newest or (rows[-1] if rows else None)
        value = newest and newest["value"]
        values = self._values_by_day(rows)
        currency = company.currency_id
        return {
            "id": self.id,
            "code": self.code,
            "pack": self.pack,
            "name": self.name,
            "reason": self.reason or "",
            "value_id": newest["id"] if newest else False,
            "number": self._number(value, currency),
            "unit": self._unit_word(currency) if newest else "",
            "target": self._target_text(currency),
            "verdict": self._verdict(value),
            "trend": trend(values, self.has_target and self.direction or ""),
            "direction": self.direction,
            "strokes": line(values, LINE_WIDTH, LINE_HEIGHT),
            "samples": newest["samples"] if newest else 0,
            "day": shown and fields.Date.to_string(shown["day"]) or False,
            "measured_at": shown
            and fields.Datetime.to_string(shown["measured_at"])
            or False,
        }

    def _values_by_day(self, rows):
        """Return one figure a day without gaps; None: no data."""
        if not rows:
            return []
        known = {row["day"]: row["value"] for row in rows if row["has_data"]}
        days = (rows[-1]["day"] - rows[0]["day"]).days
        return [
            known.get(rows[0]["day"] + timedelta(days=shift))
            for shift in range(days + 1)
        ]

    def _target_text(self, currency):
        """Return the target with its sign, e.g. ``≥ 95 %``, ``≤ 4``; empty: none."""
        if not self.has_target:
            return ""
        sign = "≥" if self.direction == "up" else "≤"
        number = self._number(self.target, currency)
        if self.target == int(self.target):
            number = formatLang(self.env, self.target, digits=0)
        unit = self._unit_word(currency) if self.unit in ("percent", "money") else ""
        return f"{sign} {number} {unit}".strip()
