from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import format_date, format_datetime


class OrderHubRiskModel(models.Model):
    """Why the probability is on or off, in the reader's language."""

    _inherit = "order.hub.risk.model"

    def _in_words(self):
        """Return a sentence or two: why it is on, or off and what to do."""
        self.ensure_one()
        if self.is_on:
            return self.env._(
                "In the back-test it was no worse than the plain rule and the radar's "
                "red, and better than the usual share."
            )
        words = getattr(self, f"_words_{self.reason}", None)
        return words(self.reason_figures or {}) if words else ""

    # === DATA === #

    def _words_no_library(self, _figures):
        return self.env._(
            "scikit-learn is not installed on this server: nothing can be trained. A "
            "model that was trained before goes on. Have it installed and train again."
        )

    def _words_too_few(self, figures):
        return self.env._(
            "Only %(samples)s orders are decided so far; it takes %(needed)s.",
            **figures,
        )

    def _words_too_few_late(self, figures):
        return self.env._(
            "Only %(samples)s of the orders were late; it takes %(needed)s to learn "
            "what they have in common.",
            **figures,
        )

    def _words_too_few_on_time(self, figures):
        return self.env._(
            "Only %(samples)s of the orders were on time; it takes %(needed)s to learn "
            "what they have in common.",
            **figures,
        )

    def _words_too_short(self, figures):
        parts = {
            "fit": self.env._("the oldest part of the history"),
            "tune": self.env._("the middle part of the history"),
            "test": self.env._("the latest part of the history"),
        }
        return self.env._(
            "In %(part)s there are only %(samples)s orders that were late, or only as "
            "many on time; it takes %(needed)s. Wait until there is more history.",
            **{**figures, "part": parts.get(figures.get("part"), "")},
        )

    # === BACK-TEST === #

    def _words_no_skill(self, figures):
        if "brier" not in figures:
            return self.env._(
                "Nothing the radar looks at tells late orders from others: no "
                "probability can be learned from it."
            )
        return self.env._(
            "It knows no more than the usual share of late orders: Brier score "
            "%(brier).3f, that of the usual share %(brier_base).3f (less is better).",
            **figures,
        )

    def _words_worse_than_rule(self, figures):
        return self._words_worse(figures, self.env._("the plain rule"))

    def _words_worse_than_radar(self, figures):
        return self._words_worse(figures, self.env._("the radar's red"))

    def _words_worse(self, figures, who):
        """Return in which respect another caller is better."""
        if figures["model_hits"] < figures["hits"]:
            return self.env._(
                "Of %(calls)s orders that %(who)s called, %(hits)s were late; as many "
                "calls by the probability find %(found)s.",
                calls=figures["calls"],
                who=who,
                hits=figures["hits"],
                found=round(figures["model_hits"], 1),
            )
        if (figures["f1"] or 0.0) < (figures["f1_other"] or 0.0):
            return self.env._(
                "The calls of %(who)s are better: F1 %(other).2f, that of the "
                "probability %(own).2f (more is better).",
                who=who,
                other=figures["f1_other"],
                own=figures["f1"] or 0.0,
            )
        return self.env._(
            "What %(who)s says is worth more as a probability: Brier score "
            "%(other).3f, that of the model %(own).3f (less is better).",
            who=who,
            other=figures["brier_other"],
            own=figures["brier"],
        )

    # === LATER === #

    def _words_by_hand(self, figures):
        if not figures.get("by"):
            return self.env._(
                "It passed its back-test and waits: a person switched the probability "
                "off before. Press Switch On to show it."
            )
        return self.env._("%(by)s switched it off.", **figures)

    def _words_replaced(self, _figures):
        return self.env._("Another training took its place.")

    def _words_outdated(self, _figures):
        return self.env._(
            "A later training did not pass its back-test: what was learned before "
            "holds no longer."
        )

    def _words_broken(self, figures):
        return self.env._(
            "What was learned cannot be read any more: %(detail)s The radar's colours "
            "go on without it. Train again.",
            detail=figures.get("detail", ""),
        )

    def _words_version(self, _figures):
        return self.env._(
            "It was trained for other features than the radar has today. Train again."
        )

    # === SCREEN === #

    @api.model
    def panel_data(self, company_id=False):
        """Return what the radar's screen shows, see :meth:`_for_screen`.

        :param company_id: one of the reader's companies; empty: the present one
        :raise AccessError: for who may not read it, or not of this company
        """
        self.browse().check_access("read")
        company = self.env["res.company"].browse(company_id or self.env.company.id)
        if company not in self.env.companies:
            raise AccessError(
                self.env._(
                    "This company is not among those you work in at present. Switch "
                    "to it and try again."
                )
            )
        return self._for_screen(company)

    @api.model
    def _for_screen(self, company):
        """Return what a screen shows of a company's probability; empty: never trained.

        The model that is on, else the last training.

        :return: dict of JSON values: id, is_on, name, reason, kind, samples, metrics
        """
        model = self._current(company) or self.search(
            [("company_id", "=", company.id)], limit=1
        )
        if not model:
            return {}
        return {
            "id": model.id,
            "is_on": model.is_on,
            "name": model.env._(
                "Trained on %(day)s from %(samples)s orders",
                day=format_date(self.env, model.trained_at),
                samples=model.samples,
            ),
            "trained_at": format_datetime(self.env, model.trained_at),
            "reason": model.reason_text,
            "kind": model.kind or "",
            "samples": model.samples,
            "metrics": model.metrics or {},
        }
