from odoo import fields, models
from odoo.fields import Domain

#: Rows of a list on paper; what is left is said as a number.
ROWS = 12
#: Kinds of exceptions, and the days they are counted over.
TOP, TOP_DAYS = 10, 30


class OrderHubDailyReport(models.Model):
    """What the daily report says: late, red, open warnings, TOP 10, indicators."""

    _inherit = "order.hub.daily.report"

    def _figures(self, now):
        """Return what the paper shows, in the language of the context.

        :param datetime now: naive UTC
        :return: dict: ``counts`` (label, number, is_bad), ``overdue``, ``red``,
            ``warnings`` (``rows``, ``more``), ``top`` (rows), ``indicators`` (packs)
        """
        self.ensure_one()
        domains = self._order_domains(now)
        overdue = self._orders(domains["overdue"], "hub_stage_deadline, id")
        red = self._orders(domains["red"], "hub_promised_date, id")
        return {
            "counts": self._counts(domains),
            "overdue": {**overdue, "rows": self._overdue_rows(overdue["rows"], now)},
            "red": {**red, "rows": self._order_rows(red["rows"])},
            "warnings": self._warnings(),
            "top": self._top(now),
            "indicators": self._indicators(now),
        }

    # === ORDERS === #

    def _order_domains(self, now):
        """Return the named domains behind the numbers."""
        opened = Domain("company_id", "=", self.company_id.id)
        opened &= self.env["sale.order"]._hub_open_domain()
        return {
            "open": opened,
            "overdue": opened & Domain("hub_stage_deadline", "<", now),
            "held": opened & Domain("hub_is_held", "=", True),
            "broken": opened
            & Domain("hub_promised_date", "<", now)
            & Domain("hub_milestone", "not in", ("shipped", "delivered")),
            "red": opened & Domain("hub_risk", "=", "red"),
        }

    def _counts(self, domains):
        labels = [
            ("open", self.env._("In flight")),
            ("overdue", self.env._("Over time")),
            ("held", self.env._("On hold")),
            ("broken", self.env._("Promise broken")),
            ("red", self.env._("At risk")),
        ]
        Order = self.env["sale.order"]
        found = [
            (label, Order.search_count(domains[name]), name != "open")
            for name, label in labels
        ]
        warnings = self.env["order.hub.warning"].search_count(self._warning_domain())
        return [*found, (self.env._("Warnings"), warnings, True)]

    def _orders(self, domain, order):
        """Return the first orders of a list and, in words, how many are left."""
        Order = self.env["sale.order"]
        rows = Order.search(domain, order=order, limit=ROWS)
        more = Order.search_count(domain) - ROWS if len(rows) == ROWS else 0
        return {"rows": rows, "more": self._more(more)}

    def _more(self, count):
        """Return how many rows are left out, in words; empty: none."""
        return self.env._("and %s more", count) if count > 0 else ""

    def _order_rows(self, orders):
        return [
            {
                "name": order.name,
                "customer": order.partner_id.display_name,
                "stage": order.hub_stage_id.name,
                "owner": order.hub_owner_id.name or self.env._("nobody"),
                "promised": order.hub_promised_date,
            }
            for order in orders
        ]

    def _overdue_rows(self, orders, now):
        return [
            {
                **row,
                "hours": round(
                    (now - order.hub_stage_deadline).total_seconds() / 3600, 1
                ),
            }
            for order, row in zip(orders, self._order_rows(orders), strict=True)
        ]

    # === WARNINGS AND EXCEPTIONS === #

    def _warning_domain(self):
        return [
            ("company_id", "in", (False, self.company_id.id)),
            ("is_seen", "=", True),
            ("inhibited_by_id", "=", False),
        ]

    def _warnings(self):
        """Return the open warnings, gravest first."""
        Warning_ = self.env["order.hub.warning"]
        found = Warning_.search(
            self._warning_domain(), order="severity_rank, first_seen, id", limit=ROWS
        )
        labels = dict(Warning_._fields["severity"]._description_selection(self.env))
        more = 0
        if len(found) == ROWS:
            more = Warning_.search_count(self._warning_domain()) - ROWS
        return {
            "rows": [
                {
                    "severity": labels[warning.severity],
                    "is_bad": warning.severity == "critical",
                    "rule": warning.rule_id.name,
                    "subject": warning.order_id.name or warning.display_name,
                    "since": warning.first_seen,
                    "person": warning.user_id.name or self.env._("nobody"),
                }
                for warning in found
            ],
            "more": self._more(more),
        }

    def _top(self, now):
        """Return the kinds of exceptions that came up most in the last days."""
        since = fields.Datetime.subtract(now, days=TOP_DAYS)
        rows = self.env["order.hub.exception.report"]._read_group(
            [("company_id", "=", self.company_id.id), ("date", ">=", since)],
            ["kind_id"],
            ["__count", "hours:avg", "order_id:count_distinct"],
            order="__count desc",
            limit=TOP,
        )
        opened = dict(
            self.env["order.hub.exception.report"]._read_group(
                [("company_id", "=", self.company_id.id), ("state", "=", "open")],
                ["kind_id"],
                ["__count"],
            )
        )
        return [
            {
                "kind": kind.name,
                "count": count,
                "open": opened.get(kind, 0),
                "hours": hours,
                "orders": orders,
            }
            for kind, count, hours, orders in rows
        ]

    # === INDICATORS === #

    def _indicators(self, now):
        """Return the tiles of the dashboard by pack, as this report may show them."""
        Indicator = self.env["order.hub.indicator"]
        tiles = Indicator._tiles(self.company_id, now)
        hidden = set()
        if not self.has_confidential:
            hidden = set(Indicator.search([("is_confidential", "=", True)]).ids)
        words = {name: Indicator._words(name) for name in ("verdict", "trend")}
        packs = dict(Indicator._fields["pack"]._description_selection(self.env))
        shown = [
            {
                **tile,
                "verdict_word": words["verdict"][tile["verdict"]],
                "trend_word": words["trend"][tile["trend"]],
                "bars": self._bars(tile["strokes"]),
            }
            for tile in tiles
            if tile["id"] not in hidden
        ]
        return [
            {"label": label, "tiles": found}
            for key, label in packs.items()
            if (found := [tile for tile in shown if tile["pack"] == key])
        ]

    def _bars(self, strokes):
        """Return a sparkline as points of SVG polylines."""
        return [
            " ".join(f"{x},{y}" for x, y in stroke)
            for stroke in strokes
            if len(stroke) > 1
        ]
