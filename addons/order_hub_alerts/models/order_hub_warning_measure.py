from odoo import api, models


class OrderHubWarningMeasure(models.AbstractModel):
    """Measures a rule: one SQL statement for all its records.

    ``_measure_<kind>(rule, now)`` returns a SELECT of ``(res_id, order_id,
    company_id, value, threshold, since, figures)`` with every record that is not
    clear. A value that is NULL means that there is no data.
    """

    _name = "order.hub.warning.measure"
    _description = "Warning Measure"

    @api.model
    def _rows(self, rule, now):
        """Return what the rule finds at a moment.

        :param rule: one ``order.hub.warning.rule``
        :param now: naive UTC
        :return: list of tuples (see above)
        """
        return []
