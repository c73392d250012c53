from odoo import api, fields, models

from .order_hub_risk_model_predict import Known


class OrderHubRisk(models.Model):
    """The chance that an order is late, beside the radar's colour."""

    _inherit = "order.hub.risk"

    probability_text = fields.Char(
        "Probability of Being Late", compute="_compute_probability_text"
    )

    @api.depends("probability", "model_call")
    @api.depends_context("lang")
    def _compute_probability_text(self):
        for risk in self:
            risk.probability_text = risk.model_call and self.env._(
                "%s %%", f"{100 * risk.probability:.0f}"
            )

    @api.model
    def _foresee(self, company, judged):
        """Return ``{order id: (chance, whether it is called)}`` of a batch.

        Orders without a chance are left out; all of them where no model is on.
        """
        found = super()._foresee(company, judged)
        if not self.env["order.hub.risk.model"]._reader_of(company):
            return found
        seen = [
            Known(
                each.risk.shares,
                each.risk.score,
                each.risk.hours_left,
                each.risk.slack_hours,
                each.stage_times,
            )
            for each in judged
        ]
        chances = self.env["order.hub.risk.model"]._chances(company, seen)
        pairs = zip(judged, chances, strict=True)
        return {**found, **{each.risk.order: said for each, said in pairs if said}}
