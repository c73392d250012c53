from odoo import models
from odoo.tools import format_amount, formatLang

#: Figures of a decision about credit in reading order, with the sign they count by.
CREDIT_LINES = (
    ("limit", 1),
    ("temporary", 1),
    ("receivable", -1),
    ("uninvoiced", -1),
    ("in_approval", -1),
    ("headroom", 1),
    ("order_total", 1),
)


class OrderHubDecision(models.Model):
    """The candidates of a decision as a table: who was looked at, and why not them."""

    _inherit = "order.hub.decision"

    def _number(self, value, digits=0):
        """Return a number in the reader's format, *–* when it is not known."""
        return "–" if value is None else formatLang(self.env, value, digits=digits)

    # === WAREHOUSES === #

    def _candidates_sourcing(self, decision):
        """Return the warehouses that were considered, best first."""
        found = (decision.figures or {}).get("candidates")
        if not found:
            return None
        chosen = (decision.value or {}).get("warehouse_id")
        return {
            "columns": [
                self.env._("Warehouse"),
                self.env._("Distance (km)"),
                self.env._("Stock"),
                self.env._("Covers (%)"),
                self.env._("Load"),
                self.env._("Score"),
            ],
            "rows": [
                {
                    "cells": self._warehouse_cells(candidate),
                    "chosen": candidate["warehouse_id"] == chosen,
                    "note": self._excluded_text(candidate.get("excluded")),
                }
                for candidate in found
            ],
        }

    def _warehouse_cells(self, candidate):
        coverage = candidate.get("coverage")
        return [
            candidate.get("name") or "–",
            self._number(candidate.get("km")),
            self._number(candidate.get("stock")),
            self._number(None if coverage is None else 100 * coverage),
            self._number(candidate.get("load")),
            self._number(candidate.get("score"), 1),
        ]

    def _excluded_text(self, code):
        return {
            None: "",
            "far": self.env._("too far"),
            "unplaced": self.env._("address cannot be placed"),
        }.get(code, code or "")

    # === CARRIERS === #

    def _candidates_carrier(self, decision):
        """Return the carriers that were considered, with their prices."""
        found = (decision.figures or {}).get("candidates")
        if not found:
            return None
        chosen = (decision.value or {}).get("carrier_id")
        words = self.env["order.hub.carrier.words"]
        currency = decision.sudo().order_id.currency_id
        return {
            "columns": [self.env._("Carrier"), self.env._("Cost")],
            "rows": [
                {
                    "cells": [
                        words._carrier(candidate["carrier_id"], candidate["name"]),
                        words._cost(candidate.get("cost"), currency),
                    ],
                    "chosen": candidate["carrier_id"] == chosen,
                    "note": words._missing(candidate.get("missing") or ()),
                }
                for candidate in found
            ],
        }

    # === CREDIT === #

    def _candidates_credit(self, decision):
        """Return the sum that credit was decided on, line by line."""
        figures = decision.figures or {}
        if "headroom" not in figures:
            return None
        currency = decision.sudo().company_id.currency_id
        labels = [
            self.env._("Credit limit"),
            self.env._("Temporary credit"),
            self.env._("Open invoices"),
            self.env._("Confirmed, not invoiced"),
            self.env._("In approval"),
            self.env._("Left"),
            self.env._("This order"),
        ]
        return {
            "columns": [self.env._("Credit"), self.env._("Amount")],
            "rows": [
                {
                    "cells": [
                        label,
                        format_amount(self.env, sign * (figures[key] or 0.0), currency),
                    ],
                    "chosen": key == "headroom",
                    "note": "",
                }
                for (key, sign), label in zip(CREDIT_LINES, labels, strict=True)
                if key in figures
            ],
        }
