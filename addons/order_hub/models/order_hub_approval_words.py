from odoo import models
from odoo.exceptions import MissingError
from odoo.tools import format_amount
from odoo.tools.i18n import format_list


class OrderHubDecision(models.Model):
    """Why an order has to be approved or not, in the words of its reader.

    The figures of a decision about approval are ``{"amount", "currency", "type",
    "policy", "levels": [{"id", "name", "from"}], "up_to"}``, its value ``{"path",
    "approver", "levels": [ids]}``.
    """

    _inherit = "order.hub.decision"

    def _row(self, row, known, now):
        """Keep with a decision by hand the amount that it was taken on."""
        prepared = super()._row(row, known, now)
        if row["kind"] == "approval" and row["source"] == "person":
            figures = row["order"]._hub_approval_figures()
            prepared["figures"] = {**figures, **(row.get("figures") or {})}
        return prepared

    def _chosen_approval(self, decision):
        value = self._full_value(decision)
        if value.get("path") == "short":
            return self.env._(
                "%s alone", self._names_of("res.users", value.get("approver"))
            )
        if value["path"] == "none" or (decision.figures and not value["levels"]):
            return self.env._("Nobody has to approve")
        names = self._level_names(decision.figures or {}, value.get("levels") or ())
        return names or self._label_of("sale.order.hub_approval_path", "full")

    def _is_news(self, row, known):
        """Other levels are news, even on the same path by the same rule."""
        if super()._is_news(row, known):
            return True
        needed = [
            (found or {}).get("needed") for found in (row.get("figures"), known.figures)
        ]
        return row["kind"] == "approval" and needed[0] != needed[1]

    def _full_value(self, decision):
        """Return the value of a decision with the levels that it came to."""
        value = decision.value if isinstance(decision.value, dict) else {}
        needed = (decision.figures or {}).get("needed", ())
        levels = [int(key[6:]) for key in needed if key.startswith("level:")]
        return {"path": "full", "levels": levels, **value}

    def _level_names(self, figures, ids):
        """Return the names of levels: of now, or of then where they are gone."""
        then = {level["id"]: level["name"] for level in figures.get("levels", ())}
        now = self._live_names("order.hub.approval.level", ids)
        return format_list(self.env, [now.get(i) or then.get(i) or "–" for i in ids])

    def _because_approval(self, decision):
        value, figures = self._full_value(decision), decision.figures or {}
        if decision.source == "person" or "amount" not in figures:
            return self._because_plain(decision)
        rule = decision.sudo().rule_id.name if decision.rule_id else ""
        return self._approval_words(value, figures, rule)

    def _approval_words(self, value, figures, rule=""):
        """Return one or two sentences: who has to approve, on which figures.

        :param value: what was chosen, :param figures: on what, as in the class
        :param rule: name of the routing rule that shortened the path
        """
        path, levels = value.get("path", "full"), value.get("levels") or ()
        if "amount" not in figures:
            return self.env._("Rule “%s”.", rule) if rule else ""
        type_ids = [figures["type"]] if figures.get("type") else []
        types = self._live_names("order.hub.order.type", type_ids)
        words = {
            "type": types.get(figures.get("type")) or "–",
            "amount": self._money(figures["amount"], figures),
            "rule": rule or "–",
        }
        if path == "none":
            return self.env._(
                "Nobody has to approve: %(type)s, %(amount)s (rule “%(rule)s”).",
                **words,
            )
        if path == "short":
            return self.env._(
                "One named approver: %(type)s, %(amount)s (rule “%(rule)s”).", **words
            )
        if not levels:
            return self._nobody_words(words, figures)
        return self._levels_words(words, figures, levels)

    def _nobody_words(self, words, figures):
        if not figures.get("levels"):
            return self.env._(
                "Nobody has to approve: no approval policy takes %(type)s.", **words
            )
        lowest = min(level["from"] for level in figures["levels"])
        return self.env._(
            "Nobody has to approve: %(type)s, %(amount)s under %(limit)s.",
            limit=self._money(lowest, figures),
            **words,
        )

    def _live_names(self, model, ids):
        """Return ``{id: name}`` of records; deleted ones are looked for only if any."""
        records = self.env[model].sudo().with_context(active_test=False).browse(ids)
        try:
            return {record.id: record.display_name for record in records}
        except MissingError:
            return {record.id: record.display_name for record in records.exists()}

    def _levels_words(self, words, figures, ids):
        levels = figures.get("levels", ())
        asked = [level for level in levels if level["id"] in ids]
        free = [level for level in levels if level["id"] not in ids]
        sentence = self.env._(
            "%(levels)s: %(type)s, %(amount)s; needed from %(limit)s on.",
            levels=self._level_names(figures, ids),
            limit=self._money(max((x["from"] for x in asked), default=0.0), figures),
            **words,
        )
        if free:
            sentence += " " + self.env._(
                "Not %(levels)s: under %(limit)s.",
                levels=self._level_names(figures, [level["id"] for level in free]),
                limit=self._money(min(level["from"] for level in free), figures),
            )
        if figures.get("up_to") is not None:
            sentence += " " + self.env._(
                "The shorter way of before held up to %s.",
                self._money(figures["up_to"], figures),
            )
        return sentence

    def _money(self, amount, figures):
        currency = self.env["res.currency"].browse(figures.get("currency"))
        return format_amount(self.env, amount, currency or self.env.company.currency_id)
