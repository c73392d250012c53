from odoo import api, fields, models


class OrderHubWarningCycle(models.AbstractModel):
    """Runs the rules: measures, opens and closes warnings, has people told."""

    _name = "order.hub.warning.cycle"
    _description = "Warning Cycle"

    @api.model
    def _run(self, now, rules=None):
        """Run rules once; running twice at one moment is running once.

        :param now: naive UTC
        :param rules: ``order.hub.warning.rule``; ``None``: all that are active
        :return: ``{"opened": n, "resolved": n, "told": n}``
        """
        return {"opened": 0, "resolved": 0, "told": 0}

    @api.model
    def _try(self, rule, now):
        """Return what a rule would warn of now, writing nothing.

        :return: list of dicts ``res_id, order_id, company_id, value, threshold,
            since, figures``
        """
        return []

    @api.model
    def _cron_run(self):
        """Run all rules; called every five minutes."""
        self._run(fields.Datetime.now())
