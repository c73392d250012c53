from odoo import fields, models
from odoo.tools import format_amount, format_date
from odoo.tools.i18n import format_list


class OrderHubDecision(models.Model):
    """Words for the decisions about checks and carriers."""

    _inherit = "order.hub.decision"

    # === CHECKS === #

    def _because_checks(self, decision):
        """Name the rules and the complaints that asked for the checks."""
        figures = decision.figures or {}
        if decision.source == "person" or not figures:
            return self._because_plain(decision)
        sentences = []
        if figures.get("rules"):
            sentences.append(self._rule_sentence(decision, figures["rules"]))
        if figures.get("history"):
            sentences.append(self._history_sentence(figures["history"]))
        return " ".join(sentences) or self._because_plain(decision)

    def _history_sentence(self, history):
        cause = self.env["order.hub.complaint.cause"].sudo()
        cause = cause.browse(history["cause"]).exists()
        days = [
            format_date(self.env, fields.Date.to_date(day))
            for _id, day in history["complaints"]
        ]
        return self.env._(
            "The customer's last %(count)s complaints are all about “%(cause)s” "
            "(%(days)s).",
            count=len(days),
            cause=cause.name or "–",
            days=format_list(self.env, days),
        )

    # === CARRIER === #

    def _chosen_carrier(self, decision):
        value = decision.value or {}
        words = self.env["order.hub.carrier.words"]
        if not value.get("carrier_id"):
            return self.env._("nobody") if value else "–"
        if value.get("cost") is None:
            return words._carrier(value["carrier_id"])
        return self.env._(
            "%(carrier)s, %(cost)s",
            carrier=words._carrier(value["carrier_id"]),
            cost=words._cost(value["cost"], self._carrier_currency(decision)),
        )

    def _carrier_currency(self, decision):
        currency_id = (decision.figures or {}).get("currency")
        known = self.env["res.currency"].sudo().browse(currency_id or ()).exists()
        return known or decision.company_id.sudo().currency_id

    def _because_carrier(self, decision):
        """Say why not the preferred carrier, and what the plan costs more."""
        figures = decision.figures or {}
        if decision.source == "person" or not figures:
            return (
                self._because_plain(decision)
                if decision.source == "person"
                else self.env._("The order needs no certain carrier.")
            )
        sentences = [
            self._preferred_sentence(decision, figures),
            self._difference_sentence(decision, figures),
        ]
        return " ".join(sentence for sentence in sentences if sentence)

    def _preferred_sentence(self, decision, figures):
        words = self.env["order.hub.carrier.words"]
        chosen = (decision.value or {}).get("carrier_id")
        rows = {row["carrier_id"]: row for row in figures["candidates"]}
        preferred = rows.get(figures.get("preferred"))
        if preferred and preferred["carrier_id"] != chosen:
            return self.env._(
                "%(carrier)s, the preferred one, cannot bring it to %(place)s: "
                "%(missing)s.",
                carrier=words._carrier(preferred["carrier_id"], preferred["name"]),
                place=figures.get("place") or "–",
                missing=words._missing(preferred["missing"]),
            )
        if not chosen:
            return self.env._(
                "No carrier can do it and delivers to %s.", figures.get("place") or "–"
            )
        if len([row for row in rows.values() if not row["excluded"]]) == 1:
            return self.env._(
                "The only carrier that can do it and delivers to %s.",
                figures.get("place") or "–",
            )
        return self.env._(
            "First of %(count)s carriers that can do it and deliver to %(place)s: "
            "preferred before others, then the cheapest.",
            count=len([row for row in rows.values() if not row["excluded"]]),
            place=figures.get("place") or "–",
        )

    def _difference_sentence(self, decision, figures):
        difference = figures.get("difference")
        if not difference:
            return ""
        currency = self._carrier_currency(decision)
        if difference < 0:
            return self.env._(
                "That costs %s less.", format_amount(self.env, -difference, currency)
            )
        return self.env._(
            "That costs %s more.", format_amount(self.env, difference, currency)
        )

    def _candidates_carrier(self, decision):
        """Return the carriers looked at as a table."""
        figures = decision.figures or {}
        if not figures.get("candidates"):
            return None
        words = self.env["order.hub.carrier.words"]
        currency = self._carrier_currency(decision)
        chosen = (decision.value or {}).get("carrier_id")
        return {
            "columns": [
                self.env._("Carrier"),
                self.env._("Delivers There"),
                self.env._("Price"),
            ],
            "rows": [
                {
                    "cells": [
                        words._carrier(row["carrier_id"], row["name"]),
                        self.env._("yes") if row["covers"] else self.env._("no"),
                        self._price_text(row, currency),
                    ],
                    "chosen": row["carrier_id"] == chosen,
                    "note": words._missing(row["missing"]),
                }
                for row in figures["candidates"]
            ],
        }

    def _price_text(self, row, currency):
        """Return the price of a candidate; nobody asked those who cannot do it."""
        if row["cost"] is None and row["excluded"]:
            return "–"
        return self.env["order.hub.carrier.words"]._cost(row["cost"], currency)
