from collections import defaultdict
from datetime import datetime

from odoo import api, fields, models
from odoo.tools import format_amount, format_datetime

#: Figures that name a record, and of what.
NAMED = {
    "purchase": "purchase.order.line",
    "supplier": "res.partner",
    "product": "product.product",
    "notice": "order.hub.risk.notice",
    "workcenter": "mrp.workcenter",
    "warehouse": "stock.warehouse",
}
ICONS = {
    "green": "fa-check-circle",
    "yellow": "fa-exclamation-circle",
    "red": "fa-bell",
}
BUYER = "purchase.group_purchase_user"


class OrderHubRiskWords(models.Model):
    """Says a delivery risk in words, in the reader's language, with the figures."""

    _inherit = "order.hub.risk"

    summary = fields.Char("Why", compute="_compute_words")
    explanation = fields.Html(compute="_compute_words", sanitize=False)
    suggestion_view = fields.Json("What Helps", compute="_compute_words")

    @api.depends("factors", "suggestions", "colour")
    @api.depends_context("lang", "tz", "uid")
    def _compute_words(self):
        rows = self.sudo()
        names = self._names(rows)
        sees_prices = self.env.user.has_group(BUYER)
        for risk, row in zip(self, rows, strict=True):
            factors = [self._factor(each, names) for each in row.factors or ()]
            worth = [each for each in factors if each["points"] >= 5]
            worth.sort(key=lambda each: -each["points"])
            risk.summary = " ".join(each["text"] for each in worth[:2]) or self.env._(
                "Nothing speaks against the promise."
            )
            risk.explanation = self.env["ir.qweb"]._render(
                "order_hub_alerts.order_hub_risk_factors",
                {"risk": risk, "factors": factors, "icons": ICONS},
            )
            risk.suggestion_view = [
                self._suggestion(number, each, names, sees_prices)
                for number, each in enumerate(row.suggestions or ())
            ]

    # === NAMES === #

    def _names(self, rows):
        """Return ``{(model, id): name}`` of all that is named: a query a model."""
        wanted = defaultdict(set)
        for row in rows:
            for each in [*(row.factors or ()), *(row.suggestions or ())]:
                for key, model in NAMED.items():
                    if each["figures"].get(key):
                        wanted[model].add(each["figures"][key])
        names = {}
        for model, ids in wanted.items():
            for record in self.env[model].sudo().browse(ids).exists():
                names[model, record.id] = self._name_of(record)
        return names

    def _name_of(self, record):
        if record._name == "purchase.order.line":
            return record.order_id.name
        if record._name == "product.product":
            return record.with_context(display_default_code=False).display_name
        return record.name

    def _words_of(self, figures, names):
        """Return the figures with names for ids and moments in the reader's form."""
        words = dict(figures)
        for key, model in NAMED.items():
            if key in figures:
                words[key] = names.get((model, figures[key]), "–")
        for key in ("expected", "needed", "arrives", "promised"):
            if figures.get(key):
                words[key] = self._moment(figures[key])
        for key in ("rate", "load", "ready", "chance"):
            if isinstance(figures.get(key), (int, float)):
                words[key] = f"{100 * figures[key]:.0f}"
        return defaultdict(lambda: "–", words)

    def _moment(self, text):
        return format_datetime(
            self.env, datetime.fromisoformat(text), dt_format="short"
        )

    # === FACTORS === #

    def _factor_labels(self):
        return {
            "progress": self.env._("Progress"),
            "supplier": self.env._("Suppliers"),
            "quality": self.env._("Defects"),
            "route": self.env._("Route"),
            "maintenance": self.env._("Maintenance"),
            "load": self.env._("Work-centre load"),
        }

    def _factor(self, factor, names):
        """Return one factor as the breakdown shows it."""
        share, weight = factor["share"], factor["weight"]
        return {
            "name": factor["name"],
            "label": self._factor_labels().get(factor["name"], factor["name"]),
            "text": self._factor_text(factor, names),
            "is_known": share is not None,
            "share": 100 * (share or 0.0),
            "weight": weight,
            "points": factor["points"],
        }

    def _factor_text(self, factor, names):
        """Return the figures of a factor as a sentence."""
        if factor["share"] is None:
            return self.env._("Not known: it adds nothing.")
        if not factor["figures"]:
            return self.env._("Nothing to fear.")
        words = self._words_of(factor["figures"], names)
        return getattr(self, f"_text_{factor['name']}")(words)

    def _text_progress(self, words):
        return self.env._(
            "%(need_hours)s h are needed at the pace seen (%(pace)s × the plan), "
            "%(hours_left)s h are left of the promise: %(slack_hours)s h of slack.",
            **self._pick(words, "need_hours", "pace", "hours_left", "slack_hours"),
        )

    def _text_supplier(self, words):
        late = self.env._(
            "%(supplier)s was late %(late)s times out of %(deliveries)s.",
            **self._pick(words, "supplier", "late", "deliveries"),
        )
        reasons = {
            "too_late": self.env._(
                "%(purchase)s is expected on %(expected)s, needed on %(needed)s.",
                **self._pick(words, "purchase", "expected", "needed"),
            ),
            "unconfirmed": self.env._(
                "%(purchase)s is not confirmed; it is needed on %(needed)s.",
                **self._pick(words, "purchase", "needed"),
            ),
            "history": self.env._(
                "%(purchase)s is expected on %(expected)s; it is needed on %(needed)s.",
                **self._pick(words, "purchase", "expected", "needed"),
            ),
        }
        return f"{late} {reasons.get(words['reason'], '')}".strip()

    def _text_quality(self, words):
        return self.env._(
            "Of %(total)s deliveries of products like %(product)s, %(bad)s were "
            "complained about; with the mean of the company %(rate)s %%.",
            **self._pick(words, "total", "product", "bad", "rate"),
        )

    def _text_route(self, words):
        severity = dict(
            self.env["order.hub.risk.notice"]
            ._fields["severity"]
            ._description_selection(self.env)
        ).get(words["severity"], words["severity"])
        return self.env._(
            "Notice on the way: %(notice)s (%(severity)s).",
            notice=words["notice"],
            severity=severity,
        )

    def _text_maintenance(self, words):
        return self.env._(
            "%(workcenter)s stands still; %(hours)s h are lost before the promise, "
            "%(slack_hours)s h of slack.",
            **self._pick(words, "workcenter", "hours", "slack_hours"),
        )

    def _text_load(self, words):
        return self.env._(
            "%(workcenter)s: %(planned_hours)s h are planned until the promise, "
            "%(capacity_hours)s h can be worked: %(load)s %%.",
            **self._pick(
                words, "workcenter", "planned_hours", "capacity_hours", "load"
            ),
        )

    @staticmethod
    def _pick(words, *names):
        return {name: words[name] for name in names}

    # === SUGGESTIONS === #

    def _suggestion(self, number, suggestion, names, sees_prices):
        """Return a suggestion as the screen shows it.

        :return: dict: number, kind, title, text, button, colour_after (name, label)
        """
        words = self._words_of(suggestion["figures"], names)
        kind = suggestion["kind"]
        title, button = self._suggestion_labels()[kind]
        colour = suggestion["colour_after"]
        labels = dict(self._fields["colour"]._description_selection(self.env))
        return {
            "number": number,
            "kind": kind,
            "title": title,
            "button": button,
            "text": getattr(self, f"_suggest_{kind}")(
                words, suggestion["figures"], sees_prices
            ),
            "colour_after": colour,
            "after": self.env._("then %s", labels[colour]) if colour else "",
        }

    def _suggestion_labels(self):
        """Return ``{kind: (title, button)}``."""
        return {
            "switch_supplier": (
                self.env._("Another supplier"),
                self.env._("Switch…"),
            ),
            "transfer": (self.env._("Transfer"), self.env._("Transfer…")),
            "split": (self.env._("Part delivery"), self.env._("Open the Deliveries")),
            "tell_customer": (
                self.env._("Tell the customer"),
                self.env._("Write…"),
            ),
        }

    def _suggest_switch_supplier(self, words, figures, sees_prices):
        text = self.env._(
            "%(purchase)s from %(supplier)s instead: there on %(arrives)s, lead time "
            "%(lead_days)g days.",
            purchase=words["purchase"],
            supplier=words["supplier"],
            arrives=words["arrives"],
            lead_days=figures.get("lead_days") or 0.0,
        )
        currency = self.env["res.currency"].search(
            [("name", "=", figures.get("currency"))], limit=1
        )
        if sees_prices and currency and figures.get("price") is not None:
            text += " " + self.env._(
                "Price: %s.", format_amount(self.env, figures["price"], currency)
            )
        return text

    def _suggest_transfer(self, words, figures, sees_prices):
        return self.env._(
            "%(quantity)g are free in %(warehouse)s and can be here on %(arrives)s.",
            quantity=figures["quantity"],
            warehouse=words["warehouse"],
            arrives=words["arrives"],
        )

    def _suggest_split(self, words, figures, sees_prices):
        return self.env._("%s %% of the order could leave now.", words["ready"])

    def _suggest_tell_customer(self, words, figures, sees_prices):
        if not figures.get("expected"):
            return self.env._("Promised for %s; it will not hold.", words["promised"])
        return self.env._(
            "Promised for %(promised)s; to be expected on %(expected)s.",
            promised=words["promised"],
            expected=words["expected"],
        )
